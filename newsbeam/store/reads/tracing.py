"""Everything the store knows of one address or key: what happened at each step, and why."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, Select, func, select

from newsbeam.identity import canonical_url, key_hash
from newsbeam.store.database import Store
from newsbeam.store.reads.alerts import alerts_by_ids, decision_view, deliveries_of
from newsbeam.store.reads.stories import stories_by_ids
from newsbeam.store.reads.views import (
    AlertView,
    DeadLetterView,
    JoinedView,
    KeyView,
    PositionView,
    SightingView,
    StoryTrace,
    Trace,
)
from newsbeam.store.schema import alert, dead_letter, decision, sighting, story, story_key
from newsbeam.store.statements import select_in
from newsbeam.story import Key, KeyKind

_SCANNED = 2000  # newest dead letters that are searched for the address


def trace(store: Store, asked: str) -> Trace:
    """Return what is known of an address, a GUID, or the id of a story; empty when nothing is."""
    with store.read() as connection:
        ids = list(dict.fromkeys([*_by_keys(connection, asked), *_by_columns(connection, asked)]))
        stories = tuple(_trace_story(connection, story_id) for story_id in ids)
        return Trace(asked, stories, tuple(_mentions(connection, asked)))


def address_keys(url: str) -> list[bytes]:
    """Return the hashes of every key that an address stands for."""
    canonical = canonical_url(url)
    keys = [Key(KeyKind.URL, url)]
    if canonical is not None:
        keys += [Key(KeyKind.CANONICAL, canonical), Key(KeyKind.URL, canonical)]
    return [key_hash(key) for key in keys]


def _by_keys(connection: Connection, asked: str) -> Iterable[str]:
    rows = select_in(connection, select(story_key.c.story), story_key.c.hash, address_keys(asked))
    return [row.story for row in rows]


def _by_columns(connection: Connection, asked: str) -> Iterable[str]:
    by_url = select(story.c.id).where((story.c.id == asked) | (story.c.url == asked)).limit(20)
    found = list(connection.execute(by_url).scalars())
    feeds = connection.execute(_telling_feeds()).scalars()
    guids = [key_hash(Key(KeyKind.GUID, f"{feed}\x1f{asked}")) for feed in feeds]
    return found + [
        row.story for row in select_in(connection, select(story_key.c.story), story_key.c.hash, guids)
    ]


def _telling_feeds() -> Select[str]:
    """The feeds that told a story which is still stored, each found by one step in an index."""
    telling = select(func.min(story.c.feed).label("feed")).cte("telling", recursive=True)
    following = select(func.min(story.c.feed)).where(story.c.feed > telling.c.feed).scalar_subquery()
    steps = telling.union_all(select(following).where(telling.c.feed.is_not(None)))
    return select(steps.c.feed).where(steps.c.feed.is_not(None))


def _trace_story(connection: Connection, story_id: str) -> StoryTrace:
    stored = stories_by_ids(connection, [story_id])
    s = story.c
    columns = (s.topic, s.partition, s.offset, s.cluster, s.founder, s.likeness)
    row = connection.execute(select(*columns).where(s.id == story_id)).one_or_none()
    keys = connection.execute(select(story_key).where(story_key.c.story == story_id)).all()
    seen = connection.execute(
        select(sighting.c.feed, sighting.c.outlet, sighting.c.url, sighting.c.seen_at)
        .where(sighting.c.story == story_id)
        .order_by(sighting.c.seen_at)
    ).all()
    decisions = connection.execute(select(decision).where(decision.c.story == story_id)).all()
    alerts = _alerts(connection, story_id, [row.alert for row in decisions if row.alert])
    return StoryTrace(
        id=story_id,
        story=stored[0] if stored else None,
        position=PositionView(topic=row.topic, partition=row.partition, offset=row.offset) if row else None,
        keys=tuple(KeyView(r.hash.hex(), r.kind, r.story, r.feed, r.added_at, r.forgotten) for r in keys),
        sightings=tuple(SightingView(*row) for row in seen),
        cluster=_members(connection, stored[0].cluster) if stored else (),
        joined=_joined(connection, row) if row and not row.founder else None,
        decisions=tuple(decision_view(row) for row in decisions),
        alerts=tuple(alerts),
        deliveries=tuple(deliveries_of(connection, [found.alert.id for found in alerts])),
    )


def _members(connection: Connection, cluster_id: str) -> tuple[str, ...]:
    query = select(story.c.id).where(story.c.cluster == cluster_id).order_by(story.c.record_seq).limit(200)
    return tuple(connection.execute(query).scalars())


def _joined(connection: Connection, member: Any) -> JoinedView:
    first = select(story.c.id, story.c.url).where(story.c.cluster == member.cluster, story.c.founder)
    founder = connection.execute(first.limit(1)).one_or_none()
    return JoinedView(member.likeness, founder.id if founder else None, founder.url if founder else None)


def _alerts(connection: Connection, story_id: str, ids: list[str]) -> list[AlertView]:
    fired = connection.execute(select(alert.c.id).where(alert.c.story == story_id)).scalars()
    return alerts_by_ids(connection, list(dict.fromkeys([*ids, *fired])))


def _mentions(connection: Connection, asked: str) -> list[DeadLetterView]:
    needle = asked.encode()
    newest = select(dead_letter).order_by(dead_letter.c.recorded_at.desc()).limit(_SCANNED)
    rows = connection.execute(newest)
    return [DeadLetterView(**r._asdict()) for r in rows if needle and (needle in r.value or needle in r.key)]
