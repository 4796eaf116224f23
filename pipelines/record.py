"""Record: a chunk and its position into the store, in one transaction. What the data breaks is buried
alone."""

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import apache_beam as beam
import msgspec
from apache_beam.pvalue import PCollection

from newsbeam.beam import Shift
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.codec import encode_story
from newsbeam.errors import Gap, NewsbeamError, NotFound, StaleCatalog, Unavailable
from newsbeam.metrics import CHUNKS_REPEATED
from newsbeam.recording import Recorder, RecordingSettings, RecordReport
from newsbeam.store.database import Store
from newsbeam.story import DeadLetter
from pipelines.enrich import CatalogInUse, enrich_again

logger = logging.getLogger(__name__)

RECORD = "record"

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """Return the time now, aware."""
    return datetime.now(UTC)


class Record(beam.PTransform[PCollection[Chunk[EnrichedRecord]], PCollection[RecordReport]]):
    """Record chunks in the order in which they come; yields what became of each.

    A store that does not answer, or a gap, fails the shift: nothing after it is recorded, and the next shift
    begins at the stored positions. Without a shift the pipeline fails, which comes to the same.
    """

    def __init__(
        self,
        store: Store,
        settings: RecordingSettings,
        catalog: CatalogInUse,
        *,
        shift: Shift | None = None,
        clock: Clock = utc_now,
    ) -> None:
        super().__init__()
        self._step = RecordChunk(ChunkRecorder(store, settings, catalog), shift, clock)

    def expand(self, chunks: PCollection[Chunk[EnrichedRecord]]) -> PCollection[RecordReport]:
        """Apply the one step."""
        return chunks | "Record Chunk" >> beam.ParDo(self._step)


class ChunkRecorder:
    """Records chunks, whatever the catalog does meanwhile and whatever a single record does to the
    recorder."""

    def __init__(self, store: Store, settings: RecordingSettings, catalog: CatalogInUse) -> None:
        self._store = store
        self._settings = settings
        self._catalog = catalog

    def open(self) -> None:
        """Get ready in the process that records."""
        self._recorder = Recorder(self._store, self._settings)

    def close(self) -> None:
        """Release connections."""
        self._store.close()
        self._catalog.close()

    def record(self, chunk: Chunk[EnrichedRecord], now: datetime) -> Iterator[RecordReport]:
        """Record the chunk, whole or in parts; yield each part's report.

        Raises `Gap`, `Unavailable`, and `NotFound` when there is no catalog.
        """
        try:
            yield self._under_active_catalog(chunk, now)
            return
        except (Gap, NotFound, Unavailable):
            raise
        except Exception as error:
            if len(chunk.records) == 1 and isinstance(chunk.records[0].result, DeadLetter):
                raise  # what cannot even be buried is no fault of the data
            cause = error
        if len(chunk.records) == 1:
            yield self._under_active_catalog(_buried(chunk, cause), now)
        else:
            CHUNKS_REPEATED.labels("data_error").inc()
            for part in halves(chunk):
                yield from self.record(part, now)

    def _under_active_catalog(self, chunk: Chunk[EnrichedRecord], now: datetime) -> RecordReport:
        while True:
            try:
                return self._recorder.record(chunk, now)
            except StaleCatalog:
                CHUNKS_REPEATED.labels("stale_catalog").inc()
                chunk = enrich_again(chunk, self._catalog.refresh())


class RecordChunk(beam.DoFn):
    """One chunk at a time."""

    def __init__(self, recorder: ChunkRecorder, shift: Shift | None, clock: Clock) -> None:
        self._recorder = recorder
        self._shift = shift
        self._clock = clock

    def setup(self) -> None:
        """Open the recorder in this process."""
        self._recorder.open()

    def teardown(self) -> None:
        """Release its connections."""
        self._recorder.close()

    def process(self, chunk: Chunk[EnrichedRecord]) -> Iterator[RecordReport]:
        """Record the chunk, unless the shift has failed: then the next shift reads it again."""
        if self._shift is None:
            yield from self._recorder.record(chunk, self._clock())
        elif self._shift.error is None:
            self._shift.touch()
            try:
                yield from self._recorder.record(chunk, self._clock())
            except NewsbeamError as error:
                self._shift.fail(error)


def halves(chunk: Chunk[EnrichedRecord]) -> tuple[Chunk[EnrichedRecord], Chunk[EnrichedRecord]]:
    """Return the chunk in two parts that together cover its offsets; it must have two records at least."""
    middle = len(chunk.records) // 2
    border = chunk.records[middle].offset
    return (
        msgspec.structs.replace(chunk, next=border, records=chunk.records[:middle]),
        msgspec.structs.replace(chunk, start=border, records=chunk.records[middle:]),
    )


def _buried(chunk: Chunk[EnrichedRecord], cause: Exception) -> Chunk[EnrichedRecord]:
    (record,) = chunk.records
    if isinstance(record.result, DeadLetter):
        return chunk
    logger.warning(
        "%s/%d offset %d cannot be recorded", chunk.topic, chunk.partition, record.offset, exc_info=cause
    )
    letter = DeadLetter(RECORD, f"{type(cause).__name__}: {cause}", encode_story(record.result.story))
    return msgspec.structs.replace(chunk, records=(msgspec.structs.replace(record, result=letter),))
