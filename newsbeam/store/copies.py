"""Copies of the store: one file, taken while the service runs; and putting one back in its place."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from sqlalchemy import delete, update

from newsbeam.errors import ConfigurationError, StoreUnavailable, UsageError
from newsbeam.store.database import Store
from newsbeam.store.forgetting import Key, forget_again
from newsbeam.store.migrate import migrate, new_epoch
from newsbeam.store.schema import delivery, feed_state, lease, marker, pointer
from newsbeam.store.statements import upsert

_PAGES = 2_000  # copied at a time: writers get their turn between


def backup(store: Store, target: Path) -> str:
    """Copy a SQLite store into `target`, whole, while it is in use; return a line that says what was done.

    The file appears under its name when it is complete. Raises `UsageError`, with the commands to use, on
    PostgreSQL, whose own tools do this better.
    """
    if store.path is None:
        raise UsageError(
            f"PostgreSQL makes its own copies while newsbeam runs:\n"
            f"  pg_dump --format=custom --file={target} {_for_tools(store)}\n"
            f"To put one back, stop newsbeam and call\n"
            f"  pg_restore --clean --if-exists --dbname={_for_tools(store)} {target}\n"
            f"  newsbeam restore {target}"
        )
    if target.exists():
        raise ConfigurationError([f"{target} exists; nothing was written"])
    store.check()  # says clearly what is wrong with the store, before anything is made
    partial = target.with_name(target.name + ".partial")
    try:
        with closing(_open(store.path)) as source, closing(sqlite3.connect(partial)) as copy:
            source.backup(copy, pages=_PAGES)
            copy.execute("PRAGMA journal_mode = DELETE").close()  # one file, that can be moved
        partial.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise StoreUnavailable(f"the backup to {target} failed: {error}") from error
    finally:
        partial.unlink(missing_ok=True)
    return f"Copied {store.path} to {target} ({target.stat().st_size / 1e6:.1f} MB)."


def restore(store: Store, source: Path, now: datetime) -> str:
    """Put the copy `source` in the place of a SQLite store that nobody uses; return what was done.

    On PostgreSQL, where pg_restore has put it back before, only the rest is done: the epoch is renewed, so that
    no follower skips what comes again; leases, claims and markers of the past end. What the replaced SQLite store had
    forgotten is forgotten in the copy too, if it can still be read there.
    """
    forgotten = None
    if store.path is not None:
        _check_copy(source)
        store.close()
        forgotten = _forgotten_in(store.path)
        _put_back(source, store.path)
    migrate(store, now)
    with store.locked() as connection:
        upsert(connection, pointer, [{"name": "epoch", "value": new_epoch(), "moved_at": now}])
        connection.execute(delete(lease))
        connection.execute(delete(marker))
        free = {"claimed_by": None, "claimed_until": None}
        connection.execute(update(delivery).values(free))
        connection.execute(update(feed_state).values(free))
    done = f"Restored {source} to {store.path}." if store.path else f"Renewed the epoch of {store.url}."
    return f"{done} What came after the copy is read again from the bus.\n{_forget(store, forgotten, now)}"


def _forgotten_in(path: Path) -> list[Key] | None:
    """Return the keys that the store there has forgotten, None when it is not there or cannot be read."""
    if not path.exists():
        return None
    try:
        with closing(_open(path)) as old:
            rows = old.execute("SELECT hash, story, kind, feed FROM story_key WHERE forgotten").fetchall()
    except sqlite3.Error:
        return None
    return [Key(*row) for row in rows]


def _forget(store: Store, keys: list[Key] | None, now: datetime) -> str:
    """Forget again what was forgotten since the copy; return what was done, or what is left to do."""
    if keys is None:
        return (
            "What was forgotten after the copy is not known here: repeat each `newsbeam forget` made since."
        )
    again = forget_again(store, keys, now)
    return (
        f"Forgot again what was forgotten since the copy; stories erased: {len(again.stories)}, keys "
        f"remembered: {again.keys}."
        if again.keys
        else "Nothing was forgotten since the copy."
    )


def _put_back(source: Path, place: Path) -> None:
    """Write the copy over the store; a store damaged beyond that is kept beside it, under another name."""
    try:
        try:
            _copy(source, place)
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorname not in {"SQLITE_NOTADB", "SQLITE_CORRUPT"}:
                raise
            _set_aside(place)
            _copy(source, place)
    except (OSError, sqlite3.Error) as error:
        raise StoreUnavailable(f"restoring {source} to {place} failed: {error}") from error


def _set_aside(damaged: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        part = damaged.with_name(damaged.name + ending)
        if part.exists():
            part.replace(damaged.with_name(f"{damaged.name}.damaged{ending}"))


def _copy(source: Path, place: Path) -> None:
    with closing(_open(source)) as copy, closing(sqlite3.connect(place)) as written:
        copy.backup(written)


def _check_copy(source: Path) -> None:
    try:
        with closing(_open(source)) as copy:
            versions = copy.execute("SELECT version_num FROM alembic_version").fetchall()
            damage = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise ConfigurationError([f"{source} is no copy of a newsbeam store: {error}"]) from error
    if len(versions) != 1:
        raise ConfigurationError([f"{source} is no copy of a newsbeam store"])
    if damage != ("ok",):
        raise ConfigurationError([f"{source} is damaged: {damage[0]}"])


def _open(path: Path) -> sqlite3.Connection:
    """Open a database to be read; one that is not there is not made."""
    return sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)


def _for_tools(store: Store) -> str:
    """The store's address as PostgreSQL's tools take it, without the password (they ask, or read ~/.pgpass)."""
    return store.url.replace("postgresql+psycopg://", "postgresql://").replace(":***@", "@")
