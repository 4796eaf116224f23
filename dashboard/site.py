"""What every page and route shares: the context, the templates, the assets, the guard and the stream hub."""

import json
from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import Depends, Request
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from dashboard.assets import Assets
from dashboard.context import DashboardContext
from dashboard.guard import Guard
from dashboard.links import safe_link
from dashboard.marks import mark_excerpt, mark_title
from dashboard.stream import Hub
from dashboard.times import clock, exact, relative
from newsbeam.story import shown_title

NAVIGATION = (
    ("/", "Overview"),
    ("/stories", "Stories"),
    ("/alerts", "Alerts"),
    ("/topics", "Topics"),
    ("/feeds", "Feeds"),
)


class Site:
    """One dashboard: made once for an application, handed to every route."""

    def __init__(self, context: DashboardContext) -> None:
        self.context = context
        self.guard = Guard(context.settings)
        self.assets = Assets()
        self.hub = Hub(context.store, context.settings.max_streams)
        self._templates = _environment(self.assets)

    def page(self, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
        """Render a whole page."""
        values |= {"path": request.url.path, "asks_token": self.guard.asks_token, "navigation": NAVIGATION}
        return HTMLResponse(self.render(template, **values), status_code=status)

    def render(self, template: str, **values: Any) -> str:
        """Render a template; `now` is what its relative times refer to, `watch` what is watched."""
        values.setdefault("now", self.context.now())
        values.setdefault("watch", self.context.watch())
        return self._templates.get_template(template).render(**values)


def site_of(request: Request) -> Site:
    """Return the application's dashboard."""
    found: Site = request.app.state.site
    return found


SiteOf = Annotated[Site, Depends(site_of)]


def _environment(assets: Assets) -> Environment:
    environment = Environment(
        loader=PackageLoader("dashboard"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        exact=exact,
        relative=relative,
        clock=clock,
        link=safe_link,
        number=_number,
        share=_share,
        names=_names,
        data=_data,
        titled=shown_title,
        outlet_name=lambda outlet, watch: watch.outlet_name(outlet),
    )
    environment.globals.update(asset=assets.address, mark_excerpt=mark_excerpt, mark_title=mark_title)
    return environment


def _number(value: float | None) -> str:
    """Thousands apart by a thin space; a dash for nothing."""
    if value is None:
        return "\N{EN DASH}"
    return f"{value:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")


def _share(part: int, whole: int) -> str:
    """A part of a whole in percent."""
    if not whole:
        return "\N{EN DASH}"
    percent = 100 * part / whole
    return f"{percent:.1f} %" if percent < 10 else f"{percent:.0f} %"


def _names(values: Sequence[str], most: int = 4) -> str:
    """`A, B, C and 12 more`."""
    shown = ", ".join(values[:most])
    return f"{shown} and {len(values) - most} more" if len(values) > most else shown


def _data(value: object) -> Markup:
    """JSON for a data block: nothing in it can end the block."""
    text = json.dumps(value, ensure_ascii=True, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return Markup(text)  # noqa: S704 - escaped just above
