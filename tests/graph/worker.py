"""One worker process for tests, with the poisoned enricher: `worker.py BUS STORE SHIFT_S HANG_AFTER_S
[PARTITION]`; with a partition it reads what is in doubt there and ends."""

import os
import signal
import sys
import threading
import time

from newsbeam.bus import open_bus
from newsbeam.recording import RecordingSettings
from newsbeam.store.database import open_store
from pipelines.run import read_doubtful, run_worker
from pipelines.settings import ProcessSettings
from tests.graph.poison import PoisonedEnricher


def _sleep(seconds: float) -> None:
    threading.Event().wait(seconds)


if __name__ == "__main__":
    if "FAKETIME" in os.environ:
        time.sleep = _sleep  # libfaketime refuses clock_nanosleep() until a moment of CLOCK_MONOTONIC
    bus, store, shift_s, hang_after_s, *only = sys.argv[1:]
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = ProcessSettings(shift_s=float(shift_s), hang_after_s=float(hang_after_s), lease_s=3.0)
    to = (open_bus(bus), open_store(store), settings, RecordingSettings(), stop)
    if only:
        sys.exit(read_doubtful(*to, partition=int(only[0]), make_enricher=PoisonedEnricher))
    sys.exit(run_worker(*to, make_enricher=PoisonedEnricher))
