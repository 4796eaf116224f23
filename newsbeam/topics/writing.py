"""How a reading is made of a text: an array of what each character becomes, corrected in place.

Nearly all characters become another whatever stands beside them: one look-up in a table for all. A chunk between
separators that holds anything else (an apostrophe or full stop inside it, a combining mark, ß) is cut by
`analysis.cut`. What is not read is marked, and taken out at the end. Texts whose letters all fold to ASCII, as in
most languages of Latin letters, are written in bytes, all others in arrays of code points.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

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

_DROPPED = {size: dtype(DROPPED % (1 << 8 * size)) for size, dtype in ((1, np.uint8), (4, np.uint32))}

Codes = npt.NDArray[np.unsignedinteger[Any]]
Kinds = npt.NDArray[np.uint8]
Indexes = npt.NDArray[np.intp]


class Written(NamedTuple):
    """A reading; where its characters come from is told by what was dropped of the source, or outright."""

    text: str
    codes: Codes  # of the source
    origin: Indexes | None
    signs: list[
        tuple[int, str]
    ]  # words that stand without their signs: where in the source, and the whole form

    def dropped(self) -> npt.NDArray[np.bool_]:
        """Return which characters of the source were dropped."""
        dropped: npt.NDArray[np.bool_] = self.codes == _DROPPED[self.codes.itemsize]
        return dropped


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
    """A text as an array of what each character becomes."""

    def __init__(self, source: str, codes: Codes, fields: Sequence[str]) -> None:
        self.source = source
        self.codes = codes
        self.inserts: list[tuple[int, int, int]] = []
        self.signs: list[tuple[int, str]] = []
        at = 0
        for field in fields[:-1]:  # the marks between fields are read as words
            at += len(field) + 2
            codes[at] = ord(FIELD)
            at += 1

    def cut(self, chunks: list[tuple[int, int]], pieces: Pieces, kinds: Kinds | None = None) -> None:
        """Write what these chunks are cut into in their places; one may come twice."""
        codes, size, source, done = self.codes.data.cast("B"), self.codes.itemsize, self.source, 0
        for a, b in chunks:
            if b == done:
                continue
            done = b
            piece = pieces[source[a:b]]
            codes[a * size : b * size] = piece.codes
            if kinds is not None:
                kinds[a:b] = np.frombuffer(piece.kinds, np.uint8)
            if piece.inserts or piece.signs:
                self.inserts += [(a + at, code, kind) for at, code, kind in piece.inserts]
                self.signs += [(a + at, key) for at, key in piece.signs]

    def drop_repeated_separators(self) -> None:
        """Mark the separators that follow another one."""
        is_separator = self.codes <= SPACE
        repeated = is_separator[1:] & is_separator[:-1]
        np.putmask(self.codes[1:], repeated, _DROPPED[self.codes.itemsize])

    def assembled(self, encoding: str, kinds: Kinds | None = None) -> Written:
        """Return the reading, with what had no room in its place, and separators around scripts without spaces."""
        codes, origin = self.codes, None
        kept = codes != _DROPPED[codes.itemsize]
        if self.inserts:
            at, new_codes, new_kinds = zip(*self.inserts, strict=True)
            codes, kept = np.insert(codes, at, new_codes), np.insert(kept, at, values=True)
            kinds = None if kinds is None else np.insert(kinds, at, new_kinds)
            origin = np.insert(np.arange(len(self.source)), at, at)[kept]
        codes = np.maximum(codes[kept], codes.dtype.type(SPACE))  # what was not cut is a separator
        if kinds is not None and len(gaps := _junctions(kinds[kept])):
            origin = kept.nonzero()[0] if origin is None else origin
            codes, origin = np.insert(codes, gaps, SPACE), np.insert(origin, gaps, origin[gaps])
        return Written(codes.tobytes().decode(encoding), self.codes, origin, self.signs)


# --- letters that fold to ASCII ---------------------------------------------------------------------------


def _narrow(source: str, table: Characters) -> bytearray | None:
    """What each character becomes if all of it is ASCII and hardly any was anything else; otherwise None."""
    alike = source
    if not source.isascii():
        for printers, plain in table.alike:
            alike = alike.replace(printers, plain)
    try:
        codes = bytearray(alike.encode("latin-1").translate(table.of_latin))
    except UnicodeEncodeError:
        return _narrow_with_rare(alike, table)
    return None if NOT_ASCII in codes else codes


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
    sheet = _Sheet(source, np.frombuffer(raw, np.uint8), fields)
    sheet.cut(_narrow_chunks(raw, sheet.codes), pieces)
    sheet.drop_repeated_separators()
    if sheet.inserts:
        return sheet.assembled("ascii")
    text = raw.translate(_UNREAD_AS_SPACES, b"\xff").decode("ascii")
    return Written(text, sheet.codes, None, sheet.signs)


def _narrow_chunks(raw: bytearray, codes: Codes) -> list[tuple[int, int]]:
    """The chunks to cut, told by looking at the few characters that may join something."""
    found = [
        at
        for at in ((codes[:-1] < UNREAD) & (codes[1:] >= LEAST)).nonzero()[0].tolist()
        if raw[at] == POINT or (raw[at] == QUOTE and raw[at - 1] != SPACE)
    ]
    if SIGN in raw or SPECIAL in raw:
        found += [at for at in (codes == SIGN).nonzero()[0].tolist() if _is_letter(raw[at - 1])]
        special = (codes == SPECIAL).nonzero()[0].tolist()
        found = sorted([*found, *special])
    return [(raw.rfind(b" ", 0, at) + 1, raw.find(b" ", at)) for at in found]


def _is_letter(code: int) -> bool:
    return code >= LEAST or code == SPECIAL


# --- all others -------------------------------------------------------------------------------------------


def _write_wide(source: str, fields: Sequence[str], table: Characters, pieces: Pieces) -> Written:
    points = np.frombuffer(source.encode("utf-32-le", "surrogatepass"), "<u4").astype(np.intp)
    sheet = _Sheet(source, table.codes.take(points, mode="clip"), fields)
    kinds = table.kinds.take(points, mode="clip") if (points >= _FIRST_UNSPACED).any() else None
    sheet.cut(_wide_chunks(sheet.codes), pieces, kinds)
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
