"""The operator's list of feeds: `config/feeds.yaml`, read with every mistake at once."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from yarl import URL

from newsbeam.errors import ConfigurationError
from newsbeam.feed import Feed
from newsbeam.settings import Lines, check_apart, read_yaml

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_SHORTEST_S = 1.0


def load_feeds(path: Path) -> tuple[Feed, ...]:
    """Return the feeds that a file lists, in its order; no file lists none.

    Raises `ConfigurationError` with every mistake: bad YAML, unknown keys, addresses that are none, one id or
    address twice.
    """
    if not path.exists():
        return ()
    value, lines = read_yaml(path)
    if value is None:
        return ()
    if not isinstance(value, list):
        raise ConfigurationError([f"{lines.at()}: a list of feeds is needed, each beginning with `- id:`"])
    reader = _Reader(lines)
    for index, entry in enumerate(value):
        reader.add(entry, index)
    if reader.mistakes:
        raise ConfigurationError(reader.mistakes)
    return tuple(reader.feeds)


class _Reader:
    def __init__(self, lines: Lines) -> None:
        self.feeds: list[Feed] = []
        self.mistakes: list[str] = []
        self._lines = lines
        self._places: dict[tuple[str, str], str] = {}

    def add(self, entry: Any, index: int) -> None:
        sound = check_apart(entry, Feed, self._lines, self.mistakes, (index,))
        if sound is None:
            return
        feed = sound.entry
        self.feeds.append(feed)
        for name, what in feed_mistakes(feed):
            if name not in sound.doubtful:
                self._wrong(index, name, what)
        for name, given in (("id", feed.id), ("url", feed.url)):
            if name in sound.doubtful:
                continue
            place = self._lines.at(index, name)
            first = self._places.setdefault((name, given), place)
            if first != place:
                self._wrong(index, name, f"{given} is listed already, at {first}")

    def _wrong(self, index: int, name: str, what: str) -> None:
        self.mistakes.append(f"{self._lines.at(index, name)}: feed {name}: {what}")


def feed_mistakes(feed: Feed) -> Iterator[tuple[str, str]]:
    """Yield what is wrong with one feed, as (field, reason)."""
    if not ID.fullmatch(feed.id):
        yield "id", f"{feed.id!r}: use small letters, digits, `-`, `_` and `.` only"
    if (what := not_an_address(feed.url)) is not None:
        yield "url", what
    if feed.every_s is not None and feed.every_s < _SHORTEST_S:
        yield "every", "a feed cannot be fetched more often than once a second"


def not_an_address(url: str) -> str | None:
    """Return what is wrong with a feed's address, None when nothing is."""
    try:
        parsed = URL(url)
    except ValueError as error:
        return f"{url!r} is no address: {error}"
    if parsed.scheme not in {"http", "https"} or not parsed.host:
        return f"{url!r} is no http or https address"
    return None


def id_from(url: str) -> str:
    """Return an id for a feed that has none yet, made of its address: `www.bbc.co.uk/news/rss.xml` gives
    `bbc.co.uk-news`.
    """
    parsed = URL(url)
    place = re.sub(
        r"\b(?:rss|xml|atom|feeds?|json|index)\b", " ", f"{parsed.path} {parsed.query_string}".lower()
    )
    host = (parsed.host or "feed").lower().removeprefix("www.")
    return f"{host}-{re.sub(r'[^a-z0-9]+', '-', place).strip('-')}"[:80].strip("-.[]:")
