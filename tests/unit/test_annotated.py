"""The annotated stories are consistent, as many as promised, and their mark-up reads as its README says."""

from collections import Counter

import pytest

from bench.annotated import (
    FOLDER,
    HALVES,
    Annotated,
    AnnotationError,
    Kind,
    half_marked,
    parse,
    problems,
    read,
    read_all,
)

SMALL = """language: en
title: {GE|Georgia} waits
people: Nana Example; Karl Sample / K. Sample
organisations: World Bank
topic ports: open
---
“{d1|We are open,}” {c1,2|said} {s1,2|Nana Example of the World Bank} in {?US|Georgia}. “{d2|Nearly.}”

{s3 Sample|He} {c3|called} it “{m3|late}” and {c4|said} {i4 -|{GE|Georgian} trains run}.
"""

FILES = sorted(FOLDER.rglob("*.txt"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_story_is_consistent(file):
    story = read(file)

    assert problems(story) == []
    assert half_marked(story) == []
    assert story.language == file.stem[:2] or story.half == "summit"


@pytest.fixture(scope="module")
def stories() -> list[Annotated]:
    return read_all()


def test_there_are_as_many_stories_and_quotes_as_promised(stories):
    kinds = Counter(quote.kind for story in stories for quote in story.quotes)

    assert len(stories) == len(FILES) >= 44
    assert Counter(story.language for story in stories)["en"] >= 24
    assert {story.language for story in stories} == {"en", "fr", "es", "de", "ru", "uk", "ar", "zh"}
    assert kinds.total() >= 220
    assert kinds[Kind.DIRECT] >= 160


def test_english_stories_are_of_a_newswire_length(stories):
    lengths = {story.name: len(story.body.split()) for story in stories if story.language == "en"}

    assert {name: length for name, length in lengths.items() if not 200 <= length <= 500} == {}


def test_the_halves_have_the_same_mix(stories):
    mixes = [Counter(story.language for story in stories if story.half == half) for half in HALVES]

    assert mixes[0] == mixes[1]


def test_the_summit_has_five_speakers_with_names_and_the_evidence_of_its_topics(stories):
    summit = stories[0]
    speakers = {quote.speaker for quote in summit.quotes}

    assert len(speakers) == 5
    assert None not in speakers
    assert {"peacekeeping", "ceasefire", "sanctions", "nato", "military-recruitment"} <= summit.topics.keys()


def test_offsets_are_those_of_the_text_without_its_marks():
    story = parse(SMALL)

    assert story.title == "Georgia waits"
    assert story.body.startswith(
        "“We are open,” said Nana Example of the World Bank in Georgia. “Nearly.”\n\nHe"
    )
    assert [(quote.kind.value, story.body[quote.start : quote.end]) for quote in story.quotes] == [
        ("direct", "We are open,"),
        ("direct", "Nearly."),
        ("mixed", "late"),
        ("indirect", "Georgian trains run"),
    ]
    assert {code: [place.text for place in places] for code, places in story.countries.items()} == {
        "GE": ["Georgia", "Georgian"]
    }
    assert story.optional == {"US"}
    assert story.topics == {"ports": ("open",)}


def test_a_speaker_is_a_name_of_the_head_and_people_come_before_organisations():
    speakers = [quote.speaker for quote in parse(SMALL).quotes]

    assert speakers == [("Nana Example",), ("Nana Example",), ("Karl Sample", "K. Sample"), None]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{s3 Sample|He}", "{s3|He}", "fits no name"),
        ("{s3 Sample|He}", "{s3 ample|He}", "more than one"),
        ("{s3 Sample|He}", "He", "has no speaker"),
        ("{c3|called}", "{c9|called}", "of no quote"),
        ("{m3|late}", "{m1|late}", "stands twice"),
        ("{c3|called}", "{c3|called", "without a closing one"),
        ("{c3|called}", "called}", "without an opening one"),
        ("{c3|called}", "{x3|called}", "neither a country"),
        ("\n---\n", "\n", "no line"),
    ],
)
def test_bad_markup_is_refused(old, new, message):
    with pytest.raises(AnnotationError, match=message):
        parse(SMALL.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("“{m3|late}”", "{m3|late}", "quotation marks"),
        ("{i4 -|", "“{i4 -|", "indirect words in"),
        ("“{m3|late}”", "“{m3|late }”", "white space"),
        ("organisations: World Bank", "organisations: World Bank; Nowhere", "'Nowhere' is not in the text"),
        ("topic ports: open", "topic ports: shut", "'shut' is not in the text"),
    ],
)
def test_what_is_inconsistent_is_named(old, new, problem):
    assert any(problem in found for found in problems(parse(SMALL.replace(old, new))))


def test_a_country_marked_here_and_not_there_is_named():
    assert (
        half_marked(parse(SMALL.replace("{?US|Georgia}", "Georgia"))) == []
    )  # that one is only in the title
    assert half_marked(parse(SMALL.replace("} trains run}", "} trains run on Georgian rails}"))) != []
