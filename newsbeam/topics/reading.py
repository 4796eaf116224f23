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

# What a character becomes. Those that make words become their folded selves, all of them 48 or more; a separator
# becomes a space; what may or may not belong to a word becomes one of these, and a space unless it does.
_QUOTE, _POINT, _SIGN, _SPECIAL = 3, 4, 5, 7
_HIGH = 255
_UNREAD = 8  # all of those are below
_LEAST = 48
SPACE = 32
FIELD = "|"  # stands between the fields of a reading, as a word that no query has
# What a character of a text with scripts without spaces is.
_NONE, _WORD, _BASE, _MARK = range(4)
_KEPT, _DROPPED = 0, 255
_POINTS = ".,&\u066b\u066c"  # may join what follows to a word
_QUOTES = "'\"\u2019\uff07\u05f4"  # may join two words
_SIGNS = "+#!"  # may belong to the word before
STRIDE = 1 << 24  # words between fields, as they are counted, so that nothing is ever near across them
_TABLE = 0x10000  # code points above are looked at one by one
_FIRST_UNSPACED = 0xE00
_RARE = 12  # of so many characters, at most one that is not ASCII
_REMEMBERED, _MAX_PIECES = 40, 1 << 16

_PLANE = "".join(chr(c) if not 0xD800 <= c < 0xE000 else "\0" for c in range(_TABLE))
_HAN_AND_HANGUL = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")  # nothing to fold
_ODD_LETTER = re.compile(f"{EXTEND}|[\u1100-\u11ff]")  # letters that join the one before

_UNREAD_AS_SPACES = bytes(SPACE if code < _UNREAD else code for code in range(256))
Codes = npt.NDArray[np.unsignedinteger[Any]]
Kinds = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.uint8]
Indexes = npt.NDArray[np.intp]
Interval = tuple[int, int]  # characters [start, end) of a reading, from the first to the last of whole words


class _Piece(NamedTuple):
    """A cut chunk in place: what to read for each of its characters, and what does not fit in its length."""

    codes: bytes
    dropped: bytes  # with one more, for the separator that follows
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
    size = len(chunk)
    codes, kinds, dropped = [" "] * size, bytearray(size), bytearray([_DROPPED] * (size + 1))
    inserts: list[tuple[int, int, int]] = []
    signs: list[tuple[int, str]] = []
    end = -1
    for token in cut(chunk, folded):
        key = token.keys[0] if token.unspaced else token.keys[-1]
        if token.start == end and not token.unspaced and kinds[end - 1] == _WORD:
            inserts.append((end, SPACE, _NONE))
        start, end = token.start, token.end
        room, read = end - start, min(len(key), end - start)
        kind = [_BASE, *[_MARK] * (len(key) - 1)] if token.unspaced else [_WORD] * len(key)
        codes[start : start + read] = key[:read]
        kinds[start : start + read] = bytes(kind[:read])
        kinds[start + read : end] = bytes(kind[:1]) * (room - read)
        dropped[start : start + read] = bytes(read)
        dropped[end] = _KEPT  # if it is no word that begins at once
        inserts += [(end, ord(code), k) for code, k in zip(key[room:], kind[room:], strict=True)]
        if len(token.keys) > 1 and not token.unspaced:
            signs.append((start, token.keys[0]))
    as_read = "".join(codes).encode(encoding)
    "".join(chr(code) for _, code, _ in inserts).encode(
        encoding
    )  # raises, as above, where it cannot hold them
    return _Piece(as_read, bytes(dropped), bytes(kinds), tuple(inserts), tuple(signs))


class Tables:
    """What every character below `_TABLE` is and becomes under one folding."""

    def __init__(self, folded: Folding) -> None:
        self.kinds = np.zeros(_TABLE, dtype=np.uint8)
        self.codes = np.full(_TABLE, SPACE, dtype=np.uint32)
        for kind, pattern in ((_NONE, ODD), (_NONE, EXTEND), (_WORD, CHAR), (_BASE, UNSPACED)):
            for run in re.finditer(f"{pattern}+", _PLANE):
                self._fill(kind, run.start(), run.end(), folded)
        for code, signs in ((_QUOTE, _QUOTES), (_POINT, _POINTS), (_SIGN, _SIGNS)):
            self.codes[[ord(sign) for sign in signs]] = code
        self.codes[-1] = _SPECIAL
        self.ascii = bytes(self.codes[:128].tolist()) + bytes(128)
        self.low = bytes(np.where(self.codes < 128, self.codes, _HIGH).tolist())  # of codes that are ASCII
        self.narrow = _Pieces(folded, "ascii")
        self.wide = _Pieces(folded, "utf-32-le")

    def _fill(self, kind: int, start: int, end: int, folded: Folding) -> None:
        self.kinds[start:end] = kind
        self.codes[start:end] = _SPECIAL
        for code in range(start, end) if kind != _NONE else ():
            char = chr(code)
            plain = char if _HAN_AND_HANGUL.match(char) else folded(char)
            if len(plain) == 1 and plain >= "0" and not _ODD_LETTER.match(char):
                self.codes[code] = ord(plain)


@cache
def tables(folded: Folding) -> Tables:
    """Return the tables of a folding, made when they are first needed."""
    return Tables(folded)


class Reading:
    """The fields of one text under one folding. Offsets are those of `text` unless said otherwise."""

    def __init__(self, fields: Sequence[str], folded: Folding) -> None:
        self.source = "\n" + f"\n{FIELD}\n".join(fields) + "\n"
        self._read = _read(self.source, fields, tables(folded))
        self.text = self._read.text
        self._origins: memoryview | None = None
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
        if self._origins is None:
            self._origins = self._origin.data
        a, b = self._origins[interval[0]], self._origins[interval[1]]
        number = bisect_right(self._bases, a) - 1
        base = self._bases[number]
        return number, a - base, b - base

    @cached_property
    def _origin(self) -> Indexes:
        origin = self._read.origin
        return origin if origin is not None else (self._read.dropped == _KEPT).nonzero()[0]

    @cached_property
    def signed(self) -> dict[int, str]:
        """The words that stand here without their signs (`U.N.`, `Yahoo!`): where, and their form with them."""
        places = self._origin.searchsorted([base for base, _ in self._read.signs])
        text = self.text
        return {
            int(place) + (text[place] == " "): key
            for place, (_, key) in zip(places, self._read.signs, strict=True)
        }


_WORD_STARTS = re.compile(f"{UNIT}|(?:(?!{UNIT})[^ ])+")


def word_starts(text: str) -> list[int]:
    """Return where the words of a folded text begin."""
    if text.isascii() or not is_partly_unspaced(text):
        codes = np.frombuffer(text.encode("utf-32-le"), "<u4")
        starts: list[int] = ((codes == SPACE).nonzero()[0][:-1] + 1).tolist()
        return starts
    return [match.start() for match in _WORD_STARTS.finditer(text)]


_CONTINUED = re.compile(EXTEND)


def is_continued(text: str, end: int) -> bool:
    """Tell whether the character before `end` goes on with a mark, which makes it another one."""
    return _CONTINUED.match(text, end) is not None


# --- how a reading is made --------------------------------------------------------------------------------


class _Sheet:
    """A text as an array of what each character becomes and another of which are read, corrected in place."""

    def __init__(
        self, source: str, fields: Sequence[str], table: Tables, *, narrow: bytearray | None
    ) -> None:
        self.source = source
        self.kinds: Kinds | None = None  # made only for texts that may have scripts without spaces
        if narrow is not None:
            self.codes: Codes = np.frombuffer(narrow, np.uint8)
            self.pieces, self.encoding = table.narrow, "ascii"
        else:
            points = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)
            self.codes = table.codes.take(points, mode="clip")
            self.pieces, self.encoding = table.wide, "utf-32-le"
            if (points >= _FIRST_UNSPACED).any():
                self.kinds = table.kinds.take(points, mode="clip")
        self._mark_fields(fields)
        self.dropped = self._separators_but_the_first()
        self.inserts: list[tuple[int, int, int]] = []
        self.signs: list[tuple[int, str]] = []

    def _mark_fields(self, fields: Sequence[str]) -> None:
        """Let the marks between fields be read as words."""
        at = 0
        for field in fields[:-1]:
            at += len(field) + 2
            self.codes[at] = ord(FIELD)
            at += 1

    def _separators_but_the_first(self) -> Flags:
        """Which separators follow another one; the very first is read."""
        is_none = self.codes < _LEAST
        dropped = np.empty(len(is_none), dtype=np.bool_)
        np.logical_and(is_none[1:], is_none[:-1], out=dropped[1:])
        dropped[0] = False
        return np.negative(dropped.view(np.uint8))

    def cut_chunks(self) -> None:
        """Write what the chunks that hold more than plain characters are cut into in their places."""
        size, source, pieces = self.codes.itemsize, self.source, self.pieces
        codes, dropped = self.codes.data.cast("B"), self.dropped.data
        kinds = None if self.kinds is None else self.kinds.data
        done = 0
        for a, b in self._narrow_chunks() if size == 1 else self._chunks():
            if b == done:
                continue
            done = b
            piece = pieces[source[a:b]]
            codes[a * size : b * size] = piece.codes
            dropped[a : b + 1] = piece.dropped
            if kinds is not None:
                kinds[a:b] = piece.kinds
            if piece.inserts or piece.signs:
                self.inserts += [(a + at, code, kind) for at, code, kind in piece.inserts]
                self.signs += [(a + at, key) for at, key in piece.signs]

    def _narrow_chunks(self) -> list[Interval]:
        """The chunks to cut of a narrow text, where most are told by the character that follows."""
        codes, raw = self.codes, self.codes.tobytes()
        if _SIGN in raw or _SPECIAL in raw:
            return self._chunks()
        found, end = [], 0
        for at in ((codes[:-1] < _UNREAD) & (codes[1:] >= _LEAST)).nonzero()[0].tolist():
            if at > end and (raw[at] != _QUOTE or raw[at - 1] != SPACE):
                start, end = raw.rfind(b" ", 0, at) + 1, raw.find(b" ", at)
                found.append((start, end))
        return found

    def _chunks(self) -> list[Interval]:
        """The chunks between separators in which something may belong to a word; one may come twice."""
        codes, found = self.codes, (self.codes < _UNREAD).nonzero()[0]
        before, here, after = codes[found - 1], codes[found], codes[found + 1]
        followed = (after >= _LEAST) | (after == _SPECIAL)
        follows = (before >= _LEAST) | (before == _SPECIAL)
        joins = here == _SPECIAL
        joins |= (here == _POINT) & followed
        joins |= (here == _QUOTE) & followed & (before != SPACE)
        joins |= (here == _SIGN) & follows
        found = found[joins]
        separators = (codes == SPACE).nonzero()[0]
        nexts = separators.searchsorted(found)
        firsts: list[int] = separators[nexts - 1].tolist()
        return [(first + 1, last) for first, last in zip(firsts, separators[nexts].tolist(), strict=True)]


class _Read(NamedTuple):
    """A reading; where its characters come from is told by what was dropped, or outright."""

    text: str
    dropped: Flags
    origin: Indexes | None
    signs: list[tuple[int, str]]


def _narrow(source: str, table: Tables) -> bytearray | None:
    """What each character becomes if all of it is ASCII, as in most languages of Latin letters; else None."""
    raw = source.encode("ascii", "replace")
    codes = bytearray(raw.translate(table.ascii))
    if source.isascii():
        return codes
    if raw.count(b"?") * _RARE > len(raw):
        return None
    low, at = table.low, raw.find(b"?")
    while at >= 0:
        code = low[min(ord(source[at]), _TABLE - 1)]
        if code == _HIGH:
            return None
        codes[at] = code
        at = raw.find(b"?", at + 1)
    return codes


def _read(source: str, fields: Sequence[str], table: Tables) -> _Read:
    narrow = _narrow(source, table)
    if narrow is not None:
        try:
            return _read_sheet(_Sheet(source, fields, table, narrow=narrow))
        except UnicodeEncodeError:  # a chunk that is cut holds letters of other scripts
            pass
    return _read_sheet(_Sheet(source, fields, table, narrow=None))


def _read_sheet(sheet: _Sheet) -> _Read:
    sheet.cut_chunks()
    if sheet.encoding == "ascii" and not sheet.inserts:
        text = (sheet.codes | sheet.dropped).tobytes().translate(_UNREAD_AS_SPACES, b"\xff").decode("ascii")
        return _Read(text, sheet.dropped, None, sheet.signs)
    codes, dropped, kinds = sheet.codes, sheet.dropped, sheet.kinds
    origin: Indexes | None = None
    if sheet.inserts:
        at, new_codes, new_kinds = zip(*sheet.inserts, strict=True)
        codes, dropped = np.insert(codes, at, new_codes), np.insert(dropped, at, _KEPT)
        kinds = None if kinds is None else np.insert(kinds, at, new_kinds)
        origin = np.insert(np.arange(len(sheet.source)), at, at)
    kept = (dropped == _KEPT).nonzero()[0]
    codes = np.maximum(codes[kept], codes.dtype.type(SPACE))  # what was not cut is a separator
    origin = kept if origin is None else origin[kept]
    if kinds is not None:
        gaps = _junctions(kinds[kept])
        if len(gaps):
            codes, origin = np.insert(codes, gaps, SPACE), np.insert(origin, gaps, origin[gaps])
    return _Read(codes.tobytes().decode(sheet.encoding), dropped, origin, sheet.signs)


def _junctions(kinds: Kinds) -> Indexes:
    """Where a word touches a character of a script without spaces: a separator belongs before these."""
    is_word, is_run = kinds == _WORD, kinds >= _BASE
    touching = (is_word[:-1] & is_run[1:]) | (is_run[:-1] & is_word[1:])
    found: Indexes = touching.nonzero()[0] + 1
    return found
