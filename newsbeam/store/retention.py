"""Section `retention`, and the sweep that applies it. Deletion never touches a count, nor a key."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    select,
    tuple_,
    update,
)

from newsbeam.store.database import Store
from newsbeam.store.lookalikes import delete_founders
from newsbeam.store.schema import (
    alert,
    cluster,
    count,
    coverage,
    dead_letter,
    delivery,
    lease,
    outbox,
    signature,
    story,
    story_body,
)

_BATCH = 1_000  # rows a transaction, so that recording never waits long
_DAY_S = 86_400.0
_LEAST_S = 14 * _DAY_S
_LETTER_BYTES = func.length(dead_letter.c.value)


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long things are kept, from their own time on: a story from its publication, an alert from its last change.

    A story takes its tags, sightings and decisions with it; its keys stay, so that it does not come back, and its
    counts. `bodies_s`: only body texts; titles and summaries stay. `outbox_s`: what left the store, and the ledger
    of where it went; what still waits is kept. `dead_letters_bytes`: all dead letters together, the oldest go first;
    what was still to be told of one on the bus goes with it.
    """

    stories_s: float = 400 * _DAY_S
    bodies_s: float = 90 * _DAY_S
    alerts_s: float = 400 * _DAY_S
    outbox_s: float = 30 * _DAY_S
    dead_letters_s: float = 90 * _DAY_S
    dead_letters_bytes: int = 512 * 1024 * 1024
    counts_s: float = 3650 * _DAY_S

    def __post_init__(self) -> None:
        if min(msgspec.structs.astuple(self)) <= 0:
            raise ValueError("every retention: more than 0")
        if self.bodies_s > self.stories_s:
            raise ValueError("bodies cannot be kept longer than stories")
        if self.counts_s < self.stories_s:
            raise ValueError("counts: as long as stories at least, since a revised story corrects its counts")
        if min(self.stories_s, self.alerts_s) < _LEAST_S:
            raise ValueError("stories and alerts: at least 14d, or an event that goes on would alert again")


def sweep(
    store: Store,
    settings: RetentionSettings,
    now: datetime,
    stopped: Callable[[], bool] = lambda: False,
    *,
    cluster_span_s: float = 7 * _DAY_S,
) -> Mapping[str, int]:
    """Delete what is past its time, in small transactions; return how many rows of each table went.

    `cluster_span_s` is how long copies may join a cluster: so long its founder's signature is kept. It ends before
    the next transaction when `stopped` says so; and may be killed and repeated at any point.
    """

    def before(seconds: float) -> datetime:
        return now - timedelta(seconds=min(seconds, 1_900 * 365 * _DAY_S))

    ended = delivery.c.status != "pending"
    old = outbox.c.written_at < before(settings.outbox_s)
    # Asked row by row: as `exists` PostgreSQL would rather read the whole ledger first.
    sent = select(delivery.c.seq).where(delivery.c.seq == outbox.c.seq).limit(1).scalar_subquery()
    handed_on = and_(old, outbox.c.fanned_out, sent.is_(None))
    broom = _Broom(store, stopped)
    return {
        "story_body": broom.shed_bodies(before(settings.bodies_s)),
        "story": broom.delete_old(story, story.c.published_at < before(settings.stories_s)),
        "cluster": broom.delete_old(
            cluster, _ended(cluster.c.founded_at, cluster.c.updated_at, before(settings.stories_s))
        ),
        "alert": broom.delete_old(
            alert, _ended(alert.c.told_at, alert.c.updated_at, before(settings.alerts_s))
        ),
        "delivery": broom.delete_old(delivery, ended & delivery.c.seq.in_(select(outbox.c.seq).where(old))),
        "outbox": broom.delete_old(outbox, handed_on),
        "dead_letter": broom.delete_old(
            dead_letter, dead_letter.c.recorded_at < before(settings.dead_letters_s)
        )
        + broom.shrink_dead_letters(settings.dead_letters_bytes),
        "signature": broom.delete_old_founders(before(cluster_span_s)),
        "count": broom.delete_old_counts(before(settings.counts_s)),
        "lease": broom.delete_old(lease, lease.c.until < before(_DAY_S)),
        "coverage": broom.delete_old(coverage, coverage.c.hour < before(settings.counts_s)),
    }


class _Broom:
    """Deletes in batches, each under the store-wide lock: nothing may go from under a chunk that is being decided."""

    def __init__(self, store: Store, stopped: Callable[[], bool]) -> None:
        self._store = store
        self._stopped = stopped

    def delete_old(self, table: Table, old: ColumnElement[bool]) -> int:
        query = select(*table.primary_key.columns).where(old).limit(_BATCH)
        return self._in_batches(query, lambda connection, rows: _delete(connection, table, rows))

    def delete_old_counts(self, before: datetime) -> int:
        """Delete old counters topic by topic and dimension by dimension: that is how their key is ordered."""

        def old(topic: str, dimension: str) -> ColumnElement[bool]:
            return and_(count.c.topic == topic, count.c.dimension == dimension, count.c.bucket < before)

        with self._store.read() as connection:  # mostly nothing is old, and the lock is not needed
            kinds = [
                kind
                for kind in _counted_kinds(connection)
                if connection.execute(select(count.c.bucket).where(old(*kind)).limit(1)).first()
            ]
        return sum(self.delete_old(count, old(*kind)) for kind in kinds)

    def delete_old_founders(self, before: datetime) -> int:
        """Delete the signatures of founders that were recorded so long ago, and what they are looked up by."""
        query = select(signature.c.seq, signature.c.content).where(signature.c.recorded_at < before)
        return self._in_batches(query.limit(_BATCH), delete_founders)

    def shed_bodies(self, before: datetime) -> int:
        """Delete old bodies, and say of their stories that only the rest of the text is kept."""

        def shed(connection: Connection, rows: Sequence[Any]) -> None:
            ids = [row.story for row in rows]
            connection.execute(delete(story_body).where(story_body.c.story.in_(ids)))
            cut = update(story).where(story.c.id.in_(ids), story.c.text == "full")
            connection.execute(cut.values(text="excerpt"))

        query = select(story_body.c.story).where(story_body.c.published_at < before).limit(_BATCH)
        return self._in_batches(query, shed)

    def shrink_dead_letters(self, limit_bytes: int) -> int:
        """Delete the oldest dead letters until the rest is within the limit; return how many went.

        Others may sweep at the same time, so each batch finds out anew, under the lock, what is still too much.
        """
        with self._store.read() as connection:  # mostly nothing is, and the lock is not needed
            if _letters_bytes(connection) <= limit_bytes:
                return 0
        deleted = 0
        while not self._stopped():
            with self._store.locked() as connection:
                going = _oldest_letters(connection, _letters_bytes(connection) - limit_bytes)
                if not going:
                    break
                _delete(connection, dead_letter, going)
            deleted += len(going)
        return deleted

    def _in_batches(self, query: Select[Any], remove: Callable[[Connection, Sequence[Any]], None]) -> int:
        """Let `remove` take what `query` finds until it finds nothing; return how many rows that were."""
        removed = 0
        while not self._stopped():
            with self._store.locked() as connection:
                rows = connection.execute(query).all()
                if rows:
                    remove(connection, rows)
            removed += len(rows)
            if len(rows) < _BATCH:
                break
        return removed


def _ended(
    began_at: ColumnElement[datetime], updated_at: ColumnElement[datetime], before: datetime
) -> ColumnElement[bool]:
    """What was last updated before a moment: it began before too, and that is what there is an index of."""
    return and_(began_at < before, updated_at < before)


def _counted_kinds(connection: Connection) -> Iterator[tuple[str, str]]:
    """Yield each topic and dimension that was ever counted, each found by one step in the table's key."""
    kind = tuple_(count.c.topic, count.c.dimension)
    following = select(count.c.topic, count.c.dimension).order_by(count.c.topic, count.c.dimension).limit(1)
    found = connection.execute(following).one_or_none()
    while found is not None:
        yield found.topic, found.dimension
        found = connection.execute(following.where(kind > tuple_(*found))).one_or_none()


def _letters_bytes(connection: Connection) -> int:
    return int(connection.execute(select(func.coalesce(func.sum(_LETTER_BYTES), 0))).scalar_one())


def _oldest_letters(connection: Connection, excess: int) -> list[Any]:
    """Return up to a batch of the oldest dead letters, as many as make up `excess` bytes."""
    place = tuple(dead_letter.primary_key.columns)
    oldest = select(*place, _LETTER_BYTES.label("size")).order_by(dead_letter.c.recorded_at, *place)
    going: list[Any] = []
    if excess > 0:
        for row in connection.execute(oldest.limit(_BATCH)):
            going.append(row)
            excess -= row.size
            if excess <= 0:
                break
    return going


def _delete(connection: Connection, table: Table, rows: Sequence[Any]) -> None:
    """Delete rows by their primary keys, which are each row's first columns."""
    keys = list(table.primary_key.columns)
    if len(keys) == 1:
        connection.execute(delete(table).where(keys[0].in_([row[0] for row in rows])))
        return
    this = and_(*(key == bindparam(f"this_{key.name}", type_=key.type) for key in keys))
    values = [{f"this_{key.name}": row[i] for i, key in enumerate(keys)} for row in rows]
    connection.execute(delete(table).where(this), values)
