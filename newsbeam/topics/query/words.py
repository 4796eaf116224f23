"""A term or phrase as written → what must stand word by word, cut and folded as a story's text is."""

import re
from functools import lru_cache

import msgspec

from newsbeam.errors import QueryError
from newsbeam.topics.analysis import CHAR, Folding, Token, tokenize
from newsbeam.topics.folding import fold


class Exact(msgspec.Struct, frozen=True):
    """One word with this key; `plain` is the key without its signs, when the word is written with some."""

    key: str
    plain: str = ""
    width = 1


class Run(msgspec.Struct, frozen=True):
    """A string of a script without spaces: these pairs, each one character after the one before."""

    pairs: tuple[str, ...]
    text: str

    @property
    def width(self) -> int:
        """Positions taken: one a character."""
        return len(self.pairs) + 1


class Wild(msgspec.Struct, frozen=True):
    """One word that fits a folded pattern: `*` any characters, `?` exactly one."""

    pattern: str
    width = 1


class AnyWord(msgspec.Struct, frozen=True):
    """Exactly one word, whichever: a lone `*` inside a phrase."""

    width = 1


Word = Exact | Run | Wild | AnyWord

# Wildcards go through the tokenizer as letters of a script that no news is written in: cut and folded with
# the word they are part of, and recognised afterwards.
_STAND_INS = {"*": "\U00013000", "?": "\U00013001"}
_WILDCARDS = {ord(letter): sign for sign, letter in _STAND_INS.items()}
_PLAIN = re.compile(rf"(?:{CHAR}+|{CHAR}{{2,}}\*)(?: (?:{CHAR}+|{CHAR}{{2,}}\*))*")
_UNIT = re.compile(r"\\(.)|([*?])|([^\\*?]+)", re.DOTALL)
MIN_LITERAL = 2


def read_words(text: str, *, quoted: bool, at: int | None = None, folded: Folding = fold) -> tuple[Word, ...]:
    """Return the words of a term or phrase as written; raise `QueryError` if that makes no sense."""
    return _plain_words(text, folded) or _cut_words(text, quoted=quoted, at=at, folded=folded)


@lru_cache(maxsize=1 << 16)
def _plain_words(text: str, folded: Folding = fold) -> tuple[Word, ...]:
    """The words of a text of nothing but letters, single spaces and open endings: what nearly all are made of.

    Empty for any other. The tokenizer would find the same, ten times slower. Remembered, since a query is read to
    be checked and again to be compiled.
    """
    if not _PLAIN.fullmatch(text):
        return ()
    words = tuple([_plain_word(folded(word)) for word in text.split(" ")])
    return words if all(map(_is_plain, words)) else ()


def _plain_word(key: str) -> Exact | Wild:
    return Wild(key) if key[-1:] == "*" else Exact(key)


def _is_plain(word: Exact | Wild) -> bool:
    if isinstance(word, Wild):
        return len(word.pattern) > MIN_LITERAL and " " not in word.pattern
    return word.key != "" and " " not in word.key


def _cut_words(text: str, *, quoted: bool, at: int | None, folded: Folding = fold) -> tuple[Word, ...]:
    plain = "".join(
        escaped or _STAND_INS.get(sign, "") or rest for escaped, sign, rest in _UNIT.findall(text)
    )
    words = _without_touching_stars(_words_of(tokenize(plain, folded), plain), at)
    if not words:
        raise QueryError(f"there is no word to look for in {str(text)!r}", at)
    for index, (word, _, _) in enumerate(words):
        if isinstance(word, AnyWord) and not (quoted and 0 < index < len(words) - 1):
            raise QueryError("a lone `*` stands for one word, but only between two words of a phrase", at)
        if isinstance(word, Wild):
            _check_wild(word, quoted=quoted, at=at)
    return tuple(word for word, _, _ in words)


_Placed = tuple[Word, int, int]


def _words_of(tokens: list[Token], plain: str) -> list[_Placed]:
    words: list[_Placed] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.unspaced:
            last = index
            while len(tokens[last].keys) > 1:
                last += 1
            pairs = tuple(unit.keys[1] for unit in tokens[index:last])
            text = "".join(unit.keys[0] for unit in tokens[index : last + 1])
            word: Word = Run(pairs, text) if pairs else Exact(token.keys[0])
            words.append((word, token.start, tokens[last].end))
            index = last
        else:
            pattern = re.sub(r"\*+", "*", token.keys[0].translate(_WILDCARDS))
            is_wild = plain[token.start : token.end].translate(_WILDCARDS) != plain[token.start : token.end]
            word = _pattern(pattern) if is_wild else Exact(*token.keys)
            words.append((word, token.start, token.end))
        index += 1
    return words


def _pattern(pattern: str) -> Word:
    return AnyWord() if pattern == "*" else Wild(pattern)


def _without_touching_stars(words: list[_Placed], at: int | None) -> list[_Placed]:
    """Drop a `*` that touches a string without spaces (it is found inside longer ones anyway)."""
    kept = []
    for index, placed in enumerate(words):
        around = [*words[max(index - 1, 0) : index], *words[index + 1 : index + 2]]
        touching = [w for w, start, end in around if placed[1] == end or placed[2] == start]
        if isinstance(placed[0], AnyWord) and touching:
            if not all(isinstance(word, Run | Exact) for word in touching):
                raise QueryError("a `*` must be part of a word", at)
            continue
        kept.append(placed)
    return kept


def _check_wild(word: Wild, *, quoted: bool, at: int | None) -> None:
    literal = word.pattern.replace("*", "").replace("?", "")
    if len(literal) < MIN_LITERAL:
        raise QueryError(
            f"`{word.pattern}` would match nearly every word: give at least {MIN_LITERAL} letters with it",
            at,
        )
    if quoted and word.pattern.endswith("?"):
        raise QueryError(
            r"`?` in a phrase stands for one letter: write `\?` for a question mark (or leave it out), "
            "or `*` for any ending",
            at,
        )
