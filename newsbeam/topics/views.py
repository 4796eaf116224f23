"""What queries look into: the reading of a document, and the same with capitals or with stems for words."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise

from newsbeam.topics.analysis import is_unspaced
from newsbeam.topics.literals import Ending, Literal
from newsbeam.topics.once import once
from newsbeam.topics.reading import Interval, Reading, is_continued, word_starts
from newsbeam.topics.writing import FIELD

_WORDS_TO_INDEX = 16  # single words asked for, from which on one index of all words is cheaper
PLAIN, CASED = "", "case"  # the names of views; `stem:en` is that of the English stems


class View:
    """A text to look for literals in. What it returns are intervals of the document's plain reading."""

    def __init__(self, text: str, plain: Reading, own: Reading) -> None:
        self.text = text
        self._plain = plain
        self._own = own
        self.is_plain = text is plain.text
        self._known: dict[str, bool] = {}
        self._tellings: list[tuple[Mapping[str, int], Mapping[int, list[Interval]]]] = []
        self._words_asked = 0
        self._found: dict[Literal, list[Interval]] = {}
        self._places: dict[Literal, list[int]] = {}

    def occurrences(self, literal: Literal) -> list[Interval]:
        """Return where the literal is found, in order; remembered."""
        found = self._found.get(literal)
        if found is None:
            told = self._told(literal.text)
            found = self.place(literal, self._search(literal) if told is None else told)
        return found

    def places(self, literal: Literal) -> list[int]:
        """Return the numbers of the words that stand first where the literal is found; remembered."""
        places = self._places.get(literal)
        if places is None:
            places = self._places[literal] = self._plain.places(self.occurrences(literal))
        return places

    def locate(self, literals: Iterable[Literal]) -> list[Interval]:
        """Return where any of the literals is."""
        for numbers, places in self._tellings:
            literals = [
                one for one in literals if numbers.get(one.text, -1) in places or one.text not in numbers
            ]
        return [interval for literal in literals for interval in self.occurrences(literal)]

    def tell(self, numbers: Mapping[str, int], places: Mapping[int, list[Interval]]) -> None:
        """Let it be known where the numbered texts are, as an automaton has found: nowhere if not in `places`."""
        self._tellings.append((numbers, places))

    def _told(self, text: str) -> Sequence[Interval] | None:
        for numbers, places in self._tellings:
            number = numbers.get(text)
            if number is not None:
                return places.get(number, ())
        return None

    def has_each(self, needs: Iterable[Iterable[str]]) -> bool:
        """Tell whether of each of the needs one string is in this view; what was looked for is remembered."""
        known, text = self._known, self.text
        for need in needs:
            for one in need:
                there = known.get(one)
                if there is None:
                    told = self._told(one)
                    there = known[one] = one in text if told is None else bool(told)
                if there:
                    break
            else:
                return False
        return True

    def place(self, literal: Literal, places: Iterable[Interval]) -> list[Interval]:
        """Return what `occurrences` returns, given all the places of the literal's text in this view."""
        if literal.ending == Ending.CLOSED:
            left, right = int(literal.text[0] == " "), 1
            found = [(start + left, end - right) for start, end in places]
        else:
            found = list(self._ended(literal, places))
        if not self.is_plain:
            found = [self._in_plain(start, end) for start, end in found]
        self._found[literal] = found
        return found

    def _search(self, literal: Literal) -> Iterable[Interval]:
        if literal.ending == Ending.CLOSED and literal.text.count(" ") == 2:
            self._words_asked += 1
            if self._words_asked > _WORDS_TO_INDEX and self._index is not None:
                length = len(literal.text)
                return [(at, at + length) for at in self._index.get(literal.text[1:-1], ())]
        return self._searched(literal.text)

    def _searched(self, text: str) -> Iterator[Interval]:
        find, length = self.text.find, len(text)
        start = find(text)
        while start >= 0:
            yield start, start + length
            start = find(text, start + 1)

    @once
    def _index(self) -> dict[str, list[int]] | None:
        """Word → where the space before it is; None for texts with scripts without spaces."""
        words = self.text[1:-1].split(" ")
        if len(words) != len(self.starts):
            return None
        index: dict[str, list[int]] = {}
        for word, start in zip(words, self.starts, strict=True):
            if word in index:
                index[word].append(start - 1)
            else:
                index[word] = [start - 1]
        return index

    def _ended(self, literal: Literal, places: Iterable[Interval]) -> Iterator[Interval]:
        left = int(literal.text[0] == " ")
        for start, end in places:
            if literal.ending == Ending.OPEN:
                yield start + left, self.text.index(" ", end)
            elif not is_continued(self.text, end):
                yield start + left, end

    @once
    def starts(self) -> list[int]:
        """Where words begin in this view; as many words as the plain reading has."""
        return self._own.starts if self.text is self._own.text else word_starts(self.text)

    def _in_plain(self, start: int, end: int) -> Interval:
        first, last = bisect_right(self.starts, start) - 1, bisect_left(self.starts, end) - 1
        return self._plain.starts[first], self._plain.ends[last]

    def words_with(self, part: str) -> Iterator[tuple[Interval, tuple[str, ...]]]:
        """Yield the words between spaces that hold `part`, with their forms."""
        text, end = self.text, 0
        at = text.find(part)
        while at >= 0:
            start = text.rfind(" ", 0, at + (part[:1] == " ")) + 1
            end = text.index(" ", max(start, at + len(part) - (part[-1:] == " ")))
            yield self._whole(start, end), self._forms(start, text[start:end])
            at = text.find(part, end)

    def signed(self, key: str) -> list[Interval]:
        """Return where a word is written with its signs (`u.n`, `yahoo!`), in order."""
        text = self.text
        return [
            self._whole(start, text.index(" ", start))
            for start, form in self._own.signed.items()
            if form == key
        ]

    def _whole(self, start: int, end: int) -> Interval:
        return (start, end) if self.is_plain else self._in_plain(start, end)

    def _forms(self, start: int, key: str) -> tuple[str, ...]:
        signed = self._own.signed.get(start) if self.text is self._own.text else None
        return (key,) if signed is None else (signed, key)

    @once
    def keys(self) -> dict[str, list[Interval]]:
        """Every form of every word, and every two characters of scripts without spaces, with their places."""
        found: dict[str, list[Interval]] = {}
        starts, text = [*self.starts, len(self.text)], self.text
        for start, following in pairwise(starts):
            end = following - (text[following - 1] == " ")
            key = text[start:end]
            forms = self._forms(start, key)
            if following == end and is_unspaced(key):
                after = text[following : starts[bisect_right(starts, following)]].rstrip(" ")
                forms = (key, key + after)
            if key != FIELD:
                for form in forms:
                    found.setdefault(form, []).append(self._whole(start, end))
        return found
