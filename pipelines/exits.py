"""How workers end, and what it means; light enough for a supervisor, which needs no Beam.

| exit code of a worker | what it means |
|---|---|
| 0 (`EXIT_STOPPED`) | asked to stop |
| 20 (`EXIT_GAP`) | a stored position and the bus do not fit together, twice in a row |
| 21 (`EXIT_HANG`) | nothing moved for `process.hang_after`: a death of its own |
| 1, or a signal | a death of its own, unless the signal came from outside |

Whoever starts workers calls `record_exit` when one has ended: that is how a record that kills its readers is found.
"""

import logging
import signal
from datetime import datetime

from newsbeam.errors import AlreadyRunning, StoreUnavailable
from newsbeam.store.database import Store
from newsbeam.store.leases import Leases, died_here, owner_here, owners
from newsbeam.store.markers import record_death

logger = logging.getLogger("newsbeam.process")

EXIT_STOPPED = 0
EXIT_GAP = 20
EXIT_HANG = 21
KEEPER = "flink-keeper"  # the lease of whoever has the live graph run on Flink

# Exit codes of commands that end on purpose (`newsbeam --help`); none of them says anything about a record.
_ON_PURPOSE = frozenset({EXIT_STOPPED, 2, 3, 4, 5, 6, EXIT_GAP})
_FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})


def owner_of(pid: int) -> str:
    """Return the name under which a worker process on this host holds leases."""
    return owner_here(pid)


def died_by_itself(status: int, *, killed_by_us: bool) -> bool:
    """Whether an exit status (as `subprocess` gives it) is a death that a record may have caused.

    A SIGKILL that nobody here sent is one: that is how the kernel ends a process that takes too much memory.
    """
    if killed_by_us or status in _ON_PURPOSE:
        return False
    return -status not in _FROM_OUTSIDE


def record_exit(store: Store, pid: int, status: int, now: datetime, *, killed_by_us: bool) -> None:
    """Note how the worker process `pid` ended, and free its partitions at once.

    With the store away it only says so: the leases end by themselves, and a death more will be noted.
    """
    owner = owner_of(pid)
    try:
        if died_by_itself(status, killed_by_us=killed_by_us):
            record_death(store, owner, now)
        Leases(store, owner).release_all()
    except StoreUnavailable as error:
        logger.warning("the end of worker %d could not be noted: %s", pid, error)


def free_shares_of_the_dead(store: Store, now: datetime) -> None:
    """Free what workers of this host hold that live no more: a tree that was killed whole told nobody.

    Without it their partitions would wait for the leases' end.
    """
    for owner in sorted(set(owners(store, "", now).values())):
        if died_here(owner):
            Leases(store, owner).release_all()


def refuse_beside_keeper(store: Store, now: datetime) -> None:
    """Raise `AlreadyRunning` while a keeper has its job on Flink."""
    free_shares_of_the_dead(store, now)
    keeper = owners(store, KEEPER, now).get(KEEPER)
    if keeper is not None:
        raise AlreadyRunning(f"{keeper} keeps a job on Flink that reads these stories: stop it first")
