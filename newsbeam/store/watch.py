"""Whether anything new must leave the store: one look-up by key, on a connection that is kept."""

from types import TracebackType
from typing import Self

from sqlalchemy import Connection, select
from sqlalchemy.exc import SQLAlchemyError

from newsbeam.store.database import Store
from newsbeam.store.failures import translate
from newsbeam.store.schema import sequence

_NEWEST = select(sequence.c.value).where(sequence.c.name == "outbox")


class OutboxWatch:
    """Sees the outbox grow, for a fraction of what a transaction costs. For one thread."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._connection: Connection | None = None
        self._newest: int | None = None

    def moved(self) -> bool:
        """Return whether the outbox has grown since the last look. Raises `StoreUnavailable`."""
        try:
            if self._connection is None:
                plain = self._store.engine.connect()
                self._connection = plain.execution_options(isolation_level="AUTOCOMMIT")
            newest = self._connection.execute(_NEWEST).scalar_one_or_none()
        except SQLAlchemyError as error:
            self.close()
            raise translate(error, self._store.url) from error
        moved, self._newest = newest != self._newest, newest
        return moved

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the connection back; the next look takes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
