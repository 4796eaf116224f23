"""A splittable reader of the bus for Apache Beam, in pure Python: no Java, no expansion service.

    from newsbeam.beam import ReadFromKafka

    chunks = pipeline | ReadFromKafka("localhost:9092", "stories")
    records = chunks | beam.FlatMap(lambda chunk: chunk.records)

One restriction is one partition. It is never divided (a partition is read in order, by one consumer), only
checkpointed, which is how a runner takes turns between partitions. Positions are the caller's: they are
given as `starts`, and the chunks carry `[start, next)` so that whoever stores results can store how far they
go.
"""

import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakValueDictionary

import apache_beam as beam
import msgspec
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.transforms.core import RestrictionProvider

from newsbeam.bus import Bounds, Bus, Reader, open_bus
from newsbeam.chunk import Chunk, RawRecord
from newsbeam.errors import NewsbeamError

END = 2**63 - 1  # no partition gets there: the end of a read that goes on until it is stopped

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


class InProcess:
    """Something that stays one object in this process, though Beam copies what a graph holds: pickled by name.

    Unpickling it in another process fails, so that it suits in-process runners alone.
    """

    def __init__(self) -> None:
        self.name = uuid.uuid4().hex
        _by_name[self.name] = self

    def __reduce__(self) -> tuple[Any, ...]:
        return _find, (self.name,)


_by_name: WeakValueDictionary[str, InProcess] = WeakValueDictionary()


def _find(name: str) -> InProcess:
    return _by_name[name]


class Shift(InProcess):
    """One bounded run of a pipeline in this process: when it ends, why, and whether it still moves.

    `lasts_s` and `records` bound it, `stop` ends it from outside.
    """

    def __init__(
        self,
        *,
        lasts_s: float | None = None,
        records: int | None = None,
        stop: threading.Event | None = None,
    ) -> None:
        super().__init__()
        self.error: NewsbeamError | None = None
        self.read = 0
        self._records = records
        self._deadline = None if lasts_s is None else time.monotonic() + lasts_s
        self._ended = threading.Event()
        self._stop = stop or self._ended
        self.touched_at = self.read_at = time.monotonic()

    def end(self) -> None:
        """Let the readers stop after the chunk they are at."""
        self._ended.set()

    def fail(self, error: NewsbeamError) -> None:
        """End the shift because of `error`: nothing after it may be recorded. The first error counts."""
        self.error = self.error or error
        self._ended.set()

    def count(self, records: int) -> None:
        """Note that so many records were read now."""
        self.read += records
        self.read_at = time.monotonic()

    def touch(self) -> None:
        """Say that something moved; what watches for hangs looks at `touched_at` (monotonic seconds)."""
        self.touched_at = time.monotonic()

    @property
    def over(self) -> bool:
        """Whether readers must stop now."""
        return (
            self.cut_short
            or (self._records is not None and self.read >= self._records)
            or (self._deadline is not None and time.monotonic() >= self._deadline)
        )

    @property
    def cut_short(self) -> bool:
        """Whether something else than its time or its records ended it."""
        return self._ended.is_set() or self._stop.is_set()

    @property
    def left(self) -> int:
        """How many records may still be read."""
        return END if self._records is None else max(0, self._records - self.read)


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


class _Partitions(RestrictionProvider):
    """The stretch of the element is its restriction; its size is not known, so it is the same for all."""

    def initial_restriction(self, element: Stretch) -> OffsetRange:
        return OffsetRange(element[2], element[3])

    def create_tracker(self, restriction: OffsetRange) -> PartitionTracker:
        return PartitionTracker(restriction)

    def restriction_size(self, element: Stretch, restriction: OffsetRange) -> int:  # noqa: ARG002
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
        tracker: Any = beam.DoFn.RestrictionParam(_Partitions()),  # noqa: B008 - Beam's way to declare it
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


class ReadFromBus(beam.PTransform[PBegin, PCollection[Chunk[RawRecord]]]):
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
        super().__init__()
        self._bus = bus
        self._pace = pace
        self._shift = shift
        self._stretches: list[Stretch] = [
            (topic, partition, start, (stops or {}).get(partition, END))
            for partition, start in sorted(starts.items())
        ]

    def expand(self, pbegin: PBegin) -> PCollection[Chunk[RawRecord]]:
        """Create the stretches, then read them."""
        stretches = pbegin | "List Partitions" >> beam.Create(
            self._stretches, reshuffle=False
        ).with_output_types(Stretch)
        return stretches | "Read Partition" >> beam.ParDo(ReadStretch(self._bus, self._pace, self._shift))


class ReadFromKafka(beam.PTransform[PBegin, PCollection[Chunk[RawRecord]]]):
    """Chunks of a Kafka topic, read by newsbeam's own splittable reader (kafka-python).

    `servers` is `host:port[,host:port]`. Without `starts` every partition is read from its oldest record.
    With `to_end` the read ends where the topic ends now, and the result is bounded.
    """

    def __init__(
        self,
        servers: str,
        topic: str,
        *,
        starts: Mapping[int, int] | None = None,
        to_end: bool = False,
        pace: Pace = DEFAULT_PACE,
    ) -> None:
        super().__init__()
        self._bus = open_bus(f"kafka://{servers}")
        self._topic = topic
        self._starts = starts
        self._to_end = to_end
        self._pace = pace

    def expand(self, pbegin: PBegin) -> PCollection[Chunk[RawRecord]]:
        """Look up the partitions now, where the pipeline is built."""
        starts, stops = dict(self._starts or {}), {}
        for partition in starts or range(self._bus.partitions(self._topic)):
            bounds = bounds_of(self._bus, self._topic, partition)
            starts.setdefault(partition, bounds.first)
            if self._to_end:
                stops[partition] = bounds.end
        return pbegin | ReadFromBus(self._bus, self._topic, starts, stops=stops, pace=self._pace)


def bounds_of(bus: Bus, topic: str, partition: int) -> Bounds:
    """Return the readable range of one partition now."""
    reader = bus.reader(topic, partition)
    try:
        return reader.bounds()
    finally:
        reader.close()
