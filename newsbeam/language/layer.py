"""The language layer: countries, persons, organisations and quotes of one story. Pure, no I/O."""

import re
from collections.abc import Sequence
from functools import cache

import msgspec

from newsbeam.language.arabic import ArabicFinder
from newsbeam.language.chinese import ChineseFinder
from newsbeam.language.countries import find_countries
from newsbeam.language.deep import Known, Pipelines
from newsbeam.language.lexicon import NO_LANGUAGE, Lexicon, lexicon_of, shared_lexicon
from newsbeam.language.names import NOTHING, Cast, Grammar, Reading, marks_of
from newsbeam.language.people import Finder
from newsbeam.language.quotes import MAX_QUOTES, Speech
from newsbeam.language.sentences import Sentences
from newsbeam.language.settings import LanguageSettings
from newsbeam.story import CountryMention, EntityMention, Quote, Span

MAX_SPANS = 50  # of one name
MAX_SENTENCES = 60  # of one story that a trained pipeline is asked about
FIELDS = ("title", "summary", "body")
_LONGEST_SENTENCE = 1_000
_NAME_LIKE = re.compile(r"[A-ZÀ-ÞА-ЯЁІЇЄҐ][\w’'-]+ [A-ZÀ-ÞА-ЯЁІЇЄҐ][\w’'-]+")
MAX_READ = 200_000  # code points of a field; what comes later is not read


class StoryReading(msgspec.Struct, frozen=True):
    """What a story says of countries, persons and organisations, and who says what; the most mentioned first."""

    countries: tuple[CountryMention, ...] = ()
    entities: tuple[EntityMention, ...] = ()
    quotes: tuple[Quote, ...] = ()


class LanguageLayer:
    """Reads stories in the languages that it speaks.

    In any other it finds countries whose names most of them share, and whole quoted sentences, of nobody.

    Raises `ConfigurationError` when made with a trained pipeline that is not there.
    """

    def __init__(self, settings: LanguageSettings | None = None) -> None:
        self.settings = settings or LanguageSettings()
        self._pipelines = Pipelines(self.settings.models if self.settings.deep != "off" else {})

    def read(self, title: str, summary: str, body: str, language: str) -> StoryReading:
        """Return what rules find in a story's texts; spans are code points of the text given."""
        return self._read((title, summary, body), language, Known())

    def read_deeply(self, title: str, summary: str, body: str, language: str) -> StoryReading | None:
        """Return what is found with a trained pipeline's help, None where there is none for the language."""
        lexicon = lexicon_of(language)
        if lexicon is None or language not in self._pipelines:
            return None
        texts = (title, summary, body)
        sentences = needed_sentences(texts, self._read(texts, language, Known()))
        return self._read(texts, language, self._pipelines.names(sentences, language))

    def _read(self, texts: tuple[str, str, str], language: str, known: Known) -> StoryReading:
        lexicon = lexicon_of(language) or shared_lexicon()
        grammar = None if lexicon.language in {"ar", "zh", NO_LANGUAGE} else _grammar(language)
        readings = [
            _field(name, text[:MAX_READ], lexicon, grammar)
            for name, text in zip(FIELDS, texts, strict=True)
            if text
        ]
        cast = _cast(lexicon, grammar, readings, known)
        _vouched(cast, readings, known)
        quotes = [quote for reading in readings for quote in Speech(lexicon, reading, cast).quotes()]
        by_field = {reading.field: reading.text for reading in readings}
        countries = tuple(
            CountryMention(code, tuple(_spans(places, by_field)))
            for code, places in find_countries(readings, grammar).items()
        )
        return StoryReading(countries, _entities(cast, by_field), tuple(quotes[:MAX_QUOTES]))


def needed_sentences(texts: Sequence[str], found: StoryReading) -> list[str]:
    """Return the sentences that a trained pipeline is asked about: with words in capitals that no name explains.

    In scripts without capitals they are those around quotes whose speaker is unknown.
    """
    chosen: list[str] = []
    for field, whole in zip(FIELDS, texts, strict=True):
        text = whole[:MAX_READ]
        known = bytearray(len(text))
        for span in (span for one in found.entities for span in one.spans if span.field == field):
            known[span.start : span.end] = b"\1" * (span.end - span.start)
        places = [
            match.start()
            for match in _NAME_LIKE.finditer(text)
            if 1 not in known[match.start() : match.end()]
        ]
        places += [quote.end for quote in found.quotes if quote.field == field and quote.speaker is None]
        sentences = Sentences(text)
        spans = dict.fromkeys((sentences.start(place), sentences.end(place + 1)) for place in sorted(places))
        chosen += [text[start:end] for start, end in spans if start < end <= start + _LONGEST_SENTENCE]
    return chosen[:MAX_SENTENCES]


def _field(name: str, text: str, lexicon: Lexicon, grammar: Grammar | None) -> Reading:
    hits = lexicon.scan(text)
    pieces = grammar.pieces(text, hits) if grammar is not None else NOTHING
    return Reading(name, text, hits, pieces, marks_of(hits))


def _cast(lexicon: Lexicon, grammar: Grammar | None, readings: Sequence[Reading], known: Known) -> Cast:
    if grammar is not None:
        return Finder(grammar, readings, known).find()
    if lexicon.language == NO_LANGUAGE:
        return Cast()
    return (ArabicFinder if lexicon.language == "ar" else ChineseFinder)(lexicon, readings, known).find()


def _vouched(cast: Cast, readings: Sequence[Reading], known: Known) -> None:
    """Note where the organisations stand that a trained pipeline vouches for and rules did not see."""
    for name in sorted(known.organisations - cast.organisations.keys()):
        for reading in readings:
            start = reading.text.find(name)
            while start >= 0 and len(cast.organisations.get(name, ())) < MAX_SPANS:
                cast.organisation(name, (reading.field, start, start + len(name)))
                start = reading.text.find(name, start + len(name))


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
