"""A real Flink session cluster from the jars that `make servers` put into .servers/: job manager, task manager,
Beam's job server and newsbeam's worker pool, each a process of its own on free ports of loopback."""

import json
import shutil
import sys
import urllib.request
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tests.servers.install import FLINK
from tests.servers.process import ServerProcess, free_port, listens

ROOT = Path(__file__).parents[2]
HEAP = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xshare:auto")
OPENED = (
    "lang",
    "util",
    "nio",
    "net",
    "io",
    "time",
    "util.concurrent",
)  # packages of Java that Flink looks into
OPENS = (*(f"--add-opens=java.base/java.{name}=ALL-UNNAMED" for name in OPENED),
         "--add-opens=java.base/sun.net.util=ALL-UNNAMED")  # fmt: skip
JOB_MANAGER = "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = "org.apache.flink.runtime.taskexecutor.TaskManagerRunner"
JARS, JOB_SERVER = (
    FLINK.home / "lib",
    "JobServer",
)  # the latter starts Beam's without sending its jars with each job

CONFIG = """\
jobmanager:
  rpc: {{address: 127.0.0.1, port: {rpc}}}
  bind-host: 127.0.0.1
  memory: {{process: {{size: 1024m}}}}
  execution: {{failover-strategy: region}}
taskmanager:  # started by its main class, it ends at once unless every size is given
  host: 127.0.0.1
  bind-host: 127.0.0.1
  numberOfTaskSlots: {slots}
  cpu: {{cores: 2.0}}
  memory:
    task: {{heap: {{size: 256m}}, off-heap: {{size: 64m}}}}
    framework: {{heap: {{size: 128m}}, off-heap: {{size: 128m}}}}
    network: {{min: 64m, max: 64m}}
    managed: {{size: 128m}}
    jvm-metaspace: {{size: 192m}}
    jvm-overhead: {{min: 192m, max: 192m}}
rest: {{address: 127.0.0.1, bind-address: 127.0.0.1, port: {rest}}}
blob: {{server: {{port: "{blob}"}}}}
parallelism: {{default: 2}}
classloader: {{resolve-order: parent-first}}
state:
  backend: {{type: hashmap}}
  checkpoints: {{dir: "file://{folder}/checkpoints"}}
  savepoints: {{dir: "file://{folder}/savepoints"}}
restart-strategy:
  type: fixed-delay
  fixed-delay: {{attempts: 1000, delay: 1s}}
heartbeat: {{interval: 1000, timeout: 5000}}
"""


def missing() -> str | None:
    """Return why no cluster can be started here, or None."""
    if shutil.which("java") is None:
        return "Java is not installed (make servers)"
    if not FLINK.is_there():
        return "Flink is not installed, or of other versions (make servers)"
    return None


class FlinkCluster:
    """One session cluster with its own folder and ports; every part stops, dies and starts again by itself."""

    def __init__(self, folder: Path, slots: int = 8) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self.rest_port, self.job_port, self.pool_port = free_port(), free_port(), free_port()
        self._config = folder / "config.yaml"
        text = CONFIG.format(
            rpc=free_port(), blob=free_port(), rest=self.rest_port, slots=slots, folder=folder
        )
        self._config.write_text(text, "utf-8")
        configured = ["--configDir", str(folder)]
        self.job_manager = self._java(
            "job manager", ["-Xmx512m"], [JOB_MANAGER, *configured, "--executionMode", "cluster"]
        )
        self.task_manager = self._java(
            "task manager", ["-Xmx512m", "-XX:MaxDirectMemorySize=384m"], [TASK_MANAGER, *configured]
        )
        serving = [f"--flink-master=127.0.0.1:{self.rest_port}", "--job-host=127.0.0.1",
                   f"--job-port={self.job_port}", f"--artifact-port={free_port()}", f"--expansion-port={free_port()}",
                   f"--artifacts-dir={folder}/artifacts", f"--flink-conf-dir={folder}"]  # fmt: skip
        self.job_server = self._java(
            "job server", ["-Xmx256m"], [JOB_SERVER, str(JARS), *serving], str(FLINK.home / "classes")
        )
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

    def start(self) -> "FlinkCluster":
        """Start every part; return when jobs can be submitted."""
        self.start_job_manager()
        self.start_task_manager()
        self.start_job_server()
        self.start_worker_pool()
        return self

    def start_job_manager(self) -> None:
        """Start the job manager; return when it answers."""
        self.job_manager.start(lambda: listens(self.rest_port), within_s=60)

    def start_task_manager(self) -> None:
        """Start the task manager; return when the job manager knows it."""
        known = self._task_managers()
        self.task_manager.start(lambda: bool(self._task_managers() - known), within_s=60)

    def start_job_server(self) -> None:
        """Start Beam's job server; return when it takes jobs."""
        self.job_server.start(lambda: listens(self.job_port), within_s=60)

    def start_worker_pool(self, **environ: str) -> None:
        """Start newsbeam's pool; return when it can be asked for workers."""
        mine = {"PYTHONPATH": str(ROOT), "NEWSBEAM_FLINK__WORKER_POOL": self.worker_endpoint}
        self.worker_pool.start(lambda: listens(self.pool_port), within_s=60, environ={**mine, **environ})

    def ask(self, path: str) -> Any:
        """Return what the job manager's REST interface says."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(f"{self.rest_url}/{path}", timeout=10) as answer:
            return json.load(answer)

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

    def _java(
        self, name: str, heap: Sequence[str], main: Sequence[str], classes: str = f"{JARS}/*"
    ) -> ServerProcess:
        logs = "-Dorg.slf4j.simpleLogger.showDateTime=true"
        command = ["java", *heap, *HEAP, *OPENS, logs, "-cp", classes, *main]
        return ServerProcess(name, command, self._folder / f"{name.replace(' ', '-')}.log")
