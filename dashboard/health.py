"""Is it alive, is it ready, and its numbers: for supervisors, load balancers and Prometheus."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

import msgspec
from fastapi import APIRouter
from starlette.responses import PlainTextResponse, Response

from dashboard.context import Check
from dashboard.site import Site, SiteOf
from newsbeam import metrics
from newsbeam.bus.port import STORIES
from newsbeam.errors import NewsbeamError
from newsbeam.store.database import Store
from newsbeam.store.migrate import SCHEMA_VERSION, schema_version
from newsbeam.store.pages import Signs, signs_of_life
from newsbeam.store.positions import read_positions
from newsbeam.store.reads import status

router = APIRouter(include_in_schema=False)

LATELY = timedelta(minutes=5)
OVERDUE = timedelta(minutes=10)


class Readiness(msgspec.Struct, frozen=True):
    """Whether the service can be relied on now."""

    ready: bool
    checks: tuple[Check, ...]


def judge(signs: Signs, now: datetime) -> tuple[Check, Check]:
    """Decide from signs of life whether workers and pollers move."""
    held = {name.split(":")[1] for name in signs.leases if name.startswith("alive:")}
    moved = signs.position_moved_at
    working = "process" in held or (moved is not None and now - moved < LATELY)
    workers = "a worker is alive" if working else _last("no worker is alive; positions last moved", moved)
    overdue = signs.due_since is not None and now - signs.due_since > OVERDUE
    polling = "poll" in held or (signs.fetched_at is not None and now - signs.fetched_at < LATELY)
    if signs.feeds and overdue:
        pollers = Check("pollers", False, _last("a feed has been due since", signs.due_since))
    else:
        alive = (
            "the poller is alive" if polling else _last("no poller is alive; last fetch", signs.fetched_at)
        )
        pollers = Check("pollers", polling, alive)
    return Check("workers", working, workers), pollers


def readiness(site: Site) -> Readiness:
    """Say of everything that the service needs whether it is there and moves; what is missing hides nothing else."""
    checks = (*_store_checks(site), *site.context.beside())
    return Readiness(all(check.ok for check in checks), checks)


def _store_checks(site: Site) -> tuple[Check, ...]:
    store, now = site.context.store, site.context.now()
    try:
        with store.write() as connection:  # a file that can only be read takes no story
            version = schema_version(connection)
        moving = judge(signs_of_life(store, now), now) if version == SCHEMA_VERSION else ()
    except NewsbeamError as error:
        return (Check("store", False, str(error)),)
    right = version == SCHEMA_VERSION
    found = f"version {version}"
    if not right:
        found = f"tables are of version {version}, {SCHEMA_VERSION} is needed: newsbeam migrates on start"
    answers = "it answers and can be written"
    return (Check("store", True, answers), Check("schema", right, found), *moving)


@router.get("/healthz")
async def healthz() -> PlainTextResponse:
    """The process answers: nothing else is asked."""
    return PlainTextResponse("ok\n")


@router.get("/readyz")
def readyz(site: SiteOf) -> Response:
    """200 when ready, else 503; each check says what it found."""
    found = readiness(site)
    content = msgspec.json.format(msgspec.json.encode(found))
    return Response(content + b"\n", status_code=200 if found.ready else 503, media_type="application/json")


@router.get("/metrics")
def exposition(site: SiteOf) -> Response:
    """The process's metrics, and the numbers of the store and the bus when they answer."""
    metrics.STREAMS.set(site.hub.listeners)
    content, media_type = metrics.expose()
    content += _part("store", lambda: _stored(site.context.store))
    content += _part("bus", lambda: _waiting(site.context.backlog()))
    return Response(content, headers={"content-type": media_type})


Numbers = dict[str, dict[str, float]]


def _part(asked: str, read: Callable[[], Numbers]) -> bytes:
    try:
        return metrics.expose_stored(read())
    except NewsbeamError as error:
        return f"# the {asked} does not answer: {' '.join(str(error).split())}\n".encode()


def _waiting(backlog: Mapping[int, int]) -> Numbers:
    return {"newsbeam_backlog_records": {str(partition): number for partition, number in backlog.items()}}


def _stored(store: Store) -> Numbers:
    numbers, positions = status(store), read_positions(store, STORIES)
    moments = {
        "newsbeam_store_last_recorded_timestamp_seconds": numbers.last_recorded_at,
        "newsbeam_store_last_told_timestamp_seconds": numbers.last_told_at,
    }
    found: Numbers = {
        "newsbeam_store_stories": {"": numbers.stories},
        "newsbeam_store_clusters": {"": numbers.clusters},
        "newsbeam_store_alerts": {"": numbers.alerts},
        "newsbeam_store_dead_letters": {"": numbers.dead_letters},
        "newsbeam_store_outbox_backlog": {"": numbers.outbox_backlog},
        "newsbeam_store_records": {name: float(n) for name, n in numbers.dispositions.items()},
        "newsbeam_store_next_offset": {str(partition): n for partition, n in positions.items()},
        "newsbeam_store_feeds": {name: float(n) for name, n in numbers.feeds.items()},
        "newsbeam_store_deliveries": {name: float(n) for name, n in numbers.deliveries.items()},
    }
    return found | {name: {"": moment.timestamp()} for name, moment in moments.items() if moment is not None}


def _last(text: str, moment: datetime | None) -> str:
    return f"{text} {moment.isoformat(timespec='seconds') if moment else 'never'}"
