"""History is not news, and a backlog is no burst: a first fetch tells nothing, six hours away tell an event once."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import select

from newsbeam.alert import Alert
from newsbeam.codec import decode_alert
from newsbeam.newswire import Newswire, Script, serve
from newsbeam.store import schema
from tests.e2e.conftest import Deployed
from tests.e2e.equality import assert_delivered, assert_equals_truth
from tests.e2e.service import FIRST_ONLY, WireClock, healthy_feeds
from tests.servers.process import wait_until

AWAY = timedelta(hours=6)
SLOTS = 40
LATE = timedelta(hours=1)


def test_six_hours_away_tell_each_event_once_and_late(deploy: Callable[..., Deployed]) -> None:
    now = datetime.now(UTC)
    script = Script(lead_s=900.0)  # nothing is new before the service stops
    pace = SLOTS / (AWAY.total_seconds() - 1800)
    wire = Newswire(20, now - AWAY, pace, stop_after=SLOTS, script=script)
    clock = WireClock(wire.started_at)
    one = deploy(serve(wire, clock=clock))

    one.service.start()
    one.service.await_page()
    ledger = one.ledger()
    wait_until(
        lambda: healthy_feeds(one.wire) <= set(one.wire.fetches()), 60, "first fetches", one.service.tail
    )
    wait_until(lambda: not ledger.behind(one.bus_url), 60, "all to be recorded", one.service.tail)
    status = one.service.json("/api/v1/status")
    assert status["stories"] > 200
    assert status["alerts"] == 0
    assert one.service.json("/api/v1/alerts")["alerts"] == []
    one.service.stop()
    assert outcomes(one) == {"backfill"}

    clock.jump_to(datetime.now(UTC))
    one.service.start()
    ledger = one.quiesce()
    truth = assert_equals_truth(ledger, one.bus_url)
    told = alerts(one)
    assert len(told) >= 5
    assert [a.late for a in told] == [a.told_at - a.published_at > LATE for a in told]
    assert sum(a.late for a in told) >= len(told) // 2
    assert one.receiver.on("/first")
    assert assert_delivered(ledger, truth, one.receiver.on("/first"), FIRST_ONLY, updates=False) == 0
    # What was too old when first seen is counted in its own past and tells nothing.
    old = [s for s in truth.stories.values() if not s.backfill and not s.may_alert(48 * 3600)]
    assert any("sanctions" in story.topics for story in old)
    assert "too_old" in outcomes(one)


def outcomes(one: Deployed) -> set[str]:
    """What became of rules whose condition held."""
    with one.ledger().store.read() as connection:
        return set(connection.execute(select(schema.decision.c.outcome)).scalars())


def alerts(one: Deployed) -> list[Alert]:
    with one.ledger().store.read() as connection:
        return [decode_alert(d) for d in connection.execute(select(schema.alert.c.document)).scalars()]
