"""Whether one query finds everything that another finds: what lint knows of queries that say a thing twice.

`implies` is sound and not complete: where it says yes, every text that matches `a` matches `b`; where it says no,
nothing is known. It looks at words one by one and never at what a text could be, so it is quick.
"""

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from newsbeam.topics.analysis import CHAR
from newsbeam.topics.folding import value_key
from newsbeam.topics.marks import Leaf, Shelf, units
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term
from newsbeam.topics.query.nodes import VALUE_FIELDS
from newsbeam.topics.query.reading import compiled_regex
from newsbeam.topics.query.words import AnyWord, Exact, Wild, Word
from newsbeam.topics.ways import Way

_INSIDE: dict[str | None, set[str | None]] = {
    None: {None},
    "title": {None, "lead"},
    "lead": {None},
    "summary": {None},
    "body": {None},
}
_PLAIN = re.compile(f"{CHAR}+")
_WILD = re.compile(r"[*?]")
_MANY = 6  # parts of an OR that are worth an index


class _At(NamedTuple):
    """A part of a query, and the field that it is looked for in (anywhere if None)."""

    node: Node
    field: str | None = None

    def below(self, node: Node) -> "_At":
        return _At(node, self.field)


def implies(a: Node, b: Node, way: Way | None = None) -> bool:
    """Tell whether every story that matches `a` matches `b`, both compared in one `way`."""
    return Implications(way or Way()).implies(a, b)


class Implications:
    """The rules, for queries whose words are compared in one way; it remembers what it looked at."""

    def __init__(self, way: Way) -> None:
        self._way = way
        self._stem = None if way.exact_case else way.stem
        self._shelves: dict[tuple[int, str | None], tuple[Or, Shelf[Node]]] = {}
        # By the identity of nodes, since comparing them costs as much as a step; kept nodes keep theirs.
        self._held: dict[tuple[int, str | None, int, str | None], tuple[Node, Node, bool]] = {}

    def implies(self, a: Node, b: Node) -> bool:
        """Tell whether every story that matches `a` matches `b`."""
        return self.holds(_At(a), _At(b))

    def _candidates(self, a: _At, b: Or, field: str | None) -> Sequence[Node]:
        """The parts of an OR that `a` may imply."""
        if len(b.parts) < _MANY:
            return b.parts
        key = (id(b), field)
        if key not in self._shelves:
            self._shelves[key] = (b, Shelf([(part, part) for part in b.parts], field, stem=self._stem))
        return self._shelves[key][1].near(a.node, a.field)

    def holds(self, a: _At, b: _At) -> bool:
        """Return whether every story that matches `a` matches `b`."""
        key = (id(a.node), a.field, id(b.node), b.field)
        if key not in self._held:
            self._held[key] = a.node, b.node, self._decide(a, b)
        return self._held[key][2]

    def _decide(self, a: _At, b: _At) -> bool:
        match a.node:
            case Or(parts):
                return all(self.holds(a.below(part), b) for part in parts)
            case Field(name, part):
                return self.holds(_At(part, name), b)
        match b.node:
            case Field(name, part):
                return self.holds(a, _At(part, name))
            case And(parts):
                return all(self._holds_of_all(a, b.below(part)) for part in parts)
            case Or() if any(self.holds(a, b.below(part)) for part in self._candidates(a, b.node, b.field)):
                return True
        return self._by_a_part(a, b) or (
            not isinstance(b.node, Or) and _within(a.field, b.field) and self._placed(a, b)
        )

    def _holds_of_all(self, a: _At, b: _At) -> bool:
        """Whether `a` implies one part of an And."""
        return self._excludes(a, b.below(b.node.part)) if isinstance(b.node, Not) else self.holds(a, b)

    def _by_a_part(self, a: _At, b: _At) -> bool:
        """Whether something that `a` needs implies `b` by itself."""
        match a.node:
            case And(parts):
                return any(self.holds(a.below(part), b) for part in parts if not isinstance(part, Not))
            case Near(left, right):
                return self.holds(a.below(left), b) or self.holds(a.below(right), b)
            case Phrase() if a.field not in VALUE_FIELDS and isinstance(b.node, Leaf):
                return any(self._covers((word,), b.node) for word in self._loose_words(a.node)) and _within(
                    a.field, b.field
                )
            case _:
                return False

    def _excludes(self, a: _At, b: _At) -> bool:
        """Whether no story that matches `a` matches `b`: because `a` forbids what `b` cannot do without."""
        match a.node:
            case Or(parts):
                return all(self._excludes(a.below(part), b) for part in parts)
            case Field(name, part):
                return self._excludes(_At(part, name), b)
            case And(parts):
                return any(
                    self.holds(b, a.below(part.part))
                    if isinstance(part, Not)
                    else self._excludes(a.below(part), b)
                    for part in parts
                )
            case _:
                return False

    def _placed(self, a: _At, b: _At) -> bool:
        """Whether words, phrases and NEAR of them imply each other, where the field of `b` holds that of `a`."""
        if a.node == b.node:
            return True
        if a.field in VALUE_FIELDS:
            return _value_implies(a.node, b.node)
        if isinstance(a.node, Near) and isinstance(b.node, Near):
            return a.node.distance <= b.node.distance and (
                (self.same_places(a.node.left, b.node.left) and self.same_places(a.node.right, b.node.right))
                or (
                    self.same_places(a.node.left, b.node.right)
                    and self.same_places(a.node.right, b.node.left)
                )
            )
        if isinstance(a.node, Leaf) and isinstance(b.node, Leaf):
            return self._leaf_implies(a.node, b.node)
        return False

    def same_places(self, a: Node, b: Node) -> bool:
        """Tell whether wherever `a` is found `b` is found at the very same words, so that NEAR measures the same."""
        if a == b:
            return True
        if isinstance(a, Or):
            return all(self.same_places(part, b) for part in a.parts)
        if isinstance(b, Or):
            return any(self.same_places(a, part) for part in self._candidates(_At(a), b, None))
        if not isinstance(a, Leaf) or not isinstance(b, Leaf) or _slop(a) or _slop(b):
            return False
        words = self._units(a)
        return words is not None and self._covers(words, b) and len(words) == len(self._units(b) or (b,))

    def _leaf_implies(self, a: Leaf, b: Leaf) -> bool:
        words, others = self._units(a), self._units(b)
        if words is None or self._way.exact_case:  # a regular expression; capitals are not in the units
            return False
        if not _slop(b):
            return not _slop(a) and self._covers(words, b)
        return (
            others is not None
            and _slop(a) <= _slop(b)
            and len(words) == len(others)
            and all(map(self._covers_word, words, others))
        )

    def _covers(self, words: tuple[Word, ...], b: Leaf) -> bool:
        """Whether the words of `b` stand, in order and touching, among these that do."""
        if self._way.exact_case or _slop(b):
            return False
        if isinstance(b, Regex):
            fits = compiled_regex(b.pattern).fullmatch
            return self._way.stem is None and any(
                isinstance(word, Exact) and _PLAIN.fullmatch(word.key) and fits(word.key) for word in words
            )
        wanted = self._units(b) or ()
        starts = range(len(words) - len(wanted) + 1)
        return any(all(map(self._covers_word, words[at : at + len(wanted)], wanted)) for at in starts)

    def _loose_words(self, phrase: Phrase) -> Iterable[Word]:
        """The words of a loose phrase: each of them is in the text, wherever."""
        words = self._units(phrase) if phrase.slop else None
        return [word for word in words or () if not isinstance(word, AnyWord)]

    def _units(self, leaf: Leaf) -> tuple[Word, ...] | None:
        return units(leaf, self._stem)

    def _covers_word(self, word: Word, wanted: Word) -> bool:
        """Whether a place that holds `word` holds what is `wanted`."""
        match word, wanted:
            case _, AnyWord():
                return True
            case Exact(key), Wild(pattern):
                # A stem is found in other words than the one that is written.
                return self._way.stem is None and _PLAIN.fullmatch(key) is not None and _glob(pattern, key)
            case Wild(narrow), Wild(pattern):
                return _glob(pattern, narrow)
            case _:
                return word == wanted


def _within(field: str | None, other: str | None) -> bool:
    """Whether all places of a field are places of the other."""
    return field == other or other in _INSIDE.get(field, set())


def _slop(node: Leaf) -> int:
    return (node.slop or 0) if isinstance(node, Phrase) else 0


@lru_cache(maxsize=65536)
def _glob(pattern: str, narrow: str) -> bool:
    """Whether all words that fit `narrow`, a word or itself a pattern, fit `pattern`."""
    if pattern[-1] == "*" and not _WILD.search(pattern, 0, len(pattern) - 1):
        return narrow.startswith(pattern[:-1])
    parts = ("[^*]" if sign == "?" else ".*" if sign == "*" else re.escape(sign) for sign in pattern)
    return re.fullmatch("".join(parts), narrow, re.DOTALL) is not None


def _value_implies(a: Node, b: Node) -> bool:
    """Whether a value that is `a` is `b` too; escapes and regular expressions only imply themselves."""
    if not isinstance(a, Term | Phrase) or not isinstance(b, Term | Phrase) or "\\" in a.text + b.text:
        return False
    narrow, pattern = value_key(a.text), value_key(b.text)
    return narrow == pattern or (_WILD.search(pattern) is not None and _glob(pattern, narrow))
