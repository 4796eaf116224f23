"""Worker processes: they share the partitions, survive kills, and find the record that kills them."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.port import STORIES
from newsbeam.errors import StoreUnavailable
from newsbeam.recording import RecordingSettings
from newsbeam.store.leases import Leases, owners
from newsbeam.store.markers import begin
from newsbeam.store.positions import read_positions
from newsbeam.store.reads import dead_letters
from newsbeam.store.schema import position
from newsbeam.store.statements import upsert
from pipelines.enrich import CatalogInUse
from pipelines.exits import EXIT_GAP, EXIT_HANG, EXIT_STOPPED, KEEPER, owner_of, record_exit
from pipelines.monitor import Places
from pipelines.settings import ProcessSettings
from pipelines.worker import Worker
from tests.graph.poison import DEADLY, ENDLESS
from tests.graph.world import World, a_story
from tests.servers.install import skewed_clock
from tests.servers.kafka import give_partitions
from tests.servers.process import wait_until

PROGRAM = Path(__file__).with_name("worker.py")
ROOT = PROGRAM.parents[2]
DEADLINE_S = 240.0  # starting a worker takes long on a busy machine
pytestmark = pytest.mark.timeout(900)


class Workers:
    """Starts workers and, like a supervisor, notes how each ended."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.running: list[subprocess.Popen[bytes]] = []
        self.ends: list[int] = []

    def start(
        self, *, shift_s: float = 60.0, hang_after_s: float = 30.0, **environ: str
    ) -> subprocess.Popen[bytes]:
        self.again = {"shift_s": shift_s, "hang_after_s": hang_after_s}
        store = self.world.store_url
        command = [sys.executable, PROGRAM, self.world.bus.url, store, str(shift_s), str(hang_after_s)]
        environ = {**os.environ, "PYTHONPATH": str(ROOT), **environ}
        self.running.append(subprocess.Popen(command, env=environ))
        return self.running[-1]

    def reap(self, *, killed_by_us: bool = False) -> int:
        """Note the ends of those that ended; return how many."""
        ended = [one for one in self.running if one.poll() is not None]
        for one in ended:
            self.running.remove(one)
            self.ends.append(one.returncode)
            now = datetime.now(UTC)
            record_exit(self.world.store, one.pid, one.returncode, now, killed_by_us=killed_by_us)
        return len(ended)

    def restart_until(self, reached: Callable[[], bool]) -> None:
        for _ in wait_for(reached):
            for _ in range(self.reap()):
                self.start(**self.again)

    def kill(self) -> None:
        for one in self.running:
            one.kill()
            one.wait()

    def stop(self) -> None:
        for one in self.running:
            one.terminate()
        for one in self.running:
            one.wait(timeout=DEADLINE_S)
        self.reap(killed_by_us=True)


def wait_for(reached: Callable[[], bool]) -> Iterator[None]:
    """Yield now and then until `reached`; the deadline fails the test."""
    deadline = time.monotonic() + DEADLINE_S
    while not _holds(reached):
        assert time.monotonic() < deadline, "not reached in time"
        yield
        time.sleep(0.05)


def _holds(reached: Callable[[], bool]) -> bool:
    try:
        return reached()
    except StoreUnavailable:  # the test's short busy timeout, not the worker's
        return False


def partitions_held(world: World) -> dict[str, int]:
    held: dict[str, int] = {}
    for owner in owners(world.store, f"partition:{STORIES}:", datetime.now(UTC)).values():
        held[owner] = held.get(owner, 0) + 1
    return held


@pytest.fixture
def workers(world: World) -> Iterator[Workers]:
    workers = Workers(world)
    yield workers
    workers.kill()


def test_workers_wait_while_a_job_on_flink_reads(world: World, caplog: pytest.LogCaptureFixture) -> None:
    world.publish([a_story(f"/{n}") for n in range(20)])
    keeper, ttl, stop = (
        Leases(world.store, "another-host-1/keeper"),
        timedelta(seconds=600),
        threading.Event(),
    )
    assert keeper.acquire(KEEPER, ttl, datetime.now(UTC))
    places = Places(world.bus, world.store, CatalogInUse(world.store), RecordingSettings())
    worker = Worker(
        places, ProcessSettings(shift_s=1.0, first_pause_s=0.1, longest_pause_s=0.2), "host-2", stop
    )
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        wait_until(lambda: "keeps a job on Flink" in caplog.text, 60, "the worker to say why it waits")
        assert not owners(world.store, "partition:", datetime.now(UTC))
        assert world.recorded() == 0
        keeper.release(KEEPER)
        wait_until(lambda: world.recorded() == 20, DEADLINE_S, "the stories to be recorded")
    finally:
        stop.set()
        thread.join(60)


def test_a_record_that_kills_its_readers_ends_as_one_dead_letter_and_its_neighbours_are_recorded(
    workers: Workers,
) -> None:
    world = workers.world
    world.publish([a_story(n, body=DEADLY) if n == 100 else a_story(n) for n in range(200)])
    workers.start()
    workers.restart_until(lambda: world.recorded() == 200)
    assert world.ended() == {"recorded": 199, "dead": 1}
    assert [letter.reason for letter in dead_letters(world.store)] == ["poison"]
    assert set(workers.ends) == {-signal.SIGSEGV}
    workers.stop()
    assert workers.ends[-1] == EXIT_STOPPED
    assert all(
        marker.stuck == 0 for marker in begin(world.store, STORIES, world.starts(), "t", now()).values()
    )


def test_a_record_that_hangs_its_readers_ends_as_one_dead_letter(workers: Workers) -> None:
    world = workers.world
    world.publish([a_story(n, body=ENDLESS) if n == 20 else a_story(n) for n in range(40)])
    workers.start(hang_after_s=5.0)
    workers.restart_until(lambda: world.recorded() == 40)
    assert world.ended() == {"recorded": 39, "dead": 1}
    assert set(workers.ends) == {EXIT_HANG}
    workers.stop()


def test_two_workers_share_the_partitions_and_one_takes_over_what_the_other_leaves(workers: Workers) -> None:
    world = workers.world
    first, second = workers.start(), workers.start()
    both = {owner_of(first.pid): 2, owner_of(second.pid): 2}
    workers.restart_until(lambda: partitions_held(world) == both)
    world.publish([a_story(n) for n in range(100)])
    workers.restart_until(lambda: world.recorded() == 100)
    second.kill()  # nobody reports it: its leases run out
    second.wait()
    workers.running.remove(second)
    workers.restart_until(lambda: partitions_held(world) == {owner_of(first.pid): 4})
    world.publish([a_story(n) for n in range(100, 200)])
    workers.restart_until(lambda: world.recorded() == 200)
    assert world.ended() == {"recorded": 200}
    workers.stop()
    assert partitions_held(world) == {}


def test_kills_at_any_moment_lose_nothing_and_repeat_nothing(workers: Workers) -> None:
    kill_at_any_moment(workers, kills=6)


def test_nor_do_they_on_kafka_and_postgresql(server_world: World) -> None:
    workers = Workers(server_world)
    try:
        kill_at_any_moment(workers, kills=3)
    finally:
        workers.kill()


def kill_at_any_moment(workers: Workers, kills: int) -> None:
    world, chance = workers.world, random.Random(7)  # noqa: S311 - moments, not secrets
    workers.start(shift_s=0.5)
    workers.start(shift_s=0.5)
    published = 0
    for _ in range(kills):
        world.publish([a_story(n) for n in range(published, published + 150)])
        published += 150
        aim = published - chance.randrange(150)
        workers.restart_until(lambda aim=aim: world.recorded() >= aim)  # type: ignore[misc]
        chance.choice(workers.running).kill()
    workers.restart_until(lambda: world.recorded() == published)
    assert world.ended() == {"recorded": published}
    workers.stop()


def test_a_position_that_the_bus_does_not_have_ends_the_worker_with_its_own_code(workers: Workers) -> None:
    world = workers.world
    world.publish([a_story(n) for n in range(50)])
    with world.store.write() as connection:
        row = {"topic": STORIES, "partition": 2, "base": 0, "next": 9_000, "moved_at": now()}
        upsert(connection, position, [row])
    assert workers.start().wait(timeout=DEADLINE_S) == EXIT_GAP


def test_partitions_that_a_topic_is_given_while_a_worker_runs_are_read(server_world: World) -> None:
    workers, bus = Workers(server_world), server_world.bus
    try:
        worker = workers.start(shift_s=1.0)
        workers.restart_until(lambda: partitions_held(server_world) == {owner_of(worker.pid): 4})
        assert isinstance(bus, KafkaBus)
        give_partitions(bus.servers, bus.name_of(STORIES), 6)
        workers.restart_until(lambda: partitions_held(server_world) == {owner_of(worker.pid): 6})
        server_world.publish([a_story(n) for n in range(120)])
        workers.restart_until(lambda: server_world.recorded() == 120)
        assert set(read_positions(server_world.store, STORIES)) == set(range(6))
        workers.stop()
    finally:
        workers.kill()


@pytest.mark.parametrize("by_s", [600, -600])
def test_a_worker_whose_clock_is_wrong_takes_its_share_and_no_more(
    shared_store_world: World, by_s: int
) -> None:
    library = skewed_clock()
    if library is None:
        pytest.skip("no clock can be set wrong here: libfaketime is missing (make servers)")
    world, workers = shared_store_world, Workers(shared_store_world)
    wrong = {
        "LD_PRELOAD": library,
        "FAKETIME": f"{by_s:+d}s",
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "NO_FAKE_STAT": "1",  # else every module looks changed, and is compiled again
    }
    try:
        first, second = workers.start(), workers.start(**wrong)
        both = {owner_of(first.pid): 2, owner_of(second.pid): 2}
        workers.restart_until(lambda: partitions_held(world) == both)
        for published in (100, 200):  # some renewals later each still has its own
            world.publish([a_story(n) for n in range(published - 100, published)])
            workers.restart_until(lambda end=published: world.recorded() == end)  # type: ignore[misc]
            workers.restart_until(lambda: partitions_held(world) == both)
        second.kill()  # nobody reports it: its leases run out when the others' would
        second.wait()
        workers.running.remove(second)
        workers.restart_until(lambda: partitions_held(world) == {owner_of(first.pid): 4})
        assert world.ended() == {"recorded": 200}
        workers.stop()
    finally:
        workers.kill()


def test_an_idle_worker_stops_at_once_when_asked(workers: Workers) -> None:
    world = workers.world
    worker = workers.start()
    workers.restart_until(lambda: partitions_held(world) == {owner_of(worker.pid): 4})
    workers.stop()
    assert workers.ends == [EXIT_STOPPED]
    assert partitions_held(world) == {}


def now() -> datetime:
    return datetime.now(UTC)
