"""What every character of a text becomes in its reading, whatever stands beside it."""

import re
from functools import cache

import numpy as np

from newsbeam.topics.analysis import CHAR, EXTEND, ODD, UNSPACED, Folding

# What makes words becomes its folded self, 48 or more; a separator becomes a space; what may or may not belong to
# a word becomes one of the others, and a space unless it does.
QUOTE, POINT, SIGN, SPECIAL = 3, 4, 5, 7
UNREAD = 8  # all of those are below
LEAST = 48
SPACE = 32
_QUOTES = "'\"\u2019\uff07\u05f4"  # may join two words
_POINTS = ".,&\u066b\u066c"  # may join what follows to a word
_SIGNS = "+#!"  # may belong to the word before

# Signs that texts of Latin letters hold beside those of Latin-1: printers' quotes, dashes and such.
# The most frequent first; none at all in many texts.
_PRINTERS = ("", "\u2019\u201c\u201d\u2013\u2014", "\u2018\u201e\u201a\u2026\u2022\u202f\u20ac")
_ALIKE = {SPACE: " ", QUOTE: "'"}  # what in ASCII becomes the same

NONE, WORD, BASE, MARK = range(4)  # what a character of a text with scripts without spaces is
ABOVE = 0x10000  # code points from here on are looked at one by one
NOT_ASCII = 255  # in tables of bytes

_PLANE = "".join(chr(c) if not 0xD800 <= c < 0xE000 else "\0" for c in range(ABOVE))
_HAN_AND_HANGUL = re.compile("[\u3400-\u9fff\uac00-\ud7a3]")  # nothing to fold
_ODD_LETTER = re.compile(f"{EXTEND}|[\u1100-\u11ff]")  # letters that join the one before


class Characters:
    """What every character below `ABOVE` is and becomes under one folding; all others are `SPECIAL`."""

    def __init__(self, folded: Folding) -> None:
        self.kinds = np.zeros(ABOVE, dtype=np.uint8)
        self.codes = np.full(ABOVE, SPACE, dtype=np.uint32)
        for kind, pattern in ((NONE, ODD), (NONE, EXTEND), (WORD, CHAR), (BASE, UNSPACED)):
            for run in re.finditer(f"{pattern}+", _PLANE):
                self._fill(kind, run.start(), run.end(), folded)
        for code, signs in ((QUOTE, _QUOTES), (POINT, _POINTS), (SIGN, _SIGNS)):
            self.codes[[ord(sign) for sign in signs]] = code
        self.codes[-1] = SPECIAL
        self.as_ascii = bytes(np.where(self.codes < 128, self.codes, NOT_ASCII).tolist())
        self.of_latin = self.as_ascii[:256]
        self.alike = [
            [(char, _ALIKE[int(self.codes[ord(char)])]) for char in printers] for printers in _PRINTERS
        ]

    def _fill(self, kind: int, start: int, end: int, folded: Folding) -> None:
        self.kinds[start:end] = kind
        self.codes[start:end] = SPECIAL
        for code in range(start, end) if kind != NONE else ():
            char = chr(code)
            plain = char if _HAN_AND_HANGUL.match(char) else folded(char)
            if len(plain) == 1 and plain >= "0" and not _ODD_LETTER.match(char):
                self.codes[code] = ord(plain)


@cache
def characters(folded: Folding) -> Characters:
    """Return the characters of a folding, made when they are first needed."""
    return Characters(folded)
