"""What must leave the store: outbox rows fan out to a ledger of deliveries: claimed, sent, settled.

Of a dead letter the outbox keeps only the place: what is told of it is built from the letter's own row, so that it
is held once. With that row, removed by retention or forgotten, goes what is still to be told of it.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    LargeBinary,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
    update,
)

from newsbeam.codec import from_json
from newsbeam.errors import DecodeError
from newsbeam.store.database import Store
from newsbeam.store.reads.views import DeadLetterView
from newsbeam.store.schema import dead_letter, delivery, outbox
from newsbeam.store.statements import insert_new

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
DEAD = "dead"  # the kind of row that tells of a dead letter
ERROR_LIMIT = 500  # characters kept of a failure
BYTES_AT_ONCE = 8 * 1024 * 1024  # taken by one fan-out or claim; the row that goes over it is the last
_READ_AHEAD = 8  # rows: each may hold a megabyte
_LETTER_LIMIT = 1_000_000  # bytes read of a dead letter: no record of the bus can hold more
_GONE = "the dead letter is kept no longer"


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell: an alert's version as it was recorded, verbatim, or the `Place` of a dead letter."""

    seq: int
    kind: str  # alert | dead
    topic: str
    severity: str | None
    alert: str | None
    version: int | None
    document: bytes
    written_at: datetime


_CONTENT = [outbox.c[name] for name in OutboxRow.__struct_fields__]


_LETTER_AT = select(
    *(column for column in dead_letter.c if column is not dead_letter.c.value),
    func.substr(dead_letter.c.value, 1, _LETTER_LIMIT, type_=LargeBinary).label("value"),
).where(*(column == bindparam(column.name, type_=column.type) for column in dead_letter.primary_key.columns))


class Place(msgspec.Struct, frozen=True):
    """Where a dead letter lies."""

    topic: str
    partition: int
    offset: int


class PlannedDelivery(msgspec.Struct, frozen=True):
    """That a subscription is to get an outbox row; `key` is its idempotency key."""

    key: str
    subscription: str


class Claim(msgspec.Struct, frozen=True):
    """A delivery that one deliverer alone may send until its lease ends; `attempts` counts those before.

    `letter` is the dead letter that the row tells of; of a very long one only the beginning.
    """

    key: str
    subscription: str
    attempts: int
    row: OutboxRow
    letter: DeadLetterView | None = None


Plan = Callable[[OutboxRow], Iterable[PlannedDelivery]]


class Settlement(msgspec.Struct, frozen=True, kw_only=True):
    """How an attempt ended: `next_at` is when to try again, None when there is nothing more to try."""

    key: str
    status: str  # pending | delivered | failed
    at: datetime
    next_at: datetime | None = None
    error: str | None = None


def has_work(store: Store, subscriptions: Collection[str], now: datetime) -> bool:
    """Whether an outbox row waits for its fan-out, or one of `subscriptions` has a delivery due; cheap."""
    with store.read() as connection:
        waiting = select(exists().where(outbox.c.fanned_out.is_(False)))
        due = select(exists().where(_due(now), delivery.c.subscription.in_(list(subscriptions))))
        return bool(connection.execute(waiting).scalar() or connection.execute(due).scalar())


def fan_out(store: Store, plan: Plan, now: datetime, limit: int = 500) -> int:
    """Turn the oldest outbox rows into ledger rows, in one transaction; return how many rows were taken.

    Each row is planned once: what a subscription added later wants of it is never sent.
    """
    with store.write() as connection:
        query = select(*_CONTENT).where(outbox.c.fanned_out.is_(False)).order_by(outbox.c.seq).limit(limit)
        rows = _some_rows(connection, query.with_for_update(skip_locked=True))
        if not rows:
            return 0
        insert_new(
            connection, delivery, [_pending(row, planned, now) for row in rows for planned in plan(row)]
        )
        done = update(outbox).where(outbox.c.seq.in_([row.seq for row in rows])).values(fanned_out=True)
        connection.execute(done)
        return len(rows)


def claim(
    store: Store, subscription: str, owner: str, now: datetime, until: datetime, limit: int
) -> Sequence[Claim]:
    """Claim up to `limit` due deliveries of one subscription, oldest first, for `owner` until a moment.

    Fewer when they are large. A later version of an alert waits until the earlier ones are settled, and until they
    are fanned out: another deliverer may be at them. What tells of a dead letter that is no more fails here.
    """
    with store.read() as connection:  # most looks find nothing, and need no write transaction
        if not connection.execute(
            select(exists().where(delivery.c.subscription == subscription, _due(now)))
        ).scalar():
            return []
    query = _claimable(subscription, now).limit(limit)
    claims: list[Claim] = []
    gone = True
    while gone and not claims:  # a page of dead letters that are no more must not hold what waits behind it
        with store.write() as connection:
            found = _some_claims(connection, query, subscription)
            claims = [one for one in found if one.letter is not None or one.row.kind != DEAD]
            gone = len(claims) < len(found)
            ours = [one.key for one in claims]
            lost = [one.key for one in found if one.key not in ours]
            _set(connection, ours, claimed_by=owner, claimed_until=until)
            _set(connection, lost, status=FAILED, error=_GONE, claimed_by=None, claimed_until=None)
    return claims


def _claimable(subscription: str, now: datetime) -> Select[Any]:
    """Select a subscription's deliveries that may be claimed now, oldest first, with what they tell."""
    earlier, before = delivery.alias(), outbox.alias()
    older = and_(before.c.alert == outbox.c.alert, before.c.seq < outbox.c.seq)
    unsettled = exists().where(
        older,
        earlier.c.seq == before.c.seq,
        earlier.c.subscription == subscription,
        earlier.c.status == PENDING,
    )
    waits = or_(unsettled, exists().where(older, before.c.fanned_out.is_(False)))
    return (
        select(delivery.c.key, delivery.c.attempts, *_CONTENT)
        .join(outbox, outbox.c.seq == delivery.c.seq)
        .where(delivery.c.subscription == subscription, _due(now), ~waits)
        .order_by(delivery.c.seq)
        .with_for_update(skip_locked=True, of=delivery)
    )


def _content(row: Mapping[Any, Any]) -> OutboxRow:
    return OutboxRow(**{name: row[name] for name in OutboxRow.__struct_fields__})


def _some_rows(connection: Connection, query: Select[Any]) -> list[OutboxRow]:
    """Return the query's first outbox rows, until their documents are as many bytes as may be taken at once."""
    rows: list[OutboxRow] = []
    size = 0
    with connection.execute(query.execution_options(yield_per=_READ_AHEAD)) as result:
        for row in result.mappings():
            rows.append(_content(row))
            size += len(rows[-1].document)
            if size >= BYTES_AT_ONCE:
                break
    return rows


def _some_claims(connection: Connection, query: Select[Any], subscription: str) -> list[Claim]:
    """Return the query's first deliveries and what they tell, until that is as many bytes as may be taken at once."""
    claims: list[Claim] = []
    size = 0
    with connection.execute(query.execution_options(yield_per=_READ_AHEAD)) as result:
        for row in result.mappings():
            content = _content(row)
            letter = _letter(connection, content) if content.kind == DEAD else None
            claims.append(Claim(row["key"], subscription, row["attempts"], content, letter))
            size += len(content.document) + (0 if letter is None else len(letter.value))
            if size >= BYTES_AT_ONCE:
                break
    return claims


def _letter(connection: Connection, row: OutboxRow) -> DeadLetterView | None:
    """Return the dead letter that a row tells of, None when it is no more."""
    try:
        place = from_json(row.document, Place)
    except DecodeError:
        return None
    found = connection.execute(_LETTER_AT, msgspec.structs.asdict(place)).mappings().one_or_none()
    return None if found is None else DeadLetterView(**found)


def _set(connection: Connection, keys: Sequence[str], **values: object) -> None:
    if keys:
        connection.execute(update(delivery).where(delivery.c.key.in_(keys)).values(**values))


def settle(store: Store, owner: str, settlements: Sequence[Settlement]) -> int:
    """Write how attempts ended, and give the claims back; return how many rows took it.

    A success is always written. Anything else only while the claim is still `owner`'s: another deliverer that
    took the delivery over knows better.
    """
    with store.write() as connection:
        return sum(_settle(connection, owner, settlement) for settlement in settlements)


def _settle(connection: Connection, owner: str, settlement: Settlement) -> int:
    mine = and_(delivery.c.key == settlement.key, delivery.c.status == PENDING)
    values: dict[str, object] = {"status": settlement.status, "attempts": delivery.c.attempts + 1}
    values["error"] = None if settlement.error is None else settlement.error[:ERROR_LIMIT]
    if settlement.status == DELIVERED:
        mine = and_(delivery.c.key == settlement.key, delivery.c.status != DELIVERED)
        values["delivered_at"] = settlement.at
    else:
        mine = and_(mine, delivery.c.claimed_by == owner)
    if settlement.next_at is not None:
        values["next_at"] = settlement.next_at
    done = update(delivery).where(mine).values(claimed_by=None, claimed_until=None, **values)
    return connection.execute(done).rowcount


def release(store: Store, owner: str, keys: Sequence[str] | None = None) -> None:
    """Give claims back without an attempt counted: those with `keys`, or all of `owner`'s."""
    mine = and_(delivery.c.claimed_by == owner, delivery.c.status == PENDING)
    if keys is not None:
        mine = and_(mine, delivery.c.key.in_(keys))
    with store.write() as connection:
        connection.execute(update(delivery).where(mine).values(claimed_by=None, claimed_until=None))


def give_up(
    store: Store, subscriptions: Collection[str], written_before: datetime, now: datetime, why: str
) -> int:
    """Mark as failed what `subscriptions` still wait for and was written before a moment; return how many."""
    old = select(outbox.c.seq).where(outbox.c.written_at < written_before)
    free = or_(delivery.c.claimed_until.is_(None), delivery.c.claimed_until <= now)
    stale = and_(delivery.c.status == PENDING, delivery.c.subscription.in_(list(subscriptions)), free)
    with store.write() as connection:
        failed = update(delivery).where(stale, delivery.c.seq.in_(old)).values(status=FAILED, error=why)
        return connection.execute(failed).rowcount


def waiting_subscriptions(store: Store) -> frozenset[str]:
    """Return the ids of the subscriptions that have pending deliveries."""
    with store.read() as connection:
        query = select(delivery.c.subscription).where(delivery.c.status == PENDING).distinct()
        return frozenset(connection.execute(query).scalars())


def _due(now: datetime) -> ColumnElement[bool]:
    free = or_(delivery.c.claimed_until.is_(None), delivery.c.claimed_until <= now)
    return and_(delivery.c.status == PENDING, delivery.c.next_at <= now, free)


def _pending(row: OutboxRow, planned: PlannedDelivery, now: datetime) -> dict[str, object]:
    return {
        "key": planned.key,
        "seq": row.seq,
        "subscription": planned.subscription,
        "status": PENDING,
        "attempts": 0,
        "next_at": now,
        "claimed_by": None,
        "claimed_until": None,
        "delivered_at": None,
        "error": None,
    }
