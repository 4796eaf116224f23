"""The job on Flink of one deployment: its keeper as a process of its own, and how the job is, seen from outside."""

import logging
import os
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime

from newsbeam.app.backlog import Backlog
from newsbeam.app.configuration import DEPLOYMENTS, Settings
from newsbeam.app.deployment import Deployment
from newsbeam.app.exposition import exposed
from newsbeam.app.heartbeat import heartbeat
from newsbeam.app.jobs import begin_job, check_models, stopped_by_signals
from newsbeam.app.service import job
from newsbeam.bus.port import STORIES
from newsbeam.errors import ConfigurationError, FlinkUnavailable, NotFound, Unavailable
from newsbeam.store.clock import StoreClock
from newsbeam.store.database import Store
from newsbeam.store.positions import read_positions
from pipelines.settings import FlinkSettings

logger = logging.getLogger("newsbeam.process")

CAREFUL_RUNS = 8  # a doubt is over after three: two deaths on one record, and the run that buries it
_LOOK_EVERY_S = 0.2
_ENDS_WITHIN_S = 2.0  # of a reader that is asked to; the keeper itself must end soon after a signal


def check_cluster(settings: Settings) -> None:
    """Raise `ConfigurationError` unless this is a cluster: Flink's workers reach no file of this machine."""
    if settings.deployment != "cluster":
        runner = f"service.runner: {settings.service.runner}, so that nothing runs on Flink"
        raise ConfigurationError([f"{runner}; the deployments are {DEPLOYMENTS}"])


def run_keeper(opened: Deployment) -> int:
    """Keep the live graph running on Flink until a signal; return the exit code."""
    begin_job(opened)
    check_cluster(opened.settings)
    check_models(opened)  # a doubtful record is read on this machine
    from newsbeam.enrichment import EnricherMaker
    from pipelines.enrich import CatalogInUse
    from pipelines.exits import owner_of
    from pipelines.keeper import JobKeeper, KeeperSettings
    from pipelines.monitor import Places

    def current() -> KeeperSettings:
        now = opened.settings_now()
        return KeeperSettings(now.flink, now.process, now.recording_here, EnricherMaker(now.language))

    stop, store = stopped_by_signals(), opened.store()
    places = Places(opened.bus, store, CatalogInUse(store), opened.settings.recording_here)
    with _backlog(opened) as backlog, exposed(opened.settings.metrics), heartbeat(store, "process"):

        def careful(partition: int) -> None:
            command = job(opened, "process", "--worker", "--careful", str(partition)).command
            read_carefully(command, store, partition, stop)

        return JobKeeper(places, current, backlog, careful, owner_of(os.getpid()), stop).run()


def read_carefully(command: Sequence[str], store: Store, partition: int, stop: threading.Event) -> None:
    """Let processes of this machine read a doubtful stretch until one survives it; each death is written down."""
    from pipelines.exits import EXIT_STOPPED, record_exit

    for _ in range(CAREFUL_RUNS):
        process = subprocess.Popen(command)  # noqa: S603 - the command is our own
        while process.poll() is None:
            if stop.wait(_LOOK_EVERY_S):
                _end(process)
        now = datetime.now(UTC)
        record_exit(store, process.pid, process.returncode, now, killed_by_us=stop.is_set())
        if stop.is_set() or process.returncode == EXIT_STOPPED:
            return
    logger.error("%s/%d: still in doubt after %d careful runs", STORIES, partition, CAREFUL_RUNS)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a reader, which may hang in a record and hear no signal but the last."""
    process.terminate()
    try:
        process.wait(_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def stop_flink_job(opened: Deployment) -> list[str]:
    """Cancel the job that a dead keeper left; return the ids of what was cancelled."""
    check_cluster(opened.settings)
    from pipelines.keeper import stop_job

    store = opened.store()
    return stop_job(store, opened.settings.flink, StoreClock(store)())


def flink_troubles(opened: Deployment) -> list[str]:
    """Return what is wrong with the job on Flink now, in words."""
    from pipelines.flinkrest import FlinkRest
    from pipelines.jobwatch import troubles_of

    flink, now = opened.settings.flink, datetime.now(UTC)
    try:
        rest = FlinkRest(flink.rest)
        found = rest.living(flink.name)
        running = rest.job(found[0]) if found else None
        return list(troubles_of(running, _waiting_s(opened, flink, now), flink, now).values())
    except (FlinkUnavailable, NotFound, Unavailable) as error:
        return [str(error)]


def _waiting_s(opened: Deployment, flink: FlinkSettings, now: datetime) -> dict[int, float]:
    """Return how long the next record of each partition that does not keep up has been on the bus."""
    positions, waiting_s = read_positions(opened.store(), STORIES), {}
    with _backlog(opened) as backlog:
        for partition, records in backlog().items():
            if records:
                reader = opened.bus.reader(STORIES, partition)
                try:
                    start = positions.get(partition, reader.bounds().first)
                    batch = reader.read(start, 1, flink.look_every_s)
                finally:
                    reader.close()
                if batch.records:
                    waiting_s[partition] = (now - batch.records[0].appended_at).total_seconds()
    return waiting_s


@contextmanager
def _backlog(opened: Deployment) -> Iterator[Backlog]:
    backlog = Backlog(opened.bus, opened.store())
    try:
        yield backlog
    finally:
        backlog.close()
