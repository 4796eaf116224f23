"""Plain data into frozen structs, with every mistake at once."""

from collections.abc import Mapping
from enum import Enum
from typing import Any, Protocol, TypeVar, get_args, get_origin

import msgspec

from newsbeam.errors import ConfigurationError
from newsbeam.settings.spelling import (
    EnvironmentText,
    advice,
    arms,
    convert,
    may_be_none,
    spellings,
    takes_text,
    unit,
)
from newsbeam.settings.words import needed, shown
from newsbeam.settings.yamlfile import Trail, parse_yaml

T = TypeVar("T")


class Places(Protocol):
    """Says where a value was written: `Lines` of a file, or a mixture of sources."""

    def at(self, *trail: str | int) -> str:
        """Return the place of the value at `trail`, for a message."""
        ...


def check(value: Any, kind: type[T], places: Places, mistakes: list[str], at: Trail = ()) -> T | None:
    """Return `value` as `kind`, or None after adding every mistake in it to `mistakes`.

    A mistake reads `file:line: path: what is wrong`. Unknown keys are mistakes, with the nearest known key.
    A field `every_s` may be written `every: 15m`, `body_bytes` as `body: 10 MiB`; a `Secret` field `password`
    is given as `password_file`. `at` is where `value` lies in what `places` knows.
    """
    before = len(mistakes)
    result: T = _Check(places, mistakes).value(value, kind, at)
    return result if len(mistakes) == before else None


class _Check:
    """Every method returns the value as `kind`, or anything after reporting a mistake."""

    def __init__(self, places: Places, mistakes: list[str]) -> None:
        self.places = places
        self.mistakes = mistakes

    def wrong(self, trail: Trail, what: str) -> None:
        path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in trail).lstrip(".")
        self.mistakes.append(f"{self.places.at(*trail)}: {path + ': ' if path else ''}{what}")

    def value(self, value: Any, kind: Any, trail: Trail) -> Any:
        if isinstance(value, EnvironmentText) and not takes_text(kind):
            value = _plain_data(value)
        if value is None and may_be_none(kind):
            return None
        alternatives = _meant(value, arms(kind))
        if len(alternatives) == 1:
            whole = alternatives[0]
            if isinstance(whole, type) and issubclass(whole, msgspec.Struct):
                return self._struct(value, whole, trail)
            if get_origin(whole) is dict:
                return self._mapping(value, whole, trail)
            if get_origin(whole) in {list, frozenset, set} or get_args(whole)[1:] == (...,):
                return self._sequence(value, whole, trail)
            if isinstance(whole, type) and issubclass(whole, Enum):
                return self._choice(value, whole, trail)
        return self._plain(value, kind, trail)

    def _plain(self, value: Any, kind: Any, trail: Trail) -> Any:
        try:
            return msgspec.convert(value, kind, dec_hook=convert)
        except msgspec.ValidationError as error:
            if isinstance(error.__cause__, ValueError):  # by `convert`, in full
                return self.wrong(trail, str(error))
            quotes = "; put it in quotes" if arms(kind) == [str] and isinstance(value, int | float) else ""
            return self.wrong(trail, f"{needed(kind)} is needed, not {shown(value)}{quotes}")

    def _choice(self, value: Any, kind: type[Enum], trail: Trail) -> Any:
        known = {str(member.value): member for member in kind}
        if str(value) in known:
            return known[str(value)]
        return self.wrong(trail, f"{shown(value)} is none of {', '.join(known)}")

    def _sequence(self, value: Any, kind: Any, trail: Trail) -> Any:
        if not isinstance(value, list):
            return self.wrong(trail, f"a list is needed, not {shown(value)}")
        element = get_args(kind)[0]
        items = [self.value(item, element, (*trail, index)) for index, item in enumerate(value)]
        return get_origin(kind)(items)

    def _mapping(self, value: Any, kind: Any, trail: Trail) -> Any:
        if not isinstance(value, dict):
            return self.wrong(trail, f"a mapping is needed, not {shown(value)}")
        element = get_args(kind)[1]
        return {key: self.value(item, element, (*trail, key)) for key, item in value.items()}

    def _struct(self, value: Any, kind: type[msgspec.Struct], trail: Trail) -> Any:
        given = {} if value is None else value  # a section whose lines are all commented out
        if not isinstance(given, dict):
            return self.wrong(trail, f"a mapping is needed, not {shown(value)}")
        before = len(self.mistakes)
        fields = msgspec.structs.fields(kind)
        names = frozenset(field.encode_name for field in fields)
        known = {way.name: field for field in fields for way in spellings(field, names)}
        found: dict[str, Any] = {}
        for name in given:  # in the file's order, so that mistakes are too
            if name not in known:
                self.wrong((*trail, name), f"unknown key{advice(name, list(known))}")
            elif known[name].name not in found:
                found[known[name].name] = self._field(given, known[name], names, trail)
        for field in fields:
            if field.required and field.name not in found:
                self.wrong(trail, f'"{field.encode_name}" is missing')
        return self._made(kind, found, trail) if len(self.mistakes) == before else None

    def _field(
        self, given: Mapping[str, Any], field: msgspec.structs.FieldInfo, names: frozenset[str], trail: Trail
    ) -> Any:
        ways = [way for way in spellings(field, names) if way.name in given]
        ways = [way for way in ways if isinstance(given[way.name], EnvironmentText)] or ways  # over the file
        way, value, place = ways[0], given[ways[0].name], (*trail, ways[0].name)
        if len(ways) > 1:
            return self.wrong(place, f'"{way.name}" and "{ways[1].name}" mean the same; give one')
        kind = unit(field, names)
        if kind is not None and isinstance(value, EnvironmentText):
            value = _plain_data(value)
        if kind is not None and (isinstance(value, str) or way.name != field.encode_name):
            return self._with_unit(value, kind, field.type, place)
        return self.value(value, way.kind, place)

    def _with_unit(self, value: Any, kind: Any, plain: Any, trail: Trail) -> Any:
        before = len(self.mistakes)
        measured = self._plain(value, kind, trail)
        if len(self.mistakes) > before:
            return None
        return self._plain(int(measured) if isinstance(measured, int) else float(measured), plain, trail)

    def _made(self, kind: type[msgspec.Struct], found: dict[str, Any], trail: Trail) -> Any:
        try:
            return kind(**found)
        except (ValueError, TypeError) as error:  # the struct's own __post_init__
            return self.wrong(trail, str(error))


def _meant(value: Any, alternatives: list[Any]) -> list[Any]:
    """What a value may be by its looks: of a text or a mapping, a mapping is the mapping."""
    mappings = [arm for arm in alternatives if get_origin(arm) is dict]
    return mappings if mappings and isinstance(value, dict) else alternatives


def _plain_data(text: str) -> Any:
    try:
        return parse_yaml(str(text), "")[0]
    except ConfigurationError:
        return str(text)
