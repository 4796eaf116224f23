"""`newsbeam feeds`: what is subscribed, how it is, and more of it."""

import asyncio
import getpass
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import IO

import click
import msgspec

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.options import language_tag
from newsbeam.app.cli.output import ago, emit, json_option, note, plain, progress, say, table
from newsbeam.app.deployment import Deployment
from newsbeam.codec import to_json
from newsbeam.errors import NotFound, UsageError
from newsbeam.feed import Feed, FeedState
from newsbeam.store import reads
from newsbeam.store.items import Item, ItemKind


@click.group("feeds")
def feeds_command() -> None:
    """List, add, remove, check and export feeds."""


@feeds_command.command("list")
@click.option("--failing", is_flag=True, help="Only feeds that are not well.")
@json_option
@click.pass_context
def list_feeds(ctx: click.Context, *, failing: bool, as_json: bool) -> None:
    """List feeds with their health."""
    opened = deployment(ctx)
    now = datetime.now(UTC)
    store = opened.store_if_any()
    health = {one.state.feed: one.state for one in reads.feed_health(store, now)} if store else {}
    states = [(feed, health.get(feed.id, FeedState(feed=feed.id))) for feed in opened.configuration().feeds]
    shown = [(f, s) for f, s in states if not failing or s.status not in {"ok", "unchanged", "new"}]
    if as_json:
        for feed, state in shown:
            emit({"feed": feed, "state": {**_fields(state), "digests": len(state.digests)}})
        return
    rows = [
        (feed.id, state.status, ago(state.succeeded_at, now), str(state.entries), state.error or "")
        for feed, state in shown
    ]
    table(("FEED", "STATUS", "LAST READ", "ENTRIES", "WHY"), rows)
    well = sum(1 for _, state in states if state.status in {"ok", "unchanged"})
    note(f"{len(states)} feeds, {well} well.")


@feeds_command.command("add")
@click.argument("source", metavar="URL|FILE.opml")
@click.option(
    "--id", "feed_id", metavar="ID", help="The feed's id for life (default: made from its address)."
)
@click.option("--outlet", metavar="OUTLET", help="The publisher (default: as the feed or its address says).")
@click.option(
    "--language", callback=language_tag, metavar="LANG", help="The language of its stories, such as en."
)
@click.option(
    "--allow-private", is_flag=True, help="The feeds may be on private addresses, such as 127.0.0.1."
)
@click.option("--yes", is_flag=True, help="Add without asking.")
@click.pass_context
def add_feed(  # noqa: PLR0913 - one argument an option
    ctx: click.Context,
    source: str,
    feed_id: str | None,
    outlet: str | None,
    language: str | None,
    *,
    allow_private: bool,
    yes: bool,
) -> None:
    """Add a feed by its address or its home page's, or every feed of an OPML file; shows them first."""
    opened = deployment(ctx, makes_store=True)
    found = _found(opened, source, allow_private=allow_private)
    if feed_id is not None and len(found) > 1:
        raise UsageError(f"--id names one feed, and {source} has {len(found)}")
    known = opened.configuration().feeds
    addresses = {feed.url for feed in known}
    new = _named([feed for feed in found if feed.url not in addresses], {feed.id for feed in known}, feed_id)
    new = [
        msgspec.structs.replace(
            feed,
            outlet=outlet or feed.outlet,
            language=language or feed.language,
            allow_private=allow_private,
        )
        for feed in new
    ]
    for feed in new:
        say(f"  {feed.id}  {plain(feed.title or '')}  {plain(feed.url)}")
    if len(new) < len(found):
        note(f"{len(found) - len(new)} already subscribed.")
    if not new:
        return
    if not yes and not _agreed(len(new)):
        note("Nothing was added.")
        ctx.exit(1)
    opened.change_items([_item(feed) for feed in new])
    say(
        f"Added {len(new)}; a running service reads them within seconds. Their first fetch is history, not news."
    )
    note(kept_in(opened))


@feeds_command.command("remove")
@click.argument("feed_id", metavar="ID")
@click.pass_context
def remove_feed(ctx: click.Context, feed_id: str) -> None:
    """Remove a feed that was added with the command, the API or a page; its stories stay."""
    deployment(ctx, makes_store=True).remove_item(ItemKind.FEED, feed_id, author())
    say(f"Removed {feed_id}.")


@feeds_command.command("export")
@click.argument("target", type=click.File("wb", lazy=True), default="-", metavar="[FILE|-]")
@click.pass_context
def export_feeds(ctx: click.Context, target: IO[bytes]) -> None:
    """Write all feeds as OPML, for other readers; `newsbeam feeds add FILE` reads it again."""
    from connectors.feeds.opml import write_opml

    target.write(write_opml(deployment(ctx).configuration().feeds))


@feeds_command.command("check")
@click.argument("feeds", nargs=-1, metavar="[ID|URL]...")
@json_option
@click.pass_context
def check_some(ctx: click.Context, feeds: tuple[str, ...], *, as_json: bool) -> None:
    """Fetch feeds now, without publishing anything, and say how they are (default: all)."""
    from connectors.feeds.check import FeedReport, check_feeds

    opened = deployment(ctx)
    wanted = _wanted(opened, feeds)
    with progress("Checking", len(wanted)) as steps:

        def told(report: FeedReport) -> None:
            steps.advance()
            if as_json:
                emit(report)
            elif report.error is not None:
                say(f"{report.feed}: {plain(report.error)}")
            else:
                say(f"{report.feed}: {report.entries} entries, {plain(report.title or 'without a title')}")

        reports = asyncio.run(check_feeds(wanted, opened.settings.feeds, told))
    if any(report.error is not None for report in reports):
        ctx.exit(4)


def _agreed(feeds: int) -> bool:
    if not sys.stdin.isatty():
        raise UsageError("nobody is there to be asked; say --yes to add without asking")
    return click.confirm(f"Add {feeds} feed{'s' if feeds != 1 else ''}?", default=True)


def _wanted(opened: Deployment, asked: tuple[str, ...]) -> list[Feed]:
    known = opened.configuration().feeds
    if not asked:
        return list(known)
    by_name = {feed.id: feed for feed in known} | {feed.url: feed for feed in known}
    unknown = [name for name in asked if name not in by_name and "://" not in name]
    if unknown:
        raise NotFound(f"no feed {', '.join(unknown)}; see newsbeam feeds list")
    return [by_name.get(name) or Feed(id=name, url=name) for name in asked]


def _found(opened: Deployment, source: str, *, allow_private: bool) -> list[Feed]:
    """Return the feeds at an address or in an OPML file."""
    from connectors.feeds.discover import discover

    if Path(source).is_file():
        found = _listed(Path(source))
    elif "://" not in source and (source.lower().endswith(".opml") or source.startswith((".", "/"))):
        raise UsageError(f"{source}: no such file")
    else:
        with progress("Looking for feeds"):
            found = list(asyncio.run(discover(source, opened.settings.feeds, allow_private=allow_private)))
    if not found:
        raise NotFound(f"{source}: no feed found there; give a feed's own address")
    return found


def _listed(path: Path) -> list[Feed]:
    """Return the feeds of an OPML file, having said which entries are none."""
    from connectors.feeds.opml import read_opml

    outlines = read_opml(path.read_bytes())
    for refused in outlines.refused:
        note(f"left out: {path}: {plain(refused)}")
    return list(outlines.feeds)


def _named(feeds: list[Feed], taken: set[str], asked: str | None) -> list[Feed]:
    """Return the feeds, each with an id that no other has: what identifies its stories for life."""
    from connectors.feeds.subscriptions import ID

    if asked is not None and not ID.fullmatch(asked):
        raise UsageError(f"{asked!r} is no feed id: use small letters, digits, `-`, `_` and `.` only")
    if asked in taken:
        raise UsageError(f"another feed has the id {asked}; choose one that is free")
    named = []
    for feed in feeds:
        wanted = asked or feed.id
        free = next(name for name in _numbered(wanted) if name not in taken)
        taken = taken | {free}
        named.append(msgspec.structs.replace(feed, id=free))
    return named


def _numbered(name: str) -> Iterator[str]:
    yield name
    yield from (f"{name}-{number}" for number in count(2))


def _item(feed: Feed) -> Item:
    return Item(
        kind=ItemKind.FEED, id=feed.id, document=to_json(feed), author=author(), changed_at=datetime.now(UTC)
    )


def kept_in(opened: Deployment) -> str:
    """Return where an item that a command made is kept, and how it becomes a line of a file."""
    return (
        f"Kept in the store, {opened.store().path or opened.store().url}, beside the files of "
        f"{opened.config_dir}; `newsbeam config export DIRECTORY` writes it as a file."
    )


def author() -> str:
    """Return who is at the keyboard, for the history of store-made items."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _fields(state: FeedState) -> dict[str, object]:
    return {name: getattr(state, name) for name in state.__struct_fields__}
