"""The whole product as real processes: started, killed, stopped, over a simulated newswire."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any

import psutil
import yaml

from newsbeam.app.demo import write_config
from newsbeam.newswire import Newswire, RunningServer, Script, serve
from newsbeam.newswire.outlets import OUTLETS
from tests.servers.flink import FlinkCluster
from tests.servers.process import free_port, wait_until

ROOT = Path(__file__).parents[2]
SUBSCRIPTION = "desk"  # gets every version; FIRST_ONLY gets each alert once
FIRST_ONLY = "desk-first"
# A feed that dies while nobody reads it loses news that no reader could have had.
IMMORTAL = Script(rubbish_after_s=1e6, dies_after_s=1e6, refuses_after_s=1e6)
_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))


class WireClock:
    """What time it is on the wire: held at first or not, then `speed` times as fast as ours; it can jump ahead."""

    def __init__(self, began_at: datetime, speed: float = 1.0, *, held: bool = False) -> None:
        self._speed = speed
        # where the wire was, when that was by our clock, how fast it went on
        self._legs = [(began_at, datetime.now(UTC), 0.0 if held else speed)]

    def __call__(self) -> datetime:
        at, ours, speed = self._legs[-1]
        return at + (datetime.now(UTC) - ours) * speed

    def release(self) -> None:
        """Let a held clock go."""
        self._legs.append((self._legs[-1][0], datetime.now(UTC), self._speed))

    def jump_to(self, moment: datetime) -> None:
        """Let it be this moment now."""
        self._legs.append((moment, datetime.now(UTC), self._speed))

    def ours(self, moment: datetime) -> datetime:
        """When it was, by our clock, first this moment on the wire; what was jumped over was at the jump."""
        for number, (at, ours, speed) in enumerate(self._legs):
            later = self._legs[number + 1 :]
            if moment <= at:
                return ours
            if speed and (not later or ours + (moment - at) / speed <= later[0][1]):
                return ours + (moment - at) / speed
        raise AssertionError("the clock was never let go")


def fast_wire(
    seed: int, *, slots: int, lasts_s: float, pace: float = 1.0, script: Script | None = None
) -> RunningServer:
    """Serve a newswire, held before its first news, then settled after `lasts_s` of our time.

    Nothing that it says lies in our future.
    """
    now = datetime.now(UTC)
    length_s = (Newswire(seed, now, pace, stop_after=slots, script=script).settled_at or now) - now
    wire = Newswire(seed, now - length_s, pace, stop_after=slots, script=script)
    return serve(
        wire, clock=WireClock(wire.started_at, max(1.0, length_s.total_seconds() / lasts_s), held=True)
    )


def configure(
    folder: Path,
    wire: RunningServer,
    *,
    receiver: str | None = None,
    service: Mapping[str, str] | None = None,
    flink: FlinkCluster | None = None,
) -> Path:
    """Write a configuration over the wire, brisk enough for a test; return its directory."""
    directory = write_config(folder, wire, port=free_port())
    settings = yaml.safe_load((directory / "newsbeam.yaml").read_text())
    settings["feeds"].update(every_s=1.0, shortest_s=1.0, cache_longest_s=1.0, backoff_longest_s=4.0)
    settings["process"].update(workers=2)
    settings["deliver"] = {"timeout_s": 2.0, "lease_s": 4.0, "first_wait_s": 0.2, "longest_pause_s": 1.0}
    settings["service"] = dict(service or {})
    if flink is not None:
        settings["service"]["runner"] = "flink"
        settings["flink"] = {**flink.places, "checkpoint_s": 2.0, "restart_delay_s": 0.2}
    _write(directory / "newsbeam.yaml", settings)
    feeds = yaml.safe_load((directory / "feeds.yaml").read_text())
    _write(directory / "feeds.yaml", [{**feed, "every_s": 1.0} for feed in feeds])
    if receiver is not None:
        alerts = yaml.safe_load((directory / "alerts.yaml").read_text())
        wanted = {"channel": "webhook", "allow_private": True}
        alerts["subscriptions"] = [
            {"id": SUBSCRIPTION, "url": f"{receiver}/all", "updates": True, **wanted},
            {"id": FIRST_ONLY, "url": f"{receiver}/first", **wanted},
        ]
        _write(directory / "alerts.yaml", alerts)
    return directory


def _write(path: Path, content: Any) -> None:
    path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False))


class Service:
    """`newsbeam run` on one configuration and data directory: one process tree at a time."""

    def __init__(self, config: Path, data: Path) -> None:
        self.config = config
        self.data = data
        self.log = data.parent / f"{data.name}.log"
        self.environ: dict[str, str] = {}  # beside the test run's own
        self.port = int(yaml.safe_load((config / "newsbeam.yaml").read_text())["serve"]["port"])
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start the tree; it need not be ready yet."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self.command("run"),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**environment(), **self.environ},
                cwd=self.config.parent,
                start_new_session=True,
            )

    def command(self, *words: str) -> list[str]:
        return [
            sys.executable,
            "-m",
            "newsbeam",
            "--config",
            str(self.config),
            "--data",
            str(self.data),
            *words,
        ]

    def call(self, *words: str) -> "Said":
        """Run one command to its end."""
        return call(self.command(*words), self.config.parent)

    def await_page(self, within_s: float = 60.0) -> None:
        """Return when the pages are served."""
        wait_until(lambda: self.answers("/readyz"), within_s, "the page", self.tail)

    def answers(self, path: str) -> bool:
        try:
            with _http.open(self.url + path, timeout=5) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def get(self, path: str) -> str:
        with _http.open(self.url + path, timeout=30) as answer:
            return str(answer.read().decode())

    def json(self, path: str) -> Any:
        return json.loads(self.get(path))

    def tree(self) -> list[psutil.Process]:
        """The supervisor and everything below it."""
        assert self._process is not None
        with suppress(psutil.NoSuchProcess):
            top = psutil.Process(self._process.pid)
            return [top, *top.children(recursive=True)]
        return []

    def kill_tree(self, random: Random | None = None) -> None:
        """SIGKILL to every process of the tree, in any order, until none is left."""
        assert self._process is not None
        victims = self.tree()
        if random is not None:
            random.shuffle(victims)
        while victims:
            for victim in victims:
                with suppress(psutil.NoSuchProcess):
                    victim.kill()
            victims = self.tree() if self._process.poll() is None else []
        self._process.wait()
        self._process = None
        wait_until(
            lambda: not self.left_over(), 10, "the killed tree to be gone", lambda: str(self.left_over())
        )

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the supervisor alone, as Ctrl-C and `systemctl stop` end up doing."""
        assert self._process is not None
        self._process.send_signal(number)

    def wait(self, within_s: float) -> int:
        """Return the exit code; fail when it still runs after `within_s`."""
        assert self._process is not None
        code = self._process.wait(within_s)
        self._process = None
        return code

    def stop(self) -> None:
        """Stop it if it runs."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self.kill_tree()
        self._process = None

    def left_over(self) -> list[str]:
        """Processes that still work on this data directory."""
        found = []
        for process in psutil.process_iter(["pid", "cmdline", "status"]):
            words = process.info["cmdline"] or []
            if str(self.data) in words and process.info["status"] != psutil.STATUS_ZOMBIE:
                found.append(f"{process.info['pid']} {' '.join(words[-3:])}")
        return found

    def tail(self) -> str:
        return self.log.read_text("utf-8", "replace")[-4_000:] if self.log.exists() else ""


class Said:
    """How a command ended."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def all(self) -> str:
        return self.out + self.err


def call(command: Sequence[str], folder: Path, within_s: float = 60.0) -> Said:
    """Run a command to its end."""
    ended = subprocess.run(
        command, cwd=folder, env=environment(), capture_output=True, text=True, timeout=within_s, check=False
    )
    return Said(ended.returncode, ended.stdout, ended.stderr)


def environment() -> dict[str, str]:
    """The test run's environment, with the product under test and none of the user's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSBEAM_")}
    return {**kept, "PYTHONPATH": str(ROOT), "NO_PROXY": "*"}


def healthy_feeds(wire: RunningServer) -> set[str]:
    """The feeds that give a document to the end."""
    settled = wire.wire.timeline.settled_at
    quirks = {outlet.id: outlet.quirk for outlet in OUTLETS}
    return {feed for feed, quirk in quirks.items() if wire.wire.script.ends_at(quirk) > settled}
