"""What a feed's document says, before it is news: the same records for RSS, Atom and JSON Feed."""

from datetime import datetime

import msgspec


class ParseLimits(msgspec.Struct, frozen=True):
    """How much of a document is taken: its first `entries`, and `text_chars` code points of each text."""

    entries: int = 1_000
    text_chars: int = 100_000


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One item of a document; texts are plain, links absolute, `published_claim` what the source wrote.

    `declared` is an address that the entry itself names as canonical; `source_*` the outlet it names.
    """

    title: str
    guid: str | None = None
    link: str | None = None
    declared: str | None = None
    summary: str = ""
    body: str = ""
    author: str | None = None
    language: str | None = None
    published_claim: str | None = None
    published_at: datetime | None = None
    source_name: str | None = None
    source_url: str | None = None


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A parsed document. `warning` tells of a fault that did not stop the reading."""

    format: str
    title: str | None
    language: str | None
    entries: tuple[Entry, ...]
    home: str | None = None
    warning: str | None = None
