"""Why a query did or did not match: every part by itself, with what it found or what was missing.

Each part is asked as a query of its own, by the engine that tags stories, so that an explanation is never of
another reading than the one that counts.
"""

import re
from collections.abc import Iterable, Iterator
from itertools import product
from typing import Literal

import msgspec

from newsbeam.errors import QueryError
from newsbeam.story import Span
from newsbeam.topics.analysis import tokenize
from newsbeam.topics.document import FIELDS, Document
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term, show
from newsbeam.topics.query.nodes import VALUE_FIELDS
from newsbeam.topics.query.words import read_words
from newsbeam.topics.ways import Way

Kind = Literal["and", "or", "not", "near", "field", "value", "phrase", "word", "regex"]
CONTEXT = 30  # code points on each side
_BETWEEN = re.compile(r"[\s\-/]+")


class Place(msgspec.Struct, frozen=True):
    """Where something was found, with the text around it."""

    span: Span
    before: str
    after: str


class Part(msgspec.Struct, frozen=True):
    """A part of a query: whether it holds, why not, where it was found, and the parts that it is made of.

    A `not` holds where its one part does not. `nearly`: it does not hold, but something of it was found.
    """

    query: str
    kind: Kind
    holds: bool
    why: str | None = None
    places: tuple[Place, ...] = ()
    parts: tuple["Part", ...] = ()
    nearly: bool = False


def explain(node: Node, document: Document, way: Way | None = None) -> Part:
    """Return the query's parts as they hold or not in a document, read in one `way`."""
    return _Explanation(document, way or Way()).part(node, None)


class _Explanation:
    def __init__(self, document: Document, way: Way) -> None:
        self._document = document
        self._way = way

    def part(self, node: Node, field: str | None) -> Part:
        match node:
            case And(parts):
                return self._all(node, tuple(self.part(one, field) for one in parts), field)
            case Or(parts):
                return self._any(node, tuple(self.part(one, field) for one in parts), field)
            case Not(below):
                return self._not(node, self.part(below, field), field)
            case Near():
                return self._near(node, field)
            case Field(name, below):
                return self._field(node, name, below)
            case Term() | Phrase() | Regex():
                return self._leaf(node, field)

    def _all(self, node: Node, parts: tuple[Part, ...], field: str | None) -> Part:
        missing = [one.query for one in parts if not one.holds and one.kind != "not"]
        forbidding = [one.parts[0].query for one in parts if not one.holds and one.kind == "not"]
        said = [f"{_listed(missing)} missing"] if missing else []
        said += [f"{_listed(forbidding)} forbids it"] if forbidding else []
        why = "; ".join(said) or None
        return Part(
            _shown(node, field), "and", not said, why, parts=parts, nearly=bool(said) and _some(parts)
        )

    def _any(self, node: Node, parts: tuple[Part, ...], field: str | None) -> Part:
        holds = any(one.holds for one in parts)
        return Part(
            _shown(node, field),
            "or",
            holds,
            None if holds else f"none of its {len(parts)} parts",
            parts=parts,
        )

    def _not(self, node: Not, below: Part, field: str | None) -> Part:
        why = f"{below.query} is there" if below.holds else None
        return Part(_shown(node, field), "not", not below.holds, why, parts=(below,))

    def _field(self, node: Field, name: str, below: Node) -> Part:
        if isinstance(below, Term | Phrase | Regex):
            return self._leaf(below, name)
        inside = self.part(below, name)
        return Part(show(node), "field", inside.holds, inside.why, parts=(inside,), nearly=inside.nearly)

    def _near(self, node: Near, field: str | None) -> Part:
        left, right = self.part(node.left, field), self.part(node.right, field)
        spans = self._spans(_in(node, field))
        why = None
        if spans is None:
            missing = [side.query for side in (left, right) if not side.holds]
            why = f"{_listed(missing)} missing" if missing else self._distance(node, field)
        return Part(
            _shown(node, field),
            "near",
            spans is not None,
            why,
            self._places(spans or ()),
            parts=(left, right),
        )

    def _distance(self, node: Near, field: str | None) -> str:
        """How near the two sides came, in words; both were found."""
        sides = [self._spans(_in(side, field)) or () for side in (node.left, node.right)]
        apart = [
            self._words_between(one, other)
            for one, other in product(*sides)
            if one.field == other.field and (one.end <= other.start or other.end <= one.start)
        ]
        if not apart:
            return "found only in different fields, or at the same words"
        nearest = min(apart)
        return f"{nearest} word{'s' if nearest != 1 else ''} between, at most {node.distance}"

    def _words_between(self, one: Span, other: Span) -> int:
        first, last = sorted((one, other), key=lambda span: span.start)
        return len(tokenize(self._text(one.field)[first.end : last.start]))

    def _leaf(self, leaf: Term | Phrase | Regex, field: str | None) -> Part:
        spans = self._spans(_in(leaf, field))
        holds = spans is not None
        if field in VALUE_FIELDS:
            return Part(_shown(leaf, field), "value", holds, None if holds else self._values(field))
        kind: Kind = "regex" if isinstance(leaf, Regex) else "phrase" if isinstance(leaf, Phrase) else "word"
        why, nearly = (None, False) if holds else self._absent(leaf, field)
        return Part(_shown(leaf, field), kind, holds, why, self._places(spans or ()), nearly=nearly)

    def _values(self, field: str | None) -> str:
        values = list(self._document.values.get(field or "", ()))
        return f"it is {_listed(values)}" if values else "nothing is known of it"

    def _absent(self, leaf: Term | Phrase | Regex, field: str | None) -> tuple[str, bool]:
        """Which words of a phrase are absent, or that they are there otherwise; and whether any is there."""
        where = f"not in the {field}" if field is not None else "not in the text"
        words = [] if isinstance(leaf, Regex) else list(_single_words(leaf.text))
        if len(words) < 2:
            return where, False
        absent = [word for word in words if self._spans(_in(Term(word), field)) is None]
        if absent:
            return f"{_listed(absent)} {where}", len(absent) < len(words)
        if isinstance(leaf, Phrase) and leaf.slop:
            return f"its words are there, further apart than ~{leaf.slop} allows", True
        return "its words are there, but not one right after the other", True

    def _spans(self, node: Node) -> tuple[Span, ...] | None:
        return compile_queries({"part": node}, {"part": self._way}).match(self._document).get("part")

    def _places(self, spans: tuple[Span, ...]) -> tuple[Place, ...]:
        return tuple(self._place(span) for span in spans)

    def _place(self, span: Span) -> Place:
        text = self._text(span.field)
        return Place(
            span, text[max(0, span.start - CONTEXT) : span.start], text[span.end : span.end + CONTEXT]
        )

    def _text(self, field: str) -> str:
        return self._document.texts[FIELDS.index(field)]


def _some(parts: Iterable[Part]) -> bool:
    """Whether anything of what is wanted was found."""
    return any(one.holds or one.nearly for one in parts if one.kind != "not")


def _in(node: Node, field: str | None) -> Node:
    return node if field is None else Field(field, node)


def _shown(node: Node, field: str | None) -> str:
    return show(_in(node, field))


def _single_words(text: str) -> Iterator[str]:
    """The words of a phrase that can be asked for by themselves."""
    for word in _BETWEEN.split(text):
        try:
            read_words(word, quoted=False)
        except QueryError:
            continue
        yield word


def _listed(names: list[str], most: int = 5) -> str:
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(f"`{name}`" for name in names[:most]) + more
