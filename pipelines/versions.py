"""What must be the same where a graph is made and where it runs: Python, Beam, and newsbeam's own code.

A step travels pickled, by the names of its classes: another version would fail in words that nobody understands, or
record something else.
"""

import hashlib
import sys
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

import msgspec


class Versions(msgspec.Struct, frozen=True):
    """Of one process. `code` is a hash of the sources, since an image may be older than its version says."""

    python: str
    beam: str
    newsbeam: str
    code: str

    def params(self) -> dict[str, str]:
        """Return them as Beam hands them to a worker pool."""
        return dict(msgspec.structs.asdict(self))


@cache
def versions_here() -> Versions:
    """Return this process's."""
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    return Versions(python, version("apache-beam"), version("newsbeam"), _code())


def complaint(wanted: Versions, has: Versions) -> str | None:
    """Return why a worker with the versions `has` cannot run a graph of `wanted`, None when it can."""
    wrong = [
        f"{name} {getattr(has, field)} where the job was submitted with {getattr(wanted, field)}"
        for field, name in _NAMES.items()
        if getattr(has, field) != getattr(wanted, field)
    ]
    if not wrong:
        return None
    return f"this worker has {', '.join(wrong)}: start the worker pool from the same installation or image"


_NAMES = {"python": "Python", "beam": "apache-beam", "newsbeam": "newsbeam", "code": "newsbeam's code"}


def _code() -> str:
    digest = hashlib.sha256()
    for package in ("newsbeam", "pipelines"):
        spec = find_spec(package)
        for folder in () if spec is None else spec.submodule_search_locations or ():
            for path in sorted(Path(folder).rglob("*.py")):
                digest.update(str(path.relative_to(folder)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
