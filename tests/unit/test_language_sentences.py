"""Where sentences end and where quotations stand, as the language layer tells it by rule."""

import pytest

from newsbeam.language.marks import MAX_MARKS, find_quoted
from newsbeam.language.sentences import Sentences


def sentences(text: str) -> list[str]:
    """Return a text's sentences."""
    found, place = [], 0
    reader = Sentences(text)
    while place < len(text):
        end = reader.end(place + 1)
        found.append(text[reader.start(place) : end].strip())
        place = end
    return [one for one in found if one]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The harbour closed. Boats wait.", ["The harbour closed.", "Boats wait."]),
        ("He met Sept. Ten and Prof. Weber.", ["He met Sept. Ten and Prof. Weber."]),
        ("They left at noon. Éva stayed.", ["They left at noon.", "Éva stayed."]),
        ("It cost 12345. 20 paid.", ["It cost 12345.", "20 paid."]),
        ("The firm ended. and went on", ["The firm ended. and went on"]),
        ("He said “enough.” She left.", ["He said “enough.”", "She left."]),
        ("In the U.S. Navy nobody asked.", ["In the U.S. Navy nobody asked."]),
        ("Порт закрыли. Ёлки ждут.", ["Порт закрыли.", "Ёлки ждут."]),
        ("Стоит 5 тыс. Рублей.", ["Стоит 5 тыс. Рублей."]),
        ("First paragraph.\nSecond one.", ["First paragraph.", "Second one."]),
        ("港口关闭。船在等。", ["港口关闭。", "船在等。"]),
        ("The report cites example.org Tuesday.", ["The report cites example.org Tuesday."]),
    ],
)
def test_sentences_end_where_a_reader_ends_them(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


def test_marks_of_several_kinds_are_read_in_order() -> None:
    text = 'A “first” and "second" and «third» and “fourth”.'
    assert [text[one.start : one.end] for one in find_quoted(text, "en")] == [
        "first",
        "second",
        "third",
        "fourth",
    ]


def test_only_the_first_marks_are_read_whatever_their_kind() -> None:
    half = MAX_MARKS // 4
    text = "“a” " * half + '"b" ' * half + "«c» "
    assert len(find_quoted(text, "en")) == MAX_MARKS // 2
