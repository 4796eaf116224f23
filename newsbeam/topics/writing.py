"""How a reading is made of a text: an array of what each character becomes, corrected in place.

Nearly all characters become another whatever stands beside them: one look-up in a table for all. A chunk between
separators that holds anything else (an apostrophe or full stop inside it, a combining mark, ß) is cut by
`analysis.cut`. What is not read is marked, and taken out at the end. Texts whose letters all fold to ASCII, as in
most languages of Latin letters, are written in bytes, all others in arrays of code points.
"""

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import BytesAhoCorasick

from newsbeam.topics.analysis import Folding
from newsbeam.topics.characters import (
    ABOVE,
    BASE,
    LEAST,
    NOT_ASCII,
    POINT,
    QUOTE,
    SIGN,
    SPACE,
    SPECIAL,
    UNREAD,
    WORD,
    Characters,
    characters,
)
from newsbeam.topics.pieces import DROPPED, NotAsciiError, Pieces, narrow_pieces, wide_pieces

FIELD = "|"  # stands between the fields of a reading, as a word that no query has
BETWEEN_FIELDS = f"\n{FIELD}\n"
_FIRST_UNSPACED = 0xE00
_RARE = 12  # of so many characters, at most one that is not ASCII
_UNREAD_AS_SPACES = bytes(SPACE if code < UNREAD else code for code in range(256))
_DROPPED_BYTE = bytes((DROPPED % 256,))

# NumPy is quicker with an array of no dimension than with a number of Python's. By the size of codes:
_DROPPED = {size: np.array(DROPPED % (1 << 8 * size), f"u{size}") for size in (1, 4)}
_SPACE = {size: np.array(SPACE, f"u{size}") for size in (1, 4)}

Codes = npt.NDArray[np.unsignedinteger[Any]]
Kinds = npt.NDArray[np.uint8]
Indexes = npt.NDArray[np.intp]


class Written:
    """A reading; where its characters come from is told by what was dropped of the source, or outright."""

    __slots__ = ("_sheet", "bases", "origin", "signs", "text")

    def __init__(self, text: str, sheet: "_Sheet", origin: Indexes | None = None) -> None:
        self.text = text
        self.bases = sheet.bases  # where the fields begin in the source
        self.origin = origin
        # Words that stand without their signs: where in the source, and the whole form.
        self.signs = sheet.signs
        self._sheet = sheet

    def before_dropped(self) -> list[int]:
        """Return which characters of the source stand right before one that was dropped, in order."""
        before: list[int] = self._sheet.repeating.tolist()
        if self._sheet.unread:
            before += [at - 1 for at in self._sheet.unread]
            before.sort()
        return before

    def origins(self) -> Indexes:
        """Return where in the source each character comes from."""
        return self._sheet.kept().nonzero()[0] if self.origin is None else self.origin


def write(fields: Sequence[str], folded: Folding) -> Written:
    """Return the reading of a text's fields, each of which is a place of the source after a separator."""
    source = f"\n{BETWEEN_FIELDS.join(fields)}\n"
    table = characters(folded)
    narrow = _narrow(source, table)
    if narrow is not None:
        try:
            return _write_narrow(narrow, source, fields, narrow_pieces(folded))
        except NotAsciiError:
            pass
    return _write_wide(source, fields, table, wide_pieces(folded))


class _Sheet:
    """A text as an array of what each character becomes; `raw` is the same memory, quicker where it is little."""

    __slots__ = ("_source", "bases", "codes", "inserts", "raw", "repeating", "signs", "unread")

    def __init__(self, source: str, codes: Codes, raw: bytearray | memoryview, fields: Sequence[str]) -> None:
        self.codes = codes
        self.raw = raw
        self.inserts: list[tuple[int, int, int]] = []
        self.signs: list[tuple[int, str]] = []
        self.unread: list[int] = []  # what was dropped by cutting
        self.bases = [base := 1]
        for field in fields[:-1]:
            end = base + len(field)
            raw[end + 1] = ord(FIELD)  # the mark between fields is read as a word
            self.bases.append(base := end + len(BETWEEN_FIELDS))
        self._source = source

    def cut(self, chunks: list[tuple[int, int]], pieces: Pieces, kinds: Kinds | None = None) -> None:
        """Write what these chunks are cut into in their places; one may come twice."""
        raw, source, done = self.raw, self._source, 0
        for a, b in chunks:
            if b == done:
                continue
            done = b
            codes, kind, unread, inserts, signs = pieces[source[a:b]]
            raw[a:b] = codes
            if kinds is not None:
                kinds[a:b] = np.frombuffer(kind, np.uint8)
            if unread:
                self.unread += [a + at for at in unread]
            if inserts or signs:
                self.inserts += [(a + at, code, kind) for at, code, kind in inserts]
                self.signs += [(a + at, key) for at, key in signs]

    def drop_repeated_separators(self) -> None:
        """Mark the separators that follow another one."""
        codes = self.codes
        is_separator = np.less_equal(codes, _SPACE[codes.itemsize])
        self.repeating = (is_separator[1:] & is_separator[:-1]).nonzero()[0]
        codes[1:][self.repeating] = _DROPPED[codes.itemsize]

    def kept(self) -> npt.NDArray[np.bool_]:
        """Return what was not dropped."""
        kept: npt.NDArray[np.bool_] = self.codes != _DROPPED[self.codes.itemsize]
        return kept

    def assembled(self, encoding: str, kinds: Kinds | None = None) -> Written:
        """Return the reading, with what had no room in its place, and separators around scripts without spaces."""
        codes, origin = self.codes, None
        kept = self.kept()
        if self.inserts:
            at, new_codes, new_kinds = zip(*self.inserts, strict=True)
            codes, kept = np.insert(codes, at, new_codes), np.insert(kept, at, values=True)
            kinds = None if kinds is None else np.insert(kinds, at, new_kinds)
            origin = np.insert(np.arange(len(self._source)), at, at)[kept]
        codes = np.maximum(codes[kept], codes.dtype.type(SPACE))  # what was not cut is a separator
        if kinds is not None and len(gaps := _junctions(kinds[kept])):
            origin = kept.nonzero()[0] if origin is None else origin
            codes, origin = np.insert(codes, gaps, SPACE), np.insert(origin, gaps, origin[gaps])
        return Written(codes.tobytes().decode(encoding), self, origin)


# --- letters that fold to ASCII ---------------------------------------------------------------------------


def _narrow(source: str, table: Characters) -> bytearray | None:
    """What each character becomes if all of it is ASCII and hardly any was anything else; otherwise None."""
    if source.isascii():
        return bytearray(source.encode("ascii").translate(table.of_latin))
    for printers in table.alike:
        for char, plain in printers:
            source = source.replace(char, plain)
        try:
            codes = source.encode("latin-1").translate(table.of_latin)
        except UnicodeEncodeError:
            continue
        return None if NOT_ASCII in codes else bytearray(codes)
    return _narrow_with_rare(source, table)


def _narrow_with_rare(source: str, table: Characters) -> bytearray | None:
    """The same for a text in which a few characters are beyond Latin-1, each of which is looked up."""
    raw = source.encode("latin-1", "replace")
    codes = bytearray(raw.translate(table.of_latin))
    if NOT_ASCII in codes:
        return None
    as_ascii, at = table.as_ascii, raw.find(b"?")
    for _ in range(len(raw) // _RARE + 1):
        if at < 0:
            return codes
        code = as_ascii[min(ord(source[at]), ABOVE - 1)]
        if code == NOT_ASCII:
            return None
        codes[at] = code
        at = raw.find(b"?", at + 1)
    return None


def _write_narrow(raw: bytearray, source: str, fields: Sequence[str], pieces: Pieces) -> Written:
    sheet = _Sheet(source, np.frombuffer(raw, np.uint8), raw, fields)
    sheet.cut(_narrow_chunks(raw), pieces)
    sheet.drop_repeated_separators()
    if sheet.inserts:
        return sheet.assembled("ascii")
    return Written(raw.translate(_UNREAD_AS_SPACES, _DROPPED_BYTE).decode("ascii"), sheet)


# All signs that may join two words in ASCII, before a letter. They begin with two different bytes: more than three
# would take three times as long.
_find_joints = BytesAhoCorasick(
    [bytes((joint, letter)) for joint in (QUOTE, POINT) for letter in range(LEAST, 128)]
).find_matches_as_indexes
_ODD = re.compile(bytes((*b"[", SIGN, SPECIAL, *b"]")))


def _narrow_chunks(raw: bytearray) -> list[tuple[int, int]]:
    """The chunks to cut, told by looking at the few characters that may join something; one may come twice."""
    found = [at for _, at, _ in _find_joints(raw) if raw[at] == POINT or raw[at - 1] != SPACE]
    if SIGN in raw or SPECIAL in raw:
        odd = [match.start() for match in _ODD.finditer(raw)]
        found = sorted([*found, *(at for at in odd if raw[at] == SPECIAL or _is_letter(raw[at - 1]))])
    return [(raw.rfind(b" ", 0, at) + 1, raw.find(b" ", at)) for at in found]


def _is_letter(code: int) -> bool:
    return code >= LEAST or code == SPECIAL


# --- all others -------------------------------------------------------------------------------------------


def _write_wide(source: str, fields: Sequence[str], table: Characters, pieces: Pieces) -> Written:
    points = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)
    codes = table.codes.take(points, mode="clip")
    sheet = _Sheet(source, codes, codes.data, fields)
    kinds = table.kinds.take(points, mode="clip") if (points >= _FIRST_UNSPACED).any() else None
    sheet.cut(_wide_chunks(codes), pieces, kinds)
    sheet.drop_repeated_separators()
    return sheet.assembled("utf-32-le", kinds)


def _wide_chunks(codes: Codes) -> list[tuple[int, int]]:
    """The chunks between separators in which something may belong to a word; one may come twice."""
    found = (codes < UNREAD).nonzero()[0]
    before, here, after = codes[found - 1], codes[found], codes[found + 1]
    followed = (after >= LEAST) | (after == SPECIAL)
    follows = (before >= LEAST) | (before == SPECIAL)
    joins = here == SPECIAL
    joins |= (here == POINT) & followed
    joins |= (here == QUOTE) & followed & (before != SPACE)
    joins |= (here == SIGN) & follows
    found = found[joins]
    separators = (codes == SPACE).nonzero()[0]
    nexts = separators.searchsorted(found)
    firsts: list[int] = separators[nexts - 1].tolist()
    return [(first + 1, last) for first, last in zip(firsts, separators[nexts].tolist(), strict=True)]


def _junctions(kinds: Kinds) -> Indexes:
    """Where a word touches a character of a script without spaces: a separator belongs before these."""
    is_word, is_run = kinds == WORD, kinds >= BASE
    touching = (is_word[:-1] & is_run[1:]) | (is_run[:-1] & is_word[1:])
    found: Indexes = touching.nonzero()[0] + 1
    return found
