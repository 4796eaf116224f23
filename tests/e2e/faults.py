"""What befalls a cluster: each fault is a context that strikes when entered and is over when left."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from random import Random

import psutil

from tests.e2e.service import environment
from tests.e2e.world import Part, World
from tests.servers.disk import fill
from tests.servers.install import skewed_clock
from tests.servers.process import wait_until

Fault = Callable[[World, Random], AbstractContextManager[object]]
Choose = Callable[[World, Random], Part]
SKEW_S = 600


def killed(choose: Choose) -> Fault:
    """A part dies at once (SIGKILL), and whoever watches over it starts it again."""

    @contextmanager
    def fault(world: World, random: Random) -> Iterator[None]:
        part = choose(world, random)
        part.process.kill()
        try:
            yield
        finally:
            part.start()

    return fault


def frozen(choose: Choose) -> Fault:
    """A part hangs (SIGSTOP) and then goes on as if nothing had been."""

    @contextmanager
    def fault(world: World, random: Random) -> Iterator[None]:
        part = choose(world, random)
        part.process.freeze()
        try:
            yield
        finally:
            part.process.thaw()

    return fault


def one_of(name: str) -> Choose:
    """A job of which there may be several."""
    return lambda world, random: random.choice(
        [job for job_name, job in sorted(world.jobs.items()) if job_name.startswith(name)]
    )


@contextmanager
def worker_killed(world: World, random: Random) -> Iterator[None]:
    """A Python worker dies; the pool and Flink get another."""
    world.worker(random.choice).kill()
    yield


@contextmanager
def worker_frozen(world: World, random: Random) -> Iterator[None]:
    """A Python worker hangs and then goes on, if it was not replaced meanwhile."""
    worker = world.worker(random.choice)
    worker.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            worker.resume()


@contextmanager
def network_cut(world: World, _random: Random) -> Iterator[None]:
    """No part reaches any other."""
    assert world.network is not None
    world.network.cut()
    try:
        yield
    finally:
        world.network.heal()


@contextmanager
def disk_full(world: World, _random: Random) -> Iterator[None]:
    """There is no room for the store; when there is again, a server that gave up is started."""
    assert world.disk is not None
    ballast = fill(world.disk)
    try:
        yield
    finally:
        ballast.unlink()
    server = world.postgres
    wait_until(lambda: server.process.has_ended() or server.answers(), 60, "PostgreSQL to go on or give up")
    if server.process.has_ended():  # whoever watches over it starts it
        server.start()


def clock_skewed(by_s: int) -> Fault:
    """A poller's clock is wrong for a while."""

    @contextmanager
    def fault(world: World, random: Random) -> Iterator[None]:
        poller = one_of("poller")(world, random)
        library = skewed_clock()
        assert library is not None
        wrong = {"LD_PRELOAD": library, "FAKETIME": f"{by_s:+d}s", "FAKETIME_DONT_FAKE_MONOTONIC": "1"}
        poller.process.kill()
        poller.process.start(lambda: True, 10, {**environment(), **wrong})
        yield
        poller.process.kill()
        poller.start()

    return fault


@contextmanager
def older_copy_restored(world: World, _random: Random) -> Iterator[None]:
    """A copy of the store is made; later it is put in the store's place."""
    copy = world.copy_store()
    yield
    world.restore_store(copy)


def faults(world: World) -> Mapping[str, Fault]:
    """All that can befall this world here; without root neither network nor disk."""
    flink = world.flink
    servers: dict[str, Choose] = {
        "worker pool": lambda _w, _r: Part(flink.worker_pool, flink.start_worker_pool),
        "task manager": lambda _w, _r: Part(flink.task_manager, flink.start_task_manager),
        "job manager": lambda _w, _r: Part(flink.job_manager, flink.start_job_manager),
        "broker": lambda w, _r: Part(w.kafka.process, w.kafka.start),
        "PostgreSQL": lambda w, _r: Part(w.postgres.process, w.postgres.start),
        "poller": one_of("poller"),
        "deliverer": one_of("deliverer"),
        "keeper": one_of("keeper"),
    }
    found: dict[str, Fault] = {"worker killed": worker_killed, "worker frozen": worker_frozen}
    for name, choose in servers.items():
        found[f"{name} killed"] = killed(choose)
        found[f"{name} frozen"] = frozen(choose)
    if world.network is not None:
        found["network cut"] = network_cut
    if world.disk is not None:
        found["disk full"] = disk_full
    if skewed_clock() is not None:
        found["poller's clock ahead"] = clock_skewed(SKEW_S)
        found["poller's clock behind"] = clock_skewed(-SKEW_S)
    found["older copy restored"] = older_copy_restored
    return found
