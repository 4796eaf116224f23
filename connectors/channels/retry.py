"""When to try again, and when to give up: pure arithmetic, the time and the chance are passed in."""

from datetime import datetime, timedelta

import msgspec

from connectors.channels.channel import DeliveryRefused
from newsbeam.errors import DeliveryFailed


class RetryPolicy(msgspec.Struct, frozen=True, kw_only=True):
    """How stubborn a deliverer is.

    The wait doubles from `first_wait_s` up to `longest_wait_s`, each between half and the whole of it.
    A receiver's Retry-After is obeyed up to `longest_retry_after_s`. A delivery fails for good after
    `attempts`, or when the next try would come later than `age_s` after it was written; after
    `refused_attempts` when the receiver answered with an error of the sender's (4xx other than 408, 425 and
    429, and redirects); at once when the failure is permanent (410 Gone).
    """

    first_wait_s: float = 1.0
    longest_wait_s: float = 900.0
    longest_retry_after_s: float = 86_400.0
    attempts: int = 500
    refused_attempts: int = 4
    age_s: float = 3 * 86_400.0


def wait_s(policy: RetryPolicy, attempts: int, chance: float) -> float:
    """Return the seconds to wait after `attempts` failures in a row (from 1 on); `chance` is in [0, 1)."""
    doubled = policy.first_wait_s * 2.0 ** min(attempts - 1, 60)
    return min(policy.longest_wait_s, doubled) * (0.5 + chance / 2)


def next_attempt(
    policy: RetryPolicy,
    failure: DeliveryFailed,
    *,
    attempts: int,
    written_at: datetime,
    now: datetime,
    chance: float,
) -> datetime | None:
    """Return when to try again after the attempt number `attempts` failed at `now`; None: give up."""
    allowed = policy.refused_attempts if isinstance(failure, DeliveryRefused) else policy.attempts
    if failure.permanent or attempts >= allowed:
        return None
    asked = min(failure.retry_after_s or 0.0, policy.longest_retry_after_s)
    again = now + timedelta(seconds=max(wait_s(policy, attempts, chance), asked))
    return again if again - written_at <= timedelta(seconds=policy.age_s) else None
