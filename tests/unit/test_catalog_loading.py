"""A folder of files becomes a catalog, or every mistake in it is said at once with its place."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from newsbeam.errors import ConfigurationError
from newsbeam.newswire import english
from newsbeam.newswire.prose import write
from newsbeam.story import Key, KeyKind, Origin, OutletFacts, Story
from newsbeam.topics.catalog import Examples, Topic
from newsbeam.topics.examples import run_examples
from newsbeam.topics.loading import load_catalog
from newsbeam.topics.topic import topic_queries

STARTER = Path(__file__).parents[2] / "config"
EIGHT = {"en", "fr", "es", "de", "ru", "uk", "ar", "zh"}

TOPICS = """\
- id: peace
  label: {en: Peace}
  queries:
    en: peacekeep*
    fr: >-
      "casques bleus"
      OR "casque bleu"
  examples:
    match:
      - NATO offered peacekeepers.
      - fr: Un casque bleu
    no_match: [The referee kept the peace.]
"""
ALERTS = """\
rules:
  - id: told
    when: topic:peace AND lang:en
    topic: security
    severity: high
    max_age: 12h
subscriptions: []
"""
OUTLETS = """\
- id: bbc
  name: BBC
  domains: [bbc.co.uk]
  text: excerpt
"""


@dataclass(frozen=True)
class Made:
    kind: str
    id: str
    document: bytes


def folder(tmp_path: Path, topics: str = TOPICS, alerts: str = ALERTS, outlets: str = OUTLETS) -> Path:
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "some.yaml").write_text(topics)
    (tmp_path / "alerts.yaml").write_text(alerts)
    (tmp_path / "outlets.yaml").write_text(outlets)
    return tmp_path


def mistakes(config_dir: Path, *items: Made) -> list[str]:
    with pytest.raises(ConfigurationError) as caught:
        load_catalog(config_dir, items)
    return [line.replace(f"{config_dir}/", "") for line in caught.value.mistakes]


def test_files_and_store_made_items_make_one_catalog(tmp_path: Path) -> None:
    made = Made("topic", "nato", b'{"id": "nato", "queries": {"any": "NATO"}}')
    other = Made("feed", "f", b"{}")
    catalog = load_catalog(folder(tmp_path), [made, other])
    assert [topic.id for topic in catalog.topics] == ["peace", "nato"]
    assert [(rule.id, rule.severity, rule.max_age_s) for rule in catalog.rules] == [("told", "high", 43_200)]
    assert [(outlet.id, outlet.text) for outlet in catalog.outlets] == [("bbc", "excerpt")]


def test_a_folder_without_files_is_an_empty_catalog(tmp_path: Path) -> None:
    assert load_catalog(tmp_path).topics == ()


def test_every_mistake_of_every_file_is_said_at_once(tmp_path: Path) -> None:
    topics = TOPICS.replace("peacekeep*", "peace keep") + "- id: other\n  query: x\n"
    alerts = ALERTS.replace("topic:peace", "topic:other AND topic:paece")
    said = mistakes(folder(tmp_path, topics, alerts, "- id: bbc\n"))
    assert sorted(line.split(": ")[0] for line in said) == [
        "alerts.yaml:3",
        "outlets.yaml:1",
        "topics/some.yaml:13",
        "topics/some.yaml:14",
        "topics/some.yaml:4",
    ]


NO_FIELD = "there is no field `titel:`; did you mean `title:`? A word that ends in a colon belongs in quotes"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("queries:", "query:", ["3: [0].query: unknown key", '1: [0]: "queries" is missing']),
        ("  label", "  metch: stem\n  label", ["2: [0].metch: unknown key"]),
        (
            "  label",
            "  match: stems\n  label",
            ["2: [0].match: one of exact, stem or a mapping to one of exact, stem"],
        ),
        (
            "  label",
            "  match: {fr: stems}\n  label",
            ["2: [0].match.fr: one of exact, stem is needed, not 'stems'"],
        ),
        ("  label", "  match: {de: stem}\n  label", ["2: peace.match.de: the topic has no query for 'de'"]),
        ("  label", "  case: upper\n  label", ["2: [0].case: one of fold, exact is needed, not 'upper'"]),
        ("  label", "  group: ''\n  label", ["2: peace.group: give a name of at most 100 characters"]),
        (
            "  label",
            "  extends: peacd\n  label",
            ["2: peace.extends: there is no topic 'peacd'; did you mean 'peace'?"],
        ),
        (
            "  label",
            "  extends: peace\n  label",
            ["2: peace.extends: topic 'peace' extends 'peace': a circle"],
        ),
        ("- id: peace", "- id: [", [""]),
        ("id: peace", "id: Peace!", ["1: topic id 'Peace!': use small letters"]),
        ("en: peacekeep*", "english: peacekeep*", ["4: peace.queries.english: give a language code"]),
        ("peacekeep*", "aa OR titel:bb", [f"4: peace.queries.en: {NO_FIELD} (character 7, at `titel:bb`)"]),
        ("peacekeep*", "aa OR (", ["4: peace.queries.en: this parenthesis is never closed"]),
        ("peacekeep*", "topic:other OR peacekeep*", ["4: peace.queries.en: `topic:` is for alert rules"]),
        ('OR "casque bleu"', '"casque bleu"', ["5: peace.queries.fr: two parts stand side by side"]),
        ("offered peacekeepers", "is", ["10: topic 'peace' does not match its example 'NATO is.'"]),
        ("kept the peace", "met peacekeepers", ["12: topic 'peace' must not match 'The referee met"]),
        ("fr: Un", "de: Un", ["11: topic 'peace' has no query for the example's language 'de'"]),
        ("fr: Un casque bleu", "fr: Peacekeepers", ["11: topic 'peace' does not match its example"]),
    ],
)
def test_a_mistake_in_a_topic_is_said_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, said: list[str]
) -> None:
    found = mistakes(folder(tmp_path, TOPICS.replace(old, new, 1), alerts=""))
    assert len(found) == len(said)
    for line, start in zip(found, said, strict=True):
        assert line.startswith(f"topics/some.yaml:{start}")


def test_stems_are_asked_for_only_where_there_is_a_stemmer(tmp_path: Path) -> None:
    topics = """\
- id: ships
  match: {uk: stem, any: stem}
  queries: {uk: корабель, any: ship}
- id: boats
  match: stem
  queries: {zh: 船, uk: човен}
- id: both
  match: stem
  queries: {zh: 船, en: boat}
"""
    advice = "leave it out, and write endings as `*`"
    assert mistakes(folder(tmp_path, topics, alerts="")) == [
        f"topics/some.yaml:2: ships.match.uk: there is no stemmer for uk: {advice}",
        f"topics/some.yaml:2: ships.match.any: there is no stemmer for any: {advice}",
        f"topics/some.yaml:5: boats.match: there is no stemmer for zh, uk: {advice}",
    ]


def test_topics_that_extend_each_other_in_a_circle_are_refused_and_hide_nothing_else(tmp_path: Path) -> None:
    topics = """\
- {id: a, queries: {en: one}, extends: b}
- {id: b, queries: {en: two}, extends: a}
- {id: c, queries: {en: three}, extends: a, examples: {match: [five]}}
- {id: d, queries: {en: four}, examples: {match: [five]}}
"""
    assert mistakes(folder(tmp_path, topics, alerts="")) == [
        "topics/some.yaml:1: a.extends: topic 'a' extends 'b', which extends 'a': a circle",
        "topics/some.yaml:2: b.extends: topic 'b' extends 'a', which extends 'b': a circle",
        "topics/some.yaml:4: topic 'd' does not match its example 'five'",
    ]


def test_what_extends_a_topic_that_cannot_be_read_is_no_further_mistake(tmp_path: Path) -> None:
    topics = (
        "- {id: a, querys: {en: one}}\n- {id: b, queries: {en: two}, extends: a, examples: {match: [one]}}\n"
    )
    assert [line.split(": ")[0] for line in mistakes(folder(tmp_path, topics, alerts=""))] == [
        "topics/some.yaml:1",
        "topics/some.yaml:1",
    ]


def test_a_topic_that_extends_another_is_tried_with_both_queries(tmp_path: Path) -> None:
    topics = """\
- {id: peace, queries: {en: peacekeep*, fr: '"casques bleus"'}}
- id: blue
  extends: peace
  queries: {en: '"blue helmets"'}
  examples: {match: [Peacekeepers came, Blue helmets came, fr: Des casques bleus]}
"""
    catalog = load_catalog(folder(tmp_path, topics, alerts=""))
    assert catalog.queries_by_language("blue") == {
        "en": '("blue helmets") OR (peacekeep*)',
        "fr": '"casques bleus"',
    }


@pytest.mark.parametrize(
    ("topics", "said"),
    [
        (TOPICS + TOPICS, "topics/some.yaml:13: there is a topic 'peace' already, at topics/some.yaml:1"),
        ("peace: x\n", "topics/some.yaml:1: a list of topics is needed, each beginning with `- id:`"),
        ("- {id: peace, queries: {}}", "topics/some.yaml:1: topic 'peace' has no query"),
    ],
)
def test_a_wrong_list_of_topics_is_refused(tmp_path: Path, topics: str, said: str) -> None:
    assert mistakes(folder(tmp_path, topics, alerts="")) == [said]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("topic:peace", "topic:peac", "3: told.when: there is no topic 'peac'; did you mean 'peace'?"),
        ("topic:peace AND", "topic:peace", "3: told.when: two parts stand side by side"),
        ("topic: security", "topic: every thing", "4: rule 'told': an alert topic has"),
        ("severity: high", "severity: huge", "5: rules[0].severity: 'huge' is none of"),
        ("severity: high", "kind: burst", "5: rule 'told': the kinds of rules are match"),
        ("12h", "0", "6: rule 'told': the maximum age"),
        ("12h", "12 parsecs", "6: rules[0].max_age"),
        (ALERTS, "- id: told\n", "1: a mapping with `rules:` is needed"),
    ],
)
def test_a_mistake_in_a_rule_is_said_with_file_line_and_reason(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    (line,) = mistakes(folder(tmp_path, alerts=ALERTS.replace(old, new)))
    assert line.startswith(f"alerts.yaml:{said}")


@pytest.mark.parametrize("when", ["topic:pea*", "lang:en", "NOT topic:peace AND lang:en", "topic:/pea.*/"])
def test_a_rule_may_ask_for_any_field_and_for_topics_by_pattern(tmp_path: Path, when: str) -> None:
    alerts = ALERTS.replace("topic:peace AND lang:en", when)
    assert [rule.when for rule in load_catalog(folder(tmp_path, alerts=alerts)).rules] == [when]


@pytest.mark.parametrize("taken", ["peace", "Peace!"])
def test_an_id_that_cannot_be_had_hides_nothing_else_that_is_wrong(tmp_path: Path, taken: str) -> None:
    topics = f"{TOPICS}- id: {taken}\n  queries: {{en: 'truce ('}}\n"
    first, second = mistakes(folder(tmp_path, topics, alerts=""))
    assert first.startswith("topics/some.yaml:13: t")
    assert second.startswith(f"topics/some.yaml:14: {taken}.queries.en: this parenthesis is never closed")


def test_a_domain_belongs_to_one_outlet(tmp_path: Path) -> None:
    outlets = OUTLETS + "- {id: other, name: Other, domains: [other.org, BBC.co.uk]}\n"
    assert mistakes(folder(tmp_path, outlets=outlets)) == [
        "outlets.yaml:5: BBC.co.uk belongs to outlet 'bbc' already"
    ]


def test_a_file_that_would_be_passed_over_is_a_mistake(tmp_path: Path) -> None:
    (folder(tmp_path) / "topics" / "more.yml").write_text(TOPICS)
    assert mistakes(tmp_path) == ["topics/more.yml: rename it to more.yaml, or it is not read"]


def test_a_mistake_in_a_store_made_item_names_the_item(tmp_path: Path) -> None:
    twice = Made("topic", "peace", b'{"id": "peace", "queries": {"en": "x"}}')
    broken = Made("topic", "broken", b'{"id": "broken", "queries": {"en": "((x"}}')
    assert mistakes(folder(tmp_path), twice, broken) == [
        "store, topic peace: there is a topic 'peace' already, at topics/some.yaml:1",
        "store, topic broken: broken.queries.en: this parenthesis is never closed (character 2, at `(x`)",
    ]


def test_examples_can_be_tried_alone() -> None:
    topic = Topic(id="t", queries={"en": "title:aa"}, examples=Examples(match=("aa\nbb", "bb\naa")))
    first, second = run_examples(topic, topic_queries(topic, {}))
    assert (first.trail, first.why) == (("examples", "match", 0), None)
    assert (second.trail, second.why) == (
        ("examples", "match", 1),
        "topic 't' does not match its example 'bb\\naa'",
    )


def test_the_examples_are_tried_in_the_way_in_which_stories_will_be_read(tmp_path: Path) -> None:
    topics = """\
- id: acronym
  case: exact
  queries: {en: WHO}
  examples: {match: [WHO meets], no_match: [who meets]}
- id: stems
  match: stem
  queries: {en: sanction}
  examples: {match: [They were sanctioned]}
"""
    assert len(load_catalog(folder(tmp_path, topics, alerts="")).topics) == 2
    path = tmp_path / "topics" / "some.yaml"
    path.write_text(topics.replace("  case: exact\n", "").replace("  match: stem\n", ""))
    assert mistakes(tmp_path) == [
        "topics/some.yaml:3: topic 'acronym' must not match 'who meets', but does by 'who'",
        "topics/some.yaml:6: topic 'stems' does not match its example 'They were sanctioned'",
    ]


def test_a_query_that_can_never_match_is_refused_with_its_place(tmp_path: Path) -> None:
    topics = "- id: t\n  queries:\n    en: aa\n    fr: bb AND lang:en\n"
    alerts = ALERTS.replace("topic:peace AND lang:en", "lang:en AND lang:fr")
    first, second = mistakes(folder(tmp_path, topics, alerts))
    never = "this can never match: a story"
    assert first.startswith(f"topics/some.yaml:4: t.queries.fr: {never} that the query for 'fr' is tried on")
    assert second == f"alerts.yaml:3: told.when: {never} has only one `lang:`, never `en` and `fr`; write OR"


# --- the starter configuration -----------------------------------------------------------------------------


def test_the_starter_topics_hold_their_examples_in_eight_languages() -> None:
    catalog = load_catalog(STARTER)
    assert len(catalog.topics) == 33
    for topic in catalog.topics:
        assert set(topic.queries) >= EIGHT
        assert topic.label.keys() == EIGHT
        assert topic.group
        for given, least in ((topic.examples.match, 2), (topic.examples.no_match, 1)):
            spoken = Counter(key for one in given for key in (one if isinstance(one, dict) else ["en"]))
            assert all(spoken[language] >= least for language in EIGHT), topic.id
    assert {rule.topic for rule in catalog.rules}


def test_the_starter_topics_tag_the_simulated_news_with_its_truth() -> None:
    compiled = load_catalog(STARTER).compile()
    random = Random(7)  # noqa: S311 - stories, not secrets
    for kind in english.ENGLISH.subjects:
        for words in (60, 200, 600):
            piece = write(random, english.ENGLISH, kind, words)
            body = "\n\n".join(piece.paragraphs)
            story = Story(
                origin=Origin("feed", "f"),
                keys=(Key(KeyKind.URL, kind),),
                title=piece.title,
                summary=piece.summary,
                body=body,
            )
            found = compiled.match(story, OutletFacts("o", "O", "o"), "en")
            assert {tag.topic for tag in found.tags} == piece.topics, piece.title
