"""Tags of stored stories under a newer catalog: how a new topic's page is filled from history."""

from collections.abc import Iterator
from typing import NamedTuple

import apache_beam as beam
from apache_beam.pvalue import PBegin, PCollection

from newsbeam.beam import InProcess
from newsbeam.enrichment import Enricher, enrich_or_bury
from newsbeam.errors import NotFound, StaleCatalog
from newsbeam.store.catalogs import DocumentKind, active_document, read_document
from newsbeam.store.database import Store
from newsbeam.store.history import Changes, PastStory, Retagged, retag
from newsbeam.story import EnrichedStory
from newsbeam.topics.catalog import Catalog
from pipelines.enrich import EnricherMaker
from pipelines.replay.history import ReadHistory
from pipelines.shift import in_process_options, run_shift


def retag_history(store: Store, make: EnricherMaker = Enricher) -> Changes:
    """Tag all stored stories under the active catalog, and correct their counts; return what changed.

    Only topics that differ from the catalog that tagged a story are looked for. Where the whole text is no
    longer kept, tags are added but none is taken away. It can be repeated, and stopped at any point: what is
    done is done. When another catalog becomes active meanwhile it starts again.
    """
    changes = Changes()
    while True:
        version, _ = active_document(store, DocumentKind.CATALOG)
        tally = Tally()
        run_shift(_Retag(store, version, make, tally), in_process_options())
        changes += tally.changes
        if tally.stale is None:
            return changes


class Tally(InProcess):
    """What a run changed, and whether its catalog was replaced meanwhile."""

    def __init__(self) -> None:
        super().__init__()
        self.changes = Changes()
        self.stale: StaleCatalog | None = None


class Lens(NamedTuple):
    """What stories of one older catalog are looked at with; `looked_for` None means every topic."""

    enricher: Enricher
    looked_for: frozenset[str] | None


def lens(old: Catalog | None, new: Catalog, make: EnricherMaker = Enricher) -> Lens:
    """Return what differs between two catalogs, ready to run; all of the new one when the old is not known.

    Outlets count for every topic, since queries can ask for them. Rules do not tag.
    """
    if old is None or old.outlets != new.outlets:
        return Lens(make(Catalog(topics=new.topics, outlets=new.outlets)), None)
    before, after = ({name: set(queries) for name, queries in one.queries.items()} for one in (old, new))
    differ = frozenset(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    needed = differ | {query.owner for name in differ & after.keys() for query in new.queries[name]}
    topics = tuple(topic for topic in new.topics if topic.id in needed)
    return Lens(make(Catalog(topics=topics, outlets=new.outlets)), differ)


class RetagStories(beam.DoFn):
    """Tags a list of stories under the catalog `version`."""

    def __init__(self, store: Store, version: str, make: EnricherMaker, tally: Tally) -> None:
        self._store = store
        self._make = make
        self._version = version
        self._tally = tally
        self._lenses: dict[str, Lens] = {}

    def teardown(self) -> None:
        """Release connections."""
        self._store.close()

    def process(self, stories: list[PastStory]) -> Iterator[None]:
        """Write the tags of those that another catalog tagged."""
        found = [self._look_at(past) for past in stories if past.catalog != self._version]
        retagged = [one for one in found if one is not None]
        if retagged and self._tally.stale is None:
            try:
                self._tally.changes += retag(self._store, self._version, retagged)
            except StaleCatalog as error:
                self._tally.stale = error
        return iter(())

    def _look_at(self, past: PastStory) -> Retagged | None:
        if past.catalog not in self._lenses:
            new = Catalog.from_json(read_document(self._store, DocumentKind.CATALOG, self._version))
            self._lenses[past.catalog] = lens(self._catalog(past.catalog), new, self._make)
        enricher, looked_for = self._lenses[past.catalog]
        enriched = enrich_or_bury(enricher, past.story)
        if not isinstance(enriched, EnrichedStory):
            return None
        tags = tuple(tag for tag in enriched.tags if looked_for is None or tag.topic in looked_for)
        return Retagged(past.id, past.revision, past.whole, tags, looked_for)

    def _catalog(self, version: str) -> Catalog | None:
        try:
            return Catalog.from_json(read_document(self._store, DocumentKind.CATALOG, version))
        except NotFound:
            return None


class _Retag(beam.PTransform[PBegin, PCollection[None]]):
    def __init__(self, store: Store, version: str, make: EnricherMaker, tally: Tally) -> None:
        super().__init__()
        self._store = store
        self._step = RetagStories(store, version, make, tally)

    def expand(self, pbegin: PBegin) -> PCollection[None]:
        history = pbegin | "Read History" >> ReadHistory(self._store)
        return history | "Retag Stories" >> beam.ParDo(self._step)
