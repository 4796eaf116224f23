"""Turns a hang into a death: a worker in which nothing moves is ended, so that its supervisor starts
another."""

import faulthandler
import logging
import os
import threading
import time
from types import TracebackType
from typing import Self

from newsbeam.beam import Shift
from pipelines.exits import EXIT_HANG

logger = logging.getLogger(__name__)

_STDERR = 2


class Watchdog:
    """Watches one shift at a time, from a thread of its own.

    A step that hangs without giving up Python's lock (a regular expression, a parser in C) would hold the
    thread as well: so the thread only keeps pushing back an alarm of `faulthandler`, which needs no lock to
    end the process.
    """

    def __init__(self, hang_after_s: float) -> None:
        self._hang_after_s = hang_after_s
        self._every_s = hang_after_s / 8
        self._shift: Shift | None = None
        self._guard = threading.Lock()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def watch(self, shift: Shift | None) -> None:
        """Watch this shift from now on, or none."""
        with self._guard:
            self._shift = shift
            self._push_back()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(self._every_s):
            with self._guard:
                self._push_back()
        faulthandler.cancel_dump_traceback_later()

    def _push_back(self) -> None:
        if self._shift is None:
            faulthandler.cancel_dump_traceback_later()
            return
        still_s = time.monotonic() - self._shift.touched_at
        if still_s > self._hang_after_s:
            self._end(still_s)
        # Later than this thread would act, which can say more.
        alarm_s = self._hang_after_s - still_s + 2 * self._every_s
        faulthandler.dump_traceback_later(alarm_s, exit=True, file=_STDERR)

    def _end(self, still_s: float) -> None:
        logger.critical("nothing has moved for %.0f s: this worker ends, and another starts", still_s)
        faulthandler.dump_traceback(file=_STDERR)
        os._exit(EXIT_HANG)
