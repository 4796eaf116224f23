"""Tags of stored stories under a newer catalog: how a new topic's page is filled from history."""

from collections.abc import Iterator

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection

from newsbeam.beam import InProcess
from newsbeam.errors import StaleCatalog
from newsbeam.store.database import Store
from newsbeam.store.history import Changes, PastStory, Retagged, retag
from newsbeam.story import EnrichedStory
from pipelines.enrich import CatalogInUse, enrich_or_bury
from pipelines.replay.history import ReadHistory
from pipelines.shift import in_process_options, run_shift


class Tally(InProcess):
    """What a run of `retag_history` changed."""

    def __init__(self) -> None:
        super().__init__()
        self.changes = Changes()
        self.stale: StaleCatalog | None = None


class RetagStories(beam.DoFn):
    """Tags a list of stories under the active catalog."""

    def __init__(self, store: Store, catalog: CatalogInUse, tally: Tally) -> None:
        self._store = store
        self._catalog = catalog
        self._tally = tally

    def teardown(self) -> None:
        """Release connections."""
        self._store.close()
        self._catalog.close()

    def process(self, stories: list[PastStory]) -> Iterator[None]:
        """Write the tags of those that another catalog tagged."""
        enricher = self._catalog.enricher()
        version = enricher.catalog.version
        found = [(past, enrich_or_bury(enricher, past.story)) for past in stories if past.catalog != version]
        retagged = [
            Retagged(past.id, past.revision, past.whole, enriched.tags)
            for past, enriched in found
            if isinstance(enriched, EnrichedStory)
        ]
        if retagged and self._tally.stale is None:
            try:
                self._tally.changes += retag(self._store, version, retagged)
            except StaleCatalog as error:
                self._tally.stale = error
        return iter(())


def retag_history(store: Store) -> Changes:
    """Tag all stored stories under the active catalog, and correct their counts; return what changed.

    Where the whole text is no longer kept, tags are added but none is taken away. It can be repeated, and
    stopped at any point: what is done is done. When another catalog becomes active meanwhile it starts again.
    """
    catalog = CatalogInUse(store)
    changes = Changes()
    while True:
        catalog.refresh()
        tally = Tally()
        run_shift(_Retag(store, catalog, tally), in_process_options())
        changes += tally.changes
        if tally.stale is None:
            return changes


class _Retag(beam.PTransform[PBegin, PCollection[None]]):
    def __init__(self, store: Store, catalog: CatalogInUse, tally: Tally) -> None:
        super().__init__()
        self._store = store
        self._step = RetagStories(store, catalog, tally)

    def expand(self, pbegin: PBegin) -> PCollection[None]:
        history = pbegin | "Read History" >> ReadHistory(self._store)
        return history | "Retag Stories" >> beam.ParDo(self._step)
