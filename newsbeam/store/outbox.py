"""What must leave the store: outbox rows fan out to a ledger of deliveries: claimed, sent, settled."""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import ColumnElement, Connection, and_, exists, or_, select, update

from newsbeam.store.database import Store
from newsbeam.store.schema import delivery, outbox
from newsbeam.store.statements import insert_new

PENDING, DELIVERED, FAILED = "pending", "delivered", "failed"
ERROR_LIMIT = 500  # characters kept of a failure


class OutboxRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to tell: an alert's version, or a dead letter; `document` is what was recorded, verbatim."""

    seq: int
    kind: str  # alert | dead
    topic: str
    severity: str | None
    alert: str | None
    version: int | None
    document: bytes
    written_at: datetime


class PlannedDelivery(msgspec.Struct, frozen=True):
    """That a subscription is to get an outbox row; `key` is its idempotency key."""

    key: str
    subscription: str


class Claim(msgspec.Struct, frozen=True):
    """A delivery that one deliverer alone may send until its lease ends; `attempts` counts those before."""

    key: str
    subscription: str
    attempts: int
    row: OutboxRow


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
        columns = [outbox.c[name] for name in OutboxRow.__struct_fields__]
        query = select(*columns).where(outbox.c.fanned_out.is_(False)).order_by(outbox.c.seq).limit(limit)
        rows = [
            OutboxRow(**row) for row in connection.execute(query.with_for_update(skip_locked=True)).mappings()
        ]
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

    A later version of an alert waits until the earlier ones are settled, and until they are fanned out: another
    deliverer may be at them.
    """
    earlier, before = delivery.alias(), outbox.alias()
    older = and_(before.c.alert == outbox.c.alert, before.c.seq < outbox.c.seq)
    unsettled = exists().where(
        older,
        earlier.c.seq == before.c.seq,
        earlier.c.subscription == subscription,
        earlier.c.status == PENDING,
    )
    waits = or_(unsettled, exists().where(older, before.c.fanned_out.is_(False)))
    columns = [outbox.c[name] for name in OutboxRow.__struct_fields__]
    query = (
        select(delivery.c.key, delivery.c.attempts, *columns)
        .join(outbox, outbox.c.seq == delivery.c.seq)
        .where(delivery.c.subscription == subscription, _due(now), ~waits)
        .order_by(delivery.c.seq)
        .limit(limit)
        .with_for_update(skip_locked=True, of=delivery)
    )
    with store.read() as connection:  # most looks find nothing, and need no write transaction
        if not connection.execute(
            select(exists().where(delivery.c.subscription == subscription, _due(now)))
        ).scalar():
            return []
    with store.write() as connection:
        claims = []
        for row in connection.execute(query).mappings():
            content = OutboxRow(**{name: row[name] for name in OutboxRow.__struct_fields__})
            claims.append(Claim(row["key"], subscription, row["attempts"], content))
        if claims:
            taken = update(delivery).where(delivery.c.key.in_([claimed.key for claimed in claims]))
            connection.execute(taken.values(claimed_by=owner, claimed_until=until))
        return claims


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
