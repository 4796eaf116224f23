"""The catalog: what a story is tagged with and why, which rules hold, whose it is, when a version changes."""

from pickle import dumps, loads

import msgspec
import pytest

from newsbeam.alert import AlertRule, Severity
from newsbeam.errors import NewsbeamError, QueryError
from newsbeam.story import Key, KeyKind, Origin, OutletFacts, Story
from newsbeam.topics.catalog import Catalog, OutletEntry, Topic, resolve_outlet, rule_version
from newsbeam.topics.compiled import Matches
from newsbeam.topics.ways import Way

PEACE = Topic(id="peace", queries={"en": "peacekeep*", "fr": '"casques bleus"'})
NATO = Topic(id="nato", queries={"any": "NATO OR OTAN", "en": '"Atlantic alliance"'})
RULE = AlertRule(id="r", when="topic:peace AND NOT outlet:gossip", topic="security")
BBC = OutletEntry(
    id="bbc", name="BBC News", domains=("bbc.co.uk", "bbc.com"), country="gb", groups=("public",)
)
CATALOG = Catalog(topics=(PEACE, NATO), rules=(RULE,), outlets=(BBC,))
NOBODY = OutletFacts("nobody", "Nobody", "nobody")


def story(title: str, **more: str | None) -> Story:
    return Story(origin=Origin("feed", "f1"), keys=(Key(KeyKind.URL, title),), title=title, feed="f1", **more)


def matched(title: str, language: str, outlet: OutletFacts = NOBODY, catalog: Catalog = CATALOG) -> Matches:
    return catalog.compile().match(story(title), outlet, language)


def tagged(title: str, language: str) -> list[tuple[str, str, list[str]]]:
    return [
        (tag.topic, tag.query, [span.text for span in tag.spans]) for tag in matched(title, language).tags
    ]


def test_a_story_is_read_with_the_queries_of_its_language_and_those_for_any() -> None:
    assert tagged("Peacekeepers, casques bleus", "en") == [("peace", "en", ["Peacekeepers"])]
    assert tagged("Peacekeepers, casques bleus", "fr") == [("peace", "fr", ["casques bleus"])]
    assert tagged("NATO, the Atlantic Alliance", "en") == [("nato", "en", ["NATO", "Atlantic Alliance"])]
    assert tagged("Der Nato-Rat", "de") == [("nato", "any", ["Nato"])]


def test_a_topic_without_a_query_for_the_language_is_blind_not_unmatched() -> None:
    assert matched("Peacekeepers", "de").blind == ("peace",)
    assert matched("Peacekeepers", "de").tags == ()
    assert matched("Nothing", "en").blind == ()


def test_a_story_of_unknown_language_is_read_with_every_query() -> None:
    assert tagged("Des casques bleus", "und") == [("peace", "fr", ["casques bleus"])]
    assert matched("Des casques bleus", "und").blind == ()
    assert matched("Ciidamada nabadda", "und").blind == ("peace",)


def test_a_rule_holds_on_topics_and_values_and_shows_the_topics_evidence() -> None:
    (rule,) = matched("New peacekeepers", "en").rules
    assert (rule.rule, rule.version, [span.text for span in rule.spans]) == (
        "r",
        rule_version(RULE),
        ["peacekeepers"],
    )
    assert matched("New peacekeepers", "en", OutletFacts("gossip", "G", "g")).rules == ()
    assert matched("New peacekeepers", "de").rules == ()


@pytest.mark.parametrize(
    ("when", "holds"),
    [
        ("outlet:bbc", True),
        ('outlet:"BBC News"', True),
        ("outlet:public", True),
        ("lang:en", True),
        ("lang:fr", False),
        ("feed:f1 AND origin:feed", True),
        ("origin:f2", False),
        ("title:peace*", True),
        ("topic:nato", False),
    ],
)
def test_a_rule_can_ask_for_every_fact_that_a_story_carries(when: str, holds: bool) -> None:
    catalog = msgspec.structs.replace(CATALOG, rules=(AlertRule(id="r", when=when, topic="t"),))
    assert bool(matched("Peacekeepers", "en", BBC.facts(), catalog).rules) is holds


# --- what a topic takes from another --------------------------------------------------------------------------


def test_a_topic_finds_also_what_the_topic_that_it_extends_finds() -> None:
    blue = Topic(id="blue", queries={"en": '"blue helmets"', "de": "Blauhelme"}, extends="peace")
    catalog = msgspec.structs.replace(CATALOG, topics=(*CATALOG.topics, blue))

    def found(title: str, language: str) -> dict[str, list[str]]:
        tags = matched(title, language, catalog=catalog).tags
        return {tag.topic: [span.text for span in tag.spans] for tag in tags}

    both = {"peace": ["Peacekeepers"], "blue": ["Peacekeepers", "blue helmets"]}
    assert found("Peacekeepers in blue helmets", "en") == both
    assert found("Des casques bleus", "fr") == {"peace": ["casques bleus"], "blue": ["casques bleus"]}
    assert found("Die Blauhelme", "de") == {"blue": ["Blauhelme"]}
    assert matched("Nichts", "de", catalog=catalog).blind == ("peace",)
    assert matched("Niente", "it", catalog=catalog).blind == ("peace", "blue")


def test_a_topic_that_extends_one_that_is_not_there_is_never_read_as_if_it_did_not() -> None:
    lonely = Catalog(topics=(Topic(id="blue", queries={"en": "x"}, extends="peace"),))
    with pytest.raises(QueryError, match="topic 'blue' extends 'peace'"):
        lonely.compile()


@pytest.mark.parametrize(
    ("options", "ways"),
    [
        ({}, {"en": Way(), "zh": Way(), "any": Way()}),
        ({"match": "stem"}, {"en": Way("en"), "zh": Way(), "any": Way()}),
        ({"match": {"fr": "stem"}, "case": "exact"}, {"en": Way(None, True), "fr": Way("fr", True)}),
    ],
)
def test_how_a_query_is_compared_is_said_by_topic_and_language(
    options: dict[str, object], ways: dict[str, Way]
) -> None:
    topic = msgspec.convert({"id": "t", "queries": {"en": "x"}, **options}, Topic)
    assert {language: topic.way(language) for language in ways} == ways


# --- outlets ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outlet", "url", "found"),
    [
        (None, "https://www.bbc.co.uk/news/1", "bbc"),
        (None, "https://NEWS.BBC.com:443/1", "bbc"),
        (None, "https://notbbc.co.uk/1", "notbbc.co.uk"),
        (None, "https://feeds.example.com.au/1", "example.com.au"),
        ("bbc", "https://elsewhere.org/1", "bbc"),
        ("BBC  news", None, "bbc"),
        ("bbc.co.uk", None, "bbc"),
        ("https://www.bbc.com/", None, "bbc"),
        ("www.example.org", "https://www.bbc.com/", "example.org"),
        ("The Daily Planét", "https://www.bbc.com/", "the-daily-planet"),
        (None, None, "unknown"),
        (None, "not a link", "unknown"),
        (None, "http://[broken", "unknown"),
    ],
)
def test_an_outlet_is_what_the_story_says_else_where_its_link_leads(
    outlet: str | None, url: str | None, found: str
) -> None:
    facts = resolve_outlet(CATALOG, story("x", outlet=outlet, url=url))
    assert facts.id == found
    assert facts == BBC.facts() if found == "bbc" else facts.family == found


def test_a_domain_below_another_can_belong_to_another_outlet() -> None:
    sport = OutletEntry(id="bbc-sport", name="BBC Sport", domains=("sport.bbc.co.uk",), family="bbc")
    catalog = Catalog(outlets=(BBC, sport))
    assert resolve_outlet(catalog, story("x", url="https://live.sport.bbc.co.uk/")).id == "bbc-sport"
    assert resolve_outlet(catalog, story("x", url="https://live.bbc.co.uk/")).id == "bbc"


# --- versions ---------------------------------------------------------------------------------------------


def test_a_catalog_is_its_json() -> None:
    stored = CATALOG.to_json()
    assert Catalog.from_json(stored).version == CATALOG.version
    assert Catalog.from_json(stored).to_json() == stored
    assert loads(dumps(CATALOG)) == CATALOG  # noqa: S301 - our own bytes
    with pytest.raises(NewsbeamError):
        Catalog.from_json(b'{"topics": 3}')


STORED = (
    b'{"outlets":[],"rules":[],"topics":[{"id":"peace","queries":{"en":"peacekeep*"},"label":{},'
    b'"examples":{"match":["Peacekeepers"],"no_match":[]}}]}'
)


def test_a_catalog_that_was_stored_before_topics_had_options_keeps_its_version() -> None:
    before = Catalog.from_json(STORED)
    assert before.to_json() == STORED
    assert before.version == "c4b6fa1b2c88b6af25fca50901b5794c"
    (topic,) = before.topics
    for change in ({"match": "stem"}, {"case": "exact"}, {"group": "g"}, {"extends": "peace"}):
        changed = Catalog(topics=(msgspec.structs.replace(topic, **change),))
        assert changed.version != before.version
        assert Catalog.from_json(changed.to_json()) == changed


def test_the_version_changes_with_the_content_and_not_with_its_order() -> None:
    assert Catalog(topics=(NATO, PEACE), rules=(RULE,), outlets=(BBC,)).version == CATALOG.version
    turned = msgspec.structs.replace(PEACE, queries=dict(reversed(PEACE.queries.items())))
    assert Catalog(topics=(turned, NATO), rules=(RULE,), outlets=(BBC,)).version == CATALOG.version
    assert Catalog(topics=(PEACE,), rules=(RULE,), outlets=(BBC,)).version != CATALOG.version


@pytest.mark.parametrize(
    ("change", "same"),
    [
        ({"when": "(topic:peace)^2   AND NOT outlet:gossip"}, True),
        ({"label": "Other words"}, True),
        ({"when": "topic:peace"}, False),
        ({"topic": "other"}, False),
        ({"severity": Severity.HIGH}, False),
        ({"max_age_s": 3600.0}, False),
    ],
)
def test_a_rules_version_is_the_hash_of_its_meaning(change: dict[str, object], same: bool) -> None:
    assert (rule_version(msgspec.structs.replace(RULE, **change)) == rule_version(RULE)) is same
