"""Stored history as a bounded source, read inside a step: elements of a list source cost milliseconds."""

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection

from newsbeam.store.database import Store
from newsbeam.store.history import PastStory, newest_seq, past_stories, stretches

Stretch = tuple[int, int]  # (after, upto] of record_seq


class ReadHistory(beam.PTransform[PBegin, PCollection[list[PastStory]]]):
    """All stored stories up to now, in lists."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self._store = store

    def expand(self, pbegin: PBegin) -> PCollection[list[PastStory]]:
        """List the stretches now, read them later."""
        listed = beam.Create(stretches(newest_seq(self._store)), reshuffle=False).with_output_types(Stretch)
        return pbegin | "List Stretches" >> listed | "Read Stretch" >> beam.ParDo(ReadStretch(self._store))


class ReadStretch(beam.DoFn):
    """One stretch of history at a time."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def teardown(self) -> None:
        """Release connections."""
        self._store.close()

    def process(self, stretch: Stretch) -> Iterator[list[PastStory]]:
        """Yield its stories."""
        yield past_stories(self._store, *stretch)
