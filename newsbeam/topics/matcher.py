"""Many queries over one document: one pass of an automaton finds which of them have a chance."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from ahocorasick_rs import AhoCorasick, Implementation

from newsbeam.story import Span
from newsbeam.topics.compiling import compile_query
from newsbeam.topics.document import Document, Hit
from newsbeam.topics.literals import Ending, Literal, expected, trigger
from newsbeam.topics.plans import AnyLiteral, Either, Literally, Need, Plan, Words, breadth
from newsbeam.topics.query import Node
from newsbeam.topics.reading import Interval
from newsbeam.topics.views import PLAIN as VIEW
from newsbeam.topics.views import View
from newsbeam.topics.ways import PLAIN, Way

_DENSE = (
    100_000  # characters of patterns up to which the larger, faster form of the automaton fits the caches
)
_TOO_FREQUENT = 4.0  # times in a story: what is there nearly always need not be looked for beforehand

__all__ = ["Matcher", "compile_queries", "compile_query"]


class Matcher:
    """Compiled queries by name; `match` finds all that hold for a document.

    A query is cut at its outermost ORs into clauses. A clause that is one literal holds wherever the automaton
    sees it; of any other the automaton looks for the rarest literal without which it cannot hold, and only
    where that is seen the clause is evaluated.
    """

    def __init__(self, plans: Mapping[str, Plan]) -> None:
        self._names = list(plans)
        self._clauses: list[_Clause] = []
        self._by_value: dict[str, dict[str, list[int]]] = {}  # field → value → clauses
        self._always: list[int] = []
        views: dict[str, _Triggers] = {}
        for number, plan in enumerate(plans.values()):
            for clause in _clauses(plan):
                self._register(number, clause, views)
        self._views = [(name, triggers.compiled()) for name, triggers in views.items()]

    def _register(self, query: int, plan: Plan, views: dict[str, "_Triggers"]) -> None:
        word = _only_literal(plan)
        if word is not None:
            views.setdefault(word.view, _Triggers()).add_literal(word.literal, query)
            return
        clause = len(self._clauses)
        first, *others = sorted(plan.needs(), key=breadth) or [Need()]
        second = next((need for need in others if _is_one_of(need, first)), None)
        others = [need for need in others if need is not second]
        self._clauses.append(_Clause(query, plan, tuple(_texts(others))))
        if first == Need():
            self._always.append(clause)
        for view, literal in first.literals:
            beside = None if second is None else next(literal for _, literal in second.literals)
            views.setdefault(view, _Triggers()).add_clause(literal, beside, clause)
        for view, literal in {pair for need in others for pair in need.literals}:
            if expected(literal) < _TOO_FREQUENT:
                views.setdefault(view, _Triggers()).add_known(literal)
        for field, value in first.values:
            self._by_value.setdefault(field, {}).setdefault(value, []).append(clause)

    def _numbered(self, document: Document) -> dict[int, list[Hit]]:
        """The hits of the queries that hold, by their number."""
        found: dict[int, list[Hit]] = {}
        clauses = set(self._always)
        for name, triggers in self._views:
            clauses.update(triggers.scan(document.view(name), found))
        for field, waiting in self._by_value.items():
            for value in document.values.get(field, ()):
                clauses.update(waiting.get(value, ()))
        for clause in sorted(self._with_all_needs(clauses, document) if clauses else ()):
            query, plan, _ = self._clauses[clause]
            hits = plan.find(document)
            if hits is not None:
                found.setdefault(query, []).extend(hits)
        return found

    def _with_all_needs(self, clauses: set[int], document: Document) -> list[int]:
        view, all_clauses = document.view(VIEW), self._clauses
        return [clause for clause in clauses if view.has_each(all_clauses[clause].needs)]

    def find(self, document: Document) -> dict[str, list[Hit]]:
        """Return the hits of every query that holds, by name, in the order in which they were given."""
        found = self._numbered(document)
        return {self._names[number]: found[number] for number in sorted(found)}

    def match(self, document: Document) -> dict[str, tuple[Span, ...]]:
        """Return the evidence for every query that holds: spans in the text, none for `outlet:` and such."""
        return {name: document.spans(hits) for name, hits in self.find(document).items()}


def compile_queries(queries: Mapping[str, Node], ways: Mapping[str, Way] | None = None) -> Matcher:
    """Make named queries ready to run; `ways` says how those compare words that do not do so plainly.

    Raises `QueryError` for a way with an unknown language.
    """
    given = ways or {}
    return Matcher({name: compile_query(node, way=given.get(name, PLAIN)) for name, node in queries.items()})


class _Clause(NamedTuple):
    """One of the ways in which a query may hold."""

    query: int
    plan: Plan
    needs: tuple[tuple[str, ...], ...]  # of each, one must be in the text beside what the automaton has seen


def _is_one_of(need: Need, first: Need) -> bool:
    """Tell whether a need is of one literal, not seen nearly always, in the one view of a first need."""
    if need.values or len(need.literals) != 1 or first.values:
        return False
    ((view, literal),) = need.literals
    return expected(literal) < _TOO_FREQUENT and all(view == one for one, _ in first.literals)


def _texts(needs: Iterable[Need]) -> Iterator[tuple[str, ...]]:
    """What can be looked up in the plain text, in needs that are of nothing else."""
    for need in needs:
        if not need.values and all(view == VIEW for view, _ in need.literals):
            yield tuple(literal.text for _, literal in need.literals)


def _clauses(plan: Plan) -> Iterator[Plan]:
    if isinstance(plan, Either):
        for part in plan.parts:
            yield from _clauses(part)
    elif isinstance(plan, AnyLiteral):
        yield from (Words((Literally(literal, plan.view),), plan.window) for literal in plan.literals)
    else:
        yield plan


def _only_literal(plan: Plan) -> Literally | None:
    """The literal that the plan is, if it is one that may be anywhere."""
    if not isinstance(plan, Words) or plan.window or len(plan.words) != 1:
        return None
    word = plan.words[0]
    return word if isinstance(word, Literally) and trigger(word.literal) == word.literal else None


class _Pattern:
    """What follows from one string that an automaton looks for."""

    def __init__(self) -> None:
        self.literals: dict[Literal, list[int]] = {}  # literal → the queries of which it is a clause
        self.clauses: list[int] = []  # to be evaluated
        self.pairs: dict[int, list[int]] = {}  # another pattern → clauses to be evaluated if that is seen too
        self.is_known = False  # an evaluation may ask whether and where it is

    @property
    def only_query(self) -> int:
        """The query of a pattern that is nothing but its one literal, of whole words, or -1."""
        if self.clauses or self.pairs or self.is_known or len(self.literals) != 1:
            return -1
        ((literal, queries),) = self.literals.items()
        whole = literal.ending == Ending.CLOSED and literal.text[0] == " "
        return queries[0] if whole and len(queries) == 1 else -1


class _Triggers:
    """What to look for in one view: literals that are whole clauses, and literals that clauses need."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._patterns: list[_Pattern] = []

    def add_literal(self, literal: Literal, query: int) -> None:
        """Let `literal` be a clause of the query."""
        self._patterns[self._number(literal)].literals.setdefault(literal, []).append(query)

    def add_clause(self, literal: Literal, beside: Literal | None, clause: int) -> None:
        """Let the clause be evaluated where `literal` is seen, and `beside` too if one is given."""
        pattern = self._patterns[self._number(literal)]
        if beside is None:
            pattern.clauses.append(clause)
        else:
            self.add_known(beside)
            pattern.pairs.setdefault(self._number(beside), []).append(clause)

    def add_known(self, literal: Literal) -> None:
        """Let it be known whether and where `literal` is: an evaluation may ask."""
        self._patterns[self._number(literal)].is_known = True

    def _number(self, literal: Literal) -> int:
        number = self._numbers.setdefault(literal.text, len(self._patterns))
        if number == len(self._patterns):
            self._patterns.append(_Pattern())
        return number

    def compiled(self) -> "_Automaton":
        """Return the same ready to run."""
        return _Automaton(self._numbers, self._patterns)


class _Automaton:
    """All patterns of one view, found in one pass."""

    def __init__(self, numbers: dict[str, int], patterns: list[_Pattern]) -> None:
        kind = Implementation.DFA if sum(map(len, numbers)) < _DENSE else Implementation.ContiguousNFA
        self._search = AhoCorasick(list(numbers), implementation=kind).find_matches_as_indexes
        self._only = array("l", [pattern.only_query for pattern in patterns])
        self._told = {text: number for text, number in numbers.items() if self._only[number] < 0}
        self._follows = [_follows(pattern) for pattern in patterns]

    def scan(self, view: View, found: dict[int, list[Hit]]) -> Iterable[int]:
        """Add the hits of literals to those of their queries; return the clauses that have a chance."""
        seen: dict[int, list[Interval]] = {}
        only, is_plain = self._only, view.is_plain
        for pattern, start, end in self._search(view.text, overlapping=True):
            query = only[pattern]
            if query >= 0 and is_plain:
                if query in found:
                    found[query].append(((start + 1, end - 1),))
                else:
                    found[query] = [((start + 1, end - 1),)]
            elif pattern in seen:
                seen[pattern].append((start, end))
            else:
                seen[pattern] = [(start, end)]
        if self._told:
            view.tell(self._told, seen)
        return self._sorted_out(seen, view, found)

    def _sorted_out(
        self, seen: dict[int, list[Interval]], view: View, found: dict[int, list[Hit]]
    ) -> list[int]:
        waiting: list[int] = []
        follows, numbers = self._follows, frozenset(seen)
        for pattern, places in seen.items():
            following = follows[pattern]
            if following is None:
                continue
            literals, clauses, others, pairs = following
            waiting += clauses
            for other in others & numbers:
                waiting += pairs[other]
            for literal, queries in literals:
                hits: list[Hit] = [(interval,) for interval in view.place(literal, places)]
                for query in queries if hits else ():
                    found.setdefault(query, []).extend(hits)
        return waiting


class _Follows(NamedTuple):
    """What is to be done where a pattern is seen."""

    literals: list[tuple[Literal, list[int]]]
    clauses: list[int]
    others: frozenset[int]
    pairs: dict[int, list[int]]  # of those others


def _follows(pattern: _Pattern) -> _Follows | None:
    if not (pattern.literals or pattern.clauses or pattern.pairs):
        return None
    return _Follows(list(pattern.literals.items()), pattern.clauses, frozenset(pattern.pairs), pattern.pairs)
