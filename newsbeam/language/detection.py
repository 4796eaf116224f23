"""Which language a text is in, and one spelling for each language."""

from functools import cache
from typing import Any

UNKNOWN = "und"  # BCP 47's own word for undetermined

_SAME = {  # one word per written language: what feeds, detectors and people call it → what topics call it
    "cmn": "zh", "wuu": "zh", "yue": "zh", "nb": "no", "nn": "no", "iw": "he", "in": "id", "tl": "fil",
    "arb": "ar", "pes": "fa", "prs": "fa", "zsm": "ms", "mo": "ro",
    "eng": "en", "fra": "fr", "deu": "de", "spa": "es",
}  # fmt: skip
_GLANCE, _READ = (
    160,
    600,
)  # code points: the first are enough where they are certain, more change hardly any answer
_CERTAIN = 0.9
_SURE = 0.6  # of the detector's probability; a headline of two names is in no language


def primary_language(tag: str | None) -> str | None:
    """Return the primary subtag of a BCP 47 tag (`pt-BR` gives `pt`), None when it names no language.

    Written variants that topics do not tell apart are one: Bokmål and Nynorsk are `no`, Mandarin is `zh`.
    """
    word = (tag or "").strip().replace("_", "-").partition("-")[0].lower()
    if not (word.isascii() and word.isalpha() and 2 <= len(word) <= 3) or word in {UNKNOWN, "mul", "zxx"}:
        return None
    return _SAME.get(word, word)


def detect_language(text: str) -> str:
    """Return the primary subtag of the language that `text` is written in, `und` when that is not clear."""
    start = text[:_READ]
    if not any(character.isalpha() for character in start):
        return UNKNOWN
    tag, probability = _detector().classify(start[:_GLANCE])
    if probability < _CERTAIN and len(start) > _GLANCE:
        tag, probability = _detector().classify(start)
    return (primary_language(tag) or UNKNOWN) if probability >= _SURE else UNKNOWN


@cache
def _detector() -> Any:
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # half a second and 100 MB: only when needed

    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
