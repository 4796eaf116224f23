"""What a query means, as a tree of frozen records, and its one written form."""

from collections.abc import Iterator

import msgspec

TEXT_FIELDS = ("title", "lead", "summary", "body")
VALUE_FIELDS = ("outlet", "lang", "country", "entity", "speaker", "topic", "feed", "origin")
FIELDS = (*TEXT_FIELDS, *VALUE_FIELDS)


class Term(msgspec.Struct, frozen=True, tag=True):
    """A bare word as written, with wildcards and backslashes; `peace-keeping` is cut into a phrase later."""

    text: str


class Phrase(msgspec.Struct, frozen=True, tag=True):
    """What stood between quotes, as written; `slop` is the number after `~`."""

    text: str
    slop: int | None = None


class Regex(msgspec.Struct, frozen=True, tag=True):
    """A regular expression that one whole token must match, as written between slashes."""

    pattern: str


class Near(msgspec.Struct, frozen=True, tag=True):
    """Both parts with at most `distance` other words between them, in either order, in one field."""

    left: "Node"
    right: "Node"
    distance: int


class Field(msgspec.Struct, frozen=True, tag=True):
    """The part, looked for in one field only."""

    name: str
    part: "Node"


class Not(msgspec.Struct, frozen=True, tag=True):
    """Anything but the part; only ever inside an `And` that also has something to find."""

    part: "Node"


class And(msgspec.Struct, frozen=True, tag=True):
    """All parts; never holds another `And` directly."""

    parts: tuple["Node", ...]


class Or(msgspec.Struct, frozen=True, tag=True):
    """At least one part; never holds another `Or` directly."""

    parts: tuple["Node", ...]


Node = Term | Phrase | Regex | Near | Field | Not | And | Or

_BINDING: dict[type[Node], int] = {Or: 0, And: 1, Not: 2, Near: 3}  # everything else holds by itself
_TIGHTEST = 4


def join(kind: type[And] | type[Or], parts: list[Node]) -> Node:
    """Return `kind` over the parts without nesting like in like; a single part is returned itself."""
    flat: list[Node] = []
    for part in parts:
        flat.extend(part.parts if isinstance(part, kind) else (part,))
    return flat[0] if len(flat) == 1 else kind(tuple(flat))


def can_be_found(node: Node) -> bool:
    """Tell whether a match must hold something; False for `NOT a` and all that matches an empty story."""
    match node:
        case Not():
            return False
        case And(parts):
            return any(map(can_be_found, parts))
        case Or(parts):
            return all(map(can_be_found, parts))
        case Field(_, part):
            return can_be_found(part)
        case _:
            return True


def walk(node: Node, field: str | None = None) -> Iterator[tuple[Node, str | None]]:
    """Yield every node below and including `node`, each with the field that it is looked for in."""
    yield node, field
    match node:
        case And(parts) | Or(parts):
            inside = parts
        case Not(part):
            inside = (part,)
        case Field(name, part):
            field, inside = name, (part,)
        case Near(left, right):
            inside = (left, right)
        case _:
            inside = ()
    for part in inside:
        yield from walk(part, field)


def show(node: Node) -> str:
    """Return the query as text with no more parentheses than it needs; `parse(show(node)) == node`."""
    match node:
        case Near(left, right, distance):
            return f"{_inside(left, 3)} NEAR/{distance} {_inside(right, _TIGHTEST)}"
        case Field(name, part):
            return f"{name}:{_inside(part, _TIGHTEST)}"
        case Not(part):
            return f"NOT {_inside(part, 3)}"
        case And(parts):
            return " AND ".join(_inside(part, 2) for part in parts)
        case Or(parts):
            return " OR ".join(_inside(part, 1) for part in parts)
        case _:
            return _show_leaf(node)


def _show_leaf(node: Term | Phrase | Regex) -> str:
    match node:
        case Term(text):
            return text
        case Phrase(text, slop):
            return f'"{text}"' if slop is None else f'"{text}"~{slop}'
        case Regex(pattern):
            return f"/{pattern}/"


def _inside(node: Node, binding: int) -> str:
    text = show(node)
    return text if _BINDING.get(type(node), _TIGHTEST) >= binding else f"({text})"
