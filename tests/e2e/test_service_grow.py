"""A running server is given a partition, a worker and a poller: each takes work, nothing is lost or doubled."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

import psutil
import pytest
import yaml
from sqlalchemy import select

from newsbeam.bus import open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.port import STORIES
from newsbeam.store import schema
from newsbeam.store.database import Store
from newsbeam.store.leases import owners
from newsbeam.store.positions import read_positions
from tests.e2e.conftest import Deployed
from tests.e2e.equality import Ledger, assert_equals_truth
from tests.e2e.service import IMMORTAL, WireClock, environment, fast_wire
from tests.servers.kafka import give_partitions
from tests.servers.process import ServerProcess, wait_until

WITHIN_S = 150.0
pytestmark = pytest.mark.timeout(900)


class Jobs:
    """The jobs of one deployment, each a process of its own, as containers run them."""

    def __init__(self, one: Deployed, exits: ExitStack) -> None:
        self._one, self._exits = one, exits
        self.started: list[ServerProcess] = []

    def start(self, word: str) -> ServerProcess:
        """Start one more of these."""
        log = self._one.service.data.parent / f"{word}-{len(self.started)}.log"
        process = ServerProcess(word, self._one.service.command(word, "--metrics-port", "0"), log)
        process.start(lambda: True, 10, environment())
        self._exits.callback(process.kill)
        self.started.append(process)
        return process

    def tail(self) -> str:
        """The end of what each said."""
        return "\n".join(f"--- {one.name}\n{one.tail()[-1_500:]}" for one in self.started)


@pytest.fixture
def exits() -> Iterator[ExitStack]:
    with ExitStack() as stack:
        yield stack


def test_a_partition_a_worker_and_a_poller_added_at_run_time_take_work_and_lose_nothing(
    deploy: Callable[..., Deployed], kafka_url: str, postgres_url: str, exits: ExitStack
) -> None:
    wire = fast_wire(29, slots=60, lasts_s=150, script=IMMORTAL)
    one = deploy(wire, f"{kafka_url}?partitions=2", postgres_url)
    one_worker_at_a_time(one.service.config / "newsbeam.yaml")
    said = one.service.call("config", "apply")
    assert said.code == 0, said.all
    jobs = Jobs(one, exits)
    for word in ("poll", "process", "deliver"):
        jobs.start(word)
    ledger, clock = one.ledger(), wire.clock
    wait_until(ledger.all_watched, WITHIN_S, "the first fetches", jobs.tail)
    assert isinstance(clock, WireClock)
    clock.release()
    wait_until(lambda: sum(read_positions(ledger.store, STORIES).values()) > 0, WITHIN_S, "work", jobs.tail)

    add_partition(one.bus_url, 3)
    wait_until(lambda: position_of(ledger.store, 2) > 0, WITHIN_S, "the new partition", jobs.tail)
    add_worker(jobs, ledger.store)
    add_poller(jobs, ledger)

    wait_until(
        lambda: not ledger.unfinished(one.bus_url),
        2 * WITHIN_S,
        "everything to be done",
        lambda: f"{ledger.unfinished(one.bus_url)}\n{jobs.tail()}",
    )
    assert_equals_truth(ledger, one.bus_url)


def one_worker_at_a_time(path: Path) -> None:
    """Let each `newsbeam process` be one worker, whose shifts are short."""
    settings = yaml.safe_load(path.read_text())
    settings["process"].update(workers=1, shift_s=3.0)
    path.write_text(yaml.safe_dump(settings))


def add_partition(bus_url: str, total: int) -> None:
    bus = open_bus(bus_url)
    assert isinstance(bus, KafkaBus)
    give_partitions(bus.servers, bus.name_of(STORIES), total)


def position_of(store: Store, partition: int) -> int:
    return read_positions(store, STORIES).get(partition, 0)


def add_worker(jobs: Jobs, store: Store) -> None:
    """Return when a second worker holds a partition, and that one's position moves while it does."""
    first = set(holders(store).values())
    assert len(first) == 1
    jobs.start("process")
    begun: dict[int, tuple[str, int]] = {}

    def moves() -> bool:
        held = {partition: owner for partition, owner in holders(store).items() if owner not in first}
        for partition in begun.keys() - held.keys():
            del begun[partition]
        for partition, owner in held.items():
            begun.setdefault(partition, (owner, position_of(store, partition)))
        return any(position_of(store, partition) > since for partition, (_, since) in begun.items())

    wait_until(moves, WITHIN_S, "the second worker to move a partition", jobs.tail)
    assert len(set(holders(store).values())) == 2


def holders(store: Store) -> dict[int, str]:
    """Who reads which partition now."""
    held = owners(store, f"partition:{STORIES}:", datetime.now(UTC))
    return {int(name.rpartition(":")[2]): owner for name, owner in held.items()}


def add_poller(jobs: Jobs, ledger: Ledger) -> None:
    """Return when a second poller has claimed feeds and brought their fetches to an end."""
    poller = jobs.start("poll")
    claimed: dict[str, int] = {}

    def has_polled() -> bool:
        state = schema.feed_state.c
        with ledger.store.read() as connection:
            rows = connection.execute(select(state.feed, state.fetch, state.claimed_by)).all()
        pids = {poller.pid, *(child.pid for child in psutil.Process(poller.pid).children(recursive=True))}
        for row in rows:
            if (
                row.claimed_by is not None
                and int(row.claimed_by.partition("/")[0].rpartition("-")[2]) in pids
            ):
                claimed[row.feed] = row.fetch
        return any(row.feed in claimed and row.claimed_by is None for row in rows)

    wait_until(has_polled, WITHIN_S, "the second poller to read a feed", jobs.tail)
