"""What a query means, what it may not be made to mean, and how that is said."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from newsbeam.errors import QueryError
from newsbeam.topics.query import And, Field, Mode, Near, Node, Not, Or, Phrase, Regex, Term, parse, show
from newsbeam.topics.query.grammar import GRAMMAR, MAX_DEPTH, MAX_LENGTH, make_parser, read
from newsbeam.topics.query.reading import _Builder
from newsbeam.topics.query.words import _STAND_INS, _cut_words, _plain_words
from tests.unit.queries import QUERIES

a, b, c, d = Term("aa"), Term("bb"), Term("cc"), Term("dd")


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("aa", a),
        ("aa AND bb OR cc AND dd", Or((And((a, b)), And((c, d))))),
        ("aa OR NOT_A_WORD", Or((a, Term("NOT_A_WORD")))),
        ("aa AND NOT bb", And((a, Not(b)))),
        ("NOT bb AND aa", And((Not(b), a))),
        ("aa NOT bb", And((a, Not(b)))),
        ("aa -bb !cc", And((a, Not(b), Not(c)))),
        ("+aa +bb -cc", And((a, b, Not(c)))),
        ("aa && bb || cc", Or((And((a, b)), c))),
        ("aa AND (bb OR cc)", And((a, Or((b, c))))),
        ("((aa)) AND ((bb AND cc))", And((a, b, c))),
        ("aa NEAR/3 bb AND cc", And((Near(a, b, 3), c))),
        ("aa NEAR/3 bb NEAR/2 cc", Near(Near(a, b, 3), c, 2)),
        ("NOT aa NEAR/1 bb AND cc", And((Not(Near(a, b, 1)), c))),
        ("(aa OR bb) NEAR/5 (cc)", Near(Or((a, b)), c, 5)),
        ("title:aa AND body:(bb OR cc)", And((Field("title", a), Field("body", Or((b, c)))))),
        ("TITLE: aa", Field("title", a)),
        ('"blue  helmets"', Phrase("blue helmets")),
        ("“blue helmets” OR «casques bleus»", Or((Phrase("blue helmets"), Phrase("casques bleus")))),
        ('"first second"~5', Phrase("first second", 5)),
        ('aa^2 OR "bb cc"^0.5 OR (dd)^3', Or((a, Phrase("bb cc"), d))),
        ("/colou?r/", Regex("colou?r")),
        (r"/a\/b+/", Regex(r"a\/b+")),
        (r"aa\:bb", Term(r"aa\:bb")),
        (r'"say \"no\""', Phrase(r"say \"no\"")),
        ("12:30 OR ANDROID", Or((Term("12:30"), Term("ANDROID")))),
        ("C++ OR .NET OR Yahoo!", Or((Term("C++"), Term(".NET"), Term("Yahoo!")))),
        ("and/or OR ab", Or((Term("and/or"), Term("ab")))),
        ('צה"ל', Term('צה"ל')),
        ("outlet:bbc.co.uk", Field("outlet", Term("bbc.co.uk"))),
        ("aa\nOR\n  bb\n", Or((a, b))),
    ],
)
def test_a_query_means_what_the_page_says(text: str, node: Node) -> None:
    assert parse(text) == node
    assert parse(text, mode="search") == node


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("aa bb", And((a, b))),
        ("aa bb OR cc", Or((And((a, b)), c))),
        ("aa +bb", And((a, b))),
        ("aa -bb cc", And((a, Not(b), c))),
    ],
)
def test_side_by_side_means_and_in_search_and_is_refused_in_a_topic(text: str, node: Node) -> None:
    assert parse(text, mode="search") == node
    with pytest.raises(QueryError, match="AND"):
        parse(text)


REFUSED = [
    # query, position, what the advice speaks of
    ("", 0, "empty"),
    ("   ", 0, "empty"),
    ("aa and bb", 3, "write AND"),
    ("aa or bb", 3, "write OR"),
    ("aa w/5 bb", 3, "NEAR/5"),
    ("aa NEAR/x bb", 3, "is no operator: write (one) NEAR/5"),
    ("aa near/5 bb", 3, "NEAR/5"),
    ("aa –bb", 3, "dash"),
    ("aa - bb", 3, "touch"),
    ("aa OR bb -cc", 9, "parentheses"),
    ("+aa OR bb", 0, "parentheses"),
    ("NOT aa", 0, "what to find"),
    ("-aa -bb", 0, "what to find"),
    ("aa OR NOT bb", 6, "what to find"),
    ("aa AND NOT (NOT bb)", 7, "negation"),
    ("NOT NOT aa", 4, "NOT"),
    ("aa AND", 6, "follow"),
    ("AND aa", 0, "both sides"),
    ("aa OR OR bb", 6, "both sides"),
    ("(aa", 0, "never closed"),
    ("aa AND (bb OR (cc)", 7, "never closed"),
    ("aa)", 2, "closes nothing"),
    ("()", 1, "before this parenthesis"),
    ('aa OR "bb', 6, "never closed"),
    ("aa OR /bb", 6, "never closed"),
    ("/(/", 0, "cannot be read"),
    ("/a*/", 0, "every word"),
    ("titel:aa", 0, "`title:`"),
    ("headline:aa", 0, "`title:`"),
    ("BREAKING: aa", 0, "quotes"),
    ("http://example.org", 5, "address"),
    ("title:(body:aa)", 0, "one field"),
    ("outlet:(aa NEAR/3 bb)", 0, "NEAR"),
    ('outlet:"aa bb"~2', 0, "whole values"),
    ("[aa TO bb]", 0, "ranges"),
    ("aa~2", 2, "fuzzy"),
    ('"aa bb"~', 7, "whole number"),
    ('"aa bb"~1.5', 7, "whole number"),
    ("aa NEAR/999 bb", 3, "up to"),
    ('"' + "aa " * 21 + '"~5', 0, "at most 20 words"),
    ("aa NEAR bb", 3, "NEAR/5"),
    ("(aa AND bb) NEAR/3 cc", 1, "NEAR joins"),
    ("(aa OR outlet:bb) NEAR/3 cc", 1, "NEAR joins"),
    ("*", 0, "lone"),
    ("a*", 0, "nearly every word"),
    ("??", 0, "nearly every word"),
    ('"* aa"', 0, "between two words"),
    ('"is it war?"', 0, "question mark"),
    ("aa OR &%$", 6, "no word"),
    ('""', 0, ""),
    ("aa\\", 2, "backslash"),
]


@pytest.mark.parametrize(("text", "position", "advice"), REFUSED)
@pytest.mark.parametrize("mode", ["topic", "search"])
def test_what_cannot_be_meant_is_refused_with_place_and_advice(
    text: str, position: int, advice: str, mode: Mode
) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, mode=mode)
    assert caught.value.position == position
    assert advice in str(caught.value)


@given(QUERIES)
def test_a_written_query_is_read_back_the_same(node: Node) -> None:
    assert parse(show(node)) == node
    assert parse(show(node), mode="search") == node


PIECES = [
    "aa",
    "b*",
    " ",
    " ",
    "(",
    ")",
    '"',
    "AND",
    "OR",
    "NOT",
    "NEAR/2",
    "+",
    "-",
    "~2",
    "^2",
    "/",
    "title:",
    "\\",
    "*",
    "?",
]


@given(
    st.one_of(st.text(max_size=40), st.lists(st.sampled_from(PIECES), max_size=15).map("".join)),
    st.sampled_from(["topic", "search"]),
)
@example('"\\', "topic")
@example("\ud800", "topic")
@example("AND^", "topic")
def test_any_text_is_read_or_refused_inside_itself(text: str, mode: Mode) -> None:
    try:
        node = parse(text, mode=mode)
    except QueryError as error:
        position = error.position
    else:
        assert parse(show(node)) == node
        return
    assert position is not None
    assert 0 <= position <= len(text)


ONE_BY_ONE = make_parser(_Builder("topic"), re.sub(r"\n +\| FLAT.*|\nFLAT.*", "", GRAMMAR))


@given(
    st.lists(st.sampled_from([*PIECES, *[f" OR {one}" for one in PIECES]]), min_size=2, max_size=8).map(
        "".join
    )
)
@example("aa OR bb NEAR/2 cc")
@example('"aa bb"~3 OR cc OR dd^2 OR ee')
@example("aa AND bb OR cc OR dd")
@example("aa OR OR")
@example("title:(aa OR bb) OR outlet:cc OR dd")
@example('aa OR "bb OR cc" OR ( dd )')
def test_parts_joined_by_or_are_read_at_once_as_they_would_be_one_by_one(text: str) -> None:
    def reading(read_it: Callable[[], Node]) -> Node | tuple[str, int | None]:
        try:
            return read_it()
        except QueryError as error:
            return str(error), error.position

    assert reading(lambda: parse(text)) == reading(lambda: read(ONE_BY_ONE, text))


@given(
    st.text(
        st.one_of(st.sampled_from(" *a\u00df\u03a3\u0130\ufb01\u0439\u0640\u05d0\u0627"), st.characters()),
        max_size=8,
    ),
    st.booleans(),
)
@example("\u0640\u0640*", False)
def test_plain_words_are_read_as_the_tokenizer_would_cut_them(text: str, quoted: bool) -> None:
    assume(not any(letter in text for letter in _STAND_INS.values()))
    plain = _plain_words(text)
    assert not plain or plain == _cut_words(text, quoted=quoted, at=None)


def test_depth_and_length_are_limited_without_a_crash() -> None:
    deep = MAX_DEPTH
    assert parse("(" * deep + "aa" + ")" * deep) == a
    nested = "aa AND (bb OR " * (deep // 2) + "cc" + ")" * (deep // 2)
    assert parse(show(parse(nested))) == parse(nested)
    with pytest.raises(QueryError, match="deeper"):
        parse("(" * 100_000)
    with pytest.raises(QueryError, match="longer"):
        parse("a" * (MAX_LENGTH + 1))
    many = parse(" OR ".join(f"word{n}" for n in range(5_000)))
    assert isinstance(many, Or)
    assert len(many.parts) == 5_000
