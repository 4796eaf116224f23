"""JSON Feed 1.0 and 1.1 (https://www.jsonfeed.org/version/1.1/): bytes in, a `Document` out. Pure."""

from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urljoin

import msgspec

from connectors.feeds.entry import Document, Entry, ParseLimits
from connectors.feeds.text import one_line, plain_text, primary_language, tidy
from newsbeam.errors import FetchFailed

_TITLE_CHARS = 1_000
_Moment = Annotated[datetime, msgspec.Meta(tz=True)]


class _Author(msgspec.Struct):
    name: str | None = None


class _Item(msgspec.Struct):
    id: str | int | float | None = None
    url: str | None = None
    title: str | None = None
    content_html: str | None = None
    content_text: str | None = None
    summary: str | None = None
    date_published: str | None = None
    date_modified: str | None = None
    authors: list[_Author] | None = None
    author: _Author | None = None  # version 1.0
    language: str | None = None


class _Feed(msgspec.Struct):
    version: str
    items: list[msgspec.Raw]
    title: str | None = None
    language: str | None = None
    home_page_url: str | None = None


def parse_json_feed(body: bytes, url: str, limits: ParseLimits) -> Document:
    """Return the document; an item that is no item is left out and told of in `warning`.

    Raises `FetchFailed` (`not_a_feed`) when the bytes are no JSON Feed.
    """
    try:
        feed = msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf"), type=_Feed)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise FetchFailed("not_a_feed", f"the document is JSON but no JSON Feed: {error}") from error
    if "jsonfeed.org/version/" not in feed.version:
        raise FetchFailed("not_a_feed", "the document is JSON but no JSON Feed: its version is another's")
    entries, warning = [], None
    for number, raw in enumerate(feed.items[: limits.entries], start=1):
        try:
            entries.append(_entry(msgspec.json.decode(raw, type=_Item), feed.home_page_url or url, limits))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            warning = f"item {number} is left out: {error}"
    return Document(
        format="json",
        title=one_line(feed.title or "") or None,
        language=primary_language(feed.language),
        entries=tuple(entries),
        home=feed.home_page_url,
        warning=warning,
    )


def _entry(item: _Item, url: str, limits: ParseLimits) -> Entry:
    chars = limits.text_chars
    body = plain_text(item.content_html, chars) if item.content_html else tidy(item.content_text or "", chars)
    claim = item.date_published or item.date_modified
    authors = [a.name for a in (item.authors or [item.author or _Author()]) if a.name]
    return Entry(
        title=tidy(one_line(item.title or ""), _TITLE_CHARS),
        guid=None if item.id is None else str(item.id),
        link=urljoin(url, item.url) if item.url else None,
        summary=tidy(item.summary or "", chars),
        body=body,
        author=one_line(", ".join(authors)) or None,
        language=primary_language(item.language),
        published_claim=claim,
        published_at=_moment(claim),
    )


def _moment(claim: str | None) -> datetime | None:
    """An RFC 3339 date, by msgspec; None when it is none (a date without a zone is none)."""
    value: Any = claim
    try:
        return msgspec.convert(value, _Moment).astimezone(UTC)
    except (msgspec.ValidationError, OverflowError):
        return None
