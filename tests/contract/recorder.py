"""A recorder in a process of its own: `python -m tests.contract.recorder STORE PARTITION EVENTS AT_ONCE`.

It records what one outlet carries of every event, word for word what the outlets of the other partitions carry, and
prints as JSON how long it waited for the store-wide lock, held it, and took in all.
"""

import json
import sys
import time
from typing import Any

import msgspec

from newsbeam.recording import Recorder
from newsbeam.store.database import Store, open_store
from tests.contract.recordings import NOON, a_story, chunk_of

OUTLETS = ("courier", "gazette", "agency", "brief")


class TimedStore(Store):
    """A store that takes down how long the lock was waited for and held."""

    waited_s = 0.0
    held_s = 0.0
    longest_s = 0.0
    _since: float | None = None

    def lock(self, connection: Any) -> None:
        asked = time.perf_counter()
        super().lock(connection)
        self._since = time.perf_counter()
        self.waited_s += self._since - asked

    def released(self) -> None:
        """Note that the transaction ended, and with it the lock."""
        if self._since is not None:
            held, self._since = time.perf_counter() - self._since, None
            self.held_s += held
            self.longest_s = max(self.longest_s, held)


def main(address: str, partition: int, events: int, at_once: int) -> None:
    """Record every event once."""
    opened = open_store(address)
    store = TimedStore(*opened.__getstate__())
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
        store.released()
    took = time.perf_counter() - began
    store.close()
    numbers = {
        "waited_s": store.waited_s,
        "held_s": store.held_s,
        "longest_s": store.longest_s,
        "took_s": took,
    }
    print(json.dumps(numbers))


if __name__ == "__main__":
    main(sys.argv[1], *map(int, sys.argv[2:5]))
