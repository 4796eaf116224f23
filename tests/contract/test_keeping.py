"""What retention removes, what is forgotten on request, and copies that are put back."""

import itertools
import json
import signal
import subprocess
import sys
import threading
import time
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import func, insert, select, update

from newsbeam.codec import decode_alert
from newsbeam.errors import ConfigurationError, UsageError
from newsbeam.recording import Recorder
from newsbeam.store.catalogs import read_epoch
from newsbeam.store.copies import backup, restore
from newsbeam.store.database import Store, open_store
from newsbeam.store.feeds import FeedStates
from newsbeam.store.forgetting import ERASED, forget
from newsbeam.store.leases import Leases, owners
from newsbeam.store.positions import read_positions
from newsbeam.store.reads import body_of, latest_alerts, latest_stories, read_cells, trace
from newsbeam.store.retention import RetentionSettings, sweep
from newsbeam.store.schema import dead_letter, delivery, outbox
from newsbeam.story import DeadLetter, Story
from tests.contract.recordings import NOON, TEXT, a_story, chunk_of, contents, fresh, prepared, rows_of

DAY = timedelta(days=1)
HOUR = timedelta(hours=1)
WEEK_S = 7 * 86_400.0
WORDS = "the source's own words"


def record(store: Store, *items: Story | DeadLetter, at: datetime = NOON) -> dict[str, int]:
    start = read_positions(store, "stories").get(0, 0)
    return dict(Recorder(store).record(chunk_of(items, start, seen_at=at), at).dispositions)


# --- retention ------------------------------------------------------------------------------------------------


def test_removed_stories_leave_their_counts_and_cannot_come_back(store: Store) -> None:
    record(store, a_story("/old"), a_story("/new", published_at=NOON + 20 * DAY), at=NOON + 20 * DAY)
    cells = read_cells(store, NOON - DAY, NOON + 30 * DAY)
    settings = RetentionSettings(stories_s=2 * WEEK_S, bodies_s=WEEK_S)
    removed = sweep(store, settings, NOON + 20 * DAY)
    assert removed["story"] == 1
    assert [view.published_at for view in latest_stories(store)] == [NOON + 20 * DAY]
    assert {row["story"] for row in rows_of(store, "tag")} == {latest_stories(store)[0].id}
    assert read_cells(store, NOON - DAY, NOON + 30 * DAY) == cells
    assert record(store, a_story("/old", published_at=None), at=NOON + 20 * DAY) == {"expired": 1}


def test_bodies_go_before_their_stories_and_the_story_says_so(store: Store) -> None:
    record(store, a_story("/old"), a_story("/new", published_at=NOON + 8 * DAY), at=NOON + 8 * DAY)
    sweep(store, RetentionSettings(bodies_s=WEEK_S), NOON + 8 * DAY)
    new, old = latest_stories(store)
    assert (old.text, body_of(store, old.id)) == ("excerpt", None)
    assert (new.text, body_of(store, new.id) is not None) == ("full", True)


def test_what_still_waits_to_leave_is_kept(store: Store) -> None:
    record(store, a_story(), DeadLetter("x", "y", b"z"))
    later = NOON + 400 * DAY
    sweep(store, RetentionSettings(), later)
    waiting = rows_of(store, "outbox")
    assert len(waiting) == 3
    ledger = [_delivery(str(row["seq"]), row["seq"], "delivered") for row in waiting[:2]]
    ledger.append(_delivery("late", waiting[2]["seq"], "pending"))
    with store.write() as connection:
        connection.execute(update(outbox).values(fanned_out=True))
        connection.execute(insert(delivery), ledger)
    sweep(store, RetentionSettings(), later)
    assert [row["seq"] for row in rows_of(store, "outbox")] == [waiting[2]["seq"]]
    assert [row["key"] for row in rows_of(store, "delivery")] == ["late"]


def test_dead_letters_are_bounded_together_and_the_newest_stay(store: Store) -> None:
    for hour in range(5):
        record(store, DeadLetter("x", "y", bytes(10)), at=NOON + timedelta(hours=hour))
    removed = sweep(store, RetentionSettings(dead_letters_bytes=25), NOON + timedelta(hours=5))
    assert removed["dead_letter"] == 3
    assert sorted(row["offset"] for row in rows_of(store, "dead_letter")) == [3, 4]


def test_sweeps_that_run_together_remove_no_more_letters_than_one_alone(store: Store) -> None:
    letters = [DeadLetter("x", "y", bytes(100))] * 50
    for hour in range(80):
        record(store, *letters, at=NOON + timedelta(hours=hour))
    together = threading.Barrier(2, timeout=30)

    settings = RetentionSettings(dead_letters_bytes=250_000)

    def one_sweep() -> None:
        asked = itertools.count(1)

        def stopped() -> bool:
            if (
                next(asked) == 8
            ):  # seven tables have nothing to go; then both have seen that there is too much
                together.wait()
            return False

        sweep(store, settings, NOON + 80 * HOUR, stopped)

    sweeps = [threading.Thread(target=one_sweep) for _ in range(2)]
    for one in sweeps:
        one.start()
    for one in sweeps:
        one.join()
    assert len(rows_of(store, "dead_letter")) == 2_500


def test_sweeping_takes_more_than_one_batch(sqlite_store_url: str) -> None:
    store = prepared(sqlite_store_url)
    record(store, *(DeadLetter("x", "y", b"z") for _ in range(2_100)))
    assert sweep(store, RetentionSettings(), NOON + 100 * DAY)["dead_letter"] == 2_100
    store.close()


def test_a_sweep_that_is_told_to_stop_ends_after_its_batch(store: Store) -> None:
    record(store, *(DeadLetter("x", "y", b"z") for _ in range(2_100)))
    asked = iter([False] * 7)  # six tables have nothing to go, then the letters' first batch
    removed = sweep(store, RetentionSettings(), NOON + 100 * DAY, lambda: next(asked, True))
    assert removed["dead_letter"] == 1_000
    assert len(rows_of(store, "dead_letter")) == 1_100


def test_a_deliverer_that_is_stopped_leaves_the_rest_of_a_long_sweep_for_later(tmp_path: Path) -> None:
    (tmp_path / "newsbeam.yaml").write_text("{}")
    store = fresh(tmp_path, "store")
    letters = [
        {
            "topic": "stories",
            "partition": 0,
            "offset": offset,
            "reason": "x",
            "detail": "y",
            "key": b"",
            "value": b"z",
            "size": 1,
            "seen_at": NOON,
            "recorded_at": NOON,
            "replayed_at": None,
        }
        for offset in range(100_000)
    ]
    with store.write() as connection:
        connection.execute(insert(dead_letter), letters)
    command = [
        sys.executable,
        "-m",
        "newsbeam",
        "--config",
        str(tmp_path),
        "--data",
        str(tmp_path),
        "deliver",
    ]
    deliverer = subprocess.Popen(command)
    try:
        deadline = time.monotonic() + 60
        while _left(store) == len(letters):
            assert time.monotonic() < deadline, "nothing is swept"
            time.sleep(0.01)
        deliverer.send_signal(signal.SIGTERM)
        assert deliverer.wait(60) == 0
    finally:
        deliverer.kill()
        deliverer.wait()
    assert _left(store) > 0
    store.close()


def _left(store: Store) -> int:
    with store.read() as connection:
        return connection.execute(select(func.count()).select_from(dead_letter)).scalar_one()


def _delivery(key: str, seq: int, status: str) -> dict[str, object]:
    moments = {"next_at": NOON, "claimed_until": None, "delivered_at": None}
    who = {"subscription": "desk", "claimed_by": None, "error": None}
    return {"key": key, "seq": seq, "status": status, "attempts": 1, **moments, **who}


# --- forgetting -----------------------------------------------------------------------------------------------


def test_forgetting_erases_every_word_and_no_copy_brings_it_back(store: Store) -> None:
    words = a_story(
        "/1", guid="1", title=WORDS, summary=f"{WORDS}: {TEXT}", body=f"{TEXT} {WORDS}", author=WORDS
    )
    letter = DeadLetter("undecodable", "no JSON", f'{{"url": "{words.url}", "title": "{WORDS}"}}'.encode())
    record(store, words, msgspec.structs.replace(words, feed="hub"), letter, a_story("/2", title="Bystander"))
    cells = read_cells(store, NOON - DAY, NOON + DAY)
    forgotten = forget(store, f"{words.url}?utm_source=mail", NOON)
    assert forgotten.stories
    left = json.dumps(contents(store), default=repr)
    assert WORDS not in left
    assert str(words.url) not in left
    assert [view.title for view in latest_stories(store)] == ["Bystander"]
    assert read_cells(store, NOON - DAY, NOON + DAY) == cells
    assert {view.alert.title for view in latest_alerts(store)} == {ERASED, "Bystander"}
    edited = a_story("/edited-slug", guid="1", fetch=9, title=WORDS)
    assert record(store, words, edited, a_story("/edited-slug", feed="hub")) == {"expired": 3}
    keys = trace(store, str(words.url)).stories[0].keys
    assert len(keys) > forgotten.keys  # those of the later copies too
    assert all(key.forgotten for key in keys)


def test_an_event_does_not_alert_again_because_its_first_story_was_forgotten(store: Store) -> None:
    record(store, a_story("/1"))
    forget(store, str(a_story("/1").url), NOON)
    record(store, a_story("/2", outlet="gazette"))
    versions = [decode_alert(r["document"]) for r in rows_of(store, "outbox") if r["kind"] == "alert"]
    assert sorted((one.version, one.title) for one in versions) == [(1, ERASED)] * 2 + [(2, ERASED)] * 2


def test_an_address_can_be_forgotten_before_it_comes(store: Store) -> None:
    assert forget(store, "https://courier.example/talks", NOON).stories == ()
    assert record(store, a_story("/talks", guid="new")) == {"expired": 1}
    assert latest_stories(store) == []


def test_forgotten_words_are_gone_from_the_file(tmp_path: Path) -> None:
    store = fresh(tmp_path, "store")
    record(store, a_story("/1", body=f"{TEXT} {WORDS}" * 50))
    forget(store, str(a_story("/1").url), NOON)
    store.close()
    assert not [path for path in tmp_path.iterdir() if WORDS.encode() in path.read_bytes()]


def test_a_sweep_removes_the_leases_of_those_who_died_long_ago(tmp_path: Path) -> None:
    store = fresh(tmp_path, "store")
    Leases(store, "dead").acquire("alive:poll:box:1", timedelta(seconds=45), NOON)
    Leases(store, "well").acquire("alive:poll:box:2", timedelta(seconds=45), NOON + 2 * DAY)
    assert sweep(store, RetentionSettings(), NOON + 2 * DAY)["lease"] == 1
    assert [row["owner"] for row in rows_of(store, "lease")] == ["well"]
    store.close()


def test_counts_are_kept_as_long_as_the_stories_that_may_correct_them() -> None:
    with pytest.raises(ValueError, match="counts: as long as stories"):
        RetentionSettings(stories_s=4 * WEEK_S, bodies_s=WEEK_S, counts_s=3 * WEEK_S)


# --- copies ---------------------------------------------------------------------------------------------------


def test_a_copy_put_back_catches_up_to_the_same_stories_and_counts(tmp_path: Path) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "a copy.db"
    stories = [a_story(f"/{n}", title=f"Talks, day {n}", guid=str(n)) for n in range(20)]
    recorder = Recorder(store)
    recorder.record(chunk_of(stories[:8]), NOON)
    backup(store, target)
    recorder.record(chunk_of(stories[8:], 8), NOON)
    before, epoch = contents(store), read_epoch(store)
    restore(store, target, NOON)
    assert read_positions(store, "stories") == {0: 8}
    recorder.record(chunk_of(stories[8:], 8), NOON)
    assert contents(store) == before
    assert read_epoch(store) != epoch
    store.close()


def test_what_was_forgotten_since_the_copy_is_forgotten_again_when_it_is_put_back(tmp_path: Path) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    words, late = a_story("/1", guid="1", title=WORDS, body=TEXT), a_story("/late", title=WORDS)
    letter = DeadLetter("undecodable", "no JSON", f'{{"url": "{words.url}", "title": "{WORDS}"}}'.encode())
    Recorder(store).record(chunk_of([words, letter, a_story("/2", title="Bystander")]), NOON)
    forget(store, "https://courier.example/before", NOON)
    backup(store, target)
    assert "Nothing was forgotten since" in restore(store, target, NOON)
    Recorder(store).record(chunk_of([late], 3), NOON)
    for url in (words.url, late.url, "https://courier.example/unknown"):
        forget(store, str(url), NOON)
    assert "stories erased: 1, " in restore(store, target, NOON)
    assert WORDS not in json.dumps(contents(store), default=repr)
    assert WORDS.encode() not in (tmp_path / "store.db").read_bytes()
    comes = [
        late,
        a_story("/unknown"),
        a_story("/before"),
        a_story("/edited", guid="1", fetch=9, title=WORDS),
    ]
    Recorder(store).record(chunk_of(comes, 3), NOON)
    assert [view.title for view in latest_stories(store)] == ["Bystander"]
    store.close()


def test_a_copy_put_where_no_store_tells_what_was_forgotten_says_that_it_must_be_repeated(
    tmp_path: Path,
) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    backup(store, target)
    other = open_store(f"sqlite:///{tmp_path / 'elsewhere.db'}")
    assert "repeat each `newsbeam forget`" in restore(other, target, NOON)
    store.close(), other.close()


def test_a_copy_takes_the_place_of_a_store_that_cannot_be_read_any_more(tmp_path: Path) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    Recorder(store).record(chunk_of([a_story()]), NOON)
    backup(store, target)
    store.close()
    rubbish = bytes(range(256)) * 80
    (tmp_path / "store.db").write_bytes(rubbish)
    restore(store, target, NOON)
    assert len(rows_of(store, "story")) == 1
    assert (tmp_path / "store.db.damaged").read_bytes() == rubbish
    store.close()


def test_a_copy_made_while_recording_is_one_moment(tmp_path: Path) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    going, enough = threading.Event(), threading.Event()

    def go_on() -> None:
        recorder, at = Recorder(store), 0
        while not enough.is_set():
            recorder.record(chunk_of([a_story(f"/{at}", title=f"Day {at}")], at), NOON)
            at += 1
            going.set()

    thread = threading.Thread(target=go_on)
    thread.start()
    assert going.wait(30)
    backup(store, target)
    enough.set()
    thread.join()
    copy = open_store(f"sqlite:///{target}")
    assert read_positions(copy, "stories")[0] == len(rows_of(copy, "story")) > 0
    copy.close()
    store.close()


def test_after_a_restore_no_lease_holds(tmp_path: Path) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    Leases(store, "dead").acquire("partition/0", DAY, NOON)
    backup(store, target)
    restore(store, target, NOON)
    assert owners(store, "", NOON) == {}
    store.close()


def test_after_a_restore_what_a_feed_says_now_counts_more_than_what_it_said_since_the_copy(
    tmp_path: Path,
) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    FeedStates(store, "one").synchronise(["north"], NOON)
    backup(store, target)
    FeedStates(store, "one").synchronise(["north", "south"], NOON)  # south is first read after the copy
    before = [claimed(store, "one", NOON + n * HOUR) for n in range(3)]
    said = [a_story(guid=feed, feed=feed, fetch=before[-1][feed], title="Then") for feed in before[-1]]
    record(store, *said)
    restore(store, target, NOON + 3 * HOUR)
    record(store, *said)
    FeedStates(store, "two").synchronise(["north", "south"], NOON + 3 * HOUR)
    after = claimed(store, "two", NOON + 3 * HOUR)
    assert all(after[feed] > number for given in before for feed, number in given.items())
    record(store, *(a_story(guid=feed, feed=feed, fetch=after[feed], title="Now") for feed in after))
    assert [view.title for view in latest_stories(store)] == ["Now"]
    store.close()


def claimed(store: Store, owner: str, now: datetime) -> dict[str, int]:
    """The numbers of the next fetch of each feed."""
    found = FeedStates(store, owner).claim(["north", "south"], now, HOUR)
    return {state.feed: state.fetch for state in found}


def test_a_copy_is_never_written_over_a_file_nor_a_store_replaced_by_something_else(tmp_path: Path) -> None:
    store, other = fresh(tmp_path, "store"), tmp_path / "letter.txt"
    other.write_text("Dear reader,")
    with pytest.raises(ConfigurationError, match="exists"):
        backup(store, other)
    with pytest.raises(ConfigurationError, match="no copy of a newsbeam store"):
        restore(store, other, NOON)
    assert other.read_text() == "Dear reader,"
    assert read_epoch(store)
    store.close()


@pytest.mark.postgres
def test_postgresql_says_which_commands_copy_it_and_renews_its_epoch(
    postgres_url: str, tmp_path: Path
) -> None:
    store = prepared(postgres_url.replace("://postgres@", "://postgres:hidden@"))
    with pytest.raises(UsageError, match="pg_dump --format=custom") as told:
        backup(store, tmp_path / "copy")
    assert "hidden" not in str(told.value)
    epoch = read_epoch(store)
    restore(store, tmp_path / "copy", NOON)
    assert read_epoch(store) != epoch
    store.close()
