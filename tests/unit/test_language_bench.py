"""`python -m bench language`: a reader that knows the annotation has full marks, and what differs is named."""

import pytest

from bench.annotated import read_all
from bench.language import markdown, name_misses, quote_misses, report_misses, tables
from bench.scoring import Found, FoundQuote


def annotation(story) -> Found:
    return Found(
        quotes=[
            FoundQuote(quote.kind.value, quote.start, quote.end, quote.speaker and quote.speaker[0])
            for quote in story.quotes
        ],
        countries=frozenset(story.countries),
        people=frozenset(forms[0] for forms in story.people),
        organisations=frozenset(forms[-1] for forms in story.organisations),
    )


@pytest.fixture(scope="module")
def stories():
    return read_all()


def test_the_annotation_itself_has_full_marks_in_every_table(stories):
    cells = {
        cell
        for _, head, rows in tables([(story, annotation(story)) for story in stories])
        for row in rows
        for cell in (row[1:-1] if "of" in head else row[1:])
    }

    assert cells - {"–", ""} == {"1.00"}


def test_nothing_differs_from_the_annotation_itself(stories, capsys):
    report_misses([(story, annotation(story)) for story in stories])

    assert capsys.readouterr().out == ""


def test_what_differs_is_named(stories):
    story = stories[0]
    first, second, third, *_ = story.quotes
    given = Found(
        quotes=[
            FoundQuote("mixed", first.start, first.end - 1, "Nobody"),
            FoundQuote(second.kind.value, second.start, second.end, second.speaker and second.speaker[0]),
            FoundQuote("direct", 0, 6),
        ],
        countries=frozenset({"PL", "FJ"}),
        people=frozenset({"Ingrid Solheim", "Ingrid"}),
    )
    lines = [*quote_misses(story, given), *name_misses(story, given)]

    assert any(line.startswith("other edges") and first.text in line for line in lines)
    assert any(line.startswith("mixed instead of direct") for line in lines)
    assert any(line.startswith("speaker 'Nobody'") for line in lines)
    assert any(line.startswith("missed") and third.text in line for line in lines)
    assert not any(second.text in line for line in lines)
    assert "too much, direct: 'WARSAW'" in lines
    assert "countries too many: FJ" in lines
    assert any(line.startswith("countries missed") and "UA" in line for line in lines)
    assert "people too many: Ingrid" in lines


def test_markdown_is_a_table(capsys):
    markdown("open", ("", "recall"), [["direct", "1.00"]])

    assert capsys.readouterr().out == "**open**\n\n|  | recall |\n| --- | --- |\n| direct | 1.00 |\n\n"
