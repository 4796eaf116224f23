"""Copies of the store, and putting one back."""

import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from newsbeam.errors import ConfigurationError, StoreUnavailable
from newsbeam.store.database import Store
from newsbeam.store.migrate import migrate, new_epoch
from newsbeam.store.schema import lease, pointer
from newsbeam.store.statements import upsert

_PAGES = 2_000  # copied at a time, so that a running service is not held up


def backup(store: Store, target: Path) -> str:
    """Copy the store into one file while it is in use; return a line that says what was done or what to do."""
    if store.path is None:
        return f"PostgreSQL makes its own copies: pg_dump --format=custom --file={target} {_for_tools(store)}"
    if target.exists():
        raise ConfigurationError([f"{target} exists; nothing was written"])
    partial = target.with_name(target.name + ".partial")
    try:
        with (
            closing(sqlite3.connect(f"file:{store.path}?mode=ro", uri=True)) as source,
            closing(sqlite3.connect(partial)) as copy,
        ):
            source.backup(copy, pages=_PAGES)
        partial.replace(target)
    except (sqlite3.Error, OSError) as error:
        partial.unlink(missing_ok=True)
        raise StoreUnavailable(f"backup to {target}: {error}") from error
    return f"Copied {store.path} to {target} ({target.stat().st_size / 1e6:.1f} MB)."


def restore(store: Store, source: Path, now: datetime) -> str:
    """Put a copy in the stopped store's place, with a new epoch so that no follower skips what comes again.

    On PostgreSQL only the epoch is renewed: pg_restore puts the copy back.
    """
    if store.path is None:
        renew_epoch(store, now)
        command = f"pg_restore --clean --dbname={_for_tools(store)} {source}"
        return f"The epoch is renewed. The copy itself is put back before, by {command}"
    _check(source)
    store.close()
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy,
            closing(sqlite3.connect(store.path)) as target,
        ):
            copy.backup(target)
    except sqlite3.Error as error:
        raise StoreUnavailable(f"restore from {source}: {error}") from error
    migrate(store, now)
    renew_epoch(store, now)
    return f"Restored {source} to {store.path}. What came after the copy is read again from the bus."


def renew_epoch(store: Store, now: datetime) -> None:
    """Give the store a new epoch, so that every cursor of a follower begins anew; drop leases of the dead."""
    with store.locked() as connection:
        upsert(connection, pointer, [{"name": "epoch", "value": new_epoch(), "moved_at": now}])
        connection.execute(lease.delete())


def _check(source: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as copy:
            copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise ConfigurationError([f"{source} is no copy of a newsbeam store: {error}"]) from error


def _for_tools(store: Store) -> str:
    return store.url.replace("postgresql+psycopg://", "postgresql://").replace(":***@", "@")
