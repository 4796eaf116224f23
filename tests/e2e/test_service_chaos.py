"""Faults drawn at random befall the cluster, one after the other: nothing lost, nothing doubled.

`NEWSBEAM_CHAOS_ROUNDS` says how many (default 3), `NEWSBEAM_CHAOS_SEED` which; every fault is drawn before any comes
again. `NEWSBEAM_CHAOS_FAULTS` draws from those alone whose names hold one of its words (separated by commas).
"""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from random import Random

import pytest

from tests.e2e.equality import assert_delivered, assert_equals_truth
from tests.e2e.faults import faults
from tests.e2e.service import FIRST_ONLY, IMMORTAL, SUBSCRIPTION, fast_wire
from tests.e2e.world import World

ROUNDS = int(os.environ.get("NEWSBEAM_CHAOS_ROUNDS", "3"))
SEED = int(os.environ.get("NEWSBEAM_CHAOS_SEED", "2026"))
WORDS = os.environ.get("NEWSBEAM_CHAOS_FAULTS", "").split(",")
ROUND_S = 15.0  # the wire has news for about so long in each round
LONGEST_S = 8.0  # of a fault

pytestmark = [
    pytest.mark.kafka,
    pytest.mark.postgres,
    pytest.mark.flink,
    pytest.mark.timeout(900 + 200 * ROUNDS),
]


def drawn(names: Sequence[str], random: Random) -> Iterator[str]:
    """Every name in random order, and again."""
    while True:
        deck = list(names)
        random.shuffle(deck)
        yield from deck


def report(took: Mapping[str, Sequence[float]]) -> str:
    """Seconds from the end of a fault until every job had shown that it works: least and most, by fault."""
    ranges = {name: (min(times), max(times), len(times)) for name, times in took.items()}
    return "\n".join(
        f"  {name:22s} {least:5.1f} to {most:5.1f} s over {rounds}"
        for name, (least, most, rounds) in sorted(ranges.items(), key=lambda one: one[1][1])
    )


def test_whatever_befalls_the_cluster_it_loses_and_doubles_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    random = Random(SEED)  # noqa: S311 - faults that a seed repeats
    took: dict[str, list[float]] = defaultdict(list)
    with World(
        tmp_path,
        lambda: fast_wire(23, slots=20 + 15 * ROUNDS, lasts_s=10 + ROUND_S * ROUNDS, script=IMMORTAL),
    ) as world:
        all_faults = faults(world)
        names = [name for name in all_faults if any(word in name for word in WORDS)]
        assert names, f"NEWSBEAM_CHAOS_FAULTS names none of {', '.join(all_faults)}"
        world.release()
        world.await_recovery()
        for number, name in zip(range(ROUNDS), drawn(names, random), strict=False):
            with all_faults[name](world, random):
                # a fault lasts for a random while: nothing but time is waited for
                time.sleep(random.uniform(0.5, LONGEST_S))
            over = time.monotonic()
            world.await_recovery()
            took[name].append(time.monotonic() - over)
            with capsys.disabled():
                print(f"\n  {number + 1:3d}  {name}: recovered in {took[name][-1]:.1f} s", end="", flush=True)
        with capsys.disabled():
            print(f"\n{report(took)}")
        world.quiesce()
        truth = assert_equals_truth(world.ledger, world.bus_url)
        assert truth.alerts_by_rule.total() >= 5
        got = world.receiver.got
        before, after = got[: world.told_before_restore], got[world.told_before_restore :]
        for path, subscription, updates in (("/all", SUBSCRIPTION, True), ("/first", FIRST_ONLY, False)):
            assert_delivered(
                world.ledger,
                truth,
                [one for one in after if one.path == path],
                subscription,
                updates,
                before_restore=[one for one in before if one.path == path],
            )
        assert "Traceback" not in world.said()
