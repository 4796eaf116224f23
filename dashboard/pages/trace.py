"""What happened to one address at each step, and why."""

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from dashboard.site import SiteOf
from newsbeam.store import reads

router = APIRouter(include_in_schema=False)


@router.get("/trace")
def show_trace(request: Request, site: SiteOf, url: str = Query("", max_length=4096)) -> HTMLResponse:
    """The trace of an address, a GUID or a story's id."""
    asked = url.strip()
    found = reads.trace(site.context.store, asked) if asked else None
    rules = {rule.id: rule for rule in site.context.watch().rules}
    return site.page(request, "trace.html", asked=asked, trace=found, rules=rules)
