"""The labelled news and its scoring: the data are consistent, the sums are right, the page is current."""

from collections import Counter
from itertools import product

import pytest

from bench.labelled import HALVES, LANGUAGES, PARTS, Item, Labelled, meanings, read_labelled
from bench.tagscores import Score, compare, total
from bench.topics import BEGIN, END, PAGE, ROOT, Result, markdown, misses, tables, tagged, with_tables
from newsbeam.language.detection import detect_language

TOPICS = meanings()
NEWS = read_labelled()
SPOKEN = [name for name in LANGUAGES if any(one.language == name for one in NEWS)]


def item(name: str, *topics: str) -> Item:
    return Item(id=name, title=f"Title {name}", text="Text.", topics=topics)


def result(name: str, labels: str, tags: str, half: str = "open", language: str = "en") -> Result:
    return Result(Labelled(half, language, item(name, *labels.split())), frozenset(tags.split()))


def test_an_item_s_score_counts_found_missed_and_wrong() -> None:
    assert compare({"floods", "storms"}, {"storms", "climate", "nato"}) == Score(found=1, missed=1, wrong=2)
    assert compare(set(), set()) == Score()


def test_a_total_weighs_every_label_and_tag_the_same() -> None:
    score = total([Score(3, 1, 0), Score(0, 0, 3), Score(3, 2, 0)])
    assert score == Score(6, 3, 3)
    assert score.precision == pytest.approx(6 / 9)
    assert score.recall == pytest.approx(6 / 9)
    assert Score(1, 3, 0).f1 == pytest.approx(0.4)


def test_without_labels_or_tags_there_is_no_share() -> None:
    assert total([]) == Score()
    assert (Score().precision, Score().recall, Score().f1) == (None, None, None)
    assert (Score(wrong=2).precision, Score(wrong=2).recall, Score(wrong=2).f1) == (0, None, 0)


def test_misses_name_what_was_missed_and_what_was_wrong() -> None:
    results = [result("a", "floods", "floods"), result("b", "floods storms", "nato storms", language="de")]
    assert misses(results) == ["b  missed floods, WRONG nato: Title b | Text."]
    assert misses(results, topic="storms") == []
    assert misses(results, topic="nato") == ["b  WRONG nato: Title b | Text."]
    assert misses(results, language="en") == []


def test_tables_keep_the_parts_apart() -> None:
    results = [
        result("a", "floods", "floods"),
        result("b", "floods", "nato", half="heldout"),
        result("c", "", ""),
        result("d", "nato floods", "nato storms", half="stories"),
    ]
    by_language, by_topic, quiet, stories, crossed = tables(results)
    none = ["0", "-", "-", "-"]
    assert by_language[2] == [[name, "1.00", "1", "0.00", "0.00", "0.00", *none] for name in ("en", "all")]
    assert ["floods", "1.00", "1", "-", "0.00", "0.00", *none] in by_topic[2]
    assert ["nato", "-", "0", "0.00", "-", "0.00", *none] in by_topic[2]
    assert quiet[2] == [["en", "1 of 1", "0 of 0", "0 of 0", "0 of 0"]]
    assert stories[2] == [[name, "2", "0.50", "0.50", "0.50"] for name in ("en", "all")]
    assert ["nato", "0/0 +1"] in crossed[2]
    assert ["floods", "0/1"] in crossed[2]


def test_tables_are_put_between_the_marks_of_a_page() -> None:
    page = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert with_tables(page, r"new \1") == f"before\n{BEGIN}\n\nnew \\1\n\n{END}\nafter\n"
    with pytest.raises(ValueError, match="the page has no"):
        with_tables("no marks", "new")


def test_every_label_is_a_topic_with_a_meaning_and_stands_once() -> None:
    assert all(set(one.item.topics) <= set(TOPICS) for one in NEWS)
    assert all(sorted(set(one.item.topics)) == list(one.item.topics) for one in NEWS)


def test_the_labels_are_the_shipped_topics_and_every_language_is_measured() -> None:
    assert {path.stem for path in (ROOT / "config" / "topics").glob("*.yaml")} == set(TOPICS)
    assert {(one.part, one.language) for one in NEWS} == set(product(PARTS, LANGUAGES))


def test_the_page_has_the_tables_that_the_command_gives() -> None:
    page = PAGE.read_text("utf-8")
    assert page == with_tables(page, markdown(tagged(NEWS))), "run: python -m bench topics --update"


@pytest.mark.parametrize("language", SPOKEN)
def test_every_topic_has_two_items_in_each_half(language: str) -> None:
    counted = Counter(
        (one.part, topic) for one in NEWS if one.language == language for topic in one.item.topics
    )
    assert [(half, topic) for half, topic in product(HALVES, TOPICS) if counted[half, topic] < 2] == []


@pytest.mark.parametrize(("half", "language"), list(product(HALVES, SPOKEN)))
def test_each_half_has_items_about_no_topic(half: str, language: str) -> None:
    quiet = [one for one in NEWS if one[:2] == (half, language) and not one.item.topics]
    assert len(quiet) >= 22


def test_no_id_and_no_text_stands_twice() -> None:
    for values in (
        [one.item.id for one in NEWS],
        [(one.language, one.item.title) for one in NEWS],
        [(one.language, one.item.text) for one in NEWS],
    ):
        assert [value for value, times in Counter(values).items() if times > 1] == []


def test_every_second_item_is_held_out() -> None:
    for half, language in product(HALVES, SPOKEN):
        numbers = [
            int(one.item.id.removeprefix(f"{language}-")) for one in NEWS if one[:2] == (half, language)
        ]
        assert numbers == list(range(1 + HALVES.index(half), 2 * len(numbers) + 1, 2))


@pytest.mark.parametrize("language", SPOKEN)
def test_items_are_in_the_language_of_their_file(language: str) -> None:
    whole = "\n".join(one.item.text for one in NEWS if one.language == language)
    assert detect_language(whole[:20_000]) == language
