"""Processes that record into one store side by side: what they do together, and how the lock divides their time."""

import multiprocessing
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from typing import NamedTuple

from prometheus_client import REGISTRY

from bench.laptop import laptop
from bench.plain import enriched_record
from bench.prose import records
from bench.servers import Servers
from newsbeam.bus import Sent
from newsbeam.bus.port import STORIES
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.enrichment import Enricher
from newsbeam.recording import Recorder
from newsbeam.store.database import Store, open_store
from pipelines.enrich import CatalogInUse

CHUNK = 100


class Recorded(NamedTuple):
    """What one recorder did, chunk by chunk, in seconds of the clock."""

    outside_s: list[float]  # from the end of the chunk before to asking for the lock
    waited_s: list[float]
    held_s: list[float]


class Rate(NamedTuple):
    """What some recorders did together."""

    stories_per_s: float
    recorders: list[Recorded]

    @property
    def held_ms(self) -> float:
        """Milliseconds a story for which the lock was held."""
        held = [seconds for one in self.recorders for seconds in one.held_s]
        return sum(held) * 1e3 / (len(held) * CHUNK)


@contextmanager
def empty_store(servers: Servers, bus_url: str) -> Iterator[Store]:
    """Yield an empty store with the starter catalog."""
    with servers.store_url() as url, laptop(1, more={"service": {"bus": bus_url, "store": url}}) as one:
        one.apply()
        store = open_store(url)
        yield store
        store.close()


def parts_of(backlog: Sequence[Sent]) -> Iterator[tuple[int, Sequence[Sent]]]:
    """Yield the records of each chunk, with the offset of the first."""
    for first in range(0, len(backlog), CHUNK):
        yield first, backlog[first : first + CHUNK]


def enriched_chunk(
    enricher: Enricher, first: int, part: Sequence[Sent], now: datetime, partition: int = 0
) -> Chunk[EnrichedRecord]:
    """Return a chunk as Record takes it."""
    enriched = tuple(
        enriched_record(enricher, first + number, record.key, now, record.value)
        for number, record in enumerate(part)
    )
    return Chunk(STORIES, partition, first, first + len(enriched), enriched)


def record_side_by_side(servers: Servers, bus_url: str, number: int, stories: int, *, ready: bool) -> Rate:
    """Let so many processes record into one store; where all is `ready`, it was enriched before the clock ran."""
    context = multiprocessing.get_context("spawn")
    with empty_store(servers, bus_url) as store:
        pipes = [context.Pipe() for _ in range(number)]
        processes = [
            context.Process(target=_record_all, args=(store.url, partition, stories, ready, theirs))
            for partition, (_, theirs) in enumerate(pipes)
        ]
        for process in processes:
            process.start()
        for ours, theirs in pipes:
            theirs.close()
            ours.recv()  # it is ready; EOFError when it died
        began = time.perf_counter()
        for ours, _ in pipes:
            ours.send(None)
        found = [ours.recv() for ours, _ in pipes]
        took = time.perf_counter() - began
        for process in processes:
            process.join()
    return Rate(number * stories / took, found)


def _record_all(
    url: str, partition: int, stories: int, ready: bool, pipe: "Connection[Recorded | None, object]"
) -> None:
    backlog, now = records(100 + partition, stories), datetime.now(UTC)
    store = open_store(url)
    recorder, enricher = Recorder(store), CatalogInUse(store).enricher()
    chunks = (enriched_chunk(enricher, first, part, now, partition) for first, part in parts_of(backlog))
    coming = iter(list(chunks)) if ready else chunks
    pipe.send(None)
    pipe.recv()
    done, ended, (waited, held) = Recorded([], [], []), time.perf_counter(), _lock_seconds()
    for chunk in coming:
        recorder.record(chunk, now)
        began, (waited_before, held_before) = ended, (waited, held)
        ended, (waited, held) = time.perf_counter(), _lock_seconds()
        done.waited_s.append(waited - waited_before)
        done.held_s.append(held - held_before)
        done.outside_s.append(ended - began - done.waited_s[-1] - done.held_s[-1])
    store.close()
    pipe.send(done)


def _lock_seconds() -> tuple[float, float]:
    """For how long this process has waited for the store-wide lock so far, and for how long it has held it."""
    sums = [REGISTRY.get_sample_value(f"newsbeam_lock_{what}_seconds_sum") for what in ("waited", "held")]
    return sums[0] or 0.0, sums[1] or 0.0
