"""`newsbeam topics`: what is watched for; trying a query on history before it counts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click
import msgspec

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.feeds import author, kept_in
from newsbeam.app.cli.options import how_many, language_tag
from newsbeam.app.cli.output import clock, emit, headline, json_option, note, plain, say, table
from newsbeam.app.deployment import Deployment
from newsbeam.codec import to_json
from newsbeam.errors import NotFound, QueryError, UsageError
from newsbeam.store import reads
from newsbeam.store.items import Item, ItemKind
from newsbeam.topics.catalog import Catalog, Topic
from newsbeam.topics.loading import lint_topics

if TYPE_CHECKING:
    from pipelines.replay.backtest import BackTest

_TRIED = "tried-query"
_BAR = 40


_language_option = click.option(
    "--language",
    callback=language_tag,
    default="any",
    show_default=True,
    help="The query's language, or any.",
)


@click.group("topics")
def topics_command() -> None:
    """List, show, try, lint, add and remove topics."""


@topics_command.command("list")
@json_option
@click.pass_context
def list_topics(ctx: click.Context, *, as_json: bool) -> None:
    """List topics with the stories of the last day and week."""
    opened = deployment(ctx)
    now = datetime.now(UTC)
    day = _totals(opened, now - timedelta(days=1), now)
    week = _totals(opened, now - timedelta(days=7), now)
    topics = opened.configuration().catalog.topics
    if as_json:
        for topic in topics:
            emit({"topic": topic, "stories_24h": day.get(topic.id, 0), "stories_7d": week.get(topic.id, 0)})
        return
    rows = [
        (
            topic.id,
            topic.label.get("en", topic.id),
            " ".join(topic.queries),
            str(day.get(topic.id, 0)),
            str(week.get(topic.id, 0)),
        )
        for topic in topics
    ]
    table(("TOPIC", "LABEL", "LANGUAGES", "24 H", "7 DAYS"), rows)


@topics_command.command("show")
@click.argument("topic_id", metavar="ID")
@json_option
@click.pass_context
def show_topic(ctx: click.Context, topic_id: str, *, as_json: bool) -> None:
    """Show a topic's queries and its newest stories."""
    opened = deployment(ctx)
    found = [one for one in opened.configuration().catalog.topics if one.id == topic_id]
    if not found:
        raise NotFound(f"no topic {topic_id!r}; see newsbeam topics list")
    stories = reads.latest_stories(opened.store(), topic=topic_id, limit=10)
    stories.sort(key=lambda story: story.published_at, reverse=True)
    if as_json:
        emit({"topic": found[0], "stories": stories})
        return
    say(found[0].label.get("en", topic_id))
    for language, query in found[0].queries.items():
        say(f"  {language:<4} {query}")
    for story in stories:
        say(f"  {clock(story.published_at)}  {plain(story.outlet)}: {headline(story.title)}")


@topics_command.command("try")
@click.argument("query")
@_language_option
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 36_500), help="How far back.")
@click.option("--limit", default=10, show_default=True, type=how_many, help="How many matches to show.")
@json_option
@click.pass_context
def try_topic(ctx: click.Context, query: str, language: str, days: int, limit: int, *, as_json: bool) -> None:
    """Try a query on the stored stories: matches, hits a day, languages in which it is blind. Changes nothing."""
    from pipelines.replay.backtest import back_test

    opened = deployment(ctx)
    outlets = opened.configuration().catalog.outlets
    catalog = Catalog(topics=(Topic(id=_TRIED, queries={language: query}),), outlets=outlets)
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        found = back_test(opened.store(), catalog, _TRIED, since=since, show=limit)
    except QueryError as error:
        raise _pointed(query, error) from error
    if as_json:
        emit(found)
        return
    say(_summary(found, days))
    most = max(found.days.values(), default=1)
    for day, hits in found.days.items():
        say(f"  {day}  {hits:>5}  {'█' * max(1, hits * _BAR // most)}")
    for match in found.newest:
        evidence = ", ".join(dict.fromkeys(f"“{plain(span.text)}”" for span in match.spans[:4]))
        say(f"  {plain(match.outlet)}: {headline(match.title)}  [{evidence}]")
    if found.blind:
        blind = ", ".join(f"{name} ({number} stories)" for name, number in sorted(found.blind.items()))
        note(f"Blind, since the query is for {language} alone: {blind}")


@topics_command.command("lint")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@json_option
@click.pass_context
def lint_command(ctx: click.Context, ids: tuple[str, ...], *, as_json: bool) -> None:
    """Say what is right and yet hardly meant: parts said twice, topics within others, slow or untested queries.

    Exit status 1 when there is anything; mistakes are for `newsbeam check`.
    """
    opened = deployment(ctx)
    items = opened.items()
    topics = opened.configuration(items).catalog.topics
    _check_known(ids, topics)
    found = lint_topics(opened.config_dir, topics, items)
    shown = [(place, one) for place, one in found if not ids or one.topic in ids]
    for place, one in shown:
        if as_json:
            emit({"place": place, "topic": one.topic, "kind": one.kind, "trail": one.trail, "why": one.why})
        else:
            say(plain(f"{place}: {one.why} [{one.kind}]"))
    if shown:
        ctx.exit(1)
    if not as_json:
        say(f"Nothing to say of {len(ids or topics)} topic{'s' if len(ids or topics) != 1 else ''}.")


@topics_command.command("add")
@click.argument("topic_id", metavar="ID")
@click.argument("query")
@_language_option
@click.option("--label", help="What pages call it.")
@click.option(
    "--replace", is_flag=True, help="Replace a topic that was added before, or add a language to it."
)
@click.pass_context
def add_topic(
    ctx: click.Context, topic_id: str, query: str, language: str, label: str | None, *, replace: bool
) -> None:
    """Add a topic: from now on stories are tagged with it, and those already stored too."""
    from pipelines.replay.retag import retag_history

    opened = deployment(ctx, makes_store=True)
    topic = _topic(opened, topic_id, language, query, replace=replace)
    if label is not None:
        topic = msgspec.structs.replace(topic, label={**topic.label, "en": label})
    opened.change_items(
        [
            Item(
                kind=ItemKind.TOPIC,
                id=topic_id,
                document=to_json(topic),
                author=author(),
                changed_at=datetime.now(UTC),
            )
        ]
    )
    note("Tagging what is already stored …")
    changes = retag_history(opened.store())
    say(f"Added {topic_id}: {changes.added} of {changes.stories} stored stories have it.")
    note(kept_in(opened))


@topics_command.command("remove")
@click.argument("topic_id", metavar="ID")
@click.pass_context
def remove_topic(ctx: click.Context, topic_id: str) -> None:
    """Remove a topic that was added with the command, the API or a page, with its tags and counts; stories stay."""
    from pipelines.replay.retag import retag_history

    opened = deployment(ctx, makes_store=True)
    opened.remove_item(ItemKind.TOPIC, topic_id, author())
    note("Taking its tags away …")
    say(f"Removed {topic_id}: {retag_history(opened.store()).removed} stored stories had it.")


def _check_known(ids: Iterable[str], topics: Iterable[Topic]) -> None:
    unknown = [one for one in ids if one not in {topic.id for topic in topics}]
    if unknown:
        raise NotFound(f"no topic {', '.join(map(repr, unknown))}; see newsbeam topics list")


def _summary(found: "BackTest", days: int) -> str:
    if not found.stories:
        return f"No story of the last {days} days is stored yet: there is nothing to try the query on."
    matching = f"{found.matches} of {found.stories} stories match"
    if len(found.days) < 2:
        return f"{matching}, on one day." if found.days else f"{matching}."
    return f"{matching}, on {len(found.days)} days: {found.matches / len(found.days):.1f} on each of them on average."


def _pointed(query: str, error: QueryError) -> QueryError:
    if error.position is None or "\n" in query:
        return error
    pointer = f"  {query}\n  {' ' * error.position}^ character {error.position + 1}"
    return QueryError(f"{error}\n{pointer}", error.position)


def _topic(opened: Deployment, topic_id: str, language: str, query: str, *, replace: bool) -> Topic:
    known = {one.id: one for one in opened.configuration().catalog.topics}
    mine = {item.id for item in opened.items() if item.kind is ItemKind.TOPIC}
    if topic_id not in known:
        return Topic(id=topic_id, queries={language: query})
    if topic_id not in mine:
        raise UsageError(f"{topic_id} comes from a file in {opened.config_dir / 'topics'}; change it there")
    if not replace:
        raise UsageError(f"{topic_id} exists; say --replace to change it")
    old = known[topic_id]
    return msgspec.structs.replace(old, queries={**old.queries, language: query})


def _totals(opened: Deployment, start: datetime, end: datetime) -> dict[str, int]:
    store = opened.store_if_any()
    return {} if store is None else {one.name: one.stories for one in reads.topic_totals(store, start, end)}
