"""A store with known contents for the dashboard: an ordinary day or a hostile one, right in its tables."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import insert

from dashboard.context import RuleLabel, TopicLabel, Watch
from newsbeam.alert import Alert, Severity
from newsbeam.count import bucket_of
from newsbeam.feed import Feed, FeedState
from newsbeam.store import schema as t
from newsbeam.store.database import Store
from newsbeam.store.migrate import migrate
from newsbeam.story import Span

NOW = datetime(2026, 7, 1, 14, 37, 20, tzinfo=UTC)
SINCE = NOW - timedelta(hours=9, minutes=12)

TOPICS = {
    "peacekeeping": ("Peacekeeping", 'peacekeep* OR "blue helmets"', "peacekeeping force"),
    "sanctions": ("Sanctions", 'sanction* AND NOT "sanctioned event"', "sanctions"),
    "grain": ("Black Sea grain", '"Black Sea" AND grain', "grain"),
    "elections": ("Elections", "election* OR ballot*", "election"),
    "storms": ("Storms and floods", "storm* OR flood*", "storm"),
}
OUTLETS = {
    "harbour-post": "Harbour Post",
    "meridian": "Meridian Wire",
    "nordblatt": "Nordblatt",
    "laplaine": "La Plaine",
    "rafiqi": "الرفيق",
    "eastern-ledger": "Eastern Ledger",
}
HEADLINES = [
    ("Ministers offer a peacekeeping force for the straits", "peacekeeping"),
    ("Council widens sanctions on two shipping lines", "sanctions"),
    ("First grain ship leaves a Black Sea port since spring", "grain"),
    ("The election commission moves the second round by a week", "elections"),
    ("Coastal towns count the cost of a week of storm tides", "storms"),
    ("Rail unions and operators agree on a night shift rota", None),
    ("A museum in the old customs house opens its cellars", None),
]
SUMMARY = (
    "Delegates met again on the {place} proposal. Officials said that the {word} would be "
    "discussed once more before the end of the week, and that two of the parties had asked for more time."
)


@dataclass
class Newsroom:
    """Writes stories, alerts, counts and feeds with rising sequences."""

    store: Store
    now: datetime = NOW
    record_seq: int = 0
    alert_seq: int = 0
    outbox_seq: int = 0
    cells: dict[tuple[datetime, str, str, str], list[int]] = field(default_factory=dict)

    def open(self) -> None:
        migrate(self.store, self.now)

    def story(
        self,
        title: str,
        *,
        summary: str = "",
        topics: tuple[tuple[str, tuple[Span, ...]], ...] = (),
        outlet: str = "harbour-post",
        published: datetime | None = None,
        backfill: bool = False,
        url: str | None = "https://harbour.example/a",
        language: str = "en",
        cluster: str | None = None,
        body: str = "",
        revision: int = 0,
        sightings: int = 0,
    ) -> str:
        self.record_seq += 1
        seq = self.record_seq
        story_id, at = f"s{seq:031d}", published or self.now
        cluster_id = cluster or f"c{seq:031d}"
        row = {
            "id": story_id,
            "record_seq": seq,
            "topic": "stories",
            "partition": 0,
            "offset": seq - 1,
            "origin_kind": "feed",
            "origin_id": outlet,
            "feed": outlet,
            "fetch": 1,
            "backfill": backfill,
            "url": f"{url}/{seq}" if url and url.startswith("http") else url,
            "outlet": outlet,
            "family": outlet,
            "language": language,
            "facets": b"{}",
            "text": "full",
            "title": title,
            "summary": summary,
            "author": None,
            "published_at": at,
            "published_known": True,
            "seen_at": at + timedelta(seconds=3),
            "recorded_at": at + timedelta(seconds=4),
            "bucket": bucket_of(at),
            "revision": revision,
            "content_hash": "",
            "catalog": "cat",
            "cluster": cluster_id,
            "founder": cluster is None,
            "sightings": sightings,
        }
        tags = [
            {
                "story": story_id,
                "topic": topic,
                "record_seq": seq,
                "query": "en",
                "catalog": "cat",
                "spans": msgspec.json.encode(spans),
            }
            for topic, spans in topics
        ]
        self.rows.setdefault(t.story.name, []).append(row)
        self.rows.setdefault(t.tag.name, []).extend(tags)
        if body:
            self.rows.setdefault(t.story_body.name, []).append(
                {"story": story_id, "published_at": at, "body": body}
            )
        if cluster is None:
            self.rows.setdefault(t.cluster.name, []).append(
                {"id": cluster_id, "text_hash": story_id, "founded_at": at, "updated_at": at, "stories": 1}
            )
        for topic in ["*", *(topic for topic, _ in topics)]:
            for dimension, value in (("all", ""), ("outlet", outlet), ("language", language)):
                self._count((bucket_of(at), topic, dimension, value), founder=cluster is None)
        return story_id

    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def _count(self, cell: tuple[datetime, str, str, str], *, founder: bool) -> None:
        cell_count = self.cells.setdefault(cell, [0, 0])
        cell_count[0] += 1
        cell_count[1] += founder

    def alert(
        self,
        title: str,
        *,
        story: str,
        topic: str = "security",
        severity: Severity = Severity.MEDIUM,
        outlets: tuple[str, ...] = ("harbour-post",),
        families: int | None = None,
        version: int = 1,
        told: datetime | None = None,
        alert_id: str | None = None,
        url: str | None = "https://harbour.example/a",
        late: bool = False,
        spans: tuple[Span, ...] = (),
        delivered: bool = True,
    ) -> str:
        self.alert_seq += 1
        self.outbox_seq += 1
        at = told or self.now
        alert = Alert(
            id=alert_id or f"a{self.alert_seq:031d}",
            rule="peace",
            rule_version="f00dfeed1234",
            topic=topic,
            severity=severity,
            cluster="c" + story[1:],
            version=version,
            title=title,
            url=url,
            story=story,
            outlets=outlets,
            families=families or len(outlets),
            stories=len(outlets),
            late=late,
            told_at=at,
            updated_at=at + timedelta(minutes=4 * (version - 1)),
            published_at=at - timedelta(seconds=40),
        )
        document = msgspec.json.encode(alert)
        row = {
            "id": alert.id,
            "alert_seq": self.alert_seq,
            "rule": alert.rule,
            "rule_version": alert.rule_version,
            "topic": topic,
            "severity": severity.value,
            "cluster": alert.cluster,
            "story": story,
            "version": version,
            "stories": len(outlets),
            "families": json.dumps(outlets).encode(),
            "document": document,
            "told_at": at,
            "updated_at": alert.updated_at,
        }
        self.rows.setdefault(t.alert.name, []).append(row)
        self.rows.setdefault(t.outbox.name, []).append(
            {
                "seq": self.outbox_seq,
                "kind": "alert",
                "topic": topic,
                "severity": severity.value,
                "alert": alert.id,
                "version": version,
                "document": document,
                "written_at": at,
                "fanned_out": True,
            }
        )
        self.rows.setdefault(t.delivery.name, []).append(
            {
                "key": f"d{self.outbox_seq}",
                "seq": self.outbox_seq,
                "subscription": "newsdesk-webhook",
                "status": "delivered" if delivered else "failed",
                "attempts": 1 if delivered else 7,
                "next_at": at,
                "delivered_at": at if delivered else None,
                "error": None if delivered else "the receiver answered 410 Gone",
            }
        )
        self.decision(story, "told", alert.id, spans, at)
        return alert.id

    def decision(
        self,
        story: str,
        outcome: str,
        alert: str | None,
        spans: tuple[Span, ...] = (),
        at: datetime | None = None,
    ) -> None:
        self.rows.setdefault(t.decision.name, []).append(
            {
                "story": story,
                "rule": "peace",
                "rule_version": "f00d",
                "outcome": outcome,
                "alert": alert,
                "spans": msgspec.json.encode(spans),
                "decided_at": at or self.now,
            }
        )

    def feed(self, feed: str, **state: Any) -> None:
        known = FeedState(feed=feed, **state)
        self.rows.setdefault(t.feed_state.name, []).append(
            {
                "feed": feed,
                "fetch": 1,
                "next_at": known.next_at,
                "status": known.status,
                "document": msgspec.json.encode(known),
            }
        )

    def watch_hours(self, feed: str, since: datetime, *, ok: bool = True, skip: tuple[int, ...] = ()) -> None:
        hour = since.replace(minute=0, second=0, microsecond=0)
        while hour <= self.now:
            if hour.hour not in skip:
                self.rows.setdefault(t.coverage.name, []).append(
                    {
                        "feed": feed,
                        "hour": hour,
                        "succeeded": 4 if ok else 0,
                        "failed": 0 if ok else 4,
                        "entries": 3,
                    }
                )
            hour += timedelta(hours=1)

    def write(self) -> None:
        """Put what was collected into the store, in one transaction."""
        counts = [
            {"bucket": b, "topic": topic, "dimension": d, "value": v, "stories": n, "clusters": c}
            for (b, topic, d, v), (n, c) in self.cells.items()
        ]
        tables = [
            t.story,
            t.story_body,
            t.cluster,
            t.tag,
            t.alert,
            t.decision,
            t.outbox,
            t.delivery,
            t.feed_state,
            t.coverage,
        ]
        with self.store.locked() as connection:
            for table in tables:
                if rows := self.rows.get(table.name):
                    connection.execute(insert(table), rows)
            if counts:
                connection.execute(insert(t.count), counts)
            connection.execute(t.sequence.delete())
            numbers = {"record": self.record_seq, "alert": self.alert_seq, "outbox": self.outbox_seq}
            connection.execute(insert(t.sequence), [{"name": n, "value": v} for n, v in numbers.items()])
            connection.execute(t.disposition.delete())
            connection.execute(
                insert(t.disposition).values(
                    topic="stories", partition=0, disposition="recorded", records=self.record_seq
                )
            )
        self.rows.clear()
        self.cells.clear()


def span_of(field_name: str, text: str, word: str) -> Span:
    """The first place of `word` in a field's text."""
    start = text.index(word)
    return Span(field_name, start, start + len(word), word)


def watching(feeds: tuple[Feed, ...] | None = None) -> Watch:
    """What the ordinary newsroom watches."""
    return Watch(
        catalog="cafe0123beef",
        topics=tuple(TopicLabel(k, {"en": name}, {"en": query}) for k, (name, query, _) in TOPICS.items()),
        rules=(
            RuleLabel("peace", "Peace operations", "security", "topic:peacekeeping AND NOT outlet:rafiqi"),
        ),
        outlets=OUTLETS,
        feeds=feeds
        if feeds is not None
        else tuple(
            Feed(id=k, url=f"https://{k}.example/feed.xml", title=name) for k, name in OUTLETS.items()
        ),
    )


def ordinary_day(store: Store, stories: int = 240) -> Newsroom:
    """A day like others: 36 hours of stories, some from before watching, alerts, a dead feed, a stale one."""
    room = Newsroom(store)
    room.open()
    outlets = list(OUTLETS)
    for i in range(stories):
        back = (stories - i) * (36 * 60 / stories) - 1
        at = NOW - timedelta(minutes=max(0.2, back + (i * 7919 % 23) - 11))
        headline, topic = HEADLINES[(i * i + i // 3) % len(HEADLINES)]
        word = TOPICS[topic][2] if topic else "rota"
        summary = SUMMARY.format(place="harbour", word=word)
        spans = (span_of("title", headline, word), span_of("summary", summary, word)) if topic else ()
        story = room.story(
            headline,
            summary=summary,
            topics=((topic, spans),) if topic else (),
            outlet=outlets[i % 5],
            published=min(at, NOW),
            backfill=at < SINCE,
            revision=int(i % 31 == 0),
            sightings=2 * int(i % 17 == 0),
        )
        if topic == "peacekeeping":
            if at < SINCE:
                room.decision(story, "backfill", None, spans)
            elif i % 2:
                severity = [Severity.HIGH, Severity.MEDIUM, Severity.LOW][i % 3]
                several = tuple(outlets[: 1 + i % 4])
                room.alert(
                    headline,
                    story=story,
                    severity=severity,
                    outlets=several,
                    version=len(several),
                    told=at,
                    late=i % 7 == 0,
                    spans=spans,
                    delivered=i % 5 != 0,
                )
    _feeds(room)
    room.write()
    return room


def _feeds(room: Newsroom) -> None:
    soon = NOW + timedelta(minutes=6)
    names = list(OUTLETS)
    for name in names[:3]:
        room.feed(
            name,
            status="ok",
            entries=30,
            watched_since=SINCE,
            fetched_at=NOW - timedelta(minutes=4),
            succeeded_at=NOW - timedelta(minutes=4),
            changed_at=NOW - timedelta(minutes=9),
            next_at=soon,
        )
        room.watch_hours(name, SINCE, skip=(9,))
    room.feed(
        names[3],
        status="failing",
        error_kind="tls",
        error="laplaine.example: the certificate has expired",
        failures=6,
        watched_since=SINCE,
        fetched_at=NOW,
        next_at=soon,
    )
    room.watch_hours(names[3], SINCE, ok=False)
    room.feed(
        names[4],
        status="stale",
        entries=20,
        watched_since=SINCE,
        fetched_at=NOW,
        succeeded_at=NOW,
        changed_at=NOW - timedelta(days=3),
        next_at=soon,
    )


def hostile_day(store: Store) -> Newsroom:
    """Everything a feed can do to a page: mark-up, long words, other scripts, wrong spans, bad addresses."""
    room = Newsroom(store)
    room.open()
    nasty = [
        "<script>alert(1)</script><img src=x onerror=alert(2)>",
        "\"><svg onload=alert(3)> ' onmouseover='alert(4)",
        "W" * 600,
        "Donaudampfschifffahrtsgesellschaftskapitaensmuetzenabzeichen" * 4,
        "قوات حفظ السلام تصل إلى الميناء بعد الاتفاق على وقف إطلاق النار",
        "\u202eevil \u202dorder\u202c of words \u2066isolated",
        "🕊️👩‍🚀🏳️‍🌈 peace 👨‍👩‍👧‍👦 force 🇺🇳" * 3,
        "</script></title></textarea><!-- {{ 7*7 }} ${7*7} -->",
        "Z̸̧̢͉̭̱̟̜̲̤̪͒̓̈́a̷͇̋l̴̛̫g̵̱̈́o̸̢͝ headline that climbs" * 2,
        "",
        "平和維持部隊が港に到着、停戦合意を受けて第一陣が上陸し住民が出迎えた",
    ]
    addresses = [
        "javascript:alert(5)",
        "data:text/html,<script>alert(6)</script>",
        "https://x.example/a b",
        None,
        "http://[::1",
        "https://ok.example/" + "p" * 900,
        "//evil.example",
        "https://user:pw@ok.example/",
    ]
    for i, title in enumerate(nasty * 2):
        wrong = (
            Span("title", 0, 10_000, "x"),
            Span("title", 5, 2, "y"),
            Span("title", 0, min(4, len(title)), title[:4]),
            Span("title", 2, min(9, len(title)), title[2:9]),
            Span("body", 7, 12, "<b>ody"),
        )
        story = room.story(
            title,
            summary=(title + " ") * 6,
            topics=(("<i>topic</i>", wrong), ("peacekeeping", wrong)),
            outlet="outlet<&>\"'" + "o" * 90,
            url=addresses[i % len(addresses)],
            published=NOW - timedelta(minutes=i * 20),
            language="ar" if i % 11 == 4 else "en",
        )
        room.alert(
            title,
            story=story,
            topic="t<o>pic" * 12,
            outlets=("<o1>" * 30, "o2", "قناة"),
            spans=wrong,
            url=addresses[(i + 1) % len(addresses)],
            told=NOW - timedelta(minutes=i),
            severity=Severity.HIGH,
        )
    for i in range(6):
        room.feed(
            f"feed<{i}>" + "f" * 120,
            status="failing",
            error_kind="dns",
            error="<b>no</b> " + "e" * 400,
            failures=i,
        )
    room.write()
    return room
