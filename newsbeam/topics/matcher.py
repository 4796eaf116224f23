"""Many queries over one document. The interface is kept when a faster engine takes over."""

import re
from collections.abc import Iterable, Mapping

from newsbeam.story import Span
from newsbeam.topics.document import WINDOWS, Document, Hit, Windows, value_key
from newsbeam.topics.plans import (
    All,
    Close,
    Either,
    Loose,
    Matching,
    Plan,
    Value,
    ValueLike,
    Words,
    fitting,
    remembering,
)
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term
from newsbeam.topics.query.nodes import VALUE_FIELDS
from newsbeam.topics.query.reading import compiled_regex
from newsbeam.topics.query.words import read_words


class Matcher:
    """Compiled queries by name; `match` finds all that hold for a document."""

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._plans = dict(plans)
        self._order = {name: number for number, name in enumerate(self._plans)}
        self._by_word: dict[str, list[str]] = {}
        self._by_prefix: dict[str, list[str]] = {}
        self._by_value: dict[tuple[str, str], list[str]] = {}
        self._always: list[str] = []
        for name, plan in self._plans.items():
            self._register(name, plan)

    def _register(self, name: str, plan: Plan) -> None:
        need = plan.need()
        if need is None:
            self._always.append(name)
            return
        for word in need.words:
            self._by_word.setdefault(word, []).append(name)
        for prefix in need.prefixes:
            self._by_prefix.setdefault(prefix, []).append(name)
        for value in need.values:
            self._by_value.setdefault(value, []).append(name)

    def _candidates(self, document: Document) -> Iterable[str]:
        names = set(self._always)
        for word in document.places.keys() & self._by_word.keys():
            names.update(self._by_word[word])
        for prefix, waiting in self._by_prefix.items():
            if not names.issuperset(waiting) and document.with_prefix(prefix):
                names.update(waiting)
        for (field, value), waiting in self._by_value.items():
            if value in document.values.get(field, ()):
                names.update(waiting)
        return sorted(names, key=self._order.__getitem__)

    def find(self, document: Document) -> dict[str, list[Hit]]:
        """Return the hits of every query that holds, by name, in the order in which they were given."""
        found = {name: self._plans[name].find(document) for name in self._candidates(document)}
        return {name: hits for name, hits in found.items() if hits is not None}

    def match(self, document: Document) -> dict[str, tuple[Span, ...]]:
        """Return the evidence for every query that holds: spans in the text, none for `outlet:` and such."""
        return {name: document.spans(hits) for name, hits in self.find(document).items()}


def compile_queries(queries: Mapping[str, Node]) -> Matcher:
    """Make named queries ready to run."""
    return Matcher({name: compile_query(node) for name, node in queries.items()})


def compile_query(node: Node, windows: Windows = ()) -> Plan:
    """Return the plan of one query; text is looked for in `windows` only (anywhere if none)."""
    match node:
        case Term(text):
            return Words(read_words(text, quoted=False), windows)
        case Phrase(text, slop):
            words = read_words(text, quoted=True)
            return Words(words, windows) if not slop or len(words) == 1 else Loose(words, slop, windows)
        case Regex(pattern):
            return Matching(remembering(compiled_regex(pattern).fullmatch), windows)
        case Near(left, right, distance):
            return Close(compile_query(left, windows), compile_query(right, windows), distance)
        case Field(name, part):
            return _value_plan(name, part) if name in VALUE_FIELDS else compile_query(part, WINDOWS[name])
        case Not():
            raise TypeError("a negation stands inside an And; parse() lets no other through")
        case And(parts) | Or(parts):
            return _joined(node, {part: compile_query(_bare(part), windows) for part in parts})


def _bare(node: Node) -> Node:
    return node.part if isinstance(node, Not) else node


def _joined(node: And | Or, plans: Mapping[Node, Plan]) -> Plan:
    if isinstance(node, Or):
        return Either(tuple(plans.values()))
    unwanted = tuple(plan for part, plan in plans.items() if isinstance(part, Not))
    return All(tuple(plan for part, plan in plans.items() if not isinstance(part, Not)), unwanted)


_SIGN = re.compile(r"\\(.)|([*?])", re.DOTALL)


def _value_plan(field: str, node: Node) -> Plan:
    """The plan for a value field: whole values, folded, with wildcards where they are not escaped."""
    match node:
        case And(parts) | Or(parts):
            return _joined(node, {part: _value_plan(field, _bare(part)) for part in parts})
        case Regex(pattern):
            return ValueLike(field, remembering(compiled_regex(pattern).fullmatch))
        case Term(text) | Phrase(text):
            plain = value_key(re.sub(r"\\(.)", r"\1", text))
            if any(sign for _, sign in _SIGN.findall(text)):
                return ValueLike(field, fitting(plain))
            return Value(field, plain)
        case _:
            raise TypeError(f"{field}: compares whole values; parse() lets nothing else through")
