"""How much waits on the bus to be recorded."""

import threading
import time
from collections.abc import Mapping

from newsbeam.bus import Bus
from newsbeam.bus.port import STORIES, Reader
from newsbeam.store.database import Store
from newsbeam.store.positions import read_positions

_ASK_AGAIN_S = 5.0


class Backlog:
    """The records of `stories` that wait, by partition; asked anew every few seconds, however often it is called.

    Whoever displays it asks: then it grows also while no worker lives.
    """

    def __init__(self, bus: Bus, store: Store) -> None:
        self._bus, self._store = bus, store
        self._readers: dict[int, Reader] = {}
        self._guard = threading.Lock()
        self._asked_at = float("-inf")
        self._found: Mapping[int, int] = {}

    def __call__(self) -> Mapping[int, int]:
        """Return how many records wait. Raises `Unavailable` while store or bus are away."""
        with self._guard:
            if time.monotonic() - self._asked_at >= _ASK_AGAIN_S:
                self._found = self._ask()
                self._asked_at = time.monotonic()
            return self._found

    def _ask(self) -> Mapping[int, int]:
        recorded = read_positions(self._store, STORIES)
        found = {}
        for partition in range(self._bus.partitions(STORIES)):
            if partition not in self._readers:
                self._readers[partition] = self._bus.reader(STORIES, partition)
            bounds = self._readers[partition].bounds()
            found[partition] = max(0, bounds.end - max(bounds.first, recorded.get(partition, bounds.first)))
        return found

    def close(self) -> None:
        """Close the connections to the bus; it opens them again when it is asked."""
        with self._guard:
            readers, self._readers = self._readers, {}
            for reader in readers.values():
                reader.close()
