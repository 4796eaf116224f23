"""Replays over history: totals equal the live counts, tags are as if the catalog had always been so."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from newsbeam.enrichment import Enricher
from newsbeam.errors import QueryError
from newsbeam.store.history import Changes, read_counts
from newsbeam.store.reads import latest_stories
from newsbeam.topics.catalog import Catalog, Topic
from pipelines.replay.backtest import back_test
from pipelines.replay.recount import recount
from pipelines.replay.retag import lens, retag_history
from tests.graph.world import PEACE, World, a_story

NEW = Catalog(topics=(Topic(id="village", queries={"en": '"village 15*"', "fr": "villag*"}),))
BOTH = Catalog(topics=(*PEACE.topics, *NEW.topics))


@pytest.fixture
def past(world: World) -> World:
    """Two hundred stories over six hours, every tenth a copy of the one before, three languages."""
    start = datetime.now(UTC) - timedelta(hours=6)
    stories = []
    for number in range(200):
        told = a_story(number - (number % 10 == 9))
        changes = {"title": told.title, "summary": told.summary, "body": told.body}
        at = start + timedelta(seconds=97 * number)
        language = ("en", "fr", "ru")[number % 3]
        stories.append(a_story(number, **changes, published_at=at, language=language))
    world.publish(stories)
    world.read_all()
    return world


def test_recounted_totals_equal_the_live_totals(past: World) -> None:
    live = read_counts(past.store)
    assert recount(past.store) == live
    totals = [(stories, clusters) for at, (stories, clusters) in live.items() if at[1:] == ("*", "all", "")]
    assert (sum(s for s, _ in totals), sum(c for _, c in totals)) == (200, 180)
    assert len(totals) > 20


def test_history_under_a_new_catalog_is_as_if_it_had_always_been_active(past: World) -> None:
    past.activate(BOTH)
    assert retag_history(past.store) == Changes(stories=200, added=72, removed=0)
    tagged = [s for s in latest_stories(past.store, limit=300) if "village" in {tag.topic for tag in s.tags}]
    assert len(tagged) == 72
    assert recount(past.store) == read_counts(past.store)
    assert retag_history(past.store) == Changes()


def test_a_topic_that_leaves_the_catalog_takes_its_tags_and_counts_along(past: World) -> None:
    past.activate(NEW)
    assert retag_history(past.store).removed == 200
    assert recount(past.store) == read_counts(past.store)
    assert not any(topic == "peace" for _, topic, _, _ in read_counts(past.store))


def test_a_changed_query_is_looked_for_again_and_a_changed_label_is_not(past: World) -> None:
    narrower = Topic(id="peace", label={"en": "Peace"}, queries={"any": "ceasefire AND 15*"})
    past.activate(Catalog(topics=(narrower,)))
    assert retag_history(past.store) == Changes(stories=200, added=0, removed=189)
    past.activate(Catalog(topics=(msgspec.structs.replace(narrower, label={}),)))
    assert retag_history(past.store) == Changes(stories=200, added=0, removed=0)
    assert recount(past.store) == read_counts(past.store)


def test_a_topic_is_looked_for_again_when_the_one_that_it_extends_changed(past: World) -> None:
    def having(topic: str) -> set[str]:
        stories = latest_stories(past.store, limit=300)
        return {story.id for story in stories if topic in {tag.topic for tag in story.tags}}

    narrow = Topic(id="peace", queries={"any": "ceasefire AND 15*"})
    wide = Topic(id="wide", queries={"fr": "villag*"}, extends="peace")
    past.activate(Catalog(topics=(narrow, wide)))
    retag_history(past.store)
    french = having("wide") - having("peace")
    assert having("peace") < having("wide")
    assert (len(having("peace")), len(french)) == (11, 64)
    past.activate(Catalog(topics=(*PEACE.topics, wide)))
    assert retag_history(past.store) == Changes(stories=200, added=189 + 125, removed=0)
    assert having("wide") == having("peace")
    assert recount(past.store) == read_counts(past.store)


def test_a_query_is_tried_on_history_without_changing_it(past: World) -> None:
    before = latest_stories(past.store, limit=300)
    result = back_test(past.store, NEW, "village", show=5)
    assert (result.stories, result.matches) == (200, 72)
    assert sum(result.days.values()) == 72
    assert result.blind == {"ru": 66}
    assert len(result.newest) == 5
    assert result.newest[0].spans[0].text.lower().startswith("village")
    assert latest_stories(past.store, limit=300) == before


def test_history_is_read_with_the_enricher_that_is_given(past: World) -> None:
    def without_french(catalog: Catalog) -> Enricher:
        topics = (
            msgspec.structs.replace(topic, queries={"en": topic.queries["en"]}) for topic in catalog.topics
        )
        return Enricher(Catalog(topics=tuple(topics)))

    assert back_test(past.store, NEW, "village", make=without_french).blind == {"fr": 67, "ru": 66}
    tags = lens(None, NEW, without_french).enricher.enrich(a_story(151, language="fr")).tags
    assert tags != lens(None, NEW).enricher.enrich(a_story(151, language="fr")).tags


def test_a_query_that_cannot_be_understood_is_refused(past: World) -> None:
    with pytest.raises(QueryError):
        back_test(past.store, Catalog(topics=(Topic(id="bad", queries={"any": "(grain"}),)), "bad")


def test_a_query_is_tried_without_loading_beam() -> None:
    """It has to answer within a second, and loading Beam alone takes several."""
    program = "import sys, newsbeam.app.cli.topics, pipelines.replay.backtest; sys.exit('apache_beam' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
