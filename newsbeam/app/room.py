"""Whether there is room for what newsbeam writes: a full disk is the commonest reason why everything waits."""

import shutil
from pathlib import Path

LEAST_BYTES = 4 * 1024 * 1024


def no_room(place: Path | None) -> str | None:
    """Return that the disk below a file is full, in words; None when there is room, or no file of ours."""
    if place is None or not place.parent.is_dir():
        return None
    free = shutil.disk_usage(place.parent).free
    if free >= LEAST_BYTES:
        return None
    return f"the disk is full below {place.parent} ({free // 1024:,} KiB left): free some space, nothing was lost"
