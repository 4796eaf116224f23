"""Keeps a set of child processes running: starts, restarts with growing pauses, and stops them all cleanly."""

import logging
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import FrameType

from newsbeam.app.lifeline import LIFELINE
from newsbeam.app.metricsfolder import fold_ended
from newsbeam.errors import AlreadyRunning, ConfigurationError, UsageError

logger = logging.getLogger("newsbeam.run")

# A child that exits with one of these before it ever settled cannot be helped by a restart: its settings are wrong.
# Later they mean what passes: a secret's file that is being replaced, or a document of a newer version.
HOPELESS = frozenset({UsageError.exit_code, ConfigurationError.exit_code, AlreadyRunning.exit_code})
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 30.0
SETTLED_S = 60.0  # a child that lived this long starts over with the first pause
GRACE_S = 4.0  # between SIGTERM and SIGKILL, so that all is over within five seconds


@dataclass(frozen=True)
class Job:
    """One child process: its name in the log, its command, and what is told when it ended.

    `ended(pid, status, killed_by_us)` gets the wait status as `subprocess` gives it (negative: the signal).
    """

    name: str
    command: Sequence[str]
    ended: Callable[[int, int, bool], None] | None = None


class _Child:
    """One job's process and its restarts."""

    def __init__(self, job: Job, lifeline: int) -> None:
        self.job = job
        self._lifeline = lifeline
        self._pause_s = FIRST_PAUSE_S
        self._start_at = 0.0
        self._started_at = 0.0
        self.process: subprocess.Popen[bytes] | None = None
        self.killed = False
        self.restarts = 0
        self.settled = False  # it lived long enough once, so its settings were right

    def start_if_due(self, now: float) -> None:
        if self.process is None and now >= self._start_at:
            environment = {**os.environ, LIFELINE: str(self._lifeline)}
            self.process = subprocess.Popen(  # noqa: S603 - the command is our own
                self.job.command,
                env=environment,
                pass_fds=(self._lifeline,),
                start_new_session=True,  # Ctrl-C reaches the supervisor alone, which then stops its children
            )
            self._started_at = now
            self.killed = False

    def reap(self, now: float) -> int | None:
        """Return the exit status when the process ended since the last look, and plan the restart."""
        if self.process is None or (status := self.process.poll()) is None:
            return None
        pid, self.process = self.process.pid, None
        if self.job.ended is not None:
            self.job.ended(pid, status, self.killed)
        if now - self._started_at >= SETTLED_S:
            self._pause_s = FIRST_PAUSE_S
            self.settled = True
        self._start_at = now + self._pause_s
        self._pause_s = min(self._pause_s * 2, LONGEST_PAUSE_S)
        self.restarts += 1
        return status

    @property
    def pause_s(self) -> float:
        return max(0.0, self._start_at - time.monotonic())

    def send(self, number: signal.Signals) -> None:
        if self.process is not None and self.process.poll() is None:
            self.killed = True
            self.process.send_signal(number)


class Supervisor:
    """Runs jobs until told to stop. Use from the main thread, which owns the signals."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        # Children watch the read end: it ends when this process dies in whatever way, and they stop then.
        self._lifeline, self._alive = os.pipe()
        self._children = [_Child(job, self._lifeline) for job in jobs]
        self._unfolded = False  # a child's metrics are still its own, though it ended
        self.stopping = threading.Event()
        self.stopped_by: str | None = None

    def handle_signals(self) -> None:
        """Let SIGINT and SIGTERM stop everything."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        self.stopped_by = signal.Signals(number).name
        self.stopping.set()

    def stop(self) -> None:
        """Ask `run` to stop all children and return."""
        self.stopping.set()

    def start(self) -> None:
        """Start every job that is not running yet."""
        now = time.monotonic()
        for child in self._children:
            child.start_if_due(now)

    def run(self) -> int:
        """Keep the jobs running until stopped; return 0, or the exit code of a child that cannot be helped."""
        code = 0
        while not self.stopping.is_set() and code == 0:
            self.start()
            self.stopping.wait(0.25)
            code = self.look()
        self.shut_down()
        return code

    def look(self) -> int:
        """Notice children that ended; return the code of one that a restart cannot help, else 0."""
        for child in self._children:
            status = child.reap(time.monotonic())
            if status is None:
                continue
            self._unfolded = True
            if self.stopping.is_set():
                continue
            if status in HOPELESS and not child.settled:
                return status
            logger.warning(
                "%s ended (%s); it starts again in %.1f s", child.job.name, describe(status), child.pause_s
            )
        if self._unfolded:
            self._unfolded = not fold_ended()
        return 0

    def shut_down(self) -> None:
        """SIGTERM to all, SIGKILL to whoever is left after the grace; return when none lives."""
        self.stopping.set()
        for child in self._children:
            child.send(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_S
        while self._living() and time.monotonic() < deadline:
            time.sleep(0.02)
            self._reap_all()
        for child in self._living():
            logger.warning("%s did not stop in %.0f s and is killed", child.job.name, GRACE_S)
            child.send(signal.SIGKILL)
        for child in self._living():
            if child.process is not None:
                child.process.wait()
        self._reap_all()
        os.close(self._alive)
        os.close(self._lifeline)

    def _living(self) -> list[_Child]:
        return [c for c in self._children if c.process is not None and c.process.poll() is None]

    def _reap_all(self) -> None:
        now = time.monotonic()
        for child in self._children:
            child.reap(now)


def describe(status: int) -> str:
    """Return an exit status in words: `exit code 1`, `SIGKILL`."""
    if status >= 0:
        return f"exit code {status}"
    try:
        return signal.Signals(-status).name
    except ValueError:
        return f"signal {-status}"
