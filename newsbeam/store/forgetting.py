"""Erasing a story on request, and remembering its keys so that no re-read brings it back."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, select, update

from newsbeam.identity import digest
from newsbeam.store.database import Store
from newsbeam.store.reads.tracing import address_keys
from newsbeam.store.schema import alert, cluster, dead_letter, delivery, outbox, story, story_key
from newsbeam.store.statements import insert_new, select_in


class Forgotten(msgspec.Struct, frozen=True):
    """Which stories were erased, and how many keys are remembered for them."""

    stories: tuple[str, ...]
    keys: int


def forget(store: Store, url: str, now: datetime) -> Forgotten:
    """Erase what the store holds of the story at `url`: text, tags, evidence, decisions, alerts told by it, their
    outbox documents and ledger, dead letters that mention the address. Counts stay: they name nobody.

    An unknown address is remembered, and will not be recorded when it comes.
    """
    hashes = address_keys(url)
    with store.locked() as connection:
        found = select_in(connection, select(story_key.c.story), story_key.c.hash, hashes)
        ids = sorted({row.story for row in found})
        by_url = connection.execute(select(story.c.id).where(story.c.url == url)).scalars()
        ids = sorted({*ids, *by_url})
        owner = ids[0] if ids else "s" + digest("forgotten", url)
        keys = [
            {"hash": one, "story": owner, "kind": "url", "feed": None, "added_at": now, "forgotten": True}
            for one in hashes
        ]
        insert_new(connection, story_key, keys)
        connection.execute(
            update(story_key).where(story_key.c.story.in_([owner, *ids])).values(forgotten=True)
        )
        _erase(connection, ids)
        _erase_letters(connection, url)
        kept = connection.execute(select(story_key.c.hash).where(story_key.c.story.in_([owner, *ids]))).all()
        erased = [one for one in ids if one in _erasable(connection, ids)]
        connection.execute(delete(story).where(story.c.id.in_(ids)))
    return Forgotten(tuple(erased), len(kept))


def _erasable(connection: Connection, ids: list[str]) -> set[str]:
    return set(connection.execute(select(story.c.id).where(story.c.id.in_(ids))).scalars())


def _erase(connection: Connection, ids: list[str]) -> None:
    """Delete the alerts that these stories told, with what was to leave the store for them."""
    told = list(connection.execute(select(alert.c.id).where(alert.c.story.in_(ids))).scalars())
    if told:
        rows = list(connection.execute(select(outbox.c.seq).where(outbox.c.alert.in_(told))).scalars())
        connection.execute(delete(delivery).where(delivery.c.seq.in_(rows)))
        connection.execute(delete(outbox).where(outbox.c.seq.in_(rows)))
        connection.execute(delete(alert).where(alert.c.id.in_(told)))
    clusters = select(story.c.cluster).where(story.c.id.in_(ids))
    connection.execute(
        update(cluster)
        .where(cluster.c.id.in_(clusters), cluster.c.stories > 0)
        .values(stories=cluster.c.stories - 1)
    )


def _erase_letters(connection: Connection, url: str) -> None:
    """Delete dead letters, and their outbox documents, that hold the address."""
    wanted = url.encode()
    letters = connection.execute(
        select(dead_letter.c.topic, dead_letter.c.partition, dead_letter.c.offset, dead_letter.c.value)
    )
    for row in letters:
        if wanted in row.value:
            connection.execute(
                delete(dead_letter).where(
                    dead_letter.c.topic == row.topic,
                    dead_letter.c.partition == row.partition,
                    dead_letter.c.offset == row.offset,
                )
            )
            place = f'"partition":{row.partition},"offset":{row.offset},'.encode()
            waiting = connection.execute(
                select(outbox.c.seq, outbox.c.document).where(outbox.c.kind == "dead")
            )
            for seq in [one.seq for one in waiting if place in one.document]:
                connection.execute(delete(delivery).where(delivery.c.seq == seq))
                connection.execute(delete(outbox).where(outbox.c.seq == seq))
