"""What newsbeam decides in another way than Lucene, on purpose: docs/query-language.md, "Compared with Lucene"."""

from collections.abc import Callable

import pytest

from newsbeam.topics.query import parse
from tests.lucene.comparing import decisions
from tests.lucene.grammar import Text
from tests.lucene.translation import Line, document_lines, query_lines
from tests.servers.lucene import Decisions

Ask = Callable[[str, str, list[Line], bool], tuple[bool, bool]]

ANALYSIS = [
    # query, text: newsbeam finds it, Lucene's standard analysis does not
    ("OTAN", "l’OTAN"),
    ("UN", "the U.N. envoy"),
    ("C++", "written in C++"),
    ("AT&T", "AT&T"),
    ("peace", "war.peace"),
    ("peace", "war:peace"),
    ("peace", "war_peace"),
    ("еще", "ещё"),
    ("elysee", "E\u0301lysée"),
    ("ザ地", "ガザ地区"),
    ("สันติ", "สันติภาพ"),
    ("صلح", "صُلح"),
    ("peace", "pe\u00adace"),
    ("peace", "pe\u200bace"),
]


@pytest.fixture
def ask(lucene: Decisions) -> Ask:
    """Whether newsbeam finds a query in a text, and whether Lucene finds the parts that are said in its way."""

    def asked(query: str, text: str, parts: list[Line], analysed: bool) -> tuple[bool, bool]:
        (ours,) = decisions([parse(query)], [Text("", "", text, "bbc")])
        fields = {"title": "", "summary": "", "body": text}
        lucene.tell([["clear"], *document_lines(fields, {}, analysed=analysed)])
        (theirs,) = lucene.decide([parts])
        return ours == "1", theirs == "1"

    return asked


@pytest.mark.parametrize(("query", "text"), ANALYSIS)
def test_texts_are_cut_and_folded_in_another_way(ask: Ask, query: str, text: str) -> None:
    assert ask(query, text, query_lines(parse(query)), True) == (True, False)
    assert ask(query, text, query_lines(parse(query)), False) == (True, True)


def test_a_sign_makes_another_word_of_a_letter(ask: Ask) -> None:
    assert ask("C", "written in C++", query_lines(parse("C")), True) == (False, True)


@pytest.mark.parametrize("text", ["cc aa aa bb", "aa bb x bb cc"])
def test_an_inner_near_is_looked_at_with_all_its_findings(ask: Ask, text: str) -> None:
    query = "(aa NEAR/3 bb) NEAR/0 cc"
    assert ask(query, text, query_lines(parse(query), inner_near="shortest"), False) == (True, False)
    assert ask(query, text, query_lines(parse(query)), False) == (True, True)


@pytest.mark.parametrize(
    ("query", "text", "ours", "theirs"),
    [
        # every arrangement of patterns that may be the same word is tried
        ('"abd ab* abd"~3', "x abd acd abd abc", True, False),
        # a string of characters is one thing, and its pairs do not drift apart
        ('"国連軍 停戦"~2', "国連 連軍 停戦", False, True),
        # two forms of one word are not two words
        ('"un u.n."~1', "U.N.", False, True),
    ],
)
def test_a_loose_phrase_is_exact(ask: Ask, query: str, text: str, ours: bool, theirs: bool) -> None:
    assert ask(query, text, lucenes_own(query), False) == (ours, theirs)


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ('"aa bb"~1', "aa x bb"),
        ('"aa bb"~2', "bb aa"),
        ('"aa bb aa"~2', "aa aa bb"),
        ('"aa aa"~1', "aa x aa"),
    ],
)
def test_it_means_what_lucenes_means_elsewhere(ask: Ask, query: str, text: str) -> None:
    assert ask(query, text, lucenes_own(query), False) == (True, True)


def lucenes_own(query: str) -> list[Line]:
    """A loose phrase as Lucene's phrase query has it, without a word about what newsbeam means."""
    ((_, *rest),) = query_lines(parse(query))
    return [["own-phrase", *rest]]
