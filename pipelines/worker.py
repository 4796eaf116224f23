"""One worker: shift after shift over its share of the partitions, carefully where a record may be poison."""

import logging
import threading
import time
from datetime import datetime

from newsbeam.beam import Shift, bounds_of, close_readers
from newsbeam.bus.port import STORIES
from newsbeam.errors import AlreadyRunning, Gap, NotFound, Unavailable
from newsbeam.metrics import CAREFUL, SHIFTS, WORKERS
from newsbeam.store.clock import StoreClock
from newsbeam.store.markers import Marker, begin, clear
from pipelines.careful import CarefulRead, condemned_by
from pipelines.exits import EXIT_GAP, EXIT_STOPPED, refuse_beside_keeper
from pipelines.monitor import Monitor, Places
from pipelines.settings import ProcessSettings
from pipelines.shares import Keeper, Share, starts_of
from pipelines.shift import in_process_options, run_shift
from pipelines.watchdog import Watchdog

logger = logging.getLogger("newsbeam.process")

FREE_SHARE_EVERY_S = 0.5


class Worker:
    """Runs until `stop` is set, or until stored positions and bus do not fit together.

    With `only` it reads nothing but that partition's doubtful stretch, and ends.
    """

    def __init__(
        self,
        places: Places,
        settings: ProcessSettings,
        owner: str,
        stop: threading.Event,
        only: int | None = None,
    ) -> None:
        self._places = places
        self._settings = settings
        self._owner = owner
        self._stop = stop
        self._only = only
        self._options = in_process_options(settings.beam_options)
        self._pause_s = settings.first_pause_s
        self._gaps = 0
        self._waits_for = ""  # what was said last to be in the way

    def run(self) -> int:
        """Work until stopped; return the exit code."""
        partitions = self._partitions()
        if partitions is None:
            return EXIT_STOPPED
        to, settings = self._places, self._settings
        self._clock = StoreClock(to.store)
        share = Share(to.store, STORIES, partitions, self._owner, settings.lease_s)
        with (
            Watchdog(settings.hang_after_s) as self._watchdog,
            Keeper(share, to.bus, to.store, STORIES, settings.lease_s, self._clock) as self._keeper,
        ):
            WORKERS.set(1)
            try:
                return self._work(share)
            finally:
                WORKERS.set(0)
                close_readers(to.bus)
                self._leave(share)

    def _partitions(self) -> int | None:
        """Return the number of partitions as soon as the bus answers, None when stopped before."""
        while not self._stop.is_set():
            try:
                return self._ask_partitions()
            except Unavailable as error:
                self._pause(error)
        return None

    def _ask_partitions(self) -> int:
        """Ask the bus now; a broker may be given more partitions while workers run."""
        self._asked_at = time.monotonic()
        return self._places.bus.partitions(STORIES)

    def _work(self, share: Share) -> int:
        while not self._stop.is_set():
            try:
                self._next_shift(share)
                self._go_on()
            except Gap as error:
                self._gaps += 1
                logger.warning("the shift ends: %s", error)
                if self._gaps > 1:
                    return EXIT_GAP
            except (Unavailable, NotFound, AlreadyRunning) as error:
                self._pause(error)
        return EXIT_STOPPED

    def _next_shift(self, share: Share) -> None:
        """Run one shift, or wait a moment while no partition is free. Raises what the shift failed with."""
        self._clock.look()  # whatever is taken is taken by the store's time
        now = self._clock()
        if time.monotonic() - self._asked_at >= self._settings.shift_s:
            share.partitions = self._ask_partitions()
        partitions = share.take(now)
        if self._only is None:
            self._yield_to_keeper(share, now)
        else:
            partitions &= {self._only}
        if not partitions:
            self._stop.wait(FREE_SHARE_EVERY_S)
            return
        self._places.catalog.refresh()
        starts = starts_of(self._places.bus, self._places.store, partitions)
        markers = begin(self._places.store, STORIES, starts, self._owner, now)
        doubtful = [partition for partition in sorted(starts) if markers[partition].stuck]
        if doubtful:
            self._read_carefully(doubtful[0], starts[doubtful[0]], markers[doubtful[0]])
        elif self._only is not None:
            self._stop.set()
        else:
            self._run(starts, Shift(lasts_s=self._settings.shift_s, stop=self._stop))

    def _yield_to_keeper(self, share: Share, now: datetime) -> None:
        """Give everything back while a job on Flink reads; raises `AlreadyRunning`.

        Looked for after the leases are taken, as the keeper looks for workers after its own: one sees the other.
        """
        try:
            refuse_beside_keeper(self._places.store, now)
        except AlreadyRunning:
            share.leave()
            raise

    def _read_carefully(self, partition: int, start: int, marker: Marker) -> None:
        """Read what one chunk may have held, one record at a time; without another death the doubt is
        over."""
        end = bounds_of(self._places.bus, STORIES, partition).end
        condemned = condemned_by(marker, partition)
        logger.warning(
            "%s/%d: %d worker(s) in a row died at offset %d; it is read one record at a time",
            STORIES,
            partition,
            marker.stuck,
            start,
        )
        if condemned is not None:
            logger.error("%s/%d: the record at %d kills its readers: a dead letter", STORIES, *condemned)
        shift = Shift(records=self._settings.chunk_records, stop=self._stop)
        if end > start:
            self._run({partition: start}, shift, CarefulRead(self._owner, partition, end, condemned))
        if not shift.cut_short:
            clear(self._places.store, STORIES, partition)

    def _run(self, starts: dict[int, int], shift: Shift, careful: CarefulRead | None = None) -> None:
        pace = self._settings.pace.split(len(starts))
        if careful is not None:
            pace = pace.one_by_one()
        self._watchdog.watch(shift)
        self._keeper.watch(shift)
        CAREFUL.set(careful is not None)
        try:
            run_shift(Monitor(self._places, starts, pace, shift=shift, careful=careful), self._options)
        finally:
            self._watchdog.watch(None)
            self._keeper.watch(None)
            CAREFUL.set(0)
        SHIFTS.labels("done" if shift.error is None else type(shift.error).__name__).inc()
        if shift.error is not None:
            raise shift.error

    def _go_on(self) -> None:
        """Forget what was in the way."""
        self._gaps, self._pause_s = 0, self._settings.first_pause_s
        if self._waits_for:
            logger.warning("the work goes on")
            self._waits_for = ""

    def _pause(self, error: Exception) -> None:
        """Wait, longer each time in a row, and say once why."""
        if str(error) != self._waits_for:
            logger.warning("the work waits: %s", error)
            self._waits_for = str(error)
        self._stop.wait(self._pause_s)
        self._pause_s = min(self._pause_s * 2, self._settings.longest_pause_s)

    def _leave(self, share: Share) -> None:
        try:
            share.leave()
        except Unavailable as error:
            logger.warning("the partitions are free when their leases end: %s", error)
