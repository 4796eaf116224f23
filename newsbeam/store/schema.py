"""Every table of the store, for SQLite and PostgreSQL alike; alembic's migrations follow this file.

Times are microseconds since the epoch (`Moment`), so that both databases order and compare them alike.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    TypeDecorator,
)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Moment(TypeDecorator[datetime]):
    """An aware UTC datetime, kept as microseconds since the epoch."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002
        """Aware datetime to integer."""
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Integer to aware UTC datetime."""
        return None if value is None else _EPOCH + value * _MICROSECOND


metadata = MetaData()

# --- recording ----------------------------------------------------------------------------------------------

story = Table(
    "story",
    metadata,
    Column("id", Text, primary_key=True),
    Column("record_seq", BigInteger, nullable=False, unique=True),  # given under the lock: in commit order
    Column("topic", Text, nullable=False),  # where on the bus it was first read
    Column("partition", Integer, nullable=False),
    Column("offset", BigInteger, nullable=False),
    Column("origin_kind", Text, nullable=False),
    Column("origin_id", Text, nullable=False),
    Column("feed", Text),
    Column("fetch", BigInteger, nullable=False),  # of the newest revision
    Column("backfill", Boolean, nullable=False),
    Column("url", Text),
    Column("outlet", Text, nullable=False),
    Column("outlet_claim", Text),  # as on the bus, so that a replay can enrich again
    Column("family", Text, nullable=False),  # the outlet's owner
    Column("language", Text, nullable=False),
    Column("language_claim", Text),
    Column("facets", LargeBinary, nullable=False),  # JSON: values by dimension beside outlet and language
    Column("text", Text, nullable=False),  # what is still kept: full | excerpt | none
    Column("title", Text, nullable=False),
    Column("summary", Text, nullable=False),
    Column("author", Text),
    Column("published_at", Moment, nullable=False),  # clamped; equals seen_at when unknown
    Column("published_known", Boolean, nullable=False),
    Column("published_claim", Text),
    Column("seen_at", Moment, nullable=False),  # the bus's append time
    Column("recorded_at", Moment, nullable=False),
    Column("bucket", Moment, nullable=False),  # frozen at first record
    Column("revision", Integer, nullable=False),
    Column("revised_at", Moment),
    Column("content_hash", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("cluster", Text, nullable=False),
    Column("founder", Boolean, nullable=False),  # the first of its cluster: counts for clusters
    Column(
        "likeness", Integer
    ),  # percent, of a near copy of its founder; None: its founder, or the same text
    Column("sightings", Integer, nullable=False),
)
Index("story_by_published", story.c.published_at)
Index("story_by_cluster", story.c.cluster)
Index("story_by_position", story.c.topic, story.c.partition, story.c.offset)
Index("story_by_url", story.c.url, postgresql_using="hash")  # an address may be longer than a B-tree takes
Index("story_by_outlet", story.c.outlet, story.c.record_seq)
Index("story_by_feed", story.c.feed)  # `trace` of a GUID asks in each feed that ever told a story

story_body = Table(  # apart, with its own retention
    "story_body",
    metadata,
    Column(
        "story",
        Text,  # checked at commit: bodies are written before their stories, outside the lock
        ForeignKey("story.id", ondelete="CASCADE", deferrable=True, initially="DEFERRED"),
        primary_key=True,
    ),
    Column("published_at", Moment, nullable=False, index=True),
    Column("body", Text, nullable=False),
)

story_key = Table(  # the sole authority on identity; outlives the story
    "story_key",
    metadata,
    Column("hash", LargeBinary, primary_key=True),
    Column("story", Text, nullable=False, index=True),
    Column("kind", Text, nullable=False),
    Column("feed", Text),  # of a GUID key
    Column("added_at", Moment, nullable=False),
    Column("forgotten", Boolean, nullable=False),
)

tag = Table(
    "tag",
    metadata,
    Column("story", Text, ForeignKey("story.id", ondelete="CASCADE"), primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("record_seq", BigInteger, nullable=False),
    Column("query", Text, nullable=False),
    Column("catalog", Text, nullable=False),
    Column("spans", LargeBinary, nullable=False),  # JSON
)
Index("tag_by_topic", tag.c.topic, tag.c.record_seq)

sighting = Table(
    "sighting",
    metadata,
    Column("story", Text, ForeignKey("story.id", ondelete="CASCADE"), primary_key=True),
    Column("feed", Text, primary_key=True),  # or another origin, as kind:id
    Column("outlet", Text, nullable=False),
    Column("url", Text),
    Column("seen_at", Moment, nullable=False),
)

cluster = Table(
    "cluster",
    metadata,
    Column("id", Text, primary_key=True),
    Column("text_hash", Text, nullable=False, index=True),
    Column("founded_at", Moment, nullable=False),  # published_at of its first story
    Column("updated_at", Moment, nullable=False),
    Column("stories", Integer, nullable=False),
)
# For retention. It looks for `updated_at`, which no index may hold: each copy of a story would move its entry.
Index("cluster_by_founded", cluster.c.founded_at)

signature = Table(  # of each cluster's founder, as long as others may join it
    "signature",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # the founder's record_seq
    Column("cluster", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("recorded_at", Moment, nullable=False, index=True),  # for retention
    Column(
        "content", LargeBinary, nullable=False
    ),  # JSON of newsbeam.story.Signature, with the anchors written
)

anchor = Table(  # what founders are looked up by
    "anchor",
    metadata,
    Column("hash", BigInteger),
    Column("seq", BigInteger),
    PrimaryKeyConstraint("hash", "seq", name="anchor_key"),
    sqlite_with_rowid=False,
)

# Its key is the order in which charts read it, and in SQLite the table is the key's own tree: a story writes some
# thirty cells, and each further tree costs each of them once more.
count = Table(
    "count",
    metadata,
    Column("topic", Text),
    Column("dimension", Text),
    Column("bucket", Moment),
    Column("value", Text),
    Column("stories", Integer, nullable=False),
    Column("clusters", Integer, nullable=False),
    PrimaryKeyConstraint(
        "topic",
        "dimension",
        "bucket",
        "value",
        name="count_key",
        postgresql_include=["stories", "clusters"],  # charts read the key's index alone
    ),
    sqlite_with_rowid=False,
)

alert = Table(
    "alert",
    metadata,
    Column("id", Text, primary_key=True),
    Column("alert_seq", BigInteger, nullable=False, unique=True),  # newest version, given under the lock
    Column("rule", Text, nullable=False),
    Column("rule_version", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("severity", Text, nullable=False),
    Column("cluster", Text, nullable=False, index=True),
    Column("story", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("stories", Integer, nullable=False),  # members so far, also those that made no new version
    Column("families", LargeBinary, nullable=False),  # JSON: owner families of its outlets, wires apart
    Column("document", LargeBinary, nullable=False),  # the newest version, JSON of newsbeam.alert.Alert
    Column("told_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
)
Index("alert_by_topic", alert.c.topic, alert.c.alert_seq)
Index("alert_by_told", alert.c.told_at)
Index("alert_by_story", alert.c.story)

decision = Table(  # what became of a rule whose condition held
    "decision",
    metadata,
    Column("story", Text, ForeignKey("story.id", ondelete="CASCADE"), primary_key=True),
    Column("rule", Text, primary_key=True),
    Column("rule_version", Text, nullable=False),
    Column("outcome", Text, nullable=False),
    Column("alert", Text),
    Column("spans", LargeBinary, nullable=False),
    Column("decided_at", Moment, nullable=False),
)
Index("decision_by_alert", decision.c.alert)
Index("decision_by_outcome", decision.c.outcome)

outbox = Table(  # what must leave the store: alert versions and dead letters
    "outbox",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),  # given under the lock: in commit order
    Column("kind", Text, nullable=False),  # alert | dead
    Column("topic", Text, nullable=False),  # alert topic, or the bus topic of the dead letter
    Column("severity", Text),
    Column("alert", Text),
    Column("version", Integer),
    Column("document", LargeBinary, nullable=False),
    Column("written_at", Moment, nullable=False),
    Column("fanned_out", Boolean, nullable=False),
)
Index("outbox_pending", outbox.c.fanned_out, outbox.c.seq)
Index("outbox_by_alert", outbox.c.alert, outbox.c.seq)
Index("outbox_by_written", outbox.c.written_at)  # for retention

delivery = Table(  # one ledger row per subscription and alert version
    "delivery",
    metadata,
    Column("key", Text, primary_key=True),  # hash(subscription, alert, version)
    Column("seq", BigInteger, nullable=False, index=True),  # the outbox row
    Column("subscription", Text, nullable=False),
    Column("status", Text, nullable=False),  # pending | delivered | failed
    Column("attempts", Integer, nullable=False),
    Column("next_at", Moment, nullable=False),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("delivered_at", Moment),
    Column("error", Text),
)
Index("delivery_due", delivery.c.status, delivery.c.next_at)
Index("delivery_by_subscription", delivery.c.subscription, delivery.c.status, delivery.c.next_at)

# --- the bus, as the store knows it -------------------------------------------------------------------------

position = Table(
    "position",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("base", BigInteger, nullable=False),  # first offset ever accounted for
    Column("next", BigInteger, nullable=False),
    Column("moved_at", Moment, nullable=False),
)

disposition = Table(  # sums to next - base, by promise
    "disposition",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("disposition", Text, primary_key=True),
    Column("records", BigInteger, nullable=False),
)

dead_letter = Table(
    "dead_letter",
    metadata,
    Column("topic", Text, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("offset", BigInteger, primary_key=True),
    Column("reason", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("key", LargeBinary, nullable=False),
    Column("value", LargeBinary, nullable=False),  # cut at the setting's limit
    Column("size", BigInteger, nullable=False),  # before it was cut
    Column("seen_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("replayed_at", Moment),
)
Index("dead_letter_by_time", dead_letter.c.recorded_at)

marker = (
    Table(  # where a worker began; in careful mode the record about to be processed, before it is touched
        "marker",
        metadata,
        Column("topic", Text, primary_key=True),
        Column("partition", Integer, primary_key=True),
        Column("offset", BigInteger, nullable=False),
        Column("owner", Text, nullable=False),
        Column("careful", Boolean, nullable=False),  # the record at `offset` is being processed, alone
        Column("deaths", Integer, nullable=False),  # workers that died of that record
        Column("stuck", Integer, nullable=False),  # deaths in a row without progress
        Column("marked_at", Moment, nullable=False),
    )
)

lease = Table(
    "lease",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("until", Moment, nullable=False),
)

sequence = Table(  # counters that are given under the lock
    "sequence",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", BigInteger, nullable=False),
)

# --- feeds --------------------------------------------------------------------------------------------------

feed_state = Table(
    "feed_state",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("fetch", BigInteger, nullable=False),
    Column("next_at", Moment),
    Column("claimed_by", Text),
    Column("claimed_until", Moment),
    Column("status", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),  # JSON of newsbeam.feed.FeedState
)
Index("feed_state_due", feed_state.c.next_at)

coverage = Table(  # was the feed watched in that hour?
    "coverage",
    metadata,
    Column("feed", Text, primary_key=True),
    Column("hour", Moment, primary_key=True),
    Column("succeeded", Integer, nullable=False),
    Column("failed", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
)

Index("coverage_by_hour", coverage.c.hour, coverage.c.succeeded, coverage.c.failed, coverage.c.entries)

# --- what people edit ---------------------------------------------------------------------------------------

item = Table(  # topics, rules, feeds, outlets, subscriptions made with CLI, API or pages
    "item",
    metadata,
    Column("kind", Text, primary_key=True),  # topic | rule | feed | outlet | subscription
    Column("id", Text, primary_key=True),
    Column("document", LargeBinary, nullable=False),
    Column("author", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted", Boolean, nullable=False),
)

item_history = Table(
    "item_history",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    Column("kind", Text, nullable=False),
    Column("id", Text, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Column("author", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("deleted", Boolean, nullable=False),
)

document = Table(  # immutable, by content hash: catalogs, feed lists, subscription lists
    "document",
    metadata,
    Column("version", Text, primary_key=True),
    Column("kind", Text, nullable=False),  # catalog | feeds | subscriptions
    Column("content", LargeBinary, nullable=False),
    Column("stored_at", Moment, nullable=False),
)

pointer = Table(  # which document is active: one row a kind; and the store's epoch
    "pointer",
    metadata,
    Column("name", Text, primary_key=True),  # catalog | feeds | subscriptions | epoch
    Column("value", Text, nullable=False),
    Column("moved_at", Moment, nullable=False),
)
