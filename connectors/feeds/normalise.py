"""Entry → `Story`: which keys identify it, who published it, when, in which language. Pure."""

from collections import defaultdict
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import msgspec

from connectors.feeds.entry import Document, Entry
from newsbeam.feed import Feed
from newsbeam.identity import digest, key_hash, registrable_domain, story_keys
from newsbeam.story import Key, Origin, Story

_EARLIEST_YEAR = 1990  # before there were feeds or news pages: a default date, not a date
_GUID_CHARS = 1_000  # a longer one is known by its hash
_AHEAD = timedelta(minutes=10)  # how far clocks may differ


class Visit(msgspec.Struct, frozen=True):
    """The fetch that brought a document: its number, whether it is the feed's first, and when it was."""

    fetch: int
    backfill: bool
    at: datetime


class NormalEntry(msgspec.Struct, frozen=True):
    """A story with its identity within the feed and the hash of what it says, to tell what changed.

    `link` and `words` say the same of its address and its texts alone, for feeds whose GUIDs do not last; an
    entry without an address of its own has no `link`.
    """

    identity: str
    content: str
    story: Story
    link: str | None
    words: str


def normalise(document: Document, feed: Feed, visit: Visit) -> tuple[NormalEntry, ...]:
    """Return the document's stories, oldest first, each identity once.

    A GUID is a key only if it is unique in the document. A link that entries with different GUIDs and titles
    share is no key: they are several stories.
    """
    unique = _unique_guids(document.entries)
    shared = _shared_links(document.entries)
    found: dict[str, NormalEntry] = {}
    for entry in document.entries:
        if entry.title or entry.summary or entry.body:
            guid = entry.guid if entry.guid in unique else None
            keys = tuple(key for key in _link_keys(entry) if key_hash(key) not in shared)
            identity = _identity(entry, guid, keys)
            story = _story(entry, feed, document, visit, _with_guid(keys, feed, guid, identity))
            link = digest("address", keys[0].value)[:16] if keys else None
            found.setdefault(identity, NormalEntry(identity, _content(story), story, link, _words(story)))
    upwards = list(found.values())[::-1]  # feeds begin with their newest: the order where dates are equal
    return tuple(sorted(upwards, key=lambda normal: normal.story.published_at or visit.at))


def _unique_guids(entries: tuple[Entry, ...]) -> frozenset[str]:
    tells: defaultdict[str, set[tuple[str | None, str]]] = defaultdict(set)
    for entry in entries:
        if entry.guid:
            tells[entry.guid].add((entry.link, entry.title))
    return frozenset(guid for guid, told in tells.items() if len(told) == 1)


def _shared_links(entries: tuple[Entry, ...]) -> frozenset[bytes]:
    guids: defaultdict[bytes, set[str | None]] = defaultdict(set)
    titles: defaultdict[bytes, set[str]] = defaultdict(set)
    for entry in entries:
        for hashed in map(key_hash, _link_keys(entry)):
            guids[hashed].add(entry.guid)
            titles[hashed].add(entry.title)
    return frozenset(h for h in guids if len(titles[h]) > 1 and (len(guids[h]) > 1 or None in guids[h]))


def _link_keys(entry: Entry) -> tuple[Key, ...]:
    return story_keys(url=entry.link, declared=entry.declared)


def _identity(entry: Entry, guid: str | None, keys: tuple[Key, ...]) -> str:
    """Who an entry is within its feed: 16 hex digits, since a feed remembers hundreds."""
    if guid:
        return digest("guid", guid)[:16]
    if keys:
        return digest("link", keys[0].value)[:16]
    return digest("text", entry.link or "", entry.guid or "", entry.title or entry.summary)[:16]


def _with_guid(keys: tuple[Key, ...], feed: Feed, guid: str | None, identity: str) -> tuple[Key, ...]:
    """The keys, strongest first; an entry without any is known by its own text within the feed."""
    if guid or not keys:
        known = guid if guid and len(guid) <= _GUID_CHARS else identity
        return (*story_keys(guid=known, scope=feed.id), *keys)
    return keys


def _content(story: Story) -> str:
    """What a reader or `story_key` would see change; a date alone is no change."""
    keys = (f"{key.kind.value} {key.value}" for key in story.keys)
    return digest(
        story.title,
        story.summary,
        story.body,
        story.outlet or "",
        story.language or "",
        story.url or "",
        *keys,
    )[:16]


def _words(story: Story) -> str:
    return digest(story.title, story.summary, story.body, story.outlet or "", story.language or "")[:16]


def _story(entry: Entry, feed: Feed, document: Document, visit: Visit, keys: tuple[Key, ...]) -> Story:
    return Story(
        origin=Origin("feed", feed.id),
        keys=keys,
        title=entry.title,
        url=entry.link,
        feed=feed.id,
        fetch=visit.fetch,
        backfill=visit.backfill,
        outlet=_outlet(entry, feed),
        summary=entry.summary,
        body=entry.body,
        language=_language(entry, feed, document),
        published_at=possible(entry.published_at, visit.at),
        published_claim=entry.published_claim,
        author=entry.author,
    )


def possible(published_at: datetime | None, now: datetime) -> datetime | None:
    """Return the moment, or None when no story can have been published then."""
    if published_at is None or published_at.year < _EARLIEST_YEAR or published_at > now + _AHEAD:
        return None
    return published_at


def _language(entry: Entry, feed: Feed, document: Document) -> str | None:
    """The entry's own word, else the operator's, who may know better than the whole document's."""
    own = entry.language if entry.language != document.language else None
    return own or feed.language or document.language


def _outlet(entry: Entry, feed: Feed) -> str | None:
    """Return the publisher: the feed's setting, else the entry's source, else the link's domain.

    An aggregator is transport, never the publisher: its own domain and setting do not count.
    """
    if feed.aggregator:
        named = domain_of(entry.source_url) or entry.source_name
        linked = domain_of(entry.link)
        return named or (None if linked == domain_of(feed.url) else linked)
    return feed.outlet or domain_of(entry.link) or domain_of(feed.url)


def domain_of(url: str | None) -> str | None:
    """Return the registrable domain of an address, None when it has no host."""
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return registrable_domain(host) if host else None
