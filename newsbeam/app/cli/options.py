"""Words that several commands take."""

import re

import click

MOST = 100_000  # rows that a command shows
how_many = click.IntRange(0, MOST)
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*")  # BCP 47, by form; `any` has it too


def language_tag(_ctx: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    """Return a language tag as it was given. Raises `click.BadParameter` for what has not the form of one."""
    if value is not None and not _TAG.fullmatch(value):
        raise click.BadParameter(f"{value!r} is no language; give its code, such as en or pt-BR")
    return value
