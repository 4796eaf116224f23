"""A query's meaning → its plan, in the query's way of comparing words."""

import re
from collections.abc import Callable, Mapping
from fnmatch import translate
from functools import lru_cache

from newsbeam.errors import QueryError
from newsbeam.topics.analysis import is_unspaced
from newsbeam.topics.document import value_key
from newsbeam.topics.folding import fold, fold_keeping_accents, fold_keeping_case
from newsbeam.topics.literals import Ending, Literal, joined
from newsbeam.topics.plans import (
    All,
    AnyLiteral,
    AnyOne,
    Close,
    Either,
    Fitting,
    Literally,
    Loose,
    Placed,
    Plan,
    Signed,
    Value,
    ValueLike,
    Words,
)
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term
from newsbeam.topics.query.nodes import VALUE_FIELDS
from newsbeam.topics.query.reading import compiled_regex
from newsbeam.topics.query.words import AnyWord, Exact, Run, Wild, Word, read_words
from newsbeam.topics.reading import is_continued
from newsbeam.topics.stemming import stems
from newsbeam.topics.views import CASED, PLAIN
from newsbeam.topics.ways import PLAIN as PLAINLY
from newsbeam.topics.ways import STEMMERS, Way

_ESCAPED = {
    "*": "\ue000",
    "?": "\ue001",
}  # private to this module: a sign that stands for itself beside wildcards
_LONGEST_REMEMBERED = 100
_SIGNS_OF_WORDS = re.compile("[*?.!+]")  # wildcards, and signs without which a word is read


def compile_query(node: Node, window: str = "", way: Way = PLAINLY) -> Plan:
    """Return the plan of a query or of any part of one; text is looked for in that field only ("": in all).

    `compile_query(part).find(document)` says whether a part holds in a document (None: no), and
    `document.spans` of what it returns says where.
    """
    return _Compiler(way).plan(node, window)


class _Compiler:
    """Makes plans in one way of comparing words."""

    def __init__(self, way: Way) -> None:
        if way.stem is not None and way.stem not in STEMMERS:
            raise QueryError(
                f"there is no stemmer for the language {way.stem!r}; known: {', '.join(STEMMERS)}"
            )
        self._way = way
        self._exact = CASED if way.exact_case and way.stem is None else PLAIN

    def plan(self, node: Node, window: str) -> Plan:
        match node:
            case Term(text):
                return Words(self._words(text, quoted=False), window)
            case Phrase(text, slop):
                words = self._words(text, quoted=True, apart=bool(slop))
                return Words(words, window) if not slop or len(words) == 1 else Loose(words, slop, window)
            case Regex(pattern):
                return Words((Fitting(self._expression(pattern), None, self._exact),), window)
            case Near(left, right, distance):
                return Close(self.plan(left, window), self.plan(right, window), distance)
            case Field(name, part):
                return _value_plan(name, part) if name in VALUE_FIELDS else self.plan(part, name)
            case Not():
                raise TypeError("a negation stands inside an And; parse() lets no other through")
            case And(parts) | Or(parts):
                return _joined(node, {part: self.plan(_bare(part), window) for part in parts})

    def _expression(self, pattern: str) -> Callable[[str], bool]:
        return remembering(compiled_regex(pattern, exact_case=self._exact == CASED).fullmatch)

    # --- words ---

    def _words(self, text: str, *, quoted: bool, apart: bool = False) -> tuple[Placed, ...]:
        """The words of a term or phrase; `apart` keeps them single, otherwise they are one where they can be."""
        words = self._placed_words(text, quoted=quoted)
        if apart or len(words) == 1:
            return tuple(word for word, _ in words)
        views = {word.view if isinstance(word, Literally) else None for word, _ in words}
        ending = [word.literal.ending for word, _ in words if isinstance(word, Literally)]
        if len(views) > 1 or None in views or Ending.OPEN in ending[:-1]:
            return tuple(word for word, _ in words)
        whole = joined([key for _, key in words], is_open=ending[-1] == Ending.OPEN)
        if whole is None:
            return tuple(word for word, _ in words)
        return (Literally(whole, views.pop() or "", sum(word.width for word, _ in words)),)

    def _placed_words(self, text: str, *, quoted: bool) -> list[tuple[Placed, str]]:
        """Each word of a term or phrase, and the key by which it is looked for."""
        folded = fold_keeping_case if self._exact == CASED else fold
        words = read_words(text, quoted=quoted, folded=folded)
        if self._way.stem is None:
            return [_placed(word, self._exact) for word in words]
        cased = read_words(text, quoted=quoted, folded=fold_keeping_case)
        accented = read_words(text, quoted=quoted, folded=fold_keeping_accents)
        return [self._stemmed(*forms) for forms in zip(words, cased, accented, strict=True)]

    def _stemmed(self, word: Word, cased: Word, accented: Word) -> tuple[Placed, str]:
        if self._way.exact_case and any(char.isupper() for char in _letters(cased)):
            return _placed(cased, CASED)
        if not isinstance(accented, Exact) or accented.plain or is_unspaced(accented.key):
            return _placed(word, PLAIN)
        stem = stems(self._way.stem or "")(accented.key)
        return _placed(Exact(stem), f"stem:{self._way.stem}")


def _letters(word: Word) -> str:
    return word.key if isinstance(word, Exact) else word.pattern if isinstance(word, Wild) else ""


def _placed(word: Word, view: str) -> tuple[Placed, str]:
    match word:
        case Exact(key, plain):
            found = Literal(f" {plain or key} ", Ending.CLOSED)
            if plain:
                return Signed(key, found, view), ""
            if is_unspaced(key):
                found = Literal(key, Ending.RUN)
            return Literally(found, view), key
        case Run(pairs):
            run = word.text
            return Literally(Literal(run, Ending.RUN), view, len(pairs) + 1), run
        case Wild(pattern):
            return _wild(pattern, view)
        case AnyWord():
            return AnyOne(), ""


def _wild(pattern: str, view: str) -> tuple[Placed, str]:
    """A word with wildcards: its beginning if that says all, otherwise its longest part and the whole pattern."""
    first, *rest = _SIGNS_OF_WORDS.split(pattern)
    if pattern == f"{first}*":
        return Literally(Literal(f" {first}", Ending.OPEN), view), first
    if any(is_continued(part, 0) for part in rest):  # it may be the mark of a character without spaces
        return Fitting(fitting(pattern), None, view), ""
    parts = [f" {first}" if first else "", *rest[:-1], f"{rest[-1]} " if rest[-1] else ""] if rest else []
    part = max(parts, key=len, default="")
    return Fitting(fitting(pattern), Literal(part, Ending.PART) if part else None, view), ""


@lru_cache(maxsize=4096)
def fitting(pattern: str) -> Callable[[str], bool]:
    """Return the test for a folded wildcard pattern; it never backtracks over more than one `*`."""
    expression = translate(pattern.replace("[", "[[]"))
    for sign, escaped in _ESCAPED.items():
        expression = expression.replace(escaped, f"\\{sign}")
    return remembering(re.compile(expression).match)


def remembering(test: Callable[[str], object]) -> Callable[[str], bool]:
    """Return a test on words that remembers its answers, but to monsters: news repeats its words."""
    return lambda word: _fits(test, word) if len(word) <= _LONGEST_REMEMBERED else test(word) is not None


@lru_cache(maxsize=1 << 16)
def _fits(test: Callable[[str], object], word: str) -> bool:
    """One memory for all patterns, so that their number does not add to it."""
    return test(word) is not None


# --- joins and values -------------------------------------------------------------------------------------


def _bare(node: Node) -> Node:
    return node.part if isinstance(node, Not) else node


def _joined(node: And | Or, plans: Mapping[Node, Plan]) -> Plan:
    if isinstance(node, Or):
        return _either(list(plans.values()))
    unwanted = tuple(plan for part, plan in plans.items() if isinstance(part, Not))
    return All(tuple(plan for part, plan in plans.items() if not isinstance(part, Not)), unwanted)


def _either(plans: list[Plan]) -> Plan:
    """One plan for all the literals of each view and field, and what else there is."""
    literals: dict[tuple[str, str], list[Literal]] = {}
    others: list[Plan] = []
    for plan in plans:
        if isinstance(plan, Words) and len(plan.words) == 1 and isinstance(word := plan.words[0], Literally):
            literals.setdefault((word.view, plan.window), []).append(word.literal)
        else:
            others.append(plan)
    parts = [AnyLiteral(tuple(found), *place) for place, found in literals.items()]
    return parts[0] if parts and not others and len(parts) == 1 else Either((*parts, *others))


_SIGN = re.compile(r"\\(.)|([*?])", re.DOTALL)


def _value_plan(field: str, node: Node) -> Plan:
    """The plan for a value field: whole values, folded, with wildcards where they are not escaped."""
    match node:
        case And(parts) | Or(parts):
            return _joined(node, {part: _value_plan(field, _bare(part)) for part in parts})
        case Regex(pattern):
            return ValueLike(field, remembering(compiled_regex(pattern).fullmatch))
        case Term(text) | Phrase(text):
            if any(sign for _, sign in _SIGN.findall(text)):
                kept = re.sub(r"\\([*?])", lambda sign: _ESCAPED[sign[1]], text)
                return ValueLike(field, fitting(_unescaped_key(kept)))
            return Value(field, _unescaped_key(text))
        case _:
            raise TypeError(f"{field}: compares whole values; parse() lets nothing else through")


def _unescaped_key(text: str) -> str:
    """A value as it is compared, each escaped sign as itself."""
    return value_key(re.sub(r"\\(.)", r"\1", text))
