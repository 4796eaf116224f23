"""Feed health, and when which feeds were watched."""

from datetime import datetime, timedelta

from sqlalchemy import and_, case, func, select

from newsbeam.codec import from_json
from newsbeam.feed import FeedState
from newsbeam.store.database import Store
from newsbeam.store.reads.views import FeedHealth, HourCoverage
from newsbeam.store.schema import coverage, feed_state


def feed_health(store: Store, now: datetime) -> list[FeedHealth]:
    """Return every feed that was ever claimed, by id, with its fetches of the last 24 hours."""
    # Feed by feed: a sum over all feeds' last day would lead SQLite through every hour that was ever watched.
    recent = (coverage.c.feed == feed_state.c.feed) & (coverage.c.hour > now - timedelta(hours=24))
    sums = [func.sum(coverage.c[name]).label(name) for name in ("succeeded", "failed", "entries")]
    query = (
        select(feed_state.c.document, feed_state.c.claimed_until, *sums)
        .select_from(feed_state)
        .outerjoin(coverage, recent)
        .group_by(feed_state.c.feed)
        .order_by(feed_state.c.feed)
    )
    with store.read() as connection:
        return [
            FeedHealth(
                state=from_json(row.document, FeedState),
                claimed_until=row.claimed_until,
                succeeded_24h=int(row.succeeded or 0),
                failed_24h=int(row.failed or 0),
                entries_24h=int(row.entries or 0),
            )
            for row in connection.execute(query)
        ]


def coverage_by_hour(
    store: Store, start: datetime, end: datetime, feed: str | None = None
) -> list[HourCoverage]:
    """Return how many feeds were watched in each hour of [start, end); of one feed when given."""
    watched = func.sum(case((coverage.c.succeeded > 0, 1), else_=0))
    failing = func.sum(case((and_(coverage.c.succeeded == 0, coverage.c.failed > 0), 1), else_=0))
    query = (
        select(coverage.c.hour, watched, failing, func.sum(coverage.c.entries))
        .where(coverage.c.hour >= start, coverage.c.hour < end)
        .group_by(coverage.c.hour)
        .order_by(coverage.c.hour)
    )
    if feed is not None:
        query = query.where(coverage.c.feed == feed)
    with store.read() as connection:
        return [HourCoverage(hour, int(w), int(f), int(e)) for hour, w, f, e in connection.execute(query)]


def watched_since(store: Store) -> datetime | None:
    """Return when the first feed was first fetched with success, None before that."""
    with store.read() as connection:
        documents = connection.execute(select(feed_state.c.document)).scalars()
        moments = [from_json(document, FeedState).watched_since for document in documents]
    return min((moment for moment in moments if moment is not None), default=None)
