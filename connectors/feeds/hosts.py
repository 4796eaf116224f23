"""Politeness: one request at a time to a host, a gap between two, and distance when it asks for it."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from newsbeam.errors import FetchFailed

LINE_S = 5.0  # so long a visit that came through a redirect stands in line, if it is the only one
IMPATIENCE_S = 30.0  # a turn that is further away than this is not waited for
_TIDY_ABOVE = 1_000


class HostBusy(FetchFailed):
    """Another visit is at the host: says nothing of the feed, which may be tried again when the host is free."""

    def __init__(self, host: str) -> None:
        super().__init__("busy", f"{host} is being asked for another feed")


class _Host:
    def __init__(self) -> None:
        self.lock = asyncio.Lock()
        self.free_at = 0.0
        self.waiting = 0


class HostTurns:
    """Hands out turns; a host is `name:port`. Times are of a monotonic clock, in seconds.

    With `line_s` one may stand in line for a host, for so long, and all others get `HostBusy`; None: all stand in
    line until it is their turn.
    """

    def __init__(
        self, gap_s: float, clock: Callable[[], float] = time.monotonic, line_s: float | None = None
    ) -> None:
        self._gap_s = gap_s
        self._clock = clock
        self._line_s = line_s
        self._hosts: dict[str, _Host] = {}

    def wait_s(self, *hosts: str) -> float | None:
        """Return the seconds until requests to all the hosts may start, None while one runs or waits."""
        known = [self._hosts[host] for host in hosts if host in self._hosts]
        if any(host.waiting for host in known):
            return None
        now = self._clock()
        return max((host.free_at - now for host in known if host.free_at > now), default=0.0)

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for the host's turn and hold it; raises `FetchFailed` (`busy`) when that is far away.

        Raises `HostBusy` when others are before this one, see above.
        """
        if len(self._hosts) > _TIDY_ABOVE:
            self._tidy()
        known = self._hosts.setdefault(host, _Host())
        known.waiting += 1
        try:
            await self._stand_in_line(host, known)
            try:
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
                known.lock.release()
        finally:
            known.waiting -= 1

    async def _stand_in_line(self, host: str, known: _Host) -> None:
        if self._line_s is not None and known.waiting > 2:  # one at the host, one in line, and this one
            raise HostBusy(host)
        try:
            async with asyncio.timeout(self._line_s):
                await known.lock.acquire()
        except TimeoutError as error:
            raise HostBusy(host) from error

    def hold(self, host: str, seconds: float) -> None:
        """Leave a host alone for some seconds, because it said so (429, 503)."""
        known = self._hosts.setdefault(host, _Host())
        known.free_at = max(known.free_at, self._clock() + seconds)

    def _tidy(self) -> None:
        now = self._clock()
        for name, known in list(self._hosts.items()):
            if not known.waiting and known.free_at <= now:
                del self._hosts[name]
