"""The words that reading a story needs in each language, kept by hand: what people say with, and what they are."""

from newsbeam.language.words.ar import WORDS as ARABIC
from newsbeam.language.words.de import WORDS as GERMAN
from newsbeam.language.words.en import WORDS as ENGLISH
from newsbeam.language.words.es import WORDS as SPANISH
from newsbeam.language.words.form import Words
from newsbeam.language.words.fr import WORDS as FRENCH
from newsbeam.language.words.ru import WORDS as RUSSIAN
from newsbeam.language.words.uk import WORDS as UKRAINIAN
from newsbeam.language.words.zh import WORDS as CHINESE

SPOKEN: dict[str, Words] = {
    "en": ENGLISH, "fr": FRENCH, "es": SPANISH, "de": GERMAN,
    "ru": RUSSIAN, "uk": UKRAINIAN, "ar": ARABIC, "zh": CHINESE,
}  # fmt: skip

__all__ = ["SPOKEN", "Words"]
