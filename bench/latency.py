"""Published → recorded: how long after it was published a story can be read from the store, at a steady rate."""

import argparse
import time
from collections.abc import Sequence
from statistics import median

from bench.laptop import Laptop, cpu_seconds, laptop
from bench.prose import stories
from bench.steady import Follower, publish
from bench.table import machine, percentile, show, spread
from newsbeam.story import Story

SETTLE_WITHIN_S = 60.0
FIRST_S = 5.0  # not counted: caches fill, the readers wake up
TO_BUS, TO_STORE, WHOLE = "publish call", "bus to store", "published to recorded"
P50_S, P99_S = 0.5, 2.0  # what the design promises


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench latency", description=__doc__)
    parser.add_argument("--seconds", type=float, default=30.0, help="how long each round publishes")
    parser.add_argument("--rate", type=float, default=50.0, help="stories a second")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args(words)
    print(machine())
    print(
        f"{options.rate:g} stories/s for {options.seconds:g} s, each published by itself; the whole service, "
        f"{options.workers} workers; {options.rounds} rounds\n"
    )
    steps: dict[str, list[list[float]]] = {TO_BUS: [], TO_STORE: [], WHOLE: []}
    busy = []
    for number in range(options.rounds):
        backlog = list(stories(100 + number, max(1, int(options.rate * options.seconds))))
        with laptop(options.workers) as one:
            one.start("run")
            one.await_page()
            one.await_shares(options.workers)
            before, began = cpu_seconds(one.tree()), time.monotonic()
            for name, values in one_round(one, backlog, options.rate).items():
                steps[name].append(values)
            busy.append((cpu_seconds(one.tree()) - before) / (time.monotonic() - began) * 100)
    report(steps)
    print(f"the service used {spread(busy, 0)} % of one core meanwhile")


def report(steps: dict[str, list[list[float]]]) -> None:
    """Print milliseconds: of each step the percentiles, median of the rounds with their spread."""
    rows = []
    for name, rounds in steps.items():
        figures = [[percentile(one, share) * 1e3 for one in rounds] for share in (0.5, 0.9, 0.99, 1.0)]
        rows.append([name, *(spread(figure, 0) for figure in figures)])
    show(["milliseconds", "p50", "p90", "p99", "worst"], rows)
    p50, p99 = (median([percentile(one, share) for one in steps[WHOLE]]) for share in (0.5, 0.99))
    print(f"of what the design allows (p50 {P50_S} s, p99 {P99_S:g} s): {p50 / P50_S:.0%}, {p99 / P99_S:.0%}")


def one_round(one: Laptop, backlog: Sequence[Story], rate: float) -> dict[str, list[float]]:
    """Publish at the rate and return the seconds of each step for every story after the first few seconds."""
    with Follower(one) as follower:
        sent = publish(one, backlog, rate)
        one.wait(lambda: len(follower.seen) >= len(sent), "every story to be recorded", SETTLE_WITHIN_S)
    warm = min(before for before, _ in sent.values()) + min(FIRST_S, len(backlog) / rate / 2)
    counted = [(url, *at) for url, at in sent.items() if at[0] >= warm]
    return {
        TO_BUS: [after - before for _, before, after in counted],
        TO_STORE: [follower.seen[url] - after for url, _, after in counted],
        WHOLE: [follower.seen[url] - before for url, before, _ in counted],
    }
