"""Settings of the deliverer, and what they say of one channel."""

from pathlib import Path

import msgspec

from connectors.channels.retry import RetryPolicy


class DeliverSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The `deliver` section: how alerts leave the store.

    `poll_s` is how soon a new alert is seen; what has to wait, such as a retry, is looked for a tenth as often.
    `concurrency` is how many requests one subscription's receiver gets at a time; a later version of an
    alert always waits for the earlier one. A claim that its deliverer did not settle within `lease_s` is
    another's to take. `secrets_dir` keeps the webhook secrets of subscriptions without a `secret_file`; by default
    it is `secrets` in the data directory. A
    receiver that does not answer is tried every `longest_pause_s` at least. The rest is `RetryPolicy`.
    """

    poll_s: float = 0.2
    timeout_s: float = 10.0
    lease_s: float = 60.0
    concurrency: int = 4
    stop_s: float = 2.0
    secrets_dir: str | None = None
    first_wait_s: float = RetryPolicy().first_wait_s
    longest_wait_s: float = RetryPolicy().longest_wait_s
    longest_pause_s: float = 60.0
    longest_retry_after_s: float = RetryPolicy().longest_retry_after_s
    attempts: int = RetryPolicy().attempts
    refused_attempts: int = RetryPolicy().refused_attempts
    age_s: float = RetryPolicy().age_s

    def __post_init__(self) -> None:
        """Raise `ValueError` for what cannot work."""
        if min(self.poll_s, self.timeout_s, self.first_wait_s, self.age_s) <= 0:
            raise ValueError("poll, timeout, first_wait and age must be longer than 0")
        if min(self.concurrency, self.attempts, self.refused_attempts) < 1:
            raise ValueError("concurrency, attempts and refused_attempts must be at least 1")
        if self.lease_s < 2 * self.timeout_s:
            raise ValueError("lease must be at least twice the timeout")

    @property
    def policy(self) -> RetryPolicy:
        """How often, and how long, one delivery is tried."""
        return RetryPolicy(**{name: getattr(self, name) for name in RetryPolicy.__struct_fields__})

    def secret_file(self, subscription: str, given: str | None) -> Path:
        """Return where the subscription's secret is."""
        return Path(given) if given else Path(self.secrets_dir or "data/secrets") / f"{subscription}.secret"
