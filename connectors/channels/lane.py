"""What a deliverer remembers of one subscription: its channel, what is under way, when to hold back."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from connectors.channels.channel import Channel
from connectors.channels.retry import RetryPolicy, wait_s
from newsbeam.alert import Subscription
from newsbeam.store.outbox import Claim


class Lane:
    """One subscription's lane: a slow or dead receiver fills only its own.

    After a failure that concerns the receiver, not the parcel, the lane pauses; then one parcel probes, and
    the first success opens it again. A lane that is `closing`, because its subscription was edited or is gone,
    starts nothing new: what is under way ends, and what waits is another lane's or nobody's.
    """

    def __init__(self, subscription: Subscription, channel: Channel, concurrency: int) -> None:
        self.subscription = subscription
        self.channel = channel
        self.running: set[asyncio.Task[None]] = set()
        self.closing = False
        self.failures = 0  # in a row, of the receiver
        self._width = concurrency if channel.limited else 1  # order on the bus is worth more than width
        self._paused_until: datetime | None = None

    def room(self, now: datetime) -> int:
        """Return how many parcels may be claimed now."""
        if self.closing or (self._paused_until is not None and now < self._paused_until):
            return 0
        width = 1 if self.failures else self._width
        free = max(0, width - len(self.running))
        return free if self.failures and self.channel.limited else free * self.channel.batch

    def batches(self, claims: Sequence[Claim]) -> list[Sequence[Claim]]:
        """Return claims as the batches that the channel takes."""
        size = self.channel.batch
        return [claims[at : at + size] for at in range(0, len(claims), size)]

    def succeed(self) -> bool:
        """Open the lane; return whether it had been failing."""
        failing, self.failures, self._paused_until = self.failures > 0, 0, None
        return failing

    def fail(
        self, now: datetime, policy: RetryPolicy, longest_s: float, chance: float, asked_s: float
    ) -> bool:
        """Pause the lane after a failure of the receiver; return whether it is the first in a row.

        Failures of requests that were under way together count once.
        """
        if self._paused_until is not None and now < self._paused_until:
            return False
        self.failures += 1
        pause = max(min(longest_s, wait_s(policy, self.failures, chance)), asked_s)
        self._paused_until = now + timedelta(seconds=pause)
        return self.failures == 1
