"""The splittable reader over a bus: one restriction a partition, read in turns.

A partition is never divided (it is read in order, by one consumer), only checkpointed, which is how a runner takes
turns between partitions. Positions are the caller's: they are given as `starts`, and the chunks carry
`[start, next)` so that whoever stores results can store how far they go.
"""

import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

import apache_beam as beam
import msgspec
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.transforms.core import RestrictionProvider

from newsbeam.beam.shift import END, Shift
from newsbeam.bus import Bounds, Bus, Reader
from newsbeam.chunk import Chunk, RawRecord
from newsbeam.errors import NewsbeamError

Stretch = tuple[str, int, int, int]  # topic, partition, first offset, end offset: the element that is read


class Pace(msgspec.Struct, frozen=True, kw_only=True):
    """How much one turn of a partition takes before the runner may turn to another.

    A turn ends after `records` or when it has waited `wait_s` for news, whichever is first; one chunk holds
    at most `chunk` records. On Flink 2,000 records and 0.3 s were fastest; where one thread takes turns
    between several partitions, `wait_s` is what a record of another partition may have to wait. A shift that
    has read nothing for `idle_after_s` waits `idle_wait_s`, since every turn costs some milliseconds.
    """

    records: int = 2_000
    wait_s: float = 0.3
    chunk: int = 100
    idle_after_s: float = 3.0
    idle_wait_s: float = 1.0

    def one_by_one(self) -> "Pace":
        """Return the pace that hands on every record by itself."""
        return msgspec.structs.replace(self, chunk=1)

    def split(self, partitions: int) -> "Pace":
        """Return the pace for one thread that reads so many partitions in turn."""
        parts = max(1, partitions)
        return msgspec.structs.replace(self, wait_s=self.wait_s / parts, idle_wait_s=self.idle_wait_s / parts)


DEFAULT_PACE = Pace()


class PartitionTracker(OffsetRestrictionTracker):
    """Offsets of one partition, never divided: every split but a checkpoint is refused.

    An open-ended range would otherwise be split in the middle of offsets that will never exist.
    """

    def try_split(self, fraction_of_remainder: float) -> Any:
        """Split at the last claimed offset (fraction 0), or not at all."""
        return super().try_split(0) if fraction_of_remainder == 0 else None

    def is_bounded(self) -> bool:
        """Return whether the range has an end that exists."""
        return bool(self.stop_position() != END)


class Partitions(RestrictionProvider):
    """The stretch of the element is its restriction; its size is not known, so it is the same for all."""

    def initial_restriction(self, element: Stretch) -> OffsetRange:
        """Return the stretch's offsets."""
        return OffsetRange(element[2], element[3])

    def create_tracker(self, restriction: OffsetRange) -> PartitionTracker:
        """Return a tracker that refuses to divide."""
        return PartitionTracker(restriction)

    def restriction_size(self, element: Stretch, restriction: OffsetRange) -> int:  # noqa: ARG002
        """Return the same for all."""
        return 1

    def truncate(self, element: Stretch, restriction: OffsetRange) -> None:
        """Drain: stop reading at once; the next start begins where this one was recorded."""


class _Readers:
    """This process's readers, one a partition, whatever instances of the DoFn Beam makes and forgets."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._idle: dict[tuple[str, str, int], Reader] = {}

    def take(self, bus: Bus, topic: str, partition: int) -> Reader:
        with self._guard:
            reader = self._idle.pop((bus.url, topic, partition), None)
        return reader or bus.reader(topic, partition)

    def give_back(self, bus: Bus, topic: str, partition: int, reader: Reader) -> None:
        with self._guard:
            spare = self._idle.pop((bus.url, topic, partition), None)
            self._idle[bus.url, topic, partition] = reader
        if spare is not None:
            spare.close()

    def close(self, url: str) -> None:
        with self._guard:
            mine = [key for key in self._idle if key[0] == url]
            readers = [self._idle.pop(key) for key in mine]
        for reader in readers:
            reader.close()


_readers = _Readers()


def close_readers(bus: Bus) -> None:
    """Close this process's idle readers of `bus`; whoever runs pipelines in-process calls it when done."""
    _readers.close(bus.url)


class ReadStretch(beam.DoFn):
    """Reads one partition in turns and hands its records on in chunks, as they come."""

    def __init__(self, bus: Bus, pace: Pace, shift: Shift | None) -> None:
        self._bus = bus
        self._pace = pace
        self._shift = shift

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        element: Stretch,
        tracker: Any = beam.DoFn.RestrictionParam(Partitions()),  # noqa: B008 - Beam's way to declare it
    ) -> Iterator[Chunk[RawRecord]]:
        """Return the chunks of one turn; the rest of the partition is left to the next turn."""
        return self._read(element, tracker)

    def _read(self, element: Stretch, tracker: Any) -> Iterator[Chunk[RawRecord]]:
        topic, partition, _, stop = element
        position = tracker.current_restriction().start
        if self._shift is not None and self._shift.over:
            tracker.try_claim(stop - 1)
            return
        reader = _readers.take(self._bus, topic, partition)
        healthy = False
        try:
            for chunk in self._turn(reader, (topic, partition, position, stop)):
                if not tracker.try_claim(chunk.next - 1):
                    break  # the runner took a checkpoint: the rest is in other hands
                yield chunk
            healthy = True
        except NewsbeamError as error:
            if self._shift is None:
                raise
            self._shift.fail(error)
        finally:
            if healthy:
                _readers.give_back(self._bus, topic, partition, reader)
            else:
                reader.close()
        tracker.defer_remainder()  # when the shift is over the next turn claims the rest

    def _turn(self, reader: Reader, stretch: Stretch) -> Iterator[Chunk[RawRecord]]:
        topic, partition, position, stop = stretch
        taken, waited_s, wait_s = 0, 0.0, self._wait_s()
        while taken < self._pace.records and waited_s < wait_s and position < stop:
            wanted = min(self._pace.chunk, self._pace.records - taken)
            if self._shift is not None:
                if self._shift.over:
                    return
                self._shift.touch()
                wanted = min(wanted, self._shift.left)
            began = time.monotonic()
            batch = reader.read(position, wanted, wait_s - waited_s)
            waited_s += time.monotonic() - began  # without what the steps after this one take
            if batch.next == position:
                continue
            records = tuple(
                RawRecord(r.offset, r.key, r.value, r.appended_at) for r in batch.records if r.offset < stop
            )
            taken += len(records)
            if self._shift is not None:
                self._shift.count(len(records))
            following = min(batch.next, stop)
            yield Chunk(topic, partition, position, following, records)
            position = following

    def _wait_s(self) -> float:
        idle = self._shift is not None and time.monotonic() - self._shift.read_at > self._pace.idle_after_s
        return self._pace.idle_wait_s if idle else self._pace.wait_s


class ReadPartitions(beam.PTransform[PBegin, PCollection[Chunk[RawRecord]]]):
    """Chunks of the partitions of one topic, read by `step`: each from its start on, to its stop where it has one."""

    def __init__(
        self, topic: str, starts: Mapping[int, int], stops: Mapping[int, int], step: ReadStretch
    ) -> None:
        super().__init__()
        self._step = step
        self._stretches: list[Stretch] = [
            (topic, partition, start, stops.get(partition, END))
            for partition, start in sorted(starts.items())
        ]

    def expand(self, pbegin: PBegin) -> PCollection[Chunk[RawRecord]]:
        """Create the stretches, then read them."""
        stretches = pbegin | "List Partitions" >> beam.Create(
            self._stretches, reshuffle=False
        ).with_output_types(Stretch)
        return stretches | "Read Partition" >> beam.ParDo(self._step)


class ReadFromBus(ReadPartitions):
    """Chunks of the partitions of one topic, each from its start in `starts` (partition → offset).

    `stops` ends a partition's read before that offset; partitions without one are read until the shift ends,
    or for ever. Errors of the bus (`BusUnavailable`, `Gap`) fail the shift, or the pipeline when there is
    none.
    """

    def __init__(
        self,
        bus: Bus,
        topic: str,
        starts: Mapping[int, int],
        *,
        stops: Mapping[int, int] | None = None,
        pace: Pace = DEFAULT_PACE,
        shift: Shift | None = None,
    ) -> None:
        super().__init__(topic, starts, stops or {}, ReadStretch(bus, pace, shift))


def bounds_of(bus: Bus, topic: str, partition: int) -> Bounds:
    """Return the readable range of one partition now."""
    reader = bus.reader(topic, partition)
    try:
        return reader.bounds()
    finally:
        reader.close()
