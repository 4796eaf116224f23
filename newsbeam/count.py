"""Counts per quarter-hour: the cells that a story adds to, as pure arithmetic."""

from collections.abc import Iterator
from datetime import UTC, datetime

import msgspec

from newsbeam.story import EnrichedStory

BUCKET_S = 900
EVERYTHING = "*"


class Cell(msgspec.Struct, frozen=True, order=True):
    """One counter's place inside a bucket. `topic` may be `*`; dimension `all` has the empty value."""

    topic: str
    dimension: str  # all | outlet | language | country | entity | speaker
    value: str


def bucket_of(moment: datetime) -> datetime:
    """Start of the quarter-hour UTC that holds `moment` (aware)."""
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET_S, UTC)


def cells_of(enriched: EnrichedStory) -> Iterator[Cell]:
    """Every cell that counts this story, each once: each topic and `*` with all, outlet, language, country …"""
    values = {("all", ""), ("outlet", enriched.outlet.id), ("language", enriched.language)}
    values.update(("country", c) for c in enriched.countries)
    values.update(("entity", e) for e in enriched.entities)
    values.update(("speaker", s) for s in enriched.speakers)
    topics = {EVERYTHING, *(tag.topic for tag in enriched.tags)}
    for topic in topics:
        for dimension, value in values:
            yield Cell(topic, dimension, value)
