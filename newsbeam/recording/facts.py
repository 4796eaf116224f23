"""What a record says before anything stored is known: its times, its texts as they may be kept, its counts."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from newsbeam.recording.settings import RecordingSettings
from newsbeam.story import EnrichedStory, Span

_FIRST_POSSIBLE = datetime(1990, 1, 1, tzinfo=UTC)  # before the web there was no feed


class Times(msgspec.Struct, frozen=True):
    """When a story was published, as far as that is known and possible, and when it was seen."""

    published_at: datetime
    known: bool
    seen_at: datetime


class Kept(msgspec.Struct, frozen=True):
    """A story's texts as its outlet allows them to be kept."""

    title: str
    summary: str
    body: str
    text: str  # full | excerpt | none


def times_of(enriched: EnrichedStory, appended_at: datetime, settings: RecordingSettings) -> Times:
    """Return the story's times; a missing or impossible publication time means seen time, and says so."""
    claimed = enriched.story.published_at
    latest = appended_at + timedelta(seconds=settings.future_s)
    if claimed is None or claimed < _FIRST_POSSIBLE or claimed > latest:
        return Times(appended_at, False, appended_at)
    return Times(min(claimed, appended_at), True, appended_at)


def kept_of(enriched: EnrichedStory, settings: RecordingSettings) -> Kept:
    """Return what may be kept of a story's texts."""
    story = enriched.story
    match enriched.outlet.text:
        case "none":
            return Kept(story.title, "", "", "none")
        case "excerpt":
            return Kept(
                story.title, excerpt(story.summary or story.body, settings.excerpt_chars), "", "excerpt"
            )
    return Kept(story.title, story.summary, story.body, "full")


def shown_spans(spans: Iterable[Span], enriched: EnrichedStory) -> list[Span]:
    """Return evidence as the outlet allows it: where no text may be kept, the title's words alone are shown."""
    if enriched.outlet.text != "none":
        return list(spans)
    return [one if one.field == "title" else msgspec.structs.replace(one, text="") for one in spans]


def excerpt(text: str, limit: int) -> str:
    """Return the start of a text, cut between words."""
    if len(text) <= limit:
        return text
    head = text[:limit]
    return (head.rsplit(None, 1)[0] if " " in head else head) + "…"


def facets_of(enriched: EnrichedStory) -> dict[str, list[str]]:
    """Return the values that a story counts for beside outlet and language, by dimension."""
    facets = {"country": enriched.countries, "entity": enriched.entities, "speaker": enriched.speakers}
    return {name: list(values) for name, values in facets.items() if values}
