"""What the language layer is measured with, on one small story."""

import pytest

from bench.annotated import parse
from bench.scoring import Found, FoundQuote, Score, plain_name, score, total

STORY = parse("""language: en
title: {GE|Georgia} waits
people: Nana Example; Karl Sample / K. Sample
organisations: World Bank
---
“{d1|We are open,}” {c1,2|said} {s1,2|Nana Example of the World Bank} in {?US|Georgia}. “{d2|Nearly.}”

{s3 Sample|He} {c3|called} it “{m3|late}” and {c4|said} {i4|all trains run}. “{d5 -|Really?}” said a man.
""")
SPANS = {quote.number: (quote.start, quote.end) for quote in STORY.quotes}


def quote(number: int, kind: str, speaker: str | None = None, shift: int = 0) -> FoundQuote:
    start, end = SPANS[number]
    return FoundQuote(kind, start, end - shift, speaker)


ALL = Found(
    quotes=[
        quote(1, "direct", "Nana Example"),
        quote(2, "direct", "nana  example"),
        quote(3, "mixed", "K. Sample"),
        quote(4, "indirect", "Karl Sample"),
        quote(5, "direct"),
    ],
    countries=frozenset({"GE", "US"}),
    people=frozenset({"Nana Example", "Karl Sample"}),
    organisations=frozenset({"the World Bank"}),
)


def test_all_found_scores_one_everywhere():
    assert {(part.recall, part.precision) for part in score(STORY, ALL).values()} == {(1.0, 1.0)}


def test_nothing_found_has_no_precision():
    scores = score(STORY, Found())

    assert scores["direct"] == Score(hits=0, wanted=3, right=0, given=0)
    assert scores["direct"].precision is None
    assert scores["speaker, named"].recall is None
    assert scores["countries"].recall == 0


def test_other_edges_are_an_overlap_and_not_the_same_span():
    scores = score(STORY, Found(quotes=[quote(1, "direct", shift=1), quote(2, "direct", shift=5)]))

    assert scores["direct"] == Score(hits=0, wanted=3, right=0, given=2)
    assert scores["direct, overlap"] == Score(hits=1, wanted=3, right=1, given=2)


def test_another_kind_counts_only_where_kinds_are_taken_together():
    scores = score(STORY, Found(quotes=[quote(3, "direct")]))

    assert scores["mixed"].hits == 0
    assert scores["direct"].right == 0
    assert scores["direct or mixed"] == Score(hits=1, wanted=4, right=1, given=1)


def test_a_speaker_is_judged_only_where_the_quote_was_found():
    scores = score(STORY, Found(quotes=[quote(1, "direct", "Example"), quote(3, "mixed", "Karl Sample")]))

    assert scores["speaker, named"] == Score(hits=1, wanted=2, right=1, given=2)


def test_a_name_for_somebody_unnamed_is_wrong():
    assert score(STORY, Found(quotes=[quote(5, "direct", "Nana Example")]))["speaker, unnamed"].recall == 0


def test_a_country_too_many_costs_precision_unless_it_is_optional():
    countries = score(STORY, Found(countries=frozenset({"GE", "US", "FR"})))["countries"]

    assert countries == Score(hits=1, wanted=1, right=1, given=2)


def test_two_forms_of_one_name_are_both_right_and_one_hit():
    people = score(STORY, Found(people=frozenset({"Karl Sample", "K. Sample", "Sample"})))["people"]

    assert people == Score(hits=1, wanted=2, right=2, given=3)


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("The  Ministry", "ministry"),
        ("l’Union", "union"),
        ("Les Verts", "verts"),
        ("Theresa Dason", "theresa dason"),
        ("Le", "le"),
        ("Ana La Vega", "ana la vega"),
    ],
)
def test_names_are_compared_without_case_articles_and_kinds_of_apostrophes(name, plain):
    assert plain_name(name) == plain


def test_totals_add_counts():
    sums = total([{"direct": Score(1, 2, 1, 1)}, {"direct": Score(2, 2, 2, 3), "mixed": Score(0, 1, 0, 0)}])

    assert sums == {"direct": Score(3, 4, 3, 4), "mixed": Score(0, 1, 0, 0)}
