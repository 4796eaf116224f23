"""Commands that are used wrongly, given rubbish, interrupted or not read to the end: one clear message each."""

import os
import pty
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbeam.app.datadir import locked_data_dir
from tests.e2e.desk import ESCAPES, ROOT, RUBBISH, Desk, Ran, lines, write_config

WITHIN_S = 60
HUGE = "9" * 23  # more than any column holds


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    """For tests that only look."""
    folder = tmp_path_factory.mktemp("desk")
    made = Desk(write_config(folder / "config"), folder / "data")
    assert made.run("config", "apply").code == 0
    assert made.run("publish", "-", stdin=lines(datetime.now(UTC))).code == 3
    made.publish_raw(RUBBISH)
    made.read_all()
    return made


@pytest.fixture
def fresh(tmp_path: Path) -> Desk:
    """A configuration to spoil."""
    return Desk(write_config(tmp_path / "config"), tmp_path / "data")


def refused(ran: Ran, code: int, *said: str) -> None:
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    for text in said:
        assert text in ran.err


# --- wrong words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["statsu"], 2, "Did you mean 'status'?"),
        (["start"], 2, "Did you mean 'run'?"),
        (["stop"], 2, "Ctrl-C"),
        (["status", "--data", "x"], 2, "newsbeam --data DIR COMMAND"),
        (["--dta", "x", "status"], 2, "Did you mean '--data'?"),
        (["topics", "lits"], 2, "'list'?"),
        (["alerts", "--topc", "peace"], 2, "Did you mean '--topic'?"),
        (["alerts", "--limit", "many"], 2, "not a valid integer"),
        (["tag"], 2, "Missing argument"),
        (["topics", "try", "peace", "--language", "English!"], 2, "no language"),
        (["topics", "try", "topic:nosuch"], 3, "a topic is made of words"),
        (["topics", "try", "country:Atlantis"], 3, "two letters"),
        (["topics", "show", "nowhere"], 6, "newsbeam topics list"),
        (["topics", "add", "Not An Id", "peace"], 3, "topic id"),
        (["feeds", "check", "nowhere"], 6, "newsbeam feeds list"),
        (["feeds", "remove", "nowhere"], 6, "nowhere"),
        (["feeds", "add", "ftp://files.example/", "--yes"], 2, "no http or https address"),
        (["feeds", "add", "http://127.0.0.1:9/", "--yes"], 4, "private and reserved addresses are refused"),
        (["trace", "https://nowhere.example/"], 6, "never seen on the bus"),
        (["trace", "foo"], 6, "'foo' is no web address"),
        (["trace", "nowhere.example/a"], 6, "did you mean https://nowhere.example/a?"),
        (["dead", "show", "everything"], 2, "stories/3@1207"),
        (["dead", "show", "stories/0@77"], 6, "no dead letter"),
        (["dead", "show", f"stories/0@{HUGE}"], 2, "is no record"),
        (["dead", "replay", f"stories/{HUGE}@0"], 2, "is no record"),
        (["dead", "replay"], 2, "--all"),
        (["dead", "list", "--limit", HUGE], 2, "range 1<=x<=100000"),
        (["alerts", "--limit", HUGE], 2, "range 0<=x<=100000"),
        (["topics", "try", "peace", "--limit", HUGE], 2, "range 0<=x<=100000"),
        (["topics", "try", "peace", "--days", "99999999"], 2, "range 1<=x<=36500"),
        (["demo", "--pace", "nan"], 2, "pace"),
        (["alerts", "--test", "nobody"], 6, "there are: desk"),
        (["forget", "that story"], 2, "no http or https address"),
        (["status", "--alive", "cook"], 2, "is not one of"),
        (["backup", "/nowhere/at/all/copy.db"], 2, "is no directory"),
        (["restore", "/nowhere.db"], 2, "does not exist"),
        (["process", "--runner", "flink"], 3, "runner"),
    ],
)
def test_wrong_words_end_with_a_documented_code_and_advice(
    desk: Desk, words: list[str], code: int, said: str
) -> None:
    refused(desk.run(*words), code, said)


def test_an_option_of_one_command_is_none_of_the_next(desk: Desk) -> None:
    before = dict(os.environ)
    refused(desk.run("process", "--runner", "flink", "--metrics-port", "0"), 3, "runner")
    assert dict(os.environ) == before
    assert desk.run("topics", "list").code == 0


@pytest.mark.parametrize("words", [["--worker"], ["--pool"], []], ids=["worker", "pool", "keeper"])
def test_a_trained_pipeline_that_is_not_there_stops_whoever_would_read_with_it(
    fresh: Desk, words: list[str]
) -> None:
    settings = "language: {models: {en: en_no_such_pipeline}}\n"
    if not words:  # only a cluster has a keeper
        settings += (
            "service: {bus: 'kafka://127.0.0.1:9', store: 'postgresql://127.0.0.1:9/x', runner: flink}\n"
        )
    (fresh.config / "newsbeam.yaml").write_text(settings)
    refused(fresh.run("process", *words), 3, "language.models.en", "python -m spacy download")


@pytest.mark.parametrize(
    ("query", "character", "said"),
    [
        ('"Black Sea', 1, "never closed"),
        ("grain wheat", 7, "AND or OR"),
        ("titel:grain", 1, "did you mean `title:`"),
        ("grain AND", 10, "something must follow"),
        ("(grain", 1, ""),
    ],
)
def test_a_bad_query_is_pointed_at(desk: Desk, query: str, character: int, said: str) -> None:
    refused(
        desk.run("topics", "try", query),
        3,
        said,
        f"\n  {query}\n  {' ' * (character - 1)}^ character {character}",
    )
    refused(desk.run("topics", "add", "new", query), 3, said)
    assert "new" not in desk.run("topics", "list").out


# --- wrong input --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["tag", "publish"])
def test_input_that_is_none_is_refused(desk: Desk, tmp_path: Path, command: str) -> None:
    refused(desk.run(command, str(tmp_path / "nowhere.txt")), 2, "No such file")
    refused(desk.run(command, str(tmp_path)), 2, "Is a directory")
    refused(desk.run(command, "-", stdin=os.urandom(2_000) + b"\xff"), 3)
    refused(
        desk.run(command, "-", stdin=b'{"title": "\x1b[31m", \n{"a": 1}\n{'), 3, "line 1", "line 2", "line 3"
    )


def test_a_file_that_is_no_opml_is_wrong_data(fresh: Desk, tmp_path: Path) -> None:
    opml = tmp_path / "empty.opml"
    for text in ("", "<rss/>", '<!DOCTYPE opml [<!ENTITY a "b">]><opml/>'):
        opml.write_text(text)
        refused(fresh.run("feeds", "add", str(opml), "--yes"), 3, "OPML")


def test_a_query_is_not_tried_on_nothing(desk: Desk, tmp_path: Path) -> None:
    empty = Desk(desk.config, tmp_path / "data")
    assert empty.run("config", "apply").code == 0
    ran = empty.run("topics", "try", "truce", "--days", "3")
    assert ran.out == "No story of the last 3 days is stored yet: there is nothing to try the query on.\n"


def test_an_empty_text_is_not_tagged(desk: Desk) -> None:
    for nothing in (b"", b"\n \r\n\t\n"):
        refused(desk.run("tag", "-", stdin=nothing), 3, "the input is empty")


def test_a_line_that_is_no_story_does_not_keep_the_others_from_being_tagged(desk: Desk) -> None:
    ran = desk.run(
        "tag", "-", stdin=b'{"url": "https://a.example/", "title": "A truce", "language": "en"}\n{"no": 1}\n'
    )
    refused(ran, 3, "line 2: ")
    assert [one["title"] for one in ran.objects()] == ["A truce"]


def test_a_file_that_is_no_copy_changes_nothing(desk: Desk, tmp_path: Path) -> None:
    rubbish = tmp_path / "copy.db"
    rubbish.write_bytes(os.urandom(5_000))
    before = desk.run("status", "--json").objects()[0]["status"]
    refused(desk.run("restore", str(rubbish)), 3, "no copy of a newsbeam store")
    with locked_data_dir(desk.data):
        refused(desk.run("restore", str(rubbish)), 5, "already runs on")
    assert desk.run("status", "--json").objects()[0]["status"] == before


# --- wrong configuration ------------------------------------------------------------------------------------


def test_every_mistake_of_every_file_is_said_at_once_with_its_line(fresh: Desk) -> None:
    topics, alerts = fresh.config / "topics" / "peace.yaml", fresh.config / "alerts.yaml"
    topics.write_text(
        "- id: ceasefire\n  lable: {en: Ceasefires}\n  queries:\n    en: truce (\n"
        "- id: grain\n  queries: {en: wheat}\n  examples:\n    match: [Rye is dear.]\n"
    )
    alerts.write_text(
        "rules:\n  - id: truce\n    when: topic:ceasfire\n    topic: peace\n    severity: loud\n"
    )
    (fresh.config / "feeds.yaml").write_text(
        "- id: one\n  url: ftp://a.example\n- {id: one, url: https://a.example}\n"
    )
    ran = fresh.run("check")
    refused(
        ran,
        3,
        f'{topics}:2: [0].lable: unknown key; did you mean "label"?',
        f"{topics}:8:",
        f"{alerts}:5: ",
        f"{fresh.config / 'feeds.yaml'}:2:",
        f"{fresh.config / 'feeds.yaml'}:3:",
    )
    for words in (["config", "apply"], ["config", "diff"], ["tag", "-"], ["topics", "list"]):
        refused(fresh.run(*words, stdin=b"text"), 3, f"{topics}:2:")


def test_every_kind_of_mistake_inside_one_entry_is_said(fresh: Desk) -> None:
    alerts, topics, feeds = (
        fresh.config / name for name in ("alerts.yaml", "topics/peace.yaml", "feeds.yaml")
    )
    alerts.write_text(
        "rules:\n"
        "  - when: 'topic:ceasfire AND (grain'\n    severity: loud\n    topic: peace and war\n    kind: burst\n"
        "    max_age: 0s\n    lable: Truces\n"
        "subscriptions:\n"
        "  - {id: bus, channel: pigeon, min_severity: loud}\n"
    )
    topics.write_text(
        "- id: ceasefire\n  lable: {en: Truces}\n  queries: {en: truce}\n  examples: {match: [Rye is dear.]}\n"
        "- id: Grain\n  queries: {english: 'wheat ('}\n  match: stem\n"
    )
    feeds.write_text("- {id: One Two, ulr: x, every: 0s, allow_private: maybe}\n")
    ran = fresh.run("check")
    refused(
        ran,
        3,
        f'{alerts}:2: rules[0]: "id" is missing',
        f"{alerts}:2: ?.when: ",
        f"{alerts}:3: rules[0].severity: 'loud' is none of low, medium, high",
        f"{alerts}:4: rule '?': an alert topic has",
        f"{alerts}:5: rule '?': the kinds of rules are",
        f"{alerts}:6: rule '?': the maximum age",
        f"{alerts}:7: rules[0].lable: unknown key",
        f"{alerts}:9: subscriptions[0].min_severity: ",
        f'{alerts}:9: subscriptions[0].id: "bus" is the built-in subscription',
        f'{alerts}:9: subscriptions[0].channel: no channel "pigeon"',
        f"{topics}:2: [0].lable: unknown key",
        f"{topics}:4: topic 'ceasefire' does not match its example",
        f"{topics}:5: topic id 'Grain'",
        f"{feeds}:1: [0].ulr: unknown key",
        f"{feeds}:1: [0].allow_private: true or false is needed, not 'maybe'",
        f"{feeds}:1: feed id: 'One Two'",
        f"{feeds}:1: feed every: ",
    )
    said = ran.err.splitlines()
    assert len(said) == len(set(said)), "told twice"


def test_a_file_that_is_no_yaml_is_told_once_and_in_plain_words(fresh: Desk) -> None:
    alerts = fresh.config / "alerts.yaml"
    alerts.write_text("rules:\n\t- id: truce\n")
    ran = fresh.run("check")
    refused(ran, 3)
    assert ran.err == f"newsbeam: {alerts}:2: this is no YAML: a tab indents this line; use spaces\n"


def test_a_key_that_is_there_twice_is_a_mistake_with_both_lines(fresh: Desk) -> None:
    for name, text in (
        ("newsbeam.yaml", "serve: {port: 1}\nfeeds: {}\nserve: {port: 2}\n"),
        ("feeds.yaml", "- id: a\n  url: https://a.example\n  id: b\n"),
        ("alerts.yaml", "rules: []\n\nrules: []\n"),
        ("topics/peace.yaml", "- id: a\n  queries: {en: x}\n  id: b\n"),
        ("outlets.yaml", "- id: a\n  name: A\n  id: b\n"),
    ):
        path = fresh.config / name
        before = path.read_text()
        path.write_text(text)
        refused(fresh.run("check"), 3, f"{path}:3: ", "is here twice, first on line 1")
        path.write_text(before)


def test_a_configuration_without_feeds_or_rules_is_right_but_says_what_it_lacks(fresh: Desk) -> None:
    assert fresh.run("check").err == ""
    for name in ("feeds.yaml", "alerts.yaml"):
        (fresh.config / name).write_text("")
    ran = fresh.run("check")
    assert ran.code == 0
    assert "0 feeds" in ran.out
    assert [line.split(":")[0] for line in ran.err.splitlines()] == ["No feeds", "No alert rules"]
    (counted,) = fresh.run("check", "--json").objects()
    assert len(counted["lacks"]) == 2


def test_a_webhook_s_secret_is_made_once_and_said_and_one_that_is_named_must_be_there(fresh: Desk) -> None:
    alerts, key = fresh.config / "alerts.yaml", fresh.config / "desk.secret"
    hook = "  - id: desk\n    channel: webhook\n    url: https://desk.example/hook\n"
    alerts.write_text(f"subscriptions:\n{hook}")
    assert str(fresh.data / "secrets" / "desk.secret") in fresh.run("config", "apply").err
    assert ".secret" not in fresh.run("config", "apply").err
    alerts.write_text(f"subscriptions:\n{hook}    secret_file: desk.secret\n")
    where = f"{alerts}:5: subscriptions[0].secret_file: {key}: "
    refused(fresh.run("check"), 3, f"{where}cannot read this webhook secret file")
    for words in (["config", "apply"], ["alerts", "--test", "desk"], ["run"]):
        refused(fresh.run(*words), 3, f"subscription desk: {key}: cannot read")
    assert not key.exists()
    key.write_text("hush\n")
    ran = fresh.run("check")
    refused(ran, 3, f"{where}a webhook secret is one line: whsec_")
    assert "hush" not in ran.err
    assert fresh.run("topics", "list").code == 0  # only who delivers needs it


def test_looking_never_makes_a_store(fresh: Desk) -> None:
    for words in (
        ["status"],
        ["status", "--alive", "poll"],
        ["alerts"],
        ["trace", "https://a.example/"],
        ["dead", "list"],
        ["dead", "replay", "--all"],
        ["topics", "show", "grain"],
        ["topics", "try", "truce"],
        ["backup", str(fresh.config / "copy.db")],
        ["forget", "https://a.example/"],
    ):
        refused(fresh.run(*words), 6, f"no newsbeam store at {fresh.data / 'store.db'}", "`newsbeam run`")
    # What the files say can be seen before anything ran.
    assert len(fresh.run("topics", "list", "--json").objects()) == 2
    assert [one["state"]["status"] for one in fresh.run("feeds", "list", "--json").objects()] == ["new"] * 2
    assert {one["sign"] for one in fresh.run("config", "diff", "--json").objects()} == {"+"}
    assert fresh.run("config", "export", str(fresh.config / "out")).code == 0
    assert fresh.run("tag", "-", stdin=b"A truce\n").code == 0
    assert not fresh.data.exists()


def test_settings_are_wrong_with_file_line_and_nearest_key(fresh: Desk) -> None:
    settings = fresh.config / "newsbeam.yaml"
    settings.write_text("serve:\n  prot: 8600\nfeds: {}\nprocess: {shift: 3 parsecs}\n")
    refused(
        fresh.run("status"),
        3,
        f'{settings}:2: serve.prot: unknown key; did you mean "port"?',
        f'{settings}:3: feds: unknown section; did you mean "feeds"?',
        f"{settings}:4: process.shift: '3 parsecs' is no duration",
    )
    settings.write_text("serve: [\n")
    refused(fresh.run("status"), 3, f"{settings}:1: this is no YAML: ", "never closed")
    settings.write_bytes(b"\x00\xff\xfe")
    refused(fresh.run("status"), 3, str(settings))
    settings.write_text("service: {bus: 'kafka://localhost:9092'}\n")
    refused(fresh.run("status"), 3, "do not go together", "laptop (bus sqlite")


def test_directories_that_cannot_be_used_are_named(fresh: Desk, tmp_path: Path) -> None:
    refused(Desk(tmp_path / "nowhere", fresh.data).run("check"), 3, "newsbeam init")
    (tmp_path / "file").write_text("")
    for data in (tmp_path / "file", tmp_path / "file" / "data"):
        below = Desk(fresh.config, data)
        refused(below.run("config", "apply"), 3, f"{tmp_path / 'file'} is a file, not a directory", "--data")
        refused(below.run("demo"), 3, f"{tmp_path / 'file'} is a file, not a directory", "--data")
        refused(below.run("status"), 6, "there is no newsbeam store")
    refused(fresh.run("init", str(tmp_path / "file")), 2, "is a file")
    refused(fresh.run("init", str(tmp_path / "file" / "config")), 2, "cannot be written")


# --- ends ---------------------------------------------------------------------------------------------------


def test_titles_cannot_write_on_the_readers_screen(desk: Desk) -> None:
    address = "https://harbour-post.example/truce"
    shown = [
        ["alerts"],
        ["trace", address],
        ["topics", "show", "ceasefire"],
        ["topics", "try", "truce"],
        ["dead", "list"],
    ]
    as_text = "".join(desk.run(*words).out for words in shown)
    assert as_text.count("holds in the Aldava valley") >= 4
    assert not {*as_text} & {"\x1b", "\x07", "\x9b", "\u202e"}
    as_json = [desk.run(*words, "--json") for words in shown]
    assert not {*"".join(ran.out for ran in as_json)} & {"\x1b", "\x07", "\x9b", "\u202e"}
    (traced,) = as_json[1].objects()
    assert traced["stories"][0]["story"]["title"].count("\u202e") == ESCAPES.count("\u202e")


def test_a_dead_letter_shows_its_bytes_harmlessly_on_a_terminal(desk: Desk) -> None:
    (letter,) = desk.run("dead", "list", "--json").objects()
    ours, theirs = pty.openpty()
    with desk.start(
        "dead", "show", f"stories/{letter['partition']}@{letter['offset']}", stdout=theirs
    ) as shown:
        os.close(theirs)
        said = b""
        with suppress(OSError):  # how a terminal ends
            while piece := os.read(ours, 4_096):
                said += piece
    os.close(ours)
    assert shown.returncode == 0
    assert b"\x1b" not in said
    assert rb"\u001b[2J" in said


@pytest.mark.parametrize(
    "words",
    [
        ["alerts", "--json"],
        ["topics", "list"],
        ["feeds", "list", "--json"],
        ["trace", "https://harbour-post.example/truce"],
    ],
)
def test_a_reader_that_has_enough_ends_a_command_quietly(desk: Desk, words: list[str]) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with desk.start(*words, stdout=writer, stderr=subprocess.PIPE) as ended:
        os.close(writer)
        _, err = ended.communicate(timeout=WITHIN_S)
    assert ended.returncode == 128 + signal.SIGPIPE
    assert b"Traceback" not in err
    assert b"Broken pipe" not in err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_below_the_output_is_said(desk: Desk) -> None:
    with (
        Path("/dev/full").open("wb") as full,
        desk.start("status", stdout=full, stderr=subprocess.PIPE) as ended,
    ):
        _, err = ended.communicate(timeout=WITHIN_S)
    assert ended.returncode == 1
    assert err.splitlines()[-1].startswith(b"newsbeam: ")
    assert b"No space left" in err


def test_following_alerts_is_interrupted_quietly(desk: Desk) -> None:
    with desk.start("alerts", "--follow", stdout=subprocess.PIPE, stderr=subprocess.PIPE) as follower:
        assert follower.stdout is not None
        assert b"[high]" in follower.stdout.readline()
        follower.send_signal(signal.SIGINT)
        _, err = follower.communicate(timeout=WITHIN_S)
    assert follower.returncode == 130
    assert err.strip() == b""


def test_followers_see_what_is_told_after_they_began(desk: Desk, tmp_path: Path) -> None:
    own = desk.copy(tmp_path)
    story = (
        b'{"url": "https://tribune.example/new", "title": "Wheat exports resume at noon", "language": "en"}'
    )
    with own.start("alerts", "-f", "--topic", "markets", "--json", stdout=-1, stderr=-1) as follower:
        assert follower.stdout is not None
        assert own.run("publish", "-", stdin=story).code == 0
        own.read_all()
        told = follower.stdout.readline()
        follower.send_signal(signal.SIGINT)
        follower.communicate(timeout=WITHIN_S)
    assert b'"rule":"wheat"' in told


SLOW = ("apache_beam", "spacy", "kafka", "aiohttp", "fastapi", "uvicorn", "numpy", "tldextract", "feedparser")
LOADS = """
import sys
from newsbeam.app.cli import main
try:
    main(sys.argv[2:])
except SystemExit as end:
    assert not end.code, end
loaded = [name for name in sys.argv[1].split(",") if name in sys.modules]
assert not loaded, loaded
"""


@pytest.mark.parametrize(
    ("words", "never"),
    [
        (["--help"], (*SLOW, "sqlalchemy", "lark", "yaml")),
        (["status"], (*SLOW, "jinja2")),
        (["alerts"], SLOW),
        (["topics", "list"], ("apache_beam", "spacy", "kafka", "fastapi", "numpy")),
        (["topics", "try", "truce"], ("apache_beam", "kafka", "fastapi")),
        (["feeds", "list"], ("apache_beam", "spacy", "kafka", "fastapi", "feedparser")),
    ],
)
def test_commands_start_without_what_they_do_not_use(
    desk: Desk, words: list[str], never: tuple[str, ...]
) -> None:
    places = desk.command()[3:] if words != ["--help"] else []
    done = subprocess.run(
        [sys.executable, "-c", LOADS, ",".join(never), *places, *words],
        cwd=ROOT,
        capture_output=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
