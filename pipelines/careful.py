"""Careful mode: one partition, one record at a time, with a marker committed before each is touched."""

from collections.abc import Iterator
from datetime import UTC, datetime

import apache_beam as beam
import msgspec

from newsbeam.chunk import Chunk, RawRecord
from newsbeam.store.database import Store
from newsbeam.store.markers import FATAL, Marker, mark
from pipelines.decode import Place


class CarefulRead(msgspec.Struct, frozen=True):
    """A doubtful stretch of one partition: it ends before `stop`, and `condemned` is to be buried unseen."""

    owner: str
    partition: int
    stop: int
    condemned: Place | None

    @property
    def stops(self) -> dict[int, int]:
        """Where the partition's read ends, as the reader takes it."""
        return {self.partition: self.stop}


def condemned_by(marker: Marker, partition: int) -> Place | None:
    """Return the place of the marked record when it has killed often enough."""
    return (partition, marker.offset) if marker.deaths >= FATAL else None


class MarkRecord(beam.DoFn):
    """Commits a marker for the one record of a chunk, then lets it pass."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    def teardown(self) -> None:
        """Release connections."""
        self._store.close()

    def process(self, chunk: Chunk[RawRecord]) -> Iterator[Chunk[RawRecord]]:
        """Mark, then yield."""
        for record in chunk.records:
            mark(self._store, chunk.topic, chunk.partition, record.offset, self._owner, datetime.now(UTC))
        yield chunk
