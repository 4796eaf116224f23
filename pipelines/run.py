"""`newsbeam process`: what runs in each of its processes, and what their ends mean.

| exit code of a worker | what it means |
|---|---|
| 0 (`EXIT_STOPPED`) | asked to stop |
| 20 (`EXIT_GAP`) | a stored position and the bus do not fit together, twice in a row |
| 21 (`EXIT_HANG`) | nothing moved for `process.hang_after`: a death of its own |
| 1, or a signal | a death of its own, unless the signal came from outside |

Whoever starts workers calls `record_exit` when one has ended: that is how a record that kills its readers is
found.
"""

import os
import signal
import socket
import threading
from datetime import datetime

from newsbeam.bus import Bus
from newsbeam.enrichment import Enricher
from newsbeam.recording import RecordingSettings
from newsbeam.store.database import Store
from newsbeam.store.leases import Leases
from newsbeam.store.markers import record_death
from pipelines.enrich import CatalogInUse, EnricherMaker
from pipelines.monitor import Places
from pipelines.settings import ProcessSettings
from pipelines.watchdog import EXIT_HANG
from pipelines.worker import EXIT_GAP, EXIT_STOPPED, Worker

__all__ = ["EXIT_GAP", "EXIT_HANG", "EXIT_STOPPED", "died_by_itself", "owner_of", "record_exit", "run_worker"]

# Exit codes of commands that end on purpose (`newsbeam --help`); none of them says anything about a record.
_ON_PURPOSE = frozenset({EXIT_STOPPED, 2, 3, 4, 5, 6, EXIT_GAP})
_FROM_OUTSIDE = frozenset({signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT})


def run_worker(
    bus: Bus,
    store: Store,
    settings: ProcessSettings,
    recording: RecordingSettings,
    stop: threading.Event,
    *,
    make_enricher: EnricherMaker = Enricher,
) -> int:
    """Read, enrich and record a share of the partitions until `stop` is set; return the exit code.

    Bus or store away: it says so, waits, and goes on from the stored positions. An error that nobody foresaw
    is raised, and counts as a death. Call it from the main thread of a process of its own.
    """
    places = Places(bus, store, CatalogInUse(store, make_enricher), recording)
    return Worker(places, settings, owner_of(os.getpid()), stop).run()


def owner_of(pid: int) -> str:
    """Return the name under which a worker process on this host holds leases."""
    return f"{socket.gethostname()}-{pid}"


def died_by_itself(status: int, *, killed_by_us: bool) -> bool:
    """Whether an exit status (as `subprocess` gives it) is a death that a record may have caused.

    A SIGKILL that nobody here sent is one: that is how the kernel ends a process that takes too much memory.
    """
    if killed_by_us or status in _ON_PURPOSE:
        return False
    return -status not in _FROM_OUTSIDE


def record_exit(store: Store, pid: int, status: int, now: datetime, *, killed_by_us: bool) -> None:
    """Note how the worker process `pid` ended, and free its partitions at once."""
    owner = owner_of(pid)
    if died_by_itself(status, killed_by_us=killed_by_us):
        record_death(store, owner, now)
    Leases(store, owner).release_all()
