"""What becomes of a rule whose condition holds for a story: pure, with every time an argument."""

from datetime import datetime, timedelta

import msgspec

from newsbeam.alert import Alert, AlertRule, Decision
from newsbeam.identity import alert_id


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision needs to know of the story. `family` is the outlet's owner; `wire` tells an agency."""

    story: str
    cluster: str
    title: str
    url: str | None
    outlet: str
    family: str
    wire: bool
    backfill: bool
    published_at: datetime
    seen_at: datetime
    tags: tuple[str, ...]


class Telling(msgspec.Struct, frozen=True):
    """An alert as the store keeps it: its newest version, and what is counted beside it.

    `stories` are its members so far, also those that made no new version; `families` the owners of its outlets,
    wire agencies apart.
    """

    alert: Alert
    stories: int
    families: tuple[str, ...]


def decide(
    candidate: Candidate, told: Telling | None, *, max_age: timedelta, revision: bool = False
) -> Decision:
    """Return what becomes of a rule that holds for `candidate`, whose cluster was `told` of already or not.

    A revision can tell what was never told, and changes nothing that was.
    """
    if candidate.backfill:
        return Decision.BACKFILL
    if candidate.seen_at - candidate.published_at > max_age:
        return Decision.TOO_OLD
    if told is None:
        return Decision.TOLD
    if revision or candidate.outlet in told.alert.outlets:
        return Decision.KNOWN
    return Decision.JOINED


def tell(
    candidate: Candidate, rule: AlertRule, version: str, now: datetime, late_after: timedelta
) -> Telling:
    """Return the first version of the alert of `rule` for the candidate's cluster."""
    families = () if candidate.wire else (candidate.family,)
    alert = Alert(
        id=alert_id(rule.id, candidate.cluster),
        rule=rule.id,
        rule_version=version,
        topic=rule.topic,
        severity=rule.severity,
        cluster=candidate.cluster,
        version=1,
        title=candidate.title,
        url=candidate.url,
        story=candidate.story,
        outlets=(candidate.outlet,),
        families=max(1, len(families)),  # told by an agency alone, it is one outlet
        stories=1,
        late=now - candidate.published_at > late_after,
        told_at=now,
        updated_at=now,
        published_at=candidate.published_at,
        tags=candidate.tags,
    )
    return Telling(alert, 1, families)


def join(told: Telling, candidate: Candidate, now: datetime) -> Telling:
    """Return the alert's next version, with the candidate's outlet in it."""
    families = told.families
    if not candidate.wire and candidate.family not in families:
        families = (*families, candidate.family)
    alert = msgspec.structs.replace(
        told.alert,
        version=told.alert.version + 1,
        outlets=(*told.alert.outlets, candidate.outlet),
        families=max(1, len(families)),
        stories=told.stories + 1,
        updated_at=now,
    )
    return Telling(alert, told.stories + 1, families)


def grow(told: Telling) -> Telling:
    """Return the alert with one more member that makes no new version."""
    return Telling(told.alert, told.stories + 1, told.families)
