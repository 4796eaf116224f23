"""The service in numbers."""

from sqlalchemy import Column, Connection, Table, func, select, text

from newsbeam.store.database import Store
from newsbeam.store.reads.views import Status
from newsbeam.store.schema import (
    alert,
    cluster,
    dead_letter,
    delivery,
    disposition,
    feed_state,
    outbox,
    pointer,
    sequence,
    story,
)

_COUNTED = 1_000_000  # rows of one table; it takes PostgreSQL about a tenth of a second to count them
_ESTIMATE = text("SELECT reltuples FROM pg_class WHERE oid = to_regclass(:name)")


def status(store: Store) -> Status:
    """Return the service's numbers, of one moment.

    How many rows of a table PostgreSQL holds is its own estimate where those are more than a million: counting them
    reads them all, and pages ask often.
    """
    with store.read() as connection:
        pointers = {r.name: r.value for r in connection.execute(select(pointer.c.name, pointer.c.value))}
        given = {r.name: r.value for r in connection.execute(select(sequence))}
        ended = select(disposition.c.disposition, func.sum(disposition.c.records))
        rows = connection.execute(ended.group_by(disposition.c.disposition))
        waiting = select(func.count()).select_from(outbox).where(outbox.c.fanned_out.is_(False))
        newest = select(story.c.recorded_at).order_by(story.c.record_seq.desc()).limit(1)
        return Status(
            epoch=pointers.get("epoch", ""),
            catalog=pointers.get("catalog"),
            stories=_size(connection, story),
            clusters=_size(connection, cluster),
            alerts=_size(connection, alert),
            dead_letters=_size(connection, dead_letter),
            feeds=_by(connection, feed_state.c.status),
            deliveries=_by(connection, delivery.c.status),
            dispositions={name: int(records) for name, records in rows},
            outbox_backlog=connection.execute(waiting).scalar_one(),
            last_recorded_at=connection.execute(newest).scalar_one_or_none(),
            last_told_at=connection.execute(select(func.max(alert.c.told_at))).scalar_one_or_none(),
            record_seq=given.get("record", 0),
            alert_seq=given.get("alert", 0),
        )


def _size(connection: Connection, table: Table) -> int:
    if connection.dialect.name == "postgresql":
        estimate = connection.execute(_ESTIMATE, {"name": table.name}).scalar_one()
        if estimate > _COUNTED:
            return int(estimate)
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def _by(connection: Connection, column: Column[str]) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).group_by(column).order_by(column))
    return {name: int(number) for name, number in rows}
