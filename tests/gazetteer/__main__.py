"""Write the file."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.gazetteer import sources, supplement
from tests.gazetteer.inflection import ADJECTIVES, names

PLACES = Path(__file__).parents[2] / "newsbeam" / "language" / "data" / "places.tsv"
_HEAD = "# Written by python -m tests.gazetteer: language, kind (t English title, n name, a adjective, c city, s state), country, forms.\n"
_APOSTROPHES = "'’ʼ"

Forms = dict[str, list[str]]


def listed(text: str) -> Forms:
    """Read `GB: UK|Britain` lines."""
    found: Forms = {}
    for line in text.splitlines():
        code, _, words = line.strip().partition(": ")
        found.setdefault(code, []).extend(word for word in words.split("|") if word)
    return found


def name_forms(language: str) -> Forms:
    """Return each country's names in every form."""
    other = listed(supplement.NAMES[language])
    forms: Forms = {}
    for code in sources.codes():
        given = [*sources.country_names(language, code), *other.get(code, ())]
        forms[code] = [form for name in given for form in names(language, name)]
    return forms


def adjective_forms(language: str) -> Forms:
    """Return each country's adjectives in every form, the sources' and those kept by hand."""
    if language not in ADJECTIVES:
        return {}
    inflect = ADJECTIVES[language]
    forms: Forms = {
        code: [form for word in sources.adjectives(language, code) for form in inflect(word)]
        for code in sources.codes()
    }
    for line in supplement.ADJECTIVES[language].splitlines():
        code, _, words = line.strip().partition(": ")
        lemmas, _, literal = words.partition("=")
        forms[code] += [form for word in lemmas.split("|") if word for form in inflect(word)]
        forms[code] += [word for word in literal.split("|") if word]
    return forms


def city_forms(language: str) -> Forms:
    """Return the names of each country's capital and major cities in every form; a name is one city's."""
    dropped = supplement.NOT_CITIES
    owner: dict[str, str] = {}
    for code, words in listed(supplement.CITIES[language]).items():
        for word in "|".join(words).replace("=", "|").split("|"):
            owner.setdefault(word, code)
    for code, name in sources.exemplar_cities(language):
        owner.setdefault(name, code)
    for city in sources.cities():
        for name in sources.city_names(language, city):
            owner.setdefault(name, city["countrycode"])
    forms: Forms = {}
    made: set[str] = set()
    for name, code in owner.items():
        if name and name not in dropped and name not in made:
            inflected = list(names(language, name))
            made.update(inflected)
            forms.setdefault(code, []).extend(inflected)
    return forms


def state_forms(language: str) -> Forms:
    """Return the names of states and provinces: GeoNames' where the script is Latin, and those kept by hand."""
    forms = listed(supplement.STATES[language])
    if language in sources.LATIN:
        for code, name in sources.states():
            forms.setdefault(code, []).append(name)
    return {code: [form for word in words for form in names(language, word)] for code, words in forms.items()}


def spellings(forms: Iterable[str], language: str) -> Iterator[str]:
    """Yield each form, with each apostrophe, plain hamza and capitals where a headline may have them."""
    for form in forms:
        yield form
        for mark in _APOSTROPHES:
            yield "".join(mark if c in _APOSTROPHES else c for c in form)
        if language == "ar":
            yield form.translate(str.maketrans("أإآ", "ااا"))
        if language == "ru":
            yield form.replace("ё", "е")


def lines() -> Iterator[str]:
    """Yield the file's lines in order; a form that two countries share in one kind is the first one's."""
    for code in sources.codes():
        yield f"en\tt\t{code}\t{sources.title(code)}\n"
    for language in sources.LANGUAGES:
        seen: set[str] = set()
        for kind, made in (
            ("n", name_forms(language)),
            ("a", adjective_forms(language)),
            ("c", city_forms(language)),
            ("s", state_forms(language)),
        ):
            for code in sorted(made):
                chosen = sorted(set(spellings(made[code], language)) - seen - {""})
                seen.update(chosen)
                if chosen:
                    yield f"{language}\t{kind}\t{code}\t{'|'.join(chosen)}\n"


def written() -> str:
    """Return what the file holds."""
    return _HEAD + "".join(lines())


def main() -> None:
    """Write the file."""
    PLACES.write_text(written(), "utf-8")
    sys.stdout.write(f"{PLACES}: {PLACES.stat().st_size} bytes\n")


if __name__ == "__main__":
    main()
