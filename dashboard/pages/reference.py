"""The API's reference as a plain page: FastAPI's own loads its scripts from elsewhere."""

from fastapi import APIRouter, Request
from starlette.responses import HTMLResponse

from dashboard.site import SiteOf

router = APIRouter(include_in_schema=False)


@router.get("/api")
def show_reference(request: Request, site: SiteOf) -> HTMLResponse:
    """Every operation of the API, with its parameters."""
    document = request.app.openapi()
    operations = [
        (method.upper(), path, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return site.page(request, "reference.html", operations=operations)
