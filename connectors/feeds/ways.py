"""Which hosts a visit needs: what the visit before went through, so that one can wait for them beforehand."""

from collections.abc import Collection

from connectors.feeds.fetch import host_of
from newsbeam.feed import Feed


class Way:
    """The hosts of one feed: those of its last whole visit, and those that the visits since then headed for."""

    def __init__(self, url: str, hosts: Collection[str]) -> None:
        self.url = url
        self._before = frozenset(hosts)
        self._now: set[str] = set()

    @property
    def hosts(self) -> frozenset[str]:
        """Every host that must be free before a visit may start."""
        return self._before | self._now

    def head_for(self, host: str) -> None:
        """Note that the visit needs a turn at this host."""
        self._now.add(host)

    def arrive(self) -> None:
        """Forget what this visit, a whole one, had no need of."""
        if self._now:
            self._before, self._now = frozenset(self._now), set()


class Ways:
    """The ways of all feeds; that of an edited feed begins anew."""

    def __init__(self) -> None:
        self._ways: dict[str, Way] = {}

    def of(self, feed: Feed) -> Way:
        """Return the feed's way, which its visits keep."""
        known = self._ways.get(feed.id)
        if known is None or known.url != feed.url:
            known = self._ways[feed.id] = Way(feed.url, [_first_host(feed)])
        return known

    def keep(self, feeds: Collection[str]) -> None:
        """Forget every other feed."""
        for name in self._ways.keys() - feeds:
            del self._ways[name]


def _first_host(feed: Feed) -> str:
    try:
        return host_of(feed.url)
    except ValueError:  # the visit will tell
        return feed.url
