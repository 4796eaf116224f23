"""`newsbeam feeds`: what is subscribed, how it is, and more of it."""

import asyncio
import getpass
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import ago, emit, json_option, note, plain, progress, say, table
from newsbeam.app.deployment import Deployment
from newsbeam.codec import to_json
from newsbeam.errors import NotFound, UsageError
from newsbeam.feed import Feed, FeedState
from newsbeam.store import reads
from newsbeam.store.items import Item, ItemKind, read_item


@click.group("feeds")
def feeds_command() -> None:
    """List, add, remove and check feeds."""


@feeds_command.command("list")
@click.option("--failing", is_flag=True, help="Only feeds that are not well.")
@json_option
@click.pass_context
def list_feeds(ctx: click.Context, *, failing: bool, as_json: bool) -> None:
    """List feeds with their health."""
    opened = deployment(ctx)
    now = datetime.now(UTC)
    health = {one.state.feed: one.state for one in reads.feed_health(opened.store(), now)}
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
@click.option("--language", metavar="LANG", help="The language of its stories, such as en.")
@click.option("--yes", is_flag=True, help="Add without asking.")
@click.pass_context
def add_feed(
    ctx: click.Context,
    source: str,
    feed_id: str | None,
    outlet: str | None,
    language: str | None,
    *,
    yes: bool,
) -> None:
    """Add a feed by its address or its home page's, or every feed of an OPML file; shows them first."""
    from connectors.feeds.discover import discover
    from connectors.feeds.opml import read_opml

    opened = deployment(ctx)
    if Path(source).is_file():
        found = list(read_opml(Path(source).read_bytes()))
    else:
        with progress("Looking for feeds"):
            found = list(asyncio.run(discover(source, opened.settings.feeds)))
    if not found:
        raise NotFound(f"{source}: no feed found there; give a feed's own address")
    known = {feed.url for feed in opened.configuration().feeds}
    new = [
        _named(feed, feed_id if len(found) == 1 else None, outlet, language)
        for feed in found
        if feed.url not in known
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


@feeds_command.command("remove")
@click.argument("feed_id", metavar="ID")
@click.pass_context
def remove_feed(ctx: click.Context, feed_id: str) -> None:
    """Remove a feed that was added with the command, the API or a page; its stories stay."""
    opened = deployment(ctx)
    try:
        old = read_item(opened.store(), ItemKind.FEED, feed_id)
    except NotFound:
        if any(feed.id == feed_id for feed in opened.configuration().feeds):
            raise UsageError(
                f"{feed_id} comes from {opened.config_dir / 'feeds.yaml'}; remove it there"
            ) from None
        raise
    opened.change_items(
        [
            Item(
                kind=old.kind,
                id=old.id,
                document=old.document,
                author=author(),
                changed_at=datetime.now(UTC),
                deleted=True,
            )
        ]
    )
    say(f"Removed {feed_id}.")


@feeds_command.command("check")
@click.argument("feeds", nargs=-1, metavar="[ID|URL]...")
@json_option
@click.pass_context
def check_feeds(ctx: click.Context, feeds: tuple[str, ...], *, as_json: bool) -> None:
    """Fetch feeds now, without publishing anything, and say how they are (default: all)."""
    from connectors.feeds.check import check_feed

    opened = deployment(ctx)
    wanted = _wanted(opened, feeds)
    failed = 0
    with progress("Checking", len(wanted)) as steps:
        for feed in wanted:
            report = asyncio.run(check_feed(feed, opened.settings.feeds))
            steps.advance()
            failed += report.error is not None
            if as_json:
                emit(report)
            elif report.error is not None:
                say(f"{feed.id}: {plain(report.error)}")
            else:
                say(f"{feed.id}: {report.entries} entries, {plain(report.title or 'without a title')}")
    if failed:
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


def _named(feed: Feed, feed_id: str | None, outlet: str | None, language: str | None) -> Feed:
    return Feed(
        id=feed_id or feed.id,
        url=feed.url,
        title=feed.title,
        outlet=outlet or feed.outlet,
        language=language or feed.language,
    )


def _item(feed: Feed) -> Item:
    return Item(
        kind=ItemKind.FEED, id=feed.id, document=to_json(feed), author=author(), changed_at=datetime.now(UTC)
    )


def author() -> str:
    """Return who is at the keyboard, for the history of store-made items."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "unknown"


def _fields(state: FeedState) -> dict[str, object]:
    return {name: getattr(state, name) for name in state.__struct_fields__}
