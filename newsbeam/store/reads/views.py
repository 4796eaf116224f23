"""What reading the store answers with: plain frozen records, for pages, the API and commands alike."""

from datetime import datetime

import msgspec

from newsbeam.alert import Alert
from newsbeam.feed import FeedState
from newsbeam.story import Span


class TagView(msgspec.Struct, frozen=True):
    """A topic found in a story, by which catalog's query, and where."""

    topic: str
    query: str
    catalog: str
    spans: tuple[Span, ...]


class StoryView(msgspec.Struct, frozen=True, kw_only=True):
    """A recorded story. `excerpt` is the start of the body, empty when no body is kept."""

    id: str
    record_seq: int
    title: str
    summary: str
    excerpt: str
    url: str | None
    author: str | None
    outlet: str
    family: str
    language: str
    feed: str | None
    origin_kind: str
    origin_id: str
    published_at: datetime
    published_known: bool
    seen_at: datetime
    recorded_at: datetime
    revision: int
    revised_at: datetime | None
    backfill: bool
    cluster: str
    founder: bool
    sightings: int
    text: str  # what is still kept: full | excerpt | none
    tags: tuple[TagView, ...]


class AlertView(msgspec.Struct, frozen=True):
    """An alert in its newest version; `alert_seq` is the cursor to page by."""

    alert_seq: int
    alert: Alert


class DecisionView(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a rule whose condition held for a story (an `alert.Decision`), with the evidence."""

    story: str
    rule: str
    rule_version: str
    outcome: str
    alert: str | None
    spans: tuple[Span, ...]
    decided_at: datetime


class DeliveryView(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the delivery ledger."""

    key: str
    subscription: str
    alert: str | None
    version: int | None
    status: str
    attempts: int
    next_at: datetime
    delivered_at: datetime | None
    error: str | None


class AlertDetail(msgspec.Struct, frozen=True):
    """One alert with its members (stories still kept) and where it was sent."""

    alert_seq: int
    alert: Alert
    stories: tuple[StoryView, ...]
    decisions: tuple[DecisionView, ...]
    deliveries: tuple[DeliveryView, ...]


class CountPoint(msgspec.Struct, frozen=True, kw_only=True):
    """Counts of one step of time that starts at `at`; `all_*` are those of topic `*` (the denominator)."""

    at: datetime
    value: str
    stories: int
    clusters: int
    all_stories: int
    all_clusters: int


class Total(msgspec.Struct, frozen=True):
    """A sum over a stretch of time; `name` is a topic or a dimension's value."""

    name: str
    stories: int
    clusters: int


class CellCount(msgspec.Struct, frozen=True, kw_only=True):
    """One row of the counts, as stored."""

    bucket: datetime
    topic: str
    dimension: str
    value: str
    stories: int
    clusters: int


class FeedHealth(msgspec.Struct, frozen=True, kw_only=True):
    """A feed's state and its fetches of the last day, by outcome."""

    state: FeedState
    claimed_until: datetime | None
    succeeded_24h: int
    failed_24h: int
    entries_24h: int


class HourCoverage(msgspec.Struct, frozen=True):
    """How many feeds were watched in the hour that starts at `hour`; hours without any row were unwatched."""

    hour: datetime
    watched: int  # feeds with at least one successful fetch
    failing: int  # feeds with failed fetches alone
    entries: int


class DeadLetterView(msgspec.Struct, frozen=True, kw_only=True):
    """A record that could not become a story; `value` may be cut, `size` is its whole length in bytes."""

    topic: str
    partition: int
    offset: int
    reason: str
    detail: str
    key: bytes
    value: bytes
    size: int
    seen_at: datetime
    recorded_at: datetime
    replayed_at: datetime | None


class KeyView(msgspec.Struct, frozen=True):
    """A key of a story; of a forgotten one nothing else is left."""

    hash: str
    kind: str
    story: str
    feed: str | None
    added_at: datetime
    forgotten: bool


class SightingView(msgspec.Struct, frozen=True):
    """Another feed (or origin) that carried the same story."""

    feed: str
    outlet: str
    url: str | None
    seen_at: datetime


class PositionView(msgspec.Struct, frozen=True, kw_only=True):
    """Where a story was first read on the bus."""

    topic: str
    partition: int
    offset: int


class JoinedView(msgspec.Struct, frozen=True):
    """How a story joined its cluster: its likeness in percent to the cluster's founder, None when texts are equal.

    `story` and `url` are the founder's, None when it is kept no more.
    """

    likeness: int | None
    story: str | None
    url: str | None


class StoryTrace(msgspec.Struct, frozen=True, kw_only=True):
    """Everything known of one story; `story` is None when retention or `forget` took it."""

    id: str
    story: StoryView | None
    position: PositionView | None
    keys: tuple[KeyView, ...]
    sightings: tuple[SightingView, ...]
    cluster: tuple[str, ...]  # ids of the cluster's stories, oldest first
    joined: JoinedView | None  # why it is in its cluster; None of a founder
    decisions: tuple[DecisionView, ...]
    alerts: tuple[AlertView, ...]
    deliveries: tuple[DeliveryView, ...]


class Trace(msgspec.Struct, frozen=True):
    """What happened to what was asked for: the stories that it names, and dead letters that mention it."""

    asked: str
    stories: tuple[StoryTrace, ...]
    dead_letters: tuple[DeadLetterView, ...]


class Status(msgspec.Struct, frozen=True, kw_only=True):
    """The service in numbers, as the store knows it."""

    epoch: str
    catalog: str | None
    stories: int
    clusters: int
    alerts: int
    dead_letters: int
    feeds: dict[str, int]  # by status
    deliveries: dict[str, int]  # by status
    dispositions: dict[str, int]  # over all partitions
    outbox_backlog: int  # rows not yet handed to their deliveries
    last_recorded_at: datetime | None
    last_told_at: datetime | None
    record_seq: int
    alert_seq: int
