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


def read_doubtful(  # noqa: PLR0913 - what `run_worker` takes, and the partition
    bus: Bus,
    store: Store,
    settings: ProcessSettings,
    recording: RecordingSettings,
    stop: threading.Event,
    *,
    partition: int,
    make_enricher: EnricherMaker = Enricher,
) -> int:
    """Read what is in doubt of one partition, record by record, and nothing else; return the exit code.

    Another death of this process makes the doubt worse, as `run_worker`'s does; without one the doubt is over.
    """
    places = Places(bus, store, CatalogInUse(store, make_enricher), recording)
    return Worker(places, settings, owner_of(os.getpid()), stop, only=partition).run()
