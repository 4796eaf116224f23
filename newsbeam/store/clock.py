"""One time for all machines of a deployment: the database server's."""

import logging
import time
from datetime import UTC, datetime, timedelta

from sqlalchemy import text

from newsbeam.errors import StoreUnavailable
from newsbeam.store.database import Store

logger = logging.getLogger("newsbeam.store")


class StoreClock:
    """Tells the time by the store's clock, without asking it each time.

    Plans, claims and leases of one machine are compared with the time of another. So a machine whose own clock is
    wrong would take what others hold, or plan for a time that does not come. A store in a file is on this machine.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        # One attribute, since another thread may look meanwhile: what the store told, and when by our own count.
        self._seen = datetime.now(UTC), time.monotonic()
        try:
            self.look()
        except StoreUnavailable as error:
            logger.debug("this machine's own time is used until the store answers: %s", error)

    def __call__(self) -> datetime:
        """Return the time, aware UTC."""
        if self._store.is_sqlite:
            return datetime.now(UTC)
        told, looked = self._seen
        return told + timedelta(seconds=time.monotonic() - looked)

    def look(self) -> None:
        """Ask the store for its time, at the start and every now and then; raises StoreUnavailable."""
        if not self._store.is_sqlite:
            with self._store.read() as connection:
                told: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
            self._seen = told.astimezone(UTC), time.monotonic()
