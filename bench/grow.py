"""What a running service gains by one more partition, worker and poller: rates before and after each.

A backlog waits on Kafka all the while; feeds are all new, so that every fetch brings entries.
"""

import argparse
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from itertools import cycle, islice
from typing import Any

from bench.feeds import ENTRIES, documents_of_news, published, serving
from bench.laptop import Laptop, laptop
from bench.prose import batches
from bench.servers import Servers, missing, servers
from bench.table import machine, ratios, show, spread
from newsbeam.bus import Bus, open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.port import STORIES
from newsbeam.store.database import Store
from newsbeam.store.leases import owners
from newsbeam.store.positions import read_positions
from tests.servers.kafka import give_partitions

ONE, PARTITION, WORKER = "1 partition, 1 worker", "a partition more", "a worker more"
POLLER, POLLERS = "1 poller", "a poller more"
SHIFT_S = 3.0  # so often a worker looks for new partitions here, instead of every three minutes
DOCUMENTS = 60  # different ones; further feeds repeat them
BATCH = 500
WITHIN_S = 120.0


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench grow", description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0, help="each rate is taken over so long")
    parser.add_argument("--stories", type=int, default=10_000, help="published before each rate")
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--rounds", type=int, default=2)
    options = parser.parse_args(words)
    print(machine())
    if reason := missing():
        print(f"skipped: {reason}")
        return
    stories: dict[str, list[float]] = {ONE: [], PARTITION: [], WORKER: []}
    entries: dict[str, list[float]] = {POLLER: [], POLLERS: []}
    with servers() as started:
        for number in range(options.rounds):
            bus_url = f"kafka://{started.broker}/grow{number}?partitions=1"
            for name, rate in _workers(started, bus_url, options.stories, options.seconds):
                stories[name].append(rate)
            bus_url = f"kafka://{started.broker}/feeds{number}?partitions=4"
            for name, rate in _pollers(started, bus_url, options.feeds, options.seconds):
                entries[name].append(rate)
    for unit, base, found in (("stories/s recorded", ONE, stories), ("entries/s published", POLLER, entries)):
        rows = [[name, spread(rates, 0), ratios(found, name, base)] for name, rates in found.items()]
        show(["running", unit, "to the first"], rows)


def _workers(servers: Servers, bus_url: str, stories: int, seconds: float) -> Iterator[tuple[str, float]]:
    """Yield the rate with one worker on one partition, with a partition more, with a worker more."""
    with ExitStack() as exits:
        store_url = exits.enter_context(servers.store_url())
        first, second = (exits.enter_context(_machine(bus_url, store_url)) for _ in range(2))
        first.apply()
        store, bus = first.deployment.store(), open_bus(bus_url)
        _publish(bus, stories)
        first.start("process")
        yield ONE, _rate(first, lambda: _recorded(store), seconds)

        assert isinstance(bus, KafkaBus)  # noqa: S101 - for the type checker: that is what this address opens
        give_partitions(bus.servers, bus.name_of(STORIES), 2)
        _publish(open_bus(bus_url), stories)
        first.wait(lambda: read_positions(store, STORIES).get(1, 0) > 0, "the new partition", WITHIN_S)
        yield PARTITION, _rate(first, lambda: _recorded(store), seconds)

        second.start("process")
        second.wait(lambda: len(_holders(store, "partition:")) == 2, "the new worker", WITHIN_S)
        _publish(open_bus(bus_url), stories)
        yield WORKER, _rate(second, lambda: _recorded(store), seconds)
        store.close()


def _pollers(servers: Servers, bus_url: str, feeds: int, seconds: float) -> Iterator[tuple[str, float]]:
    """Yield the rate of entries with one poller, and with one more."""
    documents = list(islice(documents_of_news(), min(DOCUMENTS, feeds)))
    with ExitStack() as exits:
        urls = exits.enter_context(serving(list(islice(cycle(documents), feeds))))
        listed = [{"id": f"feed-{n}", "url": url, "allow_private": True} for n, url in enumerate(urls)]
        store_url = exits.enter_context(servers.store_url())
        first, second = (exits.enter_context(_machine(bus_url, store_url, listed)) for _ in range(2))
        first.apply()
        store, bus = first.deployment.store(), open_bus(bus_url)
        first.start("poll")
        first.wait(lambda: published(bus) > 0, "the first entries", WITHIN_S)
        yield POLLER, _rate(first, lambda: published(bus), seconds)
        second.start("poll")
        second.wait(lambda: len(_holders(store, "poller:")) == 2, "the new poller", WITHIN_S)
        yield POLLERS, _rate(second, lambda: published(bus), seconds)
        if published(bus) >= feeds * ENTRIES:
            raise RuntimeError("the feeds ran out: give more `--feeds`")
        store.close()


def _machine(
    bus_url: str, store_url: str, feeds: Sequence[dict[str, Any]] = ()
) -> AbstractContextManager[Laptop]:
    """A deployment's files and data of their own, as a further machine has them."""
    more: dict[str, dict[str, Any]] = {
        "service": {"bus": bus_url, "store": store_url},
        "process": {"workers": 1, "shift_s": SHIFT_S},
        "feeds": {"host_gap_s": 0.0},
    }
    return laptop(1, feeds, more)


def _publish(bus: Bus, stories: int) -> None:
    with bus.publisher() as publisher:
        for batch in batches(stories, min(stories, BATCH), processes=2):
            publisher.publish(STORIES, batch)


def _recorded(store: Store) -> int:
    return sum(read_positions(store, STORIES).values())


def _holders(store: Store, prefix: str) -> set[str]:
    return set(owners(store, prefix, datetime.now(UTC)).values())


def _rate(one: Laptop, done: Callable[[], int], seconds: float) -> float:
    """Return how many more are done in a second, over so many seconds from the first that is."""
    before = done()
    one.wait(lambda: done() > before, "work", WITHIN_S)
    began, first = time.perf_counter(), done()
    time.sleep(seconds)
    return (done() - first) / (time.perf_counter() - began)
