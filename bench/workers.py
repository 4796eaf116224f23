"""Stories/s over a backlog: one worker, two workers, and a bare loop that does the same work without Beam."""

import argparse
import multiprocessing
import os
import signal
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.laptop import Laptop, cpu_seconds, laptop
from bench.prose import records
from bench.table import machine, ratios, show, spread
from newsbeam.bus import Sent
from newsbeam.bus.port import STORIES
from newsbeam.chunk import Chunk, DecodedRecord, EnrichedRecord
from newsbeam.codec import decode_story
from newsbeam.enrichment import enrich_or_bury
from newsbeam.recording import Recorder
from newsbeam.store.positions import read_positions
from newsbeam.story import Story
from pipelines.enrich import CatalogInUse

LOOP = "bare loop"
CHUNK = 100
DONE_WITHIN_S = 600.0


@dataclass(frozen=True)
class Outcome:
    """One round of one candidate."""

    rate: float  # stories/s
    cpu_ms: float  # of all its processes, a story


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench workers", description=__doc__)
    parser.add_argument("--stories", type=int, default=4_000, help="the backlog of each round")
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(words)
    print(machine())
    backlog = records(1, options.stories)
    size = sum(len(record.value) for record in backlog) / len(backlog)
    print(
        f"{len(backlog):,} stories of {size:,.0f} bytes, starter catalog, SQLite; {options.rounds} rounds\n"
    )
    names = [LOOP, "1 worker", "2 workers"]
    found: dict[str, list[Outcome]] = {name: [] for name in names}
    for _ in range(options.rounds):
        found[LOOP].append(bare(backlog))
        found["1 worker"].append(pipeline(backlog, 1))
        found["2 workers"].append(pipeline(backlog, 2))
    report(found)


def report(found: dict[str, list[Outcome]]) -> None:
    """Print the table; the ratio that the design promises is two workers over one."""
    rates = {name: [outcome.rate for outcome in rounds] for name, rounds in found.items()}
    rows = [
        [
            name,
            spread(rates[name], 0),
            spread([outcome.cpu_ms for outcome in found[name]], 2),
            ratios(rates, name, LOOP),
            ratios(rates, name, "1 worker"),
        ]
        for name in found
    ]
    show(["candidate", "stories/s", "CPU ms a story", "to the loop", "to 1 worker"], rows)


def pipeline(backlog: Sequence[Sent], workers: int) -> Outcome:
    """Run worker processes over the backlog, which is put on the bus while they are stopped."""
    with laptop(workers) as one:
        one.apply()
        one.start("process")
        one.await_shares(workers)
        processes = one.tree()
        one.signal_workers(signal.SIGSTOP)
        _publish(one, backlog)
        spent = cpu_seconds(processes)
        one.signal_workers(signal.SIGCONT)
        began = time.perf_counter()
        one.wait(lambda: _recorded(one) >= len(backlog), "the backlog to be recorded", DONE_WITHIN_S)
        took = time.perf_counter() - began
        return Outcome(len(backlog) / took, (cpu_seconds(processes) - spent) * 1e3 / len(backlog))


def bare(backlog: Sequence[Sent]) -> Outcome:
    """Decode, enrich and record in one plain loop, in a process of its own."""
    with laptop(1) as one:
        one.apply()
        _publish(one, backlog)
        context = multiprocessing.get_context("fork")
        ours, theirs = context.Pipe()
        process = context.Process(target=_loop, args=(one, theirs))
        process.start()
        while not ours.poll(1.0):
            if not process.is_alive():
                raise RuntimeError("the bare loop died")
        took, spent = ours.recv()
        process.join()
        return Outcome(len(backlog) / took, spent * 1e3 / len(backlog))


def _loop(one: Laptop, answer: "multiprocessing.connection.Connection[object, object]") -> None:
    store = one.deployment.store()
    recorder = Recorder(store, one.deployment.settings.recording)
    enricher = CatalogInUse(store).enricher()
    readers = [one.deployment.bus.reader(STORIES, p) for p in range(one.deployment.bus.partitions(STORIES))]
    began, times = time.perf_counter(), os.times()
    for partition, reader in enumerate(readers):
        position, end = 0, reader.bounds().end
        while position < end:
            batch = reader.read(position, CHUNK, 1.0)
            decoded = [
                DecodedRecord(r.offset, r.key, r.appended_at, decode_story(r.value)) for r in batch.records
            ]
            enriched = tuple(
                EnrichedRecord(d.offset, d.key, d.appended_at, enrich_or_bury(enricher, d.result))
                for d in decoded
                if isinstance(d.result, Story)
            )
            recorder.record(Chunk(STORIES, partition, batch.start, batch.next, enriched), datetime.now(UTC))
            position = batch.next
    after = os.times()
    spent = after.user + after.system - times.user - times.system
    answer.send((time.perf_counter() - began, spent))


def _publish(one: Laptop, backlog: Sequence[Sent]) -> None:
    with one.deployment.bus.publisher() as publisher:
        for start in range(0, len(backlog), 500):
            publisher.publish(STORIES, backlog[start : start + 500])


def _recorded(one: Laptop) -> int:
    return sum(read_positions(one.deployment.store(), STORIES).values())
