"""Counts per quarter-hour: what is counted, and in which bucket."""

from datetime import UTC, datetime

import msgspec

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
