"""Dead letters: told on the bus while they are kept, put back onto it, each once and in bounded room."""

import asyncio
import json
import tracemalloc
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Connection, update

from connectors.channels.cloudevent import cloud_event
from connectors.channels.plan import BUS, parcel_of, plan_deliveries
from connectors.channels.topic import BusTopic
from newsbeam.app.deployment import Deployment
from newsbeam.bus import open_bus
from newsbeam.recording import Recorder
from newsbeam.store import outbox
from newsbeam.store.database import Store
from newsbeam.store.dead import mark_replayed
from newsbeam.store.forgetting import forget
from newsbeam.store.outbox import BYTES_AT_ONCE, Claim
from newsbeam.store.reads import places_not_replayed
from newsbeam.store.retention import RetentionSettings, sweep
from newsbeam.store.schema import outbox as outbox_table
from newsbeam.story import DeadLetter, Story
from tests.contract.recordings import NOON, a_story, chunk_of, rows_of

LARGE = 900_000
HOUR = timedelta(hours=1)


def bury(store: Store, *values: bytes, start: int = 0) -> None:
    letters = [DeadLetter("decode", "no JSON", value) for value in values]
    Recorder(store).record(chunk_of(letters, start), NOON)


def fan_out(store: Store) -> int:
    """Fan out once for the bus; return how many rows were taken."""
    return outbox.fan_out(store, lambda row: plan_deliveries(row, [BUS]), NOON)


def claims(store: Store, at: datetime = NOON, limit: int = 200) -> list[Claim]:
    """Claim for the bus for an hour."""
    return list(outbox.claim(store, BUS.id, "one", at, at + HOUR, limit))


def ended(store: Store) -> list[tuple[str, str | None]]:
    return [(row["status"], row["error"]) for row in rows_of(store, "delivery")]


# --- told on the bus ------------------------------------------------------------------------------------------


def test_a_large_dead_letter_reaches_the_bus_cut_and_says_so(store: Store, local_bus_url: str) -> None:
    bury(store, b"\xff" * LARGE, b"small")
    fan_out(store)
    bus = open_bus(local_bus_url)

    async def send() -> None:
        channel = BusTopic(bus, 10.0)
        await channel.send([parcel_of(one) for one in claims(store)], NOON)
        await channel.close()

    asyncio.run(send())
    told = []
    for partition in range(bus.partitions("stories.dead")):
        with closing(bus.reader("stories.dead", partition)) as reader:
            told += [json.loads(record.value)["data"] for record in reader.read(0, 10, 0.0).records]
    told.sort(key=lambda one: one["offset"])
    assert [(one["offset"], one["size"], one["cut"]) for one in told] == [(0, LARGE, True), (1, 5, False)]
    assert len(told[0]["value"]) > 900_000


def test_the_outbox_holds_no_letter_a_second_time_and_takes_few_large_ones_at_once(store: Store) -> None:
    number = 3 * BYTES_AT_ONCE // LARGE
    for offset in range(number):
        bury(store, bytes(LARGE), start=offset)
    assert max(len(row["document"]) for row in rows_of(store, "outbox")) < 200
    assert fan_out(store) == number
    told = 0
    while taken := claims(store):
        assert sum(len(one.letter.value) for one in taken if one.letter) < BYTES_AT_ONCE + LARGE
        told += len(taken)
    assert told == number


def test_a_fan_out_takes_few_large_documents_at_once(store: Store) -> None:
    number = 3 * BYTES_AT_ONCE // LARGE
    bury(store, *[b"x"] * number)
    with store.write() as connection:
        connection.execute(update(outbox_table).values(document=bytes(LARGE)))
    taken = [fan_out(store)]
    while taken[-1]:
        taken.append(fan_out(store))
    assert max(taken) * LARGE < BYTES_AT_ONCE + LARGE
    assert sum(taken) == number


def test_a_repeat_is_the_same_whatever_was_done_with_the_letter_in_between(store: Store) -> None:
    bury(store, b"\xff{")
    fan_out(store)
    (first,) = claims(store)
    mark_replayed(store, "stories", 0, 0, NOON)
    sweep(store, RetentionSettings(), NOON + HOUR)
    (again,) = claims(store, NOON + HOUR)
    assert cloud_event(parcel_of(again)) == cloud_event(parcel_of(first))


def test_a_letter_that_is_gone_is_not_told_and_holds_up_nothing(store: Store) -> None:
    """A repeat could not be the same any more; and a forgotten text must not leave."""
    url = str(a_story().url)
    bury(store, *[url.encode()] * 3, *[b"swept"] * 4, b"kept")
    fan_out(store)
    (told,) = claims(store, limit=1)
    assert forget(store, url, NOON).dead_letters == 3
    sweep(store, RetentionSettings(dead_letters_bytes=4), NOON)
    assert [one.letter and one.letter.value for one in claims(store, NOON + HOUR, limit=2)] == [b"kept"]
    assert sorted(ended(store), key=str) == [
        *[("failed", "the dead letter is kept no longer")] * 7,
        ("pending", None),
    ]
    taken = outbox.Settlement(key=told.key, status=outbox.DELIVERED, at=NOON)
    assert outbox.settle(store, "one", [taken]) == 1  # it was under way then, and arrived


# --- forgotten ------------------------------------------------------------------------------------------------


def test_forgetting_looks_at_few_letters_at_once_and_at_none_under_the_lock_but_those_that_came_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    url, number = str(a_story().url).encode(), 3 * BYTES_AT_ONCE // LARGE
    recorder = Recorder(store)
    recorder.record(chunk_of([a_story()]), NOON)
    for offset in range(1, number + 1):
        bury(store, bytes(LARGE) + url, start=offset)
    bury(store, b"https://gazette.example/copy", start=number + 1)
    copy = a_story("/copy", outlet="gazette", keys=a_story().keys)
    coming: list[Story | DeadLetter] = [copy, DeadLetter("decode", "no JSON", url)]
    locked, offsets, under_lock = Store.locked, count(number + 2), [0]

    @contextmanager
    def measured(self: Store) -> Iterator[Connection]:
        if coming:
            recorder.record(chunk_of([coming.pop(0)], next(offsets)), NOON)
        with locked(self) as connection:
            tracemalloc.reset_peak()
            before, _ = tracemalloc.get_traced_memory()
            yield connection
            under_lock[0] = max(under_lock[0], tracemalloc.get_traced_memory()[1] - before)

    monkeypatch.setattr(Store, "locked", measured)
    tracemalloc.start()
    try:
        forgotten = forget(store, url.decode(), NOON)
    finally:
        tracemalloc.stop()
    assert under_lock[0] < LARGE
    assert coming == []
    assert forgotten.dead_letters == number + 2
    assert rows_of(store, "dead_letter") == []


# --- put back -------------------------------------------------------------------------------------------------


def test_every_page_of_dead_letters_is_found_and_none_that_comes_meanwhile(store: Store) -> None:
    recorder = Recorder(store)
    recorder.record(chunk_of([DeadLetter("x", "y", b"z")] * 1_001), NOON)
    places = places_not_replayed(store, NOON)
    found = [next(places)]
    recorder.record(chunk_of([DeadLetter("x", "y", b"z")] * 9, 1_001), NOON + timedelta(seconds=1))
    found += places
    assert found == [("stories", 0, offset) for offset in range(1_001)]


def test_replaying_all_needs_room_for_one_letter_not_for_all(tmp_path: Path) -> None:
    (tmp_path / "newsbeam.yaml").write_text("{}")
    opened = Deployment(str(tmp_path), str(tmp_path))
    recorder = Recorder(opened.store())
    for offset in range(40):
        recorder.record(chunk_of([DeadLetter("x", "y", bytes(LARGE))], offset), NOON)
    tracemalloc.start()
    try:
        assert opened.replay_dead_letters(None) == (40, [])
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 20 * LARGE
    assert opened.replay_dead_letters(None) == (0, [])
    opened.close()
