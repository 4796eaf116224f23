"""A real Flink session cluster from the jars that `make servers` put into .servers/: job manager, task manager,
Beam's job server and newsbeam's worker pool, each a process of its own on free ports of loopback."""

import json
import shutil
import sys
import urllib.request
from pathlib import Path
from typing import Any

import yaml

from tests.servers.compose import ROOT, SERVICES, Mapped
from tests.servers.install import FLINK
from tests.servers.process import ServerProcess, free_port, listens

SETTINGS = ROOT / "config" / "flink"
JARS = FLINK.home / "lib"
QUICK = {
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xshare:auto "
    "-Dorg.slf4j.simpleLogger.showDateTime=true"
}


def missing() -> str | None:
    """Return why no cluster can be started here, or None."""
    if shutil.which("java") is None:
        return "Java is not installed (make servers)"
    if not FLINK.is_there():
        return "Flink is not installed, or of other versions (make servers)"
    return None


class FlinkCluster:
    """One session cluster with its own folder and ports; every part stops, dies and starts again by itself."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.rest_port, self.job_port, self.pool_port = free_port(), free_port(), free_port()
        self._configure(free_port(), free_port())
        self._here = Mapped(
            {
                "/opt/flink/lib": JARS,
                "/opt/apache/beam/jars/*": FLINK.home / "classes",
                "/etc/flink": folder,
                "=/tmp/": f"={folder}/",
                "jobmanager:8081": f"127.0.0.1:{self.rest_port}",
                "--job-host=jobserver": "--job-host=127.0.0.1",
                "=8099": f"={self.job_port}",
                "=8098": f"={free_port()}",
                "=8097": f"={free_port()}",
            }
        )
        self.job_manager = self._java("jobmanager")
        self.task_manager = self._java("taskmanager")
        # JobServer starts Beam's driver, which it takes the place of, without sending its jars with each job.
        self.job_server = self._java("jobserver", "JobServer", str(JARS))
        pool = [sys.executable, "-m", "newsbeam", "--data", str(folder / "pool"), "process", "--pool"]
        self.worker_pool = ServerProcess("worker pool", pool, folder / "worker-pool.log")

    @property
    def job_endpoint(self) -> str:
        """Where jobs are submitted."""
        return f"127.0.0.1:{self.job_port}"

    @property
    def worker_endpoint(self) -> str:
        """Where Flink finds Python workers."""
        return f"127.0.0.1:{self.pool_port}"

    @property
    def rest_url(self) -> str:
        """Where Flink tells of its jobs."""
        return f"http://127.0.0.1:{self.rest_port}"

    @property
    def places(self) -> dict[str, str]:
        """Where all of it is, as newsbeam's settings of `flink` say it."""
        return {
            "job_endpoint": self.job_endpoint,
            "rest": self.rest_url,
            "worker_pool": self.worker_endpoint,
        }

    def start(self) -> "FlinkCluster":
        """Start every part; return when jobs can be submitted."""
        self.start_job_manager()
        self.start_task_manager()
        self.start_job_server()
        self.start_worker_pool()
        return self

    def start_job_manager(self) -> None:
        """Start the job manager; return when it answers."""
        self.job_manager.start(lambda: listens(self.rest_port), within_s=60, environ=QUICK)

    def start_task_manager(self) -> None:
        """Start the task manager; return when the job manager knows it."""
        known = self._task_managers()
        self.task_manager.start(lambda: bool(self._task_managers() - known), within_s=60, environ=QUICK)

    def start_job_server(self) -> None:
        """Start Beam's job server; return when it takes jobs."""
        self.job_server.start(lambda: listens(self.job_port), within_s=60, environ=QUICK)

    def start_worker_pool(self, **environ: str) -> None:
        """Start newsbeam's pool; return when it can be asked for workers."""
        mine = {"PYTHONPATH": str(ROOT), "NEWSBEAM_FLINK__WORKER_POOL": self.worker_endpoint}
        self.worker_pool.start(lambda: listens(self.pool_port), within_s=60, environ={**mine, **environ})

    def ask(self, path: str) -> Any:
        """Return what the job manager's REST interface says."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.rest_url}/{path}", timeout=10) as answer:
            return json.load(answer)

    def living(self) -> list[str]:
        """Return the ids of the jobs that have not ended."""
        ended = {"CANCELED", "FAILED", "FINISHED"}
        return [one["jid"] for one in self.ask("jobs/overview")["jobs"] if one["state"] not in ended]

    def stop(self) -> None:
        """Stop every part; workers of the pool die with it."""
        for part in (self.worker_pool, self.job_server, self.task_manager, self.job_manager):
            part.kill()

    def __str__(self) -> str:
        return self.rest_url

    def _task_managers(self) -> set[str]:
        try:
            return {one["id"] for one in self.ask("taskmanagers")["taskmanagers"]}
        except OSError:
            return set()

    def _java(self, service: str, *main: str) -> ServerProcess:
        """Return a service of docker-compose.yml by its own command, `main` in place of its main class."""
        entrypoint, (main_class, *arguments) = SERVICES[service]["entrypoint"], SERVICES[service]["command"]
        command = self._here.words(entrypoint, main or [main_class], arguments)
        return ServerProcess(service, command, self._folder / f"{service}.log")

    def _configure(self, rpc: int, blob: int) -> None:
        """Write Flink's settings as docker-compose.yml mounts them, with the places of this machine, and quicker."""
        told = yaml.safe_load((SETTINGS / "config.yaml").read_text("utf-8"))
        told["jobmanager"].update({"rpc": {"address": "127.0.0.1", "port": rpc}, "bind-host": "127.0.0.1"})
        told["taskmanager"].update({"host": "127.0.0.1", "bind-host": "127.0.0.1"})
        del told["taskmanager"]["registration"]  # nobody starts one again that gave up a slow job manager
        told["rest"] = {"address": "127.0.0.1", "bind-address": "127.0.0.1", "port": self.rest_port}
        told["blob"]["server"]["port"] = str(blob)
        for kind in ("checkpoints", "savepoints"):
            told["state"][kind]["dir"] = f"file://{self._folder}/{kind}"
        told["heartbeat"] = {"interval": 1000, "timeout": 5000}
        (self._folder / "config.yaml").write_text(yaml.safe_dump(told), "utf-8")
        shutil.copy(SETTINGS / "java17", self._folder)
