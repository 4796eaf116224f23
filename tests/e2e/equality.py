"""What a store holds, put beside the newswire's ground truth; and whether a service has nothing left to do."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, Connection, Row, Table, func, select

from newsbeam.beam import bounds_of
from newsbeam.bus import open_bus
from newsbeam.bus.port import STORIES
from newsbeam.codec import from_json
from newsbeam.count import EVERYTHING, bucket_of
from newsbeam.feed import FeedState
from newsbeam.identity import delivery_key, key_hash
from newsbeam.newswire import DEMO_RULES, GroundTruth, RunningServer, truth_of
from newsbeam.newswire.outlets import BY_ID, OUTLETS, Quirk
from newsbeam.newswire.timeline import Entry
from newsbeam.store import schema
from newsbeam.store.database import Store
from newsbeam.story import Key, KeyKind
from tests.contract.receiver import Got
from tests.e2e.service import WireClock, healthy_feeds

TICKERS = [outlet.id for outlet in OUTLETS if outlet.quirk is Quirk.TICKER]


class Equal(NamedTuple):
    """What two runs share when they are equal: stories by key, tags, story counts."""

    stories: frozenset[str]
    tags: Mapping[str, frozenset[str]]
    counts: Mapping[tuple[str, str, str], int]


class Ledger:
    """A store read against the wire that filled it."""

    def __init__(self, store: Store, wire: RunningServer) -> None:
        self.store = store
        self.wire = wire
        self._keys = _keys_by_url(wire)
        self._ticker = {
            key_hash(
                Key(KeyKind.GUID, f"{feed}\x1f{wire.wire.guid(BY_ID[feed], entry, entry.at)}")
            ): entry.story
            for feed in TICKERS
            for entry in _entries(wire, feed)
        }

    def truth(self) -> GroundTruth:
        """What must be there: of the documents given, those that were kept as a feed's first decide what is
        history; whatever a killed reader got before was read again."""
        kept = {}
        for feed, times in self.wire.fetches().items():
            since = self._states()[feed].watched_since if feed in self._states() else None
            if since is not None:
                first = max(t for t in times if self.real(t) <= since)
                kept[feed] = [t for t in times if t >= first]
        return truth_of(self.wire.wire, kept, self.wire.url, DEMO_RULES)

    def real(self, t: float) -> datetime:
        """When a moment of the wire was by our clock."""
        clock = self.wire.clock
        assert isinstance(clock, WireClock)
        return clock.ours(self.wire.wire.moment(t))

    def _states(self) -> dict[str, FeedState]:
        with self.store.read() as connection:
            rows = connection.execute(select(schema.feed_state.c.feed, schema.feed_state.c.document)).all()
        return {row.feed: from_json(row.document, FeedState) for row in rows}

    def all_watched(self) -> bool:
        """Whether each feed that gives a document was read once; the service must have made the store."""
        states = self._states()
        return all(f in states and states[f].watched_since for f in healthy_feeds(self.wire))

    # --- quiescence ----------------------------------------------------------------------------------------

    def unfinished(self, bus_url: str) -> str:
        """What is still to be done, empty when nothing is."""
        settled = self.wire.wire.settled_at
        if settled is None or self.wire.clock() < settled:
            return "the wire is not settled"
        if unread := self.unread_since(self.real(self.wire.wire.seconds(settled))):
            return f"not read since the wire is settled: {sorted(unread)}"
        if behind := self.behind(bus_url):
            return f"positions are not at the bus's end: {behind}"
        with self.store.read() as connection:
            waiting = _number(connection, schema.outbox, schema.outbox.c.fanned_out.is_(False))
            pending = _number(connection, schema.delivery, schema.delivery.c.status == "pending")
        return f"{waiting} outbox rows, {pending} deliveries wait" if waiting or pending else ""

    def unread_since(self, at: datetime) -> set[str]:
        """The feeds that should have been read after `at`, by their pollers' clocks, and were not."""
        states = self._states()
        return {
            f for f in healthy_feeds(self.wire) if f not in states or (states[f].succeeded_at or at) <= at
        }

    def has_reached(self, ends: Mapping[int, int]) -> bool:
        """Whether everything before these ends of the partitions is recorded."""
        next_of = {row.partition: row.next for row in self.positions()}
        return all(next_of.get(partition, 0) >= end for partition, end in ends.items())

    def newest_outbox_row(self) -> int:
        """The number of the newest row that must leave the store, 0 where there is none."""
        with self.store.read() as connection:
            return int(connection.execute(select(func.max(schema.outbox.c.seq))).scalar_one() or 0)

    def has_told(self, seq: int) -> bool:
        """Whether the outbox is delivered up to and with this row."""
        o, d = schema.outbox, schema.delivery
        with self.store.read() as connection:
            waiting = _number(connection, o, o.c.fanned_out.is_(False), o.c.seq <= seq)
            return not waiting and not _number(connection, d, d.c.status == "pending", d.c.seq <= seq)

    def behind(self, bus_url: str) -> dict[int, tuple[int, int]]:
        ends, next_of = bus_ends(bus_url), {row.partition: row.next for row in self.positions()}
        return {p: (next_of.get(p, 0), end) for p, end in ends.items() if next_of.get(p, 0) != end}

    def positions(self) -> Sequence[Row[tuple[str, int, int, int, datetime]]]:
        with self.store.read() as connection:
            return connection.execute(select(schema.position)).all()

    # --- what is stored ------------------------------------------------------------------------------------

    def stories(self) -> dict[str, Row[tuple[object, ...]]]:
        """Every story by the wire's key; fails when one is there twice."""
        s = schema.story.c
        columns = (
            s.id,
            s.url,
            s.title,
            s.outlet,
            s.language,
            s.backfill,
            s.bucket,
            s.seen_at,
            s.published_at,
            s.cluster,
        )
        with self.store.read() as connection:
            rows = connection.execute(select(*columns)).all()
            ticker = self._ticker_stories(connection)
        found: dict[str, Row[tuple[object, ...]]] = {}
        for row in rows:
            plain = row.url.partition("?")[0].replace("https://", "http://", 1)
            key = self._keys[plain] if plain in self._keys else ticker[row.id]
            assert key not in found, f"a story was recorded twice: {row}, {found[key]}"
            found[key] = row
        return found

    def _ticker_stories(self, connection: Connection) -> dict[str, str]:
        """The wire's keys of the stories of a ticker: all have one address, and some share a headline."""
        known = schema.story_key.c
        rows = connection.execute(select(known.hash, known.story).where(known.feed.in_(TICKERS)))
        return {row.story: self._ticker[row.hash] for row in rows}

    def tags(self) -> dict[str, frozenset[str]]:
        """Topics by the wire's key, of stories that have any."""
        ids = {row.id: key for key, row in self.stories().items()}
        found: dict[str, set[str]] = defaultdict(set)
        with self.store.read() as connection:
            for story, topic in connection.execute(select(schema.tag.c.story, schema.tag.c.topic)):
                found[ids[story]].add(topic)
        return {key: frozenset(topics) for key, topics in found.items()}

    def counts(self, column: str = "stories") -> Counter[tuple[str, str, str]]:
        """Sums over time by (topic, dimension, value), without zeros."""
        c = schema.count.c
        total = func.sum(c[column])
        query = select(c.topic, c.dimension, c.value, total).group_by(c.topic, c.dimension, c.value)
        with self.store.read() as connection:
            return +Counter({(t, d, v): int(n) for t, d, v, n in connection.execute(query)})

    def equal(self) -> Equal:
        """What must be the same in every deployment."""
        return Equal(frozenset(self.stories()), self.tags(), self.counts())


# --- the comparisons -----------------------------------------------------------------------------------------


def assert_equals_truth(ledger: Ledger, bus_url: str) -> GroundTruth:
    """Stories, tags, clusters, counts, alerts, dispositions: all of them, and nothing else."""
    truth = ledger.truth()
    _assert_stories(ledger, truth)
    _assert_counts(ledger, truth)
    _assert_alerts(ledger, truth)
    _assert_dispositions(ledger, bus_url)
    return truth


def _assert_stories(ledger: Ledger, truth: GroundTruth) -> None:
    stories = ledger.stories()
    assert set(stories) == set(truth.stories)
    told = {key: (row.outlet, row.language, row.backfill) for key, row in stories.items()}
    assert told == {key: (true.outlet, true.language, true.backfill) for key, true in truth.stories.items()}
    latest = latest_titles(ledger.wire)
    assert {k: stories[k].title for k in latest} == latest, "the newest headline is the one that is kept"
    clusters = defaultdict(set)
    for key, row in stories.items():
        clusters[row.cluster].add(key)
    true_clusters = defaultdict(set)
    for key, true in truth.stories.items():
        true_clusters[true.cluster].add(key)
    assert _parts(clusters.values()) == _parts(true_clusters.values())
    tags, true_tags = ledger.tags(), {key: one.topics for key, one in truth.stories.items() if one.topics}
    wrong = {k: (tags.get(k), true_tags.get(k)) for k in tags.keys() | true_tags.keys()}
    assert not (wrong := {k: pair for k, pair in wrong.items() if pair[0] != pair[1]}), (
        f"found, true: {wrong}"
    )


def latest_titles(wire: RunningServer) -> dict[str, str]:
    """The newest headlines by story, but for those that an aggregator may have brought, whose copy may be older."""
    timeline = wire.wire.timeline
    entries = [entry for feed in healthy_feeds(wire) for entry in _entries(wire, feed)]
    carried = {entry.story for entry in entries if entry.source is not None}
    return {e.story: timeline.title(e, timeline.settled_at) for e in entries if e.story not in carried}


def _parts(groups: Iterable[set[str]]) -> set[frozenset[str]]:
    return {frozenset(group) for group in groups}


def expected_buckets(ledger: Ledger, truth: GroundTruth) -> Counter[tuple[datetime, str]]:
    """Stories by quarter-hour and topic; one without a possible date counts where it was seen."""
    stories = ledger.stories()
    return Counter(
        (bucket_of(true.published_at or stories[key].seen_at), topic)
        for key, true in truth.stories.items()
        for topic in (EVERYTHING, *true.topics)
    )


def _assert_counts(ledger: Ledger, truth: GroundTruth) -> None:
    stories, clusters = ledger.counts(), ledger.counts("clusters")
    expected: Counter[tuple[str, str, str]] = Counter()
    founded: dict[str, set[str]] = defaultdict(set)
    for true in truth.stories.values():
        for topic in (EVERYTHING, *true.topics):
            values = [("all", ""), ("outlet", true.outlet), ("language", true.language)]
            expected.update((topic, dimension, value) for dimension, value in values)
            founded[topic].add(true.cluster)
    assert {cell: n for cell, n in stories.items() if cell[1] in {"all", "outlet", "language"}} == expected
    assert {t: n for (t, d, _), n in clusters.items() if d == "all"} == {
        t: len(c) for t, c in founded.items()
    }
    c = schema.count.c
    with ledger.store.read() as connection:
        rows = connection.execute(
            select(c.bucket, c.topic, c.stories).where(c.dimension == "all", c.stories != 0)
        )
        assert {(bucket, topic): n for bucket, topic, n in rows} == expected_buckets(ledger, truth)


def _assert_alerts(ledger: Ledger, truth: GroundTruth) -> None:
    told = alerts_by_event(ledger, truth)
    expected = {(alert.rule, alert.cluster): alert.versions for alert in truth.alerts}
    assert {event: version for event, (_, version) in told.items()} == expected
    outbox = schema.outbox.c
    query = select(outbox.alert, outbox.version).where(outbox.kind == "alert")
    with ledger.store.read() as connection:
        written = sorted((row.alert, row.version) for row in connection.execute(query))
    assert written == sorted((alert, v) for alert, n in told.values() for v in range(1, n + 1))


def alerts_by_event(ledger: Ledger, truth: GroundTruth) -> dict[tuple[str, str], tuple[str, int]]:
    """(alert id, version) by (rule, true cluster); fails when an event was told twice by a rule."""
    keys = {row.id: key for key, row in ledger.stories().items()}
    a = schema.alert.c
    with ledger.store.read() as connection:
        rows = connection.execute(select(a.id, a.rule, a.story, a.version)).all()
    told = {(row.rule, truth.stories[keys[row.story]].cluster): (row.id, row.version) for row in rows}
    assert len(told) == len(rows), "an event was told twice"
    return told


def _assert_dispositions(ledger: Ledger, bus_url: str) -> None:
    d = schema.disposition.c
    with ledger.store.read() as connection:
        query = select(d.topic, d.partition, func.sum(d.records)).group_by(d.topic, d.partition)
        sums = {(topic, partition): int(n) for topic, partition, n in connection.execute(query)}
        recorded = connection.execute(
            select(func.sum(d.records)).where(d.disposition == "recorded")
        ).scalar_one()
        assert _number(connection, schema.dead_letter) == 0
    assert sums == {(p.topic, p.partition): p.next - p.base for p in ledger.positions() if p.next > p.base}
    assert recorded == len(ledger.stories())
    assert {p.partition: p.next for p in ledger.positions()} == {
        p: n for p, n in bus_ends(bus_url).items() if n
    }


def assert_delivered(
    ledger: Ledger,
    truth: GroundTruth,
    got: Sequence[Got],
    subscription: str,
    updates: bool,
    before_restore: Sequence[Got] = (),
) -> int:
    """The receiver saw the true idempotency keys and no other; a repeat is the same bytes. Returns repeats.

    What came before a copy of the store was put back may have been told of events that were then decided anew.
    """
    told = alerts_by_event(ledger, truth)
    expected = {
        delivery_key(subscription, alert, version)
        for alert, newest in told.values()
        for version in range(1, (newest if updates else 1) + 1)
    }
    bodies: dict[str, set[bytes]] = defaultdict(set)
    for one in got:
        bodies[one.headers["webhook-id"]].add(one.body)
        assert json.loads(one.body)["id"] == one.headers["webhook-id"]
    for one in before_restore:
        if one.headers["webhook-id"] in expected:
            bodies.setdefault(one.headers["webhook-id"], {one.body})
    assert set(bodies) == expected
    assert {key for key, said in bodies.items() if len(said) > 1} == set(), "a repeat has other bytes"
    return len(got) - len(bodies)


def expected_sums(ledger: Ledger, truth: GroundTruth, now: datetime) -> Counter[str]:
    """Stories by topic in the 24 hours that pages sum up at `now`."""
    buckets = expected_buckets(ledger, truth)
    sums: Counter[str] = Counter()
    for (bucket, topic), stories in buckets.items():
        if bucket >= now - timedelta(hours=24):
            sums[topic] += stories
    return sums


def bus_ends(bus_url: str) -> dict[int, int]:
    """The end of each partition of the stories."""
    bus = open_bus(bus_url)
    return {partition: bounds_of(bus, STORIES, partition).end for partition in range(bus.partitions(STORIES))}


def _entries(wire: RunningServer, feed: str) -> Sequence[Entry]:
    settled = wire.wire.timeline.settled_at
    return wire.wire.timeline.entries(feed, settled)


def _keys_by_url(wire: RunningServer) -> dict[str, str]:
    keys = {}
    for outlet in OUTLETS:
        if outlet.id not in TICKERS:
            for entry in _entries(wire, outlet.id):
                for t in (entry.at, wire.wire.timeline.settled_at):
                    keys[wire.url + wire.wire.path(entry, t)] = entry.story
    return keys


def _number(connection: Connection, table: Table, *where: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())
