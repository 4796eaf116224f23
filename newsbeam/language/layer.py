"""The language layer: countries, persons, organisations and quotes of one story. Pure, no I/O."""

from collections.abc import Sequence
from functools import cache

import msgspec

from newsbeam.language.countries import find_countries
from newsbeam.language.lexicon import Lexicon, lexicon_of
from newsbeam.language.names import Cast, Grammar, Reading, marks_of
from newsbeam.language.people import Finder
from newsbeam.language.quotes import MAX_QUOTES, Speech
from newsbeam.language.settings import LanguageSettings
from newsbeam.language.uncased import ArabicFinder, ChineseFinder
from newsbeam.story import CountryMention, EntityMention, Quote, Span

MAX_SPANS = 50  # of one name
MAX_READ = 200_000  # code points of a field; what comes later is not read


class StoryReading(msgspec.Struct, frozen=True):
    """What a story says of countries, persons and organisations, and who says what; the most mentioned first."""

    countries: tuple[CountryMention, ...] = ()
    entities: tuple[EntityMention, ...] = ()
    quotes: tuple[Quote, ...] = ()


class LanguageLayer:
    """Reads stories in the languages that it speaks; in any other it finds nothing."""

    def __init__(self, settings: LanguageSettings | None = None) -> None:
        self.settings = settings or LanguageSettings()

    def read(self, title: str, summary: str, body: str, language: str) -> StoryReading:
        """Return what is found in a story's texts; spans are code points of the text given."""
        lexicon = lexicon_of(language)
        if lexicon is None:
            return StoryReading()
        grammar = None if language in {"ar", "zh"} else _grammar(language)
        readings = [
            _field(name, text[:MAX_READ], lexicon, grammar)
            for name, text in (("title", title), ("summary", summary), ("body", body))
            if text
        ]
        cast = _cast(lexicon, grammar, readings)
        quotes = [quote for reading in readings for quote in Speech(lexicon, reading, cast).quotes()]
        texts = {reading.field: reading.text for reading in readings}
        countries = tuple(
            CountryMention(code, tuple(_spans(places, texts)))
            for code, places in find_countries(readings, grammar).items()
        )
        return StoryReading(countries, _entities(cast, texts), tuple(quotes[:MAX_QUOTES]))


def _field(name: str, text: str, lexicon: Lexicon, grammar: Grammar | None) -> Reading:
    hits = lexicon.scan(text)
    pieces = list(grammar.pieces(text, hits)) if grammar is not None else []
    return Reading(name, text, hits, pieces, marks_of(hits))


def _cast(lexicon: Lexicon, grammar: Grammar | None, readings: Sequence[Reading]) -> Cast:
    if grammar is not None:
        return Finder(grammar, readings).find()
    return (ArabicFinder if lexicon.language == "ar" else ChineseFinder)(lexicon, readings).find()


@cache
def _grammar(language: str) -> Grammar:
    lexicon = lexicon_of(language)
    if lexicon is None:
        raise KeyError(language)
    return Grammar(lexicon)


def _entities(cast: Cast, texts: dict[str, str]) -> tuple[EntityMention, ...]:
    """The persons and organisations, the most mentioned first."""
    found = [
        EntityMention(person.name, "person", tuple(_spans(person.places, texts)), person.name)
        for person in cast.people.values()
        if person.places
    ]
    found += [
        EntityMention(name, "organisation", tuple(_spans(places, texts)), cast.counted[name])
        for name, places in cast.organisations.items()
    ]
    return tuple(sorted(found, key=lambda one: -len(one.spans)))


def _spans(places: Sequence[tuple[str, int, int]], texts: dict[str, str]) -> list[Span]:
    return [Span(field, start, end, texts[field][start:end]) for field, start, end in places[:MAX_SPANS]]
