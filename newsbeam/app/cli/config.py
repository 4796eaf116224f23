"""`newsbeam config`: make the configuration active, compare it, write store-made items as files."""

from pathlib import Path

import click
import msgspec

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import clock, emit, json_option, note, plain, say
from newsbeam.app.compare import compare
from newsbeam.app.deployment import ActiveConfiguration
from newsbeam.app.export import export_items
from newsbeam.errors import NotFound
from newsbeam.store.items import ItemKind, item_versions


@click.group("config")
def config_command() -> None:
    """Make the configuration active, see what would and did change, write store-made items as files."""


@config_command.command("apply")
@json_option
@click.pass_context
def apply_config(ctx: click.Context, *, as_json: bool) -> None:
    """Check everything and make it active; running jobs take it over within seconds."""
    opened = deployment(ctx, makes_store=True)
    wanted = opened.configuration()
    for made in opened.make_secrets(wanted.subscriptions):
        note(made)
    applied = opened.apply(wanted)
    if as_json:
        emit(applied)
        return
    parts = {
        "catalog": applied.catalog_changed,
        "feeds": applied.feeds_changed,
        "subscriptions": applied.subscriptions_changed,
    }
    changed = [name for name, moved in parts.items() if moved]
    say(f"Active: catalog {applied.catalog[:12]}. Changed: {', '.join(changed) or 'nothing'}.")


@config_command.command("diff")
@json_option
@click.pass_context
def diff_config(ctx: click.Context, *, as_json: bool) -> None:
    """Show what `config apply` would change."""
    opened = deployment(ctx)
    wanted, store = opened.configuration(), opened.store_if_any()
    if store is None:
        changes = compare(None, (), (), wanted)
    else:
        active = ActiveConfiguration(store)
        changes = compare(active.catalog(), active.feeds(), active.subscriptions(), wanted)
    if as_json:
        for change in changes:
            emit(change)
        return
    if not changes:
        say("No difference: what is active is what the files and the store say.")
    for change in changes:
        say(f"{change.sign} {change.kind} {change.id}")


@config_command.command("export")
@click.argument("directory", type=click.Path(file_okay=False, path_type=Path))
@click.pass_context
def export_config(ctx: click.Context, directory: Path) -> None:
    """Write items made with commands, pages and the API as configuration files into DIRECTORY."""
    written = export_items(deployment(ctx).items(), directory)
    for path in written:
        say(str(path))
    if not written:
        note("Nothing was made with commands, pages or the API; there is nothing to write.")


@config_command.command("history")
@click.argument("kind", type=click.Choice([kind.value for kind in ItemKind]))
@click.argument("item_id", metavar="ID")
@json_option
@click.pass_context
def show_history(ctx: click.Context, kind: str, item_id: str, *, as_json: bool) -> None:
    """Show who changed an item that a command, a page or the API made, when and to what; oldest first."""
    versions = item_versions(deployment(ctx).store(), ItemKind(kind), item_id)
    if not versions:
        raise NotFound(f"no {kind} {item_id!r} was ever made with a command, a page or the API")
    for one in versions:
        if as_json:
            emit(
                {
                    "changed_at": one.changed_at,
                    "author": one.author,
                    "deleted": one.deleted,
                    kind: msgspec.Raw(one.document),
                }
            )
        else:
            to = "removed" if one.deleted else plain(one.document.decode())
            say(f"{clock(one.changed_at)}  {plain(one.author)}  {to}")
