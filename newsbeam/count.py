"""Counts per quarter-hour: what is counted, and in which bucket."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

BUCKET_S = 900
EVERYTHING = "*"


def bucket_of(moment: datetime) -> datetime:
    """Start of the quarter-hour UTC that holds `moment` (aware)."""
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET_S, UTC)


def counted_values(outlet: str, language: str, facets: Mapping[str, Iterable[str]]) -> set[tuple[str, str]]:
    """Return what a story counts for under each of its topics: dimension and value, each once."""
    more = {(dimension, value) for dimension, listed in facets.items() for value in listed}
    return {("all", ""), ("outlet", outlet), ("language", language), *more}
