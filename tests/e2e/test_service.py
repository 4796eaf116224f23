"""The whole product on a laptop, as processes: what it ends with is the newswire's ground truth."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

from newsbeam.count import EVERYTHING
from newsbeam.newswire import DEMO_RULES, GroundTruth
from tests.e2e.conftest import Deployed
from tests.e2e.equality import Ledger, assert_delivered, assert_equals_truth, expected_sums
from tests.e2e.service import FIRST_ONLY, SUBSCRIPTION, Service, fast_wire


def test_a_run_ends_with_exactly_the_ground_truth(deploy: Callable[..., Deployed]) -> None:
    one = deploy(fast_wire(11, slots=40, lasts_s=25))
    one.service.start()
    one.service.await_page()
    one.begin_news()
    ledger = one.quiesce()
    truth = assert_equals_truth(ledger, one.bus_url)
    assert truth.alerts_by_rule.total() >= 5
    assert truth.revisions == ended(one.service)["revision"]
    for path, subscription, updates in (("/all", SUBSCRIPTION, True), ("/first", FIRST_ONLY, False)):
        assert assert_delivered(ledger, truth, one.receiver.on(path), subscription, updates) == 0
    assert_shown(one.service, ledger, truth)
    one.service.stop()
    assert one.service.tail().count("Traceback") == 0


def ended(service: Service) -> dict[str, int]:
    return dict(service.json("/api/v1/status")["dispositions"])


def assert_shown(service: Service, ledger: Ledger, truth: GroundTruth) -> None:
    """Every number of the first page and of the API is the true one."""
    status = service.json("/api/v1/status")
    assert (status["stories"], status["clusters"]) == (len(truth.stories), truth.clusters)
    assert (status["alerts"], status["dead_letters"]) == (len(truth.alerts), 0)
    old = [story for story in truth.stories.values() if story.backfill]
    history = sum(topic in story.topics for story in old for _, topic in DEMO_RULES)
    before = expected_sums(ledger, truth, datetime.now(UTC))
    page = service.get("/")
    topics = service.json("/api/v1/topics")
    after = expected_sums(ledger, truth, datetime.now(UTC))
    for name, number in {
        "Stories": len(truth.stories),
        "Events": truth.clusters,
        "Alerts": len(truth.alerts),
    }.items():
        assert f"<dt>{name}</dt><dd>{number}</dd>" in page
    assert f"{history} matches in what feeds still held" in page
    rows = re.findall(r'href="/topics/([a-z-]+)"><bdi>[^<]*</bdi></a></th><td class="n">(\d+)</td>', page)
    assert len(rows) == 12
    shown = {topic: int(number) for topic, number in rows}
    assert shown in ({t: sums[t] for t in shown} for sums in (before, after))
    told = {topic["id"]: topic["stories"] for topic in topics["topics"]} | {
        EVERYTHING: topics["all"]["stories"]
    }
    assert told in ({t: sums[t] for t in told} for sums in (before, after))
    assert paged(service, "stories", "record_seq") == len(truth.stories)
    assert paged(service, "alerts", "alert_seq") == len(truth.alerts)


def paged(service: Service, kind: str, cursor: str) -> int:
    """How many there are when a program follows the cursors from the start."""
    seen: list[int] = []
    after = "0"
    while True:
        page = service.json(f"/api/v1/{kind}?after={after}&limit=100")
        if not page[kind]:
            assert seen == sorted(set(seen))
            return len(seen)
        seen += [one[cursor] for one in page[kind]]
        after = page["next"]
