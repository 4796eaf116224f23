"""The cluster deployment: Kafka, Flink and PostgreSQL; as the ground truth says, whatever dies."""

from collections.abc import Callable

import pytest

from newsbeam.newswire import Script
from tests.e2e.conftest import Deployed
from tests.e2e.equality import Ledger, assert_delivered, assert_equals_truth
from tests.e2e.service import FIRST_ONLY, SUBSCRIPTION, call, fast_wire
from tests.servers.flink import FlinkCluster
from tests.servers.process import wait_until

pytestmark = [pytest.mark.flink, pytest.mark.timeout(600)]

IMMORTAL = Script(rubbish_after_s=1e6, dies_after_s=1e6, refuses_after_s=1e6)


def await_more(one: Deployed, ledger: Ledger) -> None:
    """Return when the job has recorded something since; or all there is, where the machine is slow."""
    begun = recorded(ledger)
    wait_until(
        lambda: recorded(ledger) > begun or (begun > 0 and not ledger.behind(one.bus_url)),
        180,
        "more records",
        one.service.tail,
    )


def recorded(ledger: Ledger) -> int:
    return sum(row.next for row in ledger.positions())


def test_whatever_dies_the_cluster_ends_with_exactly_the_ground_truth(
    deploy: Callable[..., Deployed], kafka_url: str, postgres_url: str, flink_cluster: FlinkCluster
) -> None:
    one = deploy(
        fast_wire(18, slots=60, lasts_s=60, script=IMMORTAL), kafka_url, postgres_url, flink=flink_cluster
    )
    one.service.start()
    one.service.await_page(within_s=150)
    one.begin_news(within_s=150)
    ledger = one.ledger()
    await_more(one, ledger)

    flink_cluster.worker_pool.kill()  # and with it its workers
    flink_cluster.start_worker_pool()
    await_more(one, ledger)
    flink_cluster.task_manager.kill()
    flink_cluster.start_task_manager()
    await_more(one, ledger)
    flink_cluster.job_manager.kill()  # it forgets every job: the keeper submits it again
    flink_cluster.start_job_manager()

    one.quiesce(within_s=240)
    truth = assert_equals_truth(ledger, one.bus_url)
    assert truth.alerts_by_rule.total() >= 5
    assert_delivered(ledger, truth, one.receiver.on("/all"), SUBSCRIPTION, updates=True)
    assert_delivered(ledger, truth, one.receiver.on("/first"), FIRST_ONLY, updates=False)
    assert "Traceback" not in one.service.tail()


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
    wait_until(lambda: living(flink_cluster) == [], 30, "the job to be cancelled")
    service.start()
    wait_until(lambda: living(flink_cluster) != [], 90, "the job", service.tail)
    service.kill_tree()
    said = call(service.command("process", "--stop"), service.config.parent)
    assert (said.code, living(flink_cluster)) == (0, [])
    assert "Cancelled: " in said.all


def living(cluster: FlinkCluster) -> list[str]:
    """Return the jobs that have not ended."""
    ended = {"CANCELED", "FAILED", "FINISHED"}
    return [one["jid"] for one in cluster.ask("jobs/overview")["jobs"] if one["state"] not in ended]
