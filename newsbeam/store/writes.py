"""Writing what a chunk changed: few statements, in one transaction, under the lock."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from newsbeam.alerts.decide import Telling
from newsbeam.codec import encode_alert, to_json
from newsbeam.store.counts import Counts
from newsbeam.store.known import KnownCluster
from newsbeam.store.lookalikes import Founder, write_founders
from newsbeam.store.schema import (
    alert,
    cluster,
    dead_letter,
    decision,
    disposition,
    outbox,
    position,
    sequence,
    sighting,
    story,
    story_body,
    story_key,
    tag,
)
from newsbeam.store.statements import batched, insert_all, insert_new, upsert

Row = dict[str, Any]
_AT_ONCE = 500


@dataclass
class Changes:
    """Everything that one chunk changes, by table."""

    keys: list[Row] = field(default_factory=list)
    stories: dict[str, Row] = field(default_factory=dict)
    revisions: dict[str, Row] = field(default_factory=dict)
    fetches: dict[str, int] = field(default_factory=dict)
    bodies: dict[str, tuple[str, datetime]] = field(default_factory=dict)
    tags: dict[str, list[Row]] = field(default_factory=dict)
    sightings: list[Row] = field(default_factory=list)
    clusters: dict[str, tuple[KnownCluster, int]] = field(default_factory=dict)
    founders: list[tuple[Founder, list[int], datetime]] = field(default_factory=list)
    counts: Counts = field(default_factory=Counts)
    decisions: list[Row] = field(default_factory=list)
    alerts: dict[str, Telling] = field(default_factory=dict)
    alert_seqs: dict[str, int] = field(default_factory=dict)
    outbox: list[Row] = field(default_factory=list)
    dead: list[Row] = field(default_factory=list)
    sequences: dict[str, int] = field(default_factory=dict)

    def add_cluster(self, one: KnownCluster) -> None:
        """Note one more story in a cluster."""
        _, stories = self.clusters.get(one.id, (one, 0))
        self.clusters[one.id] = (one, stories + 1)


@dataclass
class EarlyBodies:
    """Bodies of stories, text and publication time, that are written before the store-wide lock is held.

    Until their stories are recorded they lie under names that no other transaction knows: whoever writes such a
    row under the lock must never wait for one who waits for the lock.
    """

    bodies: dict[str, tuple[str, datetime]]
    token: str = field(default_factory=lambda: uuid.uuid4().hex)

    def name(self, story: str) -> str:
        """Return what a body is called until its story is recorded."""
        return self.token + story


def write_changes(connection: Connection, changes: Changes, early: EarlyBodies) -> None:
    """Write everything that a chunk changed, taking from `early` the bodies that are there already."""
    insert_all(connection, story_key, changes.keys)
    insert_all(connection, story, list(changes.stories.values()))
    _revise(connection, changes)
    _write_bodies(connection, changes, early)
    _write_tags(connection, changes)
    _write_sightings(connection, changes)
    _write_clusters(connection, changes)
    write_founders(connection, changes.founders)
    changes.counts.write(connection)
    insert_all(connection, decision, changes.decisions)
    _write_alerts(connection, changes)
    insert_all(connection, outbox, changes.outbox)
    insert_new(connection, dead_letter, changes.dead)
    upsert(connection, sequence, [{"name": n, "value": v} for n, v in sorted(changes.sequences.items())])


def move_position(
    connection: Connection, topic: str, partition: int, span: tuple[int, int], now: datetime
) -> None:
    """Move a partition's next offset to the span's end; a partition seen first begins at the span's start."""
    start, end = span
    moved = connection.execute(
        update(position)
        .where(position.c.topic == topic, position.c.partition == partition)
        .values(next=end, moved_at=now)
    ).rowcount
    if not moved:
        row = {"topic": topic, "partition": partition, "base": start, "next": end, "moved_at": now}
        insert_all(connection, position, [row])


def next_offset(connection: Connection, topic: str, partition: int) -> int | None:
    """Return the offset that a partition is to be recorded from, None before its first record."""
    query = select(position.c.next).where(position.c.topic == topic, position.c.partition == partition)
    found: int | None = connection.execute(query).scalar_one_or_none()
    return found


def add_dispositions(connection: Connection, topic: str, partition: int, ended: Mapping[str, int]) -> None:
    """Count how records of a partition ended."""
    rows = [
        {"topic": topic, "partition": partition, "disposition": name, "records": number}
        for name, number in sorted(ended.items())
        if number
    ]
    upsert(connection, disposition, rows, add=("records",))


def insert_early(connection: Connection, early: EarlyBodies) -> None:
    """Insert bodies whose stories are recorded later in the same transaction."""
    rows = [
        {"story": early.name(one), "body": body, "published_at": at}
        for one, (body, at) in early.bodies.items()
    ]
    insert_all(connection, story_body, rows)


def delete_early(connection: Connection, early: EarlyBodies) -> None:
    """Delete the early bodies that no recorded story took: theirs was another recorder's, or may keep none."""
    _delete_bodies(connection, [early.name(one) for one in early.bodies])


def _revise(connection: Connection, changes: Changes) -> None:
    key = story.c.id == bindparam("of")
    if changes.revisions:
        rows = [{"of": one, **row} for one, row in changes.revisions.items()]
        columns: Row = {name: bindparam(name) for name in rows[0] if name != "of"}
        connection.execute(update(story).where(key).values(columns), rows)
    fetches = [{"of": one, "seen": fetch} for one, fetch in changes.fetches.items()]
    if fetches:
        connection.execute(update(story).where(key).values(fetch=bindparam("seen")), fetches)


def _write_bodies(connection: Connection, changes: Changes, early: EarlyBodies) -> None:
    _delete_bodies(
        connection,
        [one for one, (body, _) in changes.bodies.items() if not body and one in changes.revisions],
    )
    taken = [
        one
        for one, kept in changes.bodies.items()
        if one in changes.stories and early.bodies.get(one) == kept
    ]
    _take_early(connection, taken, early)
    rows = [
        {"story": one, "published_at": at, "body": body}
        for one, (body, at) in changes.bodies.items()
        if body and one not in taken
    ]
    upsert(connection, story_body, rows)


def _take_early(connection: Connection, stories: Iterable[str], early: EarlyBodies) -> None:
    """Give early bodies to their stories: only the name is written, not the text again."""
    for batch in batched(stories, _AT_ONCE):
        ours = story_body.c.story.in_([early.name(one) for one in batch])
        real = func.substr(story_body.c.story, len(early.token) + 1)
        connection.execute(update(story_body).where(ours).values(story=real))
        for one in batch:
            del early.bodies[one]


def _delete_bodies(connection: Connection, names: Iterable[str]) -> None:
    for batch in batched(names, _AT_ONCE):
        connection.execute(delete(story_body).where(story_body.c.story.in_(batch)))


def _write_tags(connection: Connection, changes: Changes) -> None:
    for batch in batched(sorted(changes.revisions.keys() & changes.tags.keys()), _AT_ONCE):
        connection.execute(delete(tag).where(tag.c.story.in_(batch)))
    insert_all(connection, tag, [row for rows in changes.tags.values() for row in rows])


def _write_sightings(connection: Connection, changes: Changes) -> None:
    insert_all(connection, sighting, changes.sightings)
    numbers: dict[str, int] = {}
    for row in changes.sightings:
        numbers[row["story"]] = numbers.get(row["story"], 0) + 1
    if numbers:
        connection.execute(
            update(story)
            .where(story.c.id == bindparam("of"))
            .values(sightings=story.c.sightings + bindparam("more")),
            [{"of": one, "more": number} for one, number in numbers.items()],
        )


def _write_clusters(connection: Connection, changes: Changes) -> None:
    rows = [
        {
            "id": one.id,
            "text_hash": one.text_hash,
            "founded_at": one.founded_at,
            "updated_at": one.updated_at,
            "stories": stories,
        }
        for one, stories in changes.clusters.values()
    ]
    upsert(connection, cluster, rows, add=("stories",))


def _write_alerts(connection: Connection, changes: Changes) -> None:
    new, grown = [], []
    for one, telling in changes.alerts.items():
        row = {"stories": telling.stories, "families": to_json(telling.families)}
        if one not in changes.alert_seqs:
            grown.append({"of": one, **row})
            continue
        told = telling.alert
        new.append(
            {
                "id": one,
                "alert_seq": changes.alert_seqs[one],
                "rule": told.rule,
                "rule_version": told.rule_version,
                "topic": told.topic,
                "severity": told.severity.value,
                "cluster": told.cluster,
                "story": told.story,
                "version": told.version,
                "document": encode_alert(told),
                "told_at": told.told_at,
                "updated_at": told.updated_at,
                **row,
            }
        )
    upsert(connection, alert, new)
    if grown:
        connection.execute(
            update(alert)
            .where(alert.c.id == bindparam("of"))
            .values(stories=bindparam("stories"), families=bindparam("families")),
            grown,
        )
