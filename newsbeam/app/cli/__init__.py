"""The `newsbeam` command. Each command's module is imported only when it is called, so that help is instant."""

import importlib
import signal
import sys

import click

from newsbeam.app.logs import set_up_logs
from newsbeam.errors import NewsbeamError

# command -> the module that holds it
COMMANDS = {
    "run": "service",
    "demo": "demo",
    "init": "setup",
    "check": "setup",
    "poll": "service",
    "publish": "publish",
    "process": "service",
    "deliver": "service",
    "serve": "service",
    "tag": "tag",
    "alerts": "alerts",
    "feeds": "feeds",
    "topics": "topics",
    "trace": "trace",
    "dead": "dead",
    "status": "status",
    "config": "config",
    "backup": "upkeep",
    "restore": "upkeep",
    "forget": "upkeep",
}
INTERRUPTED = 130


class _Lazy(click.Group):
    """A group that imports a command's module when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"newsbeam.app.cli.{COMMANDS[cmd_name]}")
        command = getattr(module, f"{cmd_name}_command")
        if not isinstance(command, click.Command):
            raise TypeError(cmd_name)
        return command


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
    newsbeam does not answer · 5 already running · 6 not found · 130 interrupted.
    """
    ctx.obj = {"config_dir": config_dir, "data_dir": data_dir}


def main(arguments: list[str] | None = None) -> None:
    """Entry point of the console script: run one command and leave with its exit code."""
    set_up_logs("text")
    try:
        code = newsbeam.main(arguments, standalone_mode=False)
    except click.exceptions.Abort:
        code = INTERRUPTED
    except KeyboardInterrupt:
        code = INTERRUPTED
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except NewsbeamError as error:
        click.echo(f"newsbeam: {error}", err=True)
        code = error.exit_code
    except BrokenPipeError:  # `newsbeam … | head`: the reader has enough
        sys.stderr.close()
        code = 128 + signal.SIGPIPE
    sys.exit(code if isinstance(code, int) else 0)
