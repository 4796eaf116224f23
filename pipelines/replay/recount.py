"""Counts computed anew from stored stories, with Beam's event-time windows and combiners."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection
from apache_beam.transforms.window import FixedWindows, TimestampedValue
from apache_beam.utils.timestamp import Timestamp

from newsbeam.beam import InProcess
from newsbeam.count import BUCKET_S, EVERYTHING
from newsbeam.store.database import Store
from newsbeam.store.history import PastStory
from pipelines.replay.history import ReadHistory
from pipelines.shift import in_process_options, run_shift

Cell = tuple[str, str, str]  # topic, dimension, value
Sums = tuple[int, int]  # stories, clusters
Counted = tuple[datetime, str, str, str]  # bucket and cell


class Sum(beam.CombineFn):
    """Adds (stories, clusters) pairs."""

    def create_accumulator(self) -> Sums:
        """Nothing counted."""
        return 0, 0

    def add_input(self, mutable_accumulator: Sums, element: Sums) -> Sums:
        """Count one more pair."""
        return mutable_accumulator[0] + element[0], mutable_accumulator[1] + element[1]

    def merge_accumulators(self, accumulators: Iterable[Sums]) -> Sums:
        """Add up."""
        stories, clusters = 0, 0
        for one, other in accumulators:
            stories, clusters = stories + one, clusters + other
        return stories, clusters

    def extract_output(self, accumulator: Sums) -> Sums:
        """Return the sums."""
        return accumulator


class CountStories(beam.PTransform[PCollection[list[PastStory]], PCollection[tuple[Cell, Sums]]]):
    """Count stories and clusters by cell and quarter-hour of event time, as the live counts do."""

    def expand(self, history: PCollection[list[PastStory]]) -> PCollection[tuple[Cell, Sums]]:
        """Give every story its cells and its time, then sum in windows."""
        cells = history | "Spread Cells" >> beam.ParDo(SpreadCells()).with_output_types(tuple[Cell, Sums])
        windows = cells | "Into Quarter Hours" >> beam.WindowInto(FixedWindows(BUCKET_S))
        return windows | "Sum Cells" >> beam.CombinePerKey(Sum())


class SpreadCells(beam.DoFn):
    """Yields what each story adds to the counts, at its bucket's time."""

    def process(self, stories: list[PastStory]) -> Iterator[Any]:
        """Yield one timestamped (cell, (stories, clusters)) a cell."""
        for past in stories:
            at = Timestamp.from_utc_datetime(past.bucket)
            adds = 1, int(past.founder)
            for topic in (EVERYTHING, *past.topics):
                for dimension, value in past.dimensions:
                    yield TimestampedValue(((topic, dimension, value), adds), at)


class Totals(InProcess):
    """The sums of one run, by bucket and cell."""

    def __init__(self) -> None:
        super().__init__()
        self.sums: dict[Counted, Sums] = {}


class KeepTotals(beam.DoFn):
    """Puts each window's sums into `totals`."""

    def __init__(self, totals: Totals) -> None:
        self._totals = totals

    def process(self, element: tuple[Cell, Sums], window: Any = beam.DoFn.WindowParam) -> Iterator[None]:
        """Keep one."""
        bucket = window.start.to_utc_datetime().replace(tzinfo=UTC)
        cell, sums = element
        self._totals.sums[bucket, *cell] = sums
        return iter(())


class _Recount(beam.PTransform[PBegin, PCollection[None]]):
    def __init__(self, store: Store, totals: Totals) -> None:
        super().__init__()
        self._store = store
        self._totals = totals

    def expand(self, pbegin: PBegin) -> PCollection[None]:
        history = pbegin | "Read History" >> ReadHistory(self._store)
        return (
            history
            | "Count Stories" >> CountStories()
            | "Keep Totals" >> beam.ParDo(KeepTotals(self._totals))
        )


def recount(store: Store) -> dict[Counted, Sums]:
    """Return the counts computed anew from all stored stories: (bucket, topic, dimension, value) → sums.

    They equal the live counts wherever every story is still kept.
    """
    totals = Totals()
    run_shift(_Recount(store, totals), in_process_options())
    return totals.sums
