"""A recorder in a process of its own: `python -m tests.contract.recorder STORE PARTITION EVENTS AT_ONCE`.

It records what one outlet carries of every event, word for word what the outlets of the other partitions carry, and
prints as JSON how long it waited for the store-wide lock, held it, and took in all.
"""

import json
import sys
import time

import msgspec
from prometheus_client import REGISTRY

from newsbeam.recording import Recorder
from newsbeam.store.database import open_store
from tests.contract.recordings import NOON, a_story, chunk_of

OUTLETS = ("courier", "gazette", "agency", "brief")


def main(address: str, partition: int, events: int, at_once: int) -> None:
    """Record every event once."""
    store = open_store(address)
    recorder = Recorder(store)
    chunks = []
    for start in range(0, events, at_once):
        outlet = OUTLETS[partition]
        items = [
            a_story(f"/{n}", outlet=outlet, title=f"Talks resume for the {n}. time", body=f"Day {n}. " * 400)
            for n in range(start, start + at_once)
        ]
        chunks.append(msgspec.structs.replace(chunk_of(items, start), partition=partition))
    began = time.perf_counter()
    for chunk in chunks:
        recorder.record(chunk, NOON)
    took = time.perf_counter() - began
    store.close()
    numbers = {
        "waited_s": REGISTRY.get_sample_value("newsbeam_lock_waited_seconds_sum"),
        "held_s": REGISTRY.get_sample_value("newsbeam_lock_held_seconds_sum"),
        "took_s": took,
    }
    print(json.dumps(numbers))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
