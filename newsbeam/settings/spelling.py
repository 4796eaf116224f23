"""How the fields of a struct may be written in a file: with a unit, or as a file that holds a secret."""

from datetime import date, datetime
from difflib import get_close_matches
from enum import Enum
from pathlib import Path
from types import NoneType, UnionType
from typing import Annotated, Any, NamedTuple, Union, get_args, get_origin

import msgspec

from newsbeam.errors import ConfigurationError
from newsbeam.settings.values import Duration, Secret, Size, read_secret


class EnvironmentText(str):
    """A value from the environment: a text that may stand for a number, a switch or a list."""

    __slots__ = ()


class SecretFile(Secret):
    """A secret, given as the path of the file that holds it."""


class Spelling(NamedTuple):
    """One way to write a field: under `name`, as `kind`."""

    name: str
    kind: Any


def spellings(field: msgspec.structs.FieldInfo, names: frozenset[str]) -> list[Spelling]:
    """Return every way to write `field`, its own name first; `names` are those of all fields beside it."""
    name, (kind, *others) = field.encode_name, arms(field.type)
    ways = [Spelling(name, field.type)]
    if others:
        return ways
    if kind is float and name.endswith("_s"):
        ways.append(Spelling(name.removesuffix("_s"), Duration))
    elif kind is int and name.endswith("_bytes"):
        ways.append(Spelling(name.removesuffix("_bytes"), Size))
    elif kind is Secret:
        ways.append(Spelling(f"{name}_file", SecretFile))
    return [ways[0], *(way for way in ways[1:] if way.name not in names)]


def unit(field: msgspec.structs.FieldInfo, names: frozenset[str]) -> Any:
    """Return `Duration` or `Size` when the field's value may be a text with such a unit, else None."""
    kinds = [way.kind for way in spellings(field, names)[1:]]
    return kinds[0] if kinds and kinds[0] in {Duration, Size} else None


def convert(kind: Any, value: Any) -> Any:
    """Return `value` as one of the kinds that msgspec does not know. Raises `ValueError` with advice."""
    if kind is Path and isinstance(value, str):
        return Path(value)
    if kind in {Duration, Size}:
        if isinstance(value, str) or value == 0:
            return kind(value)
        raise ValueError(
            f"{value} of what? write it with a unit, like {'15m' if kind is Duration else '10MiB'}"
        )
    if kind is SecretFile and isinstance(value, str):
        return _secret_in(value)
    if kind is Secret:
        if isinstance(value, EnvironmentText):
            return Secret(str(value))
        raise ValueError("a secret does not belong in this file; name a file that holds it, as NAME_file")
    raise ValueError(f"no value of the kind {getattr(kind, '__name__', kind)}")


def _secret_in(path: str) -> SecretFile:
    try:
        return SecretFile(read_secret(path).reveal())
    except ConfigurationError as error:
        raise ValueError(str(error)) from error


def bare(kind: Any) -> Any:
    """Return a type without its annotations."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def arms(kind: Any) -> list[Any]:
    """Return the alternatives of a type, bare, without None."""
    whole = bare(kind)
    if get_origin(whole) not in {Union, UnionType}:
        return [whole]
    return [bare(arm) for arm in get_args(whole) if arm is not NoneType]


def may_be_none(kind: Any) -> bool:
    """Whether a type has None as an alternative."""
    whole = bare(kind)
    return whole is NoneType or (get_origin(whole) in {Union, UnionType} and NoneType in get_args(whole))


_TEXTS = (str, Enum, Path, Duration, Size, Secret, datetime, date)


def takes_text(kind: Any) -> bool:
    """Whether a text can be a value of a type as it stands, without being read as YAML first."""
    return any(arm is Any or (isinstance(arm, type) and issubclass(arm, _TEXTS)) for arm in arms(kind))


def advice(name: str, known: list[str]) -> str:
    """Return the end of a message about an unknown name: the nearest known one, or all when they are few."""
    near = get_close_matches(name.lower(), known, n=1)
    if near:
        return f'; did you mean "{near[0]}"?'
    return f"; known: {', '.join(sorted(known))}" if 0 < len(known) <= 12 else ""
