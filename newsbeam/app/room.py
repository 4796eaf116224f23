"""Whether there is room for what newsbeam writes: a full disk is the commonest reason why everything waits."""

from pathlib import Path

from newsbeam.machine import little_room


def no_room(place: Path | None) -> str | None:
    """Return that the disk below a file is full, in words; None when there is room, or no file of ours."""
    if place is None or not place.parent.is_dir():
        return None
    if (left := little_room(place.parent)) is None:
        return None
    return f"the disk is full below {place.parent} ({left}): free some space, nothing was lost"
