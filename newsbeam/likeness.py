"""How alike two texts are, told by their signatures alone (`newsbeam.signature` makes them)."""

import struct
from functools import lru_cache

from newsbeam.story import Signature

LEAST = 6  # shingles: two texts that share fewer prove nothing
_LONG, _FIRST = 50, 6  # shingles: of about eighty words, and of the first
_LEAST_NAMES, _LEAST_FIGURES = 2, 3
_SIZE = 4  # bytes of a hash
_AGREEING = 0.5  # of the names, and of the figures, of the text that has fewer


def likeness(one: Signature, other: Signature) -> float:
    """Return how much of the shorter text stands in the other, from 0 to 1; 0 when they speak of other things.

    The first half of the shorter text counts twice: copies have the same beginning or most of the rest, while what
    all stories of an outlet share stands at the end.
    """
    if not (
        _agree(one.figures, other.figures, _LEAST_FIGURES) and _agree(one.names, other.names, _LEAST_NAMES)
    ):
        return 0.0
    return max(_shared(one.lead, other.lead), _shared(one.whole, other.whole))


def begin_alike(one: Signature, other: Signature) -> bool:
    """Return whether both texts are of some length, and the shorter one's first words stand in the other.

    Asked of stories of one house, which may share more words around a short text than the text has, or all words but
    the headline.
    """
    hits = _shorter_in_longer(one.lead, other.lead)
    return len(hits) >= _LONG and sum(hits[:_FIRST]) >= _AGREEING * _FIRST


def _shared(one: bytes, other: bytes) -> float:
    hits = _shorter_in_longer(one, other)
    if sum(hits) < LEAST:
        return 0.0
    half = (len(hits) + 1) // 2
    return (sum(hits[:half]) / half + sum(hits) / len(hits)) / 2


def _shorter_in_longer(one: bytes, other: bytes) -> list[bool]:
    """Which hashes of the shorter stand in the longer; of two as long the same one, in whichever order."""
    shorter, longer = sorted((one, other), key=lambda kept: (len(kept), kept))
    held = set(_hashes(longer))
    return [each in held for each in _hashes(shorter)]


def _agree(one: bytes, other: bytes, least: int) -> bool:
    these, those = _set(one), _set(other)
    fewer = min(len(these), len(those))
    return fewer < least or len(these & those) >= _AGREEING * fewer


@lru_cache(maxsize=4096)
def _set(kept: bytes) -> frozenset[int]:
    """Names or figures, each once; a founder's are asked for again with every story that shares an anchor."""
    return frozenset(_hashes(kept))


def _hashes(kept: bytes) -> tuple[int, ...]:
    return struct.unpack(f"<{len(kept) // _SIZE}I", kept)
