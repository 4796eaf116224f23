"""Queries made ready to run: each plan finds all its hits in a document, or says that there is no match.

`find` returns None for "no match"; a match without a place in the text (`outlet:bbc`) is an empty list.
`Need` is what a document must hold for a plan to have a chance: it lets the matcher skip most queries unread.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from fnmatch import translate
from functools import lru_cache
from itertools import chain, islice, product
from math import prod
from typing import NamedTuple, Protocol

import msgspec

from newsbeam.topics.document import Document, Hit, Interval, Windows
from newsbeam.topics.query.words import AnyWord, Exact, Run, Wild, Word

_WILD = re.compile("[*?]")
MAX_CHOICES = 200  # of places for a loose phrase's words within one stretch of text
MAX_HITS = 1000  # of one loose phrase or NEAR: a text made of its words alone must not take for ever


class Need(NamedTuple):
    """At least one of these must be there: a word, a word's beginning, or a value (field, value)."""

    words: frozenset[str] = frozenset()
    prefixes: frozenset[str] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()

    @property
    def breadth(self) -> float:
        """How often it will be met, roughly: fewer and longer words first."""
        return sum(10 / len(word) for word in chain(self.words, self.prefixes)) + len(self.values)


class Plan(Protocol):
    """One part of a query, ready to run."""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        ...

    def need(self) -> Need | None:
        """Return what must be there for a match; None if that cannot be said."""
        ...


# --- words ------------------------------------------------------------------------------------------------


def places_of(word: Word, document: Document) -> list[int]:
    """Return where `word` begins, in order. `AnyWord` has no places of its own."""
    match word:
        case Exact(key):
            return document.places.get(key, [])
        case Run(pairs):
            first, *rest = (document.places.get(pair, []) for pair in pairs)
            later = [set(places) for places in rest]
            return [p for p in first if all(p + n in places for n, places in enumerate(later, 1))]
        case Wild(pattern):
            prefix = _WILD.split(pattern, maxsplit=1)[0]
            keys = document.with_prefix(prefix) if prefix else document.vocabulary
            if pattern != prefix + "*":
                fits = fitting(pattern)
                keys = [key for key in keys if fits(key)]
            return _union(document.places[key] for key in keys)
        case _:
            return []


def _union(lists: Iterable[list[int]]) -> list[int]:
    given = list(lists)
    return given[0] if len(given) == 1 else sorted(set(chain.from_iterable(given)))


@lru_cache(maxsize=4096)
def fitting(pattern: str) -> Callable[[str], bool]:
    """Return the test for a folded wildcard pattern; it never backtracks over more than one `*`."""
    return remembering(re.compile(translate(pattern.replace("[", "[[]"))).match)


def remembering(test: Callable[[str], object]) -> Callable[[str], bool]:
    """Return a test on words that remembers its answers: news repeats its words."""

    @lru_cache(maxsize=8192)
    def fits(word: str) -> bool:
        return test(word) is not None

    return fits


def word_need(word: Word) -> Need | None:
    """Return what must be there for `word`."""
    match word:
        case Exact(key):
            return Need(words=frozenset({key}))
        case Run(pairs):
            return Need(words=frozenset({max(pairs, key=len)}))
        case Wild(pattern):
            prefix = _WILD.split(pattern, maxsplit=1)[0]
            return Need(prefixes=frozenset({prefix})) if prefix else None
        case _:
            return None


def _within(intervals: Iterable[Interval], windows: Windows) -> Iterator[Interval]:
    if not windows:
        yield from intervals
        return
    for start, end in intervals:
        if any(low <= start and end <= high for low, high in windows):
            yield start, end


class Words(msgspec.Struct, frozen=True):
    """A term or a phrase: the words one after the other, somewhere in the windows (anywhere if none)."""

    words: tuple[Word, ...]
    windows: Windows = ()

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        width = sum(word.width for word in self.words)
        intervals = ((start, start + width) for start in self._starts(document))
        return [(interval,) for interval in _within(intervals, self.windows)] or None

    def _starts(self, document: Document) -> list[int]:
        candidates: list[list[int]] = []
        offset = 0
        for word in self.words:
            if not isinstance(word, AnyWord):
                places = places_of(word, document)
                if not places:
                    return []
                candidates.append([place - offset for place in places] if offset else places)
            offset += word.width
        if len(candidates) == 1:
            return candidates[0]
        candidates.sort(key=len)
        others = [set(places) for places in candidates[1:]]
        return [start for start in candidates[0] if all(start in other for other in others)]

    def need(self) -> Need | None:
        """Return what must be there for a match."""
        return best_need(map(word_need, self.words))


class Loose(msgspec.Struct, frozen=True):
    """`"first second"~n` as Lucene has it: n is how far words may be from their places in the phrase.

    With p a word's place and o its offset in the phrase, p - o differs by at most `slop` among the words;
    two words are never one. So `"a b"~2` also finds `b a`.
    """

    words: tuple[Word, ...]
    slop: int
    windows: Windows = ()

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        rows: list[list[Interval]] = []
        offsets: list[int] = []
        offset = 0
        for word in self.words:
            if not isinstance(word, AnyWord):
                found = ((place, place + word.width) for place in places_of(word, document))
                rows.append(list(_within(found, self.windows)))
                offsets.append(offset)
            offset += word.width
        if not all(rows):
            return None
        hits: dict[Hit, None] = {}
        for low in sorted({start - o for row, o in zip(rows, offsets, strict=True) for start, _ in row}):
            near = [
                row[bisect_left(row, (low + o, 0)) : bisect_left(row, (low + o + self.slop + 1, 0))]
                for row, o in zip(rows, offsets, strict=True)
            ]
            hits.update((tuple(sorted(chosen)), None) for chosen in _choices(near))
            if len(hits) >= MAX_HITS:
                break
        return list(hits) or None

    def need(self) -> Need | None:
        """Return what must be there for a match."""
        return best_need(map(word_need, self.words))


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

    return list(taken) if all(rows) and all(place(row, set()) for row in range(len(rows))) else None


class Matching(msgspec.Struct, frozen=True):
    """`/regex/`: every word that the expression matches whole."""

    fits: Callable[[str], bool]
    windows: Windows = ()

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        places = _union(found for key, found in document.places.items() if self.fits(key))
        return [(i,) for i in _within(((p, p + 1) for p in places), self.windows)] or None

    def need(self) -> Need | None:
        """Nothing can be said."""
        return None


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
        right = sorted(right, key=_extent)
        starts = [hit[0][0] for hit in right]
        widest = max(_extent(hit)[1] - hit[0][0] for hit in right)
        pairs = ((hit, other) for hit in left for other in self._near(hit, right, starts, widest))
        hits = dict.fromkeys(tuple(sorted((*hit, *other))) for hit, other in islice(pairs, MAX_HITS))
        return list(hits) or None

    def _near(self, hit: Hit, others: list[Hit], starts: list[int], widest: int) -> Iterator[Hit]:
        """Those of the others (in order; they begin at `starts`) that are near enough to `hit`."""
        start, end = _extent(hit)
        first = bisect_left(starts, start - self.distance - widest)
        for other in others[first : bisect_right(starts, end + self.distance)]:
            other_start, other_end = _extent(other)
            if 0 <= other_start - end <= self.distance or 0 <= start - other_end <= self.distance:
                yield other

    def need(self) -> Need | None:
        """Return what must be there for a match."""
        return best_need((self.left.need(), self.right.need()))


def _extent(hit: Hit) -> Interval:
    return hit[0][0], max(end for _, end in hit)


# --- values -----------------------------------------------------------------------------------------------


class Value(msgspec.Struct, frozen=True):
    """`outlet:bbc`: the field has this value."""

    field: str
    value: str

    def find(self, document: Document) -> list[Hit] | None:
        """Return the evidence for the value, often none; None if the field does not have it."""
        return document.values.get(self.field, {}).get(self.value)

    def need(self) -> Need | None:
        """Return what must be there for a match."""
        return Need(values=frozenset({(self.field, self.value)}))


class ValueLike(msgspec.Struct, frozen=True):
    """`outlet:bbc*`, `topic:/.*war/`: the field has a value that fits."""

    field: str
    fits: Callable[[str], bool]

    def find(self, document: Document) -> list[Hit] | None:
        """Return the evidence for the values, often none; None if no value fits."""
        given = document.values.get(self.field, {})
        fitting = [hits for value, hits in given.items() if self.fits(value)]
        return list(chain.from_iterable(fitting)) if fitting else None

    def need(self) -> Need | None:
        """Nothing can be said."""
        return None


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

    def need(self) -> Need | None:
        """Return what must be there for a match."""
        return best_need(plan.need() for plan in self.wanted)


class Either(msgspec.Struct, frozen=True):
    """At least one part; the evidence is that of all parts that match."""

    parts: tuple[Plan, ...]

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        found = [hits for plan in self.parts if (hits := plan.find(document)) is not None]
        return list(chain.from_iterable(found)) if found else None

    def need(self) -> Need | None:
        """Return what must be there for a match: of every part, as any may be the one that matches."""
        needs = [plan.need() for plan in self.parts]
        known = [need for need in needs if need is not None]
        if len(known) < len(needs):
            return None
        return Need(*(frozenset().union(*sets) for sets in zip(*known, strict=True)))


def best_need(needs: Iterable[Need | None]) -> Need | None:
    """Return the need that is met least often, where all of them must be met."""
    return min((need for need in needs if need is not None), key=lambda need: need.breadth, default=None)
