"""`newsbeam backup`, `restore` and `forget`."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
import msgspec

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import emit, json_option, note, plain, say
from newsbeam.app.datadir import locked_data_dir
from newsbeam.app.deployment import Deployment
from newsbeam.bus.local import LocalBus
from newsbeam.errors import UsageError
from newsbeam.identity import canonical_url


@click.command("backup")
@click.argument("target", type=click.Path(dir_okay=False, path_type=Path))
@click.pass_context
def backup_command(ctx: click.Context, target: Path) -> None:
    """Copy the store into one file while the service runs (PostgreSQL: says which pg_dump to use)."""
    from newsbeam.store.copies import backup

    if not target.absolute().parent.is_dir():
        raise UsageError(f"{target.parent} is no directory; nothing was written")
    say(backup(deployment(ctx).store(), target))


@click.command("restore")
@click.argument("source", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.pass_context
def restore_command(ctx: click.Context, source: Path) -> None:
    """Put a copy back in the stopped service's place; what came after it is read again from the bus."""
    from newsbeam.store.copies import restore

    opened = deployment(ctx, makes_store=True)
    with locked_data_dir(opened.data_dir):
        say(restore(opened.store_as_it_is(), source, datetime.now(UTC)))


@click.command("forget")
@click.argument("url")
@click.option("--yes", is_flag=True, help="Erase without asking.")
@json_option
@click.pass_context
def forget_command(ctx: click.Context, url: str, *, yes: bool, as_json: bool) -> None:
    """Erase a story and everything it left behind; its keys are remembered, so that it does not come back.

    Says what still keeps the text: the bus until its retention, and copies made before.
    """
    from newsbeam.store.forgetting import forget

    if canonical_url(url) is None:
        raise UsageError(f"{url!r} is no http or https address")
    opened = deployment(ctx)
    store = opened.store()
    if not yes and not _agreed(url):
        note("Nothing was erased.")
        ctx.exit(1)
    forgotten = forget(store, url, datetime.now(UTC))
    if as_json:
        emit({**msgspec.structs.asdict(forgotten), "kept_by": _keepers(opened)})
        return
    if forgotten.stories:
        say(
            f"Erased {len(forgotten.stories)} stories; {forgotten.keys} keys are remembered, so that none comes back."
        )
    else:
        say("No stored story has this address; it is remembered, and will not be recorded when it comes.")
    say("Whatever had its text before still has it:")
    for keeper in _keepers(opened):
        say(f"  {keeper}")


def _agreed(url: str) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked; say --yes to erase without asking")
    return click.confirm(f"Erase what is stored of {plain(url)}? It cannot be undone.", default=False)


def _keepers(opened: Deployment) -> list[str]:
    """Return what keeps a text that the store has forgotten, and for how long."""
    bus = opened.bus
    if isinstance(bus, LocalBus):
        kept = f"for {bus.retention.age_s / 3600:g} hours after it came (`retention_hours` of service.bus)"
    else:
        kept = "as long as Kafka keeps its topics (`retention.ms`)"
    return [
        f"the bus, {kept}",
        "copies of the store made before, as long as they exist; `newsbeam restore` says what to forget again",
        "whoever was sent its alerts",
    ]
