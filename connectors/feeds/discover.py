"""From the address of a page to the feeds that it announces, each tried before it is offered."""

from urllib.parse import urljoin

from connectors.feeds.check import look
from connectors.feeds.fetch import Fetcher, Request
from connectors.feeds.links import FindLinks, Link
from connectors.feeds.sandbox import Sandbox
from connectors.feeds.settings import FeedsSettings
from connectors.feeds.subscriptions import id_from, not_an_address
from newsbeam.errors import UsageError
from newsbeam.feed import Feed

_TRIED = 10
_USUAL = ("/feed", "/rss", "/rss.xml", "/atom.xml", "/feed.json")  # where feeds lie that no page announces


async def discover(
    url: str, settings: FeedsSettings | None = None, *, allow_private: bool = False
) -> tuple[Feed, ...]:
    """Return the feeds at an address: itself if it is one, else those its page announces or links to.

    `example.org` means `https://example.org`. Every feed returned was fetched and could be read. Raises
    `UsageError` when the text is no address, `FetchFailed` when the page cannot be fetched.
    """
    address = url.strip() if "://" in url else f"https://{url.strip()}"
    if (what := not_an_address(address)) is not None:
        raise UsageError(what)
    limits = settings or FeedsSettings()
    async with Fetcher(limits) as fetcher, Sandbox(limits) as sandbox:
        tools = _Tools(fetcher, sandbox, limits, allow_private)
        itself = await tools.tried(Link(address, None, announced=True))
        if itself is not None:
            return (itself,)
        page = await fetcher.fetch(Request(url=address, allow_private=allow_private))
        found = await sandbox.find_links(FindLinks(body=page.body, url=page.url))
        announced = tuple(link for link in found.links if link.announced)
        usual = tuple(Link(urljoin(page.url, path), None, announced=False) for path in _USUAL)
        for group in (announced, tuple(link for link in found.links if not link.announced), usual):
            feeds = await tools.all_tried(group[:_TRIED])
            if feeds:
                return feeds
        return ()


class _Tools:
    def __init__(self, fetcher: Fetcher, sandbox: Sandbox, settings: FeedsSettings, private: bool) -> None:
        self._fetcher, self._sandbox, self._settings = fetcher, sandbox, settings
        self._private = private

    async def all_tried(self, links: tuple[Link, ...]) -> tuple[Feed, ...]:
        found: dict[str, Feed] = {}
        for link in links:
            feed = await self.tried(link)
            if feed is not None:
                found.setdefault(feed.url, feed)
        return tuple(found.values())

    async def tried(self, link: Link) -> Feed | None:
        feed = Feed(id=id_from(link.url), url=link.url, allow_private=self._private)
        report = await look(feed, self._fetcher, self._sandbox, self._settings)
        if report.error is not None:
            return None
        return Feed(
            id=feed.id,
            url=report.moved_to or link.url,
            title=report.title or link.title,
            language=report.language,
            allow_private=self._private,
        )
