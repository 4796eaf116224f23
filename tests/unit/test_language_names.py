"""Persons and organisations."""

import pytest

from newsbeam.language import LanguageLayer

LAYER = LanguageLayer()


def entities(body: str, language: str = "en", title: str = "") -> dict[str, str]:
    return {entity.name: entity.type for entity in LAYER.read(title, "", body, language).entities}


@pytest.mark.parametrize(
    ("language", "body", "name"),
    [
        ("en", "Foreign Minister Anna Lindqvist flew home.", "Anna Lindqvist"),
        ("en", "The plan of Anna Lindqvist, the foreign minister, failed.", "Anna Lindqvist"),
        ("fr", "Le ministre Jean Valmont est rentré.", "Jean Valmont"),
        ("es", "El ministro Tomás Irigoyen regresó.", "Tomás Irigoyen"),
        ("de", "Außenministerin Anna Lindqvist reiste ab.", "Anna Lindqvist"),
        ("ru", "Министр Игорь Бельский вернулся.", "Игорь Бельский"),
        ("uk", "Міністр Остап Гриневич повернувся.", "Остап Гриневич"),
        ("ar", "عاد وزير النقل المصري كريم البنداري إلى القاهرة.", "كريم البنداري"),
        ("zh", "交通部长宋玛尼·维拉冯周三返回。", "宋玛尼·维拉冯"),
    ],
)
def test_a_title_makes_a_person(language: str, body: str, name: str) -> None:
    assert entities(body, language).get(name) == "person"


@pytest.mark.parametrize("title", ["网球俱乐部选出首位女主席", "法庭请求逮捕将军", "他是主席李"])
def test_a_chinese_text_may_end_with_a_role(title: str) -> None:
    assert "person" not in entities("评委称赞。", "zh", title).values()


@pytest.mark.parametrize(
    ("language", "body", "name", "counted"),
    [
        ("en", "The UN and the IMF met.", "United Nations", "United Nations"),
        ("fr", "L’ONU et l’Otan ont réagi.", "OTAN", "NATO"),
        ("es", "La UE respondió.", "Unión Europea", "European Union"),
        ("de", "Die Weltbank warnt.", "Weltbank", "World Bank"),
        ("ru", "В ООН ответили.", "ООН", "United Nations"),
        ("uk", "Світового банку чекають.", "Світовий банк", "World Bank"),
        ("ar", "أعلن البنك الدولي خطة.", "البنك الدولي", "World Bank"),
        ("zh", "联合国表示关切。", "联合国", "United Nations"),
    ],
)
def test_a_known_organisation_is_counted_under_one_name(
    language: str, body: str, name: str, counted: str
) -> None:
    found = {one.name: one.counted for one in LAYER.read("", "", body, language).entities}
    assert found[name] == counted


def test_surnames_count_for_the_full_name_in_the_title_too() -> None:
    found = LAYER.read("Lindqvist warns", "", "Prime Minister Anna Lindqvist spoke. Lindqvist left.", "en")
    (person,) = [one for one in found.entities if one.type == "person"]
    assert [(span.field, span.text) for span in person.spans] == [
        ("title", "Lindqvist"),
        ("body", "Anna Lindqvist"),
        ("body", "Lindqvist"),
    ]


def test_an_acronym_in_parentheses_makes_an_organisation() -> None:
    assert entities("The Northern Grain Pact (NGP) was renewed.").get("Northern Grain Pact") == "organisation"


def test_a_case_ending_is_the_same_person() -> None:
    body = "Министр Игорь Бельский приехал. Слова Бельского удивили."
    (person,) = LAYER.read("", "", body, "ru").entities
    assert [span.text for span in person.spans] == ["Игорь Бельский", "Бельского"]


def test_words_in_capitals_at_a_sentences_start_are_no_names() -> None:
    assert entities("Meanwhile The Old Road stayed shut. However Nothing Moved.") == {}


@pytest.mark.parametrize("name", ["颜文清", "裴国栋", "褚明远"])
def test_a_rarer_chinese_surname_begins_a_name_beside_a_role(name: str) -> None:
    found = LanguageLayer().read("", "", f"局长{name}表示，新桥将于明年开放。", "zh")
    assert [one.name for one in found.entities if one.type == "person"] == [name]
