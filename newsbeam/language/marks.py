"""Quotation marks: which open, which close, and what stands between them."""

import re
from bisect import bisect_left
from collections.abc import Sequence
from itertools import islice
from typing import NamedTuple

_MARKS = "\"“”„‟«»「」『』‘’‚'"
_DASHED = re.compile("(?:^|\n)(?P<dash>[—–])[ \u00a0]?(?=[^\\W\\d_]|¿|¡)")
_DASH = re.compile("[,.!?…] [—–-] $")
_BEFORE_INCISE = {"ru": _DASH, "uk": _DASH, "fr": re.compile("[,!?…] $"), "es": re.compile("[^ ] —$")}
_AFTER_INCISE = {
    "ru": re.compile("[.,] [—–-] "), "uk": re.compile("[.,] [—–-] "), "fr": re.compile("[.,] "),
    "es": re.compile("—[,.;:]? ?"),
}  # fmt: skip
_CLOSERS = {
    "“": "”", "„": "“”", "‟": "”", "«": "»", "»": "«", "「": "」", "『": "』", '"': '"', "‘": "’", "‚": "‘’",
    "'": "'",
}  # fmt: skip
_SINGLE = frozenset("‘'‚")
_BREAK = re.compile(r"\n\s*")
_SPACES = " \u00a0\u202f\u2009\n"
_LOOK = 100  # marks that one quotation may hold; more is no quotation
_LONGEST = 20_000  # code points of a paragraph in which a mark is looked for
MAX_MARKS = 4_000


class Quoted(NamedTuple):
    """What stands between marks: [start, end) without them and their spaces, [opened, closed) with them."""

    opened: int
    closed: int
    start: int
    end: int


class _Paragraphs:
    """Where what a mark opens must be closed: its paragraph, and those after it that begin with the mark.

    A mark that begins every paragraph is told once for all of them.
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._ends: dict[int, int] = {}  # of what goes on after a break, by where the break begins

    def end(self, start: int, mark: str) -> int:
        """Return where what `mark` opens at `start` must be closed."""
        passed: list[int] = []
        place = start
        while (found := _BREAK.search(self._text, place)) is not None:
            end, place = found.span()
            if self._text[place : place + 1] != mark:
                break
            if end in self._ends:
                end = self._ends[end]
                break
            passed.append(end)
        else:
            end = len(self._text)
        self._ends.update(dict.fromkeys(passed, end))
        return min(end, start + _LONGEST)


def find_quoted(text: str, language: str) -> list[Quoted]:
    """Return the quotations of a text in order; one that goes on over paragraphs is one. Inner ones are not told."""
    places = _places(text)
    if not places:
        return []
    found: list[Quoted] = []
    paragraphs = _Paragraphs(text)
    n = 0
    while n < len(places):
        closed = _closing(text, places, n, language, paragraphs)
        if closed is None:
            n += 1
            continue
        opened = places[n]
        start, end = _inside(text, opened + 1, places[closed])
        if start < end:
            found.append(Quoted(opened, places[closed] + 1, start, end))
        n = closed + 1
    return found


def _places(text: str) -> list[int]:
    """Return where the first marks stand, in order; most texts have few kinds of them, and none of the others."""
    places: list[int] = []
    for mark in _MARKS:
        place = text.find(mark)
        most = len(places) + MAX_MARKS
        while place >= 0 and len(places) < most:
            places.append(place)
            place = text.find(mark, place + 1)
    places.sort()
    return places[:MAX_MARKS]


def find_dialogue(text: str, verbs: Sequence[int], language: str) -> list[Quoted]:
    """Return what is said in lines that begin with a dash: `— Je crains tout, répond M. Rey.`

    `verbs` are where the verbs of saying begin. In French what is said ends at the mark before its verb, elsewhere at
    a second dash; a line without a verb is said whole.
    """
    found: list[Quoted] = []
    for match in islice(_DASHED.finditer(text), MAX_MARKS):
        end = text.find("\n", match.end(), match.end() + _LONGEST)
        end = len(text) if end < 0 else end
        n = bisect_left(verbs, match.end())
        verb = verbs[n] if n < len(verbs) and verbs[n] < end else None
        said = _said_until(text, match.end(), end, verb, language)
        if said is not None:
            _add(found, text, match.start("dash"), match.end(), said)
            if verb is not None and language != "fr":
                _add_rest(found, text, verb, end)
    return found


def _add(found: list[Quoted], text: str, opened: int, start: int, end: int) -> None:
    start, end = _inside(text, start, end)
    if start < end:
        found.append(Quoted(opened, end, start, end))


def _add_rest(found: list[Quoted], text: str, verb: int, end: int) -> None:
    """Add what is said after a second dash: `—No —dijo Juan—. Pregunten mañana.`"""
    dash = text.find("—", verb, end)
    if dash < 0:
        return
    start = dash + 1
    while start < end and text[start] in ".,:; \u00a0":
        start += 1
    _add(found, text, dash, start, end)


def split_incise(text: str, quoted: list[Quoted], verbs: Sequence[int], language: str) -> list[Quoted]:
    """Return the quotations, those that the reporter's words interrupt within the marks as two.

    Russian, Ukrainian and Spanish put them between dashes, `«Да, — сказал он. — Но поздно»`, French between commas.
    """
    parted: list[Quoted] = []
    for one in quoted:
        n = bisect_left(verbs, one.start)
        split = None
        while n < len(verbs) and verbs[n] < one.end and split is None:
            split = _incise(text, one, verbs[n], language)
            n += 1
        parted += split or [one]
    return parted


def _incise(text: str, one: Quoted, verb: int, language: str) -> list[Quoted] | None:
    before = _BEFORE_INCISE[language].search(text, max(one.start, verb - 6), verb)
    if before is None or before.start() <= one.start:
        return None
    first_end = before.start() + 1
    after = _AFTER_INCISE[language].search(text, verb, one.end)
    first = Quoted(one.opened, first_end, one.start, first_end)
    if after is None:
        return [first]
    start, end = _inside(text, after.end(), one.end)
    return [first, Quoted(after.end() - 1, one.closed, start, end)] if start < end else [first]


def _said_until(text: str, start: int, end: int, verb: int | None, language: str) -> int | None:
    """Return where the words of a line of a dialogue end, None where it is none."""
    if verb is None:
        return end if text[end - 1] in ".?!…" and text[start - 2] != "–" else None
    if language == "fr":
        marks = [text.rfind(mark, start, verb) for mark in ",?!…"]
        return max(marks) + 1 if max(marks) > start else None
    dash = max(text.rfind(" —", start, verb), text.rfind(" –", start, verb))
    return dash if dash > start else None


def _inside(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start] in _SPACES:
        start += 1
    while start < end and text[end - 1] in _SPACES:
        end -= 1
    return start, end


def _closing(text: str, places: list[int], n: int, language: str, paragraphs: _Paragraphs) -> int | None:
    """Return which of the places closes what the n-th opens, None if it opens nothing."""
    opened = places[n]
    mark = text[opened]
    closers = _CLOSERS.get(mark)
    if closers is None or not _opens(text, opened, language):
        return None
    if mark == "“" and language == "de":
        closers = "”“"
    if mark in _SINGLE:
        return _closing_single(text, places, n, closers, paragraphs)
    return _closing_pair(text, places, n, closers, paragraphs)


def _closing_pair(text: str, places: list[int], n: int, closers: str, paragraphs: _Paragraphs) -> int | None:
    """Marks of one kind may hold others of their kind."""
    mark = text[places[n]]
    depth = 0
    end = paragraphs.end(places[n], mark)
    for k in range(n + 1, min(len(places), n + _LOOK)):
        place = places[k]
        if place >= end:
            return None
        other = text[place]
        if other in closers and not (other == mark and _reopens(text, place)):
            if depth == 0:
                return k
            depth -= 1
        elif other == mark and not _reopens(text, place):
            depth += 1
    return None


def _opens(text: str, place: int, language: str) -> bool:
    """Whether a mark may open: not within a word, nor at the end of what it would open."""
    mark = text[place]
    before, after = text[place - 1 : place], text[place + 1 : place + 2]
    if mark == "»" and language != "de":
        return False
    if mark in "„「『":
        return True
    if mark in "“«" and language in {"zh", "fr", "ar"}:
        return True
    if mark in {"»", "«"} and after in _SPACES and language == "de":
        return False
    return (not before or not before.isalnum() or language in {"zh", "ar"}) and bool(after.strip())


def _reopens(text: str, place: int) -> bool:
    """Whether a mark stands at a paragraph's start, as it does where a quotation goes on."""
    return place > 0 and text[place - 1] == "\n"


def _closing_single(
    text: str, places: list[int], n: int, closers: str, paragraphs: _Paragraphs
) -> int | None:
    """The mark is an apostrophe too: one after punctuation closes, else the first at a word's end."""
    end = paragraphs.end(places[n], text[places[n]])
    fallback = None
    for k in range(n + 1, min(len(places), n + _LOOK)):
        place = places[k]
        if place >= end:
            break
        if text[place] not in closers or text[place + 1 : place + 2].isalnum():
            if text[place] in _SINGLE and _opens(text, place, "en"):
                break
            continue
        if text[place - 1] in ",.!?…":
            return k
        fallback = k if fallback is None else fallback
    return fallback
