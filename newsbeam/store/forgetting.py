"""Erasing a story on request, and remembering its keys so that no re-read brings it back."""

import re
from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from newsbeam.alert import Alert
from newsbeam.codec import decode_alert, encode_alert, from_json
from newsbeam.identity import canonical_url, digest
from newsbeam.store.database import Store
from newsbeam.store.reads.tracing import address_keys
from newsbeam.store.schema import alert, dead_letter, delivery, outbox, sighting, story, story_key
from newsbeam.store.statements import insert_new, select_in

ERASED = "[erased]"


class Forgotten(msgspec.Struct, frozen=True):
    """Which stories were erased, from which alerts, and how many keys and dead letters that were."""

    stories: tuple[str, ...]
    keys: int
    alerts: tuple[str, ...] = ()
    dead_letters: int = 0


def forget(store: Store, url: str, now: datetime) -> Forgotten:
    """Erase every story at `url`: text, tags, evidence, decisions, its words in alerts and in what leaves the store,
    dead letters that hold the address. An unknown address is remembered, and not recorded when it comes.

    Counts stay: they name nobody. Alerts stay without its words, so that the event does not alert again. What was
    delivered cannot be called back, and the bus keeps the text until its own retention.
    """
    with store.locked() as connection:
        if store.is_sqlite:  # overwrite what is deleted, instead of only letting go of its pages
            connection.exec_driver_sql("PRAGMA secure_delete = ON").close()
        forgotten = _forget(connection, url, now)
        if store.is_sqlite:
            connection.exec_driver_sql("PRAGMA secure_delete = OFF").close()
    store.truncate_log()
    return forgotten


def _forget(connection: Connection, url: str, now: datetime) -> Forgotten:
    hashes = address_keys(url)
    known = select_in(connection, select(story_key.c.story), story_key.c.hash, hashes)
    owners = {row.story for row in known}
    owners.update(connection.execute(select(story.c.id).where(story.c.url == url)).scalars())
    owner = min(owners, default="s" + digest("forgotten", url))
    ids = sorted(owners | {owner})
    erased = tuple(connection.execute(select(story.c.id).where(story.c.id.in_(ids))).scalars())
    alerts = _erase_from_alerts(connection, ids)
    letters = _erase_letters(connection, _addresses(connection, url, ids))
    connection.execute(delete(story).where(story.c.id.in_(ids)))  # its texts and tags go with it
    new = {"story": owner, "kind": "url", "feed": None, "added_at": now, "forgotten": True}
    insert_new(connection, story_key, [{"hash": one, **new} for one in hashes])
    connection.execute(update(story_key).where(story_key.c.story.in_(ids)).values(forgotten=True))
    keys = select(func.count()).select_from(story_key).where(story_key.c.story.in_(ids))
    return Forgotten(erased, int(connection.execute(keys).scalar_one()), alerts, letters)


def _erase_from_alerts(connection: Connection, ids: Sequence[str]) -> tuple[str, ...]:
    """Take the stories' words out of the alerts that they told, and out of every version not yet swept."""
    told = select(alert.c.id, alert.c.document).where(alert.c.story.in_(ids))
    found = {row.id: row.document for row in connection.execute(told)}
    for one, document in found.items():
        without = _without_words(decode_alert(document))
        connection.execute(update(alert).where(alert.c.id == one).values(document=without))
    versions = select(outbox.c.seq, outbox.c.document)
    for row in list(select_in(connection, versions, outbox.c.alert, found)):
        without = _without_words(decode_alert(row.document))
        connection.execute(update(outbox).where(outbox.c.seq == row.seq).values(document=without))
    return tuple(sorted(found))


def _without_words(told: Alert) -> bytes:
    return encode_alert(msgspec.structs.replace(told, title=ERASED, url=None))


class _Place(msgspec.Struct, frozen=True):
    topic: str
    partition: int
    offset: int


def _addresses(connection: Connection, url: str, ids: Sequence[str]) -> set[str]:
    found = {url, canonical_url(url)}
    found.update(connection.execute(select(story.c.url).where(story.c.id.in_(ids))).scalars())
    found.update(connection.execute(select(sighting.c.url).where(sighting.c.story.in_(ids))).scalars())
    return {one for one in found if one}


def _erase_letters(connection: Connection, addresses: set[str]) -> int:
    """Delete dead letters that hold one of the addresses, and what was to leave the store of them."""
    alternatives = b"|".join(re.escape(one.encode()) for one in sorted(addresses))
    wanted = re.compile(rb"(?:" + alternatives + rb")(?![\w/.~%-])")  # and no longer address that begins so
    there = dead_letter.c
    places = {
        _Place(row.topic, row.partition, row.offset)
        for row in connection.execute(select(dead_letter))
        if any(wanted.search(part) for part in (row.value, row.key, row.detail.encode()))
    }
    for place in places:
        here = (there.topic == place.topic) & (there.partition == place.partition)
        connection.execute(delete(dead_letter).where(here, there.offset == place.offset))
    if places:
        sent = select(outbox.c.seq, outbox.c.document).where(outbox.c.kind == "dead")
        for seq, document in connection.execute(sent).all():
            if from_json(document, _Place) in places:
                connection.execute(delete(delivery).where(delivery.c.seq == seq))
                connection.execute(delete(outbox).where(outbox.c.seq == seq))
    return len(places)
