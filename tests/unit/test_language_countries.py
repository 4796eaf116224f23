"""Which countries a story speaks of, and what only looks like one."""

import pytest

from newsbeam.language import LanguageLayer

LAYER = LanguageLayer()


def codes(body: str, language: str = "en", title: str = "") -> list[str]:
    return [country.code for country in LAYER.read(title, "", body, language).countries]


@pytest.mark.parametrize(
    ("language", "body"),
    [
        ("en", "Ukrainian officials met in Kyiv."),
        ("fr", "Les autorités ukrainiennes se sont réunies à Kiev."),
        ("es", "Las autoridades ucranianas se reunieron en Kiev."),
        ("de", "Ukrainische Behörden tagten in Kiew."),
        ("ru", "Украинские власти встретились в Киеве, заявили на Украине."),
        ("uk", "Українська влада зібралася в Києві, повідомили в Україні."),
        ("ar", "اجتمع مسؤولون أوكرانيون في كييف، وقالت أوكرانيا إن الاجتماع ناجح."),
        ("zh", "乌克兰官员在基辅会面。"),
    ],
)
def test_names_adjectives_and_capitals_are_one_country(language: str, body: str) -> None:
    assert codes(body, language) == ["UA"]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("Talks between Georgia and Armenia resumed in Tbilisi.", {"GE", "AM"}),
        ("Voters in Atlanta and across Georgia chose a governor on Tuesday.", {"US"}),
        ("A court in Athens, Georgia, and one in Atlanta heard the appeal.", {"US"}),
        ("The mayor of Paris, Texas, opened the fair.", {"US"}),
        ("Jordan reopened the crossing near Amman.", {"JO"}),
        ("Fans of Michael Jordan queued outside the arena.", set()),
        ("Chad Lindqvist raises poultry. Chad blames the weather.", set()),
        ("Chad and Niger closed their border.", {"TD", "NE"}),
        ("Turkey sent an envoy.", {"TR"}),
        ("Turkey prices rose before Thanksgiving, and turkeys were rationed.", set()),
        ("Nigeria and Niger signed a pact.", {"NG", "NE"}),
        ("Papua New Guinea, Guinea-Bissau, Equatorial Guinea and Guinea voted.", {"PG", "GW", "GQ", "GN"}),
        ("Guyana and French Guiana share no border.", {"GY"}),
        ("The Republic of the Congo closed its ports; Brazzaville was calm.", {"CG"}),
        ("The Democratic Republic of the Congo asked for help.", {"CD"}),
        ("Gulf of Mexico oil and Indian Ocean tuna", set()),
        ("She answered in French.", set()),
        ("The French cabinet met.", {"FR"}),
        ("Northern Ireland and Wales abstained.", {"GB"}),
        ("Bulgaria's Romania desk", {"BG", "RO"}),
        ("Womanly Omani Oman", {"OM"}),
    ],
)
def test_namesakes_are_told_apart(body: str, expected: set[str]) -> None:
    assert set(codes(body)) == expected


def test_the_most_mentioned_country_is_first_and_every_mention_has_its_span() -> None:
    body = "France waited. Germany acted: German trains ran to Berlin."
    found = LAYER.read("", "", body, "en").countries
    assert [country.code for country in found] == ["DE", "FR"]
    assert [span.text for span in found[0].spans] == ["Germany", "German", "Berlin"]
    assert all(body[span.start : span.end] == span.text for country in found for span in country.spans)


def test_arabic_words_have_prefixes() -> None:
    assert set(codes("وصل الوفد إلى لبنان ومصر، وبالعراق أزمة.", "ar")) == {"LB", "EG", "IQ"}


def test_a_language_that_is_not_spoken_gives_only_what_others_write_alike() -> None:
    assert set(codes("Ukraine ja Kyiv, Varsova ja Puola.", "fi")) == {"UA"}
