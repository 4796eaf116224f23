"""`newsbeam topics`: what is watched for; trying a query on history before it counts."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click
import msgspec

from newsbeam.app.blind import blind_counts
from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.feeds import author, kept_in
from newsbeam.app.cli.options import how_many, language_tag
from newsbeam.app.cli.output import clock, emit, headline, json_option, note, plain, say, table
from newsbeam.app.cli.proving import explain_command, lint_command, test_command
from newsbeam.app.deployment import Deployment
from newsbeam.codec import to_json
from newsbeam.errors import NotFound, QueryError, UsageError
from newsbeam.store import reads
from newsbeam.store.items import Item, ItemKind
from newsbeam.topics.catalog import Catalog, Topic
from newsbeam.topics.checking import topic_query_mistakes
from newsbeam.topics.query import parse
from newsbeam.topics.topic import TopicQuery

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
    """List, show, try, test, explain, lint, add and remove topics."""


for _command in (test_command, explain_command, lint_command):
    topics_command.add_command(_command)


@topics_command.command("list")
@click.option("--group", help="Only the topics of this group.")
@json_option
@click.pass_context
def list_topics(ctx: click.Context, group: str | None, *, as_json: bool) -> None:
    """List topics, group by group, with their stories of the last day and week, and those they are blind to."""
    opened = deployment(ctx)
    now = datetime.now(UTC)
    day = _totals(opened, now - timedelta(days=1), now)
    week = _totals(opened, now - timedelta(days=7), now)
    catalog = opened.configuration(examples=False).catalog
    blind = {name: sum(counts.values()) for name, counts in _blind(opened, catalog, now).items()}
    chosen = [topic for topic in catalog.topics if group in {None, topic.group}]
    if not chosen and group is not None:
        groups = sorted({topic.group for topic in catalog.topics if topic.group is not None})
        raise NotFound(f"no topic is in the group {group!r}; there are: {', '.join(groups) or 'none'}")
    topics = sorted(chosen, key=lambda topic: (topic.group is None, topic.group or "", topic.id))
    for topic in topics if as_json else ():
        counted = {"stories_24h": day.get(topic.id, 0), "stories_7d": week.get(topic.id, 0)}
        emit({"topic": topic, **counted, "blind_7d": blind.get(topic.id, 0)})
    if as_json:
        return
    rows = [
        (
            topic.group or "",
            topic.id,
            topic.label.get("en", topic.id),
            " ".join(catalog.queries_by_language(topic.id)),
            *(str(counts.get(topic.id, 0)) for counts in (day, week, blind)),
        )
        for topic in topics
    ]
    headings = ("GROUP", "TOPIC", "LABEL", "LANGUAGES", "24 H", "7 DAYS", "BLIND")
    grouped = int(not any(topic.group for topic in topics))  # without groups there is no column for them
    table(headings[grouped:], [row[grouped:] for row in rows])
    if any(blind.values()):
        note("BLIND: stories of the 7 days in languages that the topic has no query for.")


@topics_command.command("show")
@click.argument("topic_id", metavar="ID")
@json_option
@click.pass_context
def show_topic(ctx: click.Context, topic_id: str, *, as_json: bool) -> None:
    """Show a topic's queries, how they are read, what it is blind to, and its newest stories."""
    opened = deployment(ctx)
    catalog = opened.configuration(examples=False).catalog
    found = [one for one in catalog.topics if one.id == topic_id]
    if not found:
        raise NotFound(f"no topic {topic_id!r}; see newsbeam topics list")
    stories = reads.latest_stories(opened.store(), topic=topic_id, limit=10)
    stories.sort(key=lambda story: story.published_at, reverse=True)
    blind = _blind(opened, catalog, datetime.now(UTC)).get(topic_id, {})
    if as_json:
        emit({"topic": found[0], "blind_7d": blind, "stories": stories})
        return
    for line in _described(found[0], catalog.queries[topic_id]):
        say(plain(line))
    if blind:
        languages = ", ".join(f"{name} {number}" for name, number in blind.items())
        say(f"  Blind to {sum(blind.values())} stories of the last 7 days: {languages}")
    for story in stories:
        say(f"  {clock(story.published_at)}  {plain(story.outlet)}: {headline(story.title)}")


def _described(topic: Topic, queries: Iterable[TopicQuery]) -> Iterator[str]:
    group = f" ({topic.group})" if topic.group else ""
    yield f"{topic.label.get('en', topic.id)}{group}"
    for query in queries:
        way = [
            *(["by stems"] if query.way.stem else []),
            *(["capitals as written"] if query.way.exact_case else []),
            *([f"from {query.owner}"] if query.owner != topic.id else []),
        ]
        yield f"  {query.language:<4} {query.text}" + (f"  [{', '.join(way)}]" if way else "")
    examples = len(topic.examples.match) + len(topic.examples.no_match)
    yield f"  {examples} examples: `newsbeam topics test {topic.id}` tries them"


def _blind(opened: Deployment, catalog: Catalog, now: datetime) -> dict[str, dict[str, int]]:
    store = opened.store_if_any()
    return {} if store is None else blind_counts(store, catalog, now - timedelta(days=7), now)


@topics_command.command("try")
@click.argument("query")
@_language_option
@click.option("--days", default=30, show_default=True, type=click.IntRange(1, 36_500), help="How far back.")
@click.option("--limit", default=10, show_default=True, type=how_many, help="How many matches to show.")
@json_option
@click.pass_context
def try_topic(ctx: click.Context, query: str, language: str, days: int, limit: int, *, as_json: bool) -> None:
    """Try a query on the stored stories: matches, hits a day, languages in which it is blind. Changes nothing."""
    from newsbeam.enrichment import tags_alike
    from pipelines.replay.backtest import back_test

    opened = deployment(ctx)
    tried = Topic(id=_TRIED, queries={language: query})
    catalog = Catalog(topics=(tried,), outlets=opened.outlets())
    since = datetime.now(UTC) - timedelta(days=days)
    try:
        _check(query, language)
        make = tags_alike(opened.settings.language)
        found = back_test(opened.store(), catalog, _TRIED, since=since, show=limit, make=make)
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


@topics_command.command("add")
@click.argument("topic_id", metavar="ID")
@click.argument("query")
@_language_option
@click.option("--label", help="What pages call it.")
@click.option("--match", type=click.Choice(["exact", "stem"]), help="Words as they stand, or by their stems.")
@click.option("--case", type=click.Choice(["fold", "exact"]), help="Whether capitals count: WHO is not who.")
@click.option("--group", help="The topics that it is listed with.")
@click.option("--extends", metavar="TOPIC", help="A topic whose queries it looks for too.")
@click.option(
    "--replace", is_flag=True, help="Replace a topic that was added before, or add a language to it."
)
@click.pass_context
def add_topic(
    ctx: click.Context, /, topic_id: str, query: str, language: str, *, replace: bool, **options: Any
) -> None:
    """Add a topic: from now on stories are tagged with it, and those already stored too."""
    from newsbeam.enrichment import tags_alike
    from pipelines.replay.retag import retag_history

    opened = deployment(ctx, makes_store=True)
    topic = _topic(opened, topic_id, language, query, replace=replace)
    label = options.pop("label")
    if label is not None:
        topic = msgspec.structs.replace(topic, label={**topic.label, "en": label})
    given = {name: value for name, value in options.items() if value is not None}
    topic = msgspec.structs.replace(topic, **given)
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
    changes = retag_history(opened.store(), tags_alike(opened.settings.language))
    say(f"Added {topic_id}: {changes.added} of {changes.stories} stored stories have it.")
    note(kept_in(opened))


@topics_command.command("remove")
@click.argument("topic_id", metavar="ID")
@click.pass_context
def remove_topic(ctx: click.Context, topic_id: str) -> None:
    """Remove a topic that was added with the command, the API or a page, with its tags and counts; stories stay."""
    from newsbeam.enrichment import tags_alike
    from pipelines.replay.retag import retag_history

    opened = deployment(ctx, makes_store=True)
    opened.remove_item(ItemKind.TOPIC, topic_id, author())
    note("Taking its tags away …")
    changes = retag_history(opened.store(), tags_alike(opened.settings.language))
    say(f"Removed {topic_id}: {changes.removed} stored stories had it.")


def _summary(found: "BackTest", days: int) -> str:
    if not found.stories:
        return f"No story of the last {days} days is stored yet: there is nothing to try the query on."
    matching = f"{found.matches} of {found.stories} stories match"
    if len(found.days) < 2:
        return f"{matching}, on one day." if found.days else f"{matching}."
    return f"{matching}, on {len(found.days)} days: {found.matches / len(found.days):.1f} on each of them on average."


def _check(query: str, language: str) -> None:
    """Raise `QueryError` for a query that no saved topic may have: it would match nothing, and not say why."""
    parse(query)  # with the position of a mistake
    for why in topic_query_mistakes(language, query):
        raise QueryError(why)


def _pointed(query: str, error: QueryError) -> QueryError:
    if error.position is None or "\n" in query:
        return error
    pointer = f"  {query}\n  {' ' * error.position}^ character {error.position + 1}"
    return QueryError(f"{error}\n{pointer}", error.position)


def _topic(opened: Deployment, topic_id: str, language: str, query: str, *, replace: bool) -> Topic:
    known = {one.id: one for one in opened.configuration(examples=False).catalog.topics}
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
