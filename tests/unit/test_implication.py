"""What one query says of another: never a false yes, and yes where an editor would see it."""

from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbeam.topics.document import Document
from newsbeam.topics.implication import implies
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import And, Field, Node, Not, Or, parse
from newsbeam.topics.query.nodes import join
from newsbeam.topics.ways import Way
from tests.unit.queries import LETTERS, QUERIES

WORDS = [*LETTERS, "axzy", "bxy", "ax-by", "停戦中止"]
TEXTS = st.lists(st.sampled_from(WORDS), max_size=9).map(" ".join)


@st.composite
def related(draw: st.DrawFn) -> tuple[Node, Node]:
    """Two queries, the second often made of the first, so that many pairs imply each other."""
    a, other = draw(QUERIES), draw(QUERIES)
    b = draw(
        st.sampled_from(
            [
                other,
                join(Or, [a, other]),
                join(Or, [other, a]),
                join(And, [a, Not(other)]) if not isinstance(other, Not) else a,
                *(a.parts if isinstance(a, And | Or) else [a]),
            ]
        )
    )
    if draw(st.booleans()):
        a = join(And, [a, draw(QUERIES)])
    return a, b.part if isinstance(b, Not) else b


class Story(NamedTuple):
    title: str
    summary: str
    body: str
    outlet: str

    def document(self) -> Document:
        return Document(*self[:3], values={"outlet": [self.outlet]} if self.outlet else None)


STORIES = st.lists(
    st.builds(Story, TEXTS, TEXTS, TEXTS, st.sampled_from(["", "ax", "axby"])), min_size=4, max_size=8
)


@settings(max_examples=100)
@given(related(), STORIES, st.sampled_from([Way(), Way("en"), Way(None, True), Way("en", True)]))
def test_what_is_implied_is_found(pair: tuple[Node, Node], stories: list[Story], way: Way) -> None:
    for a, b in (pair, pair[::-1]):
        if not implies(a, b, way):
            continue
        matcher = compile_queries({"a": a, "b": b}, {"a": way, "b": way})
        for story in stories:
            found = matcher.find(story.document())
            assert "a" not in found or "b" in found, story


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("peacekeepers", "peacekeep*"),
        ("Peacekeepers", "peacekeepers"),
        ("peacekeeping*", "peacekeep*"),
        ("peace?eepers", "peace*ers"),
        ("stabili?ation", "sta*tion"),
        ('"blue helmets"', "helmets"),
        ('"the blue helmets"', '"blue helm*"'),
        ('"the blue helmets"', '"the * helmets" OR "blue *ets"'),
        ("停戦協定", "停戦"),
        ('"blue helmets"', '"blue helmets"~3'),
        ('"blue helmets"~2', '"blue helmets"~3'),
        ('"blue helmets"~2', "blue"),
        ("sanctioned", "/sanction(s|ed)/"),
        ("aa AND bb", "bb"),
        ("aa AND bb", "aa OR cc"),
        ("aa OR bb", "cc OR bb OR aa"),
        ("aa AND bb AND cc", "cc AND aa"),
        ("aa NEAR/3 bb", "bb NEAR/5 aa"),
        ("aa NEAR/3 bb", "aa AND bb"),
        ("aa NEAR/3 (bb OR cc)", "(bb OR cc OR dd) NEAR/3 aa*"),
        ("title:aa", "aa"),
        ("title:aa", "lead:aa"),
        ("lead:aa", "aa"),
        ("title:(aa OR bb)", "title:bb OR aa"),
        ("aa AND NOT bb", "aa"),
        ("aa AND NOT bb", "aa AND NOT (bb AND cc)"),
        ("aa AND NOT bo*", "aa AND NOT boat"),
        ("outlet:bbc AND aa", "outlet:bb*"),
        ('outlet:"BBC  News"', 'outlet:"bbc news"'),
    ],
)  # fmt: skip
def test_the_second_finds_all_that_the_first_finds(a: str, b: str) -> None:
    assert implies(parse(a), parse(b))


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("peacekeep*", "peacekeepers"),
        ("peace*", "peace?eep*"),
        ("helmets", '"blue helmets"'),
        ('"helmets blue"', '"blue helmets"'),
        ('"blue helmets"~3', '"blue helmets"'),
        ("停戦", "停戦協定"),
        ("aa OR bb", "aa"),
        ("aa NEAR/5 bb", "aa NEAR/3 bb"),
        ("aa AND bb", "aa NEAR/3 bb"),
        ("aa", "title:aa"),
        ("lead:aa", "title:aa"),
        ("summary:aa", "lead:aa"),
        ("title:(aa AND NOT bb)", "aa AND NOT bb"),
        ("aa", "aa AND NOT bb"),
        ("aa AND NOT boat", "aa AND NOT bo*"),
        ("aa", "outlet:aa"),
        ("outlet:aa", "aa"),
        ("outlet:bb*", "outlet:bbc"),
        ("C++", "ca*"),
    ],
)  # fmt: skip
def test_nothing_is_claimed_where_a_story_could_be_missed(a: str, b: str) -> None:
    assert not implies(parse(a), parse(b))


def test_stems_and_capitals_say_less() -> None:
    universities, pattern = parse("universities"), parse("universit*")
    assert implies(parse("sanctions"), parse('sanctioned OR "blue helmets"'), Way(stem="en"))
    assert implies(parse('"new sanctions"'), parse("sanctioned"), Way(stem="en"))
    assert implies(universities, pattern)
    assert not implies(universities, pattern, Way(stem="en"))
    assert implies(parse("universities AND x"), universities, Way(stem="en"))
    assert not implies(parse("WHO"), parse("who"), Way(exact_case=True))
    assert implies(parse('WHO AND "on call"'), parse("WHO"), Way(exact_case=True))
    assert isinstance(parse("title:WHO"), Field)
