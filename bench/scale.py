"""What a core does of each part, what the store-wide lock lets through, what a story takes of disks; and what follows
for a day of many stories.

Recorders run on a durable PostgreSQL of the same machine. For more recorders than the machine has cores a model goes
on (`bench.lockmodel`); its prediction stands beside what was measured.
"""

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from math import ceil
from pathlib import Path
from statistics import median

import psutil
from sqlalchemy import text

from bench.laptop import cpu_seconds
from bench.lockmodel import model
from bench.prose import records
from bench.recorders import CHUNK, Rate, empty_store, enriched_chunk, parts_of, record_side_by_side
from bench.servers import Servers, missing, servers
from bench.table import machine, show, spread
from newsbeam.bus import Sent, open_bus
from newsbeam.bus.port import STORIES
from newsbeam.codec import decode_story
from newsbeam.enrichment import enrich_or_bury
from newsbeam.recording import Recorder
from newsbeam.store.database import Store
from pipelines.enrich import CatalogInUse

RECORDERS = (1, 2, 4)
MODELLED = (1, 2, 4, 8, 16, 32, 64)
DAYS = (100_000, 1_000_000, 10_000_000, 100_000_000)  # stories
DAY_S = 86_400
PEAK = 10  # how often the mean of a day comes in a minute of great news
FULL = 0.7  # what a part may be used of, so that a backlog shrinks
KAFKA = "Kafka, compressed"
PARTS = ("publish to Kafka", "read from Kafka", "decode", "enrich", "record", "record, PostgreSQL's part")


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench scale", description=__doc__)
    parser.add_argument("--stories", type=int, default=4_000, help="of each recorder")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(words)
    print(machine())
    if reason := missing():
        print(f"skipped: {reason}")
        return
    print(
        f"{options.stories:,} stories a recorder, chunks of {CHUNK}, starter catalog; {options.rounds} rounds\n"
    )
    with servers() as started:
        bus_url, backlog = f"kafka://{started.broker}/scale?partitions=1", records(1, options.stories)
        costs, disk = _parts(backlog, bus_url, started, options.rounds)

        def recording(number: int, *, ready: bool) -> list[Rate]:
            return [
                record_side_by_side(started, bus_url, number, options.stories, ready=ready)
                for _ in range(options.rounds)
            ]

        ready = {number: recording(number, ready=True) for number in RECORDERS}
        whole = {number: recording(number, ready=False) for number in RECORDERS[:2]}
    _report_parts(costs)
    _report_recorders(ready)
    _report_model(whole)
    _report_disks(disk, backlog)
    _report_days(costs, ready[1], disk)


# --- parts of one story -------------------------------------------------------------------------------------


def _parts(
    backlog: Sequence[Sent], bus_url: str, servers: Servers, rounds: int
) -> tuple[dict[str, list[float]], dict[str, float]]:
    """Return CPU seconds a story of each part, round by round, and bytes a story on each disk."""
    costs: dict[str, list[float]] = {part: [] for part in PARTS}
    disk: dict[str, float] = {}
    number, topics, server = len(backlog), servers.folder / "kafka", servers.database.process.pid
    before = _size_of(topics)
    for turn in range(rounds):
        bus = open_bus(bus_url)
        with _seconds(costs["publish to Kafka"], number), bus.publisher() as publisher:
            for _, part in parts_of(backlog):
                publisher.publish(STORIES, part)
        reader, position = bus.reader(STORIES, 0), turn * number
        with _seconds(costs["read from Kafka"], number):
            while position < (turn + 1) * number:
                position = reader.read(position, CHUNK, 1.0).next
        reader.close()
        with _seconds(costs["decode"], number):
            stories = [decode_story(record.value) for record in backlog]
        with empty_store(servers, bus_url) as store:
            enricher, recorder, now = CatalogInUse(store).enricher(), Recorder(store), datetime.now(UTC)
            with _seconds(costs["enrich"], number):
                for story in stories:
                    enrich_or_bury(enricher, story)
            chunks = [enriched_chunk(enricher, first, part, now) for first, part in parts_of(backlog)]
            spent = _tree_seconds(server)
            with _seconds(costs["record"], number):
                for chunk in chunks:
                    recorder.record(chunk, now)
            costs["record, PostgreSQL's part"].append((_tree_seconds(server) - spent) / number)
            disk = _disk(store, number)
    disk[KAFKA] = (_size_of(topics) - before) / number / rounds
    return costs, disk


@contextmanager
def _seconds(into: list[float], stories: int) -> Iterator[None]:
    """Add this process's CPU seconds a story within the block."""
    began = time.process_time()
    yield
    into.append((time.process_time() - began) / stories)


def _tree_seconds(pid: int) -> float:
    """CPU seconds so far of a process and of all that it started, those that have ended with them."""
    top = psutil.Process(pid)
    ended = top.cpu_times()
    return cpu_seconds([top, *top.children(recursive=True)]) + ended.children_user + ended.children_system


def _size_of(folder: Path) -> int:
    return sum(file.stat().st_blocks * 512 for file in folder.rglob("*") if file.is_file())


def _disk(store: Store, stories: int) -> dict[str, float]:
    """Bytes a story of the store's tables, with their indexes, the largest first."""
    with store.read() as connection:
        connection.execute(text("CHECKPOINT"))
        rows = connection.execute(
            text("SELECT relname, pg_total_relation_size(relid) FROM pg_stat_user_tables ORDER BY 2 DESC")
        ).all()
    return {name: size / stories for name, size in rows}


# --- what is said -------------------------------------------------------------------------------------------


def _report_parts(costs: Mapping[str, Sequence[float]]) -> None:
    rows = [
        [part, spread([cost * 1e6 for cost in rounds], 0), f"{1 / median(rounds):,.0f}"]
        for part, rounds in costs.items()
    ]
    whole = sum(map(median, costs.values()))
    show(
        ["part", "µs of CPU a story", "stories/s a core"],
        [*rows, ["all", f"{whole * 1e6:,.0f}", f"{1 / whole:,.0f}"]],
    )


def _report_recorders(found: Mapping[int, Sequence[Rate]]) -> None:
    rows = [
        [
            str(number),
            spread([rate.stories_per_s for rate in rounds], 0),
            spread([rate.held_ms for rate in rounds], 2),
            spread([1e3 / rate.held_ms for rate in rounds], 0),
        ]
        for number, rounds in found.items()
    ]
    show(["recorders, all enriched", "stories/s", "lock held, ms a story", "ceiling, stories/s"], rows)


def _report_model(found: Mapping[int, Sequence[Rate]]) -> None:
    """What whole workers do, as measured and as modelled from the times of one alone."""
    alone = [recorder for rate in found[1] for recorder in rate.recorders]
    outside = [seconds for one in alone for seconds in one.outside_s]
    held = [seconds for one in alone for seconds in one.held_s]
    rows = []
    for number in MODELLED:
        would = model(number, outside, held)
        measured = spread([rate.stories_per_s for rate in found[number]], 0) if number in found else ""
        shares = [f"{share:.0%}" for share in (would.lock_share, would.waited_share)]
        rows.append([str(number), f"{would.chunks_per_s * CHUNK:,.0f}", measured, *shares])
    show(["enrich and record", "modelled, stories/s", "measured", "lock held", "waiting for it"], rows)


def _report_disks(disk: Mapping[str, float], backlog: Sequence[Sent]) -> None:
    size = sum(len(record.value) for record in backlog) / len(backlog)
    print(f"a story of {size:,.0f} bytes takes of the disks")
    rows = [[name, f"{taken:,.0f}"] for name, taken in disk.items() if taken >= 1]
    tables = sum(taken for name, taken in disk.items() if name != KAFKA)
    show(["table with its indexes", "bytes a story"], [*rows, ["all tables", f"{tables:,.0f}"]])


def _report_days(
    costs: Mapping[str, Sequence[float]], alone: Sequence[Rate], disk: Mapping[str, float]
) -> None:
    """What a day needs: workers at its peak, partitions for them, of the lock, and of disks."""
    own = sum(median(costs[part]) for part in ("read from Kafka", "decode", "enrich", "record"))
    server = median(costs["record, PostgreSQL's part"])
    ceiling = 1e3 / median([rate.held_ms for rate in alone])
    store = sum(taken for name, taken in disk.items() if name != KAFKA)
    rows = []
    for stories in DAYS:
        peak = stories / DAY_S * PEAK
        workers = ceil(peak * own / FULL)
        rows.append(
            [
                f"{stories:,}",
                f"{peak:,.0f}",
                f"{workers:,}",
                f"{max(4, 2 * workers):,}",
                f"{peak * server:.2g}",
                f"{peak / ceiling:.0%}",
                f"{stories * store / 1e9:,.1f}",
                f"{stories * disk[KAFKA] / 1e9:,.1f}",
            ]
        )
    print(
        f"the peak is {PEAK} times the mean; workers are at most {FULL:.0%} busy, partitions twice the workers"
    )
    head = ["stories a day", "peak, a second", "workers", "partitions", "PostgreSQL's cores", "of the lock"]
    show([*head, "store, GB a day", "Kafka, GB a day"], rows)
