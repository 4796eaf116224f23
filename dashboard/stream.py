"""Live streams: one look at the store for all of them, server-sent events that resume where a client stopped.

A cursor is `epoch:alert_seq`. The epoch changes when a backup is restored: a client with an old one is told
to start over (`reset`), so that it never skips what the restored store numbers anew.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass

from starlette.concurrency import run_in_threadpool

from newsbeam.errors import StoreUnavailable
from newsbeam.store.database import Store
from newsbeam.store.pages import Pulse, pulse
from newsbeam.store.reads import AlertView, latest_alerts

logger = logging.getLogger("newsbeam.serve")

LOOK_EVERY_S = 0.5
QUIET_S = 15.0  # after so long without news a comment keeps proxies from cutting the line
PAGE = 100
RETRY_MS = 2000


@dataclass(frozen=True)
class Cursor:
    """Where a follower is."""

    epoch: str
    seq: int

    def __str__(self) -> str:
        return f"{self.epoch}:{self.seq}"


def read_cursor(text: str | None) -> Cursor | None:
    """Read a cursor, None for anything else; a bare number is of whatever epoch the store has."""
    epoch, _, seq = (text or "").rpartition(":")
    return Cursor(epoch, int(seq)) if seq.isascii() and seq.isdigit() and len(seq) < 19 else None


class Full(Exception):
    """As many streams as the settings allow are open."""


class Hub:
    """Looks at the store twice a second while anyone listens, and wakes the listeners when it moved."""

    def __init__(self, store: Store, most: int) -> None:
        self._store = store
        self._most = most
        self._changed = asyncio.Condition()
        self._pulse: Pulse | None = None
        self._wanted = asyncio.Event()
        self._stopping = asyncio.Event()
        self.listeners = 0

    def stop(self) -> None:
        """End every stream soon; they close their connections themselves."""
        self._stopping.set()
        self._wanted.set()

    @property
    def stopping(self) -> bool:
        """Whether the server is going down."""
        return self._stopping.is_set()

    async def run(self) -> None:
        """Look until stopped; a store that does not answer is looked at again."""
        while not self.stopping:
            await self._wanted.wait()
            try:
                found = await run_in_threadpool(pulse, self._store)
            except StoreUnavailable as error:
                logger.warning("live stream: %s", error)
            else:
                await self._tell(found)
            await self._pause(LOOK_EVERY_S)
        async with self._changed:
            self._changed.notify_all()

    def enter(self) -> None:
        """Count a listener in; raises `Full`."""
        if self.listeners >= self._most:
            raise Full
        self.listeners += 1
        self._wanted.set()

    def leave(self) -> None:
        """Count a listener out."""
        self.listeners -= 1
        if not self.listeners and not self.stopping:
            self._wanted.clear()
            self._pulse = None

    async def after(self, seen: Pulse | None) -> Pulse | None:
        """Wait until the store is elsewhere than `seen`; None after a quiet while or when stopping."""
        try:
            async with asyncio.timeout(QUIET_S), self._changed:
                await self._changed.wait_for(lambda: self.stopping or self._pulse not in (None, seen))
        except TimeoutError:
            return None
        return None if self.stopping else self._pulse

    async def _tell(self, found: Pulse) -> None:
        if found != self._pulse:
            async with self._changed:
                self._pulse = found
                self._changed.notify_all()

    async def _pause(self, seconds: float) -> None:
        try:
            await asyncio.wait_for(self._stopping.wait(), seconds)
        except TimeoutError:
            return


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    name: str
    data: str
    id: str | None = None

    def encode(self) -> bytes:
        """The event on the wire (WHATWG HTML, section 9.2): each line of the data apart."""
        lines = [f"event: {self.name}"]
        if self.id is not None:
            lines.append(f"id: {self.id}")
        lines += [f"data: {line}" for line in self.data.splitlines() or [""]]
        return ("\n".join(lines) + "\n\n").encode()


async def follow(
    hub: Hub,
    store: Store,
    cursor: Cursor | None,
    render: Callable[[AlertView], str],
    topic: str | None = None,
) -> AsyncIterator[bytes]:
    """Yield alerts after `cursor` (None: from now on) as they are told or updated, and how far recording is.

    Events: `alert` (rendered, its id is the cursor to resume at), `recorded` (the newest record_seq),
    `reset` (the store was restored from a backup: start over). The caller entered the hub; it is left here.
    """
    try:
        yield f"retry: {RETRY_MS}\n\n".encode()
        seen: Pulse | None = None
        while not hub.stopping:
            found = await hub.after(seen)
            if found is None:
                yield b": quiet\n\n"
                continue
            cursor, greeting = _align(cursor, found)
            if greeting:
                yield greeting
            async for view in _alerts_after(hub, store, cursor, found.alert_seq, topic):
                cursor = Cursor(found.epoch, view.alert_seq)
                yield Event("alert", render(view), str(cursor)).encode()
            cursor = Cursor(found.epoch, max(cursor.seq, found.alert_seq))
            if seen is None or seen.record_seq != found.record_seq:
                yield Event("recorded", str(found.record_seq), str(cursor)).encode()
            seen = found
    except StoreUnavailable as error:
        logger.warning("live stream ends: %s", error)  # the client comes back with its cursor
    finally:
        hub.leave()


def _align(cursor: Cursor | None, found: Pulse) -> tuple[Cursor, bytes]:
    """Return where to follow from, and what to tell the client of it."""
    if cursor is None:
        cursor = Cursor(found.epoch, found.alert_seq)
        return cursor, Event("hello", "", str(cursor)).encode()
    if not cursor.epoch:
        return Cursor(found.epoch, cursor.seq), b""
    if cursor.epoch != found.epoch:
        cursor = Cursor(found.epoch, 0)
        return cursor, Event("reset", "", str(cursor)).encode()
    return cursor, b""


async def _alerts_after(
    hub: Hub, store: Store, cursor: Cursor, until: int, topic: str | None
) -> AsyncIterator[AlertView]:
    """Yield alerts after the cursor, page by page."""
    at = cursor.seq
    while at < until and not hub.stopping:
        views = await run_in_threadpool(latest_alerts, store, topic=topic, after=at, limit=PAGE)
        for view in views:
            at = view.alert_seq
            yield view
        if len(views) < PAGE:
            return
