"""A subscribed feed, and what is remembered of it between fetches."""

from datetime import datetime

import msgspec


class Feed(msgspec.Struct, frozen=True, kw_only=True):
    """One subscription. `id` is stable for life; `text` says how much of its stories may be kept."""

    id: str
    url: str
    title: str | None = None
    outlet: str | None = None
    language: str | None = None
    tags: tuple[str, ...] = ()
    every_s: float | None = None
    aggregator: bool = False  # carries other outlets' stories; the outlet comes from each entry
    allow_private: bool = False  # an address on a private network, allowed on purpose
    enabled: bool = True


class FeedState(msgspec.Struct, frozen=True, kw_only=True):
    """What one document of a feed leaves behind: one row, written once after the bus acknowledged every entry.

    `digests` maps each entry's identity hash in the last documents to its content hash, and its address's to
    that of its words (all hex).
    """

    feed: str
    fetch: int = 0  # number of the newest claim; never reused, and higher after a restore too
    source: str | None = None  # the configured address that url, etag and body_hash were learned under
    url: str | None = None  # where a permanent redirect led
    etag: str | None = None
    last_modified: str | None = None
    body_hash: str | None = None  # of the last document's bytes: the same bytes are not parsed again
    title: str | None = None  # what the document calls itself
    digests: dict[str, str] = msgspec.field(default_factory=dict)
    status: str = "new"  # new | ok | unchanged | stale | empty | failing | gone
    error_kind: str | None = None
    error: str | None = None
    failures: int = 0  # in a row
    entries: int = 0  # in the last document
    watched_since: datetime | None = None  # the first successful fetch
    fetched_at: datetime | None = None
    succeeded_at: datetime | None = None
    changed_at: datetime | None = None  # when a new entry was last seen
    next_at: datetime | None = None
