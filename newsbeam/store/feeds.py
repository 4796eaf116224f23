"""The feeds' states: who fetches which feed, what a fetch left behind, and which hours were watched.

A claim gives a feed to one poller, as long as that poller shows that it lives, and at most until the claim's end; and
the fetch its number. The state is written once a document; that write is refused when somebody else claimed the feed
since.

Fetch numbers order what a feed says, so they only grow; and they grow with time, in microseconds since 1970, since a
store restored from a copy has forgotten which were given after it, and stories on the bus carry them.
"""

import logging
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Connection,
    Select,
    case,
    delete,
    exists,
    func,
    or_,
    select,
    type_coerce,
    update,
)

from newsbeam.codec import from_json, to_json
from newsbeam.errors import DecodeError
from newsbeam.feed import FeedState
from newsbeam.store.database import Store
from newsbeam.store.leases import died_here
from newsbeam.store.schema import Moment, coverage, feed_state, lease
from newsbeam.store.statements import batched, insert_new, select_in, upsert

log = logging.getLogger(__name__)

_BATCH = 500
ALIVE = timedelta(seconds=15)  # so long a poller counts as living after it said so
_POLLER = "poller:"


class FeedStates:
    """The feed states as one poller, `owner`, sees them. Every method raises `StoreUnavailable`."""

    def __init__(self, store: Store, owner: str) -> None:
        self._store = store
        self._owner = owner

    def synchronise(self, feeds: Collection[str], now: datetime) -> None:
        """Make exactly these feeds due some time: new ones now, those that are no longer listed never.

        A feed that left and came back keeps its state.
        """
        listed = set(feeds)
        with self._store.read() as connection:
            known = {row.feed: row.next_at for row in connection.execute(_planned())}
        missing = sorted(listed - known.keys())
        returned = [feed for feed, next_at in known.items() if next_at is None and feed in listed]
        left = [feed for feed, next_at in known.items() if next_at is not None and feed not in listed]
        if missing or returned or left:
            with self._store.write() as connection:
                insert_new(connection, feed_state, [_fresh(feed, now) for feed in missing])
                _plan(connection, returned, now)
                _plan(connection, left, None)

    def make_due(self, feeds: Collection[str], now: datetime) -> None:
        """Let these feeds be fetched now, whatever their plan was."""
        with self._store.write() as connection:
            _plan(connection, feeds, now)

    def due(self, now: datetime, limit: int) -> list[str]:
        """Return the feeds that may be claimed, longest due first."""
        query = select(feed_state.c.feed).where(_claimable(now)).order_by(feed_state.c.next_at).limit(limit)
        with self._store.read() as connection:
            return list(connection.execute(query).scalars())

    def soonest(self, now: datetime) -> datetime | None:
        """Return when the next feed becomes due after `now`, None when none will."""
        query = select(func.min(feed_state.c.next_at)).where(feed_state.c.next_at > now)
        with self._store.read() as connection:
            found: datetime | None = connection.execute(query).scalar_one_or_none()
            return found

    def claim(self, feeds: Sequence[str], now: datetime, lasting: timedelta) -> list[FeedState]:
        """Claim those of the feeds that are still due and free; each state carries its new fetch number.

        A feed whose row somebody else is writing now is left alone.
        """
        claimed = []
        time = type_coerce(type_coerce(now, Moment), BigInteger)
        number = case((feed_state.c.fetch < time, time), else_=feed_state.c.fetch + 1)
        with self._store.write() as connection:
            self._live_on(connection, now)
            for feed in _locked(connection, feeds):
                row = connection.execute(
                    update(feed_state)
                    .where(feed_state.c.feed == feed, _claimable(now))
                    .values(fetch=number, claimed_by=self._owner, claimed_until=now + lasting)
                    .returning(feed_state.c.fetch, feed_state.c.document)
                ).one_or_none()
                if row is not None:
                    claimed.append(replace(_state(feed, row.document), fetch=row.fetch))
        return claimed

    def live_on(self, now: datetime) -> None:
        """Show that this poller lives: its claims hold for `ALIVE` from now, unless they end before."""
        with self._store.write() as connection:
            self._live_on(connection, now)

    def settle(self, state: FeedState, now: datetime) -> bool:
        """Write what a fetch left behind and end its claim; False when the claim was lost meanwhile.

        The hour's coverage is counted in the same transaction: a success when the feed has no failures in a
        row, with its number of entries, else a failure.
        """
        with self._store.write() as connection:
            written = connection.execute(
                update(feed_state)
                .where(feed_state.c.feed == state.feed, feed_state.c.fetch == state.fetch, self._own())
                .values(
                    next_at=state.next_at,
                    claimed_by=None,
                    claimed_until=None,
                    status=state.status,
                    document=to_json(state),
                )
            ).rowcount
            if written == 1:
                upsert(connection, coverage, [_covered(state, now)], add=("succeeded", "failed", "entries"))
            return written == 1

    def give_back(self, state: FeedState) -> None:
        """End a claim without a word on the feed, which stays due."""
        with self._store.write() as connection:
            connection.execute(
                update(feed_state)
                .where(feed_state.c.feed == state.feed, feed_state.c.fetch == state.fetch, self._own())
                .values(claimed_by=None, claimed_until=None)
            )

    def release(self) -> None:
        """Give this owner's claims back; their fetch numbers stay used."""
        with self._store.write() as connection:
            connection.execute(
                update(feed_state).where(self._own()).values(claimed_by=None, claimed_until=None)
            )
            connection.execute(delete(lease).where(lease.c.name == _POLLER + self._owner))

    def take_back(self, now: datetime) -> None:
        """Free what pollers of this host left that live no more, and an earlier life of this one."""
        holders = select(feed_state.c.claimed_by).where(feed_state.c.claimed_by.is_not(None)).distinct()
        with self._store.write() as connection:
            dead = [
                name
                for name in connection.execute(holders).scalars()
                if name is not None and (name == self._owner or died_here(name))
            ]
            for batch in batched(dead, _BATCH):
                left = update(feed_state).where(feed_state.c.claimed_by.in_(batch))
                connection.execute(left.values(claimed_by=None, claimed_until=None))
            silent = lease.c.name.startswith(_POLLER, autoescape=True), lease.c.until <= now
            connection.execute(delete(lease).where(*silent))  # a killed poller's name does not come back

    def states(self, feeds: Collection[str] | None = None) -> dict[str, FeedState]:
        """Return the states as they were last written, of `feeds` or of all, by feed."""
        query = select(feed_state.c.feed, feed_state.c.document)
        with self._store.read() as connection:
            rows = (
                connection.execute(query)
                if feeds is None
                else select_in(connection, query, feed_state.c.feed, feeds)
            )
            return {row.feed: _state(row.feed, row.document) for row in rows}

    def counts(self) -> dict[str, int]:
        """Return how many feeds have which status, of those that are planned."""
        query = (
            select(feed_state.c.status, func.count())
            .where(feed_state.c.next_at.is_not(None))
            .group_by(feed_state.c.status)
        )
        with self._store.read() as connection:
            return {row[0]: row[1] for row in connection.execute(query)}

    def _live_on(self, connection: Connection, now: datetime) -> None:
        upsert(
            connection, lease, [{"name": _POLLER + self._owner, "owner": self._owner, "until": now + ALIVE}]
        )

    def _own(self) -> ColumnElement[bool]:
        return feed_state.c.claimed_by == self._owner


def _state(feed: str, document: bytes) -> FeedState:
    try:
        return from_json(document, FeedState)
    except (
        DecodeError
    ) as error:  # one damaged row must not stop the others; a first fetch is history, no alert
        log.error("feed %s: its state is unreadable, so it begins anew: %s", feed, error)  # noqa: TRY400
        return FeedState(feed=feed)


def _claimable(now: datetime) -> ColumnElement[bool]:
    lives = exists().where(lease.c.name == _POLLER + feed_state.c.claimed_by, lease.c.until > now)
    free = or_(feed_state.c.claimed_until.is_(None), feed_state.c.claimed_until <= now, ~lives)
    return (feed_state.c.next_at <= now) & free


def _locked(connection: Connection, feeds: Sequence[str]) -> list[str]:
    # A statement of its own. An UPDATE that waited for another poller's would check the row anew, but look for that
    # poller's lease among what it saw when it began, where there is none: it would take the claim away.
    locked: list[str] = []
    for batch in batched(sorted(feeds), _BATCH):
        query = select(feed_state.c.feed).where(feed_state.c.feed.in_(batch)).order_by(feed_state.c.feed)
        locked += connection.execute(query.with_for_update(skip_locked=True)).scalars()
    return locked


def _planned() -> Select[tuple[str, datetime | None]]:
    return select(feed_state.c.feed, feed_state.c.next_at)


def _plan(connection: Connection, feeds: Iterable[str], next_at: datetime | None) -> None:
    for batch in batched(feeds, _BATCH):
        connection.execute(update(feed_state).where(feed_state.c.feed.in_(batch)).values(next_at=next_at))


def _fresh(feed: str, now: datetime) -> dict[str, object]:
    state = FeedState(feed=feed, next_at=now)
    return {"feed": feed, "fetch": 0, "next_at": now, "status": state.status, "document": to_json(state)}


def _covered(state: FeedState, now: datetime) -> dict[str, object]:
    good = state.failures == 0
    hour = now.replace(minute=0, second=0, microsecond=0)
    return {
        "feed": state.feed,
        "hour": hour,
        "succeeded": int(good),
        "failed": int(not good),
        "entries": state.entries if good else 0,
    }
