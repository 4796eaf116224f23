"""What the dashboard is handed by the application that starts it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dashboard.settings import ServeSettings
from newsbeam.feed import Feed
from newsbeam.store.database import Store


@dataclass(frozen=True)
class TopicLabel:
    """A topic of the active catalog as pages show it: its name by language, its queries by language."""

    id: str
    label: Mapping[str, str] = field(default_factory=dict)
    queries: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The English label, else any label, else the id."""
        return self.label.get("en") or next(iter(self.label.values()), None) or self.id


@dataclass(frozen=True)
class RuleLabel:
    """An alert rule of the active catalog as pages show it."""

    id: str
    label: str
    topic: str
    when: str


@dataclass(frozen=True)
class Watch:
    """What is being watched, from the active catalog and feed list; `outlets` are names by outlet id."""

    catalog: str = ""
    topics: tuple[TopicLabel, ...] = ()
    rules: tuple[RuleLabel, ...] = ()
    outlets: Mapping[str, str] = field(default_factory=dict)
    feeds: tuple[Feed, ...] = ()

    def topic_name(self, topic: str) -> str:
        """The topic's label, its id when the catalog has no such topic any more."""
        return next((entry.name for entry in self.topics if entry.id == topic), topic)

    def outlet_name(self, outlet: str) -> str:
        """The outlet's name, its id when unknown."""
        return self.outlets.get(outlet, outlet)


@dataclass(frozen=True)
class Refusal:
    """A line of a POST that is no story: its number (from 1) and what is wrong with it."""

    line: int
    reason: str


@dataclass(frozen=True)
class PublishReport:
    """What became of posted stories: how many are on the bus, and which lines were refused."""

    published: int
    refused: tuple[Refusal, ...] = ()


@dataclass(frozen=True)
class Check:
    """One thing that readiness asks for; `why` says what was found."""

    name: str
    ok: bool
    why: str


def utc_now() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class DashboardContext:
    """All that pages, API and streams need.

    `watch` returns what is watched now (called on every page: it should remember and be quick).
    `publish_stories` puts JSON lines of stories on the bus and returns after every one is acknowledged;
    without it posting answers 501. It raises `Unavailable` while the bus is away.
    `beside` says how the things are that pages do not use but the service needs: the bus, the disk.
    `backlog` returns how many records wait to be recorded, by partition; it raises `Unavailable` with the bus away.
    """

    store: Store
    settings: ServeSettings = field(default_factory=ServeSettings)
    watch: Callable[[], Watch] = Watch
    publish_stories: Callable[[Iterable[bytes]], PublishReport] | None = None
    beside: Callable[[], tuple[Check, ...]] = tuple
    backlog: Callable[[], Mapping[int, int]] = dict
    now: Callable[[], datetime] = utc_now
