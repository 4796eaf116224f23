"""Alerts: the list, and one with its evidence, versions and deliveries."""

from fastapi import APIRouter, Query, Request
from starlette.responses import HTMLResponse

from dashboard.site import SiteOf
from dashboard.stream import Cursor
from newsbeam.store import pages, reads

router = APIRouter(include_in_schema=False)

PAGE = 50


@router.get("/alerts")
def list_alerts(
    request: Request, site: SiteOf, topic: str | None = None, before: int | None = Query(None, ge=0, lt=2**62)
) -> HTMLResponse:
    """Alerts, those told or updated last first; `before` is the alert_seq to go on from."""
    topic = topic or None
    pulse = pages.pulse(site.context.store)
    found = reads.latest_alerts(site.context.store, topic=topic, before=before, limit=PAGE + 1)
    return site.page(
        request,
        "alerts.html",
        views=found[:PAGE],
        older=found[PAGE - 1].alert_seq if len(found) > PAGE else None,
        topic=topic,
        topics=sorted({rule.topic for rule in site.context.watch().rules}),
        first=before is None,
        cursor=str(Cursor(pulse.epoch, pulse.alert_seq)),
        record_seq=pulse.record_seq,
    )


@router.get("/alerts/{alert}")
def show_alert(request: Request, site: SiteOf, alert: str) -> HTMLResponse:
    """One alert."""
    found = reads.alert_by_id(site.context.store, alert)
    evidence = {decision.story: decision for decision in found.decisions}
    rules = {rule.id: rule for rule in site.context.watch().rules}
    return site.page(
        request,
        "alert.html",
        alert=found.alert,
        detail=found,
        evidence=evidence,
        rule=rules.get(found.alert.rule),
        versions=pages.alert_versions(site.context.store, alert),
    )
