"""Which feeds a web page announces: bytes in, links out. Pure, and run only in the sandbox."""

from html.parser import HTMLParser
from urllib.parse import urljoin

import msgspec

_FEED_TYPES = {
    "application/rss+xml",
    "application/atom+xml",
    "application/rdf+xml",
    "application/feed+json",
    "application/json",
}
_FEED_WORDS = ("rss", "atom", "feed")
_LONGEST = 2_000_000
_MOST = 50


class FindLinks(msgspec.Struct, frozen=True, kw_only=True, tag="links"):
    """A page to look through: its bytes and its address."""

    body: bytes
    url: str


class Link(msgspec.Struct, frozen=True):
    """An address that should be a feed, with the title that the page gives it."""

    url: str
    title: str | None
    announced: bool  # by rel=alternate, not merely linked


class Links(msgspec.Struct, frozen=True, tag="found"):
    """What a page links to, announced feeds first."""

    links: tuple[Link, ...]


def find_links(task: FindLinks) -> Links:
    """Return the page's feeds: rel=alternate with a feed's type, then links whose address looks like one."""
    finder = _Finder(task.url)
    finder.feed(task.body[:_LONGEST].decode("utf-8", "replace"))
    ordered = sorted(finder.found.values(), key=lambda link: not link.announced)
    return Links(tuple(ordered[:_MOST]))


class _Finder(HTMLParser):
    def __init__(self, url: str) -> None:
        super().__init__(convert_charrefs=True)
        self._base = url
        self.found: dict[str, Link] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        address = given.get("href", "").strip()
        if tag == "base" and address:
            self._base = urljoin(self._base, address)
        elif tag == "link" and _announces(given):
            self._add(address, given.get("title"), announced=True)
        elif tag == "a" and any(word in address.lower() for word in _FEED_WORDS):
            self._add(address, given.get("title"), announced=False)

    def _add(self, address: str, title: str | None, *, announced: bool) -> None:
        try:
            url = urljoin(self._base, address)
        except ValueError:
            return
        known = self.found.get(url)
        if url.startswith(("http://", "https://")) and (known is None or (announced and not known.announced)):
            self.found[url] = Link(url, (title or "").strip() or None, announced)


def _announces(given: dict[str, str]) -> bool:
    kind = given.get("type", "").partition(";")[0].strip().lower()
    return "alternate" in given.get("rel", "").lower().split() and kind in _FEED_TYPES and "href" in given
