"""The port of every channel: what is handed to it, what it answers, and how it fails."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

import msgspec

from newsbeam.errors import DeliveryFailed

ALERT, DEAD, TEST = "alert", "dead", "test"


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """One thing to send; everything a channel says of it is a function of these fields alone.

    `document` is the alert as it was recorded, or what is told of a dead letter; `key` is the idempotency key: a
    repeat has the same one.
    """

    key: str
    kind: str  # alert | dead | test
    topic: str  # alert topic, or the bus topic of a dead letter
    document: bytes
    written_at: datetime
    alert: str | None = None


class Receipt(msgspec.Struct, frozen=True):
    """What the other side answered, in a line for people."""

    detail: str


class DeliveryRefused(DeliveryFailed):
    """The receiver answered, and said no: a few more tries are enough to bridge its own deployments."""


class Channel(Protocol):
    """Sends parcels of one subscription. Used from one event loop.

    `batch` is how many parcels one `send` takes; `limited` says whether a delivery is given up after the
    settings' attempts and age (a receiver of someone else's) or never (newsbeam's own bus).
    """

    batch: int
    limited: bool

    async def send(self, parcels: Sequence[Parcel], now: datetime) -> Receipt:
        """Return when the other side has taken every parcel.

        `now` is only for what must carry the time of sending. Raises `DeliveryFailed` (its `permanent`:
        trying again cannot help; `DeliveryRefused`: a few times may) when any of them may not have arrived,
        and `Unavailable` when the other side is newsbeam's own and away.
        """
        ...

    async def close(self) -> None:
        """Release connections; idempotent."""
        ...
