"""Values that people write with a unit, and values that nobody may see."""

import re
from pathlib import Path
from typing import Self

from newsbeam.errors import ConfigurationError

_DURATION_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3_600.0, "d": 86_400.0, "w": 604_800.0}
_SIZE_UNITS = {
    "B": 1,
    "kB": 1000,
    "MB": 1000**2,
    "GB": 1000**3,
    "TB": 1000**4,
    "KiB": 1024,
    "MiB": 1024**2,
    "GiB": 1024**3,
    "TiB": 1024**4,
}
_SIZE_UNITS_FOLDED = {unit.lower(): factor for unit, factor in _SIZE_UNITS.items()}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([A-Za-z]+)\s*")


class Duration(float):
    """Seconds, written with units: `90s`, `15m`, `1h30m`, `48h`, `7d`; only 0 needs none."""

    def __new__(cls, value: str | float) -> Self:
        """Return the duration. Raises `ValueError` with advice when a text is none."""
        return super().__new__(cls, _seconds(value) if isinstance(value, str) else value)


class Size(int):
    """Bytes, written with a unit: `512kB`, `10 MiB`, `1.5GB`; only 0 needs none."""

    def __new__(cls, value: str | int) -> Self:
        """Return the size. Raises `ValueError` with advice when a text is none."""
        return super().__new__(cls, _bytes(value) if isinstance(value, str) else value)


class Secret:
    """A text that never shows: not in logs, tracebacks or dumps. Ask with `reveal` where it is used."""

    def __init__(self, text: str) -> None:
        self._text = text

    def reveal(self) -> str:
        """Return the secret itself."""
        return self._text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other.reveal() == self._text

    def __hash__(self) -> int:
        return hash(self._text)

    def __repr__(self) -> str:
        return "Secret(***)"


def read_secret(path: Path | str) -> Secret:
    """Return the secret that a file holds, without line breaks at its end. Raises `ConfigurationError`."""
    try:
        text = Path(path).read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"secret file {path}: {_reason(error)}"]) from error
    if not text:
        raise ConfigurationError([f"secret file {path}: empty"])
    return Secret(text)


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else "no UTF-8"


def _seconds(text: str) -> float:
    if text.strip() == "0":
        return 0.0
    parts = _parts(text)
    if not parts or any(unit not in _DURATION_UNITS for _, unit in parts):
        raise ValueError(f"{text!r} is no duration; write it like 90s, 15m, 1h30m or 7d")
    return sum(number * _DURATION_UNITS[unit] for number, unit in parts)


def _bytes(text: str) -> int:
    if text.strip() == "0":
        return 0
    parts = _parts(text)
    factor = _SIZE_UNITS_FOLDED.get(parts[0][1].lower()) if len(parts) == 1 else None
    if factor is None:
        raise ValueError(f"{text!r} is no size; write it like 512kB, 10MiB or 1.5GB")
    return round(parts[0][0] * factor)


def _parts(text: str) -> list[tuple[float, str]]:
    rest = text.strip()
    if not re.fullmatch(f"(?:{_PART.pattern})+", rest):
        return []
    return [(float(number), unit) for number, unit in _PART.findall(rest)]
