"""Results as text: one row a candidate, the median of its rounds with their spread, and its ratio to the first."""

import os
import platform
from collections.abc import Mapping, Sequence
from statistics import median


def machine() -> str:
    """Return what the numbers were taken on; a load above the cores means that only ratios are worth reading."""
    load, cores = os.getloadavg()[0], os.cpu_count() or 1
    busy = "  (busy: trust ratios, not rates)" if load > cores * 0.5 else ""
    return f"{cores} cores, Python {platform.python_version()}, load before {load:.1f}{busy}"


def spread(values: Sequence[float], digits: int = 1) -> str:
    """Return the median, and in brackets the least and the most of several rounds."""
    middle = f"{median(values):,.{digits}f}"
    if len(values) == 1:
        return middle
    return f"{middle} ({min(values):,.{digits}f}-{max(values):,.{digits}f})"


def ratios(rounds: Mapping[str, Sequence[float]], name: str, base: str) -> str:
    """Return a candidate's ratio to `base`, round by round: what other load does to one it does to the other."""
    return spread([a / b for a, b in zip(rounds[name], rounds[base], strict=True)], 2)


def show(head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print a table."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip())
    print(flush=True)


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value that `share` (0 to 1) of the values do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
