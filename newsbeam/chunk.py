"""A run of records of one partition on its way through the pipeline: [start, next), as one element.

The position travels with the records, so that Record can move it in the transaction that stores them; what cannot
become a story travels along as a dead letter, so that no step can drop it.
"""

from datetime import datetime
from typing import Generic, TypeVar

import msgspec

from newsbeam.story import DeadLetter, EnrichedStory, Story

R = TypeVar("R")


class RawRecord(msgspec.Struct, frozen=True):
    """One record as it was on the bus."""

    offset: int
    key: bytes
    value: bytes
    appended_at: datetime


class DecodedRecord(msgspec.Struct, frozen=True):
    """One record, decoded or dead."""

    offset: int
    key: bytes
    appended_at: datetime
    result: Story | DeadLetter


class EnrichedRecord(msgspec.Struct, frozen=True):
    """One record, enriched or dead."""

    offset: int
    key: bytes
    appended_at: datetime
    result: EnrichedStory | DeadLetter


class Chunk(msgspec.Struct, Generic[R], frozen=True):
    """Records of `topic`/`partition` with offsets in [start, next); what has no record there is absent."""

    topic: str
    partition: int
    start: int
    next: int
    records: tuple[R, ...]
