"""The folder through which the jobs of one tree add up their metrics, and the room that it must have.

Its files are mapped into memory: where their disk is full, the first write to a page that was never written kills
the process (SIGBUS), and its successor too. So a job that finds no room counts for itself alone, and one that finds
room reserves what its files may take. No job is worth less than its numbers: whatever is wrong with the folder is a
warning. Importing this must not import `newsbeam.metrics`, which opens the files.
"""

import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from newsbeam.machine import little_room

_VARIABLE = "PROMETHEUS_MULTIPROC_DIR"

logger = logging.getLogger("newsbeam.run")


def share_metrics(data_dir: Path) -> None:
    """Let the jobs that this process starts count into one folder, which is empty now; `/metrics` adds it up."""
    folder = data_dir / "metrics"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    os.environ[_VARIABLE] = str(folder)


@contextmanager
def metrics_shared_for_now() -> Iterator[None]:
    """Share metrics while the block runs, in a folder of this tree's own: others may use the same data directory."""
    with tempfile.TemporaryDirectory(prefix="newsbeam-metrics-", ignore_cleanup_errors=True) as folder:
        os.environ[_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[_VARIABLE]


def leave_without_room() -> None:
    """Count for this process alone when the shared folder is missing or full; call before anything else."""
    folder = os.environ.get(_VARIABLE)
    if folder is not None and (trouble := _trouble(folder)) is not None:
        del os.environ[_VARIABLE]
        logger.warning("%s: /metrics goes without this process's numbers", trouble)


def _trouble(folder: str) -> str | None:
    """Return why files cannot be written into a folder now, None when they can."""
    if not Path(folder or "missing").is_dir():
        return f"{_VARIABLE} names no folder: {folder or 'nothing'}"
    if not os.access(folder, os.W_OK | os.X_OK):
        return f"{_VARIABLE}: {folder} cannot be written"
    if little_room(Path(folder)) is not None:
        return f"the disk of {folder} is full"
    return None


def reserve_room() -> None:
    """Take the room for all that this process's files may hold, now that they are open."""
    folder = os.environ.get(_VARIABLE)
    if folder is None or not hasattr(os, "posix_fallocate"):
        return
    for path in Path(folder).glob(f"*_{os.getpid()}.db"):
        with path.open("r+b") as file:
            os.posix_fallocate(file.fileno(), 0, path.stat().st_size)


def fold_ended() -> bool:
    """Take processes that ended out of the shared numbers; False to call again: no room, or a reader."""
    folder = os.environ.get(_VARIABLE)
    if folder is None:
        return True
    from newsbeam.metrics import fold_dead

    try:
        if not Path(folder).is_dir():  # somebody tidied up; those who start from now on add up again
            Path(folder).mkdir()
            logger.warning("%s was gone and is made anew: /metrics starts over", folder)
        if little_room(Path(folder)) is not None:
            return False
        fold_dead(Path(folder))
    except BlockingIOError:
        return False
    except (OSError, ValueError, RuntimeError) as error:  # ValueError, RuntimeError: a file is damaged
        logger.warning("%s: the numbers of processes that ended cannot be folded: %s", folder, error)
    return True
