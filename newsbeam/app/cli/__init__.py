"""The `newsbeam` command. Each command's module is imported only when it is called, so that help is instant."""

import importlib
import os
import signal
import sys
from difflib import get_close_matches
from typing import Any

import click

from newsbeam.app.logs import set_up_logs
from newsbeam.app.metricsfolder import leave_without_room
from newsbeam.errors import NewsbeamError

# command -> the module that holds it, and what it does: the first sentence of its own help
COMMANDS = {
    "run": (
        "service",
        "Run everything: pollers, pipeline workers, deliverer and pages, in one process tree, until Ctrl-C.",
    ),
    "demo": ("demo", "Run the whole service over a simulated newswire, until Ctrl-C."),
    "init": (
        "setup",
        "Write the starter configuration (feeds, outlets, topics, alert rules) into DIRECTORY.",
    ),
    "check": (
        "setup",
        "Check settings, feeds, outlets, topics with their examples, and alert rules; all mistakes at once.",
    ),
    "poll": ("service", "Poll feeds and put new stories on the bus."),
    "publish": ("publish", "Put stories on the bus: JSON lines by docs/story.schema.json."),
    "process": ("service", "Read the bus, tag stories, record them with counts and alerts."),
    "deliver": ("service", "Send alerts to their subscriptions."),
    "serve": ("service", "Serve pages, API and live stream."),
    "tag": (
        "tag",
        "Tag a text (its first line is the title) or JSON lines of stories; one JSON object a story.",
    ),
    "alerts": ("alerts", "Show alerts, newest last; follow them live; send a test message."),
    "feeds": ("feeds", "List, add, remove, check and export feeds."),
    "topics": ("topics", "List, show, try, test, explain, lint, add and remove topics."),
    "trace": (
        "trace",
        "Say what happened to a story at each step: keys, tags with evidence, rules and why they fired or not.",
    ),
    "dead": (
        "dead",
        "List, show and replay dead letters: records that could not become stories, with the reason.",
    ),
    "status": ("status", "Show what was read, recorded, told and delivered, and what is waiting."),
    "config": (
        "config",
        "Make the configuration active, see what would and did change, write store-made items as files.",
    ),
    "backup": (
        "upkeep",
        "Copy the store into one file while the service runs (PostgreSQL: says which pg_dump to use).",
    ),
    "restore": (
        "upkeep",
        "Put a copy back in the stopped service's place; what came after it is read again from the bus.",
    ),
    "forget": (
        "upkeep",
        "Erase a story and everything it left behind; its keys are remembered, so that it does not come back.",
    ),
}
OTHER_WORDS = {"start": "run", "up": "run", "help": "--help", "version": "--version", "search": "topics try"}
INTERRUPTED = 128 + signal.SIGINT
OUTPUT_CLOSED = 128 + signal.SIGPIPE


class _OutputClosed(Exception):
    """Who read our output has enough: `newsbeam … | head`."""


class _Lazy(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"newsbeam.app.cli.{COMMANDS[cmd_name][0]}")
        command = getattr(module, f"{cmd_name}_command")
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in COMMANDS and not args[0].startswith("-"):
            ctx.fail(f"No such command {args[0]!r}.{_meant(args[0])}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        with formatter.section("Commands"):
            formatter.write_dl([(name, does) for name, (_, does) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except BrokenPipeError as error:  # click itself would say 1, as for a failure
            raise _OutputClosed from error


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="newsbeam")
@click.option(
    "--config",
    "config_dir",
    envvar="NEWSBEAM_CONFIG",
    metavar="DIR",
    help="Configuration directory (default: ./config where it exists, else the starter configuration).",
)
@click.option(
    "--data", "data_dir", envvar="NEWSBEAM_DATA", metavar="DIR", help="Data directory (service.data_dir)."
)
@click.pass_context
def newsbeam(ctx: click.Context, config_dir: str | None, data_dir: str | None) -> None:
    """Watch the world's news feeds for your topics; be told once per story, with the evidence.

    Exit codes: 0 done · 1 failed · 2 wrong usage · 3 wrong configuration, query or data · 4 something beside
    newsbeam does not answer · 5 already running · 6 not found · 130 interrupted. For what runs until it is stopped
    (run, demo, the four jobs) Ctrl-C means done.
    """
    ctx.obj = {"config_dir": config_dir, "data_dir": data_dir}


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script: run one command and leave with its exit code."""
    set_up_logs("text")
    try:
        leave_without_room()
        code = newsbeam.main(arguments, standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        code = INTERRUPTED
    except click.ClickException as error:
        _with_place(error).show()
        code = error.exit_code
    except NewsbeamError as error:
        _complain(error)
        code = error.exit_code
    except _OutputClosed:
        _drop_output()
        code = OUTPUT_CLOSED
    except OSError as error:  # such as a full disk below our own output
        _complain(error)
        _drop_output()
        code = NewsbeamError.exit_code
    sys.exit(code if isinstance(code, int) else 0)


def _with_place(error: click.ClickException) -> click.ClickException:
    """Say of an option that is all commands' own where it belongs."""
    if not isinstance(error, click.NoSuchOption) or error.option_name not in {"--config", "--data"}:
        return error
    where = f"It comes before the command: newsbeam {error.option_name} DIR COMMAND"
    return click.UsageError(f"{error.format_message()} {where}", error.ctx)


def _meant(word: str) -> str:
    if word == "stop":
        return " Ctrl-C stops what runs, or `systemctl stop newsbeam`."
    near = [OTHER_WORDS[word]] if word in OTHER_WORDS else get_close_matches(word, COMMANDS, n=1)
    return f" Did you mean {near[0]!r}?" if near else ""


def _complain(error: Exception) -> None:
    """Say what went wrong; a message may quote what a stranger wrote."""
    from newsbeam.app.cli.output import plain_lines

    click.echo(f"newsbeam: {plain_lines(str(error))}", err=True)


def _drop_output() -> None:
    """Let what is still buffered go nowhere, so that Python has nothing to complain about when it ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
