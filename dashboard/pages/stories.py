"""The list of stories, paged by record_seq."""

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from dashboard.site import SiteOf
from newsbeam.store import reads

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/stories")
def list_stories(
    request: Request,
    site: SiteOf,
    topic: str | None = None,
    outlet: str | None = None,
    before: int | None = Query(None, ge=0, lt=2**62),
) -> HTMLResponse:
    """Stories, newest first; `before` is the record_seq to go on from."""
    topic, outlet = topic or None, outlet or None
    found = reads.latest_stories(
        site.context.store, topic=topic, outlet=outlet, before=before, limit=PAGE + 1
    )
    return site.page(
        request,
        "stories.html",
        stories=found[:PAGE],
        older=found[PAGE - 1].record_seq if len(found) > PAGE else None,
        topic=topic,
        outlet=outlet,
        first=before is None,
    )
