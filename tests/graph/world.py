"""A small deployment to run graphs in: a bus, a store, one active catalog."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from newsbeam.beam import Pace, Shift, bounds_of
from newsbeam.bus import Bus
from newsbeam.bus.port import STORIES, Sent
from newsbeam.codec import encode_story, story_key_bytes
from newsbeam.enrichment import Enricher
from newsbeam.recording import RecordingSettings
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import Store
from newsbeam.store.positions import read_dispositions, read_positions
from newsbeam.story import Key, KeyKind, Origin, Story
from newsbeam.topics.catalog import Catalog, Topic
from pipelines.enrich import CatalogInUse, EnricherMaker
from pipelines.monitor import Monitor, Places
from pipelines.shift import in_process_options, run_shift

QUICK = Pace(wait_s=0.02, idle_wait_s=0.05, chunk=25)
PEACE = Catalog(topics=(Topic(id="peace", queries={"any": "ceasefire OR peace*"}),))


@dataclass(frozen=True)
class World:
    """Where a test's stories go."""

    folder: Path
    bus: Bus
    store: Store
    store_url: str

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

    def waiting(self) -> int:
        """Return how many records of the bus are not recorded yet."""
        return sum(bounds_of(self.bus, STORIES, p).end - start for p, start in self.starts().items())

    def read(
        self, shift: Shift, *, starts: dict[int, int] | None = None, make: EnricherMaker = Enricher
    ) -> Shift:
        """Run one shift of the live graph, from the stored positions unless told otherwise."""
        places = Places(self.bus, self.store, CatalogInUse(self.store, make), RecordingSettings())
        run_shift(Monitor(places, starts or self.starts(), QUICK, shift=shift), in_process_options())
        return shift

    def read_all(self, *, make: EnricherMaker = Enricher) -> None:
        """Record all that is on the bus."""
        assert self.read(Shift(records=self.waiting()), make=make).error is None

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
