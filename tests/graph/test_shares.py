"""Workers share the partitions by leases: all are read, none by two, and what one leaves is taken at once."""

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from pipelines.exits import free_shares_of_the_dead, owner_of
from pipelines.shares import Share, fair_share

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
TTL_S = 15.0
LATER = NOW + timedelta(seconds=2 * TTL_S)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    migrate(store, NOW)
    yield store
    store.close()


def shares(store: Store, *owners: str) -> list[Share]:
    return [Share(store, "stories", 4, owner, TTL_S) for owner in owners]


@given(st.integers(0, 200), st.sets(st.text(min_size=1), min_size=1, max_size=20))
def test_fair_shares_add_up_and_differ_by_one_at_most(partitions: int, owners: set[str]) -> None:
    fair = [fair_share(partitions, list(owners), owner) for owner in owners]
    assert sum(fair) == partitions
    assert max(fair) - min(fair) <= 1


def test_the_only_worker_reads_everything(store: Store) -> None:
    (alone,) = shares(store, "a")
    assert alone.take(NOW) == {0, 1, 2, 3}
    assert not alone.must_change(NOW)


def test_a_worker_that_joins_gets_its_share_when_the_others_end_their_shift(store: Store) -> None:
    first, second = shares(store, "a", "b")
    first.take(NOW)
    assert second.take(NOW) == frozenset()
    assert first.must_change(NOW)
    assert second.take(NOW) == frozenset()
    assert len(first.take(NOW)) == 2
    assert first.held | second.take(NOW) == {0, 1, 2, 3}
    assert not first.must_change(NOW)
    assert not second.must_change(NOW)


def test_a_worker_that_leaves_frees_its_share_at_once(store: Store) -> None:
    first, second = shares(store, "a", "b")
    for share in (first, second, first, second):
        share.take(NOW)
    second.leave()
    assert first.must_change(NOW)
    assert first.take(NOW) == {0, 1, 2, 3}


def test_a_worker_that_vanishes_frees_its_share_when_its_leases_end(store: Store) -> None:
    first, second = shares(store, "a", "b")
    for share in (first, second, first, second):
        share.take(NOW)
    almost = NOW + timedelta(seconds=TTL_S - 1)
    first.renew(almost)
    assert not first.must_change(almost)
    assert first.must_change(NOW + timedelta(seconds=TTL_S))
    assert first.take(NOW + timedelta(seconds=TTL_S)) == {0, 1, 2, 3}


def test_a_worker_whose_leases_ran_out_notices(store: Store) -> None:
    (alone,) = shares(store, "a")
    alone.take(NOW)
    assert alone.must_change(LATER)
    (other,) = shares(store, "b")
    assert other.take(LATER) == {0, 1, 2, 3}


def test_what_dead_workers_of_this_host_held_is_free_at_the_next_start(store: Store) -> None:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    dead, alive, elsewhere = shares(
        store, owner_of(ended.pid), owner_of(os.getpid()), f"elsewhere-{ended.pid}"
    )
    for share in (dead, alive, elsewhere, dead, alive, elsewhere):
        share.take(NOW)
    free_shares_of_the_dead(store, NOW)
    assert alive.take(NOW) | elsewhere.take(NOW) == {0, 1, 2, 3}
    assert dead.must_change(NOW)
