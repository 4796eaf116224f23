"""What queries must share to imply each other, so that only few pairs of many are looked at.

`needed(b)` are marks of which `a` must bear one if it implies `b`; `borne(a)` are those that it bears.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Generic, TypeVar

from newsbeam.topics.analysis import is_unspaced
from newsbeam.topics.folding import fold_keeping_accents, value_key
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term
from newsbeam.topics.query.nodes import VALUE_FIELDS
from newsbeam.topics.query.words import AnyWord, Exact, Run, Wild, Word, read_words
from newsbeam.topics.stemming import stems

Leaf = Term | Phrase | Regex
T = TypeVar("T")
_PREFIX = 2


def units(leaf: Leaf, stem: str | None = None) -> tuple[Word, ...] | None:
    """Return what must stand word by word, one place each; None for a regular expression.

    A string without spaces is its pairs of characters and, for the last character, a place. With `stem`, the
    language of a stemmer, a word is its stem.
    """
    return None if isinstance(leaf, Regex) else _read_units(leaf.text, isinstance(leaf, Phrase), stem)


@lru_cache(maxsize=65536)
def _read_units(text: str, quoted: bool, stem: str | None) -> tuple[Word, ...]:
    words = read_words(text, quoted=quoted)
    if stem is not None:
        accented = read_words(text, quoted=quoted, folded=fold_keeping_accents)
        words = tuple(_stemmed(*forms, stem) for forms in zip(words, accented, strict=True))
    found: list[Word] = []
    for word in words:
        found += [*map(Exact, word.pairs), AnyWord()] if isinstance(word, Run) else [word]
    return tuple(found)


def _stemmed(word: Word, accented: Word, stem: str) -> Word:
    if not isinstance(accented, Exact) or accented.plain or is_unspaced(accented.key):
        return word
    return Exact(stems(stem)(accented.key))


def borne(node: Node, field: str | None = None, stem: str | None = None) -> set[str]:
    """Return the marks of all words and values that a match of `node` may rest on."""
    match node:
        case And(parts) | Or(parts):
            return set().union(*(borne(part, field, stem) for part in parts))
        case Near(left, right):
            return borne(left, field, stem) | borne(right, field, stem)
        case Field(name, part):
            return borne(part, name, stem)
        case Not() | Regex():
            return set()
        case Term() | Phrase():
            if field in VALUE_FIELDS:
                return {_value_mark(field, node)}
            return {mark for word in units(node, stem) or () for mark in _marks(word)}


def needed(node: Node, field: str | None = None, stem: str | None = None) -> set[str] | None:
    """Return marks of which one must be borne by what implies `node`; None if that cannot be said."""
    match node:
        case Or(parts):
            found = [needed(part, field, stem) for part in parts]
            return None if None in found else set().union(*filter(None, found))
        case And(parts):
            return _fewest(needed(part, field, stem) for part in parts if not isinstance(part, Not))
        case Near(left, right):
            return _fewest((needed(left, field, stem), needed(right, field, stem)))
        case Field(name, part):
            return needed(part, name, stem)
        case _:
            return _leaf_needs(node, field, stem)


def _leaf_needs(leaf: Node, field: str | None, stem: str | None) -> set[str] | None:
    if not isinstance(leaf, Term | Phrase):
        return None
    if field in VALUE_FIELDS:
        return None if set(leaf.text) & set("*?") else {_value_mark(field, leaf)}
    return _fewest(_need(word) for word in units(leaf, stem) or ())


def _marks(word: Word) -> Iterator[str]:
    if isinstance(word, Exact):
        yield f"={word.key}"
        yield f"^{word.key[:_PREFIX]}"
    elif isinstance(word, Wild) and _opens(word):
        yield f"^{word.pattern[:_PREFIX]}"


def _need(word: Word) -> set[str] | None:
    if isinstance(word, Exact):
        return {f"={word.key}"}
    return {f"^{word.pattern[:_PREFIX]}"} if isinstance(word, Wild) and _opens(word) else None


def _opens(word: Wild) -> bool:
    """Whether it begins with letters enough to be looked up by."""
    return len(word.pattern) >= _PREFIX and not set(word.pattern[:_PREFIX]) & set("*?")


def _value_mark(field: str | None, leaf: Term | Phrase) -> str:
    return f"{field}:{value_key(leaf.text)}"


def _fewest(found: Iterable[set[str] | None]) -> set[str] | None:
    return min((marks for marks in found if marks is not None), key=len, default=None)


class Shelf(Generic[T]):
    """Queries by the marks that they need: `near` finds those that something may imply."""

    def __init__(
        self, queries: Sequence[tuple[T, Node]], field: str | None = None, *, stem: str | None = None
    ) -> None:
        self._stem = stem
        self._by_mark: dict[str, dict[int, T]] = {}
        self._any: dict[int, T] = {}
        for number, (name, node) in enumerate(queries):
            marks = needed(node, field, stem)
            if marks is None:
                self._any[number] = name
            for mark in marks or ():
                self._by_mark.setdefault(mark, {})[number] = name

    def near(self, node: Node, field: str | None = None) -> list[T]:
        """Return the queries that `node` may imply, each once."""
        first = node.parts[0] if isinstance(node, Or) else node  # all parts must imply it, so the first must
        found: dict[int, T] = {}
        for mark in borne(first, field, self._stem):
            found.update(self._by_mark.get(mark, {}))
        found.update(self._any)
        return list(found.values())
