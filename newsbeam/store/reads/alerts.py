"""Alerts, why they were told or not, and where they were sent."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select

from newsbeam.alert import Alert
from newsbeam.codec import from_json
from newsbeam.errors import NotFound
from newsbeam.store.database import Store
from newsbeam.store.reads.stories import stories_by_ids
from newsbeam.store.reads.views import AlertDetail, AlertView, DecisionView, DeliveryView
from newsbeam.store.schema import alert, decision, delivery, outbox
from newsbeam.store.statements import select_in
from newsbeam.story import Span


def latest_alerts(
    store: Store,
    *,
    topic: str | None = None,
    after: int | None = None,
    before: int | None = None,
    limit: int = 50,
) -> list[AlertView]:
    """Return alerts in their newest version: newest first, or oldest first from `after` on (to follow).

    `after` and `before` are exclusive cursors over `alert_seq`; a new version gives an alert a new one.
    """
    query = select(alert.c.alert_seq, alert.c.document).limit(limit)
    if topic is not None:
        query = query.where(alert.c.topic == topic)
    if after is not None:
        query = query.where(alert.c.alert_seq > after)
    if before is not None:
        query = query.where(alert.c.alert_seq < before)
    order = alert.c.alert_seq.asc() if after is not None else alert.c.alert_seq.desc()
    with store.read() as connection:
        rows = connection.execute(query.order_by(order))
        return [AlertView(row.alert_seq, from_json(row.document, Alert)) for row in rows]


def last_alert_before(store: Store, moment: datetime) -> int:
    """Return the `alert_seq` of the last alert that was told or updated before a moment, 0 when none was."""
    query = select(func.max(alert.c.alert_seq)).where(alert.c.updated_at < moment)
    with store.read() as connection:
        return int(connection.execute(query).scalar_one() or 0)


def alert_by_id(store: Store, alert_id: str) -> AlertDetail:
    """Return one alert with its members, decisions and deliveries; raises `NotFound`."""
    with store.read() as connection:
        row = connection.execute(
            select(alert.c.alert_seq, alert.c.document).where(alert.c.id == alert_id)
        ).one_or_none()
        if row is None:
            raise NotFound(f"no alert {alert_id} is stored")
        rows = connection.execute(select(decision).where(decision.c.alert == alert_id)).all()
        decisions = tuple(decision_view(found) for found in rows)
        return AlertDetail(
            row.alert_seq,
            from_json(row.document, Alert),
            tuple(stories_by_ids(connection, [found.story for found in decisions])),
            decisions,
            tuple(deliveries_of(connection, [alert_id])),
        )


def alerts_by_ids(connection: Connection, ids: Iterable[str]) -> list[AlertView]:
    """Return the alerts of `ids`, by `alert_seq`."""
    query = select(alert.c.alert_seq, alert.c.document)
    found = [
        AlertView(r.alert_seq, from_json(r.document, Alert))
        for r in select_in(connection, query, alert.c.id, ids)
    ]
    return sorted(found, key=lambda view: view.alert_seq)


def decision_view(row: Row[Any]) -> DecisionView:
    """Return the view of a row of `decision`."""
    fields = row._asdict()
    return DecisionView(**fields | {"spans": from_json(fields["spans"], tuple[Span, ...])})


def deliveries_of(connection: Connection, alerts: Iterable[str]) -> list[DeliveryView]:
    """Return the ledger rows of some alerts' versions, in the order of their outbox rows."""
    names = [n for n in DeliveryView.__struct_fields__ if n not in {"alert", "version"}]
    query = select(outbox.c.alert, outbox.c.version, *(delivery.c[n] for n in names)).join(
        outbox, outbox.c.seq == delivery.c.seq
    )
    rows = select_in(connection, query.order_by(delivery.c.seq, delivery.c.key), outbox.c.alert, alerts)
    return [DeliveryView(**row._asdict()) for row in rows]
