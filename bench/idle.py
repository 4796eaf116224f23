"""What the whole service costs while nothing happens: CPU in percent of one core, and memory."""

import argparse
import time
from collections.abc import Sequence
from datetime import UTC, datetime

import psutil

from bench.laptop import Laptop, cpu_seconds, laptop, name_of, resident_mb
from bench.table import machine, show, spread
from newsbeam.newswire import Newswire, serve
from newsbeam.store.reads import status

SETTLE_WITHIN_S = 120.0


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench idle", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="how long each round looks")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--settle", type=float, default=15.0, help="seconds of quiet before the first round")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(words)
    print(machine())
    with serve(Newswire(7, datetime.now(UTC), stop_after=0)) as wire:
        feeds = [{**feed, "allow_private": True} for feed in wire.feeds()]
        print(
            f"{len(feeds)} feeds, each fetched once and then every 15 minutes; {options.workers} workers; "
            f"{options.rounds} rounds of {options.seconds:g} s\n"
        )
        with laptop(options.workers, feeds) as one:
            one.start("run")
            one.await_page()
            one.await_shares(options.workers)
            _await_quiet(one, options.settle)
            report(*look(one.tree(), options.rounds, options.seconds))


def look(
    tree: Sequence[psutil.Process], rounds: int, seconds: float
) -> tuple[list[tuple[str, list[float], float]], list[float]]:
    """Return each process's CPU (% of one core) by round with its memory in MB, and the tree's CPU by round."""
    used: list[list[float]] = [[] for _ in tree]
    for _ in range(rounds):
        before, began = [cpu_seconds([process]) for process in tree], time.monotonic()
        time.sleep(seconds)
        took = time.monotonic() - began
        for rounds_of_one, process, spent in zip(used, tree, before, strict=True):
            rounds_of_one.append(max(0.0, cpu_seconds([process]) - spent) / took * 100)
    each = [(name_of(p), cpu, resident_mb(p)) for p, cpu in zip(tree, used, strict=True)]
    return each, [sum(values) for values in zip(*used, strict=True)]


def report(each: list[tuple[str, list[float], float]], whole: list[float]) -> None:
    """Print one row a process, and the tree."""
    rows = [[name, spread(cpu, 2), f"{memory:.0f}"] for name, cpu, memory in each]
    rows.append(["all", spread(whole, 2), f"{sum(memory for _, _, memory in each):.0f}"])
    show(["process", "% of one core", "MB resident"], rows)


def _await_quiet(one: Laptop, quiet_s: float) -> None:
    """Return when nothing was recorded for a while."""
    reached = (-1, time.monotonic())

    def quiet() -> bool:
        nonlocal reached
        stories = status(one.deployment.store()).stories
        if stories != reached[0]:
            reached = (stories, time.monotonic())
        return stories > 0 and time.monotonic() - reached[1] >= quiet_s

    one.wait(quiet, "the first fetches to be recorded", SETTLE_WITHIN_S + quiet_s)
