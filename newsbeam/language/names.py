"""Names of persons and organisations: by title, role, given name, verb of saying, and by coming back."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import NamedTuple

import msgspec

from newsbeam.language.lexicon import ADJECTIVE, KINDS, PLACES, Hit, Lexicon, listed

MAX_RUNS = 4_000  # runs of words in capitals that are looked at in one text
MAX_PLACES = 200  # of one person
REMEMBERED = 8_192  # runs of words and single words whose form was found out, each
_LONGEST = 80  # code points of a name
_UPPER = "A-ZÀ-ÖØ-ÞĀĂĄĆĈĊČĎĐĒĔĖĘĚĜĞĠĢĤĦĨĪĬĮİĲĴĶĹĻĽĿŁŃŅŇŊŌŎŐŒŔŖŘŚŜŞŠŢŤŦŨŪŬŮŰŲŴŶŸŹŻŽȘȚƏА-ЯЁІЇЄҐЎЈЉЊЋЏӘҒҚҢӨҰҮҺ"
_TOKEN = rf"[{_UPPER}](?:\.|[\w’'-]*)"
_GAP = "[ \u00a0]"
_ARTICLES = ("al", "el", "ad", "as", "ash", "at", "an", "ar", "d", "аль", "эль", "ель")
_COMPOUNDS = (
    "kammer", "verband", "verwaltung", "ministerium", "gesellschaft", "behörde", "bundesamt", "gericht",
    "gerichtshof", "gewerkschaft", "institut", "agentur", "kommission", "verein", "universität", "bank", "klinikum",
    "werft",
)  # fmt: skip
_ENDINGS = re.compile(
    r"(?:ого|ому|ими|ыми|ой|ым|им|ом|ем|єм|ею|ою|ей|єю|ий|ый|ая|ую|ові|еві|[ауюяеєиіїыьй])$"
)
_POSSESSIVE = re.compile("[’']s(?= |$)|[’'](?= |$)")


class Piece(msgspec.Struct, frozen=True, gc=False):
    """Words in capitals that may be a name: code points [start, end) of a text.

    `body`: a word such as `Ministry` is among them.
    """

    start: int
    end: int
    text: str
    body: bool


class Pieces(NamedTuple):
    """What may be a name in a text.

    `several`: names of more than one word, in order; `bodies`: those of any length that have a `body`; `single`:
    words by their keys, each way of writing one with the places where it begins; German has them by the hundred.
    """

    several: list[Piece]
    bodies: list[Piece]
    single: dict[str, list[tuple[str, list[int]]]]


NOTHING = Pieces([], [], {})


class Grammar:
    """What a language's names look like; made once a language."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self.language = lexicon.language
        #: gives a word as it is compared: without its case ending where there are any, in small letters
        self.key: Callable[[str], str] = _undeclined if self.language in {"ru", "uk"} else str.casefold
        inside = "|".join(sorted(map(re.escape, listed(words.inside)), key=len, reverse=True))
        begin = "".join(sorted({re.escape(word[0]) for word in (*listed(words.inside), *_ARTICLES)}))
        article = f"(?:{'|'.join(_ARTICLES)})[-’']"
        small = rf"(?=[{begin}]\w{{0,3}}[ \u00a0’'-])(?:(?:{inside}){_GAP}){{0,2}}(?:{article})?{_TOKEN}"
        self._run = re.compile(rf"({_TOKEN}(?:{_GAP}(?:{_TOKEN}|{small})){{0,4}})")
        self.no_names = frozenset(listed(words.no_names))
        self.bodies = frozenset(listed(words.bodies))
        self.first_names = frozenset(listed(words.first_names))
        self.inside = frozenset(listed(words.inside))
        self.fronts = frozenset(listed(words.fronts))
        self._cut = lru_cache(maxsize=REMEMBERED)(self._cut_once)  # news repeats its names
        self.tail = re.compile(
            rf"(?:{_GAP}(?:of|for|on|and|de|du|des|del|la|las|los|für|the|der|des|et|y|und|à|against|to){_GAP}"
            rf"(?:(?:the|la|las|los|l[’']|den|der|le|les|el){_GAP}?)?{_TOKEN}(?:{_GAP}{_TOKEN}){{0,3}}"
            rf"|{_GAP}d[’']{_TOKEN}|{_GAP}de l[’']{_TOKEN}){{0,2}}"
        )

    def pieces(self, text: str, hits: Sequence[Hit]) -> Pieces:
        """Return what may be a name: runs of words in capitals without what is known otherwise."""
        words: dict[str, list[int]] = defaultdict(list)
        runs = self._runs(text, hits, words)
        several: list[Piece] = []
        bodies: list[Piece] = []
        single: dict[str, list[tuple[str, list[int]]]] = defaultdict(list)
        for run, starts in [*words.items(), *((run, [start]) for start, run in runs)]:
            for first, end, name, body, key in self._cut(run):
                if key:
                    single[key].append((name, [start + first for start in starts] if first else starts))
                else:
                    several.append(Piece(starts[0] + first, starts[0] + end, name, body))
                if body:
                    bodies += [Piece(start + first, start + end, name, body) for start in starts]
        bodies.sort(key=attrgetter("start"))
        return Pieces(several, bodies, single)

    def _runs(self, text: str, hits: Sequence[Hit], words: dict[str, list[int]]) -> list[tuple[int, str]]:
        """Return where words in capitals begin, and they, parted at what is known; `words` gets lone ones."""
        runs: list[tuple[int, str]] = []
        parts = self._run.split(text, MAX_RUNS)  # what is between, a run, what is between, a run, …
        last = len(hits)
        n = end = 0
        for k in range(1, len(parts), 2):
            run = parts[k]
            start = end + len(parts[k - 1])
            end = start + len(run)
            before = text[start - 1] if start else " "
            while n < last and hits[n].end <= start:
                n += 1
            if before.isalnum():
                continue
            if n < last and hits[n].start < end:
                self._between(text, start, end, [hit for hit in hits[n : n + 8] if hit.start < end], runs)
            elif before in "-’'":
                runs.append(_with_article(text, start, end))
            elif run.isalpha():
                words[run].append(start)
            else:
                runs.append((start, run))
        return runs

    def _has_body(self, name: str) -> bool:
        """Whether a word such as `Ministry` is in a name."""
        return not self.bodies.isdisjoint(name.split(" ")) or self.is_compound(name)

    def is_compound(self, name: str) -> bool:
        """Whether a German word is one of an organisation: `Bauernverband`."""
        return self.language == "de" and name.endswith(_COMPOUNDS) and name not in self.bodies

    def _between(
        self, text: str, start: int, end: int, inner: list[Hit], runs: list[tuple[int, str]]
    ) -> None:
        for hit in inner:
            if hit.entry.kind in PLACES and self._part_of_name(text, hit, start, end, inner):
                continue
            if hit.start > start:
                runs.append(_with_article(text, start, hit.start))
            start = max(start, hit.end)
        if start < end:
            runs.append(_with_article(text, start, end))

    def _part_of_name(self, text: str, hit: Hit, start: int, end: int, inner: list[Hit]) -> bool:
        """Whether a place stands within a longer name: `Chad Lindqvist`, `Bank of Japan`, `Michael Jordan`."""
        if not hit.entry.doubtful or hit.entry.kind == ADJECTIVE:
            return (
                any(word in self.bodies for word in text[start:end].split()) and hit.entry.kind != ADJECTIVE
            )
        known = {other.start for other in inner}
        after = hit.end + 1
        if after < end and after not in known and text[hit.end] == " ":
            following = text[after:end].split(" ", 1)[0]
            if following not in self.no_names and following[:1].isupper():
                return True
        before = text[start : hit.start].rstrip()
        word = before.rpartition(" ")[2]
        ends = {other.end for other in inner}
        return bool(word) and start + len(before) not in ends and word not in self.no_names

    def _cut_once(self, run: str) -> tuple[tuple[int, int, str, bool, str], ...]:
        """Return the pieces of a run: where each begins and ends in it, its text, `body`, and a single word's key."""
        if run in self.no_names:
            return ()
        spans = ((0, len(run)),) if run.isalpha() else self._trimmed_once(run)
        names = [(start, end, run[start:end]) for start, end in spans if 1 < end - start <= _LONGEST]
        return tuple(
            (start, end, name, self._has_body(name), "" if " " in name else self.key(name))
            for start, end, name in names
        )

    def _trimmed_once(self, run: str) -> tuple[tuple[int, int], ...]:
        """Return where the names of a run begin and end; an owner ends one: `Dufresnoy's Institute`."""
        found: tuple[tuple[int, int], ...] = ()
        start, end = 0, len(run)
        if "’" in run or "'" in run:
            owner = _POSSESSIVE.search(run)
            if owner:
                found = self._trimmed_once(run[: owner.start()])
                start = owner.end()
        start, end = _stripped(run, start, end)
        start = self._first(run, start, end)
        end = self._last(run, start, end)
        if self.language == "de":
            end = start + len(_noble(run[start:end]))
        return (*found, (start, end)) if start < end else found

    def _first(self, text: str, start: int, end: int) -> int:
        """Return where the first word begins that may begin a name."""
        while start < end:
            first, gap, _ = text[start:end].partition(" ")
            if first not in self.no_names and first not in self.inside:
                break
            start += len(first) + len(gap)
        return start

    def _last(self, text: str, start: int, end: int) -> int:
        """Return where the last word ends that may end a name."""
        while end > start and " " in text[start:end]:
            word = text[start:end].rpartition(" ")[2]
            if word not in self.inside and word not in self.no_names:
                break
            end -= len(word) + 1
        return end


@lru_cache(maxsize=REMEMBERED)
def _undeclined(word: str) -> str:
    """Return a Russian or Ukrainian word without its case ending, in small letters."""
    return (_ENDINGS.sub("", word) if len(word) > 4 else word).casefold()


def _with_article(text: str, start: int, end: int) -> tuple[int, str]:
    """Return where a run begins, and it, with the Arabic article before it: `al-Rashid`."""
    if start > 2 and text[start - 1] in "-’'" and text[start - 3 : start - 1] in {"al", "el"}:
        start -= 3
    return start, text[start:end]


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and (text[start].isspace() or text[start] in ",.-’'"):
        start += 1
    while end > start and (text[end - 1].isspace() or text[end - 1] in ",-’'"):
        end -= 1
    return start, end


def _noble(name: str) -> str:
    """Cut `Marianne Kieffer von der Naturverwaltung` before `von`, but not `Ursula von der Leyen`."""
    words = name.split(" ")
    for n, word in enumerate(words):
        if n > 1 and word[:1].islower():
            return " ".join(words[:n])
    return name


class Marks(NamedTuple):
    """The hits of a text by where they begin, by where they end, and by kind."""

    starts: dict[int, Hit]
    ends: dict[int, Hit]
    of: tuple[list[Hit], ...]


def marks_of(hits: Iterable[Hit]) -> Marks:
    """Return the hits by their edges and kinds."""
    starts, ends = {}, {}
    of: tuple[list[Hit], ...] = tuple([] for _ in range(KINDS))
    for hit in hits:
        starts[hit.start] = ends[hit.end] = hit
        of[hit.entry.kind].append(hit)
    return Marks(starts, ends, of)


class Reading(NamedTuple):
    """One field's text with what was found in it."""

    field: str
    text: str
    hits: list[Hit]
    pieces: Pieces
    marks: Marks


class Person:
    """A person of a story: full name, surname, roles, gender as far as a role or a pronoun tells."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.roles: list[str] = []
        self.gender = ""
        self.places: list[tuple[str, int, int]] = []

    def stands(self, field: str, start: int, end: int) -> None:
        """Note a place where the person is named; there are no more than `MAX_PLACES`."""
        if len(self.places) < MAX_PLACES:
            self.places.append((field, start, end))


class Cast:
    """The persons and organisations of one story."""

    def __init__(self) -> None:
        self.people: dict[str, Person] = {}
        self.organisations: dict[str, list[tuple[str, int, int]]] = {}
        self.counted: dict[str, str] = {}

    def person(self, name: str) -> Person:
        """Return the person of this name, known from now on."""
        if name not in self.people:
            self.people[name] = Person(name)
        return self.people[name]

    def organisation(self, name: str, place: tuple[str, int, int], counted: str = "") -> None:
        """Note where an organisation stands."""
        self.organisations.setdefault(name, []).append(place)
        self.counted.setdefault(name, counted or name)
