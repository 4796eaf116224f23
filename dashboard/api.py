"""The JSON API under /api/v1: what the pages show, for programs; and the door for what is not in a feed.

Cursors are `epoch:seq`: page with `after` (oldest first, to follow) or `before` (newest first, to look back).
A store that was restored from a backup has a new epoch: an old cursor starts over: the answer says `reset`.
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

import msgspec
from fastapi import APIRouter, Header, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import Response, StreamingResponse

from dashboard.context import PublishReport, Watch
from dashboard.live import open_stream
from dashboard.pages.sums import sums_until
from dashboard.site import Site, SiteOf
from dashboard.stream import Cursor, read_cursor
from newsbeam.count import BUCKET_S, EVERYTHING
from newsbeam.store import pages, reads

router = APIRouter(prefix="/api/v1", tags=["v1"])

Limit = Annotated[int, Query(ge=1, le=500)]


class StoryPage(msgspec.Struct, frozen=True):
    """Stories by record_seq; `next` continues in the same direction, None at the end when looking back."""

    stories: Sequence[reads.StoryView]
    next: str | None
    reset: bool


class AlertPage(msgspec.Struct, frozen=True):
    """Alerts by alert_seq, each in its newest version."""

    alerts: Sequence[reads.AlertView]
    next: str | None
    reset: bool


class CountPage(msgspec.Struct, frozen=True):
    """Counts over time: `all_*` is the denominator for share of coverage."""

    topic: str
    dimension: str
    start: datetime
    end: datetime
    step_s: int
    points: Sequence[reads.CountPoint]


class FeedPage(msgspec.Struct, frozen=True):
    """The subscribed feeds, and the health of every feed that was ever fetched."""

    feeds: Sequence[Any]
    health: Sequence[reads.FeedHealth]


class TopicEntry(msgspec.Struct, frozen=True):
    """A topic of the active catalog with its sums of the last 24 hours."""

    id: str
    label: dict[str, str]
    queries: dict[str, str]
    stories: int
    clusters: int


class TopicPage(msgspec.Struct, frozen=True):
    """The active catalog's topics; `all` is the sum of everything."""

    catalog: str
    topics: Sequence[TopicEntry]
    all: reads.Total


class Where(msgspec.Struct, frozen=True):
    """A place in a list: exclusive bounds, and whether the cursor was of another epoch."""

    epoch: str
    after: int | None
    before: int | None
    reset: bool

    def next(self, sequences: Sequence[int], limit: int) -> str | None:
        """The cursor that continues after these."""
        if sequences and (self.after is not None or len(sequences) == limit):
            return str(Cursor(self.epoch, sequences[-1]))
        return None if self.after is None else str(Cursor(self.epoch, self.after))


def answer(value: object, status: int = 200) -> Response:
    """A value as JSON."""
    return Response(msgspec.json.encode(value), status_code=status, media_type="application/json")


def answers(kind: type) -> dict[int | str, dict[str, Any]]:
    """Describe an answer for OpenAPI."""
    (schema,), components = msgspec.json.schema_components([kind], ref_template="#/$defs/{name}")
    name = schema["$ref"].rpartition("/")[2]
    described = components.pop(name) | ({"$defs": components} if components else {})
    return {200: {"content": {"application/json": {"schema": _inline(described, components)}}}}


def _inline(schema: Any, components: dict[str, Any]) -> Any:
    """The schema with its references written out (none of ours refers to itself)."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return _inline(components[schema["$ref"].rpartition("/")[2]], components)
        return {key: _inline(value, components) for key, value in schema.items() if key != "$defs"}
    return [_inline(value, components) for value in schema] if isinstance(schema, list) else schema


@router.get("/stories", responses=answers(StoryPage))
def list_stories(
    site: SiteOf,
    topic: str | None = None,
    outlet: str | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: Limit = 50,
) -> Response:
    """Recorded stories with their topics and evidence, newest first; from `after` on oldest first."""
    where = _where(site, after, before)
    found = reads.latest_stories(
        site.context.store, topic=topic, outlet=outlet, after=where.after, before=where.before, limit=limit
    )
    return answer(StoryPage(found, where.next([s.record_seq for s in found], limit), where.reset))


@router.get("/stories/{story}", responses=answers(reads.StoryView))
def show_story(site: SiteOf, story: str) -> Response:
    """One story."""
    return answer(reads.story_by_id(site.context.store, story))


@router.post("/stories")
async def publish_stories(site: SiteOf, request: Request) -> Response:
    """Put stories on the bus: one JSON object a line. Answers after every one of them is acknowledged.

    Lines that are no story are refused one by one, with the reason; the others are published.
    """
    publish = site.context.publish_stories
    if publish is None:
        raise HTTPException(501, "this server has no bus to publish to")
    lines = [line for line in (await _body(site, request)).split(b"\n") if line.strip()]
    if not lines:
        raise HTTPException(422, "the body is empty: one JSON object of a story a line")
    report: PublishReport = await run_in_threadpool(publish, lines)
    refused = [{"line": one.line, "reason": one.reason} for one in report.refused]
    return answer({"published": report.published, "refused": refused}, 200 if report.published else 422)


@router.get("/alerts", responses=answers(AlertPage))
def list_alerts(
    site: SiteOf,
    topic: str | None = None,
    after: str | None = None,
    before: str | None = None,
    limit: Limit = 50,
) -> Response:
    """Alerts in their newest version, newest first; from `after` on oldest first."""
    where = _where(site, after, before)
    found = reads.latest_alerts(
        site.context.store, topic=topic, after=where.after, before=where.before, limit=limit
    )
    return answer(AlertPage(found, where.next([a.alert_seq for a in found], limit), where.reset))


@router.get("/alerts/stream")
async def stream_alerts(
    site: SiteOf,
    topic: str | None = None,
    after: str | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events: `alert` (JSON), `recorded` (the newest record_seq), `reset`.

    Resumes by Last-Event-ID.
    """
    return open_stream(site, last_event_id or after, topic, lambda view: msgspec.json.encode(view).decode())


@router.get("/alerts/{alert}", responses=answers(reads.AlertDetail))
def show_alert(site: SiteOf, alert: str) -> Response:
    """One alert with its stories, decisions and deliveries."""
    return answer(reads.alert_by_id(site.context.store, alert))


@router.get("/counts", responses=answers(CountPage))
def list_counts(  # noqa: PLR0913, PLR0917 - one parameter each of the query
    site: SiteOf,
    topic: str = EVERYTHING,
    dimension: str = "all",
    value: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    step_s: Annotated[int, Query(ge=BUCKET_S, le=86_400 * 7, multiple_of=BUCKET_S)] = 3600,
) -> Response:
    """Counts of stories and clusters over time, with the denominators for share of coverage."""
    until = _aware(end) or site.context.now()
    since = _aware(start) or until - timedelta(hours=24)
    if not timedelta(0) < until - since <= timedelta(seconds=step_s) * 20_000:
        raise HTTPException(422, "start must be before end, and at most 20,000 steps before it")
    points = reads.count_series(
        site.context.store,
        topic=topic,
        dimension=dimension,
        value=value if dimension != "all" else None,
        start=since,
        end=until,
        step_s=step_s,
    )
    return answer(CountPage(topic, dimension, since, until, step_s, points))


@router.get("/feeds", responses={200: {"description": "Feeds and their health"}})
def list_feeds(site: SiteOf) -> Response:
    """The subscribed feeds and the health of each."""
    health = reads.feed_health(site.context.store, site.context.now())
    slim = [msgspec.structs.replace(h, state=msgspec.structs.replace(h.state, digests={})) for h in health]
    return answer(FeedPage(site.context.watch().feeds, slim))


@router.get("/topics", responses=answers(TopicPage))
def list_topics(site: SiteOf) -> Response:
    """The active catalog's topics with the sums of the last 24 hours."""
    now = site.context.now()
    watch: Watch = site.context.watch()
    sums = sums_until(site, now, timedelta(hours=24))
    none = reads.Total("", 0, 0)
    topics = [
        TopicEntry(
            id=topic.id,
            label=dict(topic.label),
            queries=dict(topic.queries),
            stories=sums.get(topic.id, none).stories,
            clusters=sums.get(topic.id, none).clusters,
        )
        for topic in watch.topics
    ]
    return answer(TopicPage(watch.catalog, topics, sums.get(EVERYTHING, reads.Total(EVERYTHING, 0, 0))))


@router.get("/status", responses=answers(reads.Status))
def show_status(site: SiteOf) -> Response:
    """The service in numbers."""
    return answer(reads.status(site.context.store))


@router.get("/trace", responses={200: {"description": "What happened to it at each step"}})
def show_trace(site: SiteOf, url: Annotated[str, Query(min_length=1, max_length=4096)]) -> Response:
    """Everything known of an address, a GUID or a story's id: keys, decisions, alerts, deliveries."""
    return answer(reads.trace(site.context.store, url))


def _where(site: Site, after: str | None, before: str | None) -> Where:
    epoch = pages.pulse(site.context.store).epoch
    lower, old_lower = _bound(after, epoch)
    upper, old_upper = _bound(before, epoch)
    reset = old_lower or old_upper
    if reset:
        lower, upper = (0 if after is not None else None), None
    return Where(epoch, lower, upper, reset)


def _bound(text: str | None, epoch: str) -> tuple[int | None, bool]:
    """The sequence of a cursor, and whether it is of another epoch."""
    if text is None:
        return None, False
    cursor = read_cursor(text)
    if cursor is None:
        raise HTTPException(422, f"{text!r} is no cursor")
    return cursor.seq, cursor.epoch not in ("", epoch)


def _aware(moment: datetime | None) -> datetime | None:
    return moment if moment is None or moment.tzinfo else moment.replace(tzinfo=UTC)


async def _body(site: Site, request: Request) -> bytes:
    most = site.context.settings.max_body_bytes
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > most:
            raise HTTPException(413, f"the body is larger than {most} bytes (serve.max_body_bytes)")
        parts.append(part)
    return b"".join(parts)
