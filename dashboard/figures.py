"""What a chart shows, as numbers: the steps of time, the series, and which steps nobody watched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode

from dashboard.context import Watch
from newsbeam.count import EVERYTHING
from newsbeam.store.database import Store
from newsbeam.store.pages import TopicPoint, topic_series, topic_sums
from newsbeam.store.reads import HourCoverage, coverage_by_hour

RANGES = {
    "6h": timedelta(hours=6),
    "24h": timedelta(hours=24),
    "3d": timedelta(days=3),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
    "90d": timedelta(days=90),
}
RANGE_NAMES = {
    "6h": "6 hours",
    "24h": "24 hours",
    "3d": "3 days",
    "7d": "7 days",
    "30d": "30 days",
    "90d": "90 days",
}
STEPS = {"quarter": timedelta(minutes=15), "hour": timedelta(hours=1), "day": timedelta(days=1)}
STEP_NAMES = {"quarter": "quarter-hour", "hour": "hour", "day": "day"}
MOST_STEPS = 400
MOST_SERIES = 6
_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Choice:
    """What to draw: range, step, measure (`stories` or `clusters`), share or not, topic or the busiest."""

    range: str = "24h"
    step: str = "hour"
    measure: str = "stories"
    share: bool = False
    topic: str | None = None

    @property
    def span(self) -> timedelta:
        """The length of the range."""
        return RANGES[self.range]

    @property
    def step_length(self) -> timedelta:
        """The length of a step."""
        return STEPS[self.step]

    def window(self, now: datetime) -> tuple[datetime, datetime]:
        """Return the range as whole steps, the running one included: [start, end)."""
        step = self.step_length.total_seconds()
        end = datetime.fromtimestamp((now.timestamp() // step + 1) * step, UTC)
        return end - self.span - self.step_length, end

    def query(self, **changes: str) -> str:
        """The choice as a query string, with some of it changed."""
        parts = {"range": self.range, "step": self.step, "measure": self.measure}
        parts |= {"share": "1"} if self.share else {}
        parts |= {"topic": self.topic} if self.topic else {}
        return urlencode(parts | changes)


def steps_for(span: timedelta) -> list[str]:
    """The steps that a range can be drawn in: not more than a screen has room for, and more than a few."""
    return [name for name, step in STEPS.items() if 5 <= span / step <= MOST_STEPS]


def read_choice(parameters: Mapping[str, str]) -> Choice:
    """Read a chart's form; what is unknown becomes the default, a step that does not fit one that does."""
    chosen = parameters.get("range", "")
    chosen = chosen if chosen in RANGES else "24h"
    possible = steps_for(RANGES[chosen])
    step = parameters.get("step", "")
    if step not in possible:
        step = "hour" if "hour" in possible else possible[0]
    measure = parameters.get("measure", "")
    return Choice(
        range=chosen,
        step=step,
        measure=measure if measure in ("stories", "clusters") else "stories",
        share=parameters.get("share") == "1",
        topic=parameters.get("topic") or None,
    )


@dataclass(frozen=True)
class Series:
    """One line or row of bars: a value for each step (a share in percent may be None: nothing to share)."""

    topic: str
    name: str
    values: tuple[float | None, ...]
    total: int


@dataclass(frozen=True)
class Figure:
    """A chart, ready to be drawn and to be read as a table."""

    choice: Choice
    steps: tuple[datetime, ...]
    labels: tuple[str, ...]
    series: tuple[Series, ...]
    unwatched: tuple[bool, ...]
    everything: tuple[int, ...]  # the denominator of each step

    @property
    def empty(self) -> bool:
        """Whether nothing at all was counted."""
        return not any(series.total for series in self.series)

    def document(self) -> dict[str, object]:
        """What the chart script reads."""
        return {
            "kind": "bar" if len(self.series) == 1 else "line",
            "unit": "%" if self.choice.share else "",
            "measure": "events" if self.choice.measure == "clusters" else "stories",
            "labels": self.labels,
            "unwatched": [int(flag) for flag in self.unwatched],
            "series": [{"name": series.name, "values": series.values} for series in self.series],
        }

    def rows(self) -> list[tuple[datetime, str, list[float | None], int, bool]]:
        """The steps that counted anything, newest first: start, label, values, denominator, unwatched."""
        columns = [series.values for series in self.series]
        found = [
            (step, self.labels[i], [column[i] for column in columns], self.everything[i], self.unwatched[i])
            for i, step in enumerate(self.steps)
            if self.everything[i] or any(column[i] for column in columns)
        ]
        return found[::-1]


def draw(store: Store, choice: Choice, watch: Watch, *, now: datetime, since: datetime | None) -> Figure:
    """Read the counts of a choice and lay them out; `since` is when watching began (None: not yet)."""
    start, end = choice.window(now)
    topics = [choice.topic] if choice.topic else _top(store, watch, choice, start, end)
    points = topic_series(
        store,
        [EVERYTHING, *topics],
        start=start,
        end=end,
        step_s=int(choice.step_length.total_seconds()),
    )
    covered = coverage_by_hour(store, start.replace(minute=0), end)
    return lay_out(
        choice, watch, topics, points, unwatched_steps(choice, covered, now=now, since=since), now=now
    )


def lay_out(
    choice: Choice,
    watch: Watch,
    topics: Sequence[str],
    points: Sequence[TopicPoint],
    unwatched: tuple[bool, ...],
    *,
    now: datetime,
) -> Figure:
    """Put counted points into whole steps; a step without a point counted nothing."""
    start, end = choice.window(now)
    steps = _steps(start, end, choice.step_length)
    counted = {
        (point.topic, point.at): point.clusters if choice.measure == "clusters" else point.stories
        for point in points
    }
    everything = tuple(counted.get((EVERYTHING, step), 0) for step in steps)

    def series(topic: str) -> Series:
        numbers = [counted.get((topic, step), 0) for step in steps]
        values: tuple[float | None, ...] = tuple(numbers)
        if choice.share:
            values = tuple(
                round(100 * number / whole, 2) if whole else None
                for number, whole in zip(numbers, everything, strict=True)
            )
        name = "All stories" if topic == EVERYTHING else watch.topic_name(topic)
        return Series(topic, name, values, sum(numbers))

    return Figure(
        choice=choice,
        steps=steps,
        labels=tuple(_label(step, choice) for step in steps),
        series=tuple(series(topic) for topic in topics) or (series(EVERYTHING),),
        unwatched=unwatched,
        everything=everything,
    )


def unwatched_steps(
    choice: Choice, covered: Sequence[HourCoverage], *, now: datetime, since: datetime | None
) -> tuple[bool, ...]:
    """Say for each step whether nobody watched any part of it: before `since`, or no feed read in its hours.

    The running hour counts as watched: its fetches may still come.
    """
    start, end = choice.window(now)
    watched = {row.hour for row in covered if row.watched}
    running = now.replace(minute=0, second=0, microsecond=0)
    watched.add(running)
    return tuple(
        since is None
        or step + choice.step_length <= since
        or not _any_hour(step, choice.step_length, watched)
        for step in _steps(start, end, choice.step_length)
    )


def _any_hour(step: datetime, length: timedelta, watched: set[datetime]) -> bool:
    hour = step.replace(minute=0)
    while hour < step + length:
        if hour in watched:
            return True
        hour += _HOUR
    return False


def _steps(start: datetime, end: datetime, length: timedelta) -> tuple[datetime, ...]:
    return tuple(start + length * i for i in range(int((end - start) / length)))


def _label(step: datetime, choice: Choice) -> str:
    if choice.step == "day":
        return step.strftime("%a %d %b")
    return step.strftime("%H:%M" if choice.span <= timedelta(hours=24) else "%a %d %H:%M")


def _top(store: Store, watch: Watch, choice: Choice, start: datetime, end: datetime) -> list[str]:
    sums = topic_sums(store, [topic.id for topic in watch.topics], start=start, end=end).values()
    busiest = sorted(sums, key=lambda total: (-getattr(total, choice.measure), total.name))
    return [total.name for total in busiest if getattr(total, choice.measure) > 0][:MOST_SERIES]
