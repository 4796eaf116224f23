"""Stories/s over a backlog on Kafka into PostgreSQL: the in-process runner, Flink, and plain kafka-python loops."""

import argparse
import multiprocessing
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple

import psutil

from bench.laptop import Laptop, laptop, resident_mb
from bench.plain import enriched_record
from bench.prose import batches
from bench.servers import Servers, missing, servers
from bench.table import machine, ratios, show, spread
from newsbeam.bus import open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.port import STORIES
from newsbeam.chunk import Chunk
from newsbeam.recording import Recorder, RecordingSettings
from newsbeam.store.database import Store, open_store
from newsbeam.store.positions import read_positions
from pipelines.enrich import CatalogInUse
from tests.servers import flink
from tests.servers.flink import FlinkCluster

LOOPS, ONE, TWO, FLINK = "2 plain loops", "1 worker", "2 workers", "Flink, 2 workers"
PARTITIONS = 4
CHUNK = 100
BLOCK = 2_000  # stories made and published at once
# The share of the backlog, at most so many stories, after which the clock and the look at memory start.
WARM, WARM_AT_MOST = 0.1, 5_000


class Outcome(NamedTuple):
    """One round of one candidate."""

    rate: float  # stories/s, from the first look to the end
    stories: int  # recorded in all
    megabytes: float  # of its largest process at the end
    growth: float  # of that from the first look to the end, as a share


@dataclass
class Progress:
    """What was seen of one candidate's work so far."""

    stories: int
    seconds: float  # of work after the first look that are enough
    seen: list[tuple[float, int, float]] = field(default_factory=list)  # seconds, recorded, MB

    def look(self, store: Store, processes: Sequence[psutil.Process]) -> bool:
        """Note how much is recorded, and the memory of the largest process; return whether that is enough."""
        recorded = sum(read_positions(store, STORIES).values())
        if recorded < min(self.stories * WARM, WARM_AT_MOST):
            return False
        now, largest = time.perf_counter(), max(map(resident_mb, processes), default=0.0)
        self.seen.append((now, recorded, largest))
        return recorded >= self.stories or now - self.seen[0][0] >= self.seconds

    def outcome(self) -> Outcome:
        """Return what it comes to."""
        began, first, before = self.seen[0]
        ended, last, after = self.seen[-1]
        if first == last:  # a backlog so small that it was done at the first look
            return Outcome(float("nan"), last, after, 0.0)
        return Outcome((last - first) / (ended - began), last, after, after / max(before, 1.0) - 1)


@dataclass(frozen=True)
class Place:
    """Real servers, with a topic that holds the backlog."""

    servers: Servers
    flink: FlinkCluster | None
    bus_url: str
    stories: int
    seconds: float
    within_s: float

    @contextmanager
    def deployment(self, workers: int, cluster: FlinkCluster | None = None) -> Iterator[Laptop]:
        """Yield a fresh deployment whose store is empty and whose bus is the backlog."""
        more: dict[str, dict[str, Any]] = {"service": {"bus": self.bus_url}}
        if cluster is not None:
            more["service"]["runner"] = "flink"
            more["flink"] = {**cluster.places, "workers": workers}
        with self.servers.store_url() as url:
            more["service"]["store"] = url
            with laptop(workers, more=more) as one:
                one.apply()
                yield one

    def service(self, workers: int, cluster: FlinkCluster | None = None) -> Outcome:
        """Let `newsbeam process` work through the backlog, in its own workers or in those of a cluster."""
        with self.deployment(workers, cluster) as one:
            progress, store = Progress(self.stories, self.seconds), one.deployment.store()
            one.start("process")

            def done() -> bool:
                pool = [] if cluster is None else _below(cluster.worker_pool.pid)
                return progress.look(store, pool or one.tree())

            one.wait(done, "the backlog", self.within_s)
            return progress.outcome()

    def loops(self, number: int) -> Outcome:
        """Let so many plain loops share the partitions."""
        with self.deployment(number) as one:
            url, recording = one.deployment.settings.service.store, one.deployment.settings.recording
            context = multiprocessing.get_context("spawn")
            shares = [range(first, PARTITIONS, number) for first in range(number)]
            loops = [
                context.Process(target=plain_loop, args=(self.bus_url, share, url, recording), daemon=True)
                for share in shares
            ]
            progress = Progress(self.stories, self.seconds)
            for loop in loops:
                loop.start()
            processes = [psutil.Process(loop.pid) for loop in loops]
            one.wait(
                lambda: (
                    any(loop.exitcode for loop in loops) or progress.look(one.deployment.store(), processes)
                ),
                "the backlog",
                self.within_s,
            )
            for loop in loops:
                loop.terminate()
                loop.join()
            return progress.outcome()


def _below(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)


def plain_loop(bus_url: str, share: range, store_url: str, recording: RecordingSettings) -> None:
    """Consume with kafka-python as its documentation does; decode, enrich and record each poll; until terminated."""
    from kafka import KafkaConsumer, TopicPartition

    bus, store = open_bus(bus_url), open_store(store_url)
    if not isinstance(bus, KafkaBus):
        raise TypeError(bus_url)
    recorder, enricher = Recorder(store, recording), CatalogInUse(store).enricher()
    consumer = KafkaConsumer(bootstrap_servers=list(bus.servers), auto_offset_reset="earliest")
    consumer.assign([TopicPartition(bus.name_of(STORIES), partition) for partition in share])
    while True:
        for place, found in consumer.poll(timeout_ms=1_000, max_records=CHUNK).items():
            enriched = tuple(
                enriched_record(
                    enricher,
                    record.offset,
                    record.key,
                    datetime.fromtimestamp(record.timestamp / 1e3, UTC),
                    record.value,
                )
                for record in found
            )
            chunk = Chunk(STORIES, place.partition, found[0].offset, found[-1].offset + 1, enriched)
            recorder.record(chunk, datetime.now(UTC))


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench backlog", description=__doc__)
    parser.add_argument("--stories", type=int, default=5_000)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument(
        "--seconds",
        type=float,
        default=float("inf"),
        help="stop a candidate so long after its first tenth, at most 5,000 stories, instead of at the backlog's end",
    )
    parser.add_argument("--within", type=float, default=3_600.0, help="seconds that one candidate may take")
    parser.add_argument("--without-flink", action="store_true", help="no cluster is started")
    options = parser.parse_args(words)
    print(machine())
    if reason := missing() or (not options.without_flink and flink.missing()):
        print(f"skipped: {reason}")
        return
    with ExitStack() as exits:
        place = _place(exits, options)
        print(f"{options.stories:,} stories, starter catalog, durable PostgreSQL; {options.rounds} rounds\n")
        candidates: dict[str, Callable[[], Outcome]] = {
            LOOPS: lambda: place.loops(2),
            ONE: lambda: place.service(1),
            TWO: lambda: place.service(2),
        }
        if place.flink is not None:
            candidates[FLINK] = lambda: place.service(2, place.flink)
        found: dict[str, list[Outcome]] = {name: [] for name in candidates}
        for _ in range(options.rounds):
            for name, measure in candidates.items():
                found[name].append(measure())
    report(found)


def _place(exits: ExitStack, options: argparse.Namespace) -> Place:
    started, cluster = exits.enter_context(servers()), None
    if not options.without_flink:
        cluster = FlinkCluster(started.folder / "flink")
        exits.callback(cluster.stop)
        cluster.start()
    bus_url = f"kafka://{started.broker}/backlog?partitions={PARTITIONS}"
    with open_bus(bus_url).publisher() as publisher:
        for batch in batches(options.stories, BLOCK, processes=2):
            publisher.publish(STORIES, batch)
    return Place(started, cluster, bus_url, options.stories, options.seconds, options.within)


def report(found: dict[str, list[Outcome]]) -> None:
    """Print the table; the design asks for 0.75 of two loops, and on Flink for 0.6 of two workers."""
    rates = {name: [outcome.rate for outcome in rounds] for name, rounds in found.items()}
    rows = [
        [
            name,
            spread(rates[name], 0),
            ratios(rates, name, LOOPS),
            ratios(rates, name, TWO),
            spread([float(outcome.stories) for outcome in found[name]], 0),
            spread([outcome.megabytes for outcome in found[name]], 0),
            spread([outcome.growth * 100 for outcome in found[name]], 1),
        ]
        for name in found
    ]
    show(
        ["candidate", "stories/s", "to 2 loops", "to 2 workers", "recorded", "MB at the end", "% grown"], rows
    )
