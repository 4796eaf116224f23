"""Which language a story is in: one word for each, and no guess where there is nothing to go by."""

import pytest

from newsbeam.language.detection import detect_language, primary_language


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en", "en"),
        ("pt-BR", "pt"),
        ("EN_us", "en"),
        (" fr ", "fr"),
        ("nb-NO", "no"),
        ("nn", "no"),
        ("cmn-Hans", "zh"),
        ("deu", "de"),
        ("und", None),
        ("mul", None),
        ("english", None),
        ("e", None),
        ("12", None),
        ("", None),
        (None, None),
    ],
)
def test_a_tag_gives_one_word_for_its_language(tag: str | None, language: str | None) -> None:
    assert primary_language(tag) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("The mission will monitor the ceasefire along the border, officials said on Monday.", "en"),
        ("Les casques bleus surveilleront le cessez-le-feu le long de la frontière.", "fr"),
        ("Der Bundestag beschließt neue Sanktionen gegen die Regierung.", "de"),
        ("ООН призывает стороны к прекращению огня на границе.", "ru"),
        ("Україна відкидає пропозицію про перемир'я.", "uk"),
        ("Regjeringen varsler nye tiltak mot korrupsjon i etaten.", "no"),
        ("دعا مجلس الأمن إلى وقف إطلاق النار على طول الحدود", "ar"),
    ],
)
def test_a_sentence_tells_its_language(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_names_at_the_head_do_not_hide_the_language_of_what_follows() -> None:
    names = ", ".join(["Orbán", "Fico", "Bratislava", "Anna Lindqvist", "Tallinn"] * 4)
    assert detect_language(names[:160]) == "und"
    assert detect_language(f"{names}\n{'Les casques bleus surveilleront le cessez-le-feu. ' * 6}") == "fr"


@pytest.mark.parametrize("text", ["", "  \n", "12:30 — 7", "NATO", "Orbán, Fico: Bratislava"])
def test_a_few_names_are_in_no_language(text: str) -> None:
    assert detect_language(text) == "und"
