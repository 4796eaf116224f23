"""The live graph, whole: Read → Decode → Enrich → Record, one stage, no shuffle, no window.

Nothing here groups or waits for a watermark, so that every runner gives the same result and late news is not
lost.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection

from newsbeam.beam import Pace, ReadFromBus, Shift
from newsbeam.bus import Bus
from newsbeam.bus.port import STORIES
from newsbeam.recording import RecordingSettings, RecordReport
from newsbeam.store.database import Store
from pipelines.careful import CarefulRead, MarkRecord
from pipelines.checking import CheckWorker
from pipelines.decode import Decode
from pipelines.enrich import CatalogInUse, Enrich
from pipelines.record import Record
from pipelines.versions import Versions


@dataclass(frozen=True)
class Places:
    """What the graph is wired to. All of it is picklable; no connection is opened before a worker works."""

    bus: Bus
    store: Store
    catalog: CatalogInUse
    recording: RecordingSettings


class Monitor(beam.PTransform[PBegin, PCollection[RecordReport]]):
    """Read the partitions of `stories` from `starts` on and record what becomes of each record.

    `shift` bounds the run on an in-process runner. `careful` reads one partition record by record, with a
    marker committed before each. `versions` are those of whoever submits it to workers elsewhere, which must have the
    same.
    """

    def __init__(
        self,
        places: Places,
        starts: Mapping[int, int],
        pace: Pace,
        *,
        shift: Shift | None = None,
        careful: CarefulRead | None = None,
        versions: Versions | None = None,
    ) -> None:
        super().__init__()
        self._places = places
        self._starts = starts
        self._pace = pace
        self._shift = shift
        self._careful = careful
        self._versions = versions

    def expand(self, pbegin: PBegin) -> PCollection[RecordReport]:
        """Wire the four steps."""
        to, shift, careful = self._places, self._shift, self._careful
        stops = {} if careful is None else careful.stops
        raw = pbegin | "Read Stories" >> ReadFromBus(
            to.bus, STORIES, self._starts, stops=stops, pace=self._pace, shift=shift
        )
        if careful is not None:
            raw = raw | "Mark Record" >> beam.ParDo(MarkRecord(to.store, careful.owner))
        condemned = None if careful is None else careful.condemned
        decoded = raw | "Decode Stories" >> Decode(condemned=condemned, shift=shift)
        enriched = decoded | "Enrich Stories" >> Enrich(to.catalog, shift=shift)
        reports = enriched | "Record Stories" >> Record(to.store, to.recording, to.catalog, shift=shift)
        if self._versions is not None:
            reports = reports | "Check Worker" >> beam.ParDo(CheckWorker(self._versions))
        return reports
