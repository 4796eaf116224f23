"""What commands say, to people and to programs, over a newsroom whose stories are known."""

import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml

from tests.contract.newspaper import Newspaper, Page, rss
from tests.contract.receiver import Answer, Got, Receiver
from tests.e2e.desk import RUBBISH, TITLE, Desk, Ran, lines, write_config

TRUCE = "https://harbour-post.example/truce"
ENDED = {"recorded": 6, "duplicate": 1, "dead": 1}


@pytest.fixture(scope="module")
def receiver() -> Iterator[Receiver]:
    def answer(got: Got, _before: int) -> Answer:
        # A header's name cannot hold a space: refused whenever the bytes arrive, unlike a body after a 204.
        return Answer(headers=(("no header", "x"),)) if got.path.startswith("/odd") else Answer()

    with Receiver(answer) as opened:
        yield opened


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, receiver: Receiver) -> Iterator[Desk]:
    """For tests that only look."""
    folder = tmp_path_factory.mktemp("desk")
    with Newspaper() as paper:
        paper.pages["/feed"] = Page(rss("One", "Two"))
        made = Desk(write_config(folder / "config", receiver=receiver.url, paper=paper.url), folder / "data")
        assert made.run("config", "apply").code == 0
        assert made.run("publish", "-", stdin=lines(datetime.now(UTC))).code == 3
        made.publish_raw(RUBBISH)
        assert made.read_all() == ENDED
        yield made


@pytest.fixture
def own(desk: Desk, tmp_path: Path) -> Desk:
    """For tests that change something."""
    return desk.copy(tmp_path)


def fine(ran: Ran) -> Ran:
    assert ran.code == 0, ran
    return ran


# --- configuration ------------------------------------------------------------------------------------------


def test_init_writes_a_configuration_that_check_finds_right(tmp_path: Path) -> None:
    desk = Desk(tmp_path / "made", tmp_path / "data")
    elsewhere = write_config(tmp_path / "elsewhere")
    wrote = fine(Desk(elsewhere, tmp_path / "data").run("init", str(desk.config)))
    assert "newsbeam --config" in wrote.out
    assert "is right" in fine(desk.run("check")).out
    (counted,) = fine(desk.run("check", "--json")).objects()
    assert counted["deployment"] == "laptop"
    assert counted["topics"] >= 25
    assert counted["feeds"] >= 60
    assert counted["examples"] >= 2 * counted["topics"]
    again = desk.run("init", str(desk.config))
    assert again.code == 2
    assert "not empty" in again.err


def test_diff_shows_what_apply_then_makes_active(own: Desk) -> None:
    assert "No difference" in fine(own.run("config", "diff")).out
    assert fine(own.run("config", "diff", "--json")).objects() == []
    topics = own.config / "topics" / "peace.yaml"
    topics.write_text(
        topics.read_text().replace("wheat", "wheat OR barley") + "- {id: rail, queries: {en: rail}}\n"
    )
    own.config.joinpath("feeds.yaml").write_text("[]\n")
    changes = fine(own.run("config", "diff", "--json")).objects()
    assert [(one["sign"], one["kind"], one["id"]) for one in changes] == [
        ("~", "topic", "grain"),
        ("+", "topic", "rail"),
        ("-", "feed", "gone"),
        ("-", "feed", "harbour"),
    ]
    assert "~ topic grain\n+ topic rail\n" in fine(own.run("config", "diff")).out
    assert "Changed: catalog, feeds." in fine(own.run("config", "apply")).out
    (applied,) = fine(own.run("config", "apply", "--json")).objects()
    assert (applied["catalog_changed"], applied["feeds_changed"]) == (False, False)
    assert "No difference" in fine(own.run("config", "diff")).out


def test_what_commands_made_is_exported_as_files_that_say_the_same(own: Desk, tmp_path: Path) -> None:
    assert "Nothing was made" in fine(own.run("config", "export", str(tmp_path / "out"))).err
    fine(own.run("topics", "add", "rail", "rail*", "--language", "en", "--label", "Railways"))
    opml = tmp_path / "list.opml"
    opml.write_text('<opml version="2.0"><body><outline xmlUrl="https://rail.example/feed"/></body></opml>')
    fine(own.run("feeds", "add", str(opml), "--yes", "--outlet", "tribune"))
    out = tmp_path / "out"
    exported = fine(own.run("config", "export", str(out))).out.split()
    assert exported == [str(out / "feeds.yaml"), str(out / "topics" / "store.yaml")]
    topic = {"id": "rail", "queries": {"en": "rail*"}, "label": {"en": "Railways"}}
    assert yaml.safe_load((out / "topics" / "store.yaml").read_text()) == [topic]
    (feed,) = yaml.safe_load((out / "feeds.yaml").read_text())
    assert (feed["url"], feed["outlet"]) == ("https://rail.example/feed", "tribune")
    assert {"enabled", "language", "tags"}.isdisjoint(feed)
    mine = own.config / "feeds.yaml"
    before = mine.read_text()
    refused = own.run("config", "export", str(own.config))
    assert refused.code == 2
    assert "nothing was written" in refused.err
    assert mine.read_text() == before
    (out / "newsbeam.yaml").write_text("")
    (counted,) = fine(Desk(out, tmp_path / "new").run("check", "--json")).objects()
    assert (counted["topics"], counted["feeds"]) == (1, 1)


# --- putting in, and tagging --------------------------------------------------------------------------------


def test_publish_says_which_lines_it_refused_and_why(own: Desk) -> None:
    ran = own.run("publish", "-", stdin=lines(datetime.now(UTC)))
    assert ran.code == 3
    assert ran.out == "7 stories published, 2 lines refused.\n"
    assert 'line 8: titel: unknown field, did you mean "title"?' in ran.err
    assert "line 10: no JSON" in ran.err
    assert "\x1b" not in ran.err
    (report,) = own.run("publish", "-", "--json", stdin=lines(datetime.now(UTC))).objects()
    assert report["published"] == 7
    assert [one["line"] for one in report["refused"]] == [8, 10]
    (empty,) = fine(own.run("publish", "-", "--json")).objects()
    assert empty == {"published": 0, "refused": []}
    # The same stories again are no news: the very lines twice, and times that moved on are revisions of none.
    assert sum(own.read_all().values()) == sum(ENDED.values()) + 14


def spans_hold(found: dict[str, object], fields: dict[str, str]) -> list[tuple[str, str, str]]:
    """Return (topic, field, text) of every span, having checked that it lies where it says."""
    topics: list[dict[str, object]] = found["topics"]  # type: ignore[assignment]
    evidence = []
    for topic in topics:
        for span in topic["spans"]:  # type: ignore[attr-defined]
            assert fields[span["field"]][span["start"] : span["end"]] == span["text"]
            evidence.append((str(topic["id"]), span["field"], span["text"]))
    return evidence


def test_a_text_is_tagged_with_its_first_line_as_title(desk: Desk, tmp_path: Path) -> None:
    title = "𝕎𝕙𝕖𝕟 🕊️ e\u0301clats: TRUCE"
    body = "🚢 Grain ships wait.\n\nThe “cease-fire”?  A ceasefire, a Truce; wheat 🌾 and more wheat."
    text = tmp_path / "article.txt"
    text.write_bytes(f"\ufeff{title}\r\n\n{body}\n".encode())
    (found,) = fine(desk.run("tag", str(text), "--language", "en")).objects()
    assert found["language"] == "en"
    assert found["title"] == title
    evidence = spans_hold(found, {"title": title, "body": body})
    assert ("ceasefire", "title", "TRUCE") in evidence
    assert ("ceasefire", "body", "Truce") in evidence
    assert [one for one in evidence if one[0] == "grain"] == [("grain", "body", "wheat")] * 2
    assert found["rules"] == ["truce", "wheat"]
    assert fine(desk.run("tag", "-", "--language", "en", stdin=text.read_bytes())).objects() == [found]


def test_json_lines_are_tagged_one_object_a_story(desk: Desk) -> None:
    stories = [
        {"url": TRUCE, "title": "🕊️ A truce", "summary": "😀😀 truce", "body": "wheat", "language": "en"},
        {"url": f"{TRUCE}/2", "title": "Un cessez-le-feu", "language": "fr-CA"},
        {"url": f"{TRUCE}/3", "title": "Waffenruhe", "language": "de"},
    ]
    ran = fine(desk.run("tag", "-", stdin="\n\n".join(json.dumps(one) for one in stories).encode()))
    first, second, third = ran.objects()
    assert spans_hold(first, stories[0]) == [
        ("ceasefire", "title", "truce"),
        ("ceasefire", "summary", "truce"),
        ("grain", "body", "wheat"),
    ]
    assert spans_hold(second, stories[1]) == [("ceasefire", "title", "cessez-le-feu")]
    assert (second["language"], second["blind"]) == ("fr", ["grain"])
    assert (third["topics"], third["blind"]) == ([], ["ceasefire", "grain"])
    (nameless,) = fine(desk.run("tag", "-", stdin=b'{"title": "A truce", "language": "en"}')).objects()
    assert [topic["id"] for topic in nameless["topics"]] == ["ceasefire"]


# --- looking ------------------------------------------------------------------------------------------------


def test_status_adds_up(desk: Desk) -> None:
    text = fine(desk.run("status")).out
    assert re.search(r"^Records read +6 recorded, .*1 dead", text, re.MULTILINE)
    assert "6 in 5 clusters" in text
    (told,) = fine(desk.run("status", "--json")).objects()
    numbers = told["status"]
    assert told["running"] == []
    assert {name: n for name, n in numbers["dispositions"].items() if n} == ENDED
    assert (numbers["stories"], numbers["clusters"], numbers["dead_letters"]) == (6, 5, 1)
    assert numbers["alerts"] == 2
    assert desk.run("status", "--alive", "poll").code == 4


def test_alerts_are_shown_oldest_first_and_by_topic(desk: Desk) -> None:
    text = fine(desk.run("alerts")).out
    assert f"[high] peace: {TITLE}\n    2 outlets" in text
    assert "· update 2 ·" in text
    told = fine(desk.run("alerts", "--json", "--topic", "peace")).objects()
    assert [one["alert_seq"] for one in told] == sorted(one["alert_seq"] for one in told)
    assert {one["rule"] for one in told} == {"truce"}
    assert max(told, key=lambda one: one["stories"])["outlets"] == ["harbour-post", "tribune"]
    assert len(fine(desk.run("alerts", "--json", "--limit", "1")).objects()) == 1
    nothing = fine(desk.run("alerts", "--topic", "markets"))
    assert (nothing.out, nothing.err) == ("", "No alerts yet.\n")


def test_a_test_message_is_sent_and_its_receipt_shown(own: Desk, receiver: Receiver) -> None:
    assert "was taken: 127.0.0.1: 204 in " in fine(own.run("alerts", "--test", "desk")).out
    (receipt,) = fine(own.run("alerts", "--test", "desk", "--json")).objects()
    assert "127.0.0.1: 204 in " in receipt["detail"]
    assert len(receiver.on("/all")) >= 2
    shut = own.run("alerts", "--test", "shut")
    assert shut.code == 4
    assert "127.0.0.1" in shut.err


def test_an_answer_that_is_no_http_never_shows_the_address_it_came_from(own: Desk) -> None:
    odd = own.run("alerts", "--test", "odd")
    assert odd.code == 4
    assert "no proper HTTP answer" in odd.err
    assert "hush" not in odd.out + odd.err


def test_trace_says_what_happened_and_why_rules_did_not_fire(desk: Desk) -> None:
    text = fine(desk.run("trace", f"{TRUCE}?utm_medium=mail")).out
    assert text.startswith(f"{TITLE}\n")
    for said in (
        "ceasefire by its en query: “truce” in body",
        "truce: a new alert was told",
        "wheat: its condition",
    ):
        assert said in text
    (joined,) = fine(desk.run("trace", "https://tribune.example/wire/truce", "--json")).objects()
    (story,) = joined["stories"]
    assert [(one["rule"], one["outcome"]) for one in story["decisions"]] == [("truce", "joined")]
    assert len(story["cluster"]) == 2
    for page, why in (("old", "older than the maximum event age"), ("history", "which is history")):
        assert why in fine(desk.run("trace", f"https://harbour-post.example/{page}")).out
    assert (
        "topics     none in language en" in fine(desk.run("trace", "https://harbour-post.example/bridge")).out
    )


def test_topics_are_listed_shown_and_tried(desk: Desk) -> None:
    table = fine(desk.run("topics", "list")).out.splitlines()
    assert table[0].split() == ["TOPIC", "LABEL", "LANGUAGES", "24", "H", "7", "DAYS", "BLIND"]
    assert table[1].split() == ["ceasefire", "Ceasefires", "en", "fr", "4", "5", "0"]
    counted = {
        one["topic"]["id"]: one["stories_7d"] for one in fine(desk.run("topics", "list", "--json")).objects()
    }
    assert counted == {"ceasefire": 5, "grain": 0}
    shown = fine(desk.run("topics", "show", "ceasefire")).out
    assert "ceasefire OR truce" in shown
    assert TITLE in shown
    (topic,) = fine(desk.run("topics", "show", "ceasefire", "--json")).objects()
    dates = [story["published_at"] for story in topic["stories"]]
    assert (len(dates), dates) == (5, sorted(dates, reverse=True))
    tried = fine(desk.run("topics", "try", '"truce signed" OR bridge', "--language", "en"))
    assert tried.out.startswith("3 of 6 stories match, on one day.\n")
    assert "[“bridge”]" in tried.out
    assert "Blind, since the query is for en alone: fr (1 stories)" in tried.err
    often = fine(desk.run("topics", "try", "truce")).out
    assert often.startswith("4 of 6 stories match, on 2 days: 2.0 on each of them on average.\n")
    (found,) = fine(desk.run("topics", "try", "bridge", "--json", "--limit", "0")).objects()
    assert (found["matches"], found["stories"], found["newest"]) == (1, 6, [])


def test_an_added_topic_is_filled_from_history(own: Desk) -> None:
    assert "1 of 6 stored stories have it" in fine(own.run("topics", "add", "ferries", "ferr*")).out
    shown = fine(own.run("topics", "show", "ferries")).out
    assert "A bridge reopens" in shown
    again = own.run("topics", "add", "ferries", "ferries OR boats")
    assert (again.code, "--replace" in again.err) == (2, True)
    fine(own.run("topics", "add", "ferries", "boats", "--replace", "--label", "Boats"))
    assert "Boats" in fine(own.run("topics", "list")).out
    theirs = own.run("topics", "add", "grain", "rye", "--replace")
    assert (theirs.code, "comes from a file" in theirs.err) == (2, True)


def test_feeds_are_listed_added_checked_and_removed(own: Desk, tmp_path: Path) -> None:
    assert "2 feeds, 0 well." in fine(own.run("feeds", "list")).err
    listed = fine(own.run("feeds", "list", "--json")).objects()
    assert [(one["feed"]["id"], one["state"]["status"]) for one in listed] == [
        ("harbour", "new"),
        ("gone", "new"),
    ]
    assert fine(own.run("feeds", "list", "--failing", "--json")).objects() == []
    assert fine(own.run("feeds", "check", "harbour")).out == "harbour: 2 entries, Paper\n"
    checked = own.run("feeds", "check", "--json")
    assert checked.code == 4
    assert {one["feed"]: one["error_kind"] is None for one in checked.objects()} == {
        "harbour": True,
        "gone": False,
    }
    opml = tmp_path / "list.opml"
    outlines = "".join(f'<outline xmlUrl="https://r.example/{name}/rss"/>' for name in "ab")
    opml.write_text(f'<opml version="2.0"><body>{outlines}</body></opml>')
    unasked = own.run("feeds", "add", str(opml))
    assert (unasked.code, "--yes" in unasked.err) == (2, True)
    assert "Added 2" in fine(own.run("feeds", "add", str(opml), "--yes", "--language", "en")).out
    assert "2 already subscribed." in fine(own.run("feeds", "add", str(opml), "--yes")).err
    ids = [one["feed"]["id"] for one in fine(own.run("feeds", "list", "--json")).objects()]
    assert len(set(ids)) == 4
    assert fine(own.run("feeds", "remove", ids[-1])).out == f"Removed {ids[-1]}.\n"
    assert own.run("feeds", "remove", ids[-1]).code == 6
    files = own.run("feeds", "remove", "harbour")
    assert (files.code, "feeds.yaml" in files.err) == (2, True)


def test_opml_entries_that_are_left_out_are_said(own: Desk, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text(
        '<opml version="2.0"><body>\n<outline text="Ferries" type="rss"/>\n'
        '<outline text="Mail" xmlUrl="mailto:desk@r.example"/><outline xmlUrl="https://r.example/rss"/></body></opml>'
    )
    ran = fine(own.run("feeds", "add", str(opml), "--yes"))
    assert "Added 1" in ran.out
    assert f"left out: {opml}: line 2: Ferries: it has no address" in ran.err
    assert f"left out: {opml}: line 3: Mail: 'mailto:desk@r.example' is no http" in ran.err


def test_what_a_command_made_says_where_it_is_kept(own: Desk, tmp_path: Path) -> None:
    added = fine(own.run("topics", "add", "rail", "rail*"))
    assert f"Kept in the store, {own.data / 'store.db'}, beside the files of {own.config}" in added.err
    assert "newsbeam config export" in added.err


def test_a_feed_on_a_private_address_is_added_only_when_it_is_allowed(own: Desk) -> None:
    with Newspaper() as paper:
        paper.pages["/"] = Page(
            b'<html><head><link rel="alternate" type="application/rss+xml" href="/rss"></head></html>',
            headers=(("Content-Type", "text/html"),),
        )
        paper.pages["/rss"] = Page(rss("One"))
        refused = own.run("feeds", "add", paper.url, "--yes")
        assert refused.code == 4
        assert "`newsbeam feeds add --allow-private` allows them on purpose" in refused.err
        fine(own.run("feeds", "add", paper.url, "--yes", "--allow-private", "--id", "ours"))
        (made,) = [one["feed"] for one in own.run("feeds", "list", "--json").objects()][2:]
        assert (made["id"], made["url"], made["allow_private"]) == ("ours", f"{paper.url}/rss", True)
        assert fine(own.run("feeds", "check", "ours")).out == "ours: 1 entries, Paper\n"


def test_an_added_feed_never_takes_the_id_of_another(own: Desk, tmp_path: Path) -> None:
    opml = tmp_path / "list.opml"
    opml.write_text('<opml version="2.0"><body><outline xmlUrl="https://r.example/feed"/></body></opml>')
    for taken in ("harbour", "Not An Id"):
        refused = own.run("feeds", "add", str(opml), "--yes", "--id", taken)
        assert (refused.code, taken in refused.err) == (2, True)
    fine(own.run("feeds", "add", str(opml), "--yes"))
    opml.write_text(opml.read_text().replace("feed", "rss"))
    fine(own.run("feeds", "add", str(opml), "--yes"))
    mine = [one["feed"] for one in own.run("feeds", "list", "--json").objects()][2:]
    assert [(one["id"], one["url"]) for one in mine] == [
        ("r.example", "https://r.example/feed"),
        ("r.example-2", "https://r.example/rss"),
    ]


def test_dead_letters_are_listed_shown_byte_for_byte_and_put_back(own: Desk) -> None:
    (letter,) = fine(own.run("dead", "list", "--json")).objects()
    record = f"{letter['topic']}/{letter['partition']}@{letter['offset']}"
    table = fine(own.run("dead", "list")).out
    assert record in table
    assert letter["reason"] in table
    with own.start("dead", "show", record, stdout=-1, stderr=-1) as shown:
        out, err = shown.communicate(timeout=60)
    assert out == RUBBISH
    assert letter["reason"].encode() in err
    assert fine(own.run("dead", "replay", record)).out == "1 record put back onto the bus.\n"
    assert fine(own.run("dead", "list", "--json")).objects()[0]["replayed_at"] is not None
    assert fine(own.run("dead", "replay", "--all")).out == "0 records put back onto the bus.\n"
    assert own.read_all()["dead"] == 2


# --- keeping ------------------------------------------------------------------------------------------------


def test_a_copy_put_back_reads_again_what_came_after_it(own: Desk, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    assert str(copy) in fine(own.run("backup", str(copy))).out
    with closing(sqlite3.connect(copy)) as database:
        assert database.execute("SELECT count(*) FROM story").fetchone() == (6,)
    assert own.run("backup", str(copy)).code == 3
    late = {"url": "https://tribune.example/late", "title": "A late bridge", "language": "en"}
    fine(own.run("publish", "-", stdin=json.dumps(late).encode()))
    assert own.read_all()["recorded"] == 7
    fine(own.run("restore", str(copy)))
    assert own.run("status", "--json").objects()[0]["status"]["stories"] == 6
    assert own.read_all()["recorded"] == 7


def test_a_forgotten_story_leaves_nothing_and_does_not_come_back(own: Desk) -> None:
    bridge = "https://harbour-post.example/bridge"
    (gone,) = fine(own.run("forget", bridge, "--yes", "--json")).objects()
    assert len(gone["stories"]) == 1
    assert "forgotten on request" in fine(own.run("trace", bridge)).out
    story = {"url": bridge, "title": "A bridge reopens", "language": "en"}
    fine(own.run("publish", "-", stdin=json.dumps(story).encode()))
    assert own.read_all()["recorded"] == ENDED["recorded"]
    assert "A bridge" not in fine(own.run("topics", "try", "bridge")).out
    never = fine(own.run("forget", "--yes", "https://tribune.example/never-seen")).out
    assert "it is remembered" in never
    assert "the bus, for 168 hours" in never
    assert "copies of the store made before" in never


def test_nothing_is_forgotten_when_nobody_can_be_asked(own: Desk) -> None:
    bridge = "https://harbour-post.example/bridge"
    ran = own.run("forget", bridge)
    assert ran.code == 2
    assert "--yes" in ran.err
    assert "forgotten" not in fine(own.run("trace", bridge)).out
