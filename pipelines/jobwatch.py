"""What is decided of a job on Flink: whether it must be submitted anew, which partition is in doubt, what is wrong.

Pure: what was seen comes in, with the time. A record that kills its worker shows as a partition that does not move
though the job, after it had run, failed again and again; one that hangs its worker as a partition that does not move
though the job runs.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from newsbeam.errors import Gap
from pipelines.flinkrest import Failure, Job
from pipelines.settings import FlinkSettings

DEATHS = 3  # failures in a row without a step forwards, until a partition is read record by record
INTERVALS = 10  # without a completed checkpoint
PATIENCE_S = 60.0  # and at least for so long: a checkpoint waits for the turn that each worker is at
_GAP = f"{Gap.__module__}.{Gap.__qualname__}: "


class Why(StrEnum):
    """Why a job is submitted."""

    START = "start"
    FAILED = "failed"
    VANISHED = "vanished"
    GAP = "gap"
    PARTITIONS = "partitions"
    SETTINGS = "settings"
    CAREFUL = "careful"
    STATE = "state"


class Verdict(NamedTuple):
    """That the job must be cancelled: why, in words, and what to read carefully before it is submitted anew."""

    why: Why
    words: str
    doubtful: tuple[int, ...] = ()


class _Partition:
    def __init__(self, at: int, now_s: float) -> None:
        self.at = at
        self.still_since_s = now_s
        self.deaths = 0

    def look(self, at: int, *, idle: bool, now_s: float) -> None:
        if at != self.at or idle:
            self.at, self.still_since_s, self.deaths = at, now_s, 0


class JobWatch:
    """Remembers what a keeper has seen, from one submission to the next. Times are monotonic seconds."""

    def __init__(self, hang_after_s: float) -> None:
        self._hang_after_s = hang_after_s
        self._seen: dict[int, _Partition] = {}
        self._partitions = self._state_bytes = 0
        self._ran = False
        self._failed_at: datetime | None = None
        self.moved = False  # some partition, since the submission
        self.failures: Sequence[Failure] = ()  # those that the last look found

    def submitted(self, partitions: int, state_bytes: int, now_s: float) -> None:
        """Begin anew with a job that reads so many partitions, and whose checkpoints may grow so large."""
        self._partitions, self._state_bytes = partitions, state_bytes
        self._ran, self._failed_at, self.moved = False, None, False
        for seen in self._seen.values():
            seen.still_since_s = now_s

    def look(
        self, job: Job, positions: Mapping[int, int], backlog: Mapping[int, int], now_s: float
    ) -> Verdict | None:
        """Take in how the job is and how far it got; return why it must not go on, None when it may."""
        self.failures = [one for one in job.failures if self._failed_at is None or one.at > self._failed_at]
        self._step(positions, backlog, now_s)
        if not job.running:
            for seen in self._seen.values():  # a job that starts does not hang
                seen.still_since_s = now_s
        if self.failures:
            self._failed_at = self.failures[-1].at
            self._count()
        self._ran = job.running or self._ran
        return self._verdict(job, backlog, now_s)

    def still(self, now_s: float) -> dict[int, float]:
        """Return for how many seconds each partition has not moved though records wait and the job runs."""
        return {p: now_s - seen.still_since_s for p, seen in self._seen.items()}

    def forgive(self, partition: int) -> None:
        """Forget what was held against a partition: it was read carefully."""
        self._seen.pop(partition, None)

    def _step(self, positions: Mapping[int, int], backlog: Mapping[int, int], now_s: float) -> None:
        for partition, waiting in backlog.items():
            at = positions.get(partition, 0)
            if partition not in self._seen:
                self._seen[partition] = _Partition(at, now_s)
            self.moved = self.moved or at != self._seen[partition].at
            self._seen[partition].look(at, idle=not waiting, now_s=now_s)

    def _count(self) -> None:
        """Count a failure against each partition that waits; but not one before the workers had started."""
        if self._ran:
            for seen in self._seen.values():
                seen.deaths += 1
        self._ran = False

    def _verdict(self, job: Job, backlog: Mapping[int, int], now_s: float) -> Verdict | None:
        doubtful = self._doubtful(backlog, now_s)
        gap = next((one for one in self.failures if one.reason.startswith(_GAP)), None)
        if gap is not None:
            return Verdict(Why.GAP, gap.reason)
        if doubtful:
            named = ", ".join(map(str, doubtful))
            return Verdict(Why.CAREFUL, f"partition {named} does not move, whatever starts anew", doubtful)
        if job.ended:
            last = job.failures[-1].reason if job.failures else "Flink does not say why"
            return Verdict(Why.FAILED, f"the job has ended ({job.state}): {last}")
        if len(backlog) > self._partitions:
            return Verdict(Why.PARTITIONS, f"there are {len(backlog)} partitions now, not {self._partitions}")
        if job.running and job.checkpoints.size_bytes > self._state_bytes:
            return Verdict(Why.STATE, _grown(job))
        return None

    def _doubtful(self, backlog: Mapping[int, int], now_s: float) -> tuple[int, ...]:
        return tuple(
            partition
            for partition, seen in sorted(self._seen.items())
            if backlog.get(partition)
            and (seen.deaths >= DEATHS or now_s - seen.still_since_s >= self._hang_after_s)
        )


def troubles_of(
    job: Job | None, waiting_s: Mapping[int, float], settings: FlinkSettings, now: datetime
) -> dict[str, str]:
    """Return what is wrong with a job now, in words, by kind; `waiting_s`: how long records of a partition wait."""
    if job is None or job.ended:
        return {"job": f"no job named {settings.name} runs on Flink at {settings.rest}"}
    found = {}
    if not job.running:
        last = f": {job.failures[-1].reason}" if job.failures else ""
        found["job"] = f"the Flink job {settings.name} is {job.state.lower()}, not all of its tasks run{last}"
    last_at, late_s = (
        job.checkpoints.done_at or job.started_at,
        max(PATIENCE_S, INTERVALS * settings.checkpoint_s),
    )
    if (now - last_at).total_seconds() > late_s:
        found["checkpoint"] = (
            f"Flink has completed no checkpoint for {(now - last_at).total_seconds():.0f} s "
            f"(one is due every {settings.checkpoint_s:g} s)"
        )
    if job.checkpoints.size_bytes > settings.state_bytes:
        found["state"] = f"{_grown(job)}: the job's keeper submits it anew, with none"
    stuck = {p: seconds for p, seconds in sorted(waiting_s.items()) if seconds > settings.stuck_after_s}
    if stuck:
        named = ", ".join(f"{partition} ({seconds:.0f} s)" for partition, seconds in stuck.items())
        found["stuck"] = f"records wait and their partition does not move: {named}"
    return found


def _grown(job: Job) -> str:
    """Say how large the state is that a job on Beam's Flink runner gathers (apache/beam issue 27648)."""
    return f"Flink's checkpoints have grown to {job.checkpoints.size_bytes / 2**20:.1f} MiB, more than flink.state"
