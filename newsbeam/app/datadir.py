"""The data directory of a deployment on one machine, and its lock."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from newsbeam.errors import AlreadyRunning, ConfigurationError, Unavailable

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


def make_data_dir(path: Path) -> Path:
    """Create the directory when it is missing; raise `ConfigurationError` unless it can be written.

    A full disk is `Unavailable`.
    """
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / f".write-test-{os.urandom(8).hex()}"  # several jobs may begin at once
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        if error.errno in _FULL:  # no fault of the settings: trying again may help
            raise Unavailable(f"data directory {path}: the disk is full; free some space") from error
        advice = "choose another with service.data_dir or --data"
        raise ConfigurationError([f"data directory {path}: {_why_not(path, error)}; {advice}"]) from error
    return path.resolve()


def _why_not(path: Path, error: OSError) -> str:
    """What is in the way: the system says `File exists` of a file where a directory should be."""
    found = next((place for place in (path, *path.parents) if place.exists()), None)
    if found is not None and not found.is_dir():
        return f"{found} is a file, not a directory"
    return error.strerror or str(error)


@contextmanager
def locked_data_dir(path: Path) -> Iterator[None]:
    """Hold the directory for one service; raise `AlreadyRunning` while another process holds it.

    The lock belongs to the open file, so that it goes with the process, however that ends.
    """
    descriptor = os.open(path / "newsbeam.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.pread(descriptor, 32, 0).decode(errors="replace").strip() or "unknown"
            raise AlreadyRunning(
                f"newsbeam already runs on {path} (process {holder}); stop it first or choose another --data"
            ) from None
        os.ftruncate(descriptor, 0)
        with suppress(OSError):  # a full disk; the number is for people, and the lock holds without it
            os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
