"""Topics: the list, and one with its counts, its outlets and its stories."""

from datetime import timedelta

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from dashboard.context import TopicLabel
from dashboard.figures import draw, read_choice
from dashboard.pages.charts import chart_values
from dashboard.pages.sums import busiest, sums_until
from dashboard.site import SiteOf
from newsbeam.count import EVERYTHING
from newsbeam.errors import NotFound
from newsbeam.store import pages, reads

router = APIRouter(include_in_schema=False)

STORIES = 25
PLACES = 10


@router.get("/topics")
def list_topics(request: Request, site: SiteOf) -> HTMLResponse:
    """The topics of the active catalog."""
    now, watch = site.context.now(), site.context.watch()
    day = sums_until(site, now, timedelta(hours=24))
    week = sums_until(site, now, timedelta(days=7))
    topics = busiest(watch, week)
    return site.page(
        request, "topics.html", now=now, watch=watch, topics=topics, day=day, week=week,
        everything=week.get(EVERYTHING),
    )  # fmt: skip


@router.get("/topics/{topic}")
def show_topic(request: Request, site: SiteOf, topic: str) -> HTMLResponse:
    """One topic; also one that left the catalog, as long as stories have its tag."""
    store, now, watch = site.context.store, site.context.now(), site.context.watch()
    label = next((entry for entry in watch.topics if entry.id == topic), None)
    stories = reads.latest_stories(store, topic=topic, limit=STORIES)
    if label is None and not stories:
        raise NotFound(f"no topic {topic} is in the catalog")
    choice = read_choice({**request.query_params, "topic": topic})
    start, end = choice.window(now)
    figure = draw(store, choice, watch, now=now, since=reads.watched_since(store))
    return site.page(
        request,
        "topic.html",
        now=now,
        watch=watch,
        topic=label or TopicLabel(topic),
        known=label is not None,
        rules=[rule for rule in watch.rules if f"topic:{topic}" in rule.when.replace('"', "")],
        stories=stories,
        places={
            name: reads.dimension_totals(
                store, topic=topic, dimension=name, start=start, end=end, limit=PLACES
            )
            for name in ("outlet", "language")
        },
        record_seq=pages.pulse(store).record_seq,
        **chart_values(figure, f"/topics/{topic}", fixed_topic=True),
    )
