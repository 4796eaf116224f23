"""What commands made can be taken back, its history shown, and the feeds carried to another reader."""

import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from connectors.feeds.opml import read_opml
from newsbeam.app.deployment import Deployment
from newsbeam.store.retention import sweep
from tests.e2e.desk import Desk, Ran, lines, write_config


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    made = Desk(write_config(tmp_path / "config"), tmp_path / "data")
    fine(made.run("config", "apply"))
    made.run("publish", "-", stdin=lines(datetime.now(UTC)))
    made.read_all()
    return made


def fine(ran: Ran) -> Ran:
    assert ran.code == 0, ran
    return ran


def test_a_topic_that_is_removed_takes_its_tags_and_counts_along(desk: Desk) -> None:
    fine(desk.run("topics", "add", "bridges", "bridge"))
    (shown,) = fine(desk.run("topics", "show", "bridges", "--json")).objects()
    assert len(shown["stories"]) == 1
    assert "Removed bridges: 1 stored stories had it." in fine(desk.run("topics", "remove", "bridges")).out
    assert desk.run("topics", "show", "bridges").code == 6
    assert "bridges" not in fine(desk.run("topics", "list")).out
    (left,) = fine(desk.run("trace", "https://harbour-post.example/bridge", "--json")).objects()
    assert left["stories"][0]["story"]["tags"] == []


def test_a_topic_that_a_command_added_tags_texts_and_is_checked(desk: Desk) -> None:
    before = desk.run("check", "--json").objects()[0]
    assert desk.run("topics", "add", "ferries", "ferr*").code == 0
    (tagged,) = desk.run("tag", "-", stdin=b"Ferries stop at noon\n").objects()
    assert [one["id"] for one in tagged["topics"]] == ["ferries"]
    after = desk.run("check", "--json").objects()[0]
    assert (after["topics"], after["made"]) == (before["topics"] + 1, before["made"] + 1)
    assert "made with commands, pages or the API" in desk.run("check").out


def test_files_can_be_checked_where_the_store_does_not_answer(desk: Desk, tmp_path: Path) -> None:
    config = shutil.copytree(desk.config, tmp_path / "server")
    (config / "newsbeam.yaml").write_text(
        "service: {bus: 'kafka://127.0.0.1:9', store: 'postgresql://desk@127.0.0.1:9/news'}\n"
    )
    ran = Desk(config, tmp_path / "nothing").run("check")
    assert (ran.code, "Only the files are checked" in ran.err) == (0, True), ran


def test_trace_tells_what_was_too_old_from_what_was_forgotten_and_what_never_came(desk: Desk) -> None:
    old = b'{"url": "https://a.example/2020", "title": "Old", "published_at": "2020-01-01T00:00:00Z"}\n'
    fine(desk.run("publish", "-", stdin=old))
    desk.read_all()
    opened = Deployment(str(desk.config), str(desk.data))
    sweep(opened.store(), opened.settings.retention, datetime.now(UTC))
    opened.close()
    said = fine(desk.run("trace", "https://a.example/2020")).out
    assert re.search(r": read \d{4}-\d\d-\d\d .*, not kept: it was published longer ago", said)
    fine(desk.run("forget", "--yes", "https://a.example/2020"))
    assert "forgotten on request" in fine(desk.run("trace", "https://a.example/2020")).out
    assert "never seen on the bus" in desk.run("trace", "https://a.example/2021").err


def test_a_story_without_a_title_is_told_with_words_in_its_place(desk: Desk) -> None:
    bare = {"url": "https://a.example/bare", "title": " \u200b", "body": "A truce.", "language": "en"}
    fine(desk.run("publish", "-", stdin=json.dumps(bare).encode()))
    desk.read_all()
    assert fine(desk.run("trace", "https://a.example/bare")).out.startswith("(no title)\n")
    assert "peace: (no title)\n" in fine(desk.run("alerts")).out
    assert ": (no title)\n" in fine(desk.run("topics", "show", "ceasefire")).out
    assert ": (no title)  [" in fine(desk.run("topics", "try", "truce")).out


def test_what_a_file_says_is_removed_in_the_file(desk: Desk) -> None:
    for words in (("topics", "remove", "ceasefire"), ("feeds", "remove", "harbour")):
        refused = desk.run(*words)
        assert refused.code == 2
        assert "remove it there" in refused.err
    assert desk.run("topics", "remove", "nothing").code == 6


def test_history_says_who_made_an_item_what_when(desk: Desk) -> None:
    fine(desk.run("topics", "add", "bridges", "bridge"))
    fine(desk.run("topics", "add", "bridges", "bridge OR ferry", "--replace"))
    fine(desk.run("topics", "remove", "bridges"))
    versions = fine(desk.run("config", "history", "topic", "bridges", "--json")).objects()
    assert [(one["topic"]["queries"]["any"], one["deleted"]) for one in versions] == [
        ("bridge", False),
        ("bridge OR ferry", False),
        ("bridge OR ferry", True),
    ]
    assert all(one["author"] and one["changed_at"] for one in versions)
    told = fine(desk.run("config", "history", "topic", "bridges")).out.splitlines()
    assert told[-1].endswith("removed")
    assert desk.run("config", "history", "feed", "bridges").code == 6


def test_exported_feeds_are_what_another_reader_takes(desk: Desk, tmp_path: Path) -> None:
    written = tmp_path / "feeds.opml"
    fine(desk.run("feeds", "export", str(written)))
    feeds = read_opml(written.read_bytes()).feeds
    assert [(feed.title, feed.url) for feed in feeds] == [
        ("Harbour Post", "http://127.0.0.1:9/feed"),
        ("gone", "http://127.0.0.1:9/gone"),
    ]
    assert fine(desk.run("feeds", "export")).out.encode() == written.read_bytes()
