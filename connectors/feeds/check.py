"""One look at a feed without remembering or publishing anything: what `newsbeam feeds check` shows."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

import msgspec

from connectors.feeds.fetch import Fetcher, Response
from connectors.feeds.normalise import Visit
from connectors.feeds.reading import Reading
from connectors.feeds.sandbox import Sandbox
from connectors.feeds.settings import FeedsSettings
from connectors.feeds.visit import assignment, request_for
from newsbeam.errors import FetchFailed
from newsbeam.feed import Feed, FeedState

_SAMPLES = 3


class FeedReport(msgspec.Struct, frozen=True, kw_only=True):
    """What a feed answers. `error` is None when it can be read; `warning` is a fault that does not matter.

    `moved_to` is where a permanent redirect leads; `cheap` says that the server can confirm an unchanged
    document without sending it again.
    """

    feed: str
    url: str
    error_kind: str | None = None
    error: str | None = None
    warning: str | None = None
    moved_to: str | None = None
    format: str | None = None
    title: str | None = None
    language: str | None = None
    entries: int = 0
    newest_at: datetime | None = None
    samples: tuple[str, ...] = ()
    cheap: bool = False


async def check_feed(feed: Feed, settings: FeedsSettings | None = None) -> FeedReport:
    """Fetch and read a feed once, and report. Raises nothing that the feed could cause."""
    limits = settings or FeedsSettings()
    async with Fetcher(limits) as fetcher, Sandbox(limits) as sandbox:
        return await look(feed, fetcher, sandbox, limits)


async def check_feeds(
    feeds: Sequence[Feed],
    settings: FeedsSettings | None = None,
    told: Callable[[FeedReport], None] = lambda _: None,
) -> tuple[FeedReport, ...]:
    """Check many feeds side by side, as politely as polling does; reports are in the feeds' order.

    `told` sees each report as it comes.
    """
    limits = settings or FeedsSettings()
    room = asyncio.Semaphore(limits.concurrency)
    async with Fetcher(limits) as fetcher, Sandbox(limits) as sandbox:

        async def one(feed: Feed) -> FeedReport:
            async with room:
                report = await look(feed, fetcher, sandbox, limits)
            told(report)
            return report

        return tuple(await asyncio.gather(*(one(feed) for feed in feeds)))


async def look(feed: Feed, fetcher: Fetcher, sandbox: Sandbox, settings: FeedsSettings) -> FeedReport:
    """Like `check_feed`, with tools that are open already."""
    state = FeedState(feed=feed.id)
    visit = Visit(0, True, datetime.now(UTC))
    try:
        response = await fetcher.fetch(request_for(feed, state))
        reading = await sandbox.read(assignment(feed, response, visit, {}, settings))
    except FetchFailed as error:
        return FeedReport(feed=feed.id, url=feed.url, error_kind=error.kind, error=str(error))
    return _report(feed, response, reading)


def _report(feed: Feed, response: Response, reading: Reading) -> FeedReport:
    dates = [story.published_at for story in reading.changed if story.published_at is not None]
    newest_first = [story.title or story.summary[:80] for story in reversed(reading.changed)]
    return FeedReport(
        feed=feed.id,
        url=response.url,
        warning=reading.warning,
        moved_to=response.moved_to,
        format=reading.format,
        title=reading.title,
        language=reading.language or feed.language,
        entries=reading.entries,
        newest_at=max(dates, default=None),
        samples=tuple(newest_first[:_SAMPLES]),
        cheap=bool(response.etag or response.last_modified),
    )
