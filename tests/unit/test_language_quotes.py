"""Who said what."""

import pytest

from newsbeam.language import LanguageLayer
from newsbeam.story import Quote

LAYER = LanguageLayer()


def quotes(body: str, language: str = "en") -> list[Quote]:
    return list(LAYER.read("", "", body, language).quotes)


def one(body: str, language: str = "en") -> tuple[str, str, str | None]:
    found = quotes(body, language)
    assert len(found) == 1, found
    quote = found[0]
    assert body[quote.start : quote.end] == quote.text
    return quote.kind, quote.text, quote.speaker


@pytest.mark.parametrize(
    ("language", "body", "text", "speaker"),
    [
        ("en", "“We will wait,” said Anna Lindqvist.", "We will wait,", "Anna Lindqvist"),
        ("en", '"We will wait," Foreign Minister Anna Lindqvist said.', "We will wait,", "Anna Lindqvist"),
        ("en", "'We can't wait,' said Anna Lindqvist.", "We can't wait,", "Anna Lindqvist"),
        ("en", "Anna Lindqvist told reporters: “We will wait.”", "We will wait.", "Anna Lindqvist"),
        (
            "fr",
            "« Nous attendrons », a déclaré la ministre Anna Lindqvist.",
            "Nous attendrons",
            "Anna Lindqvist",
        ),
        ("es", "«Vamos a esperar», dijo la ministra Anna Lindqvist.", "Vamos a esperar", "Anna Lindqvist"),
        ("de", "„Wir warten“, sagte Ministerin Anna Lindqvist.", "Wir warten", "Anna Lindqvist"),
        ("de", "»Wir warten«, sagte Ministerin Anna Lindqvist.", "Wir warten", "Anna Lindqvist"),
        ("ru", "«Мы подождём», — сказала министр Анна Линдквист.", "Мы подождём", "Анна Линдквист"),
        ("uk", "«Ми почекаємо», — сказала міністерка Анна Ліндквіст.", "Ми почекаємо", "Анна Ліндквіст"),
        ("ar", "وقالت الوزيرة هالة منصور: «سننتظر قليلا».", "سننتظر قليلا", "هالة منصور"),
        ("zh", "外交部长林晓梅说：“我们会等待。”", "我们会等待。", "林晓梅"),
    ],
)
def test_a_direct_quote_has_its_speaker(language: str, body: str, text: str, speaker: str) -> None:
    assert one(body, language) == ("direct", text, speaker)


def test_a_part_of_the_reporters_sentence_is_mixed() -> None:
    body = "Anna Lindqvist, the foreign minister, called the plan “a step backwards”."
    assert one(body) == ("mixed", "a step backwards", "Anna Lindqvist")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("Anna Lindqvist said that the bridge would open in May.", "the bridge would open in May"),
        ("Anna Lindqvist said the bridge would open in May.", "the bridge would open in May"),
        ("According to Anna Lindqvist, the bridge will open in May.", "the bridge will open in May"),
        ("The bridge will open in May, Anna Lindqvist said on Monday.", "The bridge will open in May"),
    ],
)
def test_a_clause_that_was_said_is_indirect(body: str, text: str) -> None:
    assert one(body) == ("indirect", text, "Anna Lindqvist")


def test_a_quotation_over_paragraphs_is_one() -> None:
    body = "“We came by boat,” said Anna Lindqvist. “It was late.\n\n“Nobody slept.”"
    assert [quote.text for quote in quotes(body)] == ["We came by boat,", "It was late.\n\n“Nobody slept."]
    assert {quote.speaker for quote in quotes(body)} == {"Anna Lindqvist"}


def test_surnames_pronouns_and_roles_are_the_full_name() -> None:
    body = (
        "Foreign Minister Anna Lindqvist arrived on Monday with Karl Weber, a farmer.\n\n"
        "“We are here,” Lindqvist said.\n\n“It was a long way,” she added.\n\n"
        "“And a cold one,” the minister said. “The cows are fine,” said Weber."
    )
    found = quotes(body)
    assert [quote.speaker for quote in found] == [*["Anna Lindqvist"] * 3, "Karl Weber"]
    assert [quote.speaker_span.text for quote in found if quote.speaker_span] == [
        "Lindqvist", "she", "minister", "Weber"
    ]  # fmt: skip


def test_titles_terms_and_nicknames_are_no_quotes() -> None:
    body = (
        "The film “Iron and Snow” was shown. The so-called “plan B” failed. "
        "Anna Lindqvist, who wrote “Weather for Horses”, said that nobody came."
    )
    assert [quote.kind for quote in quotes(body)] == ["indirect"]


def test_who_is_not_named_is_nobody() -> None:
    assert one("“It is cold,” said an official who asked not to be named.")[2] is None


def test_marks_that_are_not_closed_are_no_quotation() -> None:
    assert quotes("“We came by boat. A second sentence follows here.") == []


@pytest.mark.parametrize(
    ("language", "body", "texts", "speaker"),
    [
        (
            "ru",
            "«Мы готовы, — сказал министр Иван Петров. — Осталось немного».",
            ["Мы готовы,", "Осталось немного"],
            "Иван Петров",
        ),
        (
            "es",
            "«No es un juego —advirtió la alcaldesa Marta Soler—, es una emergencia».",
            ["No es un juego", "es una emergencia"],
            "Marta Soler",
        ),
        (
            "fr",
            "« Nous sommes prêts, a déclaré le ministre Jean Valmont. Il reste peu. »",
            ["Nous sommes prêts,", "Il reste peu."],
            "Jean Valmont",
        ),
        (
            "es",
            "—No sé nada —dijo el alcalde Juan Robles—. Pregunten mañana.",
            ["No sé nada", "Pregunten mañana."],
            "Juan Robles",
        ),
        ("ru", "— Не знаю, — ответил мэр Олег Зимин.", ["Не знаю,"], "Олег Зимин"),
        ("zh", "“票卖光了。”售票员赵小兰笑着说。", ["票卖光了。"], "赵小兰"),
    ],
)
def test_the_reporters_words_may_stand_within_the_marks_or_after_a_dash(
    language: str, body: str, texts: list[str], speaker: str
) -> None:
    found = quotes(body, language)
    assert [quote.text for quote in found] == texts
    assert {(quote.kind, quote.speaker) for quote in found} == {("direct", speaker)}


def test_an_unknown_verb_beside_a_name_is_one_of_saying() -> None:
    assert one("“No deal,” quavered Foreign Minister Anna Lindqvist.") == (
        "direct",
        "No deal,",
        "Anna Lindqvist",
    )


def test_a_verb_without_subject_goes_on_with_the_speaker() -> None:
    found = quotes("قالت الوزيرة هالة منصور: «سننتظر قليلا». وأضافت أن العمل سيبدأ قريبا جدا.", "ar")
    assert [(quote.kind, quote.speaker) for quote in found] == [
        ("direct", "هالة منصور"),
        ("indirect", "هالة منصور"),
    ]
