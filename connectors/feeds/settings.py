"""Every limit and pace of feed polling, with the reason for its default."""

import math

import msgspec

MIB = 1024 * 1024
_OF_LEASE = 0.9  # the rest is for writing down how the visit went


class FeedsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Section `feeds`: how often, how politely and within which bounds feeds are read.

    Pace: `every_s` between two fetches of a feed that sets no own, at least `shortest_s`; a server's
    Cache-Control may lengthen it up to `cache_longest_s`, failures up to `backoff_longest_s`; `gone_every_s`
    is how often a feed that answered 410 is still tried. `stale_after_s` without a new entry is staleness.

    Politeness: one request at a time a host, `host_gap_s` between two; `concurrency` feeds at once over all.

    Bounds: `timeout_s` for one request, `connect_timeout_s` of it to connect; `body_bytes` on the wire,
    `document_bytes` after decompression; `redirects`; `parse_timeout_s` and `parser_bytes` (address space) of
    one of `parsers` worker processes; `entries` of a document, `text_chars` of a body.

    `lease_s` is how long another poller leaves a claimed feed alone, so that a visit, redirects and waiting
    included, is ended at nine tenths of it; `refresh_s` is how soon a change of the feed list is seen.
    """

    every_s: float = 900.0
    shortest_s: float = 60.0
    cache_longest_s: float = 3_600.0
    backoff_longest_s: float = 6 * 3_600.0
    retry_after_longest_s: float = 86_400.0
    gone_every_s: float = 7 * 86_400.0
    stale_after_s: float = 3 * 86_400.0
    jitter: float = 0.1

    concurrency: int = 32
    host_gap_s: float = 1.0

    timeout_s: float = 30.0
    connect_timeout_s: float = 10.0
    body_bytes: int = 10 * MIB
    document_bytes: int = 16 * MIB
    redirects: int = 5
    parse_timeout_s: float = 15.0
    parser_bytes: int = 1024 * MIB
    parsers: int = 2
    entries: int = 1_000
    text_chars: int = 100_000
    publish_timeout_s: float = 10.0

    lease_s: float = 120.0
    refresh_s: float = 5.0
    user_agent: str = (
        "newsbeam/0.1 (feed reader)"  # an operator adds an address where publishers can complain
    )

    def __post_init__(self) -> None:
        """Raise `ValueError` for what cannot work."""
        if min(self.concurrency, self.parsers) < 1:
            raise ValueError("concurrency and parsers must be at least 1")
        least_s = self.timeout_s + self.parse_timeout_s + self.publish_timeout_s
        if self.visit_s < least_s:
            raise ValueError(
                f"lease must be at least {math.ceil(least_s / _OF_LEASE)} s: a visit may take the timeout, "
                f"parse_timeout and publish_timeout, {least_s:g} s together, and has to end well before its lease"
            )

    @property
    def visit_s(self) -> float:
        """How long a whole visit may take."""
        return self.lease_s * _OF_LEASE
