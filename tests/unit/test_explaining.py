"""Why a query did or did not match, part by part."""

import pytest
from hypothesis import given, settings

from newsbeam.topics.document import Document
from newsbeam.topics.explaining import Part, explain
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import Node, parse
from newsbeam.topics.ways import Way
from tests.unit.queries import QUERIES
from tests.unit.test_implication import STORIES, Story

STORY = Document(
    "Ships leave the port",
    "Three grain ships left under a truce",
    "The mission that will be monitoring the ceasefire has no helmets, blue or other.",
    {"outlet": ["harbour post"], "lang": ["en"]},
)


def told(query: str) -> Part:
    return explain(parse(query), STORY)


@pytest.mark.parametrize(
    ("query", "why"),
    [
        ("wheat", "not in the text"),
        ("title:grain", "not in the title"),
        ("/gr.yn/", "not in the text"),
        ('"green helmets"', "`green` not in the text"),
        ('"blue helmets"', "its words are there, but not one right after the other"),
        ("peace-keeping", "`peace`, `keeping` not in the text"),
        ('"grain truce"~2', "its words are there, further apart than ~2 allows"),
        ("grain AND wheat AND maize", "`wheat`, `maize` missing"),
        ("grain AND NOT truce", "`truce` forbids it"),
        ("wheat AND NOT truce", "`wheat` missing; `truce` forbids it"),
        ("wheat OR maize", "none of its 2 parts"),
        ("grain NEAR/3 truce", "4 words between, at most 3"),
        ("truce NEAR/0 (wheat OR under)", "1 word between, at most 0"),
        ("wheat NEAR/3 truce", "`wheat` missing"),
        ("port NEAR/5 truce", "found only in different fields, or at the same words"),
        ("title:(ships AND NOT port)", "`title:port` forbids it"),
        ("outlet:tribune", "it is `harbour post`"),
        ("feed:one", "nothing is known of it"),
    ],
)
def test_what_is_missing_is_said(query: str, why: str) -> None:
    part = told(query)
    assert (part.holds, part.why) == (False, why)


def test_what_is_found_is_shown_where_it_stands() -> None:
    part = told("(ship* NEAR/2 left) AND NOT wheat")
    assert (part.kind, part.holds, part.why) == ("and", True, None)
    near, forbidden = part.parts
    assert [(place.span.field, place.span.text) for place in near.places] == [
        ("summary", "ships"),
        ("summary", "left"),
    ]
    (left,) = [place for place in near.parts[1].places if place.span.field == "summary"]
    assert (left.before, left.after) == ("Three grain ships ", " under a truce")
    assert (forbidden.kind, forbidden.holds, forbidden.parts[0].holds) == ("not", True, False)


def test_a_query_is_explained_as_it_is_compared() -> None:
    assert explain(parse("monitor NEAR/2 ceasefires"), STORY, Way("en")).holds
    assert not told("monitor NEAR/2 ceasefires").holds
    assert not explain(parse("ships AND truce"), STORY, Way(exact_case=True)).parts[0].places[1:]


@settings(max_examples=60)
@given(QUERIES, STORIES)
def test_an_explanation_is_of_the_reading_that_counts(node: Node, stories: list[Story]) -> None:
    matcher = compile_queries({"q": node})
    for story in stories[:2]:
        part = explain(node, story.document())
        assert part.holds == ("q" in matcher.find(story.document()))
        assert (part.why is None) == part.holds
