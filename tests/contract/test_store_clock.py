"""The store's clock is one for all machines, whatever their own clocks say."""

import subprocess
import sys
from datetime import UTC, datetime

import pytest

from newsbeam.store.clock import StoreClock
from newsbeam.store.database import open_store
from tests.e2e.service import environment
from tests.servers.install import skewed_clock

LOOK = """
import sys
from datetime import UTC, datetime
from newsbeam.store.clock import StoreClock
from newsbeam.store.database import open_store
store = open_store(sys.argv[1])
print(datetime.now(UTC).timestamp(), StoreClock(store)().timestamp())
store.close()
"""


@pytest.mark.postgres
@pytest.mark.parametrize("by_s", [600, -600])
def test_a_machine_whose_clock_is_wrong_goes_by_the_stores(postgres_url: str, by_s: int) -> None:
    library = skewed_clock()
    if library is None:
        pytest.skip("no clock can be set wrong here: libfaketime is missing (make servers)")
    wrong = {"LD_PRELOAD": library, "FAKETIME": f"{by_s:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
    command = [sys.executable, "-c", LOOK, postgres_url]
    before = datetime.now(UTC).timestamp()
    done = subprocess.run(
        command, env={**environment(), **wrong}, capture_output=True, text=True, timeout=60, check=True
    )
    after = datetime.now(UTC).timestamp()
    own, stores = map(float, done.stdout.split())
    assert before + by_s <= own <= after + by_s
    assert before <= stores <= after


def test_a_store_in_a_file_goes_by_this_machines_clock(sqlite_store_url: str) -> None:
    store = open_store(sqlite_store_url)
    before = datetime.now(UTC)
    assert before <= StoreClock(store)() <= datetime.now(UTC)
    store.close()


@pytest.mark.postgres
def test_a_store_that_is_away_leaves_the_machines_own_time(postgres_url: str) -> None:
    store = open_store(f"{postgres_url}_is_not_there")
    before = datetime.now(UTC)
    told = StoreClock(store)()
    assert abs((told - before).total_seconds()) < 60
    store.close()
