"""Why a text is no YAML, in words for people who did not know that they were writing any.

What the parser says names its own inner states; where it stopped says more: the advice is read from there.
"""

import re

import yaml

_RESERVED = "@`%*&!|>"


def line_of(error: yaml.YAMLError, text: str) -> int:
    """Return the line (from 1) at which the text stops being YAML."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return min(error.problem_mark.line + 1, max(1, len(text.splitlines())))
    return text.count("\n", 0, getattr(error, "position", 0)) + 1


def advice_on(error: yaml.YAMLError, text: str) -> str:
    """Return what is wrong there and what to do."""
    if not isinstance(error, yaml.MarkedYAMLError) or error.problem_mark is None:
        return f"it holds U+{int(getattr(error, 'character', 0)):04X}, a character that no YAML may hold"
    lines, mark, opened = text.splitlines(), error.problem_mark, error.context_mark
    line = lines[mark.line] if mark.line < len(lines) else ""
    return (
        _tab(line)
        or _unclosed(lines, mark.line, opened)
        or _value(line, mark.column)
        or "this line's indentation fits no line above it"
    )


def _tab(line: str) -> str | None:
    indentation = line[: len(line) - len(line.lstrip())]
    return "a tab indents this line; use spaces" if "\t" in indentation else None


def _unclosed(lines: list[str], stopped: int, opened: yaml.Mark | None) -> str | None:
    """Whether a quote or a bracket was opened, and the text went on as if it had been closed."""
    sign = (
        lines[opened.line][opened.column : opened.column + 1] if opened and opened.line < len(lines) else ""
    )
    if opened is not None and sign in {"[", "{"}:
        return f"the {sign} on line {opened.line + 1} is never closed, or a comma is missing behind it"
    if opened is not None and sign in {'"', "'"}:
        if stopped > opened.line:
            return f"the {sign} on line {opened.line + 1} is never closed"
        return "inside double quotes \\ begins an escape; put the value into single quotes"
    return "it ends in the middle: a bracket or a quote is never closed" if stopped >= len(lines) else None


def _value(line: str, column: int) -> str | None:
    before, sign = line[:column].rstrip(), line[column : column + 1]
    if line.startswith("---"):
        return "a second document begins here; remove this line"
    if before.endswith(('"', "'")):
        return (
            "something follows the closing quote; put the whole value into quotes of the other kind, "
            """as in '"Black Sea" AND grain'"""
        )
    if sign and sign in _RESERVED:
        return f"a value must not begin with {sign}; put it into quotes"
    if sign == ":" and re.search(r":\s", line[:column]):
        return 'a value holds ": "; put it into quotes'
    return None
