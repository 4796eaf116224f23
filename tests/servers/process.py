"""A server as a child process of the test run."""

import os
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

STOP_WITHIN_S = 20.0


class ServerProcess:
    """Runs one command in its own process group, its output in a file that failures quote."""

    def __init__(
        self, name: str, command: Sequence[str | Path], log: Path, *, user: str | None = None
    ) -> None:
        self.name = name
        self.log = log
        # Should the test run itself be killed, the server must not outlive it (Linux).
        setpriv = shutil.which("setpriv")
        leash = [setpriv, "--pdeathsig", "KILL"] if setpriv else []
        self._command = [*leash, *(str(word) for word in command)]
        self._user = user
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The server's process id; it must run."""
        assert self._process is not None, f"{self.name} does not run"
        return self._process.pid

    def start(
        self,
        ready: Callable[[], bool],
        within_s: float,
        environ: Mapping[str, str] | None = None,
        *,
        alone: bool = False,
    ) -> None:
        """Start the server and return when `ready()` holds; it sees `environ` beside ours, or that `alone`."""
        with self.log.open("ab") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                env={**({} if alone else os.environ), **(environ or {})},
                cwd=self.log.parent,
            )
        wait_until(lambda: self.has_ended() or ready(), within_s, f"{self.name} to answer", self.tail)
        if self.has_ended():
            raise AssertionError(f"{self.name} ended at once:\n{self.tail()}")

    def has_ended(self) -> bool:
        """Say whether it does not run."""
        return self._process is None or self._process.poll() is not None

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        """Ask the server to stop, and make sure of it; a server that does not run is left alone."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.send_signal(how)
            try:
                self._process.wait(STOP_WITHIN_S)
            except subprocess.TimeoutExpired:
                self.kill()
        self._process = None

    def end(self, within_s: float) -> int:
        """Ask the server to stop and return its exit code. Raises `TimeoutExpired` when it goes on."""
        assert self._process is not None
        self._process.terminate()
        return self._process.wait(within_s)

    def kill(self) -> None:
        """Kill the server and its children as a power cut would (SIGKILL)."""
        if self._process is not None:
            with suppress(ProcessLookupError):  # it ended by itself
                os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait(STOP_WITHIN_S)
            self._process = None

    def freeze(self) -> None:
        """Let the server hang: it keeps its connections and answers nothing."""
        os.killpg(self.pid, signal.SIGSTOP)

    def thaw(self) -> None:
        """Let a frozen server go on."""
        os.killpg(self.pid, signal.SIGCONT)

    def tail(self) -> str:
        """Return the end of the server's output."""
        return self.log.read_text("utf-8", "replace")[-4_000:] if self.log.exists() else ""


def wait_until(
    holds: Callable[[], bool], within_s: float, what: str, detail: Callable[[], str] = lambda: ""
) -> None:
    """Return when `holds()`; fail with `what` was waited for, and `detail()`, after `within_s`."""
    deadline = time.monotonic() + within_s
    while not holds():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {within_s:g} s for {what}\n{detail()}")
        time.sleep(0.05)


def free_port() -> int:
    """Return a port of loopback that nothing listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listens(port: int) -> bool:
    """Say whether something accepts connections on a port of loopback."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0
