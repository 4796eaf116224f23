"""Python workers for Flink: a task manager asks the pool for one, and the pool starts it.

Beam brings such a pool. This one listens where it is told and not on every interface, refuses a job submitted
from another installation before anything of it is unpickled, forks its workers from a process that has imported
everything (a worker is there in tenths of a second, not in 5 to 10 s), and its workers die with it.
"""

import faulthandler
import logging
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import ForkServerContext, ForkServerProcess
from typing import Any

import grpc
from apache_beam.portability.api import beam_fn_api_pb2 as api
from apache_beam.portability.api import beam_fn_api_pb2_grpc as api_grpc
from apache_beam.utils import thread_pool_executor

from newsbeam.errors import ConfigurationError
from pipelines.versions import Versions, complaint, versions_here

logger = logging.getLogger("newsbeam.process")

STOP_WITHIN_S = 3.0
_FOLD_AGAIN_S = 1.0
# What a worker needs sooner or later; imported once, before the first is forked.
PRELOADED = ["apache_beam.runners.worker.sdk_worker", "pipelines.monitor", "newsbeam.bus.kafka"]


class WorkerPool(api_grpc.BeamFnExternalWorkerPoolServicer):
    """Starts and stops workers as Flink's task managers ask for them."""

    def __init__(self, fold_ended: Callable[[], bool]) -> None:
        self._fold_ended = fold_ended
        self._gone = threading.Event()
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(PRELOADED)
        self._workers: dict[str, ForkServerProcess] = {}
        self._stopped: set[str] = set()

    def StartWorker(self, request: Any, _context: Any) -> Any:  # noqa: N802 - Beam's name
        """Start a worker, unless the job comes from another installation."""
        refused = _refusal(dict(request.params))
        if refused is not None:
            logger.error("a job was refused: %s", refused)
            return api.StartWorkerResponse(error=refused)
        name = request.worker_id
        process = self._context.Process(
            target=work, args=(request.control_endpoint.url, name), name=f"worker-{name}", daemon=False
        )
        try:
            process.start()
        except OSError as error:
            return api.StartWorkerResponse(error=f"the worker pool cannot start a process: {error}")
        self._workers[name] = process
        logger.info("worker %s started (process %d)", name, process.pid)
        threading.Thread(target=self._see_off, args=(name, process), name=f"ends-{name}", daemon=True).start()
        return api.StartWorkerResponse()

    def StopWorker(self, request: Any, _context: Any) -> Any:  # noqa: N802 - Beam's name
        """Stop a worker; one that is gone already is no matter."""
        self._stop(request.worker_id)
        return api.StopWorkerResponse()

    def stop(self) -> None:
        """Stop every worker."""
        self._gone.set()
        for name in list(self._workers):
            self._stop(name)

    def _stop(self, name: str) -> None:
        process = self._workers.pop(name, None)
        if process is None:
            return
        self._stopped.add(name)
        process.terminate()
        process.join(STOP_WITHIN_S)
        if process.is_alive():
            process.kill()

    def _see_off(self, name: str, process: ForkServerProcess) -> None:
        """Say how a worker ended when nobody asked it to."""
        wait([process.sentinel])
        process.join(STOP_WITHIN_S)
        if name in self._stopped:
            self._stopped.discard(name)
        elif process.exitcode:
            logger.warning("worker %s died (process %d, status %s)", name, process.pid, process.exitcode)
        self._workers.pop(name, None)
        while not self._fold_ended() and not self._gone.wait(_FOLD_AGAIN_S):
            continue


def serve_pool(host: str, port: int, stop: threading.Event, fold_ended: Callable[[], bool]) -> None:
    """Serve workers until `stop` is set. Raises `ConfigurationError` when it can start none or not listen there.

    `fold_ended` takes workers that ended out of the metrics that all share; False asks to be called again.
    """
    pool = WorkerPool(fold_ended)
    try:
        forkserver.ensure_running()  # what would hinder the first worker is said now
    except OSError as error:
        below = f"its sockets lie below {tempfile.gettempdir()}: set TMPDIR to a folder with a short path"
        raise ConfigurationError([f"the worker pool cannot start processes: {error}; {below}"]) from error
    options = [
        ("grpc.http2.max_pings_without_data", 0),
        ("grpc.http2.max_ping_strikes", 0),
        ("grpc.so_reuseport", 0),
    ]
    server = grpc.server(thread_pool_executor.shared_unbounded_instance(), options=options)
    api_grpc.add_BeamFnExternalWorkerPoolServicer_to_server(pool, server)
    where = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    try:
        server.add_insecure_port(where)
    except RuntimeError as error:
        raise ConfigurationError(
            [f"flink.pool_host, worker_pool: cannot listen on {where}: {error}"]
        ) from error
    server.start()
    logger.info("Python workers are served on %s (%s)", where, " ".join(versions_here().params().values()))
    try:
        stop.wait()
    finally:
        server.stop(0)
        pool.stop()


def work(control: str, name: str) -> None:
    """Be one worker until Flink needs it no more, or the pool is gone."""
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C stops the pool, which stops its workers
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    threading.Thread(target=_leave_with_the_pool, name="pool", daemon=True).start()
    from apache_beam.runners.worker.sdk_worker import SdkHarness

    code = 0
    try:
        SdkHarness(control, worker_id=name, state_cache_size=0, data_buffer_time_limit_ms=0).run()
    except grpc.RpcError:
        code = 1
        sys.stderr.write(f"worker {name}: its task manager is gone\n")
    os._exit(code)  # threads that wait for a task manager which is gone would keep it


def _leave_with_the_pool() -> None:
    pool = multiprocessing.parent_process()
    if pool is not None:
        wait([pool.sentinel])
    os._exit(1)


def _refusal(params: dict[str, str]) -> str | None:
    """Return why a job with these parameters is not of this installation; None without any: Beam's own clients."""
    if not params:
        return None
    fields = {name: params.get(name, "unknown") for name in Versions.__struct_fields__}
    return complaint(Versions(**fields), versions_here())
