"""The live stream of the pages: alerts as ready cards."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Header
from starlette.exceptions import HTTPException
from starlette.responses import StreamingResponse

from dashboard.site import Site, SiteOf
from dashboard.stream import Full, follow, read_cursor
from newsbeam.store.reads import AlertView

router = APIRouter(include_in_schema=False)

_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


@router.get("/live")
async def live(
    site: SiteOf,
    after: str | None = None,
    topic: str | None = None,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """Server-sent events for a page: `alert` carries the card, `recorded` the newest record_seq."""

    def card(view: AlertView) -> str:
        return site.render("alert_card.html", view=view)

    return open_stream(site, last_event_id or after, topic, card)


def open_stream(
    site: Site, cursor: str | None, topic: str | None, render: Callable[[AlertView], str]
) -> StreamingResponse:
    """Answer with a stream that follows alerts from a cursor on; 503 when too many are open."""
    try:
        site.hub.enter()
    except Full as error:
        raise HTTPException(503, "too many live streams are open (serve.max_streams)") from error
    events = follow(site.hub, site.context.store, read_cursor(cursor), render, topic)
    return StreamingResponse(events, media_type="text/event-stream", headers=_HEADERS)
