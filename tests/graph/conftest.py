"""A small deployment to run graphs in: a local bus, a SQLite store, one active catalog."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbeam.beam import close_readers
from newsbeam.bus import Bus, open_bus
from newsbeam.bus.port import STORIES, Sent
from newsbeam.codec import encode_story, story_key_bytes
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import Store, StoreSettings, open_store
from newsbeam.store.migrate import migrate
from newsbeam.store.positions import read_dispositions, read_positions
from newsbeam.story import Key, KeyKind, Origin, Story
from newsbeam.topics.catalog import Catalog, Topic

PEACE = Catalog(topics=(Topic(id="peace", queries={"any": "ceasefire OR peace*"}),))


@dataclass(frozen=True)
class World:
    """Where a test's stories go."""

    folder: Path
    bus: Bus
    store: Store

    def activate(self, catalog: Catalog) -> None:
        now = datetime.now(UTC)
        store_document(self.store, DocumentKind.CATALOG, catalog.version, catalog.to_json(), now)
        activate(self.store, DocumentKind.CATALOG, catalog.version, now)

    def publish(self, stories: Sequence[Story | bytes]) -> None:
        with self.bus.publisher() as publisher:
            publisher.publish(STORIES, [_sent(story) for story in stories])

    def starts(self) -> dict[int, int]:
        stored = read_positions(self.store, STORIES)
        return {partition: stored.get(partition, 0) for partition in range(self.bus.partitions(STORIES))}

    def recorded(self) -> int:
        return sum(read_positions(self.store, STORIES).values())

    def ended(self) -> dict[str, int]:
        """Return how many records ended in which way, having checked that they add up to the positions."""
        total: dict[str, int] = {}
        for position in read_dispositions(self.store):
            assert sum(position.dispositions.values()) == position.next - position.base, position
            for name, records in position.dispositions.items():
                total[name] = total.get(name, 0) + records
        return total


def a_story(number: int, **changes: object) -> Story:
    """Return an ordinary story, unlike every other one."""
    told: dict[str, object] = {
        "origin": Origin("publish", "test"),
        "keys": (Key(KeyKind.URL, f"https://harbour-post.example/{number}"),),
        "url": f"https://harbour-post.example/{number}",
        "title": f"Delegates resume talks on day {number}",
        "summary": f"A ceasefire line holds near village {number}, monitors say.",
        "body": f"The {number} monitors counted no violation overnight. Talks go on in the harbour town.",
        "language": "en",
        "published_at": datetime.now(UTC),
    }
    return Story(**{**told, **changes})  # type: ignore[arg-type]


def _sent(story: Story | bytes) -> Sent:
    if isinstance(story, bytes):
        return Sent(story[:16], story)
    return Sent(story_key_bytes(story), encode_story(story))


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    bus = open_bus(f"sqlite:///{tmp_path}/bus.db?partitions=4")
    store = open_store(f"sqlite:///{tmp_path}/store.db", StoreSettings(busy_timeout_s=0.2))
    migrate(store, datetime.now(UTC))
    place = World(tmp_path, bus, store)
    place.activate(PEACE)
    yield place
    close_readers(bus)
    store.close()
