"""The poller: claims due feeds, visits them side by side, and sleeps until the next is due.

Several pollers may share a store: a claim gives a feed to one of them. A crash between the bus's
acknowledgement and the state's write only repeats entries, which are recognised when they are recorded.
"""

import asyncio
import logging
import os
import random
import time
import uuid
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

import msgspec

from connectors.feeds.fetch import Fetcher
from connectors.feeds.hosts import IMPATIENCE_S, LINE_S, HostBusy, HostTurns
from connectors.feeds.publishing import StoryPublisher
from connectors.feeds.sandbox import Sandbox
from connectors.feeds.settings import FeedsSettings
from connectors.feeds.visit import Visited, Visitor
from connectors.feeds.ways import Ways
from newsbeam.bus.port import Bus
from newsbeam.errors import Unavailable
from newsbeam.feed import Feed, FeedState
from newsbeam.metrics import FEEDS, POLLING_PAUSED
from newsbeam.store.database import Store
from newsbeam.store.feeds import ALIVE, FeedStates
from newsbeam.store.leases import owner_here

log = logging.getLogger(__name__)

T = TypeVar("T")

_DUE_AT_ONCE = 2_000
_LOOK_AGAIN_S = 0.05  # after another poller was faster
_GRACE_S = 2.0  # for visits under way when polling stops
_PAUSE_FIRST_S = 0.5
_PAUSE_LONGEST_S = 15.0
_PAUSES_FORGOTTEN_S = 60.0
_COUNT_EVERY_S = 30.0
_LIVE_ON_EVERY_S = ALIVE.total_seconds() / 3
_SYNCHRONISE_EVERY_S = 60.0  # another poller with an older list may have spoken last


class Surroundings(msgspec.Struct, frozen=True, kw_only=True):
    """What a poller takes from around it; tests and the demo give their own.

    A poller takes back the claims that an earlier one of the same `owner` left when it died, so a name may be
    kept over restarts, but never shared by two that run. None: a name of its own, that says where it ran; then one
    runs in a process at a time.
    """

    owner: str | None = None
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    chance: Callable[[], float] = random.random


class Poller:
    """Polls the feeds that `feeds` returns, which is asked again every few seconds."""

    def __init__(
        self,
        store: Store,
        bus: Bus,
        feeds: Callable[[], Sequence[Feed]],
        settings: FeedsSettings | None = None,
        surroundings: Surroundings | None = None,
    ) -> None:
        self._store, self._bus, self._source = store, bus, feeds
        self._settings = settings or FeedsSettings()
        self._around = surroundings or Surroundings()

    async def run(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set. With the store or the bus away polling pauses, and says so once."""
        async with self._desk() as desk:
            while not stop.is_set():
                try:
                    await desk.poll(stop)
                except Unavailable as error:
                    await desk.pause(stop, error)

    async def poll_once(
        self, *, everything: bool = False, told: Callable[[Visited], None] = lambda _: None
    ) -> tuple[Visited, ...]:
        """Visit every feed that is due now (or `everything`) once, and return how it went; `told` sees each.

        Raises `Unavailable`.
        """
        async with self._desk() as desk:
            return await desk.poll_once(everything, told)

    @asynccontextmanager
    async def _desk(self) -> AsyncIterator["_Desk"]:
        publisher = StoryPublisher(self._bus, self._settings.publish_timeout_s)
        thread = ThreadPoolExecutor(1, "feed-states")
        around = self._around
        turns = HostTurns(self._settings.host_gap_s, line_s=LINE_S)
        try:
            async with (
                Fetcher(self._settings, turns, around.clock) as fetcher,
                Sandbox(self._settings) as sandbox,
            ):
                visitor = Visitor((fetcher, sandbox, publisher), self._settings, around.clock, around.chance)
                owner = around.owner or f"{owner_here(os.getpid())}/{uuid.uuid4().hex[:12]}"
                states = _States(FeedStates(self._store, owner), thread)
                desk = _Desk(self._source, self._settings, around, (states, visitor, fetcher, publisher))
                try:
                    yield desk
                finally:
                    await desk.leave()
        finally:
            publisher.close()
            thread.shutdown(wait=False)


class _States:
    """The feed states from a thread of their own, since a database may block."""

    def __init__(self, states: FeedStates, thread: ThreadPoolExecutor) -> None:
        self.blocking = states
        self._thread = thread

    async def ask(self, question: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, question)


class _Desk:
    """One poller at work: which feeds there are, which visits are under way."""

    def __init__(
        self,
        source: Callable[[], Sequence[Feed]],
        settings: FeedsSettings,
        around: Surroundings,
        tools: tuple[_States, Visitor, Fetcher, StoryPublisher],
    ) -> None:
        self._source = source
        self._settings = settings
        self._around = around
        self._states, self._visitor, self._fetcher, self._publisher = tools
        self._feeds: dict[str, Feed] | None = None
        self._ways = Ways()
        self._visits: dict[asyncio.Task[Visited | None], str] = {}  # and the feed of each
        self._paused = False
        self._pauses = 0  # in a row, without a story that reached the bus between them
        self._paused_at = float("-inf")
        self._counted_at = float("-inf")
        self._lived_on_at = float("-inf")
        self._synchronise_at = float("-inf")

    async def poll(self, stop: asyncio.Event) -> None:
        """Poll until `stop` is set; raises `Unavailable`, with no visit under way."""
        stopped = asyncio.create_task(stop.wait())
        try:
            await self._take_back()
            while not stop.is_set():
                await self._follow_source()
                nap_s = await self._start_due(self._around.clock())
                await self._count()
                await self._rest({stopped, *self._visits}, nap_s)
                self._collect()
        finally:
            stopped.cancel()
            await self._end_visits()

    async def poll_once(self, everything: bool, told: Callable[[Visited], None]) -> tuple[Visited, ...]:
        """Visit what is due when called, each feed once."""
        now = self._around.clock()
        found: list[Visited] = []
        await self._take_back()
        feeds = await self._follow_source()
        if everything:
            await self._states.ask(lambda: self._states.blocking.make_due(feeds, now))
        while True:
            nap_s = await self._start_due(now)
            if not self._visits and not await self._states.ask(lambda: self._states.blocking.due(now, 1)):
                return tuple(found)
            if self._visits:
                await self._rest(self._visits, nap_s)
            else:
                await asyncio.sleep(nap_s)
            for visited in self._collect():
                found.append(visited)
                told(visited)

    async def pause(self, stop: asyncio.Event, error: Unavailable) -> None:
        """Wait a while, longer each time in a row; say so when polling has only now become impossible."""
        if not self._paused:
            log.warning("polling pauses: %s", error)
            self._paused = True
            POLLING_PAUSED.set(1)
        if time.monotonic() - self._paused_at > _PAUSES_FORGOTTEN_S:
            self._pauses = 0
        longest = min(_PAUSE_FIRST_S * 2.0 ** min(self._pauses, 10), _PAUSE_LONGEST_S)
        self._pauses += 1
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), longest * (1 + self._around.chance()) / 2)
        self._paused_at = time.monotonic()

    async def leave(self) -> None:
        """End what is under way and give the claims back, if the store answers."""
        await self._end_visits()
        try:
            await self._states.ask(self._states.blocking.release)
        except Unavailable as error:
            log.info("claims of feeds stay until their lease ends: %s", error)

    async def _take_back(self) -> None:
        """Free the claims of an earlier life, and see that store and bus answer before anything is read."""
        self._feeds = None
        now = self._around.clock()
        await self._states.ask(lambda: self._states.blocking.take_back(now))
        await self._publisher.check()
        if self._paused:
            log.warning("polling goes on: the store and the bus answer")
            self._paused = False
            POLLING_PAUSED.set(0)

    async def _follow_source(self) -> dict[str, Feed]:
        feeds = {feed.id: feed for feed in await self._states.ask(self._source) if feed.enabled}
        now, states = self._around.clock(), self._states.blocking
        before = self._feeds
        if before is None or before.keys() != feeds.keys() or time.monotonic() >= self._synchronise_at:
            await self._states.ask(lambda: states.synchronise(feeds.keys(), now))
            self._synchronise_at = time.monotonic() + _SYNCHRONISE_EVERY_S
        edited = [name for name, feed in (before or {}).items() if feeds.get(name, feed) != feed]
        if edited:
            await self._states.ask(lambda: states.make_due(edited, now))
        self._feeds = feeds
        self._ways.keep(feeds.keys())
        return feeds

    async def _start_due(self, now: datetime) -> float:
        """Start visits to due feeds while there is room; return how long nothing else can be started."""
        room = self._settings.concurrency - len(self._visits)
        if room <= 0:
            return self._settings.refresh_s
        due = await self._states.ask(lambda: self._states.blocking.due(now, _DUE_AT_ONCE))
        chosen, nap_s = self._choose(due, room)
        lease = timedelta(seconds=self._settings.lease_s)
        if chosen:
            feeds = self._feeds or {}
            claimed = await self._states.ask(lambda: self._states.blocking.claim(chosen, now, lease))
            self._visits.update(
                (asyncio.create_task(self._visit(feeds[state.feed], state)), state.feed) for state in claimed
            )
            if len(claimed) < len(chosen):
                return _LOOK_AGAIN_S
        soonest = await self._states.ask(lambda: self._states.blocking.soonest(now))
        if soonest is not None:
            nap_s = min(nap_s, max((soonest - self._around.clock()).total_seconds(), 0.0))
        return nap_s

    def _choose(self, due: Sequence[str], room: int) -> tuple[list[str], float]:
        """Pick feeds whose hosts are free, one a host; and say when the next host will be."""
        chosen: list[str] = []
        taken: set[str] = set()
        nap_s = self._settings.refresh_s
        visited = set(self._visits.values())
        feeds = self._feeds or {}
        for feed in (feeds[name] for name in due if name in feeds and name not in visited):
            hosts = self._ways.of(feed).hosts
            wait_s = self._fetcher.turns.wait_s(*hosts)
            if hosts & taken or wait_s is None:
                continue  # the end of the visit there will wake the loop
            if 0 < wait_s <= IMPATIENCE_S:
                nap_s = min(nap_s, wait_s)
            elif len(chosen) < room:
                chosen.append(feed.id)
                taken |= hosts
        return chosen, nap_s

    async def _visit(self, feed: Feed, state: FeedState) -> Visited | None:
        way = self._ways.of(feed)
        try:
            visited = await self._visitor.visit(feed, state, way.head_for)
        except HostBusy:  # which was not known: the feed stays due until every host on its way is free
            await self._states.ask(lambda: self._states.blocking.give_back(state))
            return None
        way.arrive()
        now = self._around.clock()
        if not await self._states.ask(lambda: self._states.blocking.settle(visited.state, now)):
            log.info("feed %s: another poller claimed it meanwhile; its visit counts", feed.id)
        if visited.stories:
            self._pauses = 0
        _tell(state, visited)
        return visited

    def _collect(self) -> list[Visited]:
        done = {visit for visit in self._visits if visit.done()}
        for visit in done:
            del self._visits[visit]
        failed = [error for visit in done if (error := visit.exception()) is not None]
        if failed:
            raise failed[0]
        return [visited for visit in done if (visited := visit.result()) is not None]

    async def _end_visits(self) -> None:
        """Let visits end by themselves for a moment, then cancel them: an unwritten one is only repeated."""
        visits, self._visits = [*self._visits], {}
        if not visits:
            return
        _, late = await asyncio.wait(visits, timeout=_GRACE_S)
        for visit in late:
            visit.cancel()
        await asyncio.gather(*visits, return_exceptions=True)

    async def _rest(self, until: Collection[asyncio.Task[Any]], nap_s: float) -> None:
        """Wait for one of the tasks, or a while; holding claims, show now and then that this poller lives."""
        if self._visits:
            nap_s = min(nap_s, _LIVE_ON_EVERY_S)
            if time.monotonic() - self._lived_on_at >= _LIVE_ON_EVERY_S:
                self._lived_on_at = time.monotonic()
                now = self._around.clock()
                await self._states.ask(lambda: self._states.blocking.live_on(now))
        await asyncio.wait(until, timeout=nap_s, return_when="FIRST_COMPLETED")

    async def _count(self) -> None:
        if time.monotonic() - self._counted_at >= _COUNT_EVERY_S:
            self._counted_at = time.monotonic()
            for status, number in (await self._states.ask(self._states.blocking.counts)).items():
                FEEDS.labels(status).set(number)


def _tell(before: FeedState, visited: Visited) -> None:
    after = visited.state
    if after.failures == 1:
        log.info("feed %s fails: %s", after.feed, after.error)
    elif before.failures and not after.failures:
        log.info("feed %s is well again after %d failures", after.feed, before.failures)
