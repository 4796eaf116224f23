"""Stored stories, to be enriched again; and their tags and counts under a newer catalog."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, select, update

from newsbeam.codec import from_json, to_json
from newsbeam.count import counted_values
from newsbeam.errors import StaleCatalog
from newsbeam.identity import content_hash
from newsbeam.store.catalogs import DocumentKind, read_pointer
from newsbeam.store.counts import Counts
from newsbeam.store.database import Store
from newsbeam.store.reads.stories import tags_of
from newsbeam.store.schema import count, story, story_body, tag
from newsbeam.store.statements import batched, select_in, upsert
from newsbeam.story import Key, KeyKind, Origin, Story, Tag

_STRETCH = 250  # record_seqs read, enriched and written together


class PastStory(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded story, as it was on the bus except for its keys.

    `dimensions` are what it counts for under each of its topics, with their values. `whole` says that its
    text is all there, neither cut nor removed by retention.
    """

    id: str
    record_seq: int
    revision: int
    catalog: str
    bucket: datetime
    founder: bool
    outlet: str
    dimensions: tuple[tuple[str, str], ...]
    topics: tuple[str, ...]
    whole: bool
    story: Story


class Retagged(msgspec.Struct, frozen=True):
    """The tags found in a story's revision, of the topics that were looked for (None: all there are).

    Of a story that is not `whole` no tag may be taken away.
    """

    id: str
    revision: int
    whole: bool
    tags: tuple[Tag, ...]
    looked_for: frozenset[str] | None = None


class Changes(msgspec.Struct, frozen=True):
    """How many stories were tagged anew, and how many tags that added and removed."""

    stories: int = 0
    added: int = 0
    removed: int = 0

    def __add__(self, other: "Changes") -> "Changes":
        return Changes(self.stories + other.stories, self.added + other.added, self.removed + other.removed)


def newest_seq(store: Store) -> int:
    """Return the newest `record_seq`, 0 in an empty store."""
    with store.read() as connection:
        return int(connection.execute(select(func.coalesce(func.max(story.c.record_seq), 0))).scalar_one())


def stretches(newest: int) -> list[tuple[int, int]]:
    """Return the stretches (after, upto] of `record_seq` in which a history that ends at `newest` is read."""
    return [(after, min(after + _STRETCH, newest)) for after in range(0, newest, _STRETCH)]


def past_stories(store: Store, after: int, upto: int) -> list[PastStory]:
    """Return the stories with a `record_seq` in (after, upto], in its order."""
    query = (
        select(story, func.coalesce(story_body.c.body, "").label("body"))
        .select_from(story)
        .outerjoin(story_body, story_body.c.story == story.c.id)
        .where(story.c.record_seq > after, story.c.record_seq <= upto)
        .order_by(story.c.record_seq)
    )
    with store.read() as connection:
        rows = connection.execute(query).all()
        tags = tags_of(connection, [row.id for row in rows])
    return [_past(row, tuple(view.topic for view in tags.get(row.id, ()))) for row in rows]


def retag(store: Store, version: str, stories: Sequence[Retagged]) -> Changes:
    """Replace the tags of these stories by those of catalog `version`, and correct the counts by that.

    In one transaction under the lock. A story that was revised or removed meanwhile is left alone: what
    recorded it did so under a newer catalog. Raises `StaleCatalog` when `version` is not the active one.
    """
    with store.locked() as connection:
        active = read_pointer(connection, DocumentKind.CATALOG)
        if active is not None and active != version:
            raise StaleCatalog(active)
        rows = {
            row.id: row for row in select_in(connection, select(story), story.c.id, [s.id for s in stories])
        }
        current = [s for s in stories if s.id in rows and rows[s.id].revision == s.revision]
        old = {id_: {view.topic for view in views} for id_, views in tags_of(connection, rows).items()}
        counts = Counts()
        changes = Changes(stories=len(current))
        for one in current:
            changes += _replace(connection, rows[one.id], old.get(one.id, set()), one, counts)
        _write_tags(connection, version, current, rows)
        counts.write(connection)
    return changes


def read_counts(
    store: Store, since: datetime | None = None
) -> dict[tuple[datetime, str, str, str], tuple[int, int]]:
    """Return every count that is not zero: (bucket, topic, dimension, value) → (stories, clusters)."""
    query = select(count).where((count.c.stories != 0) | (count.c.clusters != 0))
    if since is not None:
        query = query.where(count.c.bucket >= since)
    with store.read() as connection:
        return {
            (row.bucket, row.topic, row.dimension, row.value): (row.stories, row.clusters)
            for row in connection.execute(query)
        }


def _past(row: Row[Any], topics: tuple[str, ...]) -> PastStory:
    told = Story(
        origin=Origin(row.origin_kind, row.origin_id),
        keys=(Key(KeyKind.URL, row.url or row.id),),
        title=row.title,
        url=row.url,
        feed=row.feed,
        fetch=row.fetch,
        backfill=row.backfill,
        outlet=row.outlet_claim,
        summary=row.summary,
        body=row.body,
        language=row.language,
        published_at=row.published_at,
        author=row.author,
    )
    return PastStory(
        id=row.id,
        record_seq=row.record_seq,
        revision=row.revision,
        catalog=row.catalog,
        bucket=row.bucket,
        founder=row.founder,
        outlet=row.outlet,
        dimensions=tuple(sorted(_values(row))),
        topics=topics,
        whole=content_hash(row.title, row.summary, row.body) == row.content_hash,
        story=told,
    )


def _replace(
    connection: Connection,
    row: Row[Any],
    old: set[str],
    retagged: Retagged,
    counts: Counts,
) -> Changes:
    """Take away the tags that are gone, and note what the difference does to the counts."""
    new = {found.topic for found in retagged.tags}
    doubted = old if retagged.looked_for is None else old & retagged.looked_for
    added, removed = new - old, (doubted - new if retagged.whole else set())
    if removed:
        connection.execute(delete(tag).where(tag.c.story == row.id, tag.c.topic.in_(removed)))
    for topics, sign in ((added, 1), (removed, -1)):
        counts.add(row.bucket, topics, _values(row), (sign, sign * int(row.founder)))
    return Changes(added=len(added), removed=len(removed))


def _values(row: Row[Any]) -> set[tuple[str, str]]:
    return counted_values(row.outlet, row.language, from_json(row.facets, dict[str, tuple[str, ...]]))


def _write_tags(
    connection: Connection, version: str, stories: Sequence[Retagged], rows: Mapping[str, Row[Any]]
) -> None:
    upsert(
        connection,
        tag,
        [
            {
                "story": one.id,
                "topic": found.topic,
                "record_seq": rows[one.id].record_seq,
                "query": found.query,
                "catalog": version,
                "spans": to_json(found.spans),
            }
            for one in stories
            for found in one.tags
        ],
    )
    for ids in batched([one.id for one in stories if one.whole], 500):
        connection.execute(update(story).where(story.c.id.in_(ids)).values(catalog=version))
