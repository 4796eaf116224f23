"""What a reader of the wire must end up with: counted from the plan of the news, never from the documents."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from newsbeam.newswire.outlets import BY_ID, OUTLETS, Quirk
from newsbeam.newswire.timeline import Entry
from newsbeam.newswire.wire import Newswire

MAX_AGE_S = 48 * 3600.0
DEMO_RULES: tuple[tuple[str, str], ...] = tuple(
    (f"demo-{topic}", topic)
    for topic in ("peacekeeping", "ceasefire", "sanctions", "elections", "earthquakes", "cyber-attacks")
)


@dataclass(frozen=True)
class TrueStory:
    """A story that must be recorded once; `cluster` is shared by copies and near copies.

    `published_at` is None where the feed gives no possible date. `url` is where the story was when first
    seen.
    """

    key: str
    feed: str
    language: str
    topics: frozenset[str]
    cluster: str
    title: str
    url: str
    backfill: bool
    published_at: datetime | None
    seen_at: datetime

    @property
    def outlet(self) -> str:
        """The publisher, whose id is its feed's."""
        return self.feed

    def may_alert(self, max_age_s: float) -> bool:
        """Whether it is news: not history, and young enough when first seen."""
        if self.backfill:
            return False
        return self.published_at is None or (self.seen_at - self.published_at).total_seconds() <= max_age_s


@dataclass(frozen=True)
class TrueAlert:
    """An alert that must be told once; it is updated as each further outlet joins."""

    rule: str
    topic: str
    cluster: str
    stories: frozenset[str]
    outlets: frozenset[str]

    @property
    def versions(self) -> int:
        """How many versions it has in the end."""
        return len(self.outlets)


@dataclass(frozen=True)
class GroundTruth:
    """Everything that can be counted, for one set of fetches."""

    stories: Mapping[str, TrueStory]
    alerts: tuple[TrueAlert, ...]
    revisions: int  # later headlines that were seen

    @property
    def tags(self) -> Counter[str]:
        """Stories by topic."""
        return Counter(topic for story in self.stories.values() for topic in story.topics)

    @property
    def clusters(self) -> int:
        """Number of clusters."""
        return len({story.cluster for story in self.stories.values()})

    @property
    def alerts_by_rule(self) -> Counter[str]:
        """Alerts by rule."""
        return Counter(alert.rule for alert in self.alerts)

    @property
    def alert_versions(self) -> int:
        """Versions of all alerts: what a subscription with updates gets."""
        return sum(alert.versions for alert in self.alerts)

    def by(self, name: str) -> Counter[str]:
        """Return stories by `feed`, `outlet`, `language` or `cluster`."""
        return Counter(getattr(story, name) for story in self.stories.values())


def fetches_of_all(wire: Newswire, until: float) -> dict[str, list[float]]:
    """Return fetches of a reader that sees every entry: at the start, and whenever something new appears."""
    fetches = {}
    for outlet in OUTLETS:
        ends_at = wire.script.ends_at(outlet.quirk)
        times = {0.0}
        for entry in wire.timeline.entries(outlet.id, until):
            times.update(at for at in (entry.at, entry.edited_at, entry.moved_at) if 0.0 < at <= until)
        fetches[outlet.id] = sorted(t for t in times if t < ends_at)
    return fetches


def truth_of(
    wire: Newswire,
    fetches: Mapping[str, Sequence[float]],
    base: str = "",
    rules: Sequence[tuple[str, str]] = DEMO_RULES,
    max_age_s: float = MAX_AGE_S,
) -> GroundTruth:
    """Return what fetching documents at these times (seconds since the start, by feed) must lead to.

    A feed's first fetch is history. A story that an aggregator carries is the original's.
    """
    stories: dict[str, TrueStory] = {}
    revisions = 0
    for feed, times in fetches.items():
        for entry, t in _first_seen(wire, feed, sorted(times)):
            found = _story(wire, entry, t, base, backfill=t == min(times))
            known = stories.get(found.key)
            if known is None or found.seen_at < known.seen_at:
                stories[found.key] = found
            if not entry.is_edited(t) and max(times) >= entry.edited_at:
                revisions += _sees(wire, entry, times)
    return GroundTruth(stories, _alerts(stories.values(), rules, max_age_s), revisions)


def _first_seen(wire: Newswire, feed: str, times: Sequence[float]) -> list[tuple[Entry, float]]:
    """Every entry that is in the document of any of these fetches, with the first of them."""
    if not times:
        return []
    found = []
    for entry in wire.timeline.entries(feed, times[-1]):
        at = bisect_left(times, entry.at)
        seen = next((t for t in times[at : at + 1] if entry in wire.visible(feed, t)), None)
        if seen is not None:
            found.append((entry, seen))
    return found


def _sees(wire: Newswire, entry: Entry, times: Sequence[float]) -> bool:
    later = sorted(times)[bisect_left(sorted(times), entry.edited_at)]
    return entry in wire.visible(entry.feed, later)


def _story(wire: Newswire, entry: Entry, t: float, base: str, *, backfill: bool) -> TrueStory:
    piece = wire.timeline.piece(entry)
    dated = BY_ID[entry.feed].quirk is not Quirk.BAD_DATES
    return TrueStory(
        key=entry.story,
        feed=entry.source or entry.feed,
        language=piece.language,
        topics=piece.topics,
        cluster=entry.event,
        title=wire.timeline.title(entry, t),
        url=base + wire.path(entry, t),
        backfill=backfill,
        published_at=wire.moment(entry.published) if dated else None,
        seen_at=wire.moment(t),
    )


def _alerts(
    stories: Collection[TrueStory],
    rules: Sequence[tuple[str, str]],
    max_age_s: float,
) -> tuple[TrueAlert, ...]:
    alerts = []
    for rule, topic in rules:
        members: dict[str, list[TrueStory]] = {}
        for story in stories:
            if topic in story.topics and story.may_alert(max_age_s):
                members.setdefault(story.cluster, []).append(story)
        for cluster, told in members.items():
            keys, outlets = frozenset(s.key for s in told), frozenset(s.outlet for s in told)
            alerts.append(TrueAlert(rule, topic, cluster, keys, outlets))
    return tuple(alerts)
