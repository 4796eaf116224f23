"""The pages, wired: what they watch, and the open door of the API."""

import time
from collections.abc import Iterable

from dashboard.app import create_app, serve
from dashboard.context import Check, DashboardContext, PublishReport, Refusal, RuleLabel, TopicLabel, Watch
from newsbeam.app.backlog import Backlog
from newsbeam.app.deployment import ActiveConfiguration, Deployment
from newsbeam.app.publish import publish_lines
from newsbeam.app.room import no_room
from newsbeam.bus import Bus
from newsbeam.errors import NewsbeamError
from newsbeam.store.clock import StoreClock
from newsbeam.store.database import Store
from newsbeam.story import Origin

_ASK_AGAIN_S = 2.0


def serve_pages(opened: Deployment, clock: StoreClock) -> None:
    """Serve until a signal. Raises `ConfigurationError` when the address is open without a token or in use."""
    backlog = Backlog(opened.bus, opened.store())
    context = DashboardContext(
        store=opened.store(),
        settings=opened.settings.serve,
        watch=_Watching(opened.store()),
        publish_stories=_Publishing(opened.bus),
        beside=_Beside(opened.bus, opened.store()),
        backlog=backlog,
        now=clock,
    )
    try:
        serve(create_app(context), opened.settings.serve)
    finally:
        backlog.close()


class _Watching:
    """What is being watched now, made anew only when the active configuration moved."""

    def __init__(self, store: Store) -> None:
        self._active = ActiveConfiguration(store)
        self._made_of: tuple[object, object] = (None, None)
        self._watch = Watch()

    def __call__(self) -> Watch:
        catalog, feeds = self._active.catalog(), self._active.feeds()
        if catalog is None:
            return Watch(feeds=feeds)
        if self._made_of[0] is not catalog or self._made_of[1] is not feeds:
            self._made_of = (catalog, feeds)
            self._watch = Watch(
                catalog=catalog.version,
                topics=tuple(
                    TopicLabel(topic.id, topic.label, catalog.queries_by_language(topic.id))
                    for topic in catalog.topics
                ),
                rules=tuple(
                    RuleLabel(rule.id, rule.label or rule.id, rule.topic, rule.when) for rule in catalog.rules
                ),
                outlets={outlet.id: outlet.name for outlet in catalog.outlets},
                feeds=feeds,
            )
        return self._watch


class _Beside:
    """How the bus and the disk are; asked anew every few seconds, however often somebody wants to know."""

    def __init__(self, bus: Bus, store: Store) -> None:
        self._bus, self._store = bus, store
        self._asked_at = float("-inf")
        self._found: tuple[Check, ...] = ()

    def __call__(self) -> tuple[Check, ...]:
        if time.monotonic() - self._asked_at >= _ASK_AGAIN_S:
            self._found = (self._bus_check(), self._disk_check())
            self._asked_at = time.monotonic()
        return self._found

    def _bus_check(self) -> Check:
        try:
            self._bus.check()
        except NewsbeamError as error:
            return Check("bus", False, str(error))
        return Check("bus", True, "it answers")

    def _disk_check(self) -> Check:
        full = no_room(self._store.path)
        return Check("disk", full is None, full or "there is room")


class _Publishing:
    """Posted JSON lines onto the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __call__(self, lines: Iterable[bytes]) -> PublishReport:
        report = publish_lines(self._bus, lines, Origin("api", "api"))
        return PublishReport(report.published, tuple(Refusal(one.line, one.reason) for one in report.refused))
