"""A small disk of one's own (root): a file system in memory that can be filled to the last byte."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class CannotMount(Exception):
    """No file system can be mounted here; the text says why."""


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Path]:
    """Mount a disk of so many bytes on a folder; raises CannotMount."""
    mount = ["mount", "-t", "tmpfs", "-o", f"size={size}", "newsbeam-test", str(folder)]
    try:
        mounted = subprocess.run(mount, capture_output=True, text=True, timeout=20, check=False)
    except FileNotFoundError as error:
        raise CannotMount("no small file system can be mounted here: there is no mount command") from error
    if mounted.returncode:
        raise CannotMount(f"no small file system can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], timeout=20, check=True)


def fill(disk: Path) -> Path:
    """Leave no byte on the disk; return the file that took them."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (65_536, 4_096, 1):
            try:
                while file.write(bytes(size)):
                    pass
            except OSError:
                continue
    return ballast
