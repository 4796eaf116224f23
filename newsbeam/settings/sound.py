"""What of a wrong entry is right: so that its queries and addresses are judged although another key is mistyped."""

from typing import Any, Generic, NamedTuple, TypeVar

import msgspec

from newsbeam.settings.check import Places, check
from newsbeam.settings.yamlfile import Trail

S = TypeVar("S", bound=msgspec.Struct)
_STAND_IN = "?"


class Sound(NamedTuple, Generic[S]):
    """An entry; `doubtful` are the fields whose values are not the writer's, because those were wrong."""

    entry: S
    doubtful: frozenset[str]


def check_apart(
    value: Any, kind: type[S], places: Places, mistakes: list[str], at: Trail = ()
) -> Sound[S] | None:
    """Return `value` as `kind`, with its wrong fields left out, after adding every mistake in it to `mistakes`.

    None when too little of it is right to go on. An entry with doubtful fields is for further checks alone.
    """
    entry = check(value, kind, places, mistakes, at)
    if entry is not None:
        return Sound(entry, frozenset())
    if not isinstance(value, dict):
        return None
    wrong = _wrong_keys(value, kind)
    given = {name: item for name, item in value.items() if name not in wrong}
    fields = msgspec.structs.fields(kind)
    lacking = {field.encode_name for field in fields if field.required and field.encode_name not in given}
    rest = check({**given, **dict.fromkeys(lacking, _STAND_IN)}, kind, places, [])
    return None if rest is None else Sound(rest, frozenset(wrong | lacking))


def _wrong_keys(value: dict[str, Any], kind: type[S]) -> set[str]:
    asked = _Asked()
    check(value, kind, asked, [])
    return {str(trail[0]) for trail in asked.trails if trail}


class _Asked:
    """Remembers where mistakes were."""

    def __init__(self) -> None:
        self.trails: list[Trail] = []

    def at(self, *trail: str | int) -> str:
        self.trails.append(trail)
        return ""
