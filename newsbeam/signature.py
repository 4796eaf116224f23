"""Near-duplicates: what of a story's text is kept so that its copies are recognised.

A shingle is a run of `SHINGLE` letters of the normal text. Its hash is the same for ever and on every machine. A
signature keeps the shingles whose hash is small, so that two texts keep the same ones wherever they stand; a few of
the smallest, to be looked up by; and hashes of the names and figures that the text says. `docs/identity.md` has the
reasons.
"""

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newsbeam.likeness import LEAST
from newsbeam.story import Signature

Hashes = npt.NDArray[np.uint32]

SHINGLE = (
    40  # letters, about eight words: texts made from one template have a name or figure in most such runs
)
_READ = 8_192  # letters; copies share their beginning
_LEAD = 800  # letters of which more shingles are kept: a copy may have no more than these
_LEAD_LIMIT, _WHOLE_LIMIT = np.uint32(2**32 // 8), np.uint32(2**32 // 32)  # hashes below are kept
_REACHES = ((250, 2), (_LEAD, 2), (_READ, 4))  # of so many letters so many smallest hashes to be looked up by
_NAMED = 1_000  # characters in which names and figures are looked for: a text says first what it is about

_MULTIPLIER = 0x9E3779B1  # odd, so that its powers can be divided by
_LETTER, _DIGIT, _CAPITAL, _SPACE, _JOINING = 1, 2, 4, 16, 64  # joining: letters and the comma
_TABLE = 0x2000  # code points; scripts above have no capitals
# First bytes in UTF-8 of letters of two bytes, and of three in scripts with alphabets: without them, a shingle of
# most scripts has as many letters, and one of Chinese as many words.
_FIRST_BYTES = bytes(range(0xC2, 0xE2))


class _Tables(NamedTuple):
    """What bytes and characters stand for, and the powers of the multiplier with their inverses."""

    bytes_: Hashes
    characters: Hashes
    kinds: npt.NDArray[np.uint8]
    powers: Hashes
    inverses: Hashes


def signature_of(summary: str, body: str, normal: tuple[bytes, bytes]) -> Signature | None:
    """Return the signature of a story's text, None when it is too short to prove anything.

    `normal` are summary and body as `normal_bytes` gives them. Headlines are left out, since each outlet writes its
    own; and a summary that is the body's beginning.
    """
    repeated = normal[0][:48] in normal[1][:400]
    letters = (normal[1] if repeated else normal[0] + normal[1])[: 3 * _READ]
    if not letters.isascii():
        letters = letters.translate(None, _FIRST_BYTES)
    tables = _tables()
    hashes = _shingles(np.frombuffer(letters[:_READ], np.uint8), tables)
    places = np.flatnonzero(hashes < _LEAD_LIMIT)
    if len(places) < LEAST:
        return None
    kept = hashes.take(places)
    reached = [(kept[: places.searchsorted(reach - SHINGLE)], number) for reach, number in _REACHES]
    names, figures = _said((body if repeated else f"{summary}\n{body}")[:_NAMED], tables)
    return Signature(
        anchors=tuple(sorted({one for reach, number in reached for one in np.sort(reach)[:number].tolist()})),
        lead=_bytes(reached[1][0]),
        whole=_bytes(kept[kept < _WHOLE_LIMIT]),
        names=names,
        figures=figures,
    )


def _shingles(letters: npt.NDArray[np.uint8], tables: _Tables) -> Hashes:
    """The hashes of all runs of `SHINGLE` letters; the high bits are the good ones."""
    if len(letters) <= SHINGLE:
        return np.zeros(0, np.uint32)
    sums = _sums(tables.bytes_.take(letters), tables)
    hashes = sums[SHINGLE:] - sums[:-SHINGLE]
    hashes *= tables.inverses[: len(hashes)]
    return _mixed(hashes)


def _said(text: str, tables: _Tables) -> tuple[bytes, bytes]:
    """The hashes of the names and the figures in a text.

    A name is a word with a capital inside a sentence: it stands behind a space, and that behind a word or comma.
    """
    points = np.frombuffer(f"  {text} ".encode("utf-32-le", "surrogatepass"), np.uint32)
    points = np.minimum(points, _TABLE - 1)
    kinds = tables.kinds.take(points)
    here, before, further = kinds[2:], kinds[1:-1], kinds[:-2]
    names, figures = here & before >> 2 & further >> 4 & _CAPITAL, here & ~(before << 1) & _DIGIT
    starts = np.flatnonzero(names | figures)
    figures = figures.take(starts) != 0
    starts += 2
    ends = np.flatnonzero(kinds & _LETTER == 0)
    ends = ends.take(ends.searchsorted(starts))
    sums = _sums(tables.characters.take(points), tables)
    hashes = _mixed((sums.take(ends) - sums.take(starts)) * tables.inverses.take(starts))
    return _bytes(hashes[~figures]), _bytes(hashes[figures])


def _sums(values: Hashes, tables: _Tables) -> Hashes:
    """The sums of the first 0, 1, 2, … values, each times a power of the multiplier, modulo 2**32."""
    sums = np.zeros(len(values) + 1, np.uint32)
    np.add.accumulate(values * tables.powers[: len(values)], out=sums[1:])
    return sums


def _mixed(hashes: Hashes) -> Hashes:
    """Spread the low bits over the high ones."""
    hashes ^= hashes >> 16
    hashes *= np.uint32(0x7FEB352D)
    return hashes


def _bytes(hashes: Hashes) -> bytes:
    return hashes.astype("<u4").tobytes()


@cache
def _tables() -> _Tables:
    characters = [chr(point) for point in range(_TABLE)]
    kinds = [
        _LETTER * one.isalnum()
        | _DIGIT * one.isdecimal()
        | _CAPITAL * one.isupper()
        | _SPACE * one.isspace()
        | _JOINING * (one == "," or one.isalnum())
        for one in characters
    ]
    return _Tables(
        _scattered(range(256)),
        _scattered([ord(one.lower()[0]) for one in characters]),
        np.array(kinds, np.uint8),
        _powers(_MULTIPLIER),
        _powers(pow(_MULTIPLIER, -1, 2**32)),
    )


def _scattered(numbers: Sequence[int]) -> Hashes:
    """Other numbers instead of these, far apart: the finalizer `lowbias32` of Ellis and Wellons."""
    hashes = np.array(numbers, np.uint32) + np.uint32(1)
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B), (16, 1)):
        hashes ^= hashes >> shift
        hashes *= np.uint32(factor)
    return hashes


def _powers(base: int) -> Hashes:
    return np.cumprod(np.array([1, *[base] * _READ], np.uint32), dtype=np.uint32)
