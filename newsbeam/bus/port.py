"""The bus's port: what every implementation promises; `tests/contract` holds them to it."""

import re
from collections.abc import Sequence
from datetime import datetime
from types import TracebackType
from typing import Protocol, Self, runtime_checkable

import msgspec

from newsbeam.errors import ConfigurationError

STORIES = "stories"
DEAD = "stories.dead"
ALERTS = "alerts."  # followed by the alert topic
MAX_RECORD_BYTES = (
    1_000_000  # of one record as `size_of` measures it; Kafka's brokers take little more by default
)


class Sent(msgspec.Struct, frozen=True):
    """A record to publish; records with one key land in one partition, in order."""

    key: bytes
    value: bytes
    headers: tuple[tuple[str, bytes], ...] = ()


TOPIC_NAME = re.compile(r"[A-Za-z0-9._-]{1,200}")


def checked_topic(topic: str) -> str:
    """Return `topic`, or raise `ConfigurationError` when its name could not be a topic on every bus."""
    if not TOPIC_NAME.fullmatch(topic) or topic in {".", ".."}:
        raise ConfigurationError(
            [f"bus: {topic!r} cannot be a topic; use up to 200 of A-Z a-z 0-9 . _ - (such as alerts.floods)"]
        )
    return topic


def size_of(record: Sent) -> int:
    """Return the bytes that count against `MAX_RECORD_BYTES`: key, value and headers."""
    headers = sum(len(name.encode()) + len(value) for name, value in record.headers)
    return len(record.key) + len(record.value) + headers


class Record(msgspec.Struct, frozen=True):
    """A record read back; `appended_at` is the bus's own clock when it took the record (aware UTC)."""

    offset: int
    key: bytes
    value: bytes
    appended_at: datetime
    headers: tuple[tuple[str, bytes], ...] = ()


class Batch(msgspec.Struct, frozen=True):
    """What one read answers for offsets [start, next).

    Offsets inside that have no record are confirmed absent by the bus (retention, compaction, markers).
    `next == start` means that nothing new came before the timeout.
    """

    start: int
    next: int
    records: tuple[Record, ...]


class Bounds(msgspec.Struct, frozen=True):
    """`first`: the oldest offset still readable; `end`: the offset that the next record will get."""

    first: int
    end: int


class Publisher(Protocol):
    """Writes to one bus. Not shared between threads."""

    def publish(self, topic: str, records: Sequence[Sent], timeout_s: float = 30.0) -> None:
        """Return when every record is durably acknowledged.

        Creates the topic when it is missing. Raises `PublishFailed` when any is not acknowledged in time (any
        of them may be on the bus then), `RecordTooLarge` before sending anything when one can never fit, and
        `BusUnavailable` when the bus does not answer.
        """
        ...

    def close(self) -> None:
        """Release connections; idempotent."""
        ...

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Reader(Protocol):
    """Reads one partition of one topic from any position."""

    def read(self, position: int, max_records: int, timeout_s: float) -> Batch:
        """Return records from `position` on; wait up to `timeout_s` for the first, never to fill the batch.

        Records that retention removed before `position` was read are absent: the batch starts at `position`
        and its `next` lies past them. Raises `Gap` when `position` lies past the end, `BusUnavailable`
        when the bus does not answer.
        """
        ...

    def bounds(self) -> Bounds:
        """Return the readable range now."""
        ...

    def close(self) -> None:
        """Release connections; idempotent."""
        ...


@runtime_checkable
class Bus(Protocol):
    """A handle on one bus: small, picklable, holds no connection."""

    @property
    def url(self) -> str:
        """The address it was opened with, without secrets."""
        ...

    def publisher(self) -> Publisher:
        """Open a publisher."""
        ...

    def reader(self, topic: str, partition: int) -> Reader:
        """Open a reader of one partition."""
        ...

    def partitions(self, topic: str) -> int:
        """Return the number of partitions, creating the topic when it is missing."""
        ...

    def commit(self, topic: str, positions: dict[int, int]) -> None:
        """Show progress to lag displays; moves forwards only, never decides where reading starts."""
        ...

    def check(self) -> None:
        """Raise `BusUnavailable` with a clear reason unless the bus answers."""
        ...
