"""Words and phrases: what has a place in the text."""

from collections.abc import Callable
from itertools import chain

import msgspec

from newsbeam.topics.document import Document, Hit
from newsbeam.topics.literals import Literal, trigger
from newsbeam.topics.plans.plan import Need, Placed
from newsbeam.topics.reading import Interval


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


def within(intervals: list[Interval], window: str, document: Document) -> list[Interval]:
    """Return those of the intervals that are in one field or part of the text; all if it is ""."""
    if not window:
        return intervals
    windows = document.windows[window]
    return [(a, b) for a, b in intervals if any(low <= a and b <= high for low, high in windows)]


def places(word: Placed, found: list[Interval], document: Document) -> list[int]:
    """Return the numbers of the words that stand first in the intervals found of a word."""
    if isinstance(word, Literally):
        view = document.view(word.view)
        if view.occurrences(word.literal) is found:
            return view.places(word.literal)
    return document.reading.places(found)


class Words(msgspec.Struct, frozen=True):
    """A term or a phrase: the words one after the other, in one field or part of the text (anywhere if "")."""

    words: tuple[Placed, ...]
    window: str = ""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        single = len(self.words) == 1
        intervals = self.words[0].intervals(document) if single else self._joined(document)
        return [(interval,) for interval in within(intervals, self.window, document)] or None

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
                candidates.append([place - offset for place in places(word, found, document)])
            offset += word.width
        first, *others = sorted(candidates, key=len)
        sets = [set(places) for places in others]
        starts = [start for start in first if all(start in places for places in sets)]
        return [interval for start in starts if (interval := reading.interval(start, offset)) is not None]

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it."""
        return [need for word in self.words for need in word.needs()]


class AnyLiteral(msgspec.Struct, frozen=True):
    """At least one of some literals of one view: the most of most queries, without a plan for each."""

    literals: tuple[Literal, ...]
    view: str = ""
    window: str = ""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        intervals = document.view(self.view).locate(self.literals)
        return [(interval,) for interval in within(intervals, self.window, document)] or None

    def needs(self) -> list[Need]:
        """Return what must be there for a match."""
        return [Need(literals=frozenset((self.view, trigger(literal)) for literal in self.literals))]
