"""How commands speak: plain text for people, JSON for programs, progress only where someone watches."""

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import msgspec
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn
from rich.table import Table

from newsbeam.story import shown_title

_PIPED_WIDTH = 10_000
json_option = click.option("--json", "as_json", is_flag=True, help="JSON for programs, one object a line.")

# Terminal escapes in a headline would let a feed write on the reader's screen.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def plain(text: str) -> str:
    """Return text that is safe on a terminal: one line, no control or direction-override characters."""
    return plain_lines(text.replace("\n", " ").replace("\t", " "))


def headline(title: str) -> str:
    """Return a title that is safe on a terminal, and says so when there is none."""
    return shown_title(plain(title))


def plain_lines(text: str) -> str:
    """Return text that is safe on a terminal, with its line breaks and tabs."""
    return _CONTROLS.sub("", text)


def escaped(text: str) -> str:
    """Return text with every character that is not safe on a terminal written as JSON would: \\u001b."""
    return _CONTROLS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def say(text: str = "") -> None:
    """Print a line for people on standard output."""
    click.echo(text)


def note(text: str) -> None:
    """Print a line about the work itself on standard error, so that output can be piped."""
    click.echo(text, err=True)


def emit(value: Any) -> None:
    """Print one JSON object on one line; what a terminal would obey is escaped, which changes no value."""
    click.echo(escaped(msgspec.json.encode(value).decode()))


def ago(moment: datetime | None, now: datetime) -> str:
    """Return how long ago a moment was, in its largest unit."""
    if moment is None:
        return "never"
    seconds = max(timedelta(), now - moment).total_seconds()
    for unit, size in (("d", 86400), ("h", 3600), ("min", 60)):
        if seconds >= size:
            return f"{int(seconds // size)} {unit} ago"
    return f"{int(seconds)} s ago"


def clock(moment: datetime) -> str:
    """Return a moment as UTC, to the minute."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%MZ")


def table(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table that fits the terminal; piped, every row is whole."""
    drawn = Table(box=None, pad_edge=False, header_style="bold", show_edge=False)
    for heading in headings:
        drawn.add_column(heading, overflow="fold")
    for row in rows:
        drawn.add_row(*(plain(cell) for cell in row))
    draw(drawn)


def draw(drawn: RenderableType) -> None:
    """Print what rich can lay out: to fit the terminal; piped, every line is whole, in plain text."""
    width = None if sys.stdout.isatty() else _PIPED_WIDTH
    _Paper(width=width, markup=False, highlight=False, emoji=False).print(drawn)


class _Paper(Console):
    """A console that lets the command end when nobody reads on, where rich would leave at once."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


@contextmanager
def progress(label: str, total: int | None = None) -> Iterator["Steps"]:
    """Show progress on standard error while the block runs, when someone watches."""
    console = Console(stderr=True)
    with Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        disable=not console.is_terminal,
    ) as bar:
        yield Steps(bar, bar.add_task(label, total=total))


class Steps:
    """A progress bar's handle."""

    def __init__(self, bar: Progress, task: TaskID) -> None:
        self._bar = bar
        self._task = task

    def advance(self, steps: int = 1) -> None:
        """Move on by so many steps."""
        self._bar.advance(self._task, steps)
