"""What a worker was at when it died: how a record that kills its readers is found, and becomes a dead letter.

A worker writes down where it begins. When it dies of its own without having moved on, the partition is stuck,
and the next worker goes careful: one record at a time, with a marker committed before each is touched. A
record marked at `FATAL` such deaths is the cause. Kills from outside are never written down (DESIGN:
poison).
"""

from collections.abc import Mapping
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, select, update

from newsbeam.store.database import Store
from newsbeam.store.schema import marker, position
from newsbeam.store.statements import upsert

FATAL = 2  # deaths on one marked record


class Marker(msgspec.Struct, frozen=True):
    """An offset, how many workers died of it, and how many in a row died without leaving it."""

    offset: int
    deaths: int
    stuck: int


def begin(
    store: Store, topic: str, starts: Mapping[int, int], owner: str, now: datetime
) -> dict[int, Marker]:
    """Write down that `owner` reads these partitions from `starts`; return each one's marker.

    A partition that has moved past its marker since is forgiven everything.
    """
    with store.write() as connection:
        known = _markers(connection, topic)
        markers = {}
        for partition, start in starts.items():
            old = known.get(partition)
            markers[partition] = Marker(start, 0, 0) if old is None or start > old.offset else old
        upsert(connection, marker, [_row(topic, p, m, owner, now) for p, m in markers.items()])
    return markers


def mark(store: Store, topic: str, partition: int, offset: int, owner: str, now: datetime) -> None:
    """Commit that the record at `offset` is about to be processed, alone."""
    with store.write() as connection:
        old = _markers(connection, topic).get(partition, Marker(offset, 0, 0))
        deaths = old.deaths if old.offset == offset else 0
        row = _row(topic, partition, Marker(offset, deaths, old.stuck), owner, now)
        upsert(connection, marker, [{**row, "careful": True}])


def record_death(store: Store, owner: str, now: datetime) -> list[tuple[str, int]]:
    """Write down that `owner` died of its own; return the (topic, partition)s that it leaves stuck."""
    reached = (marker.c.topic == position.c.topic) & (marker.c.partition == position.c.partition)
    with store.write() as connection:
        rows = connection.execute(
            select(marker, position.c.next).outerjoin(position, reached).where(marker.c.owner == owner)
        )
        stuck = [row for row in rows if row.next is None or row.next <= row.offset]
        for row in stuck:
            connection.execute(
                update(marker)
                .where(marker.c.topic == row.topic, marker.c.partition == row.partition)
                .values(
                    stuck=row.stuck + 1, deaths=row.deaths + int(row.careful), careful=False, marked_at=now
                )
            )
        return [(row.topic, row.partition) for row in stuck]


def clear(store: Store, topic: str, partition: int) -> None:
    """Forget a partition's marker: it was read carefully to the end of the doubtful stretch."""
    with store.write() as connection:
        connection.execute(delete(marker).where(marker.c.topic == topic, marker.c.partition == partition))


def _markers(connection: Connection, topic: str) -> dict[int, Marker]:
    rows = connection.execute(select(marker).where(marker.c.topic == topic))
    return {row.partition: Marker(row.offset, row.deaths, row.stuck) for row in rows}


def _row(topic: str, partition: int, told: Marker, owner: str, now: datetime) -> dict[str, object]:
    return {
        "topic": topic,
        "partition": partition,
        "offset": told.offset,
        "owner": owner,
        "careful": False,
        "deaths": told.deaths,
        "stuck": told.stuck,
        "marked_at": now,
    }
