"""A text as the automaton reads it: folded words with exactly one space around each, made by array operations.

` nato s plan ` is the reading of "NATO's: plan"; one is made per text and folding, whatever the number of
queries. Nearly all characters fold one to one, whatever stands beside them: two table look-ups. A chunk between
separators that holds anything else (an apostrophe or full stop inside it, a combining mark, ß) is cut by
`analysis.cut`, and what that gives is remembered. Characters of scripts without spaces stand side by side in
one run. `origin` leads from every character of the reading back to the text.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cache, cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from newsbeam.topics.analysis import CHAR, EXTEND, ODD, UNIT, UNSPACED, Folding, cut, is_partly_unspaced

# What a character is. Those up to MARK make words; SKIP, only in cut pieces, is part of a word but not read.
SEPARATOR, WORD, BASE, MARK, SKIP, QUOTE, POINT, SIGN, SPECIAL = range(9)
_POINTS = ".,&\u066b\u066c"  # may join what follows to a word
_QUOTES = "'\"\u2019\uff07\u05f4"  # may join two words
_SIGNS = "+#!"  # may belong to the word before
FIELD = "\x02"  # stands between the fields of a reading, as a word that no query has
STRIDE = 1 << 24  # words between fields, as they are counted, so that nothing is ever near across them
_TABLE = 0x10000  # code points above are looked at one by one
_REMEMBERED, _MAX_PIECES = 40, 1 << 16

_PLANE = "".join(chr(c) if not 0xD800 <= c < 0xE000 else "\0" for c in range(_TABLE))
_HAN_AND_HANGUL = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")  # nothing to fold
_ODD_LETTER = re.compile(f"{EXTEND}|[\u1100-\u11ff]")  # letters that join the one before

Points = npt.NDArray[np.unsignedinteger[Any]]
Kinds = npt.NDArray[np.uint8]
Indexes = npt.NDArray[np.intp]
Interval = tuple[int, int]  # characters [start, end) of a reading, from the first to the last of whole words


def _joins() -> npt.NDArray[np.bool_]:
    """Whether a character (second index) between two others makes its chunk one that must be cut."""
    wordish = (WORD, BASE, MARK, SPECIAL)
    table = np.zeros((9, 9, 9), dtype=bool)
    table[:, SPECIAL, :] = True
    for after in wordish:
        table[1:, QUOTE, after] = True
        table[:, POINT, after] = True
    for before in wordish:
        table[before, SIGN, :] = True
    return table


_JOINS = _joins()


class _Piece(NamedTuple):
    """A cut chunk in place: what to read for each of its characters, and what does not fit in its length."""

    codes: bytes
    kinds: bytes
    inserts: tuple[tuple[int, int, int], ...] = ()  # before which character, code point, kind
    signs: tuple[tuple[int, str], ...] = ()  # words that have a form with its signs: where, and that form


class _Pieces(dict[str, _Piece]):
    """Chunk → piece, remembered for short chunks; news repeats its words."""

    def __init__(self, folded: Folding, encoding: str) -> None:
        super().__init__()
        self._folded = folded
        self._encoding = encoding

    def __missing__(self, chunk: str) -> _Piece:
        piece = _piece(chunk, self._folded, self._encoding)
        if len(chunk) <= _REMEMBERED:
            if len(self) >= _MAX_PIECES:
                self.clear()
            self[chunk] = piece
        return piece


def _piece(chunk: str, folded: Folding, encoding: str) -> _Piece:
    codes = [" "] * len(chunk)
    kinds = bytearray(len(chunk))
    inserts: list[tuple[int, int, int]] = []
    signs: list[tuple[int, str]] = []
    end = -1
    for token in cut(chunk, folded):
        key = token.keys[0] if token.unspaced else token.keys[-1]
        kind = [BASE, *[MARK] * (len(key) - 1)] if token.unspaced else [WORD] * len(key)
        if token.start == end and not token.unspaced and kinds[end - 1] != BASE:
            inserts.append((end, 32, SEPARATOR))
        start, end = token.start, token.end
        room = end - start
        codes[start : start + min(len(key), room)] = key[:room]
        kinds[start:end] = bytes([*kind[:room], *[SKIP] * (room - len(key))])
        inserts += [(end, ord(code), k) for code, k in zip(key[room:], kind[room:], strict=True)]
        if len(token.keys) > 1 and not token.unspaced:
            signs.append((start, token.keys[0]))
    return _Piece("".join(codes).encode(encoding), bytes(kinds), tuple(inserts), tuple(signs))


class Tables:
    """What every character below `_TABLE` is and becomes under one folding."""

    def __init__(self, folded: Folding) -> None:
        self.kinds = np.zeros(_TABLE, dtype=np.uint8)
        self.codes = np.full(_TABLE, 32, dtype=np.uint32)
        for kind, pattern in ((SPECIAL, ODD), (SPECIAL, EXTEND), (WORD, CHAR), (BASE, UNSPACED)):
            for run in re.finditer(f"{pattern}+", _PLANE):
                self._fill(kind, run.start(), run.end(), folded)
        for kind, signs in ((QUOTE, _QUOTES), (POINT, _POINTS), (SIGN, _SIGNS)):
            self.kinds[[ord(sign) for sign in signs]] = kind
        self.kinds[-1] = SPECIAL
        self.ascii_kinds = bytes(self.kinds[:128]) + bytes(128)
        self.ascii_codes = bytes(self.codes[:128].tolist()) + bytes(128)
        self.narrow = _Pieces(folded, "ascii")
        self.wide = _Pieces(folded, "utf-32-le")

    def _fill(self, kind: int, start: int, end: int, folded: Folding) -> None:
        self.kinds[start:end] = kind
        if kind == SPECIAL:
            return
        for code in range(start, end):
            if _HAN_AND_HANGUL.match(char := chr(code)):
                self.codes[code] = code
                continue
            plain = folded(char)
            if len(plain) == 1 and not _ODD_LETTER.match(char):
                self.codes[code] = ord(plain)
            else:
                self.kinds[code] = SPECIAL


@cache
def tables(folded: Folding) -> Tables:
    """Return the tables of a folding, made when they are first needed."""
    return Tables(folded)


class Reading:
    """The fields of one text under one folding. Offsets are those of `text` unless said otherwise."""

    def __init__(self, fields: Sequence[str], folded: Folding) -> None:
        self.source = "\n" + f"\n{FIELD}\n".join(fields) + "\n"
        self.text, self._origin, self._signs = _read(self.source, fields, tables(folded))
        self._bases = [1]
        for field in fields[:-1]:
            self._bases.append(self._bases[-1] + len(field) + 3)

    @cached_property
    def starts(self) -> list[int]:
        """Where words begin, in order; a mark between fields counts as one."""
        return word_starts(self.text)

    @cached_property
    def ends(self) -> list[int]:
        """Where words end, in order."""
        text, last = self.text, len(self.text) - 1
        return [b - 1 if text[b - 1] == " " else b for b in (*self.starts[1:], last)]

    @cached_property
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
        a, b = self._origins[interval[0]], self._origins[interval[1]]
        number = bisect_right(self._bases, a) - 1
        base = self._bases[number]
        return number, a - base, b - base

    @cached_property
    def _origins(self) -> memoryview:
        return self._origin.data

    @cached_property
    def signed(self) -> dict[int, str]:
        """The words that stand here without their signs (`U.N.`, `Yahoo!`): where, and their form with them."""
        places = self._origin.searchsorted([base for base, _ in self._signs])
        text = self.text
        return {
            int(place) + (text[place] == " "): key
            for place, (_, key) in zip(places, self._signs, strict=True)
        }


_WORD_STARTS = re.compile(f"{UNIT}|(?:(?!{UNIT})[^ ])+")


def word_starts(text: str) -> list[int]:
    """Return where the words of a folded text begin."""
    if text.isascii() or not is_partly_unspaced(text):
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
        starts: list[int] = ((codes == 32).nonzero()[0][:-1] + 1).tolist()
        return starts
    return [match.start() for match in _WORD_STARTS.finditer(text)]


_CONTINUED = re.compile(EXTEND)


def is_continued(text: str, end: int) -> bool:
    """Tell whether the character before `end` goes on with a mark, which makes it another one."""
    return _CONTINUED.match(text, end) is not None


# --- how a reading is made --------------------------------------------------------------------------------


class _Sheet:
    """A text as arrays of what each character is and becomes, to be corrected in place."""

    def __init__(self, source: str, table: Tables) -> None:
        if source.isascii():
            raw = source.encode("ascii")
            self.codes: Points = np.frombuffer(bytearray(raw.translate(table.ascii_codes)), np.uint8)
            self.kinds: Kinds = np.frombuffer(bytearray(raw.translate(table.ascii_kinds)), np.uint8)
            self.pieces, self.encoding = table.narrow, "ascii"
        else:
            points = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), "<u4")
            places = points.astype(np.intp)
            self.codes = table.codes.take(places, mode="clip")
            self.kinds = table.kinds.take(places, mode="clip")
            self.pieces, self.encoding = table.wide, "utf-32-le"

    def mark_fields(self, fields: Sequence[str]) -> None:
        """Let the marks between fields be read as words."""
        at = 0
        for field in fields[:-1]:
            at += len(field) + 2
            self.kinds[at], self.codes[at] = WORD, ord(FIELD)
            at += 1

    def chunks_to_cut(self) -> list[tuple[int, int]]:
        """Return the chunks between separators that hold more than plain characters; one may come twice."""
        kinds = self.kinds
        found = (kinds >= QUOTE).nonzero()[0]
        found = found[_JOINS[kinds[found - 1], kinds[found], kinds[found + 1]]]
        if not len(found):
            return []
        separators = (kinds == SEPARATOR).nonzero()[0]
        after = separators.searchsorted(found)
        firsts: list[int] = separators[after - 1].tolist()
        return [(first + 1, last) for first, last in zip(firsts, separators[after].tolist(), strict=True)]

    def put(self, source: str) -> tuple[list[tuple[int, int, int]], list[tuple[int, str]]]:
        """Write the pieces of all chunks to cut in place; return what is to be inserted, and words with signs."""
        codes, kinds = self.codes.data.cast("B"), self.kinds.data
        size = self.codes.itemsize
        inserts: list[tuple[int, int, int]] = []
        signs: list[tuple[int, str]] = []
        done = 0
        for a, b in self.chunks_to_cut():
            if b == done:
                continue
            done = b
            piece = self.pieces[source[a:b]]
            codes[a * size : b * size] = piece.codes
            kinds[a:b] = piece.kinds
            if piece.inserts:
                inserts += [(a + at, code, kind) for at, code, kind in piece.inserts]
            if piece.signs:
                signs += [(a + at, key) for at, key in piece.signs]
        return inserts, signs


def _read(source: str, fields: Sequence[str], table: Tables) -> tuple[str, Indexes, list[tuple[int, str]]]:
    """Return the reading, where each of its characters comes from, and the words that are read without signs."""
    sheet = _Sheet(source, table)
    sheet.mark_fields(fields)
    inserts, signs = sheet.put(source)
    codes, kinds, origin = sheet.codes, sheet.kinds, None
    if inserts:
        at, new_codes, new_kinds = zip(*inserts, strict=True)
        codes, kinds = np.insert(codes, at, new_codes), np.insert(kinds, at, new_kinds)
        origin = np.insert(np.arange(len(source)), at, at)
    kept = _kept(kinds)
    codes = codes[kept]
    if BASE in kinds.tobytes():
        gaps = _junctions(kinds[kept])
        if len(gaps):
            codes, kept = np.insert(codes, gaps, 32), np.insert(kept, gaps, kept[gaps])
    text = codes.tobytes().decode(sheet.encoding)
    return text, kept if origin is None else origin[kept], signs


def _kept(kinds: Kinds) -> Indexes:
    """Every character of a word, and the first separator after each; one separator at the beginning."""
    rank = kinds - np.uint8(1)  # a separator is 255
    read, alive = rank < MARK, rank < SKIP
    read[1:] |= alive[:-1] & ~alive[1:]
    read[0] = True
    return read.nonzero()[0]


def _junctions(kinds: Kinds) -> Indexes:
    """Where a word touches a character of a script without spaces: a separator belongs before these."""
    is_word, is_run = kinds == WORD, (kinds == BASE) | (kinds == MARK)
    touching = (is_word[:-1] & is_run[1:]) | (is_run[:-1] & is_word[1:])
    found: Indexes = touching.nonzero()[0] + 1
    return found
