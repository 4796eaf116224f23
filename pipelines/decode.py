"""Decode: bytes → `Story`, or a dead letter with the reason. Nothing is dropped, nothing raises."""

import logging
from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam.beam import Shift
from newsbeam.chunk import Chunk, DecodedRecord, RawRecord
from newsbeam.codec import decode_story
from newsbeam.errors import DecodeError
from newsbeam.metrics import DECODE_SECONDS
from newsbeam.story import DeadLetter, Story

logger = logging.getLogger(__name__)

DECODE = "decode"
POISON = "poison"

Place = tuple[int, int]  # partition and offset


class Decode(beam.PTransform[PCollection[Chunk[RawRecord]], PCollection[Chunk[DecodedRecord]]]):
    """Decode every record of a chunk.

    `condemned` is the place of a record that killed its readers: it is a dead letter unseen.
    """

    def __init__(self, *, condemned: Place | None = None, shift: Shift | None = None) -> None:
        super().__init__()
        self._step = DecodeChunk(condemned, shift)

    def expand(self, chunks: PCollection[Chunk[RawRecord]]) -> PCollection[Chunk[DecodedRecord]]:
        """Apply the one step."""
        return chunks | "Decode Chunk" >> beam.ParDo(self._step)


class DecodeChunk(beam.DoFn):
    """One chunk at a time."""

    def __init__(self, condemned: Place | None, shift: Shift | None) -> None:
        self._condemned = condemned
        self._shift = shift

    def process(self, chunk: Chunk[RawRecord]) -> Iterator[Chunk[DecodedRecord]]:
        """Yield the chunk with each record decoded or dead."""
        if self._shift is not None:
            self._shift.touch()
        with DECODE_SECONDS.time():
            records = tuple(
                DecodedRecord(r.offset, r.key, r.appended_at, self._result(chunk.partition, r))
                for r in chunk.records
            )
        yield Chunk(chunk.topic, chunk.partition, chunk.start, chunk.next, records)

    def _result(self, partition: int, record: RawRecord) -> Story | DeadLetter:
        if (partition, record.offset) == self._condemned:
            return DeadLetter(POISON, "the workers that processed this record died of it", record.value)
        try:
            return decode_story(record.value)
        except DecodeError as error:
            return DeadLetter(DECODE, str(error), record.value)
        except Exception as error:
            logger.warning("a record could not be decoded for a reason nobody foresaw", exc_info=True)
            return DeadLetter(DECODE, f"{type(error).__name__}: {error}", record.value)
