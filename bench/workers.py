"""Stories/s over a backlog: one worker, two workers, and a bare loop that does the same work without Beam."""

import argparse
import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import psutil

from bench.laptop import Laptop, cpu_seconds, laptop, name_of, queued_seconds
from bench.plain import enriched_record
from bench.prose import records
from bench.table import machine, ratios, show, spread
from newsbeam.bus import Bus, Sent
from newsbeam.bus.port import STORIES
from newsbeam.chunk import Chunk
from newsbeam.recording import Recorder, RecordingSettings
from newsbeam.store.database import Store
from newsbeam.store.positions import read_positions
from pipelines.enrich import CatalogInUse

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

LOOP, ONE, TWO = "bare loop", "1 worker", "2 workers"
APART = "2 workers apart"  # each with a bus and a store of its own: the most that two can do here
CHUNK = 100
DONE_WITHIN_S = 600.0


@dataclass(frozen=True)
class Outcome:
    """One round of one candidate."""

    rate: float  # stories/s
    cpu_ms: float  # of all its processes, a story
    free_rate: (
        float  # stories/s without the time in which a worker was ready but other programs had the cores
    )


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
    halves = [backlog[::2], backlog[1::2]]
    candidates: dict[str, Callable[[], Outcome]] = {
        LOOP: lambda: bare(backlog),
        ONE: lambda: pipeline([backlog], 1),
        TWO: lambda: pipeline([backlog], 2),
        APART: lambda: pipeline(halves, 1),
    }
    found: dict[str, list[Outcome]] = {name: [] for name in candidates}
    for _ in range(options.rounds):
        for name, measure in candidates.items():
            found[name].append(measure())
    report(found)


def report(found: dict[str, list[Outcome]]) -> None:
    """Print the table; the ratio that the design promises is two workers over one."""
    rates = {name: [outcome.rate for outcome in rounds] for name, rounds in found.items()}
    free = {name: [outcome.free_rate for outcome in rounds] for name, rounds in found.items()}
    rows = [
        [
            name,
            spread(rates[name], 0),
            spread([outcome.cpu_ms for outcome in found[name]], 2),
            ratios(rates, name, LOOP),
            ratios(rates, name, ONE),
            spread(free[name], 0),
            ratios(free, name, ONE),
        ]
        for name in found
    ]
    head = ["candidate", "stories/s", "CPU ms a story", "to the loop", "to 1 worker"]
    show([*head, "stories/s on free cores", "to 1 worker"], rows)
    print(
        "on free cores: without the time in which a worker was ready to run but other programs had the cores"
    )


def pipeline(backlogs: Sequence[Sequence[Sent]], workers: int) -> Outcome:
    """Run so many workers over each backlog, which is put on its own bus while they are stopped."""
    stories = sum(map(len, backlogs))
    with ExitStack() as stack:
        places = [stack.enter_context(laptop(workers)) for _ in backlogs]
        for one in places:
            one.apply()
            one.start("process")
        for one, backlog in zip(places, backlogs, strict=True):
            one.await_shares(workers)
            one.signal_workers(signal.SIGSTOP)
            _publish(one, backlog)
        processes = [process for one in places for process in one.tree()]
        readers = [process for process in processes if name_of(process) == "process"]
        queued = _queued(readers)
        spent, began = cpu_seconds(processes), time.perf_counter()
        for one in places:
            one.signal_workers(signal.SIGCONT)
        places[0].wait(
            lambda: sum(map(_recorded, places)) >= stories, "the backlog to be recorded", DONE_WITHIN_S
        )
        took = time.perf_counter() - began
        free = max(took - (_queued(readers) - queued), took / 100)
        return Outcome(stories / took, (cpu_seconds(processes) - spent) * 1e3 / stories, stories / free)


def bare(backlog: Sequence[Sent]) -> Outcome:
    """Decode, enrich and record in one plain loop, in a process of its own."""
    with laptop(1) as one:
        one.apply()
        _publish(one, backlog)
        context = multiprocessing.get_context("spawn")
        ours, theirs = context.Pipe()
        recording = one.deployment.settings.recording
        process = context.Process(
            target=_loop, args=(one.deployment.bus, one.deployment.store(), recording, theirs)
        )
        process.start()
        theirs.close()
        took, spent, queued = ours.recv()  # EOFError when it dies
        process.join()
        return Outcome(len(backlog) / took, spent * 1e3 / len(backlog), len(backlog) / (took - queued))


def _loop(bus: Bus, store: Store, recording: RecordingSettings, answer: "Connection[object, object]") -> None:
    recorder = Recorder(store, recording)
    enricher = CatalogInUse(store).enricher()
    readers = [bus.reader(STORIES, partition) for partition in range(bus.partitions(STORIES))]
    me = [psutil.Process()]
    began, times, queued = time.perf_counter(), os.times(), _queued(me)
    for partition, reader in enumerate(readers):
        position, end = 0, reader.bounds().end
        while position < end:
            batch = reader.read(position, CHUNK, 1.0)
            enriched = tuple(
                enriched_record(enricher, r.offset, r.key, r.appended_at, r.value) for r in batch.records
            )
            recorder.record(Chunk(STORIES, partition, batch.start, batch.next, enriched), datetime.now(UTC))
            position = batch.next
    after = os.times()
    spent = after.user + after.system - times.user - times.system
    answer.send((time.perf_counter() - began, spent, _queued(me) - queued))


def _queued(processes: Sequence[psutil.Process]) -> float:
    """Return how long these processes waited for a core so far, on average."""
    return sum(queued_seconds(process) or 0.0 for process in processes) / len(processes)


def _publish(one: Laptop, backlog: Sequence[Sent]) -> None:
    with one.deployment.bus.publisher() as publisher:
        for start in range(0, len(backlog), 500):
            publisher.publish(STORIES, backlog[start : start + 500])


def _recorded(one: Laptop) -> int:
    return sum(read_positions(one.deployment.store(), STORIES).values())
