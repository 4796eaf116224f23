"""Text → word tokens, by one stated rule that the pipeline, the commands and the pages share.

Words are those of UAX #29 (Unicode text segmentation, word boundaries), with these stated departures:

- a full stop joins only dotted initials (`U.S.`) and numbers (`3.5`); `_` and `:` never join;
- a listed set of words keeps its symbols: `C++`, `.NET`, `AT&T`, `Yahoo!`, `OPEC+`, …;
- French, Italian and Catalan elisions part (`l'OTAN` is `l` and `OTAN`); a possessive `'s` is dropped;
- a zero-width space is invisible and so ignored, as the soft hyphen and other format characters are;
- scripts written without spaces (Han, kana, Thai, Lao, Khmer, Myanmar) give one token a character, each also
  under the pair it makes with the next one, so that any string of them can be found as consecutive pairs.

Tokens are folded (`fold`). Offsets are code points of the text as given: it is cut before anything is folded.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from newsbeam.topics.folding import fold

__all__ = ["Token", "cut", "fold", "is_partly_unspaced", "is_unspaced", "tokenize"]


class Token(NamedTuple):
    """One word at code points [start, end); `keys` are its folded forms, the main one first.

    `unspaced` marks a character of a script without spaces; its second key is the pair with the next one.
    """

    start: int
    end: int
    keys: tuple[str, ...]
    unspaced: bool = False


def _ranges(spec: str) -> str:
    """Hexadecimal code points and ranges, blank-separated, as the inside of a character class."""
    bounds = [part.partition("-") for part in spec.split()]
    return "".join(f"{chr(int(a, 16))}-{chr(int(b or a, 16))}" for a, _, b in bounds)


def _marks() -> str:
    """All combining marks below the emoji, as the inside of a character class."""
    points = [c for c in range(0x300, 0x1F000) if unicodedata.category(chr(c))[0] == "M"]
    starts = [c for c, before in zip(points, [0, *points], strict=False) if c != before + 1]
    ends = [c for c, after in zip(points, [*points[1:], 0], strict=True) if c + 1 != after]
    return "".join(f"{chr(a)}-{chr(b)}" for a, b in zip(starts, ends, strict=True))


_FORMATS = _ranges("AD 61C 180E 200B-200F 202A-202E 2060-2064 2066-206F FEFF E0100-E01EF")
_UNSPACED = _ranges(
    "E01-E30 E32-E33 E40-E46 E81-EB0 EB2-EB3 EC0-EC6 EDC-EDD 1000-102A 103F 1050-1055 1780-17B3 17D7 "
    "2E80-2FDF 3005-3007 3021-3029 3038-303B 3041-3096 309D-309E 30A1-30FA 30FC-30FE 3192-3195 31F0-31FF "
    "3280-3289 3400-4DBF 4E00-9FFF A9E0-A9E4 AA60-AA76 F900-FAFF FF66-FF9D 1B000-1B16F 20000-323AF"
)
_NO_WORDS = _ranges("309F 30FF 3220-3229")  # one sign for two characters, or a character between brackets
EXTEND = f"[{_marks()}{_FORMATS}\uff9e\uff9f]"
CHAR = rf"[^\W_{_UNSPACED}{_NO_WORDS}]"
UNSPACED = f"[{_UNSPACED}]"
ODD = f"[{_NO_WORDS}_]"  # no words, though regular expressions take them for such
_LETTER = rf"[^\W\d_{_UNSPACED}{_NO_WORDS}]"
_WORD = rf"{CHAR}+(?:{EXTEND}+{CHAR}*)*"
_APOSTROPHE = "['\u2019\uff07]"

_SYMBOLS = (
    "c++", "c#", "f#", ".net", "at&t", "b&b", "h&m", "m&a", "m&s", "p&g", "p&o", "q&a", "r&d", "s&p", "yahoo!",
    "opec+", "lgbt+", "lgbtq+", "lgbtqi+", "lgbtqia+", "disney+", "canal+",
)  # fmt: skip
_SAME_WITHOUT = frozenset(symbol for symbol in _SYMBOLS if symbol[-1] in "!+" and symbol != "c++")
_ELISION = re.compile(
    rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|un|all|dall|dell|nell|sull|coll|gl|quest|quell|sant)"
    rf"{_APOSTROPHE}(?={CHAR}{{2}})",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(rf"{_APOSTROPHE}[sS]$")
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_PIECE = re.compile(
    rf"(?P<symbol>(?<!\w)(?i:{_SYMBOL})(?!{CHAR}))"
    rf"|(?P<initials>(?<!\w){_LETTER}(?:\.{_LETTER})+(?!{CHAR}|{EXTEND}))"
    rf"|(?P<number>\d+(?:[.,'\u2019\u066b\u066c]\d+)+{CHAR}*)"
    rf"|(?P<hebrew>[\u05d0-\u05ea]+[\"\u05f4][\u05d0-\u05ea]+)"
    rf"|(?P<unspaced>[{_UNSPACED}](?:[{_UNSPACED}]|{EXTEND})*)"
    rf"|{_WORD}(?:{_APOSTROPHE}{_WORD})*"
)
UNIT = rf"{UNSPACED}{EXTEND}*"  # one character of a script without spaces
_UNIT = re.compile(UNIT)
_ONE_UNSPACED = re.compile(UNSPACED)
_CHUNK = re.compile(r"\S+")  # no token holds white space, so a text can be cut chunk by chunk
_REMEMBERED = 40  # code points; longer chunks are rare, or sentences of a script without spaces

Folding = Callable[[str], str]


def _word_tokens(text: str, at: int, folded: Folding) -> list[Token]:
    """A word with its elisions parted and its possessive dropped; offsets count from `at`."""
    tokens = []
    start = 0
    while elided := _ELISION.match(text, start):
        tokens.append(Token(at + start, at + elided.end() - 1, (folded(text[start : elided.end() - 1]),)))
        start = elided.end()
    return [*tokens, Token(at + start, at + len(text), (folded(_POSSESSIVE.sub("", text[start:])),))]


def _unspaced_tokens(text: str, start: int, folded: Folding) -> list[Token]:
    """The characters of one run without spaces, each with the pair that it begins."""
    units = list(_UNIT.finditer(text))
    keys = [folded(unit[0]) for unit in units]
    pairs = [(key, key + following) for key, following in pairwise(keys)]
    return [
        Token(start + unit.start(), start + unit.end(), pair, unspaced=True)
        for unit, pair in zip(units, [*pairs, (keys[-1],)], strict=True)
    ]


def cut(chunk: str, folded: Folding = fold) -> tuple[Token, ...]:
    """Return the tokens of a text without white space, folded by `folded`, offsets from its start."""
    tokens: list[Token] = []
    for piece in _PIECE.finditer(chunk):
        kind, text, start = piece.lastgroup, piece[0], piece.start()
        if kind is None:
            tokens.extend(_word_tokens(text, start, folded))
        elif kind == "unspaced":
            tokens.extend(_unspaced_tokens(text, start, folded))
        else:
            tokens.append(Token(start, piece.end(), _keys_with_signs(kind, folded(text))))
    joined = (token if " " not in token.keys[0] else _joined(token) for token in tokens)
    return tuple(token for token in joined if token.keys[0])


def _keys_with_signs(kind: str, key: str) -> tuple[str, ...]:
    """A number or Hebrew abbreviation as it is; initials and some names with signs also without these."""
    if kind == "initials":
        return key, key.replace(".", "")
    return (key, key[:-1]) if key.lower() in _SAME_WITHOUT else (key,)


def _joined(token: Token) -> Token:
    """The token without the spaces of some plain forms: in U+FDFA; all there is of U+FE70, a mark by itself."""
    return token._replace(keys=tuple(key.replace(" ", "") for key in token.keys))


_cut_remembered = lru_cache(maxsize=65536)(cut)


def tokenize(text: str, folded: Folding = fold) -> list[Token]:
    """Return the words of `text` in order; offsets are code points of `text` itself."""
    found = []
    for chunk in _CHUNK.finditer(text):
        start = chunk.start()
        tokens = _cut_remembered(chunk[0], folded) if len(chunk[0]) <= _REMEMBERED else cut(chunk[0], folded)
        found += [token._replace(start=start + token.start, end=start + token.end) for token in tokens]
    return found


def is_unspaced(text: str) -> bool:
    """Tell whether a character, or a key, is of a script without spaces."""
    return _UNIT.match(text) is not None


def is_partly_unspaced(text: str) -> bool:
    """Tell whether a text has characters of scripts without spaces."""
    return _ONE_UNSPACED.search(text) is not None
