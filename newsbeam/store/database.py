"""One handle on the store, SQLite or PostgreSQL: short transactions, one lock, one door for exceptions.

`Store` is small and picklable: it holds an address and limits, and opens its engine in each process anew.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import Connection, Engine, create_engine, event, text
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from newsbeam.errors import ConfigurationError
from newsbeam.settings import Secret
from newsbeam.store.failures import translate

Transaction = Connection  # what `read`, `write` and `locked` yield, for those who pass it on

_LOCK = 0x6E65777362656D  # the one store-wide advisory lock: "newsbem" in ASCII
_WAL_LIMIT = 32 * 1024 * 1024
_WAL_EVERY = 100  # write transactions between looks at the log's size


class StoreSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of the connections to the store.

    `busy_timeout_s` is how long a write waits for another (SQLite's lock, PostgreSQL's lock_timeout);
    `statement_timeout_s` ends a single statement on PostgreSQL; `pool` connections are kept, `overflow` more
    opened under load, and `pool_timeout_s` is how long to wait for one. `password` (in files `password_file`)
    is PostgreSQL's, where the address has none.
    """

    pool: int = 5
    overflow: int = 10
    pool_timeout_s: float = 30.0
    busy_timeout_s: float = 30.0
    statement_timeout_s: float = 60.0
    connect_timeout_s: float = 10.0
    password: Secret | None = None


class Store:
    """A handle on one store; `read`, `write` and `locked` are its only ways in.

    Every exception of the database and its driver leaves as `StoreUnavailable` (trying again may help) or
    `DataRefused` (it cannot).
    """

    def __init__(self, url: URL, settings: StoreSettings) -> None:
        self._url = url
        self._settings = settings
        self._guard = threading.Lock()
        self._engine: Engine | None = None
        self._pid = 0
        self._writes = 0

    def __getstate__(self) -> tuple[URL, StoreSettings]:
        return self._url, self._settings

    def __setstate__(self, state: tuple[URL, StoreSettings]) -> None:
        self.__init__(*state)  # type: ignore[misc]

    def __repr__(self) -> str:
        return f"Store({self.url!r})"

    @property
    def url(self) -> str:
        """The address, without its password."""
        return self._url.render_as_string(hide_password=True)

    @property
    def is_sqlite(self) -> bool:
        """Whether the store is a SQLite file."""
        return self._url.get_backend_name() == "sqlite"

    @property
    def path(self) -> Path | None:
        """The SQLite file, None on PostgreSQL."""
        return Path(self._url.database or "") if self.is_sqlite else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection in a read transaction (one snapshot on SQLite); keep it short."""
        with self._transaction("DEFERRED") as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection in a write transaction: it commits at the end, or rolls back on any exception.

        SQLite allows one writer at a time, and waits for it at the start (BEGIN IMMEDIATE).
        """
        with self._transaction("IMMEDIATE") as connection:
            yield connection
        self._limit_log()

    @contextmanager
    def locked(self) -> Iterator[Connection]:
        """Yield a write transaction that holds the store-wide lock until its end."""
        with self.write() as connection:
            self.lock(connection)
            yield connection

    def lock(self, connection: Connection) -> None:
        """Take the store-wide lock in a running write transaction; it is released with the transaction.

        SQLite's write transaction is that lock already.
        """
        if not self.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def check(self) -> None:
        """Raise `StoreUnavailable` with a clear reason unless the store answers and can be written."""
        with self.locked():
            pass

    def close(self) -> None:
        """Close this process's connections; the handle opens new ones when it is used again."""
        with self._guard:
            engine, self._engine = self._engine, None
        if engine is not None:
            engine.dispose(close=self._pid == os.getpid())

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[Connection]:
        try:
            with self.engine.connect() as plain:
                connection = plain.execution_options(newsbeam_begin=begin)
                with connection.begin():
                    yield connection
        except SQLAlchemyError as error:
            raise translate(error, self.url) from error

    @property
    def engine(self) -> Engine:
        """This process's engine: for migrations and copies inside `newsbeam.store` alone."""
        with self._guard:
            if self._engine is None or self._pid != os.getpid():
                if self._engine is not None:  # inherited over a fork: its connections belong to the parent
                    self._engine.dispose(close=False)
                self._pid = os.getpid()
                self._engine = _open_engine(self._url, self._settings)
            return self._engine

    def _limit_log(self) -> None:
        """Now and then cut the log back when it has grown."""
        self._writes += 1
        if self.path is None or self._writes % _WAL_EVERY:
            return
        log = self.path.with_name(self.path.name + "-wal")
        if log.exists() and log.stat().st_size >= _WAL_LIMIT:
            self.truncate_log()

    def truncate_log(self) -> None:
        """Cut SQLite's write-ahead log back, unless a reader is in the way; nothing to do on PostgreSQL."""
        if not self.is_sqlite:
            return
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.exec_driver_sql("PRAGMA busy_timeout = 50")
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
                connection.exec_driver_sql(
                    f"PRAGMA busy_timeout = {_milliseconds(self._settings.busy_timeout_s)}"
                )
        except SQLAlchemyError as error:
            raise translate(error, self.url) from error


def open_store(url: str, settings: StoreSettings | None = None) -> Store:
    """Return a handle on the store at a SQLAlchemy URL; nothing is opened yet.

    `sqlite:///relative.db`, `sqlite:////absolute.db`, `postgresql://user:password@host/name` (by psycopg 3).
    The password may be in the settings instead; the address's own comes first.
    Raises `ConfigurationError` for any other address.
    """
    settings = settings or StoreSettings()
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise ConfigurationError([f"store: {url!r} is no database URL"]) from error
    backend = parsed.get_backend_name()
    if backend == "sqlite" and parsed.database and parsed.database != ":memory:":
        if settings.password is not None:
            raise ConfigurationError(["store: a SQLite file has no password; leave store.password_file out"])
        return Store(parsed.set(drivername="sqlite+pysqlite"), settings)
    if backend == "postgresql" and parsed.database:
        if parsed.password is None and settings.password is not None:
            parsed = parsed.set(password=settings.password.reveal())
        return Store(parsed.set(drivername="postgresql+psycopg"), settings)
    shown = parsed.render_as_string(hide_password=True)
    raise ConfigurationError(
        [
            f"store: {shown!r} is not supported; use sqlite:///path/to/store.db or postgresql://user@host/database"
        ]
    )


def _open_engine(url: URL, settings: StoreSettings) -> Engine:
    arguments: dict[str, Any]
    if url.get_backend_name() == "sqlite":
        arguments = {"timeout": settings.busy_timeout_s, "check_same_thread": False}
    else:
        limits = {
            # What is read under the lock must be what others committed before it, whatever the server's default is.
            "default_transaction_isolation": r"read\ committed",
            "lock_timeout": _milliseconds(settings.busy_timeout_s),
            "statement_timeout": _milliseconds(settings.statement_timeout_s),
            "idle_in_transaction_session_timeout": _milliseconds(settings.statement_timeout_s),
        }
        arguments = {
            "connect_timeout": int(settings.connect_timeout_s),
            "application_name": "newsbeam",
            "options": " ".join(f"-c {name}={value}" for name, value in limits.items()),
        }
    try:
        engine = create_engine(
            url,
            connect_args=arguments,
            pool_size=settings.pool,
            max_overflow=settings.overflow,
            pool_timeout=settings.pool_timeout_s,
            pool_pre_ping=url.get_backend_name() != "sqlite",
        )
    except ModuleNotFoundError as error:
        raise ConfigurationError(
            ["store: PostgreSQL needs the extra: pip install 'newsbeam[postgres]'"]
        ) from error
    if url.get_backend_name() == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver must not begin transactions by itself
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON", "temp_store = MEMORY"):
        connection.execute(f"PRAGMA {pragma}").close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    if options.get("isolation_level") != "AUTOCOMMIT":  # SQLAlchemy says begin there too
        connection.exec_driver_sql(f"BEGIN {options.get('newsbeam_begin', 'IMMEDIATE')}")


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)
