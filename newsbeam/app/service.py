"""The whole service in one process tree: prepared step by step, then supervised."""

import os
import shlex
import shutil
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from dashboard.pages.summary import AWAY
from dashboard.server import check_address
from newsbeam.app.datadir import locked_data_dir
from newsbeam.app.deployment import Applied, Deployment
from newsbeam.app.exposition import exposed, exposed_with_children
from newsbeam.app.metricsfolder import share_metrics
from newsbeam.app.supervisor import Job, Supervisor
from newsbeam.errors import StoreUnavailable, Unavailable
from newsbeam.store import reads
from newsbeam.store.clock import StoreClock

Say = Callable[[str], None]
_READY_WITHIN_S = 60.0
_TELL_OFFLINE_EVERY_S = 2.0
_TELL_OFFLINE_TRIES = 30


def run_all(opened: Deployment, say: Say) -> int:
    """Prepare and run poll, process, deliver and serve until a signal; return the exit code."""
    opened.configuration([])  # a mistake is said before anything is made
    with locked_data_dir(opened.data_dir):
        prepare(opened, say)
        share_metrics(opened.data_dir)
        pipeline, named = _pipeline_jobs(opened)
        say(f"4/4  Starting: pollers, {named}, deliverer, pages")
        supervisor = Supervisor(
            [job(opened, "poll"), *pipeline, job(opened, "deliver"), job(opened, "serve")]
        )
        with exposed(opened.settings.metrics):
            return supervise(supervisor, say, lambda stopping: _await_page(opened, say, stopping))


def _pipeline_jobs(opened: Deployment) -> tuple[list[Job], str]:
    """Return what reads, enriches and records in this deployment, and its name."""
    if opened.settings.service.runner == "flink":
        return [job(opened, "process", "--runner", "flink")], "the keeper of the job on Flink"
    workers = opened.settings.process.workers or os.cpu_count() or 1
    return worker_jobs(opened, workers), f"{workers} pipeline worker{'s' if workers != 1 else ''}"


def run_workers(opened: Deployment, say: Say) -> int:
    """Run the pipeline's workers alone, supervised, until a signal; one port shows the metrics of all of them."""
    workers = opened.settings.process.workers or os.cpu_count() or 1
    with exposed_with_children(opened.settings.metrics):
        return supervise(Supervisor(worker_jobs(opened, workers)), say)


def prepare(opened: Deployment, say: Say) -> Applied:
    """Check settings and configuration, open bus and store, make the configuration active."""
    settings = opened.settings
    check_address(settings.serve)
    say(f"1/4  Configuration: {opened.config_dir}")
    for trouble in opened.trouble():
        raise Unavailable(trouble)
    store = opened.store()
    say(f"2/4  Store: {store.url}")
    opened.bus.check()
    say(f"3/4  Bus: {opened.bus.url} ({settings.deployment} deployment)")
    wanted = opened.configuration()
    for made in opened.make_secrets(wanted.subscriptions):
        say(f"     {made}")
    applied = opened.apply(wanted)
    say(
        f"     Watching {len(wanted.feeds)} feeds for {len(wanted.catalog.topics)} topics "
        f"with {len(wanted.catalog.rules)} alert rules"
    )
    for lack in wanted.lacks:
        say(f"     {lack}")
    return applied


def job(opened: Deployment, name: str, *words: str) -> Job:
    """Return the job that runs one newsbeam command on this deployment; the tree's metrics are its supervisor's."""
    command = [sys.executable, "-m", "newsbeam", "--config", str(opened.config_dir)]
    command += ["--data", str(opened.data_dir), name, "--metrics-port", "0", *words]
    return Job(name, command)


def worker_jobs(opened: Deployment, workers: int) -> list[Job]:
    """Return one job a pipeline worker; each death that was its own is written down, to find poison."""
    from pipelines.exits import free_shares_of_the_dead, record_exit, refuse_beside_keeper

    with suppress(StoreUnavailable):  # then the leases' end frees them, and the workers say what is wrong
        store = opened.store()
        clock = StoreClock(store)
        free_shares_of_the_dead(store, clock())
        refuse_beside_keeper(store, clock())
    jobs = []
    for _ in range(workers):
        plain = job(opened, "process", "--worker")

        def ended(pid: int, status: int, killed_by_us: bool) -> None:
            record_exit(opened.store(), pid, status, datetime.now(UTC), killed_by_us=killed_by_us)

        jobs.append(Job("process", plain.command, ended=ended))
    return jobs


def supervise(
    supervisor: Supervisor, say: Say, beside: Callable[[threading.Event], None] | None = None
) -> int:
    """Run until a signal, and say how it stopped.

    `beside` runs in a thread of its own, and ends when the event that it gets is set: children are looked after, and
    signals obeyed, from the first moment on.
    """
    supervisor.handle_signals()
    if beside is not None:
        threading.Thread(target=beside, args=(supervisor.stopping,), name="beside", daemon=True).start()
    code = supervisor.run()
    if supervisor.stopped_by is not None:
        say(f"Stopped ({supervisor.stopped_by}); everything recorded is kept.")
    return code


def _await_page(opened: Deployment, say: Say, stopping: threading.Event) -> None:
    """Say where the page is as soon as it answers."""
    serve = opened.settings.serve
    host = "127.0.0.1" if serve.host in {"0.0.0.0", "::"} else serve.host  # noqa: S104 - compared, not bound
    deadline = time.monotonic() + _READY_WITHIN_S
    while not _answers(host, serve.port):
        if stopping.wait(0.2):
            return
        if time.monotonic() > deadline:
            say(
                f"     The page does not answer after {_READY_WITHIN_S:.0f} s; what is logged above says why."
            )
            return
    say("")
    say(f"     Page:    http://{host}:{serve.port}/")
    say(f"     Data:    {opened.data_dir}")
    say(f"     Follow:  {_command_line(opened)} alerts --follow")
    say("     Stop:    Ctrl-C")
    say("")
    _tell_offline(opened, say, stopping)


def _command_line(opened: Deployment) -> str:
    """Return how to call newsbeam, from the same folder, on what runs here."""
    started = Path(sys.argv[0])
    found = shutil.which("newsbeam")
    on_path = found is not None and Path(found).absolute() == started.absolute()
    words = [str(started) if started.name == "newsbeam" and not on_path else "newsbeam"]
    usual = Deployment()
    here = Path.cwd()
    for option, used, without in (
        ("--data", opened.data_dir, usual.settings.data_dir),
        ("--config", opened.config_dir, usual.config_dir),
    ):
        if used.absolute() != without.absolute():
            words += [option, str(used.relative_to(here) if used.is_relative_to(here) else used)]
    return shlex.join(words)


def _tell_offline(opened: Deployment, say: Say, stopping: threading.Event) -> None:
    """Say it once when every feed was tried and none could be reached."""
    feeds = len(opened.configuration().feeds)
    for _ in range(_TELL_OFFLINE_TRIES):
        if not feeds or stopping.wait(_TELL_OFFLINE_EVERY_S):
            return
        states = [one.state for one in reads.feed_health(opened.store(), datetime.now(UTC))]
        if any(state.succeeded_at is not None for state in states):
            return
        away = [state for state in states if state.error_kind in AWAY]
        if len(away) == feeds:
            say(f"     None of the {feeds} feeds can be reached: no network? newsbeam goes on trying.")
            say("     To see it at work without one: stop this, then `make demo` or `newsbeam demo`.")
            say("")
            return


def _answers(host: str, port: int) -> bool:
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
