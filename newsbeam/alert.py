"""Alert rules, the alerts they tell, and who gets them."""

from datetime import datetime
from enum import StrEnum

import msgspec


class Severity(StrEnum):
    """How loudly an alert is told."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class AlertRule(msgspec.Struct, frozen=True, kw_only=True):
    """When to tell. `when` is a query in the topic language; `version` is the hash of its meaning."""

    id: str
    when: str
    topic: str  # the alert topic: what people subscribe to
    label: str | None = None
    kind: str = "match"
    severity: Severity = Severity.MEDIUM
    max_age_s: float | None = None  # None: the service's maximum event age


class Decision(StrEnum):
    """What became of a rule whose condition held for a story; kept so that `trace` can say why."""

    TOLD = "told"  # a new alert
    JOINED = "joined"  # the cluster's living alert was updated
    KNOWN = "known"  # the cluster's alert exists and nothing about it changed
    BACKFILL = "backfill"  # first fetch of a feed: history, not news
    TOO_OLD = "too_old"  # older than the maximum event age when first seen


class Alert(msgspec.Struct, frozen=True, kw_only=True):
    """One telling, living: it grows as outlets join its cluster. `id` = hash(rule id, cluster)."""

    id: str
    rule: str
    rule_version: str
    topic: str
    severity: Severity
    cluster: str
    version: int
    title: str
    url: str | None
    story: str  # id of the story that fired it
    outlets: tuple[str, ...]  # every outlet seen so far, in order of arrival
    families: int  # how many of them are independent: owner families, wire agencies left out; at least 1
    stories: int
    late: bool
    told_at: datetime
    updated_at: datetime
    published_at: datetime
    tags: tuple[str, ...] = ()  # topics of the story that fired it


class Subscription(msgspec.Struct, frozen=True, kw_only=True):
    """Who gets which alert topics, and how. `updates` says whether later versions are sent too."""

    id: str
    channel: str  # webhook | topic | …: a name in the channel registry
    topics: tuple[str, ...] = ("*",)
    updates: bool = False
    min_severity: Severity = Severity.LOW
    url: str | None = None
    secret_file: str | None = None
    allow_private: bool = False
    enabled: bool = True
