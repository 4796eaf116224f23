"""What a setting must be, in words for people who know neither Python nor the library that checks it."""

from datetime import date, datetime
from typing import Annotated, Any, Literal, get_args, get_origin

import msgspec

from newsbeam.settings.spelling import arms

_KINDS: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    datetime: "a moment such as 2026-05-01T12:00:00Z",
    date: "a day such as 2026-05-01",
}
_BOUNDS = {
    "ge": "of at least {}",
    "gt": "above {}",
    "le": "of at most {}",
    "lt": "below {}",
    "min_length": "no shorter than {}",
    "max_length": "no longer than {}",
    "pattern": "of the form {}",
}


def needed(kind: Any) -> str:
    """Return what a value of `kind` is: `a whole number of at least 1`, `one of text, json`."""
    return " or ".join(dict.fromkeys(_one(arm) for arm in arms(kind))) + _bounds(kind)


def _one(kind: Any) -> str:
    if get_origin(kind) is Literal:
        return f"one of {', '.join(map(str, get_args(kind)))}"
    if get_origin(kind) is dict:
        return f"a mapping to {needed(get_args(kind)[1])}"
    return _KINDS.get(kind, f"a value of the kind {getattr(kind, '__name__', kind)}")


def _bounds(kind: Any) -> str:
    if get_origin(kind) is not Annotated:
        return ""
    rules = [rule for rule in get_args(kind)[1:] if isinstance(rule, msgspec.Meta)]
    told = [
        words.format(limit)
        for rule in rules
        for name, words in _BOUNDS.items()
        if (limit := getattr(rule, name)) is not None
    ]
    return f" {' and '.join(told)}" if told else ""


def shown(value: Any) -> str:
    """Return a value as a message repeats it: short, and as Python would write a text, so that spaces show."""
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    if isinstance(value, bool):
        return "true" if value else "false"
    text = "nothing" if value is None else repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
