"""The bus without a server: a durable, partitioned, replayable log in one SQLite file of its own.

Not the store's file: publishing would then wait for Record's transaction (docs/decisions/0001-local-bus.md).
"""

import logging
import sqlite3
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from newsbeam.bus.logfile import connect, partitions_of, reading, require_room, session, translated, writing
from newsbeam.bus.partitioning import partition_of
from newsbeam.bus.port import MAX_RECORD_BYTES, STORIES, Batch, Bounds, Publisher, Record, Sent, size_of
from newsbeam.errors import BusUnavailable, Gap, NotFound, PublishFailed, RecordTooLarge

log = logging.getLogger(__name__)

BATCH_BYTES = 8 * 1024 * 1024
PAUSE_FIRST_S = 0.002
PAUSE_LONGEST_S = 0.1
SWEEP_EVERY_S = 600.0
SWEEP_ROWS = 2_000
EPOCH = datetime.fromtimestamp(0, UTC)

_encode_headers = msgspec.msgpack.Encoder().encode
_decode_headers = msgspec.msgpack.Decoder(tuple[tuple[str, bytes], ...]).decode


class Retention(msgspec.Struct, frozen=True):
    """How long records stay: `age_s` seconds, but at most `size_bytes` in a partition.

    Age alone removes nothing that lies after the position shown by `commit`: what waits to be read stays, and so do
    all stories as long as nobody has read any. Of other topics nobody may ever show a position: there age decides.
    """

    age_s: float = 7 * 86_400.0
    size_bytes: int = 512 * 1024 * 1024


class LocalBus(msgspec.Struct, frozen=True):
    """A handle on the bus in one SQLite file; new topics get `topic_partitions` partitions.

    `clock` gives nanoseconds since 1970, and is the bus's own: it stamps records as they are taken.
    """

    path: Path
    topic_partitions: int = 4
    retention: Retention = Retention()
    max_record_bytes: int = MAX_RECORD_BYTES
    clock: Callable[[], int] = time.time_ns

    @property
    def url(self) -> str:
        """The address, as `open_bus` takes it."""
        return f"sqlite:///{self.path}?partitions={self.topic_partitions}"

    def publisher(self) -> "LocalPublisher":
        """Open a publisher."""
        return LocalPublisher(self)

    def reader(self, topic: str, partition: int) -> "LocalReader":
        """Open a reader of one partition."""
        return LocalReader(self, topic, partition)

    def partitions(self, topic: str) -> int:
        """Return the number of partitions, creating the topic when it is missing."""
        with session(self.path) as connection:
            return len(partitions_of(connection, topic, self.topic_partitions))

    def commit(self, topic: str, positions: dict[int, int]) -> None:
        """Show progress to lag displays and to retention; moves forwards only, and never fails its caller."""
        rows = [(position, topic, number, position) for number, position in positions.items()]
        try:
            with session(self.path) as connection, writing(connection):
                connection.executemany(
                    "UPDATE partition SET committed = ? WHERE topic = ? AND number = ?"
                    " AND coalesce(committed, -1) < ?",
                    rows,
                )
        except BusUnavailable as error:
            log.warning("Progress on %s is not shown: %s", topic, error)

    def check(self) -> None:
        """Raise `BusUnavailable` with a clear reason unless the file can be read and written now, and grow."""
        with session(self.path) as connection, writing(connection):
            connection.execute("SELECT count(*) FROM topic").fetchone()
        with translated(self.path):
            require_room(self.path)

    def sweep(self) -> int:
        """Remove what retention no longer keeps, of every topic; return how many records went."""
        removed = 0
        with session(self.path) as connection:
            while slice_ := _sweep_slice(connection, self.retention, self.clock() // 1000):
                removed += slice_
        return removed


class LocalPublisher(Publisher):
    """Appends to the file; one transaction a call, so that a call's records appear together or not at all."""

    def __init__(self, bus: LocalBus) -> None:
        self._bus = bus
        self._connection: sqlite3.Connection | None = None
        self._topics: dict[str, dict[int, int]] = {}
        self._sweep_at = 0.0

    def publish(self, topic: str, records: Sequence[Sent], timeout_s: float = 30.0) -> None:
        """Return when every record is on the disk; see `Publisher.publish`."""
        for record in records:
            if size_of(record) > self._bus.max_record_bytes:
                raise RecordTooLarge(
                    f"a record of {size_of(record):,} bytes for {topic} is over the bus's limit "
                    f"of {self._bus.max_record_bytes:,} bytes"
                )
        try:
            with translated(self._bus.path):
                self._append(topic, records, timeout_s)
        except BaseException:
            self.close()  # the next call opens the file anew: it may have been moved, or its disk replaced
            raise
        self._sweep()

    def _append(self, topic: str, records: Sequence[Sent], timeout_s: float) -> None:
        connection = self._connected()
        connection.execute(f"PRAGMA busy_timeout = {max(1, int(timeout_s * 1000))}")
        if topic not in self._topics:
            self._topics[topic] = partitions_of(connection, topic, self._bus.topic_partitions)
        parts = self._topics[topic]
        shares: dict[int, list[Sent]] = {}
        for record in records:
            shares.setdefault(parts[partition_of(record.key, len(parts))], []).append(record)
        with writing(connection, uncertain=PublishFailed):
            for part in sorted(shares):
                _append_share(connection, part, shares[part], self._bus.clock() // 1000)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = connect(self._bus.path)
        return self._connection

    def _sweep(self) -> None:
        if self._connection is None or time.monotonic() < self._sweep_at:
            return
        try:
            with translated(self._bus.path):
                if not _sweep_slice(self._connection, self._bus.retention, self._bus.clock() // 1000):
                    self._sweep_at = time.monotonic() + SWEEP_EVERY_S
        except BusUnavailable as error:  # the records are acknowledged: that must not fail any more
            self._sweep_at = time.monotonic() + SWEEP_EVERY_S
            log.warning("Old records stay for now: %s", error)

    def close(self) -> None:
        """Release the file; idempotent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._topics = {}


class LocalReader:
    """Reads one partition from any position; sees a record when the publisher's transaction is done."""

    def __init__(self, bus: LocalBus, topic: str, partition: int) -> None:
        self._bus = bus
        self._topic = topic
        self._number = partition
        self._part = -1
        self._connection: sqlite3.Connection | None = None
        self._pause_s = PAUSE_FIRST_S  # grows from read to read while nothing comes

    def read(self, position: int, max_records: int, timeout_s: float) -> Batch:
        """Return records from `position` on; see `Reader.read`."""
        deadline = time.monotonic() + timeout_s
        try:
            with translated(self._bus.path):
                connection = self._connected()
                version = -1
                while True:
                    if (changed := _data_version(connection)) != version:
                        version = changed
                        batch = self._query(connection, position, max_records)
                        if batch.next > position:
                            self._pause_s = PAUSE_FIRST_S
                            return batch
                    if (left_s := deadline - time.monotonic()) <= 0:
                        return Batch(position, position, ())
                    time.sleep(min(self._pause_s, left_s))
                    self._pause_s = min(self._pause_s * 1.5, PAUSE_LONGEST_S)
        except BusUnavailable:
            self.close()
            raise

    def _query(self, connection: sqlite3.Connection, position: int, max_records: int) -> Batch:
        with reading(connection):
            bounds = self._bounds(connection)
            if position > bounds.end:
                raise Gap(
                    f"{self._topic}/{self._number} ends at {bounds.end}, position {position} lies past that: "
                    "the bus was replaced or cut since that position was stored"
                )
            if position == bounds.end:
                return Batch(position, position, ())
            rows = connection.execute(
                "SELECT position, appended_us, key, value, headers FROM record"
                " WHERE partition = ? AND position >= ? ORDER BY position LIMIT ?",
                (self._part, position, max_records),
            )
            records, size = [], 0
            for offset, appended_us, key, value, headers in rows:
                records.append(_record(offset, appended_us, key, value, headers))
                size += len(key) + len(value)
                if size >= BATCH_BYTES:
                    break
            rows.close()
        return Batch(position, records[-1].offset + 1 if records else bounds.end, tuple(records))

    def bounds(self) -> Bounds:
        """Return the readable range now."""
        with translated(self._bus.path):
            return self._bounds(self._connected())

    def _bounds(self, connection: sqlite3.Connection) -> Bounds:
        row = connection.execute("SELECT first, next FROM partition WHERE id = ?", (self._part,)).fetchone()
        if row is None:
            raise Gap(f"{self._topic}/{self._number} is gone: the bus was replaced while it was read")
        return Bounds(*row)

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            connection = connect(self._bus.path)
            parts = partitions_of(connection, self._topic, self._bus.topic_partitions)
            if self._number not in parts:
                connection.close()
                raise NotFound(
                    f"{self._topic} has {len(parts)} partitions, numbered from 0: there is no {self._number}"
                )
            self._part = parts[self._number]
            self._connection = connection
        return self._connection

    def close(self) -> None:
        """Release the file; idempotent."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def _append_share(connection: sqlite3.Connection, part: int, records: Sequence[Sent], now_us: int) -> None:
    # Offsets and times are given under the write lock: dense, and never going back whatever the clock does.
    position, size, last_us = connection.execute(
        "SELECT next, bytes, appended_us FROM partition WHERE id = ?", (part,)
    ).fetchone()
    appended_us = max(now_us, last_us)
    rows = []
    for record in records:
        size += size_of(record)
        headers = _encode_headers(record.headers) if record.headers else None
        rows.append((part, position, appended_us, size, record.key, record.value, headers))
        position += 1
    connection.executemany("INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)", rows)
    connection.execute(
        "UPDATE partition SET next = ?, bytes = ?, appended_us = ? WHERE id = ?",
        (position, size, appended_us, part),
    )


def _record(offset: int, appended_us: int, key: bytes, value: bytes, headers: bytes | None) -> Record:
    appended_at = EPOCH + timedelta(microseconds=appended_us)
    return Record(offset, key, value, appended_at, _decode_headers(headers) if headers else ())


def _data_version(connection: sqlite3.Connection) -> int:
    # Cheap: it changes when another connection has committed anything to the file.
    return int(connection.execute("PRAGMA data_version").fetchone()[0])


def _sweep_slice(connection: sqlite3.Connection, retention: Retention, now_us: int) -> int:
    # A slice at a time, so that nobody waits long for the write lock.
    removed = 0
    for part, first, end, size, read in connection.execute(
        "SELECT id, first, next, bytes, coalesce(committed, iif(topic = ?, first, next))"
        " FROM partition WHERE next > first",
        (STORIES,),
    ).fetchall():
        old_us = now_us - int(retention.age_s * 1e6)
        by_age = _first_where(connection, (part, first, end), "appended_us >= ?", old_us)
        by_size = _first_where(connection, (part, first, end), "upto_bytes > ?", size - retention.size_bytes)
        keep_from = max(min(by_age, read), by_size)
        if (keep_from := min(keep_from, first + SWEEP_ROWS)) > first:
            with writing(connection):
                removed += connection.execute(
                    "DELETE FROM record WHERE partition = ? AND position < ?", (part, keep_from)
                ).rowcount
                connection.execute("UPDATE partition SET first = ? WHERE id = ?", (keep_from, part))
    return removed


def _first_where(
    connection: sqlite3.Connection, span: tuple[int, int, int], condition: str, value: int
) -> int:
    # Both columns only grow with the position, so this walks over nothing but what is about to go.
    part, first, end = span
    row = connection.execute(
        f"SELECT position FROM record WHERE partition = ? AND position >= ? AND {condition}"  # noqa: S608
        " ORDER BY position LIMIT 1",
        (part, first, value),
    ).fetchone()
    return end if row is None else int(row[0])
