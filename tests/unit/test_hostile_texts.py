"""Texts and queries made to hurt: the work grows with their size and nothing else, and spans stay right."""

import sys
import unicodedata
from collections.abc import Callable

import pytest

from newsbeam.errors import QueryError
from newsbeam.language import LanguageLayer
from newsbeam.topics.document import MAX_SPANS, Document
from newsbeam.topics.matcher import Matcher, compile_queries
from newsbeam.topics.query import Node, parse
from newsbeam.topics.reach import never_matches
from newsbeam.topics.ways import Way

TEXTS = {
    "letters": "a",
    "initials": "a.",
    "initials that are none": "a.aa",
    "possessives": "aa's",
    "elisions": "qu'",
    "digits": "1",
    "numbers": "1,",
    "quotes": "aa'\"",
    "signs": "aa+!#",
    "low lines": "aa_",
    "marks": "\u0301",
    "letters with marks": "e\u0301\u0302",
    "letters that become two": "ß",
    "invisible signs": "a\u200b\u00ad",
    "directions": "\u202eab\u202c ",
    "emoji": "\U0001f469\U0001f3fd\u200d\U0001f692",
    "flags": "\U0001f1fa\U0001f1f3",
    "Hebrew abbreviations": 'אב"א',
    "Arabic with vowels": "مُحَ ",
    "vowels by themselves": "\ufe70a \ufc5e ",
    "Han": "停戦",
    "Han and letters": "停a",
    "rare Han": "\U00020000",
    "Thai": "สันติ",
    "half-width kana": "ｶﾞ",
    "Hangul letters": "\u1112\u1161\u11ab",
    "lone surrogates": "\ud800a",
    "white space": " ",
    "one word": "aa ",
    "two words": "aa bb ",
    "field marks": "aa|\x02 ",
}
QUERIES = {
    "word": "aa",
    "phrase": '"aa bb"',
    "loose": '"aa bb aa"~9',
    "pair": '"aa bb"~100',
    "near": "aa NEAR/100 bb",
    "nearer": "(aa OR bb) NEAR/9 (aa NEAR/3 bb)",
    "beginning": "aa*",
    "end": "*aa",
    "middle": "*aa*aa*b",
    "mark": "a?a*a?b",
    "regex": "/(a+)+b/",
    "run": "停戦",
    "gap": '"aa * aa"',
    "lead": "lead:aa AND NOT body:cc",
    "initials": "a.a.a OR U.N.",
    "stem": "aas AND bbs",
    "case": "AA OR aa",
}
WAYS = {"stem": Way(stem="en"), "case": Way(exact_case=True)}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return compile_queries({name: parse(text) for name, text in QUERIES.items()}, WAYS)


def steps(work: Callable[[], object]) -> int:
    """How many calls `work` makes, of Python's functions and of those in C."""
    count = 0

    def counted(frame: object, event: str, argument: object) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    sys.setprofile(counted)
    try:
        work()
    finally:
        sys.setprofile(None)
    return count


@pytest.mark.parametrize("unit", TEXTS.values(), ids=TEXTS.keys())
def test_the_work_grows_with_the_text_and_not_faster(matcher: Matcher, unit: str) -> None:
    small, large = (unit * (size // len(unit)) for size in (4_000, 32_000))
    matcher.match(Document("", "", unit * 40))  # what is remembered is not counted
    assert steps(lambda: matcher.match(Document("", "", large))) <= 16 * steps(
        lambda: matcher.match(Document("", "", small))
    )


MEGABYTES = (
    "letters",
    "initials",
    "quotes",
    "marks",
    "invisible signs",
    "emoji",
    "Han",
    "one word",
    "white space",
)


@pytest.mark.parametrize("name", TEXTS)
def test_a_long_text_is_read_to_its_end(name: str) -> None:
    unit = TEXTS[name]
    matcher = compile_queries({"end": parse("zzz AND NOT yyy"), "near": parse('"aa bb" NEAR/9 zzz*')})
    text = unit * ((1_000_000 if name in MEGABYTES else 50_000) // len(unit)) + " zzz"
    (span,) = matcher.match(Document(unit, unit, text))["end"]
    assert (span.field, span.start, span.text) == ("body", len(text) - 3, "zzz")


def test_evidence_of_a_hostile_text_indexes_it(matcher: Matcher) -> None:
    body = "".join(unit * 9 + " aa bb " for unit in TEXTS.values())
    found = matcher.match(Document("aa", body, body))
    assert found.keys() >= {"word", "phrase", "near", "lead"}
    for spans in found.values():
        assert len(spans) <= MAX_SPANS
        for span in spans:
            assert {"title": "aa"}.get(span.field, body)[span.start : span.end] == span.text


def test_a_query_of_many_conditions_is_checked_in_little_time() -> None:
    def query(size: int) -> Node:
        wanted = " AND ".join(f"(aa{n}x OR bb{n}x)" for n in range(size))
        return parse(wanted + "".join(f" AND NOT (cc{n}x OR dd{n}x)" for n in range(size)))

    small, large = query(40), query(320)
    assert steps(lambda: never_matches(large)) <= 16 * steps(lambda: never_matches(small))


def test_a_query_that_nests_deeply_is_checked_in_little_time() -> None:
    def query(depth: int) -> Node:
        wanted, unwanted = "aa0x", "bb0x"
        for n in range(1, depth):
            join = "AND" if n % 2 else "OR"
            wanted, unwanted = f"(aa{n}x {join} {wanted})", f"(bb{n}x {join} {unwanted})"
        return parse(f"{wanted} AND NOT {unwanted}")

    small, large = query(6), query(24)
    assert steps(lambda: never_matches(large)) <= 64 * steps(lambda: never_matches(small))


SPOKEN = {
    "spaces": " " * 50 + "said ",
    "no-break spaces": "\u00a0" * 50 + "said ",
    "verbs": "said ",
    "quotation marks": '" ',
    "quotations": '"aa bb cc," said Anna Lind. ',
    "capitals": "Aa Bb ",
    "paragraphs": "Aa said.\n",
    "full stops": "aa. ",
}


@pytest.mark.parametrize("unit", SPOKEN.values(), ids=SPOKEN.keys())
def test_reading_who_said_what_grows_with_the_text_and_not_faster(unit: str) -> None:
    layer = LanguageLayer()
    small, large = (unit * (size // len(unit)) for size in (5_000, 40_000))
    layer.read("", "", unit * 40, "en")
    assert steps(lambda: layer.read("", "", large, "en")) <= 16 * steps(
        lambda: layer.read("", "", small, "en")
    )


def test_a_query_of_many_signs_is_read_in_linear_time() -> None:
    small, large = ("".join(f" +aa{n}x" for n in range(size)) for size in (200, 1_600))
    parse("+aa")  # the parser is made once
    assert steps(lambda: parse(large)) <= 16 * steps(lambda: parse(small))


def test_a_hostile_query_is_refused_or_answered() -> None:
    with pytest.raises(QueryError, match="deeper"):
        parse("(" * 10_000 + "aa" + ")" * 10_000)
    with pytest.raises(QueryError, match="20 NEAR"):
        parse("aa" + " NEAR/3 bb" * 3_000)
    with pytest.raises(QueryError, match="no stemmer"):
        compile_queries({"q": parse("aa")}, {"q": Way(stem="zz")})
    long = '"' + "aa " * 10_000 + '"'
    matcher = compile_queries({"long": parse(long), "many": parse(" OR ".join(["aa*bb"] * 5_000))})
    assert matcher.match(Document("aab " + "aa " * 10_000)).keys() == {"long"}


UNFOLDED = [
    char
    for char in map(chr, range(0x80, 0x2FA20))
    if not "\uac00" <= char <= "\ud7a3" and unicodedata.normalize("NFKD", char.casefold()) != char
]
PLAIN = "The council meets on Monday to vote on the budget of the port. " * 4


def test_no_character_that_folds_into_others_keeps_a_plain_text_from_being_read() -> None:
    """Half, vulgar fractions, ligatures, letters in circles: alone, in a word and beside a number."""
    matcher = compile_queries({"port": parse("port"), "end": parse("harbour")})
    for char in UNFOLDED:
        text = f"{PLAIN} {char} x{char}y 1{char} harbour"
        (port, *_), (end,) = matcher.match(Document("", "", text)).values()
        assert text[port.start : port.end] == "port"
        assert (end.start, end.text) == (len(text) - len("harbour"), "harbour"), hex(ord(char))
