"""What Flink's REST interface says of jobs, and how a job is cancelled there.

Source: Flink 1.19, REST API v1 (docs/ops/rest_api).
"""

import http.client
import json
import urllib.error
import urllib.request
from datetime import UTC, datetime
from typing import Any

import msgspec

from newsbeam.errors import FlinkUnavailable, NotFound

ANSWERS_WITHIN_S = 10.0
ENDED = frozenset({"CANCELED", "FAILED", "FINISHED"})
_FAILURES = 20
_open = urllib.request.build_opener(urllib.request.ProxyHandler({}), urllib.request.HTTPHandler()).open


class Slots(msgspec.Struct, frozen=True):
    """How many slots a cluster has, and how many are free."""

    total: int
    free: int


class Failure(msgspec.Struct, frozen=True):
    """One failure of a job, as Flink keeps it: the whole text is a Java stack trace."""

    at: datetime
    text: str

    @property
    def reason(self) -> str:
        """The line that says it: Python's own error when a worker raised one, else Java's first and last cause."""
        lines = self.text.splitlines()
        traced = [number for number, line in enumerate(lines) if "Traceback (most recent call last)" in line]
        if traced:
            return next((line for line in lines[traced[-1] + 1 :] if line[:1].strip()), lines[traced[-1]])
        causes = [line.removeprefix("Caused by: ") for line in lines if line.startswith("Caused by: ")]
        return causes[-1] if causes else next(iter(lines), "Flink does not say why")


class Checkpoints(msgspec.Struct, frozen=True):
    """A job's completed checkpoints: how many, when the last was done, and how large it is."""

    completed: int
    done_at: datetime | None
    size_bytes: int


class Job(msgspec.Struct, frozen=True):
    """A job at one moment. `running`: every one of its tasks runs, so that its workers have started."""

    id: str
    state: str
    running: bool
    started_at: datetime
    failures: tuple[Failure, ...]
    checkpoints: Checkpoints

    @property
    def ended(self) -> bool:
        """Whether it will never run again."""
        return self.state in ENDED


class FlinkRest:
    """One cluster's interface. Every method raises `FlinkUnavailable` when it does not answer in time."""

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")

    def slots(self) -> Slots:
        """Return the cluster's slots."""
        told = self._ask("overview")
        return Slots(int(told["slots-total"]), int(told["slots-available"]))

    def living(self, name: str) -> list[str]:
        """Return the ids of the jobs of this name that have not ended, the newest first."""
        jobs = [one for one in self._ask("jobs/overview")["jobs"] if one["name"] == name]
        jobs.sort(key=lambda one: -int(one["start-time"]))
        return [str(one["jid"]) for one in jobs if one["state"] not in ENDED]

    def job(self, job_id: str) -> Job:
        """Return how a job is. Raises `NotFound` when the cluster has forgotten it, or was started anew."""
        told = self._ask(f"jobs/{job_id}")
        states = [state for vertex in told["vertices"] for state, tasks in vertex["tasks"].items() if tasks]
        failures = self._ask(f"jobs/{job_id}/exceptions?maxExceptions={_FAILURES}")
        checkpoints = self._ask(f"jobs/{job_id}/checkpoints")
        return Job(
            job_id,
            str(told["state"]),
            told["state"] == "RUNNING" and set(states) <= {"RUNNING", "FINISHED"},
            _moment(told["start-time"]),
            _failures(failures),
            _checkpoints(checkpoints),
        )

    def state(self, job_id: str) -> str:
        """Return a job's state alone. Raises `NotFound`."""
        return str(self._ask(f"jobs/{job_id}/status")["status"])

    def cancel(self, job_id: str) -> None:
        """Ask for a job's end; nothing happens when it is over already."""
        try:
            self._ask(f"jobs/{job_id}?mode=cancel", "PATCH")
        except NotFound:
            return

    def _ask(self, path: str, method: str = "GET") -> Any:
        request = urllib.request.Request(f"{self._url}/{path}", method=method)  # noqa: S310 - checked in the settings
        try:
            with _open(request, timeout=ANSWERS_WITHIN_S) as answer:
                return json.loads(answer.read() or b"{}")
        except urllib.error.HTTPError as error:
            error.close()
            if error.code in {404, 409}:  # no such job; a job that has ended cannot be cancelled
                raise NotFound(f"Flink at {self._url} has no {path.partition('?')[0]}") from error
            raise FlinkUnavailable(f"Flink at {self._url} answered {error.code} for {path}") from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            why = getattr(error, "reason", error)
            raise FlinkUnavailable(f"Flink's REST interface at {self._url} does not answer: {why}") from error


def _moment(milliseconds: Any) -> datetime:
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def _failures(told: Any) -> tuple[Failure, ...]:
    entries = told.get("exceptionHistory", {}).get("entries", [])
    found = [Failure(_moment(one["timestamp"]), str(one.get("stacktrace", ""))) for one in entries]
    return tuple(sorted(found, key=lambda one: one.at))


def _checkpoints(told: Any) -> Checkpoints:
    last = (told.get("latest") or {}).get("completed") or {}
    done = last.get("latest_ack_timestamp")
    completed = int((told.get("counts") or {}).get("completed", 0))
    return Checkpoints(completed, None if done is None else _moment(done), int(last.get("state_size") or 0))
