"""What several parts ask of the machine they run on: whether a process lives, whether a disk has room."""

import os
import shutil
from pathlib import Path

ROOM_BYTES = 4 * 1024 * 1024  # with less left below a folder its disk counts as full


def lives(pid: int) -> bool:
    """Whether a process of this machine lives, whoever's it is."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass  # another user's
    return True


def little_room(folder: Path) -> str | None:
    """Return how little is left of the disk below a folder, in words, when it counts as full; None when not."""
    free = shutil.disk_usage(folder).free
    return None if free >= ROOM_BYTES else f"{free // 1024:,} KiB left"
