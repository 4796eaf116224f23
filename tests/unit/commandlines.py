"""Command lines of the `newsbeam` command, parsed by the command itself and not run."""

from collections.abc import Iterator, Sequence

import click

from newsbeam.app.cli import newsbeam


def parsed(words: Sequence[str]) -> list[str]:
    """Return the names of the command that the words mean. Raises `click.UsageError` when they mean none."""
    command: click.Command = newsbeam
    context, rest, names = None, list(words), []
    while isinstance(command, click.Group):
        context = click.Context(command, parent=context)
        _, rest, _ = command.make_parser(context).parse_args(rest)
        if not rest:
            raise click.UsageError("a command is missing")
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None
        command = found
        names.append(str(name))
    command.make_context(names[-1], rest, parent=context)
    return names


def every_command(group: click.Group = newsbeam, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield the names of every command that does something: ("status",), ("feeds", "add"), …"""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if isinstance(command, click.Group):
            yield from every_command(command, (*above, name))
        else:
            yield (*above, name)
