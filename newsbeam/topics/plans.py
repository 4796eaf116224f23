"""Queries made ready to run: each plan finds all its hits in a document, or says that there is no match.

`find` returns None for "no match"; a match without a place in the text (`outlet:bbc`) is an empty list. Any part
of a query can be asked alone, and `document.spans(hits)` says where it holds.
`needs` is what a document must hold for a plan to have a chance: the matcher's automaton looks for one of them.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain, islice, product
from math import prod
from typing import NamedTuple, Protocol

import msgspec

from newsbeam.topics.document import Document, Hit
from newsbeam.topics.literals import Literal, expected, trigger
from newsbeam.topics.reading import Interval

MAX_CHOICES = 200  # of places for a loose phrase's words within one stretch of text
MAX_HITS = 1000  # of one loose phrase or NEAR: a text made of its words alone must not take for ever


class Need(NamedTuple):
    """At least one of these must be there: a literal in some view, or a value (field, value)."""

    literals: frozenset[tuple[str, Literal]] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()


class Plan(Protocol):
    """One part of a query, ready to run."""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        ...

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it; empty if nothing can be said."""
        ...


class Placed(Protocol):
    """A word or words with places in the text."""

    @property
    def width(self) -> int:
        """How many words it takes."""
        ...

    def intervals(self, document: Document) -> list[Interval]:
        """Return where it is, in order."""
        ...

    def needs(self) -> list[Need]:
        """Return what must be there."""
        ...


# --- words ------------------------------------------------------------------------------------------------


class Literally(msgspec.Struct, frozen=True):
    """Words that are looked for as they are, in one view."""

    literal: Literal
    view: str = ""
    width: int = 1

    def intervals(self, document: Document) -> list[Interval]:
        """Return where it is, in order."""
        return document.view(self.view).occurrences(self.literal)

    def needs(self) -> list[Need]:
        """Return what must be there."""
        return [Need(literals=frozenset({(self.view, trigger(self.literal))}))]


class Signed(msgspec.Struct, frozen=True):
    """A word that is found only where it is written with its signs (`U.N.`, `Yahoo!`)."""

    key: str
    literal: Literal  # without the signs
    view: str = ""
    width = 1

    def intervals(self, document: Document) -> list[Interval]:
        """Return where it is, in order."""
        return document.view(self.view).signed(self.key)

    def needs(self) -> list[Need]:
        """Return what must be there."""
        return [Need(literals=frozenset({(self.view, trigger(self.literal))}))]


class Fitting(msgspec.Struct, frozen=True):
    """One word that fits a pattern or expression; `part` is a string that every such word holds, if any."""

    fits: Callable[[str], bool]
    part: Literal | None = None
    view: str = ""
    width = 1

    def intervals(self, document: Document) -> list[Interval]:
        """Return where it is, in order."""
        view = document.view(self.view)
        if self.part is not None:
            words = view.words_with(self.part.text)
            return [interval for interval, forms in words if any(map(self.fits, forms))]
        places = (found for key, found in view.keys.items() if self.fits(key))
        return sorted(set(chain.from_iterable(places)))

    def needs(self) -> list[Need]:
        """Return what must be there."""
        return [Need(literals=frozenset({(self.view, trigger(self.part))}))] if self.part is not None else []


class AnyOne(msgspec.Struct, frozen=True):
    """Exactly one word, whichever, between two others."""

    width = 1

    def intervals(self, document: Document) -> list[Interval]:
        """It has no places of its own."""
        raise NotImplementedError("one word, whichever, is found by its neighbours")

    def needs(self) -> list[Need]:
        """Nothing can be said."""
        return []


def _within(intervals: list[Interval], window: str, document: Document) -> list[Interval]:
    if not window:
        return intervals
    windows = document.windows[window]
    return [(a, b) for a, b in intervals if any(low <= a and b <= high for low, high in windows)]


class Words(msgspec.Struct, frozen=True):
    """A term or a phrase: the words one after the other, in one field or part of the text (anywhere if "")."""

    words: tuple[Placed, ...]
    window: str = ""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        single = len(self.words) == 1
        intervals = self.words[0].intervals(document) if single else self._joined(document)
        return [(interval,) for interval in _within(intervals, self.window, document)] or None

    def _joined(self, document: Document) -> list[Interval]:
        """Where all words are, by the places of each."""
        reading = document.reading
        candidates: list[list[int]] = []
        offset = 0
        for word in self.words:
            if not isinstance(word, AnyOne):
                found = word.intervals(document)
                if not found:
                    return []
                candidates.append([place - offset for place in document.reading.places(found)])
            offset += word.width
        first, *others = sorted(candidates, key=len)
        sets = [set(places) for places in others]
        starts = [start for start in first if all(start in places for places in sets)]
        return [interval for start in starts if (interval := reading.interval(start, offset)) is not None]

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it."""
        return [need for word in self.words for need in word.needs()]


class Loose(msgspec.Struct, frozen=True):
    """`"first second"~n` as Lucene has it: n is how far words may be from their places in the phrase.

    With p a word's place and o its offset in the phrase, p - o differs by at most `slop` among the words;
    two words are never one. So `"a b"~2` also finds `b a`.
    """

    words: tuple[Placed, ...]
    slop: int
    window: str = ""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        rows: list[list[int]] = []  # how far each word is from where the phrase has it
        intervals: list[dict[int, Interval]] = []
        offset = 0
        for word in self.words:
            if not isinstance(word, AnyOne):
                found = _within(word.intervals(document), self.window, document)
                row = {
                    place - offset: one
                    for place, one in zip(document.reading.places(found), found, strict=True)
                }
                if not row:
                    return None
                rows.append(list(row))
                intervals.append(row)
            offset += word.width
        hits = self._pairs if len(rows) == 2 else self._hits
        return list(hits(rows, intervals)) or None

    def _pairs(self, rows: list[list[int]], intervals: list[dict[int, Interval]]) -> dict[Hit, None]:
        """The hits of two words, without the detour of more."""
        (ones, others), (at, other_at) = rows, intervals
        hits: dict[Hit, None] = {}
        for one in ones:
            for other in others[bisect_left(others, one - self.slop) : bisect_right(others, one + self.slop)]:
                a, b = at[one], other_at[other]
                if a != b:
                    hits[(a, b) if a < b else (b, a)] = None
            if len(hits) >= MAX_HITS:
                break
        return hits

    def _hits(self, rows: list[list[int]], intervals: list[dict[int, Interval]]) -> dict[Hit, None]:
        hits: dict[Hit, None] = {}
        for low in _lows(rows, self.slop):
            near = [row[bisect_left(row, low) : bisect_right(row, low + self.slop)] for row in rows]
            choices = _choices([[at[n] for n in row] for at, row in zip(intervals, near, strict=True)])
            hits.update((tuple(sorted(chosen)), None) for chosen in choices)
            if len(hits) >= MAX_HITS:
                break
        return hits

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it."""
        return [need for word in self.words for need in word.needs()]


def _lows(rows: list[list[int]], slop: int) -> list[int]:
    """Return the shifts, in order, from which on every row may have one within `slop`: all near the fewest."""
    fewest = min(rows, key=len)
    lows = set(fewest)
    for row in rows:
        for shift in fewest:
            lows.update(row[bisect_left(row, shift - slop) : bisect_right(row, shift)])
    return sorted(lows)


def _choices(rows: list[list[Interval]]) -> Iterable[Sequence[Interval]]:
    """Every way to take one interval of each row, none twice; one way alone where there are very many.

    NEAR measures from the ends of each.
    """
    if prod(map(len, rows)) > MAX_CHOICES:
        chosen = _distinct(rows)
        return [chosen] if chosen else []
    return (chosen for chosen in product(*rows) if len(set(chosen)) == len(chosen))


def _distinct(rows: list[list[Interval]]) -> list[Interval] | None:
    """One interval of each row, none taken twice, or None (Kuhn's matching; a row a word of the phrase)."""
    taken: dict[Interval, int] = {}

    def place(row: int, tried: set[Interval]) -> bool:
        for interval in rows[row]:
            if interval not in tried:
                tried.add(interval)
                if interval not in taken or place(taken[interval], tried):
                    taken[interval] = row
                    return True
        return False

    return list(taken) if all(place(row, set()) for row in range(len(rows))) else None


class Close(msgspec.Struct, frozen=True):
    """`left NEAR/n right`: at most n other words between them, in either order; they never overlap."""

    left: Plan
    right: Plan
    distance: int

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        left = self.left.find(document)
        right = left and self.right.find(document)
        if not left or not right:
            return None
        ones, others = _spread(left, document), sorted(_spread(right, document))
        starts = [other.start for other in others]
        widest = max(other.end - other.start for other in others)
        pairs = ((one, other) for one in ones for other in self._near(one, others, starts, widest))
        hits = dict.fromkeys(tuple(sorted((*a.hit, *b.hit))) for a, b in islice(pairs, MAX_HITS))
        return list(hits) or None

    def _near(
        self, one: "_Spread", others: list["_Spread"], starts: list[int], widest: int
    ) -> Iterator["_Spread"]:
        """Those of the others (in order; they begin at `starts`) that are near enough."""
        first = bisect_left(starts, one.start - self.distance - widest)
        for other in others[first : bisect_right(starts, one.end + self.distance)]:
            if 0 <= other.start - one.end <= self.distance or 0 <= one.start - other.end <= self.distance:
                yield other

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it."""
        return [*self.left.needs(), *self.right.needs()]


class _Spread(NamedTuple):
    """A hit and the places [start, end) from its first word to its last."""

    start: int
    end: int
    hit: Hit


def _spread(hits: Sequence[Hit], document: Document) -> list[_Spread]:
    if all(len(hit) == 1 for hit in hits):
        intervals = [hit[0] for hit in hits]
    else:
        intervals = [(hit[0][0], max(end for _, end in hit)) for hit in hits]
    starts, widths = document.reading.places(intervals), document.reading.widths(intervals)
    return [
        _Spread(start, start + width, hit) for start, width, hit in zip(starts, widths, hits, strict=True)
    ]


# --- values -----------------------------------------------------------------------------------------------


class Value(msgspec.Struct, frozen=True):
    """`outlet:bbc`: the field has this value."""

    field: str
    value: str

    def find(self, document: Document) -> list[Hit] | None:
        """Return the evidence for the value, often none; None if the field does not have it."""
        return document.values.get(self.field, {}).get(self.value)

    def needs(self) -> list[Need]:
        """Return what must be there for a match."""
        return [Need(values=frozenset({(self.field, self.value)}))]


class ValueLike(msgspec.Struct, frozen=True):
    """`outlet:bbc*`, `topic:/.*war/`: the field has a value that fits."""

    field: str
    fits: Callable[[str], bool]

    def find(self, document: Document) -> list[Hit] | None:
        """Return the evidence for the values, often none; None if no value fits."""
        given = document.values.get(self.field, {})
        fitting = [hits for value, hits in given.items() if self.fits(value)]
        return list(chain.from_iterable(fitting)) if fitting else None

    def needs(self) -> list[Need]:
        """Nothing can be said."""
        return []


# --- what joins them --------------------------------------------------------------------------------------


class All(msgspec.Struct, frozen=True):
    """Every wanted part, and none of the unwanted; the evidence is that of all wanted parts."""

    wanted: tuple[Plan, ...]
    unwanted: tuple[Plan, ...] = ()

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        hits: list[Hit] = []
        for plan in self.wanted:
            found = plan.find(document)
            if found is None:
                return None
            hits += found
        if any(plan.find(document) is not None for plan in self.unwanted):
            return None
        return hits

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it."""
        return [need for plan in self.wanted for need in plan.needs()]


class Either(msgspec.Struct, frozen=True):
    """At least one part; the evidence is that of all parts that match."""

    parts: tuple[Plan, ...]

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        found = [hits for plan in self.parts if (hits := plan.find(document)) is not None]
        return list(chain.from_iterable(found)) if found else None

    def needs(self) -> list[Need]:
        """Return what must be there for a match: the rarest of every part, as any may be the one that matches."""
        parts = [min(needs, key=breadth) for plan in self.parts if (needs := plan.needs())]
        if len(parts) < len(self.parts):
            return []
        literals, values = zip(*parts, strict=True)
        return [Need(frozenset().union(*literals), frozenset().union(*values))]


class AnyLiteral(msgspec.Struct, frozen=True):
    """At least one of some literals of one view: the most of most queries, without a plan for each."""

    literals: tuple[Literal, ...]
    view: str = ""
    window: str = ""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        intervals = document.view(self.view).locate(self.literals)
        return [(interval,) for interval in _within(intervals, self.window, document)] or None

    def needs(self) -> list[Need]:
        """Return what must be there for a match."""
        return [Need(literals=frozenset((self.view, trigger(literal)) for literal in self.literals))]


def breadth(need: Need) -> float:
    """Return how often a need will be met, roughly."""
    return sum(expected(literal) for _, literal in need.literals) + 0.5 * len(need.values)
