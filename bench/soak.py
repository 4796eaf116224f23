"""The whole service at a steady rate for half an hour: memory of every process over time, and latency."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from itertools import takewhile

from bench.laptop import Laptop, laptop, name_of, resident_mb
from bench.prose import stories
from bench.steady import Follower, publish
from bench.table import machine, percentile, show
from newsbeam.story import Story

Samples = dict[tuple[str, int], list[tuple[float, float]]]  # by name and pid: seconds since the start, MB
ENDLESS = 10**9
MOST_MB = 600.0  # what the design promises


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--rate", type=float, default=50.0, help="stories a second")
    parser.add_argument("--every", type=float, default=10.0, help="seconds between two looks at memory")
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args(words)
    print(machine())
    print(
        f"{options.rate:g} stories/s for {options.minutes:g} minutes, {options.workers} workers\n", flush=True
    )
    with laptop(options.workers) as one:
        one.start("run")
        one.await_page()
        one.await_shares(options.workers)
        with Follower(one) as follower, Sampler(one, follower, options.every) as sampler:
            sent = publish(one, _for_so_long(options.minutes * 60), options.rate)
            one.wait(lambda: len(follower.seen) >= len(sent), "every story to be recorded")
        print()
        report(sampler.samples, [follower.seen[url] - before for url, (before, _) in sent.items()])


class Sampler:
    """Looks at the memory of every process of the tree now and then, and says so about once a minute."""

    def __init__(self, one: Laptop, follower: Follower, every_s: float) -> None:
        self.samples: Samples = {}
        self._one = one
        self._follower = follower
        self._every_s = every_s
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Sampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()
        self._look(time.monotonic() - self._began)

    def _run(self) -> None:
        self._began = time.monotonic()
        said = 0
        while not self._done.is_set():
            at = time.monotonic() - self._began
            self._look(at)
            if at // 60 > said:
                said = int(at // 60)
                highest = max(values[-1][1] for values in self.samples.values())
                print(
                    f"{said:>4} min: {len(self._follower.seen):,} recorded, largest process {highest:.0f} MB",
                    flush=True,
                )
            self._done.wait(self._every_s)

    def _look(self, at: float) -> None:
        for process in self._one.tree():
            memory = resident_mb(process)
            if memory > 0:
                self.samples.setdefault((name_of(process), process.pid), []).append((at, memory))


def report(samples: Samples, latencies: Sequence[float]) -> None:
    """Print one row a process; a slope is that of its second half, when caches have filled."""
    rows = []
    for (name, _), values in samples.items():
        memory = [mb for _, mb in values]
        late = values[len(values) // 2 :]
        rows.append(
            [
                name,
                f"{values[0][0] / 60:.0f}-{values[-1][0] / 60:.0f}",
                *(f"{mb:.0f}" for mb in (memory[0], late[0][1], memory[-1], max(memory))),
                f"{slope(late) * 3600:+.1f}" if len(late) > 1 else "",
            ]
        )
    show(["process", "minutes", "MB first", "half-way", "last", "most", "MB an hour"], rows)
    most = max(mb for values in samples.values() for _, mb in values)
    print(f"largest process {most:.0f} MB ({most / MOST_MB:.0%} of what the design allows)")
    p50, p99 = percentile(latencies, 0.5), percentile(latencies, 0.99)
    print(
        f"{len(latencies):,} stories, published to recorded: p50 {p50 * 1e3:.0f} ms, p99 {p99 * 1e3:.0f} ms"
    )


def slope(values: Sequence[tuple[float, float]]) -> float:
    """Return the least-squares slope of (x, y) pairs."""
    middle_x = sum(x for x, _ in values) / len(values)
    middle_y = sum(y for _, y in values) / len(values)
    wide = sum((x - middle_x) ** 2 for x, _ in values)
    return sum((x - middle_x) * (y - middle_y) for x, y in values) / wide if wide else 0.0


def _for_so_long(seconds: float) -> Iterator[Story]:
    until = time.monotonic() + seconds
    return takewhile(lambda _: time.monotonic() < until, stories(500, ENDLESS))


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # what was started is stopped too
    main(sys.argv[1:])
