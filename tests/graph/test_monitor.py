"""The live graph over a local bus and a SQLite store: nothing lost, nothing twice, whatever goes wrong."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import msgspec
import pytest

from newsbeam.beam import Shift
from newsbeam.bus.port import STORIES
from newsbeam.enrichment import Enricher
from newsbeam.errors import ConfigurationError, Gap, StoreUnavailable, Unavailable
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.reads import dead_letters, latest_stories
from newsbeam.store.schema import position
from newsbeam.store.statements import upsert
from newsbeam.story import EnrichedStory, Story
from newsbeam.topics.catalog import Catalog, Topic
from pipelines.enrich import CatalogInUse
from pipelines.shift import in_process_options
from tests.graph.world import PEACE, World, a_story

STORM = Catalog(topics=(*PEACE.topics, Topic(id="monitors", queries={"any": "monitors"})))


class Fussy(Enricher):
    """Raises for one story, and gives another what no database takes."""

    def enrich(self, story: Story) -> EnrichedStory:
        if "unspeakable" in story.title:
            raise ValueError("I cannot read this")
        enriched = super().enrich(story)
        if "unwritable" in story.title:
            return msgspec.structs.replace(enriched, story=msgspec.structs.replace(story, fetch=2**80))
        return enriched


def test_every_story_is_recorded_once_over_many_shifts(world: World) -> None:
    world.publish([a_story(number) for number in range(330)])
    while waiting := world.waiting():
        assert world.read(Shift(records=min(90, waiting))).error is None
    assert world.ended() == {"recorded": 330}
    stories = latest_stories(world.store, limit=1000)
    assert {story.url for story in stories} == {a_story(number).url for number in range(330)}
    assert all([tag.topic for tag in story.tags] == ["peace"] for story in stories)


def test_the_same_graph_records_the_same_on_kafka_and_postgresql(server_world: World) -> None:
    test_every_story_is_recorded_once_over_many_shifts(server_world)
    server_world.publish([b"no story", *(a_story(number) for number in range(325, 335))])
    server_world.read_all()
    assert server_world.ended() == {"recorded": 335, "dead": 1, "duplicate": 5}


def test_reading_again_from_an_older_position_repeats_nothing(world: World) -> None:
    world.publish([a_story(number) for number in range(100)])
    world.read_all()
    world.publish([a_story(number) for number in range(100, 120)])
    shift = world.read(Shift(records=120), starts=dict.fromkeys(range(4), 0))
    assert shift.error is None
    assert world.ended() == {"recorded": 120}


def test_a_chunk_enriched_under_a_catalog_that_is_no_longer_active_is_enriched_again(world: World) -> None:
    world.publish([a_story(number) for number in range(60)])
    world.read_all()
    world.activate(STORM)  # the process still has the other catalog in use: Record finds out
    world.publish([a_story(number) for number in range(60, 120)])
    world.read_all()
    assert world.ended() == {"recorded": 120}
    newest = latest_stories(world.store, limit=120)
    tagged = [{tag.topic for tag in story.tags} for story in newest]
    assert tagged == [{"peace", "monitors"}] * 60 + [{"peace"}] * 60
    assert {tag.catalog for story in newest[:60] for tag in story.tags} == {STORM.version}


@pytest.mark.parametrize(
    "content", [b'{"topics": 7}', b'{"topics": [{"id": "new", "queries": {"any": "a AND ("}}]}']
)
def test_a_catalog_that_this_version_cannot_read_buries_no_story(world: World, content: bytes) -> None:
    """A newer version beside this one may have made it active; the stories wait until it can be read."""
    world.publish([a_story(number) for number in range(20)])
    world.read_all()
    now = datetime.now(UTC)
    store_document(world.store, DocumentKind.CATALOG, "newer", content, now)
    activate(world.store, DocumentKind.CATALOG, "newer", now)
    world.publish([a_story(number) for number in range(20, 40)])
    assert isinstance(world.read(Shift(records=20)).error, Unavailable)
    assert world.ended() == {"recorded": 20}
    world.activate(PEACE)
    world.read_all()
    assert world.ended() == {"recorded": 40}


def test_what_is_no_story_is_a_dead_letter_among_recorded_neighbours(world: World) -> None:
    world.publish([a_story(1), b"\xff\x00 no story", a_story(2), b'{"v": 99}', b"", a_story(3)])
    world.read_all()
    assert world.ended() == {"recorded": 3, "dead": 3}
    assert {letter.reason for letter in dead_letters(world.store)} == {"decode"}


def test_a_story_that_cannot_be_enriched_or_recorded_is_a_dead_letter_with_its_reason(world: World) -> None:
    stories = [a_story(number) for number in range(80)]
    stories[11] = a_story(11, title="An unspeakable day")
    stories[57] = a_story(57, title="An unwritable day")
    world.publish(stories)
    world.read_all(make=Fussy)
    assert world.ended() == {"recorded": 78, "dead": 2}
    letters = {letter.reason: letter for letter in dead_letters(world.store)}
    assert letters["enrich"].detail == "ValueError: I cannot read this"
    assert "too large" in letters["record"].detail
    assert len(latest_stories(world.store, limit=100)) == 78


def test_a_store_that_does_not_answer_fails_the_shift_and_the_next_one_records_everything(
    world: World,
) -> None:
    world.publish([a_story(number) for number in range(70)])
    CatalogInUse(world.store).refresh()
    with closing(sqlite3.connect(world.store.path or "", isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        shift = world.read(Shift(), starts=dict.fromkeys(range(4), 0))
        other.execute("ROLLBACK")
    assert isinstance(shift.error, StoreUnavailable)
    assert world.recorded() == 0
    world.read_all()
    assert world.ended() == {"recorded": 70}


@pytest.mark.parametrize("stored", [5, 5_000])
def test_a_gap_fails_the_shift_and_records_nothing_of_that_partition(world: World, stored: int) -> None:
    world.publish([a_story(number) for number in range(200)])
    world.read_all()
    world.publish([a_story(number) for number in range(200, 400)])
    starts = world.starts()
    before = world.recorded()
    with world.store.write() as connection:  # as if the store were an older copy, or the bus another one
        row = {"topic": STORIES, "partition": 0, "base": stored, "next": stored}
        upsert(connection, position, [{**row, "moved_at": latest_stories(world.store)[0].recorded_at}])
    begin = {0: starts[0] if stored == 5 else stored}
    shift = world.read(Shift(), starts=begin)
    assert isinstance(shift.error, Gap)
    assert world.recorded() == before - starts[0] + stored


def test_the_runner_is_not_given_workers_with_which_it_loses_records() -> None:
    for arguments in (["--direct_running_mode=multi_processing"], ["--direct_num_workers=2"]):
        with pytest.raises(ConfigurationError, match=r"process\.workers"):
            in_process_options(arguments)
