"""Kafka for Beam in pure Python: no Java, no expansion service, no container.

from newsbeam.beam import ReadFromKafka

chunks = pipeline | ReadFromKafka("localhost:9092", "stories", group="counts")
records = chunks | beam.FlatMap(lambda chunk: chunk.records)
"""

import logging
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import apache_beam as beam
import msgspec
from apache_beam.pvalue import PBegin, PCollection

from newsbeam.beam.reading import (
    DEFAULT_PACE,
    Pace,
    Partitions,
    ReadPartitions,
    ReadStretch,
    Stretch,
    bounds_of,
)
from newsbeam.bus import KafkaOptions, open_bus
from newsbeam.bus.kafka import KafkaBus, past_end
from newsbeam.chunk import Chunk, RawRecord
from newsbeam.errors import NewsbeamError

log = logging.getLogger(__name__)

# How often a process commits at most: each commit is a request to the group's coordinator.
SHOWN_EVERY_S = 1.0
_TRIES = 30  # of commits that fail in a row


class ReadFromKafka(beam.PTransform[PBegin, PCollection[Chunk[RawRecord]]]):
    """Chunks of a Kafka topic, partition by partition, in order.

    `servers` is `host:port[,host:port]`; `options` say how to reach them (TLS, SASL, time limits). Reading begins at
    one of:

    - `starts` (partition → offset): positions that the caller keeps, best beside the results, in one
      transaction. Only these partitions are read.
    - `group`: where that consumer group's commits stand; partitions without a commit from their oldest record. What
      was read is committed when the runner has made it durable: a record may be read again after a crash, none is
      skipped. Commits move forwards only. The group must have no other members: nobody may `subscribe` with it.
    - neither: the oldest record of each partition.

    With `to_end` the read ends where the topic ends now, and the result is bounded. A runner that restores a job from
    its own checkpoint goes on from there. Offsets without a record (retention, compaction, transaction markers) lie
    inside a chunk's `[start, next)`. Raises `NotFound` when there is no such topic, `BusUnavailable` when no broker
    answers; a position past the topic's end fails the pipeline with `Gap`.
    """

    def __init__(  # noqa: PLR0913 - each may be left out
        self,
        servers: str,
        topic: str,
        *,
        starts: Mapping[int, int] | None = None,
        group: str | None = None,
        to_end: bool = False,
        options: KafkaOptions | None = None,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        super().__init__()
        if starts is not None and group is not None:
            raise ValueError("starts or group: one of them says where reading begins")
        given = options or KafkaOptions()
        bus = open_bus(f"kafka://{servers}", given if group is None else _in_group(given, group))
        assert isinstance(bus, KafkaBus)  # noqa: S101 - for the type checker: that is what this address opens
        self._bus = bus
        self._topic = topic
        self._starts = starts
        self._group = group
        self._to_end = to_end
        self._pace = pace

    def expand(self, pbegin: PBegin) -> PCollection[Chunk[RawRecord]]:
        """Look up partitions and positions now, where the pipeline is built."""
        found = range(self._bus.existing_partitions(self._topic))
        starts = dict(self._starts or {}) if self._group is None else self._bus.committed(self._topic)
        stops = {}
        for partition in found if self._starts is None else self._starts:
            bounds = bounds_of(self._bus, self._topic, partition)
            if starts.setdefault(partition, bounds.first) > bounds.end:
                raise past_end(self._topic, partition, starts[partition], bounds.end)
            if self._to_end:
                stops[partition] = bounds.end
        if self._group is None:
            step = (ReadToEnd if self._to_end else ReadStretch)(self._bus, self._pace, None)
        else:
            step = (ReadForGroupToEnd if self._to_end else ReadForGroup)(self._bus, self._pace)
        return pbegin | ReadPartitions(self._topic, starts, stops, step)


class ReadToEnd(ReadStretch):
    """Reads as `ReadStretch` does; since every stretch ends, so does what comes of it."""

    def process(
        self,
        element: Stretch,
        tracker: Any = beam.DoFn.RestrictionParam(Partitions()),  # noqa: B008 - Beam's way to declare it
    ) -> Iterator[Chunk[RawRecord]]:
        """Return the chunks of one turn."""
        return self._read(element, tracker)


class ReadForGroup(ReadStretch):
    """Reads as `ReadStretch` does, and commits to a consumer group what the runner has made durable."""

    def __init__(self, bus: KafkaBus, pace: Pace) -> None:
        super().__init__(bus, pace, None)
        self._kafka = bus

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element: Stretch,
        finalizer: Any = beam.DoFn.BundleFinalizerParam,  # before the tracker, or Beam mixes up the arguments
        tracker: Any = beam.DoFn.RestrictionParam(Partitions()),  # noqa: B008 - Beam's way to declare it
    ) -> Iterator[Chunk[RawRecord]]:
        """Return the chunks of one turn."""
        return self._read_and_commit(element, finalizer, tracker)

    def _read_and_commit(self, element: Stretch, finalizer: Any, tracker: Any) -> Iterator[Chunk[RawRecord]]:
        topic, partition, _, _ = element
        reached = None
        for chunk in self._read(element, tracker):
            yield chunk
            reached = chunk.next
        if reached is not None:
            end, bus = reached, self._kafka
            finalizer.register(lambda: _progress_of(bus, topic).reached(partition, end))


class ReadForGroupToEnd(ReadForGroup):
    """Reads as `ReadForGroup` does; since every stretch ends, so does what comes of it."""

    def process(
        self,
        element: Stretch,
        finalizer: Any = beam.DoFn.BundleFinalizerParam,
        tracker: Any = beam.DoFn.RestrictionParam(Partitions()),  # noqa: B008 - Beam's way to declare it
    ) -> Iterator[Chunk[RawRecord]]:
        """Return the chunks of one turn."""
        return self._read_and_commit(element, finalizer, tracker)


class GroupProgress:
    """How far one process has read one topic for one group; commits now and then, and forwards only.

    Runners call finalizers late, in any order and from any thread.
    """

    def __init__(self, bus: KafkaBus, topic: str) -> None:
        self._bus = bus
        self._topic = topic
        self._guard = threading.Lock()
        self._committing = threading.Lock()
        self._reached: dict[int, int] = {}
        self._waiting = False
        self._failures = 0  # in a row
        self._committed_at = time.monotonic() - SHOWN_EVERY_S

    def reached(self, partition: int, position: int) -> None:
        """Note that what lies before `position` is durable, and see to it that this is committed soon."""
        with self._guard:
            self._reached[partition] = max(position, self._reached.get(partition, 0))
            if self._waiting:
                return
            self._waiting = True
            wait_s = max(0.0, self._committed_at + SHOWN_EVERY_S - time.monotonic())
        self._commit_in(wait_s)

    def _commit_in(self, wait_s: float) -> None:
        # No daemon: a process that ends right after its last bundle still commits it.
        threading.Timer(wait_s, self._commit).start()

    def _commit(self) -> None:
        with self._committing:
            with self._guard:
                self._waiting = False
                self._committed_at = time.monotonic()
                reached = dict(self._reached)
            try:
                self._bus.commit_ahead(self._topic, reached)
                self._failures = 0
            except NewsbeamError as error:
                self._try_again(error)

    def _try_again(self, error: NewsbeamError) -> None:
        """Commit later; not for ever, or a process whose broker is gone would never end."""
        self._failures += 1
        if self._failures >= _TRIES:
            log.error("%s: what was read may be read again, its commit failed: %s", self._topic, error)
            return
        log.warning("%s: the commit is tried again: %s", self._topic, error)
        with self._guard:
            if self._waiting:
                return
            self._waiting = True
        self._commit_in(SHOWN_EVERY_S)


_guard = threading.Lock()
_progress: dict[tuple[str, str, str], GroupProgress] = {}


def _progress_of(bus: KafkaBus, topic: str) -> GroupProgress:
    """This process's one progress of a group on a topic, whatever copies of the step Beam makes."""
    with _guard:
        return _progress.setdefault((bus.url, bus.options.group, topic), GroupProgress(bus, topic))


def _in_group(options: KafkaOptions, group: str) -> KafkaOptions:
    return msgspec.structs.replace(options, group=group)
