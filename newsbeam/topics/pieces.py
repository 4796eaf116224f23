"""Chunks of a text that hold more than plain characters, cut by the exact rule: what to read in their places."""

import re
from array import array
from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple

from newsbeam.topics.analysis import Folding, cut
from newsbeam.topics.characters import BASE, MARK, NONE, SPACE, WORD

DROPPED = -1  # in place of a character that is not read; all bits of a code are set
_REMEMBERED, _MAX_PIECES = 40, 1 << 16
# Nearly every story has a number or a name's genitive that no story had before. What the exact rule says of these is
# known beforehand.
_PLAIN = re.compile("(?:([A-Za-z]{2,})['\u2019]s|([0-9]+(?:[.,][0-9]+)+))[.,]?")


class Piece(NamedTuple):
    """A cut chunk in place: what to read for each of its characters, and what does not fit in its length."""

    codes: bytes | memoryview
    kinds: bytes
    unread: tuple[int, ...] = ()  # which characters are dropped
    inserts: tuple[tuple[int, int, int], ...] = ()  # before which character, code point, kind
    signs: tuple[tuple[int, str], ...] = ()  # words that have a form with its signs: where, and that form


class Pieces(dict[str, Piece]):
    """Chunk → piece, remembered for short chunks; news repeats its words."""

    def __init__(self, folded: Folding, encoded: Callable[[Sequence[int]], bytes | memoryview]) -> None:
        super().__init__()
        self._folded = folded
        self._encoded = encoded

    def __missing__(self, chunk: str) -> Piece:
        plain = _PLAIN.fullmatch(chunk)
        piece = self._piece(chunk) if plain is None else self._plain_piece(chunk, plain)
        if len(chunk) <= _REMEMBERED:
            if len(self) >= _MAX_PIECES:
                self.clear()
            self[chunk] = piece
        return piece

    def _plain_piece(self, chunk: str, plain: re.Match[str]) -> Piece:
        """What `_piece` returns for a number, or for a name's genitive, which is read as the name."""
        name, number = plain.groups()
        end = len(number) if name is None else len(name) + len("'s")
        codes = list(map(ord, number if name is None else self._folded(name)))
        codes += [DROPPED] * (end - len(codes)) + [SPACE] * (len(chunk) - end)
        unread = () if name is None else (end - 2, end - 1)
        return Piece(self._encoded(codes), bytes([WORD] * end + [NONE] * (len(chunk) - end)), unread)

    def _piece(self, chunk: str) -> Piece:
        codes, kinds = [SPACE] * len(chunk), bytearray(len(chunk))
        inserts: list[tuple[int, int, int]] = []
        signs: list[tuple[int, str]] = []
        end = -1
        for token in cut(chunk, self._folded):
            key = list(map(ord, token.keys[0] if token.unspaced else token.keys[-1]))
            if token.start == end and not token.unspaced and kinds[end - 1] == WORD:
                inserts.append((end, SPACE, NONE))
            start, end = token.start, token.end
            room = end - start
            kind = [BASE, *[MARK] * (len(key) - 1)] if token.unspaced else [WORD] * len(key)
            codes[start:end] = (key + [DROPPED] * room)[:room]
            kinds[start:end] = bytes((kind + kind[:1] * room)[:room])
            inserts += [(end, code, k) for code, k in zip(key[room:], kind[room:], strict=True)]
            if len(token.keys) > 1 and not token.unspaced:
                signs.append((start, token.keys[0]))
        self._encoded([code for _, code, _ in inserts])  # raises, as below, where it cannot hold them
        unread = tuple(at for at, code in enumerate(codes) if code == DROPPED)
        return Piece(self._encoded(codes), bytes(kinds), unread, tuple(inserts), tuple(signs))


class NotAsciiError(Exception):
    """A chunk holds a letter that is none of ASCII once it is folded."""


@cache
def narrow_pieces(folded: Folding) -> Pieces:
    """Return the pieces of texts whose letters fold to ASCII, a byte a character; may raise `NotAsciiError`."""
    return Pieces(folded, _as_bytes)


@cache
def wide_pieces(folded: Folding) -> Pieces:
    """Return the pieces of all other texts, four bytes a character."""
    return Pieces(folded, lambda codes: memoryview(array("I", [code & 0xFFFFFFFF for code in codes])))


def _as_bytes(codes: Sequence[int]) -> bytes:
    if max(codes, default=0) > 127:
        raise NotAsciiError
    return bytes([code & 0xFF for code in codes])
