"""What a fetch leaves in a feed's state. Pure: state and outcome in, the next state out."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from connectors.feeds.fetch import Response
from connectors.feeds.reading import Reading
from connectors.feeds.schedule import Told, after_failure, after_gone, after_success, every_s
from connectors.feeds.settings import FeedsSettings
from newsbeam.errors import FetchFailed
from newsbeam.feed import Feed, FeedState

DAMAGED = "damaged"  # the error kind of a feed that was read in spite of faults
_FORGET_MOVE_AFTER = 3  # failures in a row before a remembered redirect is no longer believed
_KEPT_DOCUMENTS = 3  # as many documents' worth of digests: entries leave a document and come back
_KEPT_LEAST = 200


class Judge:
    """Turns outcomes into states, by one set of settings; `chance` is a number in [0, 1) for each answer."""

    def __init__(self, settings: FeedsSettings) -> None:
        self._settings = settings

    def begin(self, state: FeedState, feed: Feed) -> FeedState:
        """Return the state to fetch with: what was learned under another address is not used."""
        if state.source == feed.url:
            return state
        return replace(state, source=feed.url, url=None, etag=None, last_modified=None, body_hash=None)

    def unchanged(
        self, state: FeedState, feed: Feed, response: Response, now: datetime, chance: float
    ) -> FeedState:
        """After an answer that brought no new document (304, or the same bytes again)."""
        same = self._succeeded(state, feed, response, now, chance)
        damaged = state.error_kind == DAMAGED  # the same document still is
        return replace(
            same,
            status=self._status(same, "unchanged" if state.entries else "empty", now),
            error_kind=DAMAGED if damaged else None,
            error=state.error if damaged else None,
        )

    def read(
        self,
        state: FeedState,
        feed: Feed,
        document: tuple[Response, Reading],
        now: datetime,
        chance: float,
    ) -> FeedState:
        """After a document whose new entries the bus acknowledged."""
        response, reading = document
        changed_at = now if reading.changed or state.changed_at is None else state.changed_at
        good = replace(
            self._succeeded(state, feed, response, now, chance),
            body_hash=response.body_hash,
            title=reading.title or state.title,
            digests=remembered(reading.digests, state.digests),
            entries=reading.entries,
            changed_at=changed_at,
            error_kind=DAMAGED if reading.warning else None,
            error=reading.warning,
        )
        return replace(good, status=self._status(good, "ok" if reading.entries else "empty", now))

    def failed(
        self, state: FeedState, feed: Feed, error: FetchFailed, now: datetime, chance: float
    ) -> FeedState:
        """After a fetch or a parse that failed; validators stay, so that the next success is cheap."""
        failures = state.failures + 1
        told = Told(retry_after_s=error.retry_after_s)
        gone = error.kind == "gone"
        moved = state.url if failures < _FORGET_MOVE_AFTER and not gone else None
        return replace(
            state,
            url=moved,
            etag=state.etag if moved == state.url else None,
            last_modified=state.last_modified if moved == state.url else None,
            status="gone" if gone else "failing",
            error_kind=error.kind,
            error=str(error),
            failures=failures,
            fetched_at=now,
            next_at=after_gone(now, self._settings, chance)
            if gone
            else after_failure(now, every_s(feed, self._settings), failures, told, self._settings, chance),
        )

    def _succeeded(
        self, state: FeedState, feed: Feed, response: Response, now: datetime, chance: float
    ) -> FeedState:
        told = Told(max_age_s=response.max_age_s)
        return replace(
            state,
            url=response.moved_to or state.url,
            etag=response.etag,
            last_modified=response.last_modified,
            error_kind=None,
            error=None,
            failures=0,
            watched_since=state.watched_since or now,
            fetched_at=now,
            succeeded_at=now,
            next_at=after_success(now, every_s(feed, self._settings), told, self._settings, chance),
        )

    def _status(self, state: FeedState, status: str, now: datetime) -> str:
        quiet_since = state.changed_at or now
        stale = now - quiet_since > timedelta(seconds=self._settings.stale_after_s)
        return "stale" if stale and status != "empty" else status


def remembered(current: dict[str, str], before: dict[str, str]) -> dict[str, str]:
    """Return the digests to keep: the document's own, and as many of earlier ones as the bound allows.

    A forgotten entry that comes back is published again, and recognised when it is recorded.
    """
    limit = max(_KEPT_DOCUMENTS * len(current), _KEPT_LEAST)
    earlier = [pair for pair in before.items() if pair[0] not in current]
    return current | dict(earlier[: limit - len(current)])
