"""What is known of a language's words, found in a text in one pass: places, organisations, roles, verbs of saying."""

import itertools
from collections.abc import Iterator, Sequence
from functools import cache
from importlib import resources
from typing import NamedTuple

import ahocorasick_rs
import msgspec

from newsbeam.language.words import SPOKEN, Words

LANGUAGES = tuple(SPOKEN)
_CASED = frozenset({"en", "fr", "es", "de", "ru", "uk"})
NO_LANGUAGE = "und"  # none that is read here
_SCRIPTS = ((("en", "fr", "es", "de"), 3), (("ru", "uk"), 2))  # how many must write a place alike
_SHORTEST = 4  # code points of a form that is read in any language

KINDS = 10
COUNTRY, ADJECTIVE, CITY, STATE, NOWHERE, ORGANISATION, ROLE, CUE, SOURCE, BODY = range(KINDS)
PLACES = frozenset({COUNTRY, ADJECTIVE, CITY, STATE})
_PLACE_KINDS = {"n": COUNTRY, "a": ADJECTIVE, "c": CITY, "s": STATE}
_PROCLITICS = frozenset("و|ف|ب|ل|ك|ال|وال|بال|فال|كال|لل|ول|وب|وك|فل|فب|ولل|فلل|وبال|وكال".split("|"))  # noqa: SIM905
_CLITIC_LENGTH = 4
MAX_HITS = 10_000  # of one field; a long article has some hundreds


class Entry(NamedTuple):
    """What a form is: its kind, its value (a code, a name, a role) and whether it may mean something else too."""

    kind: int
    value: str
    doubtful: bool = False
    note: str = ""  # a role's gender (m or f), an organisation's name for all languages


class Hit(msgspec.Struct, frozen=True, gc=False):
    """A form found in a text at code points [start, end)."""

    start: int
    end: int
    entry: Entry


class Lexicon:
    """The forms of one language in one automaton."""

    def __init__(self, language: str, words: Words, forms: dict[str, Entry]) -> None:
        self.language = language
        self.words = words
        self._entries = list(forms.values())
        self._automaton = ahocorasick_rs.AhoCorasick(
            list(forms), matchkind=ahocorasick_rs.MatchKind.LeftmostLongest
        )
        self.forms = forms

    def scan(self, text: str) -> list[Hit]:
        """Return every known form that stands as a word of its own, in order; the longest where several begin."""
        entries = self._entries
        found = self._automaton.find_matches_as_indexes(text)[:MAX_HITS]
        if self.language == "zh":
            return [Hit(start, end, entries[n]) for n, start, end in found]
        hits = []
        last = len(text)
        arabic = self.language == "ar"
        for n, start, end in found:
            if end < last and text[end].isalnum():
                continue
            if start and text[start - 1].isalnum() and not (arabic and _clitic(text, start)):
                continue
            hits.append(Hit(start, end, entries[n]))
        return hits


def _clitic(text: str, start: int) -> bool:
    """Whether what is written before `start` without a space is an Arabic conjunction, preposition or article."""
    first = start
    while first and start - first <= _CLITIC_LENGTH and text[first - 1].isalnum():
        first -= 1
    return text[first:start] in _PROCLITICS


@cache
def lexicon_of(language: str) -> Lexicon | None:
    """Return the lexicon of a language, None for one that is not spoken here; made when first asked for."""
    words = SPOKEN.get(language)
    return Lexicon(language, words, _forms(language, words)) if words is not None else None


@cache
def shared_lexicon() -> Lexicon:
    """Return the lexicon for texts in any other language: places that most languages of a script write alike.

    They are countries and cities that no language doubts, and nothing else is known.
    """
    forms: dict[str, Entry] = {}
    for languages, enough in _SCRIPTS:
        known = [lexicon.forms for lexicon in map(lexicon_of, languages) if lexicon is not None]
        for form in itertools.chain.from_iterable(known):
            entries = [some[form] for some in known if form in some]
            if len(entries) >= enough and len(form) >= _SHORTEST and form[0].isupper() and _agree(entries):
                forms[form] = entries[0]
    return Lexicon(NO_LANGUAGE, Words("", "", "", "", "", "", "", ""), forms)


def _agree(entries: Sequence[Entry]) -> bool:
    """Whether all say that a form is one place, and none doubts it."""
    meant = {(one.kind, one.value, one.doubtful) for one in entries}
    return len(meant) == 1 and entries[0].kind in {COUNTRY, CITY} and not entries[0].doubtful


def _forms(language: str, words: Words) -> dict[str, Entry]:
    """Return every form; where two claim one, the first here has it."""
    forms: dict[str, Entry] = {}
    for form, entry in _claims(language, words):
        forms.setdefault(form, entry)
    if language in _CASED:
        _shout(forms)
    return forms


def _claims(language: str, words: Words) -> Iterator[tuple[str, Entry]]:
    """Yield every form with what it is, in order of precedence."""
    doubtful = frozenset(listed(words.doubtful))
    for form in listed(words.no_place):
        yield form, Entry(NOWHERE, form)
    for name, form, counted in _organisations(language):
        yield form, Entry(ORGANISATION, name, note=counted)
    for kind, code, form in _places(language):
        chance = language == "zh" and kind == CITY and len(form) == 2  # 抵达曼谷 holds 达曼, too
        yield form, Entry(kind, code, form in doubtful or chance)
    yield from _roles(language, words)
    for text, kind in ((words.sources, SOURCE), (words.cues, CUE)):
        for form in listed(text):
            yield form, Entry(kind, form)
            yield form[:1].upper() + form[1:], Entry(kind, form)
    for form in listed(words.bodies_alone):
        yield form, Entry(BODY, form)


def _roles(language: str, words: Words) -> Iterator[tuple[str, Entry]]:
    for text, gender in ((words.men, "m"), (words.women, "f"), (words.roles, "")):
        for form in listed(text):
            entry = Entry(ROLE, form.lower(), note=gender)
            for written in _written(form, language):
                yield written, entry


def _written(form: str, language: str) -> Iterator[str]:
    """`foreign minister`, `Foreign minister`, `Foreign Minister`."""
    yield form
    if language in _CASED:
        yield form[:1].upper() + form[1:]
        yield " ".join(word[:1].upper() + word[1:] for word in form.split(" "))


def _shout(forms: dict[str, Entry]) -> None:
    """Let names of places be written in capitals, as in `KYIV, Ukraine —`."""
    for form, entry in list(forms.items()):
        if entry.kind in PLACES and len(form) > 3:
            forms.setdefault(form.upper(), entry)


def listed(text: str) -> list[str]:
    """Return the words of a list; `=` at an end marks nothing."""
    return [word.removesuffix("=") for word in text.split("|") if word]


@cache
def _lines(name: str) -> tuple[str, ...]:
    text = resources.files("newsbeam.language").joinpath("data", name).read_text("utf-8")
    return tuple(line for line in text.splitlines() if line and not line.startswith("#"))


def _places(language: str) -> Iterator[tuple[int, str, str]]:
    start = language + "\t"
    for line in _lines("places.tsv"):
        if line.startswith(start):
            _, kind, code, forms = line.split("\t")
            if kind not in _PLACE_KINDS:
                continue
            for form in forms.split("|"):
                yield _PLACE_KINDS[kind], code, form


def _organisations(language: str) -> Iterator[tuple[str, str, str]]:
    start = language + "="
    for line in _lines("organisations.tsv"):
        counted, *columns = line.split("\t")
        for column in columns:
            if column.startswith(start):
                forms = column.removeprefix(start).split("|")
                for form in forms:
                    yield forms[0], form, counted


@cache
def _country_names() -> dict[str, str]:
    names: dict[str, str] = {}
    for line in _lines("places.tsv"):
        language, kind, code, forms = line.split("\t")
        if language == "en" and kind == "t":
            names[code] = forms
    return names


def country_name(code: str) -> str:
    """Return a country's name in English; its code where there is none."""
    return _country_names().get(code, code)
