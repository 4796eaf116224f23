"""Which subscription gets what: pure decisions over outbox rows."""

from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from connectors.channels.channel import DEAD, Parcel
from connectors.channels.cloudevent import dead_document
from newsbeam.alert import Severity, Subscription
from newsbeam.identity import delivery_key, digest
from newsbeam.store.outbox import Claim, OutboxRow, PlannedDelivery

BUS = Subscription(id="bus", channel="topic", updates=True)  # always on: every version, and dead letters
_LOUDNESS = {severity.value: rank for rank, severity in enumerate(Severity)}


def wants(subscription: Subscription, row: OutboxRow) -> bool:
    """Whether the subscription is to get this row. Dead letters go to the bus alone."""
    if not subscription.enabled:
        return False
    if row.kind == DEAD:
        return subscription.id == BUS.id
    if not subscription.updates and (row.version or 1) > 1:
        return False
    if _LOUDNESS.get(row.severity or "", 0) < _LOUDNESS[subscription.min_severity.value]:
        return False
    return any(fnmatchcase(row.topic, pattern) for pattern in subscription.topics)


def plan_deliveries(row: OutboxRow, subscriptions: Sequence[Subscription]) -> Iterator[PlannedDelivery]:
    """Yield the deliveries of one outbox row, with their idempotency keys."""
    for subscription in subscriptions:
        if wants(subscription, row):
            yield PlannedDelivery(key_of(subscription, row), subscription.id)


def key_of(subscription: Subscription, row: OutboxRow) -> str:
    """Return the idempotency key: of the alert's version, or of the dead letter's place."""
    if row.alert is not None and row.version is not None:
        return delivery_key(subscription.id, row.alert, row.version)
    return delivery_key(subscription.id, digest(row.kind, row.topic, row.document.decode("latin-1")), 1)


def parcel_of(claimed: Claim) -> Parcel:
    """Return what a channel sends for a claimed delivery."""
    row = claimed.row
    document = row.document if claimed.letter is None else dead_document(claimed.letter)
    return Parcel(
        key=claimed.key,
        kind=row.kind,
        topic=row.topic,
        document=document,
        written_at=row.written_at,
        alert=row.alert,
    )
