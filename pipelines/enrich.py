"""Enrich: what can be said of a story by itself, under the catalog in use. CPU only; this is what scales
out."""

import logging
import threading
from collections.abc import Callable, Iterator

import apache_beam as beam
from apache_beam.pvalue import PCollection

from newsbeam.beam import Shift
from newsbeam.chunk import Chunk, DecodedRecord, EnrichedRecord
from newsbeam.enrichment import Enricher, enrich_or_bury
from newsbeam.errors import CatalogUnusable, NewsbeamError, NotFound
from newsbeam.metrics import CATALOG_LOADED_SECONDS, ENRICH_SECONDS
from newsbeam.store.catalogs import DocumentKind, active_version, read_document
from newsbeam.store.database import Store
from newsbeam.story import DeadLetter, EnrichedStory, Story
from newsbeam.topics.catalog import Catalog

logger = logging.getLogger(__name__)

EnricherMaker = Callable[[Catalog], Enricher]

_guard = threading.Lock()
_loaded: dict[tuple[str, EnricherMaker], tuple[str, Enricher]] = {}


class CatalogInUse:
    """The catalog that this process enriches under: loaded from the store by version and compiled once a
    process.

    Handles are small and picklable; all handles on one store share the compiled catalog, whatever copies of
    a step Beam makes.
    """

    def __init__(self, store: Store, make: EnricherMaker = Enricher) -> None:
        self._store = store
        self._make = make

    def enricher(self) -> Enricher:
        """Return the enricher in use, of the catalog that was active when it was last looked up."""
        with _guard:
            loaded = _loaded.get(self._key)
        return self.refresh() if loaded is None else loaded[1]

    def refresh(self) -> Enricher:
        """Look up which catalog is active, load it if it is another, and return its enricher.

        Raises `NotFound` before a catalog was made active, `CatalogUnusable` for one that this version cannot
        read: no fault of the stories, which wait.
        """
        version = active_version(self._store, DocumentKind.CATALOG)
        if version is None:
            raise NotFound("no catalog is active yet: `newsbeam config apply` makes one active")
        with _guard:
            loaded = _loaded.get(self._key)
            if loaded is None or loaded[0] != version:
                content = read_document(self._store, DocumentKind.CATALOG, version)
                with CATALOG_LOADED_SECONDS.time():
                    loaded = _loaded[self._key] = (version, self._compiled(version, content))
            return loaded[1]

    def _compiled(self, version: str, content: bytes) -> Enricher:
        try:
            return self._make(Catalog.from_json(content))
        except NewsbeamError as error:
            raise CatalogUnusable(f"catalog {version} cannot be used by this version: {error}") from error

    def close(self) -> None:
        """Close this handle's connections to the store; what is loaded stays."""
        self._store.close()

    @property
    def _key(self) -> tuple[str, EnricherMaker]:
        return self._store.url, self._make


class Enrich(beam.PTransform[PCollection[Chunk[DecodedRecord]], PCollection[Chunk[EnrichedRecord]]]):
    """Enrich every story of a chunk; one that cannot be enriched is a dead letter, and its neighbours go
    on."""

    def __init__(self, catalog: CatalogInUse, *, shift: Shift | None = None) -> None:
        super().__init__()
        self._step = EnrichChunk(catalog, shift)

    def expand(self, chunks: PCollection[Chunk[DecodedRecord]]) -> PCollection[Chunk[EnrichedRecord]]:
        """Apply the one step."""
        return chunks | "Enrich Chunk" >> beam.ParDo(self._step)


class EnrichChunk(beam.DoFn):
    """One chunk at a time."""

    def __init__(self, catalog: CatalogInUse, shift: Shift | None) -> None:
        self._catalog = catalog
        self._shift = shift

    def teardown(self) -> None:
        """Release connections."""
        self._catalog.close()

    def process(self, chunk: Chunk[DecodedRecord]) -> Iterator[Chunk[EnrichedRecord]]:
        """Yield the chunk with each story enriched or dead."""
        enricher = self._catalog.enricher()
        with ENRICH_SECONDS.time():
            records = tuple(self._enriched(enricher, record) for record in chunk.records)
        yield Chunk(chunk.topic, chunk.partition, chunk.start, chunk.next, records)

    def _enriched(self, enricher: Enricher, record: DecodedRecord) -> EnrichedRecord:
        if self._shift is not None:
            self._shift.touch()
        result = record.result
        if isinstance(result, Story):
            return _with(record, enrich_or_bury(enricher, result))
        return _with(record, result)


def enrich_again(chunk: Chunk[EnrichedRecord], enricher: Enricher) -> Chunk[EnrichedRecord]:
    """Return the chunk enriched under another catalog."""
    records = tuple(
        EnrichedRecord(r.offset, r.key, r.appended_at, enrich_or_bury(enricher, r.result.story))
        if isinstance(r.result, EnrichedStory)
        else r
        for r in chunk.records
    )
    return Chunk(chunk.topic, chunk.partition, chunk.start, chunk.next, records)


def _with(record: DecodedRecord, result: EnrichedStory | DeadLetter) -> EnrichedRecord:
    return EnrichedRecord(record.offset, record.key, record.appended_at, result)
