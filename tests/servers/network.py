"""A network of one's own (Linux, root): a network namespace whose loopback can be cut and healed."""

import ctypes
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Self

_NEWNET = 0x40000000  # CLONE_NEWNET of <sched.h>; the os module has it from Python 3.12 on
_OURS = Path("/proc/thread-self/ns/net")


def missing() -> str | None:
    """Return why no network can be made here, or None."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return "a network of its own is made by root on Linux alone"
    if shutil.which("ip") is None:
        return "there is no command ip (Debian: iproute2)"
    return None


class PrivateNetwork:
    """While entered, the calling thread and all that it starts share a network with nobody."""

    def __init__(self) -> None:
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._before = -1

    def __enter__(self) -> Self:
        self._before = os.open(_OURS, os.O_RDONLY)
        self._check(self._libc.unshare(_NEWNET))
        self.heal()
        return self

    def __exit__(self, *_: object) -> None:
        self._check(self._libc.setns(self._before, _NEWNET))
        os.close(self._before)

    def cut(self) -> None:
        """Let no packet pass between any two of its processes; connections stay open."""
        self._loopback("down")

    def heal(self) -> None:
        """Let packets pass again."""
        self._loopback("up")

    def _loopback(self, state: str) -> None:
        subprocess.run(["ip", "link", "set", "lo", state], check=True, timeout=20)

    def _check(self, answer: int) -> None:
        if answer:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
