"""Feed lists as other readers keep them: OPML 2.0 (http://opml.org/spec2.opml), in and out. Pure."""

from collections.abc import Callable, Sequence
from typing import NamedTuple, NoReturn
from xml.etree.ElementTree import Element, SubElement, indent, tostring
from xml.parsers import expat

from connectors.feeds.subscriptions import id_from, not_an_address
from newsbeam.errors import ConfigurationError
from newsbeam.feed import Feed

_FEED_TYPES = frozenset({"rss", "atom", "feed"})


class Outlines(NamedTuple):
    """The feeds of an OPML document, and a line for each outline that looks like a feed and is none."""

    feeds: tuple[Feed, ...]
    refused: tuple[str, ...]


def read_opml(document: bytes) -> Outlines:
    """Return the feeds of an OPML document, each address once; the outlines around a feed become its tags.

    Raises `ConfigurationError` when the bytes are no OPML, or declare a document type (entities can be a trap).
    """
    parser = expat.ParserCreate()
    reader = _Reader(lambda: parser.CurrentLineNumber)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = _refuse
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise ConfigurationError([f"the file is no OPML: {error}"]) from error
    if reader.root != "opml":
        raise ConfigurationError([f"the file is no OPML: it begins with <{reader.root}>"])
    return Outlines(tuple(reader.feeds.values()), tuple(reader.refused))


def write_opml(feeds: Sequence[Feed], title: str = "newsbeam") -> bytes:
    """Return the feeds as an OPML document, grouped by their first tag."""
    root = Element("opml", version="2.0")
    SubElement(SubElement(root, "head"), "title").text = title
    body = SubElement(root, "body")
    groups: dict[str, Element] = {"": body}
    for feed in feeds:
        tag = feed.tags[0] if feed.tags else ""
        if tag not in groups:
            groups[tag] = SubElement(body, "outline", text=tag)
        outline = SubElement(groups[tag], "outline", type="rss", text=feed.title or feed.id, xmlUrl=feed.url)
        if feed.language:
            outline.set("language", feed.language)
    indent(root)
    return bytes(tostring(root, encoding="utf-8", xml_declaration=True))


class _Reader:
    def __init__(self, line: Callable[[], int]) -> None:
        self.root = ""
        self.feeds: dict[str, Feed] = {}
        self.refused: list[str] = []
        self._line = line
        self._ids: set[str] = set()
        self._around: list[str] = []  # the names of the open outlines

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.root = self.root or name
        if name != "outline":
            return
        given = {key.lower(): value.strip() for key, value in attributes.items()}
        title = given.get("title") or given.get("text") or None
        url = given.get("xmlurl", "")
        if "xmlurl" in given or given.get("type", "").lower() in _FEED_TYPES:
            why = not_an_address(url) if url else "it has no address (xmlUrl)"
            if why is None:
                self.feeds.setdefault(url, self._feed(url, title, given.get("language") or None))
            else:
                self.refused.append(f"line {self._line()}: {title or 'an outline without a title'}: {why}")
        self._around.append(title or "")

    def end(self, name: str) -> None:
        if name == "outline":
            self._around.pop()

    def _feed(self, url: str, title: str | None, language: str | None) -> Feed:
        return Feed(
            id=self._new_id(url),
            url=url,
            title=title,
            language=language,
            tags=tuple(tag for tag in self._around if tag),
        )

    def _new_id(self, url: str) -> str:
        wanted = id_from(url)
        found = next(
            name
            for name in (wanted, *(f"{wanted}-{n}" for n in range(2, len(self._ids) + 3)))
            if name not in self._ids
        )
        self._ids.add(found)
        return found


def _refuse(*_declaration: object) -> NoReturn:
    raise ConfigurationError(
        ["the file declares a document type, which no OPML needs; remove the <!DOCTYPE …> line"]
    )
