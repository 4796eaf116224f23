"""Trained pipelines: built here, loaded by folder, used on chosen stories only."""

from pathlib import Path

import pytest
import spacy

from newsbeam.alert import AlertRule
from newsbeam.enrichment import Enricher, EnricherMaker, tags_alike
from newsbeam.errors import ConfigurationError
from newsbeam.identity import story_keys
from newsbeam.language import LanguageLayer, LanguageSettings
from newsbeam.language.layer import MAX_SENTENCES, needed_sentences
from newsbeam.settings import load
from newsbeam.story import EnrichedStory, Origin, Story
from newsbeam.topics.catalog import Catalog, Topic

CATALOG = Catalog(
    topics=(Topic(id="harbour", queries={"en": "harbour"}),),
    rules=(AlertRule(id="voices", when='speaker:"Zorba Quill" OR country:UA', topic="voices"),),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A pipeline that knows two names, saved as a trained one is."""
    pipeline = spacy.blank("en")
    ruler = pipeline.add_pipe("entity_ruler")
    ruler.add_patterns([  # type: ignore[attr-defined]
        {"label": "PERSON", "pattern": "Zorba Quill"},
        {"label": "ORG", "pattern": "Blue Lantern"},
    ])  # fmt: skip
    path: Path = tmp_path_factory.mktemp("pipeline")
    pipeline.to_disk(path)
    return str(path)


def names(enriched: EnrichedStory) -> set[str]:
    return set(enriched.entities)


def story(body: str) -> Story:
    return Story(
        origin=Origin("feed", "desk"),
        keys=story_keys(url="https://a.example/1"),
        title="News",
        body=body,
        language="en",
    )


BODY = "Visitors saw Zorba Quill at the harbour near Blue Lantern on Monday."
ELSEWHERE = "Visitors saw Zorba Quill at the hotel near Blue Lantern on Monday."


def test_only_stories_that_a_topic_chose_are_read_deeply(folder: str) -> None:
    enricher = Enricher(CATALOG, LanguageSettings(models={"en": folder}))
    assert names(enricher.enrich(story(BODY))) == {"Zorba Quill", "Blue Lantern"}
    assert names(enricher.enrich(story(ELSEWHERE))) == set()


@pytest.mark.parametrize(("deep", "expected"), [("all", {"Zorba Quill", "Blue Lantern"}), ("off", set())])
def test_the_setting_widens_it_or_switches_it_off(folder: str, deep: str, expected: set[str]) -> None:
    settings = LanguageSettings(models={"en": folder}, deep=deep)  # type: ignore[arg-type]
    assert names(Enricher(CATALOG, settings).enrich(story(ELSEWHERE))) == expected


def test_a_pipeline_that_is_missing_is_said_with_the_command_that_installs_it() -> None:
    with pytest.raises(ConfigurationError) as caught:
        LanguageLayer(LanguageSettings(models={"en": "en_no_such_pipeline"}))
    assert "language.models.en" in str(caught.value)
    assert "python -m spacy download en_no_such_pipeline" in str(caught.value)


def test_a_pipeline_for_a_language_that_is_not_read_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="pt would never be read with"):
        load(None, {"language": LanguageSettings}, {"NEWSBEAM_LANGUAGE__MODELS": "{pt: pt_core_news_sm}"})


def test_only_sentences_with_unexplained_names_are_asked_about() -> None:
    layer = LanguageLayer()
    body = "The foreign minister Anna Weber left. Nothing else happened. Visitors saw Zorba Quill. It rained."
    found = layer.read("", "", body, "en")
    assert [one.strip() for one in needed_sentences(("", "", body), found)] == ["Visitors saw Zorba Quill."]
    many = "Visitors saw Zorba Quill. " * 500
    assert len(needed_sentences(("", "", many), layer.read("", "", many, "en"))) == MAX_SENTENCES


def test_the_vocabulary_does_not_grow(folder: str) -> None:
    layer = LanguageLayer(LanguageSettings(models={"en": folder}))
    layer.read_deeply("", "", BODY, "en")
    before = len(layer._pipelines._pipelines["en"].vocab.strings)
    for number in range(20):
        layer.read_deeply("", "", f"Visitors saw Quux{number}abc Zorg{number}def there.", "en")
    assert len(layer._pipelines._pipelines["en"].vocab.strings) == before


def test_a_pipeline_is_loaded_once_however_often_the_catalog_changes(folder: str) -> None:
    settings = LanguageSettings(models={"en": folder})
    first, second = (Enricher(CATALOG, settings)._language._pipelines._pipelines["en"] for _ in range(2))
    assert first is second


@pytest.mark.parametrize(("deep", "tags"), [("all", {"quill", "harbour"}), ("chosen", {"harbour"})])
def test_history_is_tagged_as_live_stories_are(folder: str, deep: str, tags: set[str]) -> None:
    settings = LanguageSettings(models={"en": folder}, deep=deep)  # type: ignore[arg-type]
    catalog = Catalog(topics=(*CATALOG.topics, Topic(id="quill", queries={"en": 'entity:"Zorba Quill"'})))
    live, past = (
        make(catalog).enrich(story(BODY)) for make in (EnricherMaker(settings), tags_alike(settings))
    )
    assert {tag.topic for tag in live.tags} == {tag.topic for tag in past.tags} == tags
    assert names(past) == (names(live) if deep == "all" else set())


def test_a_maker_is_the_same_key_wherever_it_was_unpickled() -> None:
    first, second = (EnricherMaker(LanguageSettings(models={"en": "x"})) for _ in range(2))
    assert first == second
    assert hash(first) == hash(second)
