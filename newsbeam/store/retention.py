"""Section `retention`, and the sweep that applies it. Deletion never touches a count, nor a key."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Column, Select, Table, delete, select, update

from newsbeam.store.database import Store
from newsbeam.store.schema import (
    alert,
    count,
    coverage,
    dead_letter,
    delivery,
    outbox,
    story,
    story_body,
)

_BATCH = 1_000  # rows a transaction, so that recording never waits long

_DAY_S = 86_400.0


class RetentionSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How long things are kept, from their own time on: a story from its publication, an alert from its telling.

    A story takes its tags, sightings and decisions with it; its keys stay, so that it does not come back.
    """

    stories_s: float = 400 * _DAY_S
    bodies_s: float = 90 * _DAY_S
    alerts_s: float = 400 * _DAY_S
    outbox_s: float = 30 * _DAY_S
    dead_letters_s: float = 90 * _DAY_S
    counts_s: float = 3650 * _DAY_S

    def __post_init__(self) -> None:
        if min(msgspec.structs.astuple(self)) <= 0:
            raise ValueError("every retention: more than 0")
        if self.bodies_s > self.stories_s:
            raise ValueError("bodies cannot be kept longer than stories")


def sweep(store: Store, settings: RetentionSettings, now: datetime) -> Mapping[str, int]:
    """Delete what is past its time, in small transactions; return how many rows of each table went."""

    def before(seconds: float) -> datetime:
        return now - timedelta(seconds=seconds)

    delivered = (
        ~select(delivery.c.key).where(delivery.c.seq == outbox.c.seq, delivery.c.status == "pending").exists()
    )
    told = (outbox.c.written_at < before(settings.outbox_s)) & outbox.c.fanned_out & delivered
    gone = select(outbox.c.seq).where(outbox.c.seq == delivery.c.seq).exists()
    return {
        "story_body": _shed_bodies(store, before(settings.bodies_s)),
        "story": _delete(store, story, story.c.id, story.c.published_at < before(settings.stories_s)),
        "alert": _delete(store, alert, alert.c.id, alert.c.told_at < before(settings.alerts_s)),
        "outbox": _delete(store, outbox, outbox.c.seq, told),
        "delivery": _delete(store, delivery, delivery.c.key, ~gone & (delivery.c.status != "pending")),
        "dead_letter": _delete_all(
            store, dead_letter, dead_letter.c.recorded_at < before(settings.dead_letters_s)
        ),
        "count": _delete_all(store, count, count.c.bucket < before(settings.counts_s)),
        "coverage": _delete_all(store, coverage, coverage.c.hour < before(settings.counts_s)),
    }


def _shed_bodies(store: Store, before: datetime) -> int:
    """Delete old bodies, and say of their stories that only the rest of the text is kept."""
    deleted = 0
    query: Select[Any] = select(story_body.c.story).where(story_body.c.published_at < before).limit(_BATCH)
    while True:
        with store.write() as connection:
            ids = list(connection.execute(query).scalars())
            if ids:
                connection.execute(delete(story_body).where(story_body.c.story.in_(ids)))
                connection.execute(update(story).where(story.c.id.in_(ids)).values(text="excerpt"))
        deleted += len(ids)
        if len(ids) < _BATCH:
            return deleted


def _delete(store: Store, table: Table, key: Column[Any], old: Any) -> int:
    deleted = 0
    query: Select[Any] = select(key).where(old).limit(_BATCH)
    while True:
        with store.write() as connection:
            keys = list(connection.execute(query).scalars())
            if keys:
                connection.execute(delete(table).where(key.in_(keys)))
        deleted += len(keys)
        if len(keys) < _BATCH:
            return deleted


def _delete_all(store: Store, table: Table, old: Any) -> int:
    with store.write() as connection:
        return int(connection.execute(delete(table).where(old)).rowcount)
