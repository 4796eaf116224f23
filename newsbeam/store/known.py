"""What the store knows of a chunk's stories, read in a few queries, and kept current while the chunk is decided.

Every record is decided as if it came alone: what an earlier one of the chunk changed is here, so that no outcome
depends on where a chunk begins or ends.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from sqlalchemy import Column, Connection, func, select

from newsbeam.alerts.decide import Telling
from newsbeam.codec import decode_alert, from_json
from newsbeam.identity import alert_id, hashed_keys, key_hash, ordered_keys
from newsbeam.store.lookalikes import Founder, Lookalikes
from newsbeam.store.schema import alert, cluster, decision, sequence, sighting, story, story_key, tag
from newsbeam.store.statements import select_in
from newsbeam.story import EnrichedStory


class Owner(msgspec.Struct, frozen=True):
    """Whose a key is."""

    story: str
    forgotten: bool


class KnownStory(msgspec.Struct, kw_only=True):
    """A recorded story, as far as decisions need it."""

    id: str
    record_seq: int
    source: str
    fetch: int
    backfill: bool
    url: str | None
    outlet: str
    language: str
    facets: dict[str, list[str]]
    topics: set[str]
    published_at: datetime
    seen_at: datetime
    bucket: datetime
    revision: int
    content_hash: str
    cluster: str
    founder: bool


class KnownCluster(msgspec.Struct, kw_only=True):
    """A cluster that may take stories: its text's, and copies of its founder."""

    id: str
    text_hash: str
    founded_at: datetime
    updated_at: datetime


class Reach(NamedTuple):
    """How far apart the stories of one cluster may be: `window` from the next one, `span` from its founder."""

    window: timedelta
    span: timedelta

    def holds(self, one: KnownCluster, published_at: datetime) -> bool:
        """Whether a story of this time may join the cluster."""
        latest = min(one.updated_at + self.window, one.founded_at + self.span)
        return one.founded_at - self.window <= published_at <= latest


class Known:
    """Everything stored that the records of one chunk touch; `likeness`: how like its founder a copy is at least."""

    def __init__(self, connection: Connection, stories: Sequence[EnrichedStory], likeness: float) -> None:
        self.keys = known_keys(connection, stories)
        ids = {owner.story for owner in self.keys.values()}
        held = select(story_key.c.story, func.count().label("keys")).group_by(story_key.c.story)
        self.key_numbers: dict[str, int] = {
            row.story: row.keys for row in select_in(connection, held, story_key.c.story, ids)
        }
        self.stories = {row.id: _story(row) for row in select_in(connection, select(story), story.c.id, ids)}
        for row in select_in(connection, select(tag.c.story, tag.c.topic), tag.c.story, self.stories):
            self.stories[row.story].topics.add(row.topic)
        seen = select_in(
            connection, select(sighting.c.story, sighting.c.feed), sighting.c.story, self.stories
        )
        self.sightings = {(row.story, row.feed) for row in seen}
        self.clusters: dict[str, KnownCluster] = {}
        self._by_text: dict[str, list[KnownCluster]] = {}
        new = [one for one in stories if self.keys.keys().isdisjoint(hashed_keys(one.story))]
        signatures = {one.signature for one in new if one.signature is not None}
        self._lookalikes = Lookalikes(connection, signatures, likeness)
        self._read_clusters(connection, cluster.c.text_hash, {one.text_hash for one in new})
        copied = {found.founder.cluster for one in signatures for found in self._lookalikes.of(one)}
        self._read_clusters(connection, cluster.c.id, copied - self.clusters.keys())
        decided = select(decision.c.story, decision.c.rule)
        rows = select_in(connection, decided, decision.c.story, self.stories)
        self.decided = {(row.story, row.rule) for row in rows}
        self.tellings = _tellings(connection, self._possible_alerts(stories))
        self.sequences: dict[str, int] = {row.name: row.value for row in connection.execute(select(sequence))}

    def add_cluster(self, new: KnownCluster, founder: Founder | None = None) -> list[int]:
        """Remember a cluster by its text and by its founder; return the anchors to look its founder up by."""
        self.clusters[new.id] = new
        self._by_text.setdefault(new.text_hash, []).append(new)
        return [] if founder is None else self._lookalikes.add(founder)

    def cluster_for(
        self, enriched: EnrichedStory, published_at: datetime, reach: Reach
    ) -> tuple[KnownCluster, float | None] | None:
        """Return the cluster that a story joins, with its likeness to the founder unless their texts are equal.

        Of the clusters that are near enough in time it is the newest with the same text, else the likeliest.
        """
        same = [one for one in self._by_text.get(enriched.text_hash, ()) if reach.holds(one, published_at)]
        if same:
            return max(same, key=lambda one: (one.updated_at, one.id)), None
        if enriched.signature is None:
            return None
        likely = [
            (found.likeness, one.updated_at, one.id)
            for found in self._lookalikes.of(enriched.signature, enriched.outlet.family)
            if reach.holds(one := self.clusters[found.founder.cluster], published_at)
        ]
        if not likely:
            return None
        best = max(likely)
        return self.clusters[best[2]], best[0]

    def next(self, name: str) -> int:
        """Return the next number of a sequence; the numbers are in commit order, since the lock is held."""
        self.sequences[name] = self.sequences.get(name, 0) + 1
        return self.sequences[name]

    def _read_clusters(self, connection: Connection, column: Column[str], values: Iterable[str]) -> None:
        for row in select_in(connection, select(cluster), column, values):
            self.add_cluster(
                KnownCluster(
                    id=row.id, text_hash=row.text_hash, founded_at=row.founded_at, updated_at=row.updated_at
                )
            )

    def _possible_alerts(self, stories: Iterable[EnrichedStory]) -> set[str]:
        """Return the ids of every alert that these stories could update."""
        rules = {match.rule for one in stories for match in one.rules}
        clusters = self.clusters.keys() | {one.cluster for one in self.stories.values()}
        return {alert_id(rule, one) for rule in rules for one in clusters}


def known_keys(connection: Connection, stories: Iterable[EnrichedStory]) -> dict[bytes, Owner]:
    """Return whose the keys of these stories are, by key hash, as far as they are known."""
    hashes = {key_hash(key) for one in stories for key in ordered_keys(one.story)}
    return {
        row.hash: Owner(row.story, row.forgotten)
        for row in select_in(connection, select(story_key), story_key.c.hash, hashes)
    }


def source_of(feed: str | None, origin_kind: str, origin_id: str) -> str:
    """Return who told a story: its feed, else its origin."""
    return feed if feed is not None else f"{origin_kind}:{origin_id}"


def _story(row: Any) -> KnownStory:
    return KnownStory(
        id=row.id,
        record_seq=row.record_seq,
        source=source_of(row.feed, row.origin_kind, row.origin_id),
        fetch=row.fetch,
        backfill=row.backfill,
        url=row.url,
        outlet=row.outlet,
        language=row.language,
        facets=from_json(row.facets, dict[str, list[str]]),
        topics=set(),
        published_at=row.published_at,
        seen_at=row.seen_at,
        bucket=row.bucket,
        revision=row.revision,
        content_hash=row.content_hash,
        cluster=row.cluster,
        founder=row.founder,
    )


def _tellings(connection: Connection, ids: Iterable[str]) -> dict[str, Telling]:
    columns = select(alert.c.id, alert.c.document, alert.c.stories, alert.c.families)
    return {
        row.id: Telling(
            decode_alert(row.document), row.stories, tuple(from_json(row.families, tuple[str, ...]))
        )
        for row in select_in(connection, columns, alert.c.id, ids)
    }
