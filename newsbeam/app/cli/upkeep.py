"""`newsbeam backup`, `restore` and `forget`."""

from datetime import UTC, datetime
from pathlib import Path

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import emit, json_option, say
from newsbeam.app.datadir import locked_data_dir
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
@json_option
@click.pass_context
def forget_command(ctx: click.Context, url: str, *, as_json: bool) -> None:
    """Erase a story and everything it left behind; its keys are remembered, so that it does not come back."""
    from newsbeam.store.forgetting import forget

    if canonical_url(url) is None:
        raise UsageError(f"{url!r} is no http or https address")
    forgotten = forget(deployment(ctx).store(), url, datetime.now(UTC))
    if as_json:
        emit(forgotten)
    elif forgotten.stories:
        say(
            f"Erased {len(forgotten.stories)} stories; {forgotten.keys} keys are remembered, so that none comes back."
        )
    else:
        say("No stored story has this address; it is remembered, and will not be recorded when it comes.")
