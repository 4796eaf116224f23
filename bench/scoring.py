"""Precision and recall of what a reader found in a story, against its annotation; plain tuples, no product code."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from bench.annotated import Annotated, Kind, Quote

ENOUGH = 0.5  # of two spans' union that they must share to be called the same quote with other edges
QUOTED = "direct or mixed"
_ARTICLE = re.compile(r"^(?:the|an?|l[ae']|les|el|los|las|der|die|das|den|dem)\b[ ']*", re.IGNORECASE)


class FoundQuote(NamedTuple):
    """A quote as a reader gives it: code points of the body without the marks; `speaker` None when unknown."""

    kind: str
    start: int
    end: int
    speaker: str | None = None


class Found(NamedTuple):
    """What a reader gives for a story."""

    quotes: Sequence[FoundQuote] = ()
    countries: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()


class Score(NamedTuple):
    """`hits` of `wanted` were found, `right` of `given` were wanted (they differ when two answers mean one thing)."""

    hits: int = 0
    wanted: int = 0
    right: int = 0
    given: int = 0

    @property
    def recall(self) -> float | None:
        """Return the share of the wanted that was found, None when nothing was wanted."""
        return self.hits / self.wanted if self.wanted else None

    @property
    def precision(self) -> float | None:
        """Return the share of the given that was right, None when nothing was given."""
        return self.right / self.given if self.given else None


def total(scores: Iterable[Mapping[str, Score]]) -> dict[str, Score]:
    """Return the sums over stories (micro average), by measure."""
    sums: dict[str, Counter[str]] = {}
    for measures in scores:
        for measure, score in measures.items():
            sums.setdefault(measure, Counter()).update(score._asdict())
    return {measure: Score(**counts) for measure, counts in sums.items()}


def score(story: Annotated, found: Found) -> dict[str, Score]:
    """Return every measure of one story."""
    scores = {}
    for name, kinds in _KINDS.items():
        wanted = [quote for quote in story.quotes if quote.kind in kinds]
        given = [quote for quote in found.quotes if quote.kind in kinds]
        scores[name] = _matched(wanted, given, same_span)
        scores[f"{name}, overlap"] = _matched(wanted, given, overlapping)
    return scores | {
        "speaker, named": _speakers(story, found, named=True),
        "speaker, unnamed": _speakers(story, found, named=False),
        "countries": _countries(story, found.countries),
        "people": _names(story.people, found.people),
        "organisations": _names(story.organisations, found.organisations),
    }


_KINDS: dict[str, frozenset[str]] = {kind.value: frozenset({kind.value}) for kind in Kind} | {
    QUOTED: frozenset({Kind.DIRECT.value, Kind.MIXED.value})
}


def same_span(wanted: Quote, given: FoundQuote) -> bool:
    """Whether both spans are the same, to the code point."""
    return (wanted.start, wanted.end) == (given.start, given.end)


def overlapping(wanted: Quote, given: FoundQuote) -> bool:
    """Whether the spans share at least half of their union."""
    shared = min(wanted.end, given.end) - max(wanted.start, given.start)
    return shared >= ENOUGH * (max(wanted.end, given.end) - min(wanted.start, given.start))


def _matched(
    wanted: Sequence[Quote], given: Sequence[FoundQuote], same: Callable[[Quote, FoundQuote], bool]
) -> Score:
    return Score(
        hits=sum(any(same(one, other) for other in given) for one in wanted),
        wanted=len(wanted),
        right=sum(any(same(one, other) for one in wanted) for other in given),
        given=len(given),
    )


def _speakers(story: Annotated, found: Found, *, named: bool) -> Score:
    """Return how many of the direct and mixed quotes with exact spans have the right speaker."""
    pairs = [
        (wanted, given)
        for wanted in story.quotes
        if wanted.kind is not Kind.INDIRECT and (wanted.speaker is not None) == named
        for given in found.quotes
        if given.kind in _KINDS[QUOTED] and same_span(wanted, given)
    ]
    right = sum(right_speaker(wanted, given) for wanted, given in pairs)
    return Score(hits=right, wanted=len(pairs), right=right, given=len(pairs))


def right_speaker(wanted: Quote, given: FoundQuote) -> bool:
    """Whether the speaker is the full name in one of its forms, or nobody where nobody is named."""
    if wanted.speaker is None:
        return given.speaker is None
    if given.speaker is None:
        return False
    return plain_name(given.speaker) in {plain_name(form) for form in wanted.speaker}


def plain_name(name: str) -> str:
    """Return a name for comparing: one space, one apostrophe, no case, no article before it."""
    one = " ".join(name.replace("’", "'").split())  # noqa: RUF001
    return (_ARTICLE.sub("", one) or one).casefold()


def _countries(story: Annotated, given: frozenset[str]) -> Score:
    wanted, judged = story.countries.keys(), given - story.optional
    right = len(wanted & judged)
    return Score(hits=right, wanted=len(wanted), right=right, given=len(judged))


def _names(wanted: Sequence[tuple[str, ...]], given: frozenset[str]) -> Score:
    plain = {plain_name(name) for name in given}
    forms = [{plain_name(form) for form in name} for name in wanted]
    return Score(
        hits=sum(bool(name & plain) for name in forms),
        wanted=len(forms),
        right=len(plain & set().union(*forms)),
        given=len(plain),
    )
