"""`newsbeam topics lint`, `test` and `explain`: whether topics say what is meant, and why they match or not."""

import sys
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import click
from rich.text import Text
from rich.tree import Tree

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.options import language_tag
from newsbeam.app.cli.output import draw, emit, json_option, note, plain, say
from newsbeam.app.cli.tag import story_of_text
from newsbeam.app.deployment import Deployment
from newsbeam.errors import NotFound
from newsbeam.identity import canonical_url
from newsbeam.store import reads
from newsbeam.store.history import past_stories
from newsbeam.story import Story
from newsbeam.topics.catalog import Catalog, Topic, resolve_outlet
from newsbeam.topics.topic import TopicQuery, asked

if TYPE_CHECKING:
    from newsbeam.topics.explaining import Part, Place

_PLACES = 3  # of one part
_OTHERS = 6  # parts of an OR that fail, shown one by one


# --- lint ---------------------------------------------------------------------------------------------------


@click.command("lint")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@json_option
@click.pass_context
def lint_command(ctx: click.Context, ids: tuple[str, ...], *, as_json: bool) -> None:
    """Say what is right and yet hardly meant: parts said twice, topics within others, slow or untested queries.

    Exit status 1 when there is anything. What is wrong is for `newsbeam check`.
    """
    from newsbeam.topics.linting import lint
    from newsbeam.topics.loading import Places

    opened = deployment(ctx)
    items = opened.items()
    catalog = opened.configuration(items, examples=False).catalog
    chosen = _chosen(catalog, ids)
    found = [one for one in lint(catalog.topics) if one.topic in chosen]
    places = Places(opened.config_dir, items)
    for one in found:
        place = places.at(one.topic, *one.trail)
        if as_json:
            emit({"place": place, "topic": one.topic, "kind": one.kind, "trail": one.trail, "why": one.why})
        else:
            say(plain(f"{place}: {one.why} [{one.kind}]"))
    if found:
        ctx.exit(1)
    if not as_json:
        say(f"Nothing to say of {_counted(len(chosen), 'topic')}.")


# --- test ---------------------------------------------------------------------------------------------------


@click.command("test")
@click.argument("ids", metavar="[ID]...", nargs=-1)
@json_option
@click.pass_context
def test_command(ctx: click.Context, ids: tuple[str, ...], *, as_json: bool) -> None:
    """Try the examples of topics (all, or those named) on their queries, and say which hold.

    Exit status 1 when one fails. With --json each example is one object.
    """
    from newsbeam.topics.examples import Tried, run_examples
    from newsbeam.topics.loading import Places, load_catalog

    opened = deployment(ctx)
    items = opened.items()
    catalog = load_catalog(opened.config_dir, items, examples=False)
    chosen, places = _chosen(catalog, ids), Places(opened.config_dir, items)

    def tell(topic: str, tried: Sequence[Tried]) -> int:
        failing = [one for one in tried if one.why is not None]
        for one in tried if as_json else ():
            emit({"topic": topic, "place": places.at(topic, *one.trail), **one._asdict()})
        if not as_json:
            say(
                f"{'✗' if failing else '✓'} {topic}: {len(tried) - len(failing)} of "
                f"{_counted(len(tried), 'example')} hold{'' if tried else ' (it has none)'}"
            )
        for one in failing if not as_json else ():
            say(plain(f"    {places.at(topic, *one.trail)}: {one.why}"))
        return len(failing)

    failed = sum(tell(topic.id, run_examples(topic, catalog.queries[topic.id])) for topic in chosen.values())
    if failed:
        ctx.exit(1)


def _chosen(catalog: Catalog, ids: Iterable[str]) -> dict[str, Topic]:
    """The topics of these ids, all if none is given. Raises `NotFound` for one that is not there."""
    topics = {topic.id: topic for topic in catalog.topics}
    unknown = [one for one in ids if one not in topics]
    if unknown:
        raise NotFound(f"no topic {', '.join(map(repr, unknown))}; see newsbeam topics list")
    return {one: topics[one] for one in ids} or topics


# --- explain ------------------------------------------------------------------------------------------------


@click.command("explain")
@click.argument("topic_id", metavar="TOPIC")
@click.argument("text", metavar="TEXT|-|URL")
@click.option(
    "--language", callback=language_tag, metavar="LANG", help="The text's language (default: as it reads)."
)
@json_option
@click.pass_context
def explain_command(
    ctx: click.Context, topic_id: str, text: str, language: str | None, *, as_json: bool
) -> None:
    """Say why a topic's queries match a text or not, part by part.

    TEXT is a text (its first line is the title), - for standard input, or the address of a recorded story.
    """
    from newsbeam.enrichment import field_values, language_of, reading_of, tags_alike
    from newsbeam.language import LanguageLayer
    from newsbeam.topics.compiled import document_of
    from newsbeam.topics.explaining import explain
    from newsbeam.topics.query import parse

    opened = deployment(ctx)
    catalog = opened.configuration(examples=False).catalog
    topic = _chosen(catalog, (topic_id,))[topic_id]
    story = _story(opened, text)
    outlet = resolve_outlet(catalog, story)
    spoken = language or language_of(story, outlet)
    document = document_of(story, outlet, spoken)
    layer = LanguageLayer(tags_alike(opened.settings.language).language)
    found = reading_of(layer, story, spoken)
    for field, values in field_values(found).items():
        for value in values:
            document.add_value(field, value)
    queries = asked(catalog.queries[topic.id], spoken)
    parts = [(query, explain(parse(query.text), document, query.way)) for query in queries]
    if as_json:
        emit(
            {
                "topic": topic.id,
                "language": spoken,
                "match": any(part.holds for _, part in parts),
                "blind": not parts,
                "queries": [
                    {"language": query.language, "from": query.owner, "part": part} for query, part in parts
                ],
            }
        )
        return
    if not parts:
        known = ", ".join(catalog.queries_by_language(topic.id))
        note(f"{topic.id} is blind to {spoken}: it has queries for {known}. --language asks another one.")
    for query, part in parts:
        draw(_drawn(query, topic, part))


def _story(opened: Deployment, text: str) -> Story:
    """The text as a story; a story that was recorded, when it is the address of one."""
    if text == "-":
        return story_of_text(sys.stdin.buffer.read())
    if canonical_url(text.strip()) is None or " " in text.strip():
        return story_of_text(text.encode())
    store = opened.store_if_any()
    found = reads.trace(store, text.strip()).stories if store is not None else []
    kept = [one.story for one in found if one.story is not None]
    past = past_stories(opened.store(), kept[0].record_seq - 1, kept[0].record_seq) if kept else []
    if not past:
        raise NotFound(f"{text}: no story of that address is kept; give a text, or - for standard input")
    return past[0].story


def _drawn(query: TopicQuery, topic: Topic, part: "Part") -> Tree:
    origin = f" (from {query.owner})" if query.owner != topic.id else ""
    tree = Tree(
        Text(f"{topic.id}, query for {query.language}{origin}: {'match' if part.holds else 'no match'}")
    )
    _grow(tree, part)
    return tree


def _grow(tree: Tree, part: "Part") -> None:
    branch = tree.add(_line(part))
    if part.kind == "or":
        holding = [one for one in part.parts if one.holds]
        failing = sorted((one for one in part.parts if not one.holds), key=lambda one: not one.nearly)
        shown = failing[: 0 if holding else _OTHERS]
        for one in (*holding, *shown):
            _grow(branch, one)
        if len(failing) > len(shown):
            branch.add(Text(f"✗ {_counted(len(failing) - len(shown), 'other part')} not found", style="dim"))
    elif part.kind == "near" and part.holds:
        return  # its places say it all
    else:
        for one in part.parts:
            _grow(branch, one)


def _line(part: "Part") -> Text:
    line = Text("✓ " if part.holds else "✗ ", style="green" if part.holds else "red")
    line.append(_name(part), style="bold")
    if part.why is not None:
        line.append(f"  {plain(part.why)}", style="yellow")
    for place in part.places[:_PLACES]:
        line.append_text(_placed(place))
    if len(part.places) > _PLACES:
        line.append(f"  and {len(part.places) - _PLACES} more", style="dim")
    return line


def _name(part: "Part") -> str:
    """What a part is called: itself, or what joins the parts below it."""
    joins = {"and": "all of", "or": "any of", "not": "not"}
    return joins.get(part.kind) or plain(part.query)


def _placed(place: "Place") -> Text:
    from newsbeam.topics.explaining import CONTEXT

    before = "…" if place.span.start > len(place.before) else ""
    text = Text(f"  {place.span.field}: {before}{plain(place.before)}")
    text.append(f"[{plain(place.span.text)}]", style="bold")
    return text.append(plain(place.after) + ("…" if len(place.after) == CONTEXT else ""))


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
