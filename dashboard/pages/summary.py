"""What several pages say of the whole: feeds read so far, watching since, is the network there."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboard.context import Watch
from newsbeam.feed import Feed, FeedState
from newsbeam.store.reads import FeedHealth

FAILING = frozenset({"failing", "gone"})
AWAY = frozenset({"dns", "connect", "timeout", "protocol"})  # kinds that a missing network gives


@dataclass(frozen=True)
class FeedLine:
    """One feed as pages list it: the subscription (None: removed) and its health (None: not yet read)."""

    id: str
    name: str
    feed: Feed | None
    health: FeedHealth | None

    @property
    def state(self) -> str:
        """`waiting`, `failed`, `off`, `removed`, or the state's own word."""
        if self.feed is not None and not self.feed.enabled:
            return "off"
        if self.health is None or self.health.state.status == "new":
            return "waiting"
        if self.feed is None:
            return "removed"
        return "failed" if self.health.state.status in FAILING else self.health.state.status

    @property
    def url(self) -> str | None:
        """Where it is read from."""
        return self.feed.url if self.feed else (self.health.state.url if self.health else None)


@dataclass(frozen=True)
class Reading:
    """All feeds in a few numbers."""

    lines: tuple[FeedLine, ...]
    watching_since: datetime | None

    @property
    def active(self) -> list[FeedLine]:
        """The feeds that are to be read."""
        return [line for line in self.lines if line.state not in ("off", "removed")]

    @property
    def failed(self) -> list[FeedLine]:
        """The feeds whose last fetch failed."""
        return [line for line in self.active if line.state == "failed"]

    @property
    def waiting(self) -> list[FeedLine]:
        """The feeds that were not read yet."""
        return [line for line in self.active if line.state == "waiting"]

    @property
    def done(self) -> list[FeedLine]:
        """The feeds that were read."""
        return [line for line in self.active if line.state not in ("failed", "waiting")]

    @property
    def silent(self) -> list[FeedLine]:
        """The feeds that answer but give no news."""
        return [line for line in self.done if line.state in ("stale", "empty")]

    @property
    def offline(self) -> bool:
        """Whether it looks as if there were no network: every feed tried so far failed, most of them so."""
        failed = self.failed
        away = [line for line in failed if line.health and line.health.state.error_kind in AWAY]
        return bool(failed) and not self.done and 2 * len(away) > len(failed)

    @property
    def reasons(self) -> list[tuple[str, int]]:
        """Why feeds failed, the most frequent kind first."""
        kinds = Counter(
            (line.health.state.error_kind or "unknown") for line in self.failed if line.health is not None
        )
        return kinds.most_common()


def read_so_far(watch: Watch, health: Sequence[FeedHealth]) -> Reading:
    """Put subscriptions and their health together, the troubled ones first."""
    by_feed = {found.state.feed: found for found in health}
    lines = [_line(feed.id, feed, by_feed.pop(feed.id, None)) for feed in watch.feeds]
    lines += [_line(feed, None, found) for feed, found in by_feed.items()]
    order = {"failed": 0, "stale": 1, "empty": 1, "waiting": 2, "ok": 3, "unchanged": 3}
    lines.sort(key=lambda line: (order.get(line.state, 4), line.name.casefold(), line.id))
    moments = [found.state.watched_since for found in health]
    return Reading(tuple(lines), min((m for m in moments if m is not None), default=None))


def _line(feed_id: str, feed: Feed | None, health: FeedHealth | None) -> FeedLine:
    name: str | None = feed.title if feed is not None else None
    return FeedLine(feed_id, name or feed_id, feed, health)


def state_of(line: FeedLine) -> FeedState | None:
    """The remembered state, None when the feed was not read yet."""
    return line.health.state if line.health else None
