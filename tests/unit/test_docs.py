"""The documents: they name every command, their links lead somewhere, and what they quote works."""

import configparser
import re
import shlex
from pathlib import Path

import click
import pytest

from newsbeam import metrics
from newsbeam.app.cli import COMMANDS, newsbeam
from newsbeam.errors import NewsbeamError
from tests.unit.commandlines import every_command, parsed

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "CHANGELOG.md",
    *sorted(ROOT.glob("docs/**/*.md")),
]
FOR_USERS = "\n".join(page.read_text("utf-8") for page in PAGES if page.name != "CONTRIBUTING.md")
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
QUOTED = re.compile(r"`(newsbeam [a-z][^`…\n]*)`")
BLOCK = re.compile(r"^```$(.*?)^```$", re.MULTILINE | re.DOTALL)
IN_BLOCK = re.compile(r"^(?:sudo )?(newsbeam .*)$", re.MULTILINE)


def names_in(text: str) -> set[tuple[str, ...]]:
    """Return the commands named as `newsbeam feeds add`, or `feeds list\\|add` and `status` in a table."""
    found: set[tuple[str, ...]] = set()
    for words in re.findall(r"newsbeam ([a-z]+)(?: ([a-z|]+))?", text):
        found |= {(words[0],), *((words[0], one) for one in words[1].split("|") if one)}
    for cell in re.findall(r"`([a-z]+(?: [a-z\\|]+)?)[^`]*`", text):
        name, _, below = cell.partition(" ")
        found |= {(name,), *((name, one) for one in re.split(r"[\\|]+", below) if one)}
    return found


@pytest.mark.parametrize("command", sorted(every_command()), ids=" ".join)
def test_every_command_is_named_in_the_documents(command: tuple[str, ...]) -> None:
    assert command in names_in(FOR_USERS)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_leads_to_a_file(page: Path) -> None:
    text = page.read_text("utf-8")
    targets = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link and link[0] != "#"]
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_hazard_of_beams_names_tests_that_exist() -> None:
    table = (ROOT / "docs" / "beam.md").read_text("utf-8").partition("by number\n")[2]
    tests = set(
        re.findall(r"^def (test_\w+)", (ROOT / "tests/graph/test_hazards.py").read_text(), re.MULTILINE)
    )
    rows = re.findall(r"^\| \[(\d{5})\].*\| ([^|]*) \|$", table, re.MULTILINE)
    assert [number for number, _ in rows] == ["27648", "34890", "25975", "31085", "26884", "27061"]
    for number, cell in rows:
        shown_by = re.findall(r"`(\w+)`", cell)
        assert shown_by
        assert all(name in tests and number in name for name in shown_by), number


def test_every_whole_command_line_that_is_quoted_is_one() -> None:
    quoted = set(QUOTED.findall(FOR_USERS))
    quoted |= {line for block in BLOCK.findall(FOR_USERS) for line in IN_BLOCK.findall(block)}
    assert len(quoted) >= 10
    wrong = {}
    for line in sorted(quoted):
        words = shlex.split(line, comments=True)[1:]
        try:
            parsed(words)
        except click.UsageError as error:
            # Named without what it takes, or with a file that is not there: still a command.
            if not isinstance(error, click.MissingParameter | click.BadParameter):
                wrong[line] = error.message
    assert wrong == {}


def test_every_metric_that_operators_are_told_of_is_there() -> None:
    told = set(re.findall(r"newsbeam_[a-z_]+[a-z]", (ROOT / "docs" / "operations.md").read_text("utf-8")))
    exposed = set(re.findall(r"^# TYPE (newsbeam_\w+)", metrics.expose()[0].decode(), re.MULTILINE))
    assert len(told) >= 12
    assert told - exposed - set(metrics.STORED) - {"newsbeam_store"} == set()


def test_help_says_of_each_command_what_the_command_says_of_itself() -> None:
    context = click.Context(newsbeam)
    for name, (_, does) in COMMANDS.items():
        command = newsbeam.get_command(context, name)
        assert command is not None
        assert does == command.get_short_help_str(200)


def test_exit_codes_are_the_same_in_help_and_documents() -> None:
    told = [
        re.findall(r"(\d+) ([a-z][^·.]*?)(?= ·|\.)", " ".join(text.split())) for text in _exit_code_texts()
    ]
    assert told[0] == told[1] == told[2]
    codes = {int(code) for code, _ in told[0]}
    pending, used = [NewsbeamError], set()
    while pending:
        error = pending.pop()
        used.add(error.exit_code)
        pending += error.__subclasses__()
    assert used <= codes
    assert len(codes) == 8


def _exit_code_texts() -> list[str]:
    whole = (newsbeam.help or "", (ROOT / "README.md").read_text(), (ROOT / "docs/operations.md").read_text())
    return [re.sub(r"^.*?(?=0\s+done ·)", "", text, count=1, flags=re.DOTALL)[:330] for text in whole]


def test_the_systemd_unit_starts_a_real_command_and_never_repeats_what_cannot_work() -> None:
    unit = configparser.ConfigParser(interpolation=None, strict=True)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(ROOT / "docs" / "newsbeam.service")
    assert unit.sections() == ["Unit", "Service", "Install"]
    service = unit["Service"]
    program, *words = shlex.split(service["ExecStart"])
    assert Path(program).is_absolute()
    assert Path(program).name == "newsbeam"
    assert parsed(words) == ["run"]
    data = words[words.index("--data") + 1]
    assert data == f"/var/lib/{service['StateDirectory']}"
    assert words[words.index("--config") + 1] == f"/etc/{service['ConfigurationDirectory']}"
    assert service["RestartPreventExitStatus"].split() == ["2", "3", "5"]
