"""YAML files with the line of every value, read by the core schema of YAML 1.2.

That schema is why the country `NO` and the language `no` stay texts, and `12:30` is no number of minutes.
"""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from newsbeam.errors import ConfigurationError
from newsbeam.settings.badyaml import advice_on, line_of

if TYPE_CHECKING:
    _Base = yaml.SafeLoader
else:
    _Base = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times faster where libyaml is built in

Trail = tuple[str | int, ...]  # the keys and indexes that lead to a value

_TAG = "tag:yaml.org,2002:"
_RESOLVERS = {
    "null": (r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    "bool": (r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    "int": (r"[-+]?(?:0|[1-9][0-9]*)", list("-+0123456789")),
    "float": (r"[-+]?(?:[0-9]+\.[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?", list("-+.0123456789")),
}


class _Loader(_Base):
    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012 - PyYAML's own way to start without 1.1's


for _name, (_pattern, _first) in _RESOLVERS.items():
    _Loader.add_implicit_resolver(_TAG + _name, re.compile(f"^(?:{_pattern})$"), _first)


class Lines:
    """Where the values of one file stand: `at("feeds", 3)` is `config/feeds.yaml:12`."""

    def __init__(self, name: str, lines: dict[Trail, int]) -> None:
        self.name = name
        self._lines = lines

    def line(self, *trail: str | int) -> int:
        """Return the line (from 1) of the value at `trail`, or of the nearest value around it."""
        for length in range(len(trail), -1, -1):
            if trail[:length] in self._lines:
                return self._lines[trail[:length]]
        return 1

    def has(self, trail: Trail) -> bool:
        """Whether the file itself says something at `trail`."""
        return trail in self._lines

    def at(self, *trail: str | int) -> str:
        """Return `file:line` of the value at `trail`."""
        return f"{self.name}:{self.line(*trail)}"


def read_yaml(path: Path | str) -> tuple[Any, Lines]:
    """Return the value of a YAML file (None when it is empty) and the line of each of its parts.

    Raises `ConfigurationError` when the file cannot be read or is no YAML, with every duplicate key.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigurationError([f"{path}: {error.strerror or error}"]) from error
    except UnicodeDecodeError as error:
        raise ConfigurationError([f"{path}: no UTF-8 ({error.reason} at byte {error.start})"]) from error
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> tuple[Any, Lines]:
    """Return the value of YAML text and its lines, as `read_yaml` does; `name` stands for the file."""
    try:
        root = yaml.compose(text, Loader=_Loader)
    except yaml.YAMLError as error:
        place = f"{name}:{line_of(error, text)}"
        raise ConfigurationError([f"{place}: this is no YAML: {advice_on(error, text)}"]) from error
    walk = _Walk(name)
    value = None if root is None else walk.value(root, ())
    if walk.mistakes:
        raise ConfigurationError(walk.mistakes)
    return value, Lines(name, walk.lines)


class _Walk:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Trail, int] = {}
        self.mistakes: list[str] = []
        self._around: list[yaml.Node] = []

    def value(self, node: yaml.Node, trail: Trail) -> Any:
        self.lines.setdefault(trail, node.start_mark.line + 1)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        if node in self._around:
            return self._mistake(node, "an alias that holds itself")
        self._around.append(node)
        try:
            if isinstance(node, yaml.SequenceNode):
                return [self.value(item, (*trail, index)) for index, item in enumerate(node.value)]
            return self._mapping(node, trail)
        finally:
            self._around.pop()

    def _mapping(self, node: yaml.Node, trail: Trail) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._mistake(key, "a key must be a plain word")
            elif key.value in found:
                first = self.lines[(*trail, key.value)]
                self._mistake(key, f'"{key.value}" is here twice, first on line {first}')
            else:
                self.lines[(*trail, key.value)] = key.start_mark.line + 1
                found[key.value] = self.value(item, (*trail, key.value))
        return found

    def _scalar(self, node: yaml.ScalarNode) -> Any:
        match node.tag.removeprefix(_TAG):
            case "str":
                return node.value
            case "null":
                return None
            case "bool":
                return node.value.lower() == "true"
            case "int" | "float" as kind:
                return self._number(node, int if kind == "int" else float)
            case other:
                return self._mistake(node, f"the tag {other} is not known here")

    def _number(self, node: yaml.ScalarNode, kind: type[int | float]) -> int | float | None:
        try:
            return kind(node.value)
        except ValueError:  # an explicit tag on something else, or thousands of digits
            self._mistake(node, f"{node.value[:40]!r} is no {kind.__name__}")
            return None

    def _mistake(self, node: yaml.Node, what: str) -> None:
        self.mistakes.append(f"{self.name}:{node.start_mark.line + 1}: {what}")
