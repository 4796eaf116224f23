"""Strings that are looked for as they are in the reading of a text, and how rare they are likely to be."""

from enum import IntEnum
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

from newsbeam.topics.analysis import is_partly_unspaced, is_unspaced


class Ending(IntEnum):
    """Where what was found ends."""

    CLOSED = 0  # with its last word: the literal ends in a space
    OPEN = 1  # with the word in which the literal ends (`peacekeep*`)
    RUN = 2  # with its last character, of a script without spaces
    PART = 3  # unknown: the literal is a part of what is looked for

    __hash__ = int.__hash__  # an Enum's own is a Python function, and literals are keys of dictionaries


class Literal(NamedTuple):
    """A string of a reading; words in it have one space around them."""

    text: str
    ending: Ending


MAX_TRIGGER = 200  # characters; of longer literals the automaton looks for the beginning


def trigger(literal: Literal) -> Literal:
    """Return what an automaton is to look for: the literal, or the beginning of a very long one."""
    return literal if len(literal.text) <= MAX_TRIGGER else Literal(literal.text[:MAX_TRIGGER], Ending.PART)


def joined(keys: list[str], *, is_open: bool = False) -> Literal | None:
    """Return the literal of words one after the other; None where two strings without spaces meet.

    Whether these touch in the text, or what stands between them, does not matter to a phrase.
    """
    runs = [is_unspaced(key) for key in keys]
    if any(one and other for one, other in pairwise(runs)):
        return None
    before, after = "" if runs[0] else " ", "" if runs[-1] else " "
    text = before + " ".join(keys)
    if is_open:
        return Literal(text, Ending.OPEN)
    return Literal(text + after, Ending.RUN if runs[-1] else Ending.CLOSED)


# Words of the shipped languages that most stories hold, folded: a literal made of them alone finds little.
_FREQUENT = frozenset(
    """
    the a an and or of to in on at for with by from as is are was were be been has have had it its this that he she
    they his her their we you i not but who which will would could said says say after before over under new more
    than about up out into also one two year years people last first government state states president minister
    country world city week day monday tuesday wednesday thursday friday saturday sunday
    le la les l d de du des un une et ou en dans sur pour par avec est sont a au aux que qui ne pas il elle se son sa
    ses ce cette plus ete apres
    el los las del y o una con por para se su sus es son fue que no al lo mas como
    der die das den dem des ein eine einen einem einer und oder im in zu zum zur von vom mit auf fur bei nach aus ist
    sind war wird werden hat haben nicht sich auch als an am es er sie
    и в во не на с со к ко по из за от до у о об что как это он она они его ее их для был была были а но же бы
    і й та у в на з із зі до від по за що як це він вона вони його її їх для був була були не
    في من على الى عن مع ان او و ما لا هذا هذه التي الذي قد كان كانت بعد قبل بين
    """.split()  # noqa: SIM905  # a list of words reads better
)
_BY_LENGTH = (9.0, 9.0, 4.0, 2.0, 0.8, 0.5, 0.3, 0.2, 0.15, 0.1)  # times in a story, roughly


@lru_cache(maxsize=16384)
def expected(literal: Literal) -> float:
    """Return how often a story holds the literal, very roughly: what matters is which of two is rarer."""
    words = literal.text.split()
    rarity = min(map(_expected_word, words)) * 0.2 ** (len(words) - 1)
    return rarity * (3 if literal.ending in {Ending.OPEN, Ending.PART} else 1)


def _expected_word(word: str) -> float:
    if word in _FREQUENT:
        return 8.0
    if is_partly_unspaced(word):
        return 8.0 * 0.15 ** (len(word) - 1)
    return _BY_LENGTH[min(len(word), len(_BY_LENGTH) - 1)]
