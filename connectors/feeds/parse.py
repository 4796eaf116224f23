"""A feed's bytes in, a `Document` out. Pure, and run only in the sandbox: documents are hostile input.

feedparser is given bytes in a stream (it would open a name or an address by itself). Its sanitiser is left
off, because every text is stripped of mark-up by nh3, which is four times as fast over the whole document.
"""

import io
from calendar import timegm
from datetime import UTC, datetime
from time import struct_time
from typing import Any
from urllib.parse import urljoin

import feedparser

from connectors.feeds.entry import Document, Entry, ParseLimits
from connectors.feeds.jsonfeed import parse_json_feed
from connectors.feeds.text import one_line, plain_text, primary_language, tidy
from newsbeam.errors import FetchFailed

_TITLE_CHARS = 1_000
_URL_CHARS = 8_000
_HTML = (b"<!doctype html", b"<html")


def parse_document(body: bytes, content_type: str | None, url: str, limits: ParseLimits) -> Document:
    """Return what the bytes fetched from `url` say: RSS 0.9x, 1.0, 2.0, Atom or JSON Feed.

    A damaged document gives what could be read, and a warning. Raises `FetchFailed` (`not_a_feed`).
    """
    start = body[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith(b"{"):
        return parse_json_feed(body, url, limits)
    # No content-location: feedparser would resolve GUIDs against it, and a feed's move would change them.
    headers = {"content-type": content_type} if content_type else {}
    parsed = feedparser.parse(
        io.BytesIO(body), response_headers=headers, resolve_relative_uris=False, sanitize_html=False
    )
    if not parsed.get("version") and not (parsed.entries and parsed.feed.get("title")):
        raise FetchFailed("not_a_feed", _what(body, start))
    # RSS has no rule for relative links, and a feed may be served from elsewhere than its channel's home.
    home = _link(parsed.feed.get("link"), url)
    base = home if home and str(parsed.version).startswith("rss") else url
    fault = parsed.get("bozo_exception") if parsed.bozo else None
    return Document(
        format=parsed.version or "unknown",
        title=one_line(plain_text(parsed.feed.get("title", ""), _TITLE_CHARS)) or None,
        language=primary_language(parsed.feed.get("language")),
        entries=tuple(_entry(raw, base, limits) for raw in parsed.entries[: limits.entries]),
        home=home,
        warning=None if fault is None or _harmless(fault) else f"the document is damaged: {fault}",
    )


def _what(body: bytes, start: bytes) -> str:
    if not body.strip():
        return "the document is empty"
    return "the document is a web page, not a feed" if start.startswith(_HTML) else "the document is no feed"


def _harmless(fault: Exception) -> bool:
    return isinstance(fault, (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType))


def _entry(raw: Any, url: str, limits: ParseLimits) -> Entry:
    claim, moment = _published(raw)
    summary, body = _texts(raw, limits.text_chars)
    source = raw.get("source") or {}
    title = raw.get("title_detail") or {"value": raw.get("title", "")}
    return Entry(
        title=one_line(_text(title, _TITLE_CHARS)),
        guid=(raw.get("id") or "").strip() or None,
        link=_link(raw.get("link"), "" if raw.get("link") == raw.get("id") else url),
        declared=_declared(raw, url),
        summary=summary,
        body=body,
        author=one_line(plain_text(raw.get("author") or "", _TITLE_CHARS)) or None,
        language=_language(raw),
        published_claim=claim,
        published_at=moment,
        source_name=one_line(plain_text(source.get("title") or "", _TITLE_CHARS)) or None,
        source_url=source.get("href") or source.get("link"),
    )


def _texts(raw: Any, limit: int) -> tuple[str, str]:
    """Summary and body; feedparser copies a lone content into the summary, which would say it twice."""
    summary = _text(raw.get("summary_detail") or {"value": raw.get("summary", "")}, limit)
    body = max((_text(content, limit) for content in raw.get("content", ())), key=len, default="")
    return ("" if summary == body else summary), body


def _text(detail: Any, limit: int) -> str:
    value = detail.get("value") or ""
    return tidy(value, limit) if detail.get("type") == "text/plain" else plain_text(value, limit)


def _language(raw: Any) -> str | None:
    details = (*raw.get("content", ()), raw.get("title_detail") or {})
    tags = [raw.get("dc_language"), raw.get("language"), *(d.get("language") for d in details)]
    return next((found for tag in tags if (found := primary_language(tag))), None)


def _link(link: str | None, url: str) -> str | None:
    """The address as an absolute one; a GUID in place of a link (`url` is empty) must be one already."""
    if not link or not link.strip() or len(link) > _URL_CHARS:
        return None
    try:
        absolute = urljoin(url, link.strip())
    except ValueError:  # such as a bracket that opens no IPv6 address
        return None
    return absolute if absolute.lower().startswith(("http://", "https://")) else None


def _declared(raw: Any, url: str) -> str | None:
    """The entry's own word for its page: rel=canonical, or the address that a feed proxy replaced."""
    canonical = (link.get("href") for link in raw.get("links", ()) if link.get("rel") == "canonical")
    return _link(raw.get("feedburner_origlink") or next(canonical, None), url)


def _published(raw: Any) -> tuple[str | None, datetime | None]:
    for name in ("published", "updated", "created"):
        # `get` alone would let feedparser answer one date for another
        if name in raw.keys():  # noqa: SIM118
            return one_line(raw[name])[:200], _moment(dict.get(raw, f"{name}_parsed"))
    return None, None


def _moment(parsed: struct_time | None) -> datetime | None:
    if parsed is None:
        return None
    try:
        return datetime.fromtimestamp(timegm(parsed), UTC)
    except (ValueError, OverflowError, OSError):
        return None
