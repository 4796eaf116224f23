"""What is decided of a job on Flink, without any Flink."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from pipelines.flinkrest import Checkpoints, Failure, Job
from pipelines.jobwatch import DEATHS, JobWatch, Verdict, Why, troubles_of
from pipelines.settings import FlinkSettings

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUNNING = Job("a1", "RUNNING", True, NOW, (), Checkpoints(3, NOW, 1_000))
SETTINGS = FlinkSettings(checkpoint_s=10, stuck_after_s=60)
HANG_S = 100.0


def failed(times: int, text: str = "java.lang.RuntimeException: the worker is gone") -> Job:
    """The job while it starts again, after so many failures."""
    failures = tuple(Failure(NOW + timedelta(seconds=n), text) for n in range(times))
    return msgspec.structs.replace(RUNNING, state="RESTARTING", running=False, failures=failures)


def checkpointed(checkpoints: Checkpoints) -> Job:
    """The running job with these."""
    return msgspec.structs.replace(RUNNING, checkpoints=checkpoints)


class Watched:
    """A job of two partitions, looked at once a second; records wait in partition 0 unless said otherwise."""

    def __init__(self) -> None:
        self.watch = JobWatch(HANG_S)
        self.watch.submitted(2, SETTINGS.state_bytes, 0.0)
        self.second = 0.0

    def look(self, job: Job, at: int = 0, backlog: dict[int, int] | None = None) -> Verdict | None:
        self.second += 1
        return self.watch.look(job, {0: at, 1: 7}, backlog or {0: 5, 1: 0}, self.second)

    def fail(self, times: int, at: int = 0) -> Verdict | None:
        """Let it run and fail so often."""
        verdict = None
        for number in range(1, times + 1):
            assert self.look(RUNNING, at) is None
            verdict = self.look(failed(number), at)
        return verdict


def test_a_partition_that_does_not_move_through_failures_is_in_doubt() -> None:
    one = Watched()
    assert one.fail(DEATHS - 1) is None
    one.look(RUNNING)
    verdict = one.look(failed(DEATHS))
    assert verdict is not None
    assert verdict.why is Why.CAREFUL
    assert verdict.doubtful == (0,)


def test_doubt_outlives_a_submission_and_ends_with_a_step_forwards() -> None:
    one = Watched()
    one.fail(DEATHS - 1)
    one.watch.submitted(2, SETTINGS.state_bytes, one.second)
    one.look(RUNNING)
    verdict = one.look(failed(1))
    assert verdict is not None
    assert verdict.why is Why.CAREFUL
    one.watch.forgive(0)
    one.watch.submitted(2, SETTINGS.state_bytes, one.second)
    assert one.fail(DEATHS - 1) is None
    assert one.look(RUNNING, at=3) is None
    assert one.watch.moved
    one.watch.submitted(2, SETTINGS.state_bytes, one.second)
    assert one.fail(DEATHS - 1, at=3) is None


def test_failures_before_the_workers_started_say_nothing_of_records() -> None:
    one = Watched()
    for number in range(1, 4 * DEATHS):
        assert one.look(failed(number)) is None


def test_a_running_job_whose_partition_does_not_move_hangs() -> None:
    one = Watched()
    one.second = 10.0
    assert one.look(RUNNING) is None
    one.second += HANG_S
    verdict = one.look(RUNNING)
    assert verdict is not None
    assert verdict.doubtful == (0,)
    idle = Watched()
    idle.look(RUNNING, backlog={0: 0, 1: 0})
    idle.second += 10 * HANG_S
    assert idle.look(RUNNING, backlog={0: 0, 1: 0}) is None


def test_a_gap_an_end_a_new_partition_and_a_state_that_grew_ask_for_another_job() -> None:
    gap = "Error\nTraceback (most recent call last):\n  File x\nnewsbeam.errors.Gap: 5 is missing\n\tat x"
    verdicts = [
        Watched().look(failed(1, gap)),
        Watched().look(msgspec.structs.replace(failed(1), state="FAILED")),
        Watched().look(RUNNING, backlog={0: 1, 1: 0, 2: 0}),
        Watched().look(checkpointed(Checkpoints(9, NOW, SETTINGS.state_bytes + 1))),
    ]
    whys = [verdict and verdict.why for verdict in verdicts]
    assert whys == [Why.GAP, Why.FAILED, Why.PARTITIONS, Why.STATE]
    assert Watched().look(checkpointed(Checkpoints(9, NOW, SETTINGS.state_bytes))) is None
    assert verdicts[0] is not None
    assert verdicts[0].words == "newsbeam.errors.Gap: 5 is missing"


def test_the_reason_is_pythons_own_line_or_javas_cause() -> None:
    java = (
        "org.apache.flink.JobException: suppressed\n\tat x\nCaused by: java.io.IOException: refused\n\tat y"
    )
    assert Failure(NOW, java).reason == "java.io.IOException: refused"
    assert Failure(NOW, "").reason == "Flink does not say why"


@pytest.mark.parametrize(
    ("job", "waiting", "kinds"),
    [
        (RUNNING, {0: 59.0}, set()),
        (RUNNING, {0: 61.0}, {"stuck"}),
        (None, {}, {"job"}),
        (failed(1), {}, {"job"}),
        (checkpointed(Checkpoints(9, NOW - timedelta(seconds=99), 0)), {}, set()),
        (checkpointed(Checkpoints(9, NOW - timedelta(seconds=101), 0)), {}, {"checkpoint"}),
        (checkpointed(Checkpoints(9, NOW, 2**30)), {}, {"state"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(job: Job | None, waiting: dict[int, float], kinds: set[str]) -> None:
    assert set(troubles_of(job, waiting, SETTINGS, NOW)) == kinds


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"checkpoint_s": 0.0}, "checkpoint: more than 0"),
        ({"checkpoint_s": -1.0}, "checkpoint: more than 0"),
        ({"workers": 0}, "at least 1"),
        ({"parallelism": -2}, "at least 1"),
        ({"job_endpoint": "flink"}, "job_endpoint: host:port"),
        ({"rest": "flink:8081"}, "rest: an address"),
        ({"options": ("--parallelism=3",)}, "is set by flink.parallelism"),
        ({"options": ("checkpointing",)}, "--NAME=VALUE"),
    ],
)
def test_wrong_settings_are_refused(changes: dict[str, object], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        FlinkSettings(**changes)  # type: ignore[arg-type]
