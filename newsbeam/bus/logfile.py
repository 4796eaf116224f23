"""The local bus's SQLite file: tables, connections, and the door that translates SQLite's exceptions."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from newsbeam.bus.port import checked_topic
from newsbeam.errors import BusUnavailable
from newsbeam.machine import little_room

FORMAT = 1  # PRAGMA user_version; a file with another one is refused
BUSY_MS = 10_000
WAL_LIMIT_BYTES = 64 * 1024 * 1024

REASONS = {
    sqlite3.SQLITE_FULL: "cannot grow: the disk is full; free some space and try again",
    sqlite3.SQLITE_IOERR: "cannot be read or written: the disk is failing or full",
    sqlite3.SQLITE_READONLY: "is read-only: let this user write the file and its folder",
    sqlite3.SQLITE_CANTOPEN: "cannot be opened: is its folder there, and may this user write in it?",
    sqlite3.SQLITE_BUSY: "is held by another process for too long; try again",
    sqlite3.SQLITE_LOCKED: "is held by another process for too long; try again",
    sqlite3.SQLITE_NOTADB: "is no newsbeam bus; name another file or move it away",
    sqlite3.SQLITE_CORRUPT: "is damaged; move it away or restore a copy",
}

# `upto_bytes` is the partition's size up to and with a record, so that retention by size is one look-up.
TABLES = """
CREATE TABLE topic (name TEXT PRIMARY KEY, partitions INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE partition (
    id INTEGER PRIMARY KEY,
    topic TEXT NOT NULL REFERENCES topic (name),
    number INTEGER NOT NULL,
    first INTEGER NOT NULL DEFAULT 0,
    next INTEGER NOT NULL DEFAULT 0,
    bytes INTEGER NOT NULL DEFAULT 0,
    appended_us INTEGER NOT NULL DEFAULT 0,
    committed INTEGER,
    UNIQUE (topic, number)
);
CREATE TABLE record (
    partition INTEGER NOT NULL REFERENCES partition (id),
    position INTEGER NOT NULL,
    appended_us INTEGER NOT NULL,
    upto_bytes INTEGER NOT NULL,
    key BLOB NOT NULL,
    value BLOB NOT NULL,
    headers BLOB,
    PRIMARY KEY (partition, position)
);
"""


@contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn what SQLite and the file system raise into `BusUnavailable` with a line a person can act on."""
    try:
        yield
    except sqlite3.Error as error:
        raise BusUnavailable(f"the bus's file {path} {reason(error)}") from error
    except OSError as error:
        raise BusUnavailable(f"the bus's file {path} cannot be used: {error.strerror or error}") from error


def require_room(path: Path) -> None:
    """Raise `BusUnavailable` unless the disk below the file has room for some records.

    Nothing less than a commit of many pages shows a full disk: small writes still fit into the file's log.
    """
    if (left := little_room(path.parent)) is not None:
        raise BusUnavailable(
            f"the bus's file {path} cannot grow: the disk is full ({left}); free some space, nothing was lost"
        )


def reason(error: sqlite3.Error) -> str:
    """Say what SQLite's error means for the file, to be read after the file's name."""
    code = getattr(error, "sqlite_errorcode", None)
    known = None if code is None else REASONS.get(code & 0xFF)  # the low byte is the primary result code
    return known or f"cannot be used: {error}"


def connect(path: Path) -> sqlite3.Connection:
    """Open the file, creating folder and tables when they are missing; transactions are begun by hand.

    Connections may move between threads but must not be used by two at once.
    """
    with translated(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(
            path, timeout=BUSY_MS / 1000, isolation_level=None, check_same_thread=False
        )
        try:
            _prepare(connection, path)
        except BaseException:
            connection.close()
            raise
        return connection


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    _switch_to_wal(connection)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}")
    if _format(connection) == 0:
        with writing(connection):
            if _format(connection) == 0:
                for statement in TABLES.split(";\n"):
                    connection.execute(statement)
                connection.execute(f"PRAGMA user_version = {FORMAT}")
    if (found := _format(connection)) != FORMAT:
        raise BusUnavailable(
            f"the bus's file {path} has format {found}, this newsbeam reads format {FORMAT}: "
            "use the newsbeam that wrote it, or move it away"
        )


def _format(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _switch_to_wal(connection: sqlite3.Connection) -> None:
    # SQLite answers "locked" at once, whatever the busy timeout, when two processes switch a file together.
    deadline = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
        time.sleep(0.01)


@contextmanager
def writing(
    connection: sqlite3.Connection, uncertain: type[BusUnavailable] = BusUnavailable
) -> Iterator[None]:
    """Hold the file's write lock for one transaction; everything in it is durable on return, or undone.

    Only when the commit itself fails is neither sure: then `uncertain` is raised.
    """
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
        try:
            connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise uncertain(f"the bus's file {reason(error)}") from error
    except BaseException:
        with suppress(sqlite3.Error):  # the error under way says more, and a failed rollback changes nothing
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise


@contextmanager
def reading(connection: sqlite3.Connection) -> Iterator[None]:
    """See one state of the file in several short reads."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        with suppress(sqlite3.Error):  # a read leaves nothing behind
            if connection.in_transaction:
                connection.execute("COMMIT")


@contextmanager
def session(path: Path) -> Iterator[sqlite3.Connection]:
    """Open the file for a few statements and close it again."""
    with translated(path), closing(connect(path)) as connection:
        yield connection


def partitions_of(connection: sqlite3.Connection, topic: str, wanted: int) -> dict[int, int]:
    """Return the topic's partitions as number → row id, creating it with `wanted` partitions when missing."""
    found = _known_partitions(connection, topic)
    if not found:
        with writing(connection):
            if connection.execute(
                "INSERT OR IGNORE INTO topic (name, partitions) VALUES (?, ?)", (checked_topic(topic), wanted)
            ).rowcount:
                rows = [(topic, number) for number in range(wanted)]
                connection.executemany("INSERT INTO partition (topic, number) VALUES (?, ?)", rows)
        found = _known_partitions(connection, topic)
    return found


def _known_partitions(connection: sqlite3.Connection, topic: str) -> dict[int, int]:
    return dict(
        connection.execute("SELECT number, id FROM partition WHERE topic = ? ORDER BY number", (topic,))
    )
