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
from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple


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
    "E01-E30 E32-E33 E40-E46 E81-EB0 EB2-EB3 EC0-EC6 1000-102A 103F 1050-1055 1780-17B3 17D7 "
    "2E80-2FDF 3005-3007 3021-3029 3038-303B 3041-3096 309D-309F 30A1-30FA 30FC-30FF 31F0-31FF 3400-4DBF "
    "4E00-9FFF A9E0-A9E4 AA60-AA76 F900-FAFF FF66-FF9D 1B000-1B16F 20000-323AF"
)
_EXTEND = f"[{_marks()}{_FORMATS}\uff9e\uff9f]"
CHAR = rf"[^\W_{_UNSPACED}]"
_WORD = rf"{CHAR}+(?:{_EXTEND}+{CHAR}*)*"
_APOSTROPHE = "['\u2019\uff07]"

_SYMBOLS: dict[str, tuple[str, ...]] = {  # word → further keys: without its sign, where that is the same word
    "c++": (), "c#": (), "f#": (), ".net": (), "at&t": (), "b&b": (), "h&m": (), "m&a": (), "m&s": (),
    "p&g": (), "p&o": (), "q&a": (), "r&d": (), "s&p": (), "yahoo!": ("yahoo",), "opec+": ("opec",),
    "lgbt+": ("lgbt",), "lgbtq+": ("lgbtq",), "lgbtqi+": ("lgbtqi",), "lgbtqia+": ("lgbtqia",),
    "disney+": ("disney",), "canal+": ("canal",),
}  # fmt: skip
_ELISION = re.compile(
    rf"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|presqu|un|all|dall|dell|nell|sull|coll|gl|quest|quell|sant)"
    rf"{_APOSTROPHE}(?={CHAR}{{2}})",
    re.IGNORECASE,
)
_POSSESSIVE = re.compile(rf"{_APOSTROPHE}[sS]$")
_SYMBOL = "|".join(re.escape(symbol) for symbol in sorted(_SYMBOLS, key=len, reverse=True))
_PIECE = re.compile(
    rf"(?P<symbol>(?<!\w)(?i:{_SYMBOL})(?!{CHAR}))"
    rf"|(?P<initials>(?<!\w)[^\W\d_](?:\.[^\W\d_])+(?!{CHAR}|{_EXTEND}))"
    rf"|(?P<number>\d+(?:[.,'\u2019\u066b\u066c]\d+)+{CHAR}*)"
    rf"|(?P<hebrew>[\u05d0-\u05ea]+[\"\u05f4][\u05d0-\u05ea]+)"
    rf"|(?P<unspaced>[{_UNSPACED}](?:[{_UNSPACED}]|{_EXTEND})*)"
    rf"|{_WORD}(?:{_APOSTROPHE}{_WORD})*"
)
_UNIT = re.compile(rf"[{_UNSPACED}]{_EXTEND}*")
_CHUNK = re.compile(
    r"\S+"
)  # no token holds white space, so chunks can be cut finely one by one, and remembered
_REMEMBERED = 40  # code points; longer chunks are rare, or sentences of a script without spaces

_CYRILLIC_LETTERS = re.compile("[\u0438\u0443\u0418\u0423]\u0306|[\u0456\u0406]\u0308")
_DROPPED = dict.fromkeys(
    [
        *range(0x300, 0x370), *range(0x483, 0x48A), *range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5,
        0x5C7, *range(0x610, 0x61B), 0x640, *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6DD),
        *range(0x6DF, 0x6E5), 0x6E7, 0x6E8, *range(0x6EA, 0x6EE), *range(0x1AB0, 0x1B00),
        *range(0x1DC0, 0x1E00), *range(0x20D0, 0x2100), *range(0xFE00, 0xFE10), *range(0xFE20, 0xFE30),
        *range(0xE0100, 0xE01F0), 0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
        *range(0x2060, 0x2070), 0xFEFF,
    ]
)  # fmt: skip
_LETTERS = str.maketrans({
    "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th",
    "ð": "d", "\u2019": "'", "\uff07": "'", "\u02bc": "'", '"': "\u05f4",
})  # fmt: skip


def fold(text: str) -> str:
    """Return `text` without case, accents and invisible characters, composed (NFC).

    Compatibility forms become plain ones (full-width letters, ligatures). Marks fall away from Latin, Greek,
    Cyrillic, Hebrew and Arabic letters, but й, ў and ї stay the letters they are; in other scripts a mark is
    part of the word and stays. Letters that Unicode does not decompose follow a table: ø o, đ d, ł l, æ ae,
    œ oe, þ th, ð d, ħ h, ŧ t, dotless i is i; ß is ss.
    """
    if text.isascii():
        return text.lower().replace('"', "\u05f4")
    apart = unicodedata.normalize("NFKD", text)
    apart = _CYRILLIC_LETTERS.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), apart)
    plain = apart.translate(_DROPPED).casefold().translate(_LETTERS)
    return unicodedata.normalize("NFC", plain)


def _word_tokens(text: str, at: int) -> list[Token]:
    """A word with its elisions parted and its possessive dropped; offsets count from `at`."""
    tokens = []
    start = 0
    while elided := _ELISION.match(text, start):
        tokens.append(Token(at + start, at + elided.end() - 1, (fold(text[start : elided.end() - 1]),)))
        start = elided.end()
    return [*tokens, Token(at + start, at + len(text), (fold(_POSSESSIVE.sub("", text[start:])),))]


def _unspaced_tokens(text: str, start: int) -> list[Token]:
    """The characters of one run without spaces, each with the pair that it begins."""
    units = list(_UNIT.finditer(text))
    keys = [fold(unit[0]) for unit in units]
    pairs = [(key, key + following) for key, following in pairwise(keys)]
    return [
        Token(start + unit.start(), start + unit.end(), pair, unspaced=True)
        for unit, pair in zip(units, [*pairs, (keys[-1],)], strict=True)
    ]


def _cut(chunk: str) -> tuple[Token, ...]:
    """The tokens of one chunk, offsets from its start."""
    tokens: list[Token] = []
    for piece in _PIECE.finditer(chunk):
        kind, text, start = piece.lastgroup, piece[0], piece.start()
        if kind is None:
            tokens.extend(_word_tokens(text, start))
        elif kind == "unspaced":
            tokens.extend(_unspaced_tokens(text, start))
        else:
            key = fold(text)
            further = {"symbol": _SYMBOLS.get(key, ()), "initials": (key.replace(".", ""),)}
            tokens.append(Token(start, piece.end(), (key, *further.get(kind, ()))))
    return tuple(tokens)


_cut_remembered = lru_cache(maxsize=65536)(_cut)


def chunks(text: str) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """Yield the tokens of `text` in order, in small groups: the group's offset, and tokens relative to it."""
    for match in _CHUNK.finditer(text):
        chunk = match[0]
        yield match.start(), _cut_remembered(chunk) if len(chunk) <= _REMEMBERED else _cut(chunk)


def tokenize(text: str) -> list[Token]:
    """Return the words of `text` in order; offsets are code points of `text` itself."""
    return [
        Token(start + token.start, start + token.end, token.keys, token.unspaced)
        for start, tokens in chunks(text)
        for token in tokens
    ]
