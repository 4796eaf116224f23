"""Counts per quarter-hour: what is counted, and in which bucket."""

from datetime import UTC, datetime

BUCKET_S = 900
EVERYTHING = "*"


def bucket_of(moment: datetime) -> datetime:
    """Start of the quarter-hour UTC that holds `moment` (aware)."""
    seconds = int(moment.timestamp())
    return datetime.fromtimestamp(seconds - seconds % BUCKET_S, UTC)
