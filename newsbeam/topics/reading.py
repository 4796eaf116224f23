"""A text as the automaton reads it: folded words with exactly one space around each.

` nato s plan ` is the reading of "NATO's: plan"; one is made per text and folding, whatever the number of queries.
Characters of scripts without spaces stand side by side in one run. `original` leads from the reading back to the
text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from newsbeam.topics.analysis import EXTEND, UNIT, Folding, is_partly_unspaced
from newsbeam.topics.characters import SPACE
from newsbeam.topics.once import once
from newsbeam.topics.writing import FIELD, write

STRIDE = 1 << 24  # words between fields, as they are counted, so that nothing is ever near across them

Interval = tuple[int, int]  # characters [start, end) of a reading, from the first to the last of whole words


class Reading:
    """The fields of one text under one folding. Offsets are those of `text` unless said otherwise."""

    def __init__(self, fields: Sequence[str], folded: Folding) -> None:
        self._written = write(fields, folded)
        self.text = self._written.text

    @once
    def starts(self) -> list[int]:
        """Where words begin, in order; a mark between fields counts as one."""
        return word_starts(self.text)

    @once
    def ends(self) -> list[int]:
        """Where words end, in order."""
        text, last = self.text, len(self.text) - 1
        return [b - 1 if text[b - 1] == " " else b for b in (*self.starts[1:], last)]

    @once
    def breaks(self) -> list[int]:
        """Where the marks between fields stand."""
        first = self.text.find(FIELD)
        return [first, self.text.find(FIELD, first + 1)]

    def number(self, offset: int) -> int:
        """Return which word, from the beginning, is the last one that begins at or before `offset`."""
        return bisect_right(self.starts, offset) - 1

    def places(self, intervals: Sequence[Interval]) -> list[int]:
        """Return the number of each interval's first word, with a stride between the fields."""
        starts, (first, second) = self.starts, self.breaks
        return [
            bisect_right(starts, start) - 1 + (start > first) * STRIDE + (start > second) * STRIDE
            for start, _ in intervals
        ]

    def widths(self, intervals: Sequence[Interval]) -> list[int]:
        """Return how many words each interval holds."""
        starts = self.starts
        return [bisect_left(starts, end) - bisect_right(starts, start) + 1 for start, end in intervals]

    def interval(self, place: int, width: int) -> Interval | None:
        """Return the `width` words from `place` on; None where there are not so many in the field."""
        number = place % STRIDE
        last = number + width - 1
        if last >= len(self.ends):
            return None
        start, end = self.starts[number], self.ends[last]
        return (start, end) if bisect_left(self.breaks, start) == bisect_left(self.breaks, end - 1) else None

    def original(self, interval: Interval) -> tuple[int, int, int]:
        """Return the field's number and the code points [a, b) of that field which words are in."""
        start, end = interval
        written = self._written
        if written.origin is None:
            before = self._before_dropped
            a = _moved(start, start, before)
            b = _moved(end, end + a - start, before)
        else:
            a, b = written.origin[start].item(), written.origin[end].item()
        number = bisect_right(written.bases, a) - 1
        base = written.bases[number]
        return number, a - base, b - base

    @once
    def _before_dropped(self) -> list[int]:
        return self._written.before_dropped()

    @once
    def signed(self) -> dict[int, str]:
        """The words that stand here without their signs (`U.N.`, `Yahoo!`): where, and their form with them."""
        written, text = self._written, self.text
        places = written.origins().searchsorted([base for base, _ in written.signs])
        return {
            int(place) + (text[place] == " "): key
            for place, (_, key) in zip(places, written.signs, strict=True)
        }


def _moved(place: int, least: int, before_dropped: list[int]) -> int:
    """Where a character of a reading is in the source: so far to the right as there is dropped before it."""
    while (moved := place + bisect_left(before_dropped, least)) != least:
        least = moved
    return moved


_WORD_STARTS = re.compile(f"{UNIT}|(?:(?!{UNIT})[^ ])+")


def _points(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), "<u4")


def word_starts(text: str) -> list[int]:
    """Return where the words of a folded text begin."""
    if text.isascii() or not is_partly_unspaced(text):
        codes = np.frombuffer(text.encode(), np.uint8) if text.isascii() else _points(text)
        starts: list[int] = ((codes == SPACE).nonzero()[0][:-1] + 1).tolist()
        return starts
    return [match.start() for match in _WORD_STARTS.finditer(text)]


_CONTINUED = re.compile(EXTEND)


def is_continued(text: str, end: int) -> bool:
    """Tell whether the character before `end` goes on with a mark, which makes it another one."""
    return _CONTINUED.match(text, end) is not None
