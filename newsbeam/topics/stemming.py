"""The one door to the Snowball stemmers: language code and word → folded stem, remembered."""

from collections.abc import Callable
from functools import cache

from newsbeam.topics.analysis import is_unspaced
from newsbeam.topics.folding import fold
from newsbeam.topics.ways import STEMMERS

_REMEMBERED = 1 << 17
_LONGEST = 60  # letters; what is longer is no word, and stays as it is


class _Stems(dict[str, str]):
    """Word, in small letters with its accents → its stem, folded as other words are."""

    def __init__(self, stem: Callable[[str], str]) -> None:
        super().__init__()
        self._stem = stem

    def __missing__(self, word: str) -> str:
        if len(word) > _LONGEST:
            return fold(word)
        stem = fold(self._stem(word) or word) if word.isalpha() and not is_unspaced(word) else fold(word)
        if len(self) >= _REMEMBERED:
            self.clear()
        self[word] = stem
        return stem


@cache
def stems(language: str) -> Callable[[str], str]:
    """Return the stemmer of a language of `STEMMERS`, for words made by `fold_keeping_accents`."""
    import snowballstemmer  # all its languages: a fifth of a second that only stems need

    return _Stems(snowballstemmer.stemmer(STEMMERS[language]).stemWord).__getitem__
