"""The folder through which the jobs of one tree add up their metrics, and the room that it must have.

Its files are mapped into memory: where their disk is full, the first write to a page that was never written kills
the process (SIGBUS), and its successor too. So a job that finds no room counts for itself alone, and one that finds
room reserves what its files may take. Nothing here may import `newsbeam.metrics`, which opens the files.
"""

import logging
import os
import shutil
from pathlib import Path

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_ROOM_BYTES = 4 * 1024 * 1024

logger = logging.getLogger("newsbeam.run")


def share_metrics(data_dir: Path) -> None:
    """Let the jobs that this process starts count into one folder, which is empty now; `/metrics` adds it up."""
    folder = data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ[_VARIABLE] = str(folder)


def leave_without_room() -> None:
    """Count for this process alone when the shared folder has no room; call before anything else."""
    folder = os.environ.get(_VARIABLE)
    if folder is not None and shutil.disk_usage(folder).free < _ROOM_BYTES:
        del os.environ[_VARIABLE]
        logger.warning("the disk of %s is full: /metrics goes without this process's numbers", folder)


def reserve_room() -> None:
    """Take the room for all that this process's files may hold, now that they are open."""
    folder = os.environ.get(_VARIABLE)
    if folder is None or not hasattr(os, "posix_fallocate"):
        return
    for path in Path(folder).glob(f"*_{os.getpid()}.db"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)
