"""Erasing a story on request, and remembering its keys so that no re-read brings it back."""

import re
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Connection, delete, func, select, update

from newsbeam.alert import Alert
from newsbeam.codec import decode_alert, encode_alert
from newsbeam.identity import canonical_url, digest
from newsbeam.store.database import Store
from newsbeam.store.outbox import Place
from newsbeam.store.reads.tracing import address_keys
from newsbeam.store.schema import alert, dead_letter, outbox, position, sighting, story, story_key
from newsbeam.store.statements import batched, insert_new, select_in

ERASED = "[erased]"
_KEYS = 200  # erased in one transaction
_PAGE = 500  # dead letters
_PAGE_BYTES = 8 * 1024 * 1024  # of them; the letter that goes over it is the page's last
_READ_AHEAD = 8  # letters: each may be a megabyte


class Forgotten(msgspec.Struct, frozen=True):
    """Which stories were erased, from which alerts, and how many keys and dead letters that were."""

    stories: tuple[str, ...]
    keys: int
    alerts: tuple[str, ...] = ()
    dead_letters: int = 0


class Key(msgspec.Struct, frozen=True):
    """One key that identifies a story, as the store remembers it."""

    hash: bytes
    story: str
    kind: str = "url"
    feed: str | None = None


def forget(store: Store, url: str, now: datetime) -> Forgotten:
    """Erase every story at `url`: text, tags, evidence, decisions, its words in alerts and in what leaves the store,
    dead letters that hold the address. An unknown address is remembered, and not recorded when it comes.

    Counts stay: they name nobody. Alerts stay without its words, so that the event does not alert again. What was
    delivered cannot be called back, and the bus keeps the text until its own retention.
    """
    unknown = "s" + digest("forgotten", url)
    return _forget_all(store, [Key(one, unknown) for one in address_keys(url)], url, now)


def forget_again(store: Store, keys: Iterable[Key], now: datetime) -> Forgotten:
    """Erase the stories of keys that this store had forgotten in another state, but for those forgotten here."""
    wanted = {one.hash: one for one in keys}
    with store.read() as connection:
        query = select(story_key.c.hash).where(story_key.c.forgotten)
        for row in select_in(connection, query, story_key.c.hash, list(wanted)):
            del wanted[row.hash]
    stories, alerts, letters = set(), set(), 0
    for batch in batched(wanted.values(), _KEYS):
        done = _forget_all(store, batch, None, now)
        stories |= set(done.stories)
        alerts |= set(done.alerts)
        letters += done.dead_letters
    return Forgotten(tuple(sorted(stories)), len(wanted), tuple(sorted(alerts)), letters)


def _forget_all(store: Store, keys: Sequence[Key], url: str | None, now: datetime) -> Forgotten:
    forgotten = None
    while forgotten is None:
        with store.read() as connection:
            search = _LetterSearch(_addresses(connection, url, _stories_of(connection, keys, url)))
        search.look_through(store)
        with store.locked() as connection:
            if store.is_sqlite:  # overwrite what is deleted, instead of only letting go of its pages
                connection.exec_driver_sql("PRAGMA secure_delete = ON").close()
            forgotten = _forget(connection, keys, url, search, now)
            if store.is_sqlite:
                connection.exec_driver_sql("PRAGMA secure_delete = OFF").close()
    store.truncate_log()
    return forgotten


def _stories_of(connection: Connection, keys: Iterable[Key], url: str | None) -> set[str]:
    hashes = [one.hash for one in keys]
    known = select_in(connection, select(story_key.c.story), story_key.c.hash, hashes)
    owners = {row.story for row in known}
    if url is not None:
        owners.update(connection.execute(select(story.c.id).where(story.c.url == url)).scalars())
    return owners


def _forget(
    connection: Connection, keys: Sequence[Key], url: str | None, search: "_LetterSearch", now: datetime
) -> Forgotten | None:
    """Erase; return None when meanwhile more addresses became known, so that the letters must be searched anew."""
    owners = _stories_of(connection, keys, url)
    if url is not None and owners:  # all that is known of an address belongs to one story
        keys = [msgspec.structs.replace(one, story=min(owners)) for one in keys]
    ids = sorted(owners | {one.story for one in keys})
    if _addresses(connection, url, ids) != search.addresses:
        return None
    search.look_at_new(connection)
    erased = tuple(connection.execute(select(story.c.id).where(story.c.id.in_(ids))).scalars())
    alerts = _erase_from_alerts(connection, ids)
    _erase_letters(connection, search.found)
    connection.execute(delete(story).where(story.c.id.in_(ids)))  # its texts and tags go with it
    new = [{**msgspec.structs.asdict(one), "added_at": now, "forgotten": True} for one in keys]
    insert_new(connection, story_key, new)
    connection.execute(update(story_key).where(story_key.c.story.in_(ids)).values(forgotten=True))
    remembered = select(func.count()).select_from(story_key).where(story_key.c.story.in_(ids))
    return Forgotten(erased, int(connection.execute(remembered).scalar_one()), alerts, len(search.found))


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


def _addresses(connection: Connection, url: str | None, ids: Collection[str]) -> set[str]:
    found = set() if url is None else {url, canonical_url(url)}
    found.update(connection.execute(select(story.c.url).where(story.c.id.in_(ids))).scalars())
    found.update(connection.execute(select(sighting.c.url).where(sighting.c.story.in_(ids))).scalars())
    return {one for one in found if one}


class _LetterSearch:
    """Finds the dead letters that hold one of the addresses, page by page.

    A partition's letters come in the order of their offsets: those that come while others are looked through lie
    after them, and are all that is left to look at under the lock.
    """

    def __init__(self, addresses: set[str]) -> None:
        self.addresses = addresses
        self.found: list[Place] = []
        self._seen: dict[tuple[str, int], int] = {}  # the last offset of a partition that was looked at
        alternatives = b"|".join(re.escape(one.encode()) for one in sorted(addresses))
        self._wanted = re.compile(rb"(?:" + alternatives + rb")(?![\w/.~%-])")  # not one that goes on

    def look_through(self, store: Store) -> None:
        """Look at every letter, in short transactions."""
        with store.read() as connection:
            partitions = _partitions(connection)
        for partition in partitions:
            more = True
            while more:
                with store.read() as connection:
                    more = self._look_at_page(connection, *partition)

    def look_at_new(self, connection: Connection) -> None:
        """Look at the letters that came since."""
        for partition in _partitions(connection):
            while self._look_at_page(connection, *partition):
                pass

    def _look_at_page(self, connection: Connection, topic: str, partition: int) -> bool:
        """Look at a partition's next letters; return whether there were any."""
        there, seen = dead_letter.c, self._seen.get((topic, partition), -1)
        query = select(there.offset, there.key, there.value, there.detail)
        query = query.where(there.topic == topic, there.partition == partition, there.offset > seen)
        query = query.order_by(there.offset).limit(_PAGE).execution_options(yield_per=_READ_AHEAD)
        last, size = seen, 0
        with connection.execute(query) as letters:
            for row in letters:
                last = row.offset
                parts = (row.value, row.key, row.detail.encode())
                if any(self._wanted.search(part) for part in parts):
                    self.found.append(Place(topic, partition, last))
                size += sum(map(len, parts))
                if size >= _PAGE_BYTES:
                    break
        self._seen[topic, partition] = last
        return last > seen


def _partitions(connection: Connection) -> list[tuple[str, int]]:
    """Return the partitions that anything was recorded of: a dead letter moves the position too."""
    found = connection.execute(select(position.c.topic, position.c.partition))
    return [(row.topic, row.partition) for row in found]


def _erase_letters(connection: Connection, places: Iterable[Place]) -> None:
    """Delete dead letters; with them goes what was to be told of them."""
    there = dead_letter.c
    for place in places:
        here = (there.topic == place.topic) & (there.partition == place.partition)
        connection.execute(delete(dead_letter).where(here, there.offset == place.offset))
