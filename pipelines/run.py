"""`newsbeam process`: what runs in each of its processes. How they end: `pipelines.exits`."""

import os
import threading

from newsbeam.bus import Bus
from newsbeam.enrichment import Enricher
from newsbeam.recording import RecordingSettings
from newsbeam.store.database import Store
from pipelines.enrich import CatalogInUse, EnricherMaker
from pipelines.exits import owner_of
from pipelines.monitor import Places
from pipelines.settings import ProcessSettings
from pipelines.worker import Worker


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

    Bus or store away: it says so, waits, and goes on from the stored positions. An error that nobody foresaw is
    raised, and counts as a death. Call it from the main thread of a process of its own.
    """
    places = Places(bus, store, CatalogInUse(store, make_enricher), recording)
    return Worker(places, settings, owner_of(os.getpid()), stop).run()
