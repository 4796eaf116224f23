"""What can be said of one story without knowing any other."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbeam.alert import AlertRule
from newsbeam.enrichment import Enricher
from newsbeam.identity import story_keys
from newsbeam.language import LanguageSettings
from newsbeam.story import EnrichedStory, Origin, Story
from newsbeam.topics.catalog import Catalog, OutletEntry, Topic

CATALOG = Catalog(
    topics=(
        Topic(id="ceasefire", queries={"en": "ceasefire OR truce", "fr": '"cessez-le-feu"'}),
        Topic(id="storms", queries={"any": "storm OR tempête"}),
    ),
    rules=(AlertRule(id="truce", when="topic:ceasefire AND border", topic="peace"),),
    outlets=(
        OutletEntry(id="harbour-post", name="Harbour Post", domains=("harbourpost.example",), language="fr"),
    ),
)
ENRICHER = Enricher(CATALOG)


def story_of(
    title: str, summary: str = "", *, url: str = "https://daily.example/a", language: str | None = None
) -> Story:
    return Story(
        origin=Origin("feed", "desk"),
        keys=story_keys(url=url),
        url=url,
        title=title,
        summary=summary,
        language=language,
    )


def enriched(
    title: str, summary: str = "", *, url: str = "https://daily.example/a", language: str | None = None
) -> EnrichedStory:
    return ENRICHER.enrich(story_of(title, summary, url=url, language=language))


def test_a_story_gets_its_topics_rules_and_evidence_from_one_version_of_the_catalog() -> None:
    found = enriched(
        "Ceasefire holds", "Monitors at the border saw no violation on Monday.", language="en-GB"
    )
    assert (found.catalog, found.language) == (CATALOG.version, "en")
    assert [(tag.topic, tag.query, tag.spans[0].text) for tag in found.tags] == [
        ("ceasefire", "en", "Ceasefire")
    ]
    assert [rule.rule for rule in found.rules] == ["truce"]
    assert found.outlet.id == "daily.example"


def test_the_declared_language_comes_before_the_outlets_and_the_outlets_before_detection() -> None:
    harbour = "https://www.harbourpost.example/a"
    text = "Monitors at the border saw no violation of the agreement on Monday."
    assert enriched(text, language="de", url=harbour).language == "de"
    assert enriched(text, url=harbour).language == "fr"
    assert enriched(text).language == "en"
    assert enriched("NATO").language == "und"
    assert enriched(text, language="english").language == "en"


def test_a_topic_without_a_query_in_the_storys_language_is_blind_there() -> None:
    assert enriched("Waffenruhe an der Grenze hält", language="de").blind == ("ceasefire",)
    assert enriched("Ceasefire holds", language="en").blind == ()


def test_copies_that_differ_in_case_and_marks_are_evidence_of_one_cluster() -> None:
    wire = enriched("Ceasefire holds along the border", "Monitors saw no violation on Monday.")
    copy = enriched(
        "CEASEFIRE holds along the border",
        "Monitors saw no violation on Monday\u2026",
        url="https://other.example/b",
    )
    other = enriched("Ceasefire breaks along the border", "Monitors saw a violation on Monday.")
    assert copy.text_hash == wire.text_hash != other.text_hash
    assert copy.content_hash != wire.content_hash


@pytest.mark.parametrize("title", ["Morning briefing", "Live: latest updates", "", "!"])
def test_a_text_too_short_to_say_anything_is_no_evidence(title: str) -> None:
    first, second = (
        enriched(title, url="https://daily.example/a"),
        enriched(title, url="https://daily.example/b"),
    )
    assert first.text_hash != second.text_hash
    assert first.text_hash == enriched(title, url="https://daily.example/a").text_hash


@given(st.text(max_size=80), st.text(max_size=80), st.sampled_from([None, "en", "xx", "q"]))
def test_enriching_is_a_pure_function_of_story_and_catalog(
    title: str, summary: str, language: str | None
) -> None:
    story = story_of(title, summary, language=language)
    again = Enricher(Catalog.from_json(CATALOG.to_json())).enrich(story)
    assert ENRICHER.enrich(story) == again
    for tag in again.tags:
        for span in tag.spans:
            assert getattr(story, span.field)[span.start : span.end] == span.text


def test_rules_may_ask_for_countries_entities_and_speakers() -> None:
    rules = (
        AlertRule(id="where", when="country:UA AND topic:sanctions", topic="a"),
        AlertRule(id="who", when='entity:"United Nations"', topic="a"),
        AlertRule(id="says", when='speaker:"Anna Weber"', topic="a"),
    )
    catalog = Catalog(topics=(Topic(id="sanctions", queries={"any": "sanctions"}),), rules=rules)
    story = story_of("Ukraine sanctions", "“They work,” UN envoy Anna Weber said in Kyiv.", language="en")
    found = Enricher(catalog).enrich(story)
    assert [rule.rule for rule in found.rules] == ["where", "who", "says"]
    assert (found.countries, found.speakers) == (("UA",), ("Anna Weber",))
    assert set(found.entities) == {"United Nations", "Anna Weber"}


def test_a_story_counts_for_no_more_values_than_the_settings_say() -> None:
    names = "Ukraine, Russia, France, Germany, Spain, Italy and Poland met."
    settings = LanguageSettings(max_countries=3)
    found = Enricher(CATALOG, settings).enrich(story_of("Talks", names, language="en"))
    assert len(found.countries) == 3
    assert len(found.mentions) == 7
