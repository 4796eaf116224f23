"""Which partitions a worker reads: a fair share of them, held by leases in the store.

Leases only keep two workers from doing the same work. Whether a record is recorded once does not rest on
them: that is decided by the stored position, in Record's transaction.
"""

import logging
import threading
from collections.abc import Iterable
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self

from newsbeam.beam import Shift, bounds_of
from newsbeam.bus import Bus
from newsbeam.bus.port import STORIES
from newsbeam.errors import NewsbeamError
from newsbeam.store.clock import StoreClock
from newsbeam.store.database import Store
from newsbeam.store.leases import Leases, owners
from newsbeam.store.positions import read_positions

logger = logging.getLogger(__name__)

LOOK_EVERY_S = 1.0
SHOW_EVERY_S = 15.0


def starts_of(bus: Bus, store: Store, partitions: Iterable[int]) -> dict[int, int]:
    """Return where each partition goes on: the stored position, or the oldest record of a new one."""
    stored = read_positions(store, STORIES)
    return {p: stored[p] if p in stored else bounds_of(bus, STORIES, p).first for p in partitions}


def partition_holders(store: Store, topic: str, now: datetime) -> dict[str, str]:
    """Return who holds which partition now, by the lease's name."""
    return owners(store, f"partition:{topic}:", now)


def fair_share(partitions: int, workers: list[str], owner: str) -> int:
    """Return how many partitions `owner` should hold; the shares of all workers add up to all partitions."""
    if owner not in workers:
        return 0
    each, rest = divmod(partitions, len(workers))
    return each + (sorted(workers).index(owner) < rest)


class Share:
    """One worker's leases on the partitions of one topic."""

    def __init__(self, store: Store, topic: str, partitions: int, owner: str, ttl_s: float) -> None:
        self._store = store
        self.partitions = partitions  # how many the topic has; only grows
        self._owner = owner
        self._ttl = timedelta(seconds=ttl_s)
        self._leases = Leases(store, owner)
        self._worker = f"worker:{topic}:"
        self._partition = f"partition:{topic}:"
        self._held: frozenset[int] = frozenset()

    @property
    def held(self) -> frozenset[int]:
        """The partitions taken when last asked."""
        return self._held

    def take(self, now: datetime) -> frozenset[int]:
        """Give back what is more than fair, take what is free, and return the partitions held.

        Only between shifts: what is given back must not be read any more.
        """
        self._leases.acquire(self._worker + self._owner, self._ttl, now)
        mine, others, fair = self._look(now)
        for partition in sorted(mine)[fair:]:
            self._leases.release(f"{self._partition}{partition}")
            mine.remove(partition)
        for partition in range(self.partitions):
            if len(mine) >= fair:
                break
            if partition not in mine | others and self._acquire(partition, now):
                mine.add(partition)
        for partition in mine:
            self._acquire(partition, now)
        self._held = frozenset(mine)
        return self._held

    def renew(self, now: datetime) -> None:
        """Prolong what is held."""
        self._leases.renew(self._ttl, now)

    def must_change(self, now: datetime) -> bool:
        """Whether another `take` would give something back, find something, or has lost something."""
        mine, others, fair = self._look(now)
        free = self.partitions - len(mine | others)
        return mine != self._held or len(mine) > fair or (len(mine) < fair and free > 0)

    def leave(self) -> None:
        """Give everything back."""
        self._leases.release_all()
        self._held = frozenset()

    def _acquire(self, partition: int, now: datetime) -> bool:
        return self._leases.acquire(f"{self._partition}{partition}", self._ttl, now)

    def _look(self, now: datetime) -> tuple[set[int], set[int], int]:
        """Return my partitions, those of others, and how many I should hold."""
        workers = list(owners(self._store, self._worker, now).values())
        holders = owners(self._store, self._partition, now)
        partitions = {int(name.removeprefix(self._partition)): owner for name, owner in holders.items()}
        mine = {partition for partition, owner in partitions.items() if owner == self._owner}
        return mine, set(partitions) - mine, fair_share(self.partitions, workers, self._owner)


class Keeper:
    """A thread that keeps a share alive and ends the shift when the shares must move.

    It also shows the stored positions on the bus, for displays of the lag.
    """

    def __init__(
        self, share: Share, bus: Bus, store: Store, topic: str, ttl_s: float, clock: StoreClock
    ) -> None:
        self._share = share
        self._clock = clock
        self._bus = bus
        self._store = store
        self._topic = topic
        self._renew_every = max(1, int(ttl_s / 3 / LOOK_EVERY_S))
        self._shown: dict[int, int] = {}
        self._shift: Shift | None = None
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="keeper", daemon=True)

    def watch(self, shift: Shift | None) -> None:
        """End this shift when the shares must move; None between shifts."""
        self._shift = shift

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join(timeout=1.0)  # it may be waiting for a broker, and a stop must not

    def _run(self) -> None:
        looks = 0
        while not self._done.wait(LOOK_EVERY_S):
            looks += 1
            try:
                self._look(looks)
            except NewsbeamError as error:
                # The shift notices a store that is away; stored positions protect the records.
                logger.debug("the shares are not looked after for now: %s", error)

    def _look(self, looks: int) -> None:
        if looks % self._renew_every == 0:
            self._clock.look()
            self._share.renew(self._clock())
        shift = self._shift
        if shift is not None and self._share.must_change(self._clock()):
            shift.end()
        if looks % int(SHOW_EVERY_S / LOOK_EVERY_S) == 0:
            self.show()

    def show(self) -> None:
        """Show how far this worker's partitions are recorded, where that changed."""
        held = self._share.held
        reached = {p: at for p, at in read_positions(self._store, self._topic).items() if p in held}
        if reached and reached != self._shown:
            self._bus.commit(self._topic, reached)
            self._shown = reached
