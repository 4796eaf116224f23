"""A model of many recorders before one store-wide lock, for machines that are not at hand.

A recorder enriches a chunk on a core of its own, then takes its turn at the lock and holds it while it records. Both
times are drawn from those that were measured of single chunks.
"""

import heapq
from collections.abc import Sequence
from random import Random
from typing import NamedTuple

CHUNKS = 20_000  # of one run of the model


class Modelled(NamedTuple):
    """What so many recorders would do."""

    chunks_per_s: float
    lock_share: float  # of the time, in which somebody holds it
    waited_share: float  # of a recorder's time, in which it waits for it


def model(recorders: int, outside_s: Sequence[float], held_s: Sequence[float], *, seed: int = 1) -> Modelled:
    """Let so many recorders work, in turn as they come to the lock; the same for the same seed."""
    random = Random(seed)  # noqa: S311 - draws that a seed repeats
    coming = [(random.choice(outside_s) * random.random(), number) for number in range(recorders)]
    heapq.heapify(coming)
    free_at = held = waited = 0.0
    for _ in range(CHUNKS):
        came_at, number = heapq.heappop(coming)
        begins, holds = max(came_at, free_at), random.choice(held_s)
        free_at, held, waited = begins + holds, held + holds, waited + begins - came_at
        heapq.heappush(coming, (free_at + random.choice(outside_s), number))
    return Modelled(CHUNKS / free_at, held / free_at, waited / (recorders * free_at))
