"""Small newsrooms for the recorder: records in, and the whole store read back as plain rows."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from newsbeam.alert import AlertRule, Severity
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.enrichment import Enricher
from newsbeam.identity import story_keys
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from newsbeam.store.schema import metadata
from newsbeam.story import DeadLetter, Origin, Story
from newsbeam.topics.catalog import Catalog, OutletEntry, Topic

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
TEXT = "Ceasefire talks resume in the harbour town after a night without shelling, mediators say."
CATALOG = Catalog(
    topics=(
        Topic(id="peace", queries={"any": "ceasefire OR truce"}),
        Topic(id="harbours", queries={"any": "harbour*"}),
    ),
    rules=(
        AlertRule(id="truce-watch", when="topic:peace", topic="conflict", severity=Severity.HIGH),
        AlertRule(id="slow-watch", when="harbour", topic="ports", max_age_s=7 * 86_400.0),
    ),
    outlets=(
        OutletEntry(id="courier", name="Courier", domains=("courier.example",), family="north"),
        OutletEntry(id="gazette", name="Gazette", domains=("gazette.example",), family="north"),
        OutletEntry(id="agency", name="Agency", domains=("agency.example",), wire=True),
        OutletEntry(id="terse", name="Terse", domains=("terse.example",), text="none"),
        OutletEntry(id="brief", name="Brief", domains=("brief.example",), text="excerpt"),
    ),
)
ENRICHER = Enricher(CATALOG)


def prepared(url: str) -> Store:
    """Open a store with its tables and the active catalog."""
    store = open_store(url)
    migrate(store, NOON)
    store_document(store, DocumentKind.CATALOG, CATALOG.version, CATALOG.to_json(), NOON)
    activate(store, DocumentKind.CATALOG, CATALOG.version, NOON)
    return store


def fresh(folder: Path, name: str) -> Store:
    """A prepared SQLite store in a file of its own."""
    return prepared(f"sqlite:///{folder / name}.db")


def a_story(path: str = "/talks", **changes: Any) -> Story:
    """An entry of feed `courier` about the talks, published at ten to noon."""
    outlet = changes.pop("outlet", "courier")
    feed = changes.pop("feed", outlet)
    guid = changes.pop("guid", None)
    url = f"https://{outlet}.example{path}"
    told: dict[str, Any] = {
        "origin": Origin("feed", feed),
        "feed": feed,
        "keys": story_keys(guid=guid, scope=feed, url=url),
        "url": url,
        "title": "Talks resume",
        "summary": TEXT,
        "body": f"{TEXT} The delegations are expected to meet again tomorrow.",
        "language": "en",
        "fetch": 1,
        "published_at": NOON - timedelta(minutes=10),
    }
    return Story(**(told | changes))


def chunk_of(
    items: Sequence[Story | DeadLetter | None],
    start: int = 0,
    *,
    seen_at: datetime = NOON,
    enricher: Enricher = ENRICHER,
) -> Chunk[EnrichedRecord]:
    """Records at the offsets from `start` on; None is an offset that has no record."""
    records = tuple(
        EnrichedRecord(start + i, b"key", seen_at, enricher.enrich(item) if isinstance(item, Story) else item)
        for i, item in enumerate(items)
        if item is not None
    )
    return Chunk("stories", 0, start, start + len(items), records)


def contents(store: Store) -> dict[str, list[tuple[Any, ...]]]:
    """Everything in the store's tables, sorted; counts that came to nothing left out."""
    found = {}
    with store.read() as connection:
        for table in metadata.sorted_tables:
            if table.name in {"pointer", "document"}:
                continue
            rows = [tuple(row) for row in connection.execute(select(table))]
            if table.name == "count":
                rows = [row for row in rows if row[-2:] != (0, 0)]
            found[table.name] = sorted(rows, key=repr)
    return found


def rows_of(store: Store, table: str) -> list[dict[str, Any]]:
    """One table's rows."""
    with store.read() as connection:
        return [dict(row) for row in connection.execute(select(metadata.tables[table])).mappings()]
