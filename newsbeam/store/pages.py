"""Reads that only pages and streams need: cheap enough to run on every look."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import BigInteger, ColumnElement, func, literal, select, type_coerce

from newsbeam.alert import Alert, Decision
from newsbeam.codec import from_json
from newsbeam.count import BUCKET_S
from newsbeam.feed import FeedState
from newsbeam.store.database import Store
from newsbeam.store.reads.views import Total
from newsbeam.store.schema import (
    Moment,
    count,
    decision,
    feed_state,
    lease,
    outbox,
    pointer,
    position,
    sequence,
)


class Pulse(msgspec.Struct, frozen=True):
    """How far the store is: what a stream compares to know that something new was recorded."""

    epoch: str
    record_seq: int
    alert_seq: int


class TopicPoint(msgspec.Struct, frozen=True):
    """What one topic counted in the step of time that starts at `at`."""

    topic: str
    at: datetime
    stories: int
    clusters: int


class Signs(msgspec.Struct, frozen=True, kw_only=True):
    """Signs of life of the other jobs: when each last moved, None when it never did."""

    position_moved_at: datetime | None
    leases: tuple[str, ...]  # held now
    feeds: int
    fetched_at: datetime | None  # the newest fetch of any feed
    due_since: datetime | None  # the longest that a feed has waited for its fetch


def pulse(store: Store) -> Pulse:
    """Return how far the store is."""
    epoch = select(pointer.c.value).where(pointer.c.name == "epoch")
    with store.read() as connection:
        given = {row.name: row.value for row in connection.execute(select(sequence))}
        found = connection.execute(epoch).scalar_one_or_none()
    return Pulse(found or "", given.get("record", 0), given.get("alert", 0))


def topic_series(
    store: Store, topics: Sequence[str], *, start: datetime, end: datetime, step_s: int
) -> list[TopicPoint]:
    """Return the counts of several topics in steps of `step_s` (a multiple of 900) over [start, end).

    A step without a point counted nothing.
    """
    if step_s <= 0 or step_s % BUCKET_S:
        raise ValueError(f"a step of {step_s} s is no multiple of {BUCKET_S} s")
    step = _step(step_s).label("at")
    query = (
        select(count.c.topic, step, func.sum(count.c.stories), func.sum(count.c.clusters))
        .where(count.c.topic.in_(topics), count.c.dimension == "all", count.c.value == "")
        .where(count.c.bucket >= start, count.c.bucket < end)
        .group_by(count.c.topic, step)
    )
    with store.read() as connection:
        return [TopicPoint(topic, at, int(s), int(c)) for topic, at, s, c in connection.execute(query)]


def topic_sums(store: Store, topics: Sequence[str], *, start: datetime, end: datetime) -> dict[str, Total]:
    """Return the sums of some topics over [start, end), by topic; one that counted nothing is left out.

    Asking for named topics reads their own cells alone, however many outlets were counted beside.
    """
    query = (
        select(count.c.topic, func.sum(count.c.stories), func.sum(count.c.clusters))
        .where(count.c.topic.in_(topics), count.c.dimension == "all", count.c.value == "")
        .where(count.c.bucket >= start, count.c.bucket < end)
        .group_by(count.c.topic)
    )
    with store.read() as connection:
        return {topic: Total(topic, int(s), int(c)) for topic, s, c in connection.execute(query)}


def alert_versions(store: Store, alert_id: str) -> list[Alert]:
    """Return every version of an alert that the outbox still holds, oldest first."""
    query = select(outbox.c.document).where(outbox.c.alert == alert_id, outbox.c.kind == "alert")
    with store.read() as connection:
        documents = connection.execute(query.order_by(outbox.c.version)).scalars()
        return [from_json(document, Alert) for document in documents]


def history_matches(store: Store) -> int:
    """Return how often a rule held for a story of a feed's first fetch: history, never sent."""
    query = select(func.count()).select_from(decision).where(decision.c.outcome == Decision.BACKFILL.value)
    with store.read() as connection:
        return int(connection.execute(query).scalar_one())


def signs_of_life(store: Store, now: datetime) -> Signs:
    """Return when workers and pollers last moved."""
    with store.read() as connection:
        moved = connection.execute(select(func.max(position.c.moved_at))).scalar_one_or_none()
        held = connection.execute(select(lease.c.name).where(lease.c.until > now).order_by(lease.c.name))
        leases = tuple(held.scalars())
        due = connection.execute(select(func.min(feed_state.c.next_at))).scalar_one_or_none()
        documents = connection.execute(select(feed_state.c.document)).scalars().all()
    fetched = [from_json(document, FeedState).fetched_at for document in documents]
    return Signs(
        position_moved_at=moved,
        leases=leases,
        feeds=len(documents),
        fetched_at=max((moment for moment in fetched if moment is not None), default=None),
        due_since=due,
    )


def _step(step_s: int) -> ColumnElement[datetime]:
    microseconds = type_coerce(count.c.bucket, BigInteger)
    step = literal(step_s * 1_000_000, BigInteger, literal_execute=True)
    return type_coerce(microseconds - microseconds % step, Moment)
