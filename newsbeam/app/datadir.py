"""The data directory of a deployment on one machine, and its lock."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsbeam.errors import AlreadyRunning, ConfigurationError


def make_data_dir(path: Path) -> Path:
    """Create the directory when it is missing; raise `ConfigurationError` unless it can be written."""
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".write-test"
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        advice = "choose another with service.data_dir or --data"
        raise ConfigurationError([f"data directory {path}: {error.strerror}; {advice}"]) from error
    return path.resolve()


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
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        yield
    finally:
        os.close(descriptor)
