"""Feed documents: RSS 2.0, Atom, JSON Feed and RSS 1.0, as publishers write them."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from html import escape
from xml.sax.saxutils import escape as xml
from xml.sax.saxutils import quoteattr

from newsbeam.newswire.outlets import Format, Outlet

_HEAD = '<?xml version="1.0" encoding="utf-8"?>\n'
_CONTENT = 'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
_DC = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass(frozen=True)
class Link:
    """Where an outlet's home page and feed are."""

    home: str
    feed: str


@dataclass(frozen=True)
class Item:
    """One entry as a document shows it; `published` may be a text that is no date."""

    guid: str | None
    link: str
    title: str
    summary: str
    paragraphs: tuple[str, ...]
    published: datetime | str | None
    source: tuple[str, str] | None = None

    @property
    def html(self) -> str:
        """The full text."""
        return "".join(f"<p>{escape(paragraph, quote=False)}</p>" for paragraph in self.paragraphs)


def render(outlet: Outlet, link: Link, items: Sequence[Item]) -> bytes:
    """Return the outlet's feed document with these items, in its own format."""
    return _RENDER[outlet.format](outlet, link, items).encode("utf-8")


def _date(value: datetime | str | None, style: Callable[[datetime], str]) -> str | None:
    return style(value) if isinstance(value, datetime) else value


def _rfc822(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC))


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="seconds")


def _element(name: str, text: str | None, attributes: str = "") -> str:
    return "" if text is None else f"<{name}{attributes}>{xml(text)}</{name}>\n"


def _rss2(outlet: Outlet, link: Link, items: Sequence[Item]) -> str:
    channel = (
        _element("title", outlet.name)
        + _element("link", link.home)
        + _element("description", f"News from {outlet.name}")
        + _element("language", outlet.language)
    )
    entries = "".join(
        "<item>\n"
        + _element("title", item.title)
        + _element("link", item.link)
        + _element("guid", item.guid, ' isPermaLink="false"')
        + _element("pubDate", _date(item.published, _rfc822))
        + _element("description", item.summary)
        + _element("content:encoded", item.html)
        + (_element("source", item.source[0], f" url={quoteattr(item.source[1])}") if item.source else "")
        + "</item>\n"
        for item in items
    )
    return f'{_HEAD}<rss version="2.0" {_CONTENT}>\n<channel>\n{channel}{entries}</channel>\n</rss>\n'


def _atom(outlet: Outlet, link: Link, items: Sequence[Item]) -> str:
    newest = max((item.published for item in items if isinstance(item.published, datetime)), default=None)
    head = (
        _element("title", outlet.name)
        + _element("id", link.home)
        + f'<link href={quoteattr(link.home)}/>\n<link rel="self" href={quoteattr(link.feed)}/>\n'
        + _element("updated", _date(newest, _rfc3339) or "2000-01-01T00:00:00Z")
    )
    entries = "".join(
        "<entry>\n"
        + _element("title", item.title)
        + f"<link href={quoteattr(item.link)}/>\n"
        + _element("id", item.guid)
        + _element("published", _date(item.published, _rfc3339))
        + _element("updated", _date(item.published, _rfc3339))
        + _element("summary", item.summary)
        + _element("content", item.html, ' type="html"')
        + "</entry>\n"
        for item in items
    )
    language = quoteattr(outlet.language)
    return f'{_HEAD}<feed xmlns="http://www.w3.org/2005/Atom" xml:lang={language}>\n{head}{entries}</feed>\n'


def _rss1(outlet: Outlet, link: Link, items: Sequence[Item]) -> str:
    order = "".join(f"<rdf:li rdf:resource={quoteattr(item.link)}/>" for item in items)
    channel = (
        f"<channel rdf:about={quoteattr(link.feed)}>\n"
        + _element("title", outlet.name)
        + _element("link", link.home)
        + _element("description", f"News from {outlet.name}")
        + _element("dc:language", outlet.language)
        + f"<items><rdf:Seq>{order}</rdf:Seq></items>\n</channel>\n"
    )
    entries = "".join(
        f"<item rdf:about={quoteattr(item.guid or item.link)}>\n"
        + _element("title", item.title)
        + _element("link", item.link)
        + _element("dc:date", _date(item.published, _rfc3339))
        + _element("description", item.summary)
        + _element("content:encoded", item.html)
        + "</item>\n"
        for item in items
    )
    rdf = 'xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"'
    return f"{_HEAD}<rdf:RDF {rdf} {_CONTENT} {_DC}>\n{channel}{entries}</rdf:RDF>\n"


def _json(outlet: Outlet, link: Link, items: Sequence[Item]) -> str:
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": outlet.name,
            "home_page_url": link.home,
            "feed_url": link.feed,
            "language": outlet.language,
            "items": [
                {
                    "id": item.guid or item.link,
                    "url": item.link,
                    "title": item.title,
                    "summary": item.summary,
                    "content_html": item.html,
                    "date_published": _date(item.published, _rfc3339),
                }
                for item in items
            ],
        },
        ensure_ascii=False,
    )


_RENDER: Mapping[Format, Callable[[Outlet, Link, Sequence[Item]], str]] = {
    Format.RSS2: _rss2,
    Format.ATOM: _atom,
    Format.RSS1: _rss1,
    Format.JSON: _json,
}


def article_page(outlet: Outlet, link: Link, item: Item) -> bytes:
    """Return an article as a page, with its canonical address and the outlet's feed declared."""
    body = (
        f"<article><h1>{escape(item.title)}</h1><p><em>{escape(item.summary)}</em></p>{item.html}</article>"
        f'<p><a href="{escape(link.home)}">{escape(outlet.name)}</a></p>'
    )
    return _page(outlet, item.title, body, [("canonical", item.link), ("alternate", link.feed)])


def home_page(outlet: Outlet, link: Link, items: Sequence[Item]) -> bytes:
    """Return an outlet's home page, from which its feed can be discovered."""
    links = "".join(f'<li><a href="{escape(item.link)}">{escape(item.title)}</a></li>' for item in items)
    body = f"<h1>{escape(outlet.name)}</h1><ul>{links}</ul>"
    return _page(outlet, outlet.name, body, [("alternate", link.feed)])


def _page(outlet: Outlet, title: str, body: str, links: Sequence[tuple[str, str]]) -> bytes:
    kinds = {
        Format.RSS2: "application/rss+xml",
        Format.ATOM: "application/atom+xml",
        Format.JSON: "application/feed+json",
        Format.RSS1: "application/rdf+xml",
    }
    head = "".join(
        f'<link rel="{rel}" href="{escape(href)}"'
        + (f' type="{kinds[outlet.format]}">' if rel == "alternate" else ">")
        for rel, href in links
    )
    return (
        f'<!doctype html><html lang="{outlet.language}"><head><meta charset="utf-8">'
        f"<title>{escape(title)}</title>{head}</head><body>{body}</body></html>"
    ).encode()
