"""The first page: what is watched, live alerts, counts over time, latest stories, feed health."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from dashboard.figures import draw, read_choice
from dashboard.pages.charts import chart_values
from dashboard.pages.summary import read_so_far
from dashboard.pages.sums import busiest, sums_until
from dashboard.site import SiteOf
from dashboard.stream import Cursor
from newsbeam.count import EVERYTHING
from newsbeam.store import pages, reads

router = APIRouter(include_in_schema=False)

ALERTS = 20
STORIES = 25


@router.get("/")
def overview(request: Request, site: SiteOf) -> HTMLResponse:
    """Everything at a glance."""
    store, now, watch = site.context.store, site.context.now(), site.context.watch()
    pulse = pages.pulse(store)  # before the alerts: what comes after it arrives by the stream
    reading = read_so_far(watch, reads.feed_health(store, now))
    choice = read_choice(request.query_params)
    sums = sums_until(site, now, timedelta(hours=24))
    return site.page(
        request,
        "overview.html",
        now=now,
        watch=watch,
        reading=reading,
        cursor=str(Cursor(pulse.epoch, pulse.alert_seq)),
        record_seq=pulse.record_seq,
        numbers=reads.status(store),
        history=pages.history_matches(store),
        views=reads.latest_alerts(store, limit=ALERTS),
        stories=reads.latest_stories(store, limit=STORIES),
        everything=sums.get(EVERYTHING),
        topic_sums=[(topic, sums.get(topic.id)) for topic in busiest(watch, sums)],
        **chart_values(draw(store, choice, watch, now=now, since=reading.watching_since), "/"),
    )
