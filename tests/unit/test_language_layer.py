"""The layer as a whole: any text, however hostile, gives an answer of bounded size."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newsbeam.language import LanguageLayer
from newsbeam.language.layer import MAX_SPANS
from newsbeam.language.lexicon import LANGUAGES
from newsbeam.language.quotes import MAX_QUOTES

LAYER = LanguageLayer()
MEGABYTE = 1_000_000


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "piece",
    [
        "x",
        '"',
        "“",
        "'",
        "A",
        "A ",
        "A-",
        "said “",
        "“They go on\n",
        "Kyiv ",
        "President Anna Weber, ",
        "Chad Weber said Chad ",
        "\n— “A” ",
        "说“",
        "。",
        "(AB) ",
        "·",
    ],
)
def test_a_megabyte_of_anything_is_read_and_little_comes_out(language: str, piece: str) -> None:
    text = (piece * (MEGABYTE // len(piece)))[:MEGABYTE]
    found = LAYER.read("", "", text, language)
    assert len(found.quotes) <= MAX_QUOTES
    assert all(len(one.spans) <= MAX_SPANS for one in (*found.countries, *found.entities))


@given(st.sampled_from(LANGUAGES), st.text(max_size=300))
def test_every_span_is_the_text_at_its_place(language: str, text: str) -> None:
    found = LAYER.read(text, "", text, language)
    for one in (*found.countries, *found.entities):
        assert all(text[span.start : span.end] == span.text for span in one.spans)
    assert all(text[quote.start : quote.end] == quote.text for quote in found.quotes)


PORTUGUESE = """O presidente visitou Angola e depois Ankara, disse o gabinete em Luanda.

“Vamos esperar até que a ponte esteja pronta.”

O filme “A ponte” estreou, e a “zona azul” continua fechada.
— Um ponto da lista."""


@pytest.mark.parametrize("language", ["und", "pt"])
def test_a_story_in_no_language_that_is_read_has_what_is_safe(language: str) -> None:
    found = LanguageLayer().read("", "", PORTUGUESE, language)
    assert {country.code for country in found.countries} == {"AO", "TR"}
    assert [(quote.text, quote.kind, quote.speaker) for quote in found.quotes] == [
        ("Vamos esperar até que a ponte esteja pronta.", "direct", None)
    ]
    assert found.entities == ()
    for country in found.countries:
        assert all(PORTUGUESE[span.start : span.end] == span.text for span in country.spans)


@pytest.mark.parametrize(
    "text", ["Mali chłopiec", "Guinea pig", "Chile con carne", "Lima bean", "Georgia", "Washington"]
)
def test_a_name_that_some_language_doubts_says_nothing_where_the_language_is_unknown(text: str) -> None:
    assert LanguageLayer().read("", "", text, "und").countries == ()
