"""Words in the form in which they are compared, by three stated rules: `fold`, with case kept, for stemming."""

import unicodedata
from functools import lru_cache
from re import compile as expression

_CYRILLIC_LETTERS = expression("[\u0438\u0443\u0418\u0423]\u0306|[\u0456\u0406]\u0308")
_INVISIBLE = [0x640, 0xAD, 0x61C, 0x180E, *range(0x200B, 0x2010), *range(0x202A, 0x202F),
              *range(0x2060, 0x2070), 0xFEFF, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0)]  # fmt: skip
_SEMITIC_MARKS = [
    *range(0x591, 0x5BE), 0x5BF, 0x5C1, 0x5C2, 0x5C4, 0x5C5, 0x5C7, *range(0x610, 0x61B),
    *range(0x64B, 0x660), 0x670, *range(0x6D6, 0x6DD), *range(0x6DF, 0x6E5), 0x6E7, 0x6E8,
    *range(0x6EA, 0x6EE),
]  # fmt: skip
_MARKS = [
    *range(0x300, 0x370), *range(0x483, 0x48A), *range(0x1AB0, 0x1B00), *range(0x1DC0, 0x1E00),
    *range(0x20D0, 0x2100), *range(0xFE20, 0xFE30),
]  # fmt: skip
_DROPPED = dict.fromkeys([*_INVISIBLE, *_SEMITIC_MARKS, *_MARKS])
_UNSEEN = dict.fromkeys([*_INVISIBLE, *_SEMITIC_MARKS, 0x345])  # a Greek iota below, where it stands alone
_SIGNS: dict[str, str | int | None] = {"\u2019": "'", "\uff07": "'", "\u02bc": "'", '"': "\u05f4"}
_SMALL = {
    "ø": "o", "đ": "d", "ł": "l", "ħ": "h", "ŧ": "t", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d",
}  # fmt: skip
_LETTERS = str.maketrans({**_SMALL, **_SIGNS})
_CASED_LETTERS = str.maketrans({
    **_SMALL, **_SIGNS, **{a.upper(): b.upper() for a, b in _SMALL.items() if a != "\u0131"},
    "ß": "ss", "\u1e9e": "SS", "\u03c2": "\u03c3",
})  # fmt: skip
# Letters of scripts without spaces that Unicode takes apart stay one character, as they are written.
_KEPT_WHOLE = {
    "\u0e4d\u0e32": "\u0e33",
    "\u0ecd\u0eb2": "\u0eb3",
    "\u0eab\u0e99": "\u0edc",
    "\u0eab\u0ea1": "\u0edd",
}
_TAKEN_APART = expression("|".join(_KEPT_WHOLE))


def fold(text: str) -> str:
    """Return `text` without case, accents and invisible characters, composed (NFC).

    Compatibility forms become plain ones (full-width letters, ligatures). Marks fall away from Latin, Greek,
    Cyrillic, Hebrew and Arabic letters, but й, ў and ї stay the letters they are; in other scripts a mark is
    part of the word and stays. Letters that Unicode does not decompose follow a table: ø o, đ d, ł l, æ ae,
    œ oe, þ th, ð d, ħ h, ŧ t, dotless i is i; ß is ss.
    """
    if text.isascii():
        return text.lower().replace('"', "\u05f4")
    return _composed(_plain_letters(text).casefold().translate(_LETTERS))


def fold_keeping_case(text: str) -> str:
    """Return what `fold` returns, but with capitals as they are written."""
    if text.isascii():
        return text.replace('"', "\u05f4")
    return _composed(_plain_letters(text).translate(_CASED_LETTERS))


def fold_keeping_accents(text: str) -> str:
    """Return `text` in small letters, composed, with its accents: the form that stemmers are made for."""
    if text.isascii():
        return text.lower().replace('"', "\u05f4")
    small = unicodedata.normalize("NFKC", text).translate(_UNSEEN).lower().replace("i\u0307", "i")
    return _composed(small.translate(str.maketrans(_SIGNS)))


def _plain_letters(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return _CYRILLIC_LETTERS.sub(lambda pair: unicodedata.normalize("NFC", pair[0]), apart).translate(
        _DROPPED
    )


def _composed(text: str) -> str:
    return _TAKEN_APART.sub(lambda pair: _KEPT_WHOLE[pair[0]], unicodedata.normalize("NFC", text))


@lru_cache(maxsize=16384)  # outlets, languages, topics, people: they come again and again
def value_key(value: str) -> str:
    """Return the form in which values of `outlet:`, `topic:` and the like are compared."""
    return " ".join(fold(value).split())
