"""Counts over time, and their sums."""

from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, Select, and_, func, literal, select, type_coerce
from sqlalchemy.sql.elements import SQLColumnExpression

from newsbeam.count import BUCKET_S, EVERYTHING
from newsbeam.store.database import Store
from newsbeam.store.reads.views import CellCount, CountPoint, Total
from newsbeam.store.schema import Moment, count


def count_series(  # noqa: PLR0913
    store: Store,
    *,
    topic: str,
    start: datetime,
    end: datetime,
    dimension: str = "all",
    value: str | None = None,
    step_s: int = BUCKET_S,
) -> list[CountPoint]:
    """Return counts of `topic` in steps of `step_s` (a multiple of 900) from `start` on, before `end`.

    One point for each step and value of the dimension in which `*` counted anything, by time and value; a
    step without a point counted nothing. `value` restricts to one value of the dimension.
    """
    step = _step(step_s).label("at")
    mine = count.c.topic == topic
    everything = count.c.topic == EVERYTHING
    query = (
        select(
            step,
            count.c.value,
            _sum(count.c.stories, mine).label("stories"),
            _sum(count.c.clusters, mine).label("clusters"),
            _sum(count.c.stories, everything).label("all_stories"),
            _sum(count.c.clusters, everything).label("all_clusters"),
        )
        .where(count.c.topic.in_([topic, EVERYTHING]), _within(start, end, dimension))
        .group_by(step, count.c.value)
        .order_by(step, count.c.value)
    )
    if value is not None:
        query = query.where(count.c.value == value)
    with store.read() as connection:
        return [CountPoint(**row._asdict()) for row in connection.execute(query)]


def topic_totals(store: Store, start: datetime, end: datetime) -> list[Total]:
    """Return the sums of every topic, and of `*`, over [start, end), largest first."""
    wanted = and_(count.c.topic.in_(_counted_topics()), _within(start, end, "all"))
    return _totals(store, count.c.topic, wanted, limit=None)


def dimension_totals(
    store: Store, *, topic: str, dimension: str, start: datetime, end: datetime, limit: int = 20
) -> list[Total]:
    """Return the sums of one dimension's values (outlet, language, …) over [start, end), largest first."""
    wanted = and_(count.c.topic == topic, _within(start, end, dimension))
    return _totals(store, count.c.value, wanted, limit)


def read_cells(store: Store, start: datetime, end: datetime) -> list[CellCount]:
    """Return every counter in [start, end) that is not zero, as stored: what a recount must equal."""
    query = (
        select(count)
        .where(count.c.bucket >= start, count.c.bucket < end)
        .where((count.c.stories != 0) | (count.c.clusters != 0))
        .order_by(count.c.bucket, count.c.topic, count.c.dimension, count.c.value)
    )
    with store.read() as connection:
        return [CellCount(**row._asdict()) for row in connection.execute(query)]


def _counted_topics() -> Select[str]:
    """The topics that were ever counted, each found by one step in the table's key."""
    counted = select(func.min(count.c.topic).label("topic")).cte("counted", recursive=True)
    following = select(func.min(count.c.topic)).where(count.c.topic > counted.c.topic).scalar_subquery()
    return select(counted.union_all(select(following).where(counted.c.topic.is_not(None))).c.topic)


def _totals(store: Store, name: Column[str], wanted: ColumnElement[bool], limit: int | None) -> list[Total]:
    stories = func.sum(count.c.stories)
    query = (
        select(name.label("name"), stories.label("stories"), func.sum(count.c.clusters).label("clusters"))
        .where(wanted)
        .group_by(name)
        .having(stories != 0)
        .order_by(stories.desc(), name)
        .limit(limit)
    )
    with store.read() as connection:
        return [Total(**row._asdict()) for row in connection.execute(query)]


def _within(start: datetime, end: datetime, dimension: str) -> ColumnElement[bool]:
    return and_(count.c.bucket >= start, count.c.bucket < end, count.c.dimension == dimension)


def _sum(column: Column[int], wanted: ColumnElement[bool]) -> SQLColumnExpression[int]:
    return func.coalesce(func.sum(column).filter(wanted), 0)


def _step(step_s: int) -> ColumnElement[datetime]:
    if step_s <= 0 or step_s % BUCKET_S:
        raise ValueError(f"a step of {step_s} s is no multiple of {BUCKET_S} s")
    microseconds = type_coerce(count.c.bucket, BigInteger)
    step = literal(step_s * 1_000_000, BigInteger, literal_execute=True)
    return type_coerce(microseconds - microseconds % step, Moment)
