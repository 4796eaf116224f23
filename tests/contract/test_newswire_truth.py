"""What the simulated newswire says must come of it does come of it: through parser, catalog and store."""

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from connectors.feeds.entry import ParseLimits
from connectors.feeds.normalise import Visit
from connectors.feeds.reading import Assignment, read_document
from newsbeam.alert import AlertRule
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.enrichment import Enricher
from newsbeam.feed import Feed
from newsbeam.newswire import DEMO_RULES, GroundTruth, Newswire, truth_of
from newsbeam.newswire.outlets import OUTLETS, Quirk
from newsbeam.newswire.wire import TYPES
from newsbeam.recording import Recorder
from newsbeam.store import schema
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from newsbeam.story import Key, KeyKind, Origin, Story
from newsbeam.topics.catalog import Catalog
from newsbeam.topics.loading import load_catalog
from newsbeam.topics.outlets import OutletEntry

CONFIG = Path(__file__).parents[2] / "config"
START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8090"


def the_catalog() -> Catalog:
    """The shipped topics, with the newswire's rules and outlets."""
    outlets = tuple(
        OutletEntry(id=o.id, name=o.name, domains=(o.domain,), language=o.language, country=o.country)
        for o in OUTLETS
    )
    rules = tuple(AlertRule(id=rule, when=f"topic:{topic}", topic=topic) for rule, topic in DEMO_RULES)
    return Catalog(topics=load_catalog(CONFIG).topics, rules=rules, outlets=outlets)


class Reader:
    """Reads the wire as newsbeam does, at times of its own choice, without a network or a clock."""

    def __init__(self, wire: Newswire, store: Store) -> None:
        self.wire = wire
        self.fetches: dict[str, list[float]] = {}
        self._enricher = Enricher(the_catalog())
        self._recorder = Recorder(store)
        self._digests: dict[str, dict[str, str]] = {}
        self._versions: dict[str, str] = {}
        self._offset = 0

    def fetch_all(self, t: float) -> None:
        """Fetch every feed that gives a document, and record what is new."""
        for outlet in OUTLETS:
            state = self.wire.state(outlet.id, t)
            if state.kind != "document":
                continue
            first = outlet.id not in self.fetches
            self.fetches.setdefault(outlet.id, []).append(t)
            if self._versions.get(outlet.id) == state.version:
                continue  # 304
            self._versions[outlet.id] = state.version
            feed = Feed(
                id=outlet.id,
                url=f"{BASE}/{outlet.id}/feed",
                outlet=outlet.id,
                language=outlet.language,
                aggregator=outlet.quirk is Quirk.AGGREGATOR,
            )
            reading = read_document(
                Assignment(
                    feed=feed,
                    url=feed.url,
                    content_type=TYPES[outlet.format],
                    body=self.wire.document(outlet.id, t, BASE),
                    visit=Visit(len(self.fetches[outlet.id]), first, self.wire.moment(t)),
                    digests=self._digests.get(outlet.id, {}),
                    limits=ParseLimits(),
                )
            )
            self._digests[outlet.id] = {**self._digests.get(outlet.id, {}), **reading.digests}
            if reading.changed:
                self._record(reading.changed, self.wire.moment(t))

    def _record(self, stories: tuple[Story, ...], now: datetime) -> None:
        records = tuple(
            EnrichedRecord(self._offset + n, b"", now, self._enricher.enrich(story))
            for n, story in enumerate(stories)
        )
        chunk = Chunk("stories", 0, self._offset, self._offset + len(records), records)
        self._offset += len(records)
        self._recorder.record(chunk, now + timedelta(milliseconds=300))


@pytest.fixture
def store(sqlite_store_url: str) -> Iterator[Store]:
    opened = open_store(sqlite_store_url)
    migrate(opened, START)
    catalog = the_catalog()
    store_document(opened, DocumentKind.CATALOG, catalog.version, catalog.to_json(), START)
    activate(opened, DocumentKind.CATALOG, catalog.version, START)
    yield opened
    opened.close()


def recorded(store: Store) -> dict[str, object]:
    """Everything that the ground truth counts, out of the store."""
    s, a = schema.story.c, schema.alert.c
    with store.read() as connection:
        stories = connection.execute(select(s.url, s.outlet, s.language, s.backfill, s.title)).all()
        tags = connection.execute(
            select(schema.tag.c.topic, func.count().label("told")).group_by(schema.tag.c.topic)
        )
        alerts = connection.execute(select(a.rule, a.version)).all()
        revised = schema.disposition.c
        revisions = select(func.coalesce(func.sum(revised.records), 0)).where(
            revised.disposition == "revision"
        )
        return {
            "stories": len(stories),
            "outlets": Counter(row.outlet for row in stories),
            "languages": Counter(row.language for row in stories),
            "backfill": Counter(row.backfill for row in stories),
            "tags": Counter({row.topic: row.told for row in tags}),
            "clusters": connection.execute(select(func.count()).select_from(schema.cluster)).scalar_one(),
            "alerts": Counter(row.rule for row in alerts),
            "versions": sum(row.version for row in alerts),
            "outbox": connection.execute(select(func.count()).select_from(schema.outbox)).scalar_one(),
            "revisions": connection.execute(revisions).scalar_one(),
        }


def expected(truth: GroundTruth) -> dict[str, object]:
    return {
        "stories": len(truth.stories),
        "outlets": truth.by("outlet"),
        "languages": truth.by("language"),
        "backfill": Counter(story.backfill for story in truth.stories.values()),
        "tags": truth.tags,
        "clusters": truth.clusters,
        "alerts": truth.alerts_by_rule,
        "versions": truth.alert_versions,
        "outbox": truth.alert_versions,
        "revisions": truth.revisions,
    }


@pytest.mark.parametrize(
    ("seed", "pace", "times"),
    [
        (7, 1.0, [0.5 + 2.0 * n for n in range(65)]),
        (23, 2.0, [3.0, 9.0, 14.0, 33.0, 34.0, 75.0, 76.0, 150.0]),  # a reader that was often away
    ],
)
def test_a_reader_of_the_wire_ends_with_exactly_its_ground_truth(
    store: Store, seed: int, pace: float, times: list[float]
) -> None:
    wire = Newswire(seed, START, pace, stop_after=75)
    reader = Reader(wire, store)
    for t in times:
        reader.fetch_all(t)
    truth = truth_of(wire, reader.fetches, BASE)
    assert recorded(store) == expected(truth)
    assert truth.alerts_by_rule.total() >= 10
    with store.read() as connection:
        links = {url.partition("?")[0] for url in connection.execute(select(schema.story.c.url)).scalars()}
    assert {link.replace("https", "http") for link in links} == {s.url for s in truth.stories.values()}


def test_the_shipped_topics_tag_every_story_as_it_was_written() -> None:
    wire = Newswire(5, START, pace=20.0, stop_after=600)
    enricher = Enricher(the_catalog())
    wrong = []
    for outlet in OUTLETS:
        for entry in wire.timeline.entries(outlet.id, wire.timeline.settled_at):
            piece = wire.timeline.piece(entry)
            story = Story(
                origin=Origin("feed", outlet.id),
                keys=(Key(KeyKind.URL, BASE + wire.path(entry, entry.at)),),
                title=wire.timeline.title(entry, entry.edited_at),
                summary=piece.summary,
                body="\n\n".join(piece.paragraphs),
                language=piece.language,
            )
            found = {tag.topic for tag in enricher.enrich(story).tags}
            if found != piece.topics:
                wrong.append((piece.kind, piece.language, found ^ piece.topics, piece.title))
    assert wrong == []
