"""`newsbeam tag`: what the pipeline would find in a text, without any service."""

from collections.abc import Iterator
from typing import Any, BinaryIO

import click
import msgspec

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.options import language_tag
from newsbeam.app.cli.output import emit, note, plain
from newsbeam.codec import story_from_json
from newsbeam.errors import DecodeError
from newsbeam.language.lexicon import country_name
from newsbeam.story import CountryMention, EnrichedStory, EntityMention, Key, KeyKind, Origin, Story

_ORIGIN = Origin("tag", "command")


@click.command("tag")
@click.argument("source", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--language",
    callback=language_tag,
    metavar="LANG",
    help="The text's language where it does not say (such as en).",
)
@click.pass_context
def tag_command(ctx: click.Context, source: BinaryIO, language: str | None) -> None:
    """Tag a text (its first line is the title) or JSON lines of stories; one JSON object a story.

    Topics and rules are those of the files, and those that commands, the API and pages made where there is a store.
    Input whose first character is { is read as JSON lines. Spans are code-point offsets in their field; a text's
    title and body are those without blank space around them.
    """
    from newsbeam.enrichment import Enricher  # with all that reading a text takes

    opened = deployment(ctx)
    enricher = Enricher(opened.configuration().catalog, opened.settings.language)
    refused = 0
    for number, story in _stories(source):
        if isinstance(story, DecodeError):
            note(f"line {number}: {plain(str(story))}")
            refused += 1
            continue
        if language is not None and story.language is None:
            story = msgspec.structs.replace(story, language=language)  # noqa: PLW2901
        emit(_shown(enricher.enrich(story)))
    if refused:
        ctx.exit(3)


def _stories(source: BinaryIO) -> Iterator[tuple[int, Story | DecodeError]]:
    first = source.readline()
    while first and not first.strip():
        first = source.readline()
    if not first:
        raise DecodeError("there is no text to tag: the input is empty")
    if not first.lstrip().startswith(b"{"):
        yield 1, story_of_text(first + source.read())
        return
    number = 1
    line = first
    while line:
        if line.strip():
            try:
                yield number, story_from_json(line, _ORIGIN, nameless=f"line {number}")
            except DecodeError as error:
                yield number, error
        line = source.readline()
        number += 1


def story_of_text(data: bytes) -> Story:
    """Return a text as a story; its first line is the title. Raises `DecodeError` for what is no UTF-8."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DecodeError(f"the input is no UTF-8 text (byte {error.start}: {error.reason})") from error
    title, _, body = text.partition("\n")
    return Story(
        origin=_ORIGIN,
        keys=(Key(KeyKind.URL, "text:"),),
        title=title.strip(),
        body=body.strip(),
    )


def _shown(enriched: EnrichedStory) -> dict[str, Any]:
    story = enriched.story
    countries = [one for one in enriched.mentions if isinstance(one, CountryMention)]
    entities = [one for one in enriched.mentions if isinstance(one, EntityMention)]
    return {
        "url": story.url,
        "title": story.title,
        "language": enriched.language,
        "topics": [{"id": tag.topic, "query": tag.query, "spans": tag.spans} for tag in enriched.tags],
        "rules": [match.rule for match in enriched.rules],
        "blind": enriched.blind,
        "countries": [
            {"code": one.code, "name": country_name(one.code), "spans": one.spans} for one in countries
        ],
        "entities": [{"name": one.name, "type": one.type, "spans": one.spans} for one in entities],
        "quotes": enriched.quotes,
        "catalog": enriched.catalog,
    }
