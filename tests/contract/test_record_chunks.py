"""Recording does not depend on how records come in chunks, how often they come, or which database keeps them."""

import pickle
import shutil
import threading
from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest
from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st

from newsbeam.recording import Recorder
from newsbeam.store import copies
from newsbeam.store.database import Store, open_store
from newsbeam.store.reads import topic_totals
from newsbeam.story import DeadLetter, Story
from tests.contract.recordings import NOON, TEXT, a_story, chunk_of, contents, fresh, prepared

DAY = timedelta(days=1)
TEXTS = (TEXT, "A truce holds for a third day, monitors in the harbour town report this morning.", "Fog.")

stories = st.builds(
    a_story,
    path=st.sampled_from(("/talks", "/talks?utm_source=x", "/fog")),
    outlet=st.sampled_from(("courier", "terse")),  # few, so that most records meet one that came before
    feed=st.sampled_from(("north", "east")),
    guid=st.sampled_from((None, "1")),
    fetch=st.integers(0, 3),
    backfill=st.sampled_from((False, False, False, True)),
    title=st.sampled_from(("Talks resume", "Fog over the harbour")),
    summary=st.sampled_from(TEXTS),
    body=st.sampled_from(("", f"{TEXT} More tomorrow.")),
    published_at=st.sampled_from(
        (None, *(NOON - timedelta(hours=hours) for hours in (-1, 0, 0, 1, 30, 60, 90, 24 * 500)))
    ),
)
dead = st.builds(DeadLetter, st.just("undecodable"), st.just("no JSON"), st.binary(max_size=5))
sequences = st.lists(st.one_of(stories, stories, stories, dead, st.none()), min_size=4, max_size=14)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prepared store in one file, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    store = fresh(folder, "prepared")
    copies.backup(store, folder / "template.db")
    store.close()
    return folder / "template.db"


@given(items=sequences, borders=st.sets(st.integers(1, 13)), repeated=st.integers(0, 5))
@example(  # one story that changes its topics twice
    items=[a_story(fetch=n, summary=TEXTS[n % 3], body="", title=str(n)) for n in (1, 2, 3)],
    borders={1, 2},
    repeated=0,
)
@settings(
    max_examples=50,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking two stores takes minutes
)
def test_what_is_recorded_depends_neither_on_the_borders_of_chunks_nor_on_repeats(
    template: Path, items: Sequence[Story | DeadLetter | None], borders: set[int], repeated: int
) -> None:
    with TemporaryDirectory() as folder:
        whole, parts = (open_store(f"sqlite:///{folder}/{name}.db") for name in ("whole", "parts"))
        for store in (whole, parts):
            shutil.copy(template, str(store.path))
        Recorder(whole).record(chunk_of(items), NOON)
        record_in_parts(parts, items, borders, repeated)
        assert_equal(parts, whole)
        whole.close()
        parts.close()


def test_postgresql_records_what_sqlite_records(postgres_url: str, tmp_path: Path) -> None:
    items = [item for seed in range(12) for item in a_mixture(seed)]
    sqlite, postgres = fresh(tmp_path, "store"), prepared(postgres_url)
    record_in_parts(sqlite, items, set(range(5, len(items), 5)), 2)
    record_in_parts(postgres, items, set(range(7, len(items), 7)), 0)
    assert_equal(postgres, sqlite)
    assert any(rows for name, rows in contents(sqlite).items() if name == "alert")
    postgres.close()
    sqlite.close()


def test_partitions_recorded_at_once_split_no_event_and_lose_nothing(store_url: str) -> None:
    first = prepared(store_url)
    handles = [first, *(pickle.loads(pickle.dumps(first)) for _ in range(3))]  # noqa: S301
    failures: list[Exception] = []

    def record_partition(partition: int, store: Store) -> None:
        recorder = Recorder(store)
        try:
            for start in range(0, 60, 6):
                items = [a_copy(partition, event) for event in range(start, start + 6)]
                chunk = msgspec.structs.replace(chunk_of(items, start), partition=partition)
                recorder.record(chunk, NOON)
        except Exception as error:  # noqa: BLE001
            failures.append(error)

    threads = [threading.Thread(target=record_partition, args=pair) for pair in enumerate(handles)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    rows = contents(first)
    assert (len(rows["story"]), len(rows["cluster"]), len(rows["alert"])) == (240, 60, 120)
    assert len(rows["outbox"]) == 480
    assert {(one.stories, one.clusters) for one in topic_totals(first, NOON - DAY, NOON + DAY)} == {(240, 60)}
    for handle in handles:
        handle.close()


def assert_equal(one: Store, other: Store) -> None:
    """Fail with the rows that only one of the stores has: a diff of everything would take minutes."""
    mine, theirs = contents(one), contents(other)
    for table, rows in mine.items():
        only = {repr(row) for row in rows} ^ {repr(row) for row in theirs[table]}
        assert not only, f"{table}: {sorted(only)[:4]}"


def a_copy(partition: int, event: int) -> Story:
    """What one of four outlets carries of an event, word for word what the others do."""
    outlet = ("courier", "gazette", "agency", "brief")[partition]
    given = {
        "title": f"Talks resume for the {event}. time",
        "summary": f"A truce in harbour {event}.",
        "body": "",
    }
    return a_story(f"/{event}", outlet=outlet, **given)


def record_in_parts(
    store: Store, items: Sequence[Story | DeadLetter | None], borders: set[int], repeated: int
) -> None:
    """Record chunks that end at the borders, each of which begins `repeated` records too early."""
    recorder = Recorder(store)
    edges = [0, *sorted(border for border in borders if border < len(items)), len(items)]
    for start, end in pairwise(edges):
        early = max(0, start - repeated)
        recorder.record(chunk_of(items[early:end], early), NOON)


def a_mixture(seed: int) -> list[Story | DeadLetter | None]:
    """A few records, other ones for every seed, that touch every disposition."""
    path, other = f"/talks/{seed // 2}", f"/fog/{seed}"
    outlet = ("courier", "gazette", "agency", "terse", "brief")[seed % 5]
    return [
        a_story(path, outlet=outlet, guid=str(seed)),
        a_story(path, outlet=outlet, guid=str(seed), fetch=2, title=f"Talks go on, day {seed}"),
        a_story(path, outlet=outlet, feed="hub"),
        a_story(path, outlet=outlet, guid=str(seed), fetch=2, title=f"Talks go on, day {seed}"),
        a_story(other, outlet=outlet, summary=TEXTS[1], published_at=NOON - timedelta(hours=30 * seed)),
        a_story(f"/old/{seed}", published_at=NOON - timedelta(days=500)),
        DeadLetter("undecodable", "no JSON", bytes([seed])),
        None,
    ]
