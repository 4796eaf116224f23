"""Section `recording`: what is news, what is late, what is one story."""

import msgspec


class RecordingSettings(msgspec.Struct, frozen=True, kw_only=True):
    """How records become stories and alerts.

    `max_age_s`: older than this when first seen, a story is history and tells nothing (a rule may set its own).
    `late_after_s`: an alert told later than this after its story was published is marked late.
    `future_s`: how far ahead of the bus's clock a publication time may lie before it counts as impossible.
    `cluster_window_s`: equal texts further apart than this are two events (a weekly column, a standing notice).
    `cluster_span_s`: a text repeated without a pause (a daily notice) is a new event when the first is older than
    this.
    `cluster_likeness`: how much of the shorter of two texts must stand in the other for a near copy, from 0 to 1; 1:
    only equal texts form clusters.
    `oldest_s`: a story older than this is recorded no more; by default the retention of stories, since it would go
    at once.
    `max_keys`: how many keys of one story are remembered, so that an address that changes with every fetch cannot
    fill the store.
    `excerpt_chars`: what is kept of a text whose outlet allows an excerpt.
    `dead_value_bytes`: how much of a dead letter is kept.
    """

    max_age_s: float = 48 * 3600.0
    late_after_s: float = 3600.0
    future_s: float = 600.0
    cluster_window_s: float = 72 * 3600.0
    cluster_span_s: float = 7 * 86400.0
    cluster_likeness: float = 0.55
    oldest_s: float | None = None
    max_keys: int = 50
    excerpt_chars: int = 300
    dead_value_bytes: int = 1024 * 1024

    def __post_init__(self) -> None:
        if min(self.max_age_s, self.cluster_window_s) <= 0 or (
            self.oldest_s is not None and self.oldest_s <= 0
        ):
            raise ValueError("max_age, cluster_window and oldest: more than 0")
        if self.cluster_span_s < self.cluster_window_s:
            raise ValueError("cluster_span: at least cluster_window")
        if not 0.4 <= self.cluster_likeness <= 1:
            raise ValueError(
                "cluster_likeness: from 0.4 (less would join what is no copy) to 1 (equal texts only)"
            )
        if self.max_keys < 4:
            raise ValueError("max_keys: at least 4")
        if self.excerpt_chars < 1 or self.dead_value_bytes < 1:
            raise ValueError("excerpt_chars and dead_value_bytes: at least 1")
