"""The live graph as a job on Flink: how it is put together and handed to Beam's job server."""

import json
import logging
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import apache_beam as beam
import grpc
from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.portability.api import beam_job_api_pb2 as api
from apache_beam.runners.portability.portable_runner import PortableRunner

from newsbeam.errors import FlinkUnavailable
from pipelines.monitor import Monitor, Places
from pipelines.settings import FlinkSettings, ProcessSettings
from pipelines.versions import versions_here

logger = logging.getLogger("newsbeam.process")

ANSWERS_WITHIN_S = 10
_FAILED = frozenset({api.JobState.FAILED, api.JobState.CANCELLED, api.JobState.STOPPED, api.JobState.DONE})


class Submission:
    """A job in the job server's hands. It is in Flink some seconds later, or `failure` says why not."""

    def __init__(self, result: Any) -> None:
        self._result = result

    def failure(self) -> str | None:
        """Return why the job server gave the job up, None as long as it did not."""
        with _answering("asked for the job's state"):
            stub, wanted = self._result._job_service, self._result._job_id  # noqa: SLF001 - Beam has no other door
            state = stub.GetState(api.GetJobStateRequest(job_id=wanted), timeout=ANSWERS_WITHIN_S).state
            if state not in _FAILED:
                return None
            request = api.JobMessagesRequest(job_id=wanted)
            said = [one.message_response for one in stub.GetMessageStream(request, timeout=ANSWERS_WITHIN_S)]
        errors = [one.message_text for one in said if one.importance == api.JobMessage.JOB_MESSAGE_ERROR]
        return _first_lines(errors[-1]) if errors else f"it ended as {api.JobState.Enum.Name(state)}"

    def cancel(self) -> None:
        """Let the job server give the job up; a job server that is away is no matter, since Flink is asked too."""
        try:
            with _answering("asked to cancel the job"):
                stub, wanted = self._result._job_service, self._result._job_id  # noqa: SLF001
                stub.Cancel(api.CancelJobRequest(job_id=wanted), timeout=ANSWERS_WITHIN_S)
        except FlinkUnavailable as error:
            logger.debug("%s", error)


def submit(
    places: Places,
    starts: Mapping[int, int],
    process: ProcessSettings,
    flink: FlinkSettings,
    parallelism: int,
) -> Submission:
    """Hand the live graph, from `starts` on, to the job server. Raises `FlinkUnavailable`."""
    check_job_server(flink.job_endpoint)
    graph = Monitor(places, starts, process.pace, versions=versions_here())
    with _without_warnings_of_options(), _answering(f"at {flink.job_endpoint} asked to take the job"):
        options = flink_options(flink, parallelism)
        pipeline = beam.Pipeline(runner=PortableRunner(), options=options)
        pipeline | "Monitor" >> graph
        return Submission(pipeline.run())


def flink_options(flink: FlinkSettings, parallelism: int) -> PipelineOptions:
    """Return Beam's options for a job; what `flink.options` says comes last, so that it counts."""
    given = [
        "--streaming",
        f"--job_endpoint={flink.job_endpoint}",
        f"--job_server_timeout={ANSWERS_WITHIN_S * 3}",
        f"--job_name={flink.name}",
        f"--parallelism={parallelism}",
        f"--sdk_worker_parallelism={flink.workers}",
        f"--checkpointing_interval={round(flink.checkpoint_s * 1000)}",
        f"--number_of_execution_retries={flink.restarts}",
        f"--execution_retry_delay={round(flink.restart_delay_s * 1000)}",
        # Each turn of a partition is a bundle: else Flink keeps it for a second before a worker sees it.
        "--max_bundle_size=1",
        # Else the output of a bundle that a checkpoint finds open is kept until the next bundle. The list of
        # partitions is the only bundle of its stage: half of the jobs with a checkpoint every 2 s read nothing.
        "--finish_bundle_before_checkpointing",
    ]
    if flink.worker_pool:
        pool = {"url": flink.worker_pool, "params": versions_here().params()}
        given += ["--environment_type=EXTERNAL", f"--environment_config={json.dumps(pool)}"]
    return PipelineOptions([*given, *flink.options])


def check_job_server(endpoint: str) -> None:
    """Raise `FlinkUnavailable` when nothing listens there; Beam would wait a minute and say less."""
    host, _, port = endpoint.rpartition(":")
    try:
        socket.create_connection((host.strip("[]"), int(port)), timeout=ANSWERS_WITHIN_S).close()
    except OSError as error:
        raise FlinkUnavailable(
            f"Beam's job server at {endpoint} does not answer ({error.strerror or error}): start it, or set "
            "flink.job_endpoint"
        ) from error


@contextmanager
def _answering(asked: str) -> Iterator[None]:
    """Translate what the job server's client raises."""
    try:
        yield
    except grpc.RpcError as error:
        told = error.details() if isinstance(error, grpc.Call) else str(error)
        raise FlinkUnavailable(f"Beam's job server, {asked}, answered: {_first_lines(str(told))}") from error
    except grpc.FutureTimeoutError as error:
        raise FlinkUnavailable(f"Beam's job server, {asked}, does not answer") from error


@contextmanager
def _without_warnings_of_options() -> Iterator[None]:
    """Beam calls the runner's options unparseable until it has asked the job server for them."""
    noisy = logging.getLogger("apache_beam.options.pipeline_options")
    level = noisy.level
    noisy.setLevel(logging.ERROR)
    try:
        yield
    finally:
        noisy.setLevel(level)


def _first_lines(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip() and not line.startswith("\tat ")]
    causes = [line for line in lines if line.startswith("Caused by: ")]
    return " ".join([*lines[:1], *causes[-1:]]) or "nothing"
