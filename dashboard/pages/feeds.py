"""Feeds: what is read, how well, and why not."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from dashboard.pages.summary import read_so_far
from dashboard.site import SiteOf
from newsbeam.store import pages, reads

router = APIRouter(include_in_schema=False)


@router.get("/feeds")
def list_feeds(request: Request, site: SiteOf) -> HTMLResponse:
    """Every feed, the troubled ones first."""
    now, watch = site.context.now(), site.context.watch()
    reading = read_so_far(watch, reads.feed_health(site.context.store, now))
    record_seq = pages.pulse(site.context.store).record_seq
    return site.page(request, "feeds.html", now=now, watch=watch, reading=reading, record_seq=record_seq)
