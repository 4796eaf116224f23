"""Words and parts of queries that stand near each other."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice, product
from math import prod
from typing import NamedTuple

import msgspec

from newsbeam.topics.document import Document, Hit
from newsbeam.topics.plans.plan import Need, Placed, Plan
from newsbeam.topics.plans.words import AnyOne, places, within
from newsbeam.topics.reading import Interval

MAX_CHOICES = 200  # of places for a loose phrase's words within one stretch of text
MAX_HITS = 1000  # of one loose phrase or NEAR: a text made of its words alone must not take for ever


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
                found = within(word.intervals(document), self.window, document)
                if not found:
                    return None
                shifts = (place - offset for place in places(word, found, document))
                row = dict(zip(shifts, found, strict=True))
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
            if not all(near):
                continue
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
    fewest = [shift for shift in min(rows, key=len) if _is_near_each(shift, rows, slop)]
    lows = set(fewest)
    for row in rows:
        for shift in fewest:
            lows.update(row[bisect_left(row, shift - slop) : bisect_right(row, shift)])
    return sorted(lows)


def _is_near_each(shift: int, rows: list[list[int]], slop: int) -> bool:
    """Tell whether every row has one within `slop`; mostly one has not, and that is all there is to do."""
    for row in rows:
        at = bisect_left(row, shift - slop)
        if at == len(row) or row[at] > shift + slop:
            return False
    return True


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
