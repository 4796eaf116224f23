"""One visit to one feed: fetch, read, publish, and the state that this leaves."""

import asyncio
import logging
import time
from collections.abc import Callable
from datetime import datetime

import msgspec

from connectors.feeds.entry import ParseLimits
from connectors.feeds.fetch import Fetcher, Request, Response
from connectors.feeds.hosts import HostBusy
from connectors.feeds.memory import Judge
from connectors.feeds.normalise import Visit
from connectors.feeds.publishing import StoryPublisher
from connectors.feeds.reading import Assignment
from connectors.feeds.sandbox import Sandbox
from connectors.feeds.settings import FeedsSettings
from newsbeam.errors import FetchFailed, Unavailable
from newsbeam.feed import Feed, FeedState
from newsbeam.metrics import FEED_BYTES, FEED_FETCH_SECONDS, FEED_FETCHES

log = logging.getLogger(__name__)


class Visited(msgspec.Struct, frozen=True):
    """How a visit ended: the state it leaves, and how many stories it put on the bus."""

    feed: Feed
    state: FeedState
    stories: int

    @property
    def outcome(self) -> str:
        """`ok`, `unchanged`, or the kind of failure."""
        if self.state.failures:
            return self.state.error_kind or "failing"
        return "ok" if self.stories else "unchanged"


class Visitor:
    """Visits feeds. `clock` gives aware UTC, `chance` a number in [0, 1)."""

    def __init__(
        self,
        tools: tuple[Fetcher, Sandbox, StoryPublisher],
        settings: FeedsSettings,
        clock: Callable[[], datetime],
        chance: Callable[[], float],
    ) -> None:
        self._fetcher, self._sandbox, self._publisher = tools
        self._settings = settings
        self._judge = Judge(settings)
        self._clock = clock
        self._chance = chance

    async def visit(
        self, feed: Feed, before: FeedState, heading: Callable[[str], None] = lambda _: None
    ) -> Visited:
        """Fetch a claimed feed once; `heading` is told each host before it is asked.

        A failure of the feed is an outcome. Raises `Unavailable`, and `HostBusy` when others are before this visit.
        """
        state = self._judge.begin(before, feed)
        started = time.monotonic()
        try:
            visited = await self._in_time(feed, state, heading)
        except (HostBusy, Unavailable):
            raise
        except FetchFailed as error:
            visited = self._failed(feed, state, error)
        except Exception as error:  # one feed, whatever it triggers, must not stop the others
            log.exception("feed %s: the visit failed in a way that nobody foresaw", feed.id)
            visited = self._failed(feed, state, FetchFailed("internal", f"{type(error).__name__}: {error}"))
        FEED_FETCH_SECONDS.observe(time.monotonic() - started)
        FEED_FETCHES.labels(visited.outcome).inc()
        return visited

    async def _in_time(self, feed: Feed, state: FeedState, heading: Callable[[str], None]) -> Visited:
        limit_s = self._settings.visit_s
        try:
            async with asyncio.timeout(limit_s):
                return await self._read(feed, state, heading)
        except TimeoutError as error:
            why = f"the visit, with redirects and all waiting, took longer than {limit_s:g} s (lease_s)"
            raise FetchFailed("timeout", why) from error

    async def _read(self, feed: Feed, state: FeedState, heading: Callable[[str], None]) -> Visited:
        response = await self._fetcher.fetch(request_for(feed, state), heading)
        now = self._clock()
        if response.unchanged or response.body_hash == state.body_hash:
            return Visited(feed, self._judge.unchanged(state, feed, response, now, self._chance()), 0)
        FEED_BYTES.inc(len(response.body))
        visit = Visit(state.fetch, state.watched_since is None, now)
        reading = await self._sandbox.read(assignment(feed, response, visit, state.digests, self._settings))
        await self._publisher.publish(reading.changed)
        after = self._judge.read(state, feed, (response, reading), now, self._chance())
        return Visited(feed, after, len(reading.changed))

    def _failed(self, feed: Feed, state: FeedState, error: FetchFailed) -> Visited:
        return Visited(feed, self._judge.failed(state, feed, error, self._clock(), self._chance()), 0)


def request_for(feed: Feed, state: FeedState) -> Request:
    """Return the conditional request for a feed in this state."""
    return Request(
        url=state.url or feed.url,
        etag=state.etag,
        last_modified=state.last_modified,
        allow_private=feed.allow_private,
    )


def assignment(
    feed: Feed, response: Response, visit: Visit, digests: dict[str, str], settings: FeedsSettings
) -> Assignment:
    """Return the reading task for a response."""
    return Assignment(
        feed=feed,
        url=response.url,
        content_type=response.content_type,
        body=response.body,
        visit=visit,
        digests=digests,
        limits=ParseLimits(settings.entries, settings.text_chars),
    )
