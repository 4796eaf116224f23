"""A laptop deployment in a folder of its own: newsbeam as real processes, started, looked at and stopped."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import yaml

from newsbeam.app.configuration import starter_config
from newsbeam.app.deployment import Deployment

ROOT = Path(__file__).parents[1]
READY_WITHIN_S = 120.0
STOP_WITHIN_S = 15.0
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class Laptop:
    """One data directory and its configuration: the starter catalog, the feeds and other settings that are given."""

    def __init__(
        self,
        folder: Path,
        workers: int,
        feeds: Sequence[Mapping[str, Any]] = (),
        more: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.folder = folder
        self.port = _free_port()
        self.config = folder / "config"
        self.log = folder / "log.txt"
        for name in ("topics", "outlets.yaml", "alerts.yaml"):
            _copy(starter_config() / name, self.config / name)
        settings = {"process": {"workers": workers}, "serve": {"port": self.port}, **(more or {})}
        (self.config / "newsbeam.yaml").write_text(yaml.safe_dump(settings))
        (self.config / "feeds.yaml").write_text(yaml.safe_dump([dict(feed) for feed in feeds]))
        self.deployment = Deployment(str(self.config), str(folder / "data"))
        self._process: subprocess.Popen[bytes] | None = None

    def apply(self) -> None:
        """Make the configuration active, as `newsbeam run` does before anything starts."""
        self.deployment.apply(self.deployment.configuration())

    def start(self, *words: str) -> None:
        """Start one newsbeam command of this deployment."""
        command = [sys.executable, "-m", "newsbeam", "--config", str(self.config)]
        kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBEAM_")}
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "--data", str(self.folder / "data"), *words],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**kept, "PYTHONPATH": str(ROOT)},
                cwd=self.folder,
                start_new_session=True,
            )

    def await_page(self) -> None:
        """Return when the whole service is ready."""
        self.wait(lambda: _answers(f"http://127.0.0.1:{self.port}/readyz"), "the service to be ready")

    def await_shares(self, workers: int) -> None:
        """Return when so many workers hold fair shares of the partitions."""
        self.wait(lambda: self._shares() == workers, f"{workers} workers to share the partitions")

    def _shares(self) -> int:
        from datetime import UTC, datetime

        from newsbeam.store.leases import owners

        held = list(owners(self.deployment.store(), "partition:", datetime.now(UTC)).values())
        each = {owner: held.count(owner) for owner in held}
        fair = bool(each) and max(each.values()) - min(each.values()) <= 1
        whole = len(held) == self.deployment.bus.partitions("stories")
        return len(each) if whole and fair else 0

    def wait(self, holds: Callable[[], bool], what: str, within_s: float = READY_WITHIN_S) -> None:
        """Return when something holds; raises with the end of the service's log when it does not in time."""
        deadline = time.monotonic() + within_s
        while not holds():
            ended = self._process is not None and self._process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(f"waited for {what}\n{self.log.read_text(errors='replace')[-3000:]}")
            time.sleep(0.02)

    def tree(self) -> list[psutil.Process]:
        """The started process and everything below it."""
        if self._process is None:
            return []
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(self._process.pid)
            return [top, *top.children(recursive=True)]
        return []

    def signal_workers(self, number: signal.Signals) -> None:
        """Send a signal to the pipeline's workers alone."""
        for process in self.tree():
            if name_of(process) == "process":
                process.send_signal(number)

    def stop(self) -> None:
        """Stop everything that was started here."""
        if self._process is None or self._process.poll() is not None:
            return
        victims = self.tree()
        self._process.terminate()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(STOP_WITHIN_S)
        for victim in victims:
            with suppress(psutil.NoSuchProcess):
                victim.kill()
        self._process.wait()


@contextmanager
def laptop(
    workers: int,
    feeds: Sequence[Mapping[str, Any]] = (),
    more: Mapping[str, Mapping[str, Any]] | None = None,
) -> Iterator[Laptop]:
    """Yield a fresh deployment, on a laptop unless `more` says otherwise; it is stopped and removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix="newsbeam-bench-"))
    one = Laptop(folder, workers, feeds, more)
    try:
        yield one
    finally:
        one.stop()
        one.deployment.store().close()
        shutil.rmtree(folder, ignore_errors=True)


def name_of(process: psutil.Process) -> str:
    """Return what a process of the tree is: the newsbeam command it runs, or `parser`."""
    with suppress(psutil.NoSuchProcess):
        words = process.cmdline()
        if "newsbeam" not in words:
            return "parser"
        known = {"run", "poll", "deliver", "serve", "process"}
        name = next((word for word in words if word in known), "?")
        return "supervisor" if name == "process" and "--worker" not in words else name
    return "gone"


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """Return the CPU time that these processes have used so far, user and system."""
    total = 0.0
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            times = process.cpu_times()
            total += times.user + times.system
    return total


def queued_seconds(process: psutil.Process) -> float | None:
    """Return how long a process's main thread was ready but had no core (Linux's schedstat), None elsewhere."""
    with suppress(OSError, IndexError):
        return int(Path(f"/proc/{process.pid}/schedstat").read_text().split()[1]) / 1e9
    return None


def resident_mb(process: psutil.Process) -> float:
    """Return a process's resident memory, 0 when it is gone."""
    with suppress(psutil.NoSuchProcess):
        return float(process.memory_info().rss) / 1e6
    return 0.0


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, target)
    else:
        shutil.copy(source, target)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _answers(url: str) -> bool:
    try:
        with _http.open(url, timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
