"""A store that has been in use for a while, made by bulk inserts: enough rows that a scan of a table shows."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from sqlalchemy import text

from newsbeam.alert import Alert, Severity
from newsbeam.codec import encode_alert, to_json
from newsbeam.feed import FeedState
from newsbeam.identity import digest, key_hash
from newsbeam.store.database import Store
from newsbeam.store.outbox import Place
from newsbeam.store.schema import metadata
from newsbeam.store.statements import insert_all
from newsbeam.story import Key, KeyKind, Signature
from tests.contract.recordings import CATALOG, NOON

STORIES = 20_000
OUTLETS = 60
FEEDS = 200
TOPICS = 30
CLUSTERED = 2  # stories a cluster
ALERTS = STORIES // 10
DEAD = 2_000
HOURS = 200  # watched, and counted
DIMENSIONS = ("all", "country", "entity", "language", "outlet")
ALL_DAYS = 100  # between the first story and the newest

Rows = list[dict[str, Any]]


def fill(store: Store) -> None:
    """Fill a prepared store; PostgreSQL takes its statistics, as it does by itself after a while."""
    with store.write() as connection:
        for table, rows in _rows():
            insert_all(connection, metadata.tables[table], rows)
    if not store.is_sqlite:
        with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))


def story_name(number: int) -> str:
    return "s" + digest("story", str(number))


def cluster_name(number: int) -> str:
    return "c" + digest("cluster", str(number // CLUSTERED))


def alert_name(number: int) -> str:
    return "a" + digest("alert", str(number))


def url(number: int) -> str:
    return f"https://outlet-{number % OUTLETS}.example/news/{number}"


def published(number: int) -> Any:
    return NOON - timedelta(days=ALL_DAYS) * (1 - number / STORIES)


def _rows() -> Iterator[tuple[str, Rows]]:
    numbers = range(STORIES)
    yield "story", [_story(n) for n in numbers]
    yield (
        "story_body",
        [{"story": story_name(n), "published_at": published(n), "body": "Rain. " * 20} for n in numbers],
    )
    yield "story_key", [_key(n, kind) for n in numbers for kind in (KeyKind.URL, KeyKind.GUID)]
    yield "tag", [_tag(n) for n in numbers]
    yield "sighting", [_sighting(n) for n in numbers if n % 3 == 0]
    yield "cluster", [_cluster(n) for n in range(0, STORIES, CLUSTERED)]
    yield "signature", [_signature(n) for n in range(0, STORIES, CLUSTERED)]
    yield "anchor", [{"hash": n, "seq": n + 1} for n in range(0, STORIES, CLUSTERED)]
    yield "count", list(_counts())
    yield "alert", [_alert(n) for n in range(ALERTS)]
    yield "decision", [_decision(n) for n in numbers if n % 2 == 0]
    yield "outbox", [_outbox(n) for n in range(ALERTS + DEAD)]
    yield "delivery", [_delivery(n, s) for n in range(ALERTS + DEAD) for s in ("desk", "paper", "radio")]
    yield "dead_letter", [_letter(n) for n in range(DEAD)]
    yield "feed_state", [_feed(n) for n in range(FEEDS)]
    yield "coverage", [_coverage(n, hour) for n in range(0, FEEDS, 2) for hour in range(HOURS)]
    yield "position", [_position()]
    given = {"record": STORIES, "alert": ALERTS, "outbox": ALERTS + DEAD}
    yield "sequence", [{"name": name, "value": value} for name, value in given.items()]
    yield (
        "disposition",
        [{"topic": "stories", "partition": 0, "disposition": "recorded", "records": STORIES}],
    )


def _story(n: int) -> dict[str, Any]:
    outlet = f"outlet-{n % OUTLETS}"
    return {
        "id": story_name(n),
        "record_seq": n + 1,
        "topic": "stories",
        "partition": 0,
        "offset": n,
        "origin_kind": "feed",
        "origin_id": f"feed-{n % FEEDS}",
        "feed": f"feed-{n % FEEDS}",
        "fetch": 1,
        "backfill": False,
        "url": url(n),
        "outlet": outlet,
        "family": outlet,
        "language": ("en", "fr", "de", "ar")[n % 4],
        "facets": b"{}",
        "text": "full",
        "title": f"Rain on day {n}",
        "summary": "It rained again in the harbour town, and the ferries stayed where they were. " * 3,
        "published_at": published(n),
        "published_known": True,
        "seen_at": published(n),
        "recorded_at": published(n),
        "bucket": published(n).replace(minute=0, second=0, microsecond=0),
        "revision": 0,
        "content_hash": digest("content", str(n)),
        "catalog": CATALOG.version,
        "cluster": cluster_name(n),
        "founder": n % CLUSTERED == 0,
        "sightings": int(n % 3 == 0),
    }


def _key(n: int, kind: KeyKind) -> dict[str, Any]:
    feed = f"feed-{n % FEEDS}"
    key = Key(kind, url(n) if kind is KeyKind.URL else f"{feed}\x1fguid-{n}")
    return {
        "hash": key_hash(key),
        "story": story_name(n),
        "kind": kind.value,
        "feed": feed if kind is KeyKind.GUID else None,
        "added_at": published(n),
        "forgotten": False,
    }


def _tag(n: int) -> dict[str, Any]:
    return {
        "story": story_name(n),
        "topic": f"topic-{n % TOPICS}",
        "record_seq": n + 1,
        "query": "any",
        "catalog": CATALOG.version,
        "spans": b"[]",
    }


def _sighting(n: int) -> dict[str, Any]:
    told = {"outlet": "hub", "url": url(n) + "?from=hub", "seen_at": published(n)}
    return {"story": story_name(n), "feed": "hub", **told}


def _signature(n: int) -> dict[str, Any]:
    return {
        "seq": n + 1,
        "cluster": cluster_name(n),
        "family": f"outlet-{n % OUTLETS}",
        "recorded_at": published(n),
        "content": to_json(Signature((n,), b"", b"", b"", b"")),
    }


def _cluster(n: int) -> dict[str, Any]:
    return {
        "id": cluster_name(n),
        "text_hash": digest("text", str(n)),
        "founded_at": published(n),
        "updated_at": published(n + CLUSTERED - 1),
        "stories": CLUSTERED,
    }


def _counts() -> Iterator[dict[str, Any]]:
    """Some 120,000: each topic and `*`, in each dimension, hour by hour."""
    for topic in ("*", *(f"topic-{n}" for n in range(TOPICS))):
        for dimension in DIMENSIONS:
            values = ("",) if dimension == "all" else tuple(f"{dimension}-{n}" for n in range(4))
            for hour in range(HOURS if topic != "*" else 5 * HOURS):
                for value in values:
                    yield {
                        "topic": topic,
                        "dimension": dimension,
                        "bucket": NOON - timedelta(hours=hour),
                        "value": value,
                        "stories": 3,
                        "clusters": 2,
                    }


def an_alert(n: int) -> Alert:
    """The alert that the n-th tenth story told."""
    return Alert(
        id=alert_name(n),
        rule="truce-watch",
        rule_version="1",
        topic=("conflict", "ports")[n % 2],
        severity=Severity.HIGH,
        cluster=cluster_name(10 * n),
        version=1,
        title=f"Rain on day {10 * n}",
        url=url(10 * n),
        story=story_name(10 * n),
        outlets=(f"outlet-{n % OUTLETS}",),
        families=1,
        stories=1,
        late=False,
        told_at=published(10 * n),
        updated_at=published(10 * n),
        published_at=published(10 * n),
    )


def _alert(n: int) -> dict[str, Any]:
    told = an_alert(n)
    return {
        "id": told.id,
        "alert_seq": n + 1,
        "rule": told.rule,
        "rule_version": told.rule_version,
        "topic": told.topic,
        "severity": told.severity.value,
        "cluster": told.cluster,
        "story": told.story,
        "version": told.version,
        "stories": told.stories,
        "families": b"[]",
        "document": encode_alert(told),
        "told_at": told.told_at,
        "updated_at": told.updated_at,
    }


def _decision(n: int) -> dict[str, Any]:
    fired = n % 10 == 0
    return {
        "story": story_name(n),
        "rule": "truce-watch",
        "rule_version": "1",
        "outcome": "told" if fired else "too_old",
        "alert": alert_name(n // 10) if fired else None,
        "spans": b"[]",
        "decided_at": published(n),
    }


def _outbox(n: int) -> dict[str, Any]:
    """Alerts, then dead letters; the last of each are still to be handed on."""
    row: dict[str, Any] = {"seq": n + 1, "severity": None, "alert": None, "version": None}
    if n < ALERTS:
        told = an_alert(n)
        row |= {"kind": "alert", "topic": told.topic, "severity": "high", "alert": told.id, "version": 1}
        row |= {"document": encode_alert(told), "written_at": told.told_at}
    else:
        letter = _letter(n - ALERTS)
        place = Place("stories", 0, letter["offset"])
        row |= {"kind": "dead", "topic": "stories.dead", "document": to_json(place)}
        row |= {"written_at": letter["recorded_at"]}
    return row | {"fanned_out": n % 1_000 < 990}


def _delivery(n: int, subscription: str) -> dict[str, Any]:
    at = published(10 * n) if n < ALERTS else NOON
    return {
        "key": digest(subscription, str(n)),
        "seq": n + 1,
        "subscription": subscription,
        "status": "pending" if n % 100 == 99 else "delivered",
        "attempts": 1,
        "next_at": at,
        "delivered_at": at,
    }


def _letter(n: int) -> dict[str, Any]:
    at = NOON - timedelta(days=ALL_DAYS) * (1 - n / DEAD)
    return {
        "topic": "stories",
        "partition": 0,
        "offset": STORIES + n,
        "reason": ("undecodable", "refused")[n % 2],
        "detail": "no JSON",
        "key": b"key",
        "value": b"{" * 400,
        "size": 400,
        "seen_at": at,
        "recorded_at": at,
        "replayed_at": at if n % 2 else None,
    }


def _feed(n: int) -> dict[str, Any]:
    state = FeedState(feed=f"feed-{n}", fetch=1, status="ok", next_at=NOON + timedelta(minutes=n % 60))
    return {
        "feed": state.feed,
        "fetch": 1,
        "next_at": state.next_at,
        "status": state.status,
        "document": to_json(state),
    }


def _coverage(n: int, hour: int) -> dict[str, Any]:
    at = NOON - timedelta(hours=hour)
    return {"feed": f"feed-{n}", "hour": at, "succeeded": 4, "failed": 0, "entries": 10}


def _position() -> dict[str, Any]:
    end = STORIES + DEAD
    return {"topic": "stories", "partition": 0, "base": 0, "next": end, "moved_at": NOON}
