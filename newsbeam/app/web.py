"""The pages, wired: what they watch, and the open door of the API."""

from collections.abc import Iterable

from dashboard.app import create_app, serve
from dashboard.context import DashboardContext, PublishReport, Refusal, RuleLabel, TopicLabel, Watch
from newsbeam.app.deployment import ActiveConfiguration, Deployment
from newsbeam.app.publish import publish_lines
from newsbeam.bus import Bus
from newsbeam.store.database import Store
from newsbeam.story import Origin


def serve_pages(opened: Deployment) -> None:
    """Serve until a signal. Raises `ConfigurationError` when the address is open without a token or in use."""
    context = DashboardContext(
        store=opened.store(),
        settings=opened.settings.serve,
        watch=_Watching(opened.store()),
        publish_stories=_Publishing(opened.bus),
    )
    serve(create_app(context), opened.settings.serve)


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
                topics=tuple(TopicLabel(topic.id, topic.label, topic.queries) for topic in catalog.topics),
                rules=tuple(
                    RuleLabel(rule.id, rule.label or rule.id, rule.topic, rule.when) for rule in catalog.rules
                ),
                outlets={outlet.id: outlet.name for outlet in catalog.outlets},
                feeds=feeds,
            )
        return self._watch


class _Publishing:
    """Posted JSON lines onto the bus."""

    def __init__(self, bus: Bus) -> None:
        self._bus = bus

    def __call__(self, lines: Iterable[bytes]) -> PublishReport:
        report = publish_lines(self._bus, lines, Origin("api", "api"))
        return PublishReport(report.published, tuple(Refusal(one.line, one.reason) for one in report.refused))
