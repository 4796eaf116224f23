"""What a plan is: one part of a query, ready to run, and what a document must hold for it to have a chance."""

from typing import NamedTuple, Protocol

from newsbeam.topics.document import Document, Hit
from newsbeam.topics.literals import Literal, expected
from newsbeam.topics.reading import Interval


class Need(NamedTuple):
    """At least one of these must be there: a literal in some view, or a value (field, value)."""

    literals: frozenset[tuple[str, Literal]] = frozenset()
    values: frozenset[tuple[str, str]] = frozenset()


def breadth(need: Need) -> float:
    """Return how often a need will be met, roughly."""
    return sum(expected(literal) for _, literal in need.literals) + 0.5 * len(need.values)


class Plan(Protocol):
    """One part of a query, ready to run."""

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit, in order; None if there is no match."""
        ...

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it; empty if nothing can be said."""
        ...


class Placed(Protocol):
    """A word or words with places in the text."""

    @property
    def width(self) -> int:
        """How many words it takes."""
        ...

    def intervals(self, document: Document) -> list[Interval]:
        """Return where it is, in order."""
        ...

    def needs(self) -> list[Need]:
        """Return what must be there."""
        ...
