"""Bring a store's tables to this version of newsbeam; commands that need the store do so at their start."""

import uuid
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, select, text
from sqlalchemy.sql import column, table

from newsbeam.errors import StoreUnavailable
from newsbeam.store.database import Store
from newsbeam.store.schema import pointer
from newsbeam.store.statements import insert_new

if TYPE_CHECKING:
    from alembic.config import Config

SCHEMA_VERSION = "0005"
_FOLDER = Path(__file__).parent / "migrations"
_version = table("alembic_version", column("version_num"))


def migrate(store: Store, now: datetime) -> bool:
    """Create or upgrade the tables, in one transaction with the note of it; True when there was work.

    Processes that start together wait for each other. Raises `StoreUnavailable` when the store was written
    by a newer newsbeam.
    """
    with store.read() as connection:
        if schema_version(connection) == SCHEMA_VERSION:
            return False
    with store.locked() as connection:
        found = schema_version(connection)  # another process may have been first
        if found == SCHEMA_VERSION:
            return False
        if found is not None and found not in _revisions():
            raise StoreUnavailable(
                f"the store {store.url} was written by a newer newsbeam (tables {found}, known here "
                f"up to {SCHEMA_VERSION}): upgrade newsbeam, or restore a backup"
            )
        _upgrade(connection)
        insert_new(connection, pointer, [{"name": "epoch", "value": new_epoch(), "moved_at": now}])
    return True


def schema_version(connection: Connection) -> str | None:
    """Return the version of the tables, None when there are none."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    version: str | None = connection.execute(select(_version.c.version_num)).scalar_one_or_none()
    return version


def new_epoch() -> str:
    """Return a store epoch that never was: cursors of another epoch start again."""
    return uuid.uuid4().hex[:12]


def _upgrade(connection: Connection) -> None:
    from alembic import command  # slow to import, and needed once

    if connection.dialect.name == "postgresql":
        connection.execute(text("SET LOCAL statement_timeout = 0"))  # a large table may take its time
    configuration = _configuration()
    configuration.attributes["connection"] = connection
    command.upgrade(configuration, SCHEMA_VERSION)


def _revisions() -> set[str]:
    from alembic.script import ScriptDirectory

    return {script.revision for script in ScriptDirectory.from_config(_configuration()).walk_revisions()}


def _configuration() -> "Config":
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    configuration.set_main_option("path_separator", "os")
    return configuration
