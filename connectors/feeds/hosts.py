"""Politeness: one request at a time to a host, a gap between two, and distance when it asks for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from newsbeam.errors import FetchFailed

IMPATIENCE_S = 30.0  # a turn that is further away than this is not waited for
_TIDY_ABOVE = 1_000


class _Host:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.free_at = 0.0
        self.waiting = 0


class HostTurns:
    """Hands out turns; a host is `name:port`. Times are of a monotonic clock, in seconds."""

    def __init__(self, gap_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._gap_s = gap_s
        self._clock = clock
        self._hosts: dict[str, _Host] = {}

    def wait_s(self, host: str) -> float | None:
        """Return the seconds until a request to the host may start, None while one runs or waits."""
        known = self._hosts.get(host)
        if known is None:
            return 0.0
        return None if known.waiting else max(known.free_at - self._clock(), 0.0)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it; raises `FetchFailed` (`busy`) when that is far away."""
        if len(self._hosts) > _TIDY_ABOVE:
            self._tidy()
        known = self._hosts.setdefault(host, _Host())
        known.waiting += 1
        try:
            async with known.lock:
                wait = known.free_at - self._clock()
                if wait > IMPATIENCE_S:
                    raise FetchFailed("busy", f"{host} asked to be left alone for {wait:.0f} s more", wait)
                if wait > 0:
                    await asyncio.sleep(wait)
                try:
                    yield
                finally:
                    known.free_at = max(known.free_at, self._clock() + self._gap_s)
        finally:
            known.waiting -= 1

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for some seconds, because it said so (429, 503)."""
        known = self._hosts.setdefault(host, _Host())
        known.free_at = max(known.free_at, self._clock() + seconds)

    def _tidy(self) -> None:
        now = self._clock()
        for name, known in list(self._hosts.items()):
            if not known.waiting and known.free_at <= now:
                del self._hosts[name]
