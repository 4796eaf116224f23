"""How far each partition of the bus is recorded, and how its records ended."""

from datetime import datetime

import msgspec
from sqlalchemy import select

from newsbeam.store.database import Store
from newsbeam.store.schema import disposition, position


class Position(msgspec.Struct, frozen=True):
    """One partition: offsets in [base, next) are accounted for, each in one of `dispositions`."""

    topic: str
    partition: int
    base: int
    next: int
    moved_at: datetime
    dispositions: dict[str, int]


def read_positions(store: Store, topic: str) -> dict[int, int]:
    """Return the next offset to record of every partition of `topic` that has been recorded at all."""
    with store.read() as connection:
        rows = connection.execute(
            select(position.c.partition, position.c.next).where(position.c.topic == topic)
        )
        return {row.partition: row.next for row in rows}


def read_dispositions(store: Store) -> list[Position]:
    """Return every partition with its position and how its records ended."""
    with store.read() as connection:
        ended: dict[tuple[str, int], dict[str, int]] = {}
        for row in connection.execute(select(disposition)):
            ended.setdefault((row.topic, row.partition), {})[row.disposition] = row.records
        rows = connection.execute(select(position).order_by(position.c.topic, position.c.partition))
        return [
            Position(r.topic, r.partition, r.base, r.next, r.moved_at, ended.get((r.topic, r.partition), {}))
            for r in rows
        ]
