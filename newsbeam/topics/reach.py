"""Queries that can never match: what they ask for they also forbid, or no story can have it."""

import re
from collections.abc import Iterator

from newsbeam.topics.folding import value_key
from newsbeam.topics.implication import implies
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Term, show
from newsbeam.topics.query.nodes import join
from newsbeam.topics.topic import ANY, UNDETERMINED
from newsbeam.topics.ways import Way

_SINGLE = ("lang", "feed")  # a story has one of each
_APART = {"title", "summary", "body"}
_COUNTRY = re.compile(r"[A-Za-z]{2}|.*[*?].*", re.DOTALL)
_SHOWN = 60
_PAIRS = 2_500  # of wanted and unwanted parts; more are not compared, and nothing is said against them


def never_matches(node: Node, language: str = ANY, way: Way | None = None) -> str | None:
    """Return why no story can match, in words; None where nothing is known against it.

    `language` is that of the stories which the query is for.
    """
    return next(_reasons(node, language, way or Way()), None)


def _reasons(node: Node, language: str, way: Way, field: str | None = None) -> Iterator[str]:
    match node:
        case Or(parts):
            reasons = [next(_reasons(part, language, way, field), None) for part in parts]
            if all(reasons):
                yield from filter(None, reasons[:1])
        case Field(name, part):
            yield from _reasons(part, language, way, name)
        case Near(left, right):
            yield from _reasons(left, language, way, field)
            yield from _reasons(right, language, way, field)
            yield from _out_of_reach(node, field)
        case And(parts):
            wanted: list[Node] = [part for part in parts if not isinstance(part, Not)]
            for part in wanted:
                yield from _reasons(part, language, way, field)
            yield from _contradictions(node, way)
            yield from _two_of_one(wanted, field)
        case Term(text) | Phrase(text):
            yield from _value_reasons(text, language, field)


def _value_reasons(text: str, language: str, field: str | None) -> Iterator[str]:
    if field == "country" and not _COUNTRY.fullmatch(text):
        yield f"`country:` takes an ISO 3166 code of two letters, as in country:UA, and not {text!r}"
    if field == "lang" and _other_language(text, language):
        yield f"a story that the query for {language!r} is tried on is never `lang:{text}`"


def _out_of_reach(near: Near, field: str | None) -> Iterator[str]:
    pairs = [(a, b) for a in _fields(near.left, field) for b in _fields(near.right, field)]
    if all(a != b and {a, b} <= _APART for a, b in pairs):
        a, b = pairs[0]
        yield f"NEAR never reaches from `{a}:` to `{b}:`; write AND"


def _fields(node: Node, field: str | None) -> set[str | None]:
    """The fields that the words of a part may be found in."""
    match node:
        case Or(parts):
            return set().union(*(_fields(part, field) for part in parts))
        case Near(left, right):
            return _fields(left, field) | _fields(right, field)
        case Field(name, _):
            return {name}
        case _:
            return {field}


def _contradictions(node: And, way: Way) -> Iterator[str]:
    wanted: list[Node] = [part for part in node.parts if not isinstance(part, Not)]
    unwanted = [part for part in node.parts if isinstance(part, Not)]
    if len(wanted) * len(unwanted) > _PAIRS:
        return
    together = join(And, wanted)
    for part in unwanted:
        if implies(together, part.part, way):
            yield f"what it asks for is always forbidden by `NOT {_short(part.part)}`"


def _two_of_one(wanted: list[Node], field: str | None) -> Iterator[str]:
    """Two different values of which a story has only one."""
    seen: dict[str, str] = {}
    for part in wanted:
        name, leaf = (part.name, part.part) if isinstance(part, Field) else (field, part)
        if name in _SINGLE and isinstance(leaf, Term | Phrase) and not set(leaf.text) & set("*?\\"):
            value = seen.setdefault(name, leaf.text)
            if value_key(value) != value_key(leaf.text):
                yield f"a story has only one `{name}:`, never `{value}` and `{leaf.text}`; write OR"


def _other_language(text: str, language: str) -> bool:
    plain = not set(text) & set("*?\\")
    return plain and language != ANY and value_key(text) not in {language, UNDETERMINED}


def _short(node: Node) -> str:
    text = show(node) if not isinstance(node, And | Or) else f"({show(node)})"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"


def dead_parts(node: Or, language: str, way: Way, field: str | None) -> Iterator[tuple[Node, str]]:
    """Yield the parts of an OR that can never match, and why; some other can."""
    for part in node.parts:
        why = next(_reasons(part, language, way, field), None)
        if why is not None:
            yield part, why
