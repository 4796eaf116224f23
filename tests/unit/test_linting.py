"""What lint tells of topics that are right, and which queries are refused since they can never match."""

import pytest
from hypothesis import given, settings

from newsbeam.topics.catalog import Examples, Topic
from newsbeam.topics.implication import implies
from newsbeam.topics.linting import lint
from newsbeam.topics.marks import borne, needed
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import Node, Or, parse
from newsbeam.topics.reach import never_matches
from tests.unit.queries import QUERIES
from tests.unit.test_implication import STORIES, Story, related


def told(*topics: Topic) -> list[tuple[str, str]]:
    return [(finding.kind, finding.why) for finding in lint(topics)]


@pytest.mark.parametrize(
    ("query", "kind", "why"),
    [
        ("peacekeep* OR peacekeepers", "covered", "`peacekeepers` finds nothing that `peacekeep*` does not find"),
        ("peacekeepers OR peacekeep*", "covered", "`peacekeepers` finds nothing that `peacekeep*` does not find"),
        ("aa OR bb OR AA", "covered", "`AA` finds nothing that `aa` does not find"),
        ("aa OR bb OR aa", "twice", "`aa` is in it twice"),
        ("cc AND (aa OR bb OR (aa AND dd))", "covered", "`aa AND dd` finds nothing that `aa` does not find"),
        ("cc NEAR/3 (aa OR aa*)", "covered", "`aa` finds nothing that `aa*` does not find"),
        ("aa OR (bbb AND NOT bb?)", "dead", "`bbb AND NOT bb?` can never match: what it asks for"),
        ("aa OR *keeping", "slow", "`*keeping` begins with a wildcard, which is slow"),
    ],
)  # fmt: skip
def test_lint_tells_what_a_query_says_in_vain(query: str, kind: str, why: str) -> None:
    found = told(Topic(id="t", queries={"any": query}, examples=Examples(match=("x",))))
    assert [one for one, _ in found] == [kind]
    assert found[0][1].startswith(f"t.queries.any: {why}")


def test_lint_compares_words_by_their_stems_where_the_topic_does() -> None:
    queries = {"en": " OR ".join(["sanctions", "truce", "grain", "wheat", "port", "ship", "sanctioned"])}
    assert told(Topic(id="t", queries=queries)) == []
    assert told(Topic(id="t", queries=queries, match="stem")) == [
        ("covered", "t.queries.en: `sanctioned` finds nothing that `sanctions` does not find")
    ]


@pytest.mark.parametrize(
    "query",
    [
        'peacekeep* OR "blue helmets"',
        'cc NEAR/3 ("aa bb" OR bb)',
        '"blue *ets" OR tents',
        "outlet:bbc OR bbc",
    ],
)
def test_lint_is_silent_about_what_is_needed(query: str) -> None:
    assert told(Topic(id="t", queries={"any": query}, examples=Examples(match=("x",)))) == []


def test_lint_compares_topics_by_language_and_way_unless_one_extends_the_other() -> None:
    def topics(**changes: object) -> list[tuple[str, str]]:
        a = Topic(id="a", queries={"en": "ships", "fr": "navires"})
        b = Topic(id="b", queries={"en": "boats OR ship*", "de": "navires"})
        c = Topic(id="c", queries={"any": "bateau* OR navires OR Schiffe", "de": "Navires"}, **changes)  # type: ignore[arg-type]
        return [
            (one.topic, one.why.split("; ")[0]) for one in lint((a, b, c)) if one.kind in {"within", "same"}
        ]

    within = "it finds nothing that"
    assert topics() == [
        ("a", f"a.queries.en: {within} b.queries.en does not find"),
        ("a", f"a.queries.fr: {within} c.queries.any does not find"),
        ("b", f"b.queries.de: {within} c.queries.any does not find"),
        ("c", "c.queries.de: it finds what b.queries.de finds, and no more"),
    ]
    assert topics(case="exact") == [("a", f"a.queries.en: {within} b.queries.en does not find")]
    assert ("a", f"a.queries.fr: {within} c.queries.any does not find") not in topics(extends="a")


def test_lint_tells_of_a_language_without_an_example() -> None:
    topic = Topic(
        id="t", queries={"en": "aa", "fr": "bb", "de": "cc"}, examples=Examples(match=("aa", {"fr": "bb"}))
    )
    assert told(topic) == [("example", "t.examples.match: no example for the query in 'de'")]


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("aa AND NOT aa", "what it asks for is always forbidden by `NOT aa`"),
        ("aaa AND bb AND NOT (aa* AND bb)", "what it asks for is always forbidden by `NOT (aa* AND bb)`"),
        ("title:aa AND NOT aa", "what it asks for is always forbidden"),
        ("title:aa NEAR/3 body:bb", "NEAR never reaches from `title:` to `body:`; write AND"),
        ("(title:aa OR body:cc) NEAR/3 summary:bb", "NEAR never reaches"),
        ("aa AND lang:fr", "a story that the query for 'en' is tried on is never `lang:fr`"),
        ("aa AND lang:(fr OR de)", "a story that the query for 'en' is tried on is never `lang:fr`"),
        ("country:Ukraine", "`country:` takes an ISO 3166 code of two letters"),
        ("feed:one AND feed:two AND aa", "a story has only one `feed:`, never `one` and `two`; write OR"),
        ("(aa AND NOT aa) OR (lang:fr AND bb)", "what it asks for is always forbidden"),
    ],
)
def test_a_query_that_can_never_match_is_known_by_its_reason(query: str, why: str) -> None:
    found = never_matches(parse(query), "en")
    assert found is not None
    assert found.startswith(why)


@pytest.mark.parametrize(
    "query",
    [
        "aa AND NOT title:aa", "aa AND NOT (aa AND bb)", "aa OR (bb AND NOT bb)", "title:aa NEAR/3 bb",
        "title:aa NEAR/3 lead:bb", "(title:aa OR body:aa) NEAR/3 body:bb", "aa AND lang:en", "aa AND lang:und",
        "aa AND NOT lang:fr", "outlet:one AND outlet:two", "aa AND lang:en*", "feed:one AND feed:on*",
    ],
)  # fmt: skip
def test_a_query_that_may_match_is_left_alone(query: str) -> None:
    assert never_matches(parse(query), "en") is None


@settings(max_examples=60)
@given(QUERIES, STORIES)
def test_a_query_that_can_never_match_never_does(node: Node, stories: list[Story]) -> None:
    if never_matches(node) is not None:
        matcher = compile_queries({"a": node})
        assert not any(matcher.find(story.document()) for story in stories)


@settings(max_examples=60)
@given(related())
def test_what_is_implied_bears_a_mark_of_what_it_implies(pair: tuple[Node, Node]) -> None:
    for a, b in (pair, pair[::-1]):
        marks = needed(b)
        first = a.parts[0] if isinstance(a, Or) else a
        assert marks is None or not implies(a, b) or marks & borne(first)
