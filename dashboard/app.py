"""The application: every route, behind the guard."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version

import anyio
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.responses import JSONResponse, Response

from dashboard import api, health, live
from dashboard.context import DashboardContext
from dashboard.counting import CountingMiddleware
from dashboard.guard import GuardMiddleware
from dashboard.pages import alerts, feeds, login, overview, reference, stories, topics, trace
from dashboard.server import serve
from dashboard.site import Site, SiteOf
from newsbeam.errors import DataRefused, NotFound, Unavailable

__all__ = ["create_app", "serve"]

_PAGES = (overview, stories, alerts, topics, feeds, trace, login, reference)


def create_app(context: DashboardContext) -> FastAPI:
    """Return the dashboard. Raises `ConfigurationError` when it would be open to others without a token."""
    site = Site(context)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(site.hub.run)
            yield
            site.hub.stop()

    app = FastAPI(
        title="newsbeam",
        version=version("newsbeam"),
        description="Stories, alerts, counts and feeds of this newsbeam.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,  # they load scripts from a CDN; the page /api is our own
        redoc_url=None,
        lifespan=lifespan,
    )
    app.state.site = site
    for module in _PAGES:
        app.include_router(module.router)
    for router in (health.router, live.router, api.router):
        app.include_router(router)

    @app.get("/static/{digest}/{name:path}", include_in_schema=False)
    def static(request: Request, site: SiteOf, digest: str, name: str) -> Response:
        return site.assets.answer(digest, name, request.headers)

    for kind in (NotFound, Unavailable, DataRefused, HTTPException, RequestValidationError):
        app.add_exception_handler(kind, _explain)
    app.add_middleware(GZipMiddleware, minimum_size=1024, compresslevel=5)
    app.add_middleware(GuardMiddleware, guard=site.guard)
    app.add_middleware(CountingMiddleware)
    return app


def _explain(request: Request, error: Exception) -> Response:
    """One clear answer for what went wrong: JSON to programs, a page to people."""
    site: Site = request.app.state.site
    status, message = _status_of(error)
    headers = {"retry-after": "5"} if status == 503 else {}
    if request.url.path.startswith("/api/"):
        return JSONResponse({"error": message}, status_code=status, headers=headers)
    answer = site.page(request, "error.html", status=status, message=message, code=status, watch=None)
    answer.headers.update(headers)
    return answer


def _status_of(error: Exception) -> tuple[int, str]:
    if isinstance(error, NotFound):
        return 404, str(error)
    if isinstance(error, Unavailable):
        return 503, str(error)
    if isinstance(error, HTTPException):
        return error.status_code, str(error.detail)
    if isinstance(error, RequestValidationError):
        said = "; ".join(f"{'.'.join(str(p) for p in e['loc'][1:])}: {e['msg']}" for e in error.errors())
        return 422, said or "the request cannot be understood"
    return 400, str(error)
