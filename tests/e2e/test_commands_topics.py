"""What `newsbeam topics` says of what topics are made of: groups, inheritance, examples, explanations, lint."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.contract.receiver import Receiver
from tests.e2e.desk import Desk, Ran, lines, write_config

TOPICS = """\
- id: truce
  label: {en: Truces}
  group: Peace
  queries: {en: truce OR "cease fire"}
  examples: {match: [The truce held.]}
- id: grain
  queries: {en: wheat}
- id: lull
  group: Peace
  match: stem
  extends: truce
  queries: {en: (monitor NEAR/2 violation) OR lull, any: "*feuer"}
  examples: {match: [A truce was signed., Monitors saw a violation.], no_match: [The price of truth.]}
- id: initials
  group: Health
  case: exact
  queries: {en: WHO}
  examples: {match: [The WHO said so.], no_match: [Who said so?]}
"""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    folder = tmp_path_factory.mktemp("topics")
    with Receiver() as receiver:
        config = write_config(folder / "config", receiver=receiver.url)
        (config / "topics" / "peace.yaml").write_text(TOPICS)
        (config / "alerts.yaml").write_text("rules: []\n")
        made = Desk(config, folder / "data")
        fine(made.run("config", "apply"))
        made.run("publish", "-", stdin=lines(datetime.now(UTC)))
        made.read_all()
        yield made


@pytest.fixture
def fresh(desk: Desk, tmp_path: Path) -> Desk:
    return desk.copy(tmp_path)


def fine(ran: Ran) -> Ran:
    assert ran.code == 0, ran
    return ran


def test_topics_are_listed_by_group_with_the_stories_they_are_blind_to(desk: Desk) -> None:
    rows = [line.split() for line in fine(desk.run("topics", "list")).out.splitlines()]
    assert rows[0][:3] == ["GROUP", "TOPIC", "LABEL"]
    assert [row[:2] for row in rows[1:]] == [
        ["Health", "initials"],
        ["Peace", "lull"],
        ["Peace", "truce"],
        ["grain", "grain"],
    ]
    blind = {
        one["topic"]["id"]: one["blind_7d"] for one in fine(desk.run("topics", "list", "--json")).objects()
    }
    assert blind == {"initials": 1, "lull": 0, "truce": 1, "grain": 1}
    assert [
        one["topic"]["id"] for one in desk.run("topics", "list", "--group", "Peace", "--json").objects()
    ] == [
        "lull",
        "truce",
    ]
    unknown = desk.run("topics", "list", "--group", "War")
    assert (unknown.code, "there are: Health, Peace" in unknown.err) == (6, True)


def test_a_topic_is_shown_with_how_its_queries_are_read_and_where_they_come_from(desk: Desk) -> None:
    shown = fine(desk.run("topics", "show", "lull")).out
    assert "lull (Peace)" in shown
    assert "(monitor NEAR/2 violation) OR lull  [by stems]" in shown
    assert 'truce OR "cease fire"  [from truce]' in shown
    assert "[capitals as written]" in fine(desk.run("topics", "show", "initials")).out
    assert "Blind to 1 stories of the last 7 days: fr 1" in fine(desk.run("topics", "show", "truce")).out
    french = fine(desk.run("trace", "https://harbour-post.example/fr")).out
    assert "blind      no query for fr: grain, initials, truce" in french


def test_stories_are_tagged_by_stems_in_their_own_case_and_by_what_a_topic_extends(desk: Desk) -> None:
    def tagged(text: str) -> list[str]:
        (found,) = fine(desk.run("tag", "-", "--language", "en", stdin=text.encode())).objects()
        return [one["id"] for one in found["topics"]]

    assert tagged("Lulls are short") == ["lull"]
    assert tagged("A truce holds") == ["truce", "lull"]
    assert tagged("Truces hold") == []  # what is taken from another topic is read as that topic reads it
    assert tagged("WHO team lands") == ["initials"]
    assert tagged("Who team lands") == []


def test_the_examples_of_topics_are_tried_also_where_loading_would_refuse_them(fresh: Desk) -> None:
    ran = fine(fresh.run("topics", "test"))
    assert ran.out.splitlines() == [
        "✓ truce: 1 of 1 example hold",
        "✓ grain: 0 of 0 examples hold (it has none)",
        "✓ lull: 3 of 3 examples hold",
        "✓ initials: 2 of 2 examples hold",
    ]
    path = fresh.config / "topics" / "peace.yaml"
    path.write_text(TOPICS.replace("The truce held.", "The peace held."))
    assert fresh.run("check").code == 3
    failed = fresh.run("topics", "test", "truce", "lull")
    assert failed.code == 1
    assert "✗ truce: 0 of 1 example hold" in failed.out
    assert f"{path}:5: topic 'truce' does not match its example 'The peace held.'" in failed.out
    assert "✓ lull" in failed.out
    (tried,) = fresh.run("topics", "test", "truce", "--json").objects()
    assert (tried["text"], tried["why"] is None, tried["place"]) == ("The peace held.", False, f"{path}:5")
    assert fresh.run("topics", "test", "nothing").code == 6


def test_a_match_and_a_miss_are_explained_part_by_part(desk: Desk) -> None:
    out = fine(
        desk.run("topics", "explain", "lull", "Monitors of the sea saw a violation", "--language", "en")
    ).out
    assert "lull, query for en: no match" in out
    assert "✗ monitor NEAR/2 violation  5 words between, at most 2" in out
    assert "lull, query for en (from truce): no match" in out
    assert '✗ "cease fire"  `cease`, `fire` not in the text' in out
    held = fine(
        desk.run("topics", "explain", "truce", "-", "--language", "en", stdin=b"One\nThe truce held")
    ).out
    assert "✓ truce  body: The [truce] held" in held
    assert "\x1b" not in held
    (found,) = fine(
        desk.run("topics", "explain", "truce", "The truce held", "--language", "en", "--json")
    ).objects()
    assert (found["match"], found["blind"], found["queries"][0]["part"]["kind"]) == (True, False, "or")


def test_a_recorded_story_is_explained_by_its_address_and_a_blind_topic_says_so(desk: Desk) -> None:
    out = fine(desk.run("topics", "explain", "truce", "https://tribune.example/wire/truce")).out
    assert "✓ truce  body: The [truce] signed" in out
    assert "\x1b" not in out
    french = fine(desk.run("topics", "explain", "truce", "https://harbour-post.example/fr"))
    assert (french.out, "truce is blind to fr: it has queries for en." in french.err) == ("", True)
    gone = desk.run("topics", "explain", "truce", "https://tribune.example/never")
    assert (gone.code, "no story of that address is kept" in gone.err) == (6, True)


def test_lint_says_what_is_hardly_meant_with_its_place(fresh: Desk) -> None:
    ran = fresh.run("topics", "lint")
    path = fresh.config / "topics" / "peace.yaml"
    assert ran.code == 1
    assert [line.split(" ")[0] for line in ran.out.splitlines()] == [f"{path}:12:"]
    assert "`*feuer` begins with a wildcard" in ran.out
    assert "1 thing worth a look in the topics: `newsbeam topics lint`." in fine(fresh.run("check")).out
    assert fine(fresh.run("check", "--json")).objects()[0]["lint"] == 1
    assert fine(fresh.run("topics", "lint", "truce")).out == "Nothing to say of 1 topic.\n"
    path.write_text(TOPICS.replace(', any: "*feuer"', "").replace("[The truce held.]", "[A cease fire.]"))
    assert fine(fresh.run("topics", "lint", "--json")).out == ""


def test_a_topic_is_added_with_all_its_options(fresh: Desk) -> None:
    options = ["--match", "stem", "--case", "exact", "--group", "Peace", "--extends", "truce"]
    fine(fresh.run("topics", "add", "calm", "calm", "--language", "en", *options))
    (shown,) = fine(fresh.run("topics", "show", "calm", "--json")).objects()
    assert {name: shown["topic"][name] for name in ("match", "case", "group", "extends")} == {
        "match": "stem",
        "case": "exact",
        "group": "Peace",
        "extends": "truce",
    }
    assert len(shown["stories"]) == 4
    refused = fresh.run("topics", "add", "calm", "calm", "--language", "en", "--replace", "--extends", "calm")
    assert (refused.code, "a circle" in refused.err) == (3, True)
    assert fresh.run("topics", "add", "odd", "wheat AND NOT wheat").code == 3
