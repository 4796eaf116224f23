"""How deaths are remembered, and which of them count."""

import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbeam.store.database import Store, open_store
from newsbeam.store.leases import Leases
from newsbeam.store.markers import Marker, begin, clear, mark, record_death
from newsbeam.store.migrate import migrate
from newsbeam.store.schema import position
from newsbeam.store.statements import upsert
from pipelines.exits import EXIT_GAP, EXIT_HANG, died_by_itself, owner_of, record_exit
from pipelines.shares import Share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TOPIC = "stories"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    migrate(store, NOW)
    yield store
    store.close()


def reach(store: Store, partition: int, offset: int) -> None:
    with store.write() as connection:
        row = {"topic": TOPIC, "partition": partition, "base": 0, "next": offset, "moved_at": NOW}
        upsert(connection, position, [row])


def test_a_death_without_progress_leaves_its_partitions_stuck(store: Store) -> None:
    reach(store, 1, 50)
    begin(store, TOPIC, {0: 0, 1: 50}, "dead", NOW)
    begin(store, TOPIC, {2: 7}, "alive", NOW)
    assert sorted(record_death(store, "dead", NOW)) == [(TOPIC, 0), (TOPIC, 1)]
    assert begin(store, TOPIC, {0: 0, 1: 50, 2: 7}, "next", NOW) == {
        0: Marker(0, 0, 1),
        1: Marker(50, 0, 1),
        2: Marker(7, 0, 0),
    }


def test_a_death_after_progress_leaves_nothing(store: Store) -> None:
    begin(store, TOPIC, {0: 0}, "dead", NOW)
    reach(store, 0, 1)
    assert record_death(store, "dead", NOW) == []
    assert begin(store, TOPIC, {0: 1}, "next", NOW) == {0: Marker(1, 0, 0)}


def test_only_deaths_on_a_marked_record_are_held_against_it(store: Store) -> None:
    begin(store, TOPIC, {0: 0}, "w1", NOW)
    record_death(store, "w1", NOW)  # not marked: any record of the chunk, or none, may be the cause
    begin(store, TOPIC, {0: 0}, "w2", NOW)
    mark(store, TOPIC, 0, 0, "w2", NOW)
    reach(store, 0, 1)
    mark(store, TOPIC, 0, 1, "w2", NOW)
    record_death(store, "w2", NOW)
    assert begin(store, TOPIC, {0: 1}, "w3", NOW) == {0: Marker(1, 1, 2)}
    record_death(store, "w3", NOW)  # died before it touched the record
    assert begin(store, TOPIC, {0: 1}, "w4", NOW) == {0: Marker(1, 1, 3)}
    mark(store, TOPIC, 0, 1, "w4", NOW)
    record_death(store, "w4", NOW)
    assert begin(store, TOPIC, {0: 1}, "w5", NOW) == {0: Marker(1, 2, 4)}


def test_progress_forgives(store: Store) -> None:
    begin(store, TOPIC, {0: 0}, "w1", NOW)
    record_death(store, "w1", NOW)
    begin(store, TOPIC, {0: 0}, "w2", NOW)
    mark(store, TOPIC, 0, 0, "w2", NOW)
    record_death(store, "w2", NOW)
    reach(store, 0, 1)
    assert begin(store, TOPIC, {0: 1}, "w3", NOW) == {0: Marker(1, 0, 0)}
    clear(store, TOPIC, 0)
    assert begin(store, TOPIC, {0: 1}, "w3", NOW) == {0: Marker(1, 0, 0)}


@pytest.mark.parametrize(
    ("status", "killed_by_us", "counts"),
    [
        (0, False, False),
        (1, False, True),
        (EXIT_HANG, False, True),
        (EXIT_GAP, False, False),
        (3, False, False),
        (-signal.SIGSEGV, False, True),
        (-signal.SIGKILL, False, True),  # out of memory
        (-signal.SIGKILL, True, False),
        (-signal.SIGTERM, False, False),
    ],
)
def test_kills_from_outside_and_ends_on_purpose_never_count(
    store: Store, status: int, *, killed_by_us: bool, counts: bool
) -> None:
    assert died_by_itself(status, killed_by_us=killed_by_us) == counts
    begin(store, TOPIC, {0: 0}, owner_of(7), NOW)
    record_exit(store, 7, status, NOW, killed_by_us=killed_by_us)
    assert begin(store, TOPIC, {0: 0}, "next", NOW)[0].stuck == int(counts)


def test_an_exit_frees_the_partitions_at_once(store: Store) -> None:
    Share(store, TOPIC, 4, owner_of(7), 15.0).take(NOW)
    record_exit(store, 7, 1, NOW, killed_by_us=False)
    assert Leases(store, owner_of(7)).held(NOW) == frozenset()
    assert Share(store, TOPIC, 4, owner_of(8), 15.0).take(NOW) == {0, 1, 2, 3}
