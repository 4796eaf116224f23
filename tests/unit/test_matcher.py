"""The matcher finds what a plain reading of the query finds, and shows where."""

import re
import unicodedata
from fnmatch import fnmatchcase
from itertools import pairwise, product

import pytest
import re2
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbeam.errors import QueryError
from newsbeam.story import Span
from newsbeam.topics.analysis import fold, tokenize
from newsbeam.topics.compiling import _fits
from newsbeam.topics.document import LEAD_WORDS, MAX_SPANS, Document
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term, parse
from newsbeam.topics.query.words import AnyWord, Exact, Run, Wild, Word, read_words
from tests.unit.queries import LEAVES, LETTERS, NEARS, QUERIES, TERMS


def seen(
    query: str, title: str = "", summary: str = "", body: str = "", **values: list[str]
) -> list[str] | None:
    """The matched texts, None when the query does not match."""
    found = compile_queries({"q": parse(query)}).match(Document(title, summary, body, values))
    return [span.text for span in found["q"]] if found else None


MATCHES = [
    # query, title, matched texts (None: no match)
    ("peace", "Peace!", ["Peace"]),
    ("peace", "peaceful", None),
    ("peace*", "a peaceful Peace", ["peaceful", "Peace"]),
    ("*keeping", "Peacekeeping and keeping", ["Peacekeeping", "keeping"]),
    ("stabili?ation", "stabilisation, stabilization, stabiliation", ["stabilisation", "stabilization"]),
    ("wom*n", "women, a woman, womn", ["women", "woman", "womn"]),
    ("peace-keeping", "peace keeping; peace-keeping", ["peace keeping", "peace-keeping"]),
    ("co-op*", "the co-operative", ["co-operative"]),
    ("NATO", "NATO's plan", ["NATO's"]),
    ("NATO's", "the NATO plan", ["NATO"]),
    ("OTAN", "l’OTAN", ["OTAN"]),
    ("UN", "the U.N. envoy", ["U.N"]),
    ("U.N.", "the UN envoy", None),
    ("C++", "C++ or C", ["C++"]),
    ("Yahoo", "Yahoo!", ["Yahoo!"]),
    ("Yahoo!", "Yahoo", None),
    ("elysee", "Ély\u00adsée", ["Ély\u00adsée"]),
    # phrases
    (
        '"blue helmets"',
        "Blue\u00a0Helmets, blue\n helmets; helmets blue",
        ["Blue\u00a0Helmets", "blue\n helmets"],
    ),
    ('"blue helmets"', "blue steel helmets", None),
    ('"blue helm*"', "blue helmet", ["blue helmet"]),
    ('"war * peace"', "war and peace, war peace", ["war and peace"]),
    ('"ha ha"', "ha ha ha", ["ha ha ha"]),
    # proximity, as Lucene counts it
    ('"aa bb"~1', "aa x bb", ["aa", "bb"]),
    ('"aa bb"~1', "aa x x bb", None),
    ('"aa bb"~2', "bb aa", ["bb", "aa"]),
    ('"aa bb"~1', "bb aa", None),
    ('"aa bb"~3', "bb x aa", ["bb", "aa"]),
    ('"aa aa"~3', "aa", None),
    ('"aa aa"~3', "aa x aa", ["aa", "aa"]),
    ('"ab* abc"~2', "abc x", None),
    # NEAR: at most so many words between, in either order, never overlapping
    ("aa NEAR/2 bb", "aa x y bb", ["aa", "bb"]),
    ("aa NEAR/2 bb", "bb x y aa", ["bb", "aa"]),
    ("aa NEAR/2 bb", "aa x y z bb", None),
    ("aa NEAR/0 bb", "bb aa", ["bb", "aa"]),
    ("aa NEAR/0 bb", "aa bb", ["aa", "bb"]),
    ('aa NEAR/0 "bb cc"', "bb cc aa", ["bb cc", "aa"]),
    ('"aa bb" NEAR/1 bb', "aa bb", None),
    ('"aa bb" NEAR/1 bb', "aa bb x bb", ["aa bb", "bb"]),
    ("(aa OR cc) NEAR/1 (bb OR dd)", "cc dd x x x aa x bb", ["cc", "dd", "aa", "bb"]),
    ("aa NEAR/1 bb NEAR/1 cc", "aa x bb x cc", ["aa", "bb", "cc"]),
    ("aa NEAR/1 bb NEAR/1 cc", "aa bb x x cc", None),
    ("(aa NEAR/3 bb) NEAR/0 cc", "cc aa aa bb", ["cc", "aa", "bb"]),
    ('"aa bb cc"~2 NEAR/0 aa', "aa aa cc bb", ["aa", "aa", "cc", "bb"]),
    # booleans
    ("aa AND NOT bb", "aa", ["aa"]),
    ("aa AND NOT bb", "aa bb", None),
    ("aa OR bb AND cc", "aa", ["aa"]),
    ("(aa OR bb) AND cc", "aa", None),
    ("aa OR bb", "bb aa", ["bb", "aa"]),
    # regular expressions, on one whole folded word
    ("/colou?r/", "Color colours", ["Color"]),
    ("/É.*/", "été", None),
    ("/e.e/", "été", ["été"]),
    ("/[A-C]+/", "abc", ["abc"]),
    # scripts without spaces
    ("停戦", "両国が停戦に合意", ["停戦"]),
    ("停戦合意", "停戦に合意", None),
    ("国連軍隊", "国連、連軍、軍隊", None),
    ("停", "停戦", ["停"]),
    ("停戦*", "停戦協定", ["停戦"]),
    ('"国連 停戦"', "国連、停戦", ["国連、停戦"]),
    ("ガザ", "ｶﾞｻﾞで", ["ｶﾞｻﾞ"]),
    ("สันติภาพ", "การเจรจาสันติภาพ", ["สันติภาพ"]),
    # overlaps are merged
    ('"security council" OR "un security"', "UN Security Council", ["UN Security Council"]),
]


@pytest.mark.parametrize(("query", "title", "texts"), MATCHES)
def test_a_query_finds_what_the_page_says(query: str, title: str, texts: list[str] | None) -> None:
    assert seen(query, title) == texts
    assert seen(query, "", "", title) == texts


def test_a_term_searches_title_summary_and_body_and_a_phrase_never_crosses_them() -> None:
    assert seen("aa", "aa", "x aa", "aa aa") == ["aa"] * 4
    assert seen('"aa bb"', "aa", "bb") is None
    assert seen('"aa bb"~9', "aa", "bb") is None
    assert seen("aa NEAR/50 bb", "aa", "bb", "aa") is None
    assert seen("aa AND bb", "aa", "bb") == ["aa", "bb"]


def test_a_text_field_is_searched_alone() -> None:
    assert seen("title:aa", "bb", "aa", "aa") is None
    assert seen("title:(aa AND NOT bb)", "aa", "bb") == ["aa"]
    assert seen("summary:aa OR body:bb", "aa", "aa bb", "aa bb") == ["aa", "bb"]


def test_the_lead_is_the_title_and_the_first_hundred_words() -> None:
    filling = "x " * (LEAD_WORDS - 1)
    assert seen("lead:aa", "aa") == ["aa"]
    assert seen("lead:aa", "", "", filling + "aa") == ["aa"]
    assert seen("lead:aa", "", "", filling + "x aa") is None
    assert seen('lead:"aa bb"', "", filling + "aa bb") is None


def test_a_value_field_compares_whole_values_folded() -> None:
    assert seen("outlet:bbc AND aa", "aa", outlet=["BBC", "bbc.co.uk"]) == ["aa"]
    assert seen("outlet:bbc", "", outlet=["BBC News"]) is None
    assert seen("outlet:bbc*", "", outlet=["BBC News"]) == []
    assert seen('entity:"jose  perez"', "", entity=["José Pérez"]) == []
    assert seen("lang:(fr OR de) AND NOT outlet:(aa OR bb)", "", lang=["de"], outlet=["cc"]) == []
    assert seen("topic:/trade-.*/", "", topic=["trade-war"]) == []
    assert seen('outlet:"the [ti*"', "", outlet=["The [Times]"]) == []
    assert seen(r'outlet:"a\*b co*"', "", outlet=["A*B Corp"]) == []
    assert seen(r'outlet:"a\*b co*"', "", outlet=["Axxb Corp"]) is None
    assert seen(r"feed:a\*b", "", feed=["a*b"]) == []
    assert seen("outlet:bbc", "bbc") is None


def test_evidence_is_limited() -> None:
    texts = seen("aa", "aa x " * (MAX_SPANS * 3))
    assert texts == ["aa"] * MAX_SPANS


def test_all_queries_that_hold_are_found_in_the_order_in_which_they_were_given() -> None:
    queries = {"z": "bb", "b": "/a./", "y": "title:aa", "n": "aa AND cc", "a": "bb* OR outlet:x"}
    matcher = compile_queries({name: parse(text) for name, text in queries.items()})
    assert list(matcher.match(Document("aa bb", values={"outlet": ["x"]}))) == ["z", "b", "y", "a"]


def test_a_text_made_of_the_querys_words_alone_is_read_to_its_end() -> None:
    document = Document("", "", "aa bb " * 40_000 + "cc", {"lang": ["en"]})
    queries = {
        "near": "aa NEAR/100 bb",
        "loose": '"aa bb aa"~100',
        "end": "cc",
        "both": "(aa NEAR/9 bb) AND cc",
    }
    matcher = compile_queries({name: parse(text) for name, text in queries.items()})
    assert matcher.match(document).keys() == queries.keys()


def test_in_a_search_words_side_by_side_mean_and() -> None:
    matcher = compile_queries({"found": parse("blue helmets outlet:bbc", mode="search")})
    assert not matcher.match(Document("Blue helmets"))
    found = matcher.match(Document("Helmets, blue", values={"outlet": ["bbc"]}))
    assert found == {"found": (Span("title", 0, 7, "Helmets"), Span("title", 9, 13, "blue"))}
    with pytest.raises(QueryError, match="side by side"):
        parse("blue helmets", mode="topic")


def test_what_expressions_say_of_words_is_remembered_once_for_all_matchers() -> None:
    words = " ".join(f"word{n}x" for n in range(500))
    before = _fits.cache_info().currsize
    for _ in range(3):
        assert compile_queries({"q": parse("/wor.[0-9]{4}x/")}).match(Document(words)) == {}
    assert _fits.cache_info().currsize <= before + 501


def test_a_hostile_expression_takes_linear_time() -> None:
    assert seen("/(a+)+b/", "a" * 5_000) is None
    assert seen("aa*a*a*a*a*a*a*a*a*b", "a" * 5_000) is None


# --- against a plain reading ------------------------------------------------------------------------------

Interval = tuple[int, int, int]  # field, first and last + 1 word
TEXTS = st.lists(
    st.sampled_from([*LETTERS, "ax", "bx", "e\u0301x", "AX", "x", "停", "-", "。"]), max_size=9
).map(" ".join)
DOCUMENTS = st.tuples(TEXTS, TEXTS, TEXTS)


class Plainly:
    """A reference that tries everything, one word after the other, with no index and no shortcut."""

    def __init__(self, texts: tuple[str, str, str], outlet: str) -> None:
        self.texts = texts
        self.fields = [tokenize(text) for text in texts]
        self.outlet = outlet

    def holds(self, node: Node, field: str | None = None) -> bool:
        match node:
            case And(parts):
                return all(self.holds(part, field) for part in parts)
            case Or(parts):
                return any(self.holds(part, field) for part in parts)
            case Not(part):
                return not self.holds(part, field)
            case Field(name, part):
                return self.is_outlet(part) if name == "outlet" else self.holds(part, name)
            case _:
                return bool(self.hits(node, field))

    def evidence(self, node: Node, field: str | None = None) -> set[Interval]:
        match node:
            case And(parts) | Or(parts):
                return {
                    hit for part in parts if self.holds(part, field) for hit in self.evidence(part, field)
                }
            case Not():
                return set()
            case Field(name, part):
                return set() if name == "outlet" else self.evidence(part, name)
            case _:
                return {part for hit in self.hits(node, field) for part in hit}

    def is_outlet(self, node: Node) -> bool:
        if isinstance(node, Regex):
            return re2.fullmatch(node.pattern, fold(self.outlet)) is not None
        assert isinstance(node, Term | Phrase)
        return fnmatchcase(fold(self.outlet), fold(node.text))

    def hits(self, node: Node, field: str | None) -> set[tuple[Interval, ...]]:
        match node:
            case Term(text):
                return self.runs(read_words(text, quoted=False), field)
            case Phrase(text, slop):
                words = read_words(text, quoted=True)
                return self.loose(words, slop, field) if slop and len(words) > 1 else self.runs(words, field)
            case Regex(pattern):
                every = ((f, p) for f, tokens in enumerate(self.fields) for p in range(len(tokens)))
                found = [
                    (f, p) for f, p in every if any(re2.fullmatch(pattern, k) for k in self.fields[f][p].keys)
                ]
                return {((f, p, p + 1),) for f, p in found if self.inside((f, p, p + 1), field)}
            case Or(parts):
                return {hit for part in parts for hit in self.hits(part, field)}
            case Near(left, right, distance):
                pairs = product(self.hits(left, field), self.hits(right, field))
                return {tuple(sorted((*x, *y))) for x, y in pairs if 0 <= gap(x, y) <= distance}
        raise AssertionError(node)

    def fits(self, word: Word, f: int, p: int) -> bool:
        tokens = self.fields[f]
        if not 0 <= p <= len(tokens) - word.width:
            return False
        match word:
            case Exact(key):
                return key in tokens[p].keys
            case Run(pairs):
                return all(pair in tokens[p + n].keys for n, pair in enumerate(pairs))
            case Wild(pattern):
                return any(fnmatchcase(key, pattern) for key in tokens[p].keys)
            case AnyWord():
                return True

    def inside(self, interval: Interval, field: str | None) -> bool:
        f, _, end = interval
        if field == "lead":
            return f == 0 or end <= LEAD_WORDS
        return field is None or field == ("title", "summary", "body")[f]

    def runs(self, words: tuple[Word, ...], field: str | None) -> set[tuple[Interval, ...]]:
        found = set()
        for f, tokens in enumerate(self.fields):
            for start in range(len(tokens)):
                at = start
                for word in words:
                    if not self.fits(word, f, at):
                        break
                    at += word.width
                else:
                    found.add(((f, start, at),))
        return {hit for hit in found if self.inside(hit[0], field)}

    def loose(self, words: tuple[Word, ...], slop: int, field: str | None) -> set[tuple[Interval, ...]]:
        offsets = [sum(word.width for word in words[:n]) for n in range(len(words))]
        real = [
            (word, offset)
            for word, offset in zip(words, offsets, strict=True)
            if not isinstance(word, AnyWord)
        ]
        found = set()
        for f, tokens in enumerate(self.fields):
            rows = [[p for p in range(len(tokens)) if self.fits(word, f, p)] for word, _ in real]
            for places in product(*rows):
                shifts = [place - offset for place, (_, offset) in zip(places, real, strict=True)]
                parts = {(f, p, p + word.width) for p, (word, _) in zip(places, real, strict=True)}
                if len(parts) == len(real) and max(shifts) - min(shifts) <= slop:
                    found.add(tuple(sorted(parts)))
        return {hit for hit in found if all(self.inside(part, field) for part in hit)}

    def texts_of(self, intervals: set[Interval]) -> list[tuple[int, int, int]]:
        """Merged code-point spans (field, start, end), as evidence shows them."""
        merged: list[Interval] = []
        for interval in sorted(intervals):
            if merged and merged[-1][0] == interval[0] and interval[1] < merged[-1][2]:
                f, start, end = merged[-1]
                merged[-1] = (f, start, max(end, interval[2]))
            else:
                merged.append(interval)
        return [(f, self.fields[f][a].start, self.fields[f][b - 1].end) for f, a, b in merged]


def gap(one: tuple[Interval, ...], other: tuple[Interval, ...]) -> int:
    """Words between two hits; negative when they overlap or lie in different fields."""
    if one[0][0] != other[0][0]:
        return -1
    return max(other[0][1] - max(end for _, _, end in one), one[0][1] - max(end for _, _, end in other))


@settings(max_examples=300)
@given(st.one_of(LEAVES, NEARS, QUERIES), DOCUMENTS, st.sampled_from(["ax", "axby", "cc"]))
def test_the_matcher_agrees_with_a_plain_reading(
    node: Node, texts: tuple[str, str, str], outlet: str
) -> None:
    plainly = Plainly(texts, outlet)
    document = Document(*texts, values={"outlet": [outlet]})
    found = compile_queries({"other": Term("nowhere"), "q": node}).match(document)
    assert ("q" in found) == plainly.holds(node)
    shown = [(("title", "summary", "body").index(s.field), s.start, s.end) for s in found.get("q", ())]
    if "q" in found and "~" not in repr_slops(node):
        assert shown == plainly.texts_of(plainly.evidence(node))
    for span in found.get("q", ()):
        assert texts[("title", "summary", "body").index(span.field)][span.start : span.end] == span.text


def repr_slops(node: Node) -> str:
    """`~` when a loose phrase is part of the query: which of its many findings are shown is not promised."""
    return "~" if re.search(r"slop=[1-9]", repr(node)) else ""


@given(st.lists(QUERIES, max_size=6), DOCUMENTS)
def test_queries_do_not_disturb_each_other(nodes: list[Node], texts: tuple[str, str, str]) -> None:
    named = {str(n): node for n, node in enumerate(nodes)}
    together = compile_queries(named).match(Document(*texts))
    alone = {
        name: spans
        for name, node in named.items()
        for spans in compile_queries({name: node}).match(Document(*texts)).values()
    }
    assert together == alone


@given(TERMS, DOCUMENTS)
def test_the_form_of_the_text_does_not_matter(node: Node, texts: tuple[str, str, str]) -> None:
    matcher = compile_queries({"q": node})
    one, other = (
        matcher.match(Document(*(unicodedata.normalize(form, text).replace(" ", space) for text in texts)))
        for form, space in (("NFC", " "), ("NFD", "\u00a0\n"))
    )
    words = [[(span.field, fold(span.text).split()) for span in found.get("q", ())] for found in (one, other)]
    assert words[0] == words[1]
    assert all(a.end <= b.start for a, b in pairwise(one.get("q", ())) if a.field == b.field)
