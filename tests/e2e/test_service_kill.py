"""kill -9 of the whole process tree at random moments, over and over: nothing lost, nothing doubled.

`NEWSBEAM_KILL_ROUNDS` says how often (default 3); `NEWSBEAM_KILL_SEED` chooses the moments.
"""

import os
import time
from collections.abc import Callable
from random import Random

import pytest

from newsbeam.newswire import RunningServer
from tests.e2e.conftest import Deployed
from tests.e2e.equality import assert_delivered, assert_equals_truth
from tests.e2e.service import FIRST_ONLY, IMMORTAL, SUBSCRIPTION, fast_wire

ROUNDS = int(os.environ.get("NEWSBEAM_KILL_ROUNDS", "3"))
SEED = int(os.environ.get("NEWSBEAM_KILL_SEED", "2026"))
ROUND_S = 8.0  # the wire has news for about so long in each round

pytestmark = pytest.mark.timeout(120 + 60 * ROUNDS)


def wire_for_kills(seed: int) -> RunningServer:
    return fast_wire(seed, slots=20 + 10 * ROUNDS, lasts_s=10 + ROUND_S * ROUNDS, script=IMMORTAL)


def killed_again_and_again(one: Deployed) -> None:
    """Kill the tree at random moments, from before it is ready to long after, and start it each time."""
    random = Random(SEED)  # noqa: S311 - moments that a seed repeats
    for number in range(ROUNDS):
        one.service.start()
        if number == max(1, ROUNDS // 4):  # the rounds before this one killed first fetches
            one.service.await_page()
            one.begin_news()
        # a random moment is waited for by nothing but time
        time.sleep(random.choice((random.uniform(0.5, 4.0), random.uniform(4.0, 2 * ROUND_S))))
        one.service.kill_tree(random)
    one.service.start()


def assert_nothing_lost_or_doubled(one: Deployed) -> None:
    ledger = one.quiesce()
    truth = assert_equals_truth(ledger, one.bus_url)
    assert truth.alerts_by_rule.total() >= 5
    assert_delivered(ledger, truth, one.receiver.on("/all"), SUBSCRIPTION, updates=True)
    assert_delivered(ledger, truth, one.receiver.on("/first"), FIRST_ONLY, updates=False)
    assert one.service.tail().count("Traceback") == 0


def test_a_killed_laptop_loses_and_doubles_nothing(deploy: Callable[..., Deployed]) -> None:
    one = deploy(wire_for_kills(12))
    killed_again_and_again(one)
    assert_nothing_lost_or_doubled(one)


def test_a_killed_server_deployment_loses_and_doubles_nothing(
    deploy: Callable[..., Deployed], kafka_url: str, postgres_url: str
) -> None:
    one = deploy(wire_for_kills(13), kafka_url, postgres_url)
    killed_again_and_again(one)
    assert_nothing_lost_or_doubled(one)
