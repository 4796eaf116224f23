"""Text → nodes: what each rule of the grammar means, and what it may not be made to mean."""

import re
from functools import cache, lru_cache
from itertools import pairwise
from typing import Literal, NamedTuple

import re2
from lark import Lark, Token, Transformer

from newsbeam.errors import QueryError
from newsbeam.topics.query.grammar import PLAIN_PART, beside, make_parser, read, unknown_field
from newsbeam.topics.query.nodes import (
    FIELDS,
    VALUE_FIELDS,
    And,
    Field,
    Near,
    Node,
    Not,
    Or,
    Phrase,
    Regex,
    Term,
    can_be_found,
    join,
    walk,
)
from newsbeam.topics.query.words import read_words

Mode = Literal["topic", "search"]
MAX_DISTANCE = 100
MAX_LOOSE_WORDS = 20
MAX_NEARS = 20  # one after the other
_REMEMBERED = 1 << 15  # queries: more than any catalog has
_EXPRESSIONS = 4_096

_PLAIN_PART = re.compile(PLAIN_PART)
_NEGATIVE = (
    "this would match every story without those words: say first what to find, as in `something AND NOT …`"
)


class _Item(NamedTuple):
    node: Node
    at: int


class _Clause(NamedTuple):
    node: Node
    at: int
    sign: str  # "", "+" or "-"


class _Chain(NamedTuple):
    node: Node
    at: int
    loose_sign: int | None  # where a sign stands without AND beside it: what OR next to it would blur


def parse(text: str, *, mode: Mode = "topic") -> Node:
    """Return the meaning of a query.

    In `topic` mode two parts side by side without an operator are an error; in `search` mode they mean AND.
    Raises `QueryError` with the code-point position and advice. Topics' queries are remembered, so that they are
    read once to be checked, tried and run, and a reload reads only what changed.
    """
    return _saved(text) if mode == "topic" else read(_parser(mode), text)


@lru_cache(maxsize=_REMEMBERED)
def _saved(text: str) -> Node:
    return read(_parser("topic"), text)


@cache
def _parser(mode: Mode) -> Lark:
    return make_parser(_Builder(mode))


@lru_cache(maxsize=_EXPRESSIONS)
def compiled_regex(pattern: str, *, exact_case: bool = False) -> "re2._Regexp[str]":
    """Return a pattern for whole folded tokens. RE2 takes linear time, whatever pattern and text."""
    options = re2.Options()
    options.log_errors = False
    options.case_sensitive = exact_case
    return re2.compile(pattern, options)


class _Builder(Transformer[Token, Node]):
    """One method a rule; called from the leaves up while the text is read."""

    def __init__(self, mode: Mode) -> None:
        super().__init__()
        self._mode = mode

    def start(self, children: list[_Item]) -> Node:
        item = children[0]
        if not can_be_found(item.node):
            raise QueryError(_NEGATIVE, item.at)
        return item.node

    def either(self, children: list[_Chain]) -> _Item:
        if len(children) > 1:
            for chain in children:
                if chain.loose_sign is not None:
                    raise QueryError(
                        "`+`, `-` and NOT beside OR can be read in two ways: add parentheses and AND",
                        chain.loose_sign,
                    )
                if not can_be_found(chain.node):
                    raise QueryError(_NEGATIVE, chain.at)
        return _Item(join(Or, [chain.node for chain in children]), children[0].at)

    def flat(self, children: list[Token]) -> _Chain:
        token = children[0]
        start = token.start_pos or 0
        found = [_plain_part(part[0], start + part.start()) for part in _PLAIN_PART.finditer(token)]
        return _Chain(join(Or, found), start, None)

    def chain(self, children: list[_Clause | Token]) -> _Chain:
        clauses: list[_Clause] = [child for child in children if isinstance(child, _Clause)]
        tied = {id(b) for a, b in pairwise(children) if isinstance(a, Token)}
        loose = [clause for clause in clauses[1:] if id(clause) not in tied]
        self._check_beside(clauses, loose)
        signs = [clause.at for clause in loose if clause.sign]
        signs += [clause.at for clause in clauses if clause.sign == "+"]
        node = join(And, [Not(clause.node) if clause.sign == "-" else clause.node for clause in clauses])
        return _Chain(node, clauses[0].at, min(signs, default=None))

    def _check_beside(self, clauses: list[_Clause], loose: list[_Clause]) -> None:
        if not loose:
            return
        odd = beside([clause.node.text for clause in clauses if isinstance(clause.node, Term)])
        if odd:
            raise QueryError(odd, loose[0].at)
        if self._mode == "search":
            return
        has_unsigned = any(not clause.sign for clause in clauses)
        for clause in loose:
            if not clause.sign:
                raise QueryError(
                    "two parts stand side by side without an operator: write AND or OR between them, "
                    "or quotes around a phrase",
                    clause.at,
                )
            if clause.sign == "+" and has_unsigned:
                raise QueryError(
                    "a part without a sign beside `+` would be optional and change nothing: write AND or OR",
                    clause.at,
                )

    def clause(self, children: list[Token | _Item]) -> _Clause:
        item = children[-1]
        if isinstance(item, Token):  # pragma: no cover - the grammar always ends a clause with an item
            raise TypeError(item)
        sign = children[0] if len(children) > 1 else None
        if not isinstance(sign, Token):
            return _Clause(item.node, item.at, "")
        at = sign.start_pos or 0
        if sign.type == "PLUS":
            return _Clause(item.node, at, "+")
        if not can_be_found(item.node):
            raise QueryError("a negation of a negation: say what to find instead", at)
        return _Clause(item.node, at, "-")

    def near(self, children: list[_Item | Token]) -> _Item:
        first, *rest = children
        if not rest or isinstance(first, Token):
            return first  # type: ignore[return-value]
        if len(rest) > 2 * MAX_NEARS:
            raise QueryError(f"at most {MAX_NEARS} NEAR follow each other", first.at)
        node = first.node
        for operator, item in zip(rest[::2], rest[1::2], strict=True):
            if not isinstance(operator, Token) or isinstance(item, Token):  # pragma: no cover
                raise TypeError(operator)
            distance = _bounded(operator.removeprefix("NEAR/"), operator.start_pos or 0)
            node = Near(_placed(node, first.at), _placed(item.node, item.at), distance)
        return _Item(node, first.at)

    def item(self, children: list[_Item | Token]) -> _Item:
        return children[0]  # type: ignore[return-value]  # a boost is read and ignored

    def field(self, children: tuple[Token, _Item]) -> _Item:
        token, item = children
        at = token.start_pos or 0
        name = token[:-1].lower()
        if name not in FIELDS:
            raise unknown_field(name, at)
        for node, _ in walk(item.node):
            if isinstance(node, Field):
                raise QueryError(
                    f"`{node.name}:` stands inside `{name}:`; a word can be in one field only", at
                )
            if name in VALUE_FIELDS and (isinstance(node, Near) or getattr(node, "slop", None) is not None):
                raise QueryError(f"`{name}:` compares whole values; NEAR and `~` need running text", at)
        return _Item(Field(name, item.node), at)

    def group(self, children: list[_Item]) -> _Item:
        return children[0]

    def term(self, children: list[Token]) -> _Item:
        at = children[0].start_pos or 0
        return _Item(_term(str(children[0]), at), at)

    def phrase(self, children: list[Token]) -> _Item:
        token = children[0]
        at = token.start_pos or 0
        slop = _bounded(children[1][1:], children[1].start_pos or 0) if len(children) > 1 else None
        text = re.sub(r'(?<!\\)"', r"\"", " ".join(token[1:-1].split()))
        words = read_words(text, quoted=True, at=at)
        if slop and len(words) > MAX_LOOSE_WORDS:
            raise QueryError(f"a loose phrase has at most {MAX_LOOSE_WORDS} words", at)
        return _Item(Phrase(text, slop), at)

    def regex(self, children: list[Token]) -> _Item:
        token = children[0]
        at = token.start_pos or 0
        pattern = token[1:-1]
        try:
            compiled = compiled_regex(pattern)
        except re2.error as error:
            reason = error.args[0].decode() if isinstance(error.args[0], bytes) else error
            raise QueryError(f"this regular expression cannot be read: {reason}", at) from None
        if compiled.fullmatch(""):
            raise QueryError("this regular expression matches nothing at all, and so every word", at)
        return _Item(Regex(pattern), at)


def _plain_part(text: str, at: int) -> Node:
    if text[0] != '"':
        return _term(text, at)
    inside = " ".join(text[1:-1].split())
    read_words(inside, quoted=True, at=at)
    return Phrase(inside)


def _term(text: str, at: int) -> Term:
    read_words(text, quoted=False, at=at)
    return Term(text)


def _placed(node: Node, at: int) -> Node:
    """`node`, if it has places in running text, which is what NEAR measures between."""
    for part, field in walk(node):
        if isinstance(part, And | Not) or field in VALUE_FIELDS:
            raise QueryError("NEAR joins words, phrases and groups of them with OR, nothing else", at)
    return node


def _bounded(number: str, at: int) -> int:
    if not number.isdecimal() or int(number) > MAX_DISTANCE:
        raise QueryError(f"a distance is a whole number of words up to {MAX_DISTANCE}", at)
    return int(number)
