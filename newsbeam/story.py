"""A story as connectors put it on the bus, and what enrichment and recording add to it."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """Where a story came from: `kind` such as `feed` or `publish`, `id` such as the feed's id."""

    kind: str
    id: str


class KeyKind(StrEnum):
    """The kinds of keys that can identify a story, strongest first."""

    GUID = "guid"  # feed id + GUID, only if unique in its document
    CANONICAL = "canonical"  # newsbeam's canonical form of the link
    DECLARED = "declared"  # the page's own rel=canonical, canonicalised
    URL = "url"  # the link as given


class Key(msgspec.Struct, frozen=True):
    """One key of a story: its kind and its value, for example `url` and the address as given."""

    kind: KeyKind
    value: str


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """One entry, normalised: what is on the bus (DESIGN: words).

    `keys` is never empty. `fetch` orders the versions of one feed's entry (0 where the origin has no fetches).
    Texts are NFC-agnostic plain text without mark-up; offsets into them are code points.
    `published_at` is aware UTC or None (unknown or impossible); `published_claim` keeps what the source said.
    """

    origin: Origin
    keys: tuple[Key, ...]
    title: str
    url: str | None = None
    feed: str | None = None
    fetch: int = 0
    backfill: bool = False
    outlet: str | None = None
    summary: str = ""
    body: str = ""
    language: str | None = None
    published_at: datetime | None = None
    published_claim: str | None = None
    author: str | None = None


class Span(msgspec.Struct, frozen=True):
    """Evidence: `text` at code points [start, end) of `field` (`title`, `summary` or `body`)."""

    field: str
    start: int
    end: int
    text: str


class Tag(msgspec.Struct, frozen=True):
    """A topic found in a story; `query` is the key of the topic's query that matched (a language or `any`)."""

    topic: str
    query: str
    spans: tuple[Span, ...]


class RuleMatch(msgspec.Struct, frozen=True):
    """An alert rule whose condition holds for a story, with the rule's version and the evidence."""

    rule: str
    version: str
    spans: tuple[Span, ...] = ()


class CountryMention(msgspec.Struct, frozen=True):
    """A country of which a story speaks: its ISO 3166-1 alpha-2 code (`XK` for Kosovo), and where."""

    code: str
    spans: tuple[Span, ...]


class EntityMention(msgspec.Struct, frozen=True):
    """A person or organisation of which a story speaks.

    `type` is `person` or `organisation`; `name` is the fullest form in the story's language, `counted` the one
    under which stories of all languages are counted (`United Nations`).
    """

    name: str
    type: str
    spans: tuple[Span, ...]
    counted: str


class Quote(msgspec.Struct, frozen=True):
    """Who said what: `text` at code points [start, end) of `field`, without its marks.

    `kind` is `direct`, `mixed` (a quoted part of the reporter's own sentence) or `indirect`; `cue` is the word of
    saying as it stands there, empty when the speaker just goes on; `speaker` is the full name, None when nobody
    is named; `speaker_span` is where the speaker stands, as name, role or pronoun.
    """

    text: str
    field: str
    start: int
    end: int
    kind: str
    cue: str
    speaker: str | None
    speaker_span: Span | None


class OutletFacts(msgspec.Struct, frozen=True):
    """What the catalog knows of a publisher; `family` is its owner (the outlet itself when unknown)."""

    id: str
    name: str
    family: str
    country: str | None = None
    language: str | None = None
    type: str | None = None
    groups: tuple[str, ...] = ()
    wire: bool = False
    text: str = "full"  # full | excerpt | none: what may be kept and shown


class Signature(msgspec.Struct, frozen=True):
    """By which near-duplicates are recognised: hashes of a story's text, 4 bytes each (`newsbeam.signature`).

    `anchors` are looked up by; `lead` and `whole` are runs of letters, `names` and `figures` words, all in the
    text's order.
    """

    anchors: tuple[int, ...]
    lead: bytes
    whole: bytes
    figures: bytes
    names: bytes


class EnrichedStory(msgspec.Struct, frozen=True, kw_only=True):
    """A story with all that can be said of it without knowing any other: pure function of story and catalog.

    `countries`, `entities` and `speakers` are the values that it counts for, the most mentioned first and no more
    than a story's rows allow; `mentions` and `quotes` are the details.
    """

    story: Story
    catalog: str
    outlet: OutletFacts
    language: str  # BCP 47 primary subtag, `und` when unknown
    tags: tuple[Tag, ...]
    rules: tuple[RuleMatch, ...]
    blind: tuple[str, ...]  # topics without a query for this language
    content_hash: str  # of title, summary and body: what a revision changes
    text_hash: str  # of the normalised text: equality is evidence of one cluster
    signature: Signature | None = None  # likeness is evidence of one cluster, too; None: too short
    countries: tuple[str, ...] = ()
    entities: tuple[str, ...] = ()
    speakers: tuple[str, ...] = ()
    mentions: tuple[CountryMention | EntityMention, ...] = ()
    quotes: tuple[Quote, ...] = ()


class Disposition(StrEnum):
    """How a record read from the bus ended; exactly one each (DESIGN: promise 1)."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"
    SIGHTING = "sighting"
    REVISION = "revision"
    EXPIRED = "expired"
    DEAD = "dead"
    ABSENT = "absent"


class DeadLetter(msgspec.Struct, frozen=True):
    """A record that cannot become a story: where it was, why, and its bytes (cut at the setting's limit)."""

    reason: str
    detail: str
    value: bytes


def shown_title(title: str) -> str:
    """Return a title as people are to see it: one that shows nothing is said to be none."""
    return title if any(letter.isprintable() and not letter.isspace() for letter in title) else "(no title)"
