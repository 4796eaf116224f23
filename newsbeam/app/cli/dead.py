"""`newsbeam dead`: records that could not become stories."""

import re
import sys

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.options import MOST
from newsbeam.app.cli.output import clock, emit, escaped, json_option, note, plain, say, table
from newsbeam.errors import UsageError
from newsbeam.store import reads

_NUMBER = re.compile(r"[0-9]{1,18}")  # what the store's columns hold


@click.group("dead")
def dead_command() -> None:
    """List, show and replay dead letters: records that could not become stories, with the reason."""


@dead_command.command("list")
@click.option(
    "--limit", default=50, show_default=True, type=click.IntRange(1, MOST), help="How many dead letters."
)
@json_option
@click.pass_context
def list_dead(ctx: click.Context, limit: int, *, as_json: bool) -> None:
    """List dead letters, newest first."""
    letters = reads.dead_letters(deployment(ctx).store(), limit=limit)
    if as_json:
        for letter in letters:
            emit(letter)
        return
    if not letters:
        note("No dead letters.")
        return
    rows = [
        (
            f"{letter.topic}/{letter.partition}@{letter.offset}",
            clock(letter.recorded_at),
            letter.reason,
            letter.detail,
            clock(letter.replayed_at) if letter.replayed_at else "",
        )
        for letter in letters
    ]
    table(("RECORD", "RECORDED", "REASON", "DETAIL", "REPLAYED"), rows)


@dead_command.command("show")
@click.argument("record")
@click.pass_context
def show_dead(ctx: click.Context, record: str) -> None:
    """Print one dead letter's bytes as they were on the bus (RECORD as listed: topic/partition@offset).

    On a terminal, what is no text is escaped; piped, every byte is as it was.
    """
    letter = reads.dead_letter_at(deployment(ctx).store(), *_place(record))
    note(f"{letter.reason}: {plain(letter.detail)}" + (" (cut)" if letter.size > len(letter.value) else ""))
    if sys.stdout.isatty():
        say(escaped(letter.value.decode(errors="backslashreplace")))
    else:
        sys.stdout.buffer.write(letter.value)


@dead_command.command("replay")
@click.argument("records", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="Every dead letter that was not replayed yet.")
@click.pass_context
def replay_dead(ctx: click.Context, records: tuple[str, ...], *, everything: bool) -> None:
    """Put dead letters back onto the bus, to be read again (after what was wrong has been mended)."""
    if bool(records) == everything:
        raise UsageError("name the records to replay as listed by `newsbeam dead list`, or say --all")
    opened = deployment(ctx)
    places = [_place(record) for record in records] if records else None
    replayed, refused = opened.replay_dead_letters(places)
    for place, reason in refused:
        note(f"{place}: {reason}")
    say(f"{replayed} record{'s' if replayed != 1 else ''} put back onto the bus.")


def _place(record: str) -> tuple[str, int, int]:
    topic, _, rest = record.rpartition("/")
    partition, _, offset = rest.partition("@")
    if not topic or not _NUMBER.fullmatch(partition) or not _NUMBER.fullmatch(offset):
        raise UsageError(f"{record!r} is no record; it looks like stories/3@1207 in `newsbeam dead list`")
    return topic, int(partition), int(offset)
