"""How a query's words are compared with those of a text: as they stand, by their stems, in their own case."""

from collections.abc import Mapping
from typing import NamedTuple


class Way(NamedTuple):
    """How one query is compared; the default is folded and exact.

    `stem` is a language of `STEMMERS`, whose stems make *sanction* find *sanctions*. With `exact_case` a word is
    found only as it is written: *WHO* is not *who*. With both, words that hold a capital are found as they are
    written, the others by their stems.
    """

    stem: str | None = None
    exact_case: bool = False


# Language code → the name of its Snowball algorithm. Snowball has none for Ukrainian or Chinese.
STEMMERS: Mapping[str, str] = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek",
    "en": "english", "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian",
    "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian",
    "id": "indonesian", "it": "italian", "lt": "lithuanian", "nb": "norwegian", "ne": "nepali",
    "nl": "dutch", "nn": "norwegian", "no": "norwegian", "pl": "polish", "pt": "portuguese",
    "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho", "sv": "swedish", "ta": "tamil",
    "tr": "turkish", "yi": "yiddish",
}  # fmt: skip

PLAIN = Way()
