"""Each running job says in the store that it is alive, so that health checks need nothing beside the store."""

import logging
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from newsbeam.errors import StoreUnavailable
from newsbeam.store.clock import StoreClock
from newsbeam.store.database import Store
from newsbeam.store.leases import Leases, owners

logger = logging.getLogger("newsbeam.run")
_TTL = timedelta(seconds=45)
_EVERY_S = 15.0


def _name(job: str) -> str:
    return f"alive:{job}:{socket.gethostname()}:"


@contextmanager
def heartbeat(store: Store, job: str, clock: StoreClock | None = None) -> Iterator[None]:
    """Keep the job's lease, and its clock, fresh while the block runs; the store being away is no reason to stop."""
    now = clock or StoreClock(store)
    leases = Leases(store, f"{job}-{socket.gethostname()}-{os.getpid()}")
    name = f"{_name(job)}{os.getpid()}"
    stop = threading.Event()

    def beat() -> None:
        while True:
            try:
                now.look()
                leases.acquire(name, _TTL, now())
            except StoreUnavailable as error:
                logger.debug("heartbeat of %s: %s", job, error)
            if stop.wait(_EVERY_S):
                return

    thread = threading.Thread(target=beat, name="heartbeat", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(timeout=1.0)
        try:
            leases.release(name)
        except StoreUnavailable as error:
            logger.debug("heartbeat of %s: %s", job, error)


def is_alive(store: Store, job: str, now: datetime) -> bool:
    """Whether the job has beaten on this host within the last 45 seconds."""
    return bool(owners(store, _name(job), now))
