"""Many queries over one document: one pass of an automaton finds which of them have a chance."""

from array import array
from collections.abc import Iterable, Iterator, Mapping, Set
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
        needs = sorted(plan.needs(), key=breadth)
        self._clauses.append(_Clause(query, plan, tuple(_texts(needs[1:]))))
        if not needs:
            self._always.append(clause)
            return
        for view, literal in needs[0].literals:
            views.setdefault(view, _Triggers()).add_clause(literal, clause)
        for view, literal in {pair for need in needs[1:] for pair in need.literals}:
            if expected(literal) < _TOO_FREQUENT:
                views.setdefault(view, _Triggers()).add_known(literal)
        for field, value in needs[0].values:
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


class _Triggers:
    """What to look for in one view: literals that are whole clauses, and literals that clauses need."""

    def __init__(self) -> None:
        self._patterns: dict[str, int] = {}
        self._literals: list[dict[Literal, list[int]]] = []
        self._waiting: list[list[int]] = []
        self._known: set[int] = set()

    def add_literal(self, literal: Literal, query: int) -> None:
        """Let `literal` be a clause of the query."""
        self._literals[self._pattern(literal)].setdefault(literal, []).append(query)

    def add_clause(self, literal: Literal, clause: int) -> None:
        """Let the clause be evaluated where `literal` is seen."""
        self._waiting[self._pattern(literal)].append(clause)

    def add_known(self, literal: Literal) -> None:
        """Let it be known whether and where `literal` is: an evaluation may ask."""
        self._known.add(self._pattern(literal))

    def _pattern(self, literal: Literal) -> int:
        if literal.text not in self._patterns:
            self._patterns[literal.text] = len(self._patterns)
            self._literals.append({})
            self._waiting.append([])
        return self._patterns[literal.text]

    def compiled(self) -> "_Automaton":
        """Return the same ready to run."""
        literals = [list(found.items()) for found in self._literals]
        return _Automaton(list(self._patterns), literals, self._waiting, self._known)


class _Automaton:
    """All patterns of one view, found in one pass."""

    def __init__(
        self,
        patterns: list[str],
        literals: list[list[tuple[Literal, list[int]]]],
        waiting: list[list[int]],
        known: Set[int],
    ) -> None:
        kind = Implementation.DFA if sum(map(len, patterns)) < _DENSE else Implementation.ContiguousNFA
        self._search = AhoCorasick(patterns, implementation=kind).find_matches_as_indexes
        self._literals = literals
        self._waiting = waiting
        plainly = [_plain_query(*entry) for entry in zip(literals, waiting, strict=True)]
        single = [-1 if number in known else query for number, query in enumerate(plainly)]
        self._single = array("l", single)  # the query of a pattern that is nothing but its one literal, or -1
        self._patterns = patterns
        self._told = frozenset(text for text, query in zip(patterns, single, strict=True) if query < 0)

    def scan(self, view: View, found: dict[int, list[Hit]]) -> Iterable[int]:
        """Add the hits of literals to those of their queries; return the clauses that have a chance."""
        seen: dict[int, list[Interval]] = {}
        single = self._single
        for pattern, start, end in self._search(view.text, overlapping=True):
            query = single[pattern]
            if query >= 0 and view.is_plain:
                if query in found:
                    found[query].append(((start + 1, end - 1),))
                else:
                    found[query] = [((start + 1, end - 1),)]
            elif pattern in seen:
                seen[pattern].append((start, end))
            else:
                seen[pattern] = [(start, end)]
        if self._told:
            view.tell(self._told, {self._patterns[pattern]: places for pattern, places in seen.items()})
        return self._sorted_out(seen, view, found)

    def _sorted_out(
        self, seen: dict[int, list[Interval]], view: View, found: dict[int, list[Hit]]
    ) -> list[int]:
        clauses: list[int] = []
        for pattern, places in seen.items():
            clauses += self._waiting[pattern]
            for literal, queries in self._literals[pattern]:
                hits: list[Hit] = [(interval,) for interval in view.place(literal, places)]
                for query in queries if hits else ():
                    found.setdefault(query, []).extend(hits)
        return clauses


def _plain_query(literals: list[tuple[Literal, list[int]]], waiting: list[int]) -> int:
    if waiting or len(literals) != 1:
        return -1
    literal, queries = literals[0]
    whole = literal.ending == Ending.CLOSED and literal.text[0] == " "
    return queries[0] if whole and len(queries) == 1 else -1
