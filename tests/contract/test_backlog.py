"""What waits to be recorded is counted on the bus itself, and what the server is asked is counted by route."""

from collections.abc import Iterator

import pytest

from dashboard.context import DashboardContext
from newsbeam.app.backlog import Backlog
from newsbeam.bus import open_bus
from newsbeam.bus.port import STORIES, Bus, Sent
from newsbeam.errors import BusUnavailable
from newsbeam.recording import Recorder
from newsbeam.store.database import Store
from newsbeam.story import DeadLetter
from tests.contract.recordings import NOON, chunk_of, fresh
from tests.e2e.dashboard import Serving


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = fresh(tmp_path_factory.mktemp("backlog"), "store")
    yield opened
    opened.close()


def publish(bus: Bus, records: int) -> None:
    with bus.publisher() as publisher:
        publisher.publish(STORIES, [Sent(str(n).encode(), b"{}") for n in range(records)])


def test_the_backlog_is_what_the_bus_holds_and_nobody_recorded(bus_url: str, store: Store) -> None:
    bus = open_bus(bus_url)
    publish(bus, 200)
    first = Backlog(bus, store)
    before = dict(first())
    assert sum(before.values()) == 200
    Recorder(store).record(chunk_of([DeadLetter("x", "y", b"z")] * 7), NOON)  # of partition 0
    assert first() == before  # asked again so soon, it spares the bus
    first.close()
    later = Backlog(bus, store)
    assert later() == before | {0: before[0] - 7}
    later.close()


def test_metrics_say_what_waits_and_what_was_asked(local_bus_url: str, store: Store) -> None:
    bus = open_bus(local_bus_url)
    publish(bus, 40)
    Recorder(store).record(chunk_of([DeadLetter("x", "y", b"z")] * 3), NOON)
    backlog = Backlog(bus, store)
    with Serving(DashboardContext(store, backlog=backlog)) as site:
        site.get("/healthz")
        site.get("/nothing/of/ours/1")
        site.get("/alerts", {"host": "evil.example"})
        text = site.get("/metrics").text
    backlog.close()
    waiting = [line for line in text.splitlines() if line.startswith("newsbeam_backlog_records{")]
    assert sum(float(line.rpartition(" ")[2]) for line in waiting) == 37
    assert 'newsbeam_store_next_offset{partition="0"} 3.0' in text
    for asked in ('route="/healthz",status="2xx"', 'route="other",status="4xx"'):
        assert f"newsbeam_http_requests_total{{{asked}}}" in text
    assert "of/ours" not in text


def test_a_bus_that_is_away_is_said_and_hides_no_other_number(store: Store) -> None:
    def away() -> dict[int, int]:
        raise BusUnavailable("no broker answers")

    with Serving(DashboardContext(store, backlog=away)) as site:
        text = site.get("/metrics").text
    assert "# the bus does not answer: no broker answers" in text
    assert "newsbeam_store_stories 0.0" in text
