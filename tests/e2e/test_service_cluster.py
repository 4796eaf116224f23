"""The cluster deployment, Kafka, Flink and PostgreSQL, ends with what a laptop ends with."""

from collections.abc import Callable

import pytest

from tests.e2e.conftest import Deployed
from tests.e2e.service import IMMORTAL, call, fast_wire
from tests.servers.flink import FlinkCluster
from tests.servers.process import wait_until

pytestmark = [pytest.mark.flink, pytest.mark.timeout(600)]


def test_laptop_and_cluster_end_equal_on_the_same_news(
    deploy: Callable[..., Deployed], kafka_url: str, postgres_url: str, flink_cluster: FlinkCluster
) -> None:
    wire = fast_wire(19, slots=30, lasts_s=25, script=IMMORTAL)
    both = [
        deploy(wire, name="laptop"),
        deploy(wire, kafka_url, postgres_url, name="cluster", flink=flink_cluster),
    ]
    for one in both:
        one.service.start()
    for one in both:
        one.service.await_page(within_s=150)
        wait_until(one.ledger().all_watched, 150, "the first fetches", one.service.tail)
    both[0].begin_news(within_s=150)
    laptop, cluster = (one.quiesce(within_s=240).equal() for one in both)
    assert laptop.stories == cluster.stories
    assert laptop.tags == cluster.tags
    assert laptop.counts == cluster.counts
    assert len(laptop.stories) > 250
    # Stopping the service cancels its job; a job whose keeper was killed is cancelled by hand.
    service = both[1].service
    assert call(service.command("process", "--stop"), service.config.parent).code == 5
    service.stop()
    wait_until(lambda: flink_cluster.living() == [], 30, "the job to be cancelled")
    service.start()
    wait_until(lambda: flink_cluster.living() != [], 90, "the job", service.tail)
    service.kill_tree()
    said = call(service.command("process", "--stop"), service.config.parent)
    assert (said.code, flink_cluster.living()) == (0, [])
    assert "Cancelled: " in said.all
