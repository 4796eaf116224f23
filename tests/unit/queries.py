"""Queries of every shape, for property tests: small words, so that they often match each other's texts."""

from hypothesis import strategies as st

from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term
from newsbeam.topics.query.nodes import join

LETTERS = ("ax", "bx", "by", "éx", "axby", "停戦", "停戦中")
TERMS = st.sampled_from([*LETTERS, "ax*", "?xb*", "ax?y", "*by", "ax-by", "AX", "ex", "停", "停戦*"]).map(
    Term
)
_IN_PHRASE = st.sampled_from([*LETTERS, "ax*", "b?x", "*by"])
_FLAT = st.lists(_IN_PHRASE, min_size=1, max_size=3).map(" ".join)
_WITH_GAP = st.tuples(_IN_PHRASE, _IN_PHRASE).map(" * ".join)
PHRASES = st.builds(Phrase, st.one_of(_FLAT, _WITH_GAP), st.one_of(st.none(), st.integers(0, 4)))
REGEXES = st.sampled_from(["a.", "[ab]x", "b[xy]|ex", ".+by"]).map(Regex)
LEAVES: st.SearchStrategy[Node] = st.one_of(TERMS, PHRASES, REGEXES)


def some(strategy: st.SearchStrategy[Node], least: int = 2) -> st.SearchStrategy[list[Node]]:
    return st.lists(strategy, min_size=least, max_size=3)


def all_of(wanted: list[Node], unwanted: list[Node]) -> Node:
    return join(And, [*wanted, *map(Not, unwanted)])


PLACED: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        some(inner).map(lambda parts: join(Or, parts)),
        st.builds(Near, inner, inner, st.integers(0, 5)),
    ),
    max_leaves=4,
)
NEARS: st.SearchStrategy[Node] = st.builds(Near, LEAVES, LEAVES, st.integers(0, 3))
UNFIELDED: st.SearchStrategy[Node] = st.recursive(
    PLACED,
    lambda inner: st.one_of(
        some(inner).map(lambda parts: join(Or, parts)),
        st.builds(all_of, some(inner, 1), st.lists(inner, max_size=2)),
    ),
    max_leaves=6,
)
QUERIES: st.SearchStrategy[Node] = st.recursive(
    st.one_of(
        UNFIELDED, st.builds(Field, st.sampled_from(["title", "lead", "summary", "body", "outlet"]), LEAVES)
    ).filter(lambda node: not (isinstance(node, Field) and node.name == "outlet" and has_slop(node.part))),
    lambda inner: st.one_of(
        some(inner).map(lambda parts: join(Or, parts)),
        st.builds(all_of, some(inner, 1), st.lists(inner, max_size=2)),
    ),
    max_leaves=4,
)


def has_slop(node: Node) -> bool:
    return isinstance(node, Phrase) and node.slop is not None
