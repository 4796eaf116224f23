"""The server deployment, Kafka and PostgreSQL beside real processes: as the ground truth says, as the laptop ends."""

from collections.abc import Callable

from newsbeam.newswire import Script
from tests.e2e.conftest import Deployed
from tests.e2e.equality import assert_delivered, assert_equals_truth
from tests.e2e.service import FIRST_ONLY, SUBSCRIPTION, fast_wire
from tests.servers.process import wait_until


def test_a_server_run_ends_with_exactly_the_ground_truth(
    deploy: Callable[..., Deployed], kafka_url: str, postgres_url: str
) -> None:
    one = deploy(fast_wire(16, slots=40, lasts_s=25), kafka_url, postgres_url)
    one.service.start()
    one.service.await_page()
    one.begin_news()
    ledger = one.quiesce()
    truth = assert_equals_truth(ledger, one.bus_url)
    assert truth.alerts_by_rule.total() >= 5
    assert truth.revisions == one.service.json("/api/v1/status")["dispositions"]["revision"]
    for path, subscription, updates in (("/all", SUBSCRIPTION, True), ("/first", FIRST_ONLY, False)):
        assert assert_delivered(ledger, truth, one.receiver.on(path), subscription, updates) == 0


def test_laptop_and_server_end_equal_on_the_same_news(
    deploy: Callable[..., Deployed], kafka_url: str, postgres_url: str
) -> None:
    lasting = Script(rubbish_after_s=1e6, dies_after_s=1e6, refuses_after_s=1e6)
    wire = fast_wire(17, slots=30, lasts_s=25, script=lasting)
    both = [deploy(wire, name="laptop"), deploy(wire, kafka_url, postgres_url, name="server")]
    for one in both:
        one.service.start()
    for one in both:
        one.service.await_page()
        wait_until(one.ledger().all_watched, 60, "the first fetches", one.service.tail)
    both[0].begin_news()
    laptop, server = (one.quiesce().equal() for one in both)
    assert laptop.stories == server.stories
    assert laptop.tags == server.tags
    assert laptop.counts == server.counts
    assert len(laptop.stories) > 250
