"""Values of fields, and what joins parts of queries."""

from collections.abc import Callable
from itertools import chain

import msgspec

from newsbeam.topics.document import Document, Hit
from newsbeam.topics.plans.plan import Need, Plan, breadth


class Value(msgspec.Struct, frozen=True):
    """`outlet:bbc`: the field has this value."""

    field: str
    value: str

    def find(self, document: Document) -> list[Hit] | None:
        """Return the evidence for the value, often none; None if the field does not have it."""
        return document.values.get(self.field, {}).get(self.value)

    def needs(self) -> list[Need]:
        """Return what must be there for a match."""
        return [Need(values=frozenset({(self.field, self.value)}))]


class ValueLike(msgspec.Struct, frozen=True):
    """`outlet:bbc*`, `topic:/.*war/`: the field has a value that fits."""

    field: str
    fits: Callable[[str], bool]

    def find(self, document: Document) -> list[Hit] | None:
        """Return the evidence for the values, often none; None if no value fits."""
        given = document.values.get(self.field, {})
        fitting = [hits for value, hits in given.items() if self.fits(value)]
        return list(chain.from_iterable(fitting)) if fitting else None

    def needs(self) -> list[Need]:
        """Nothing can be said."""
        return []


class All(msgspec.Struct, frozen=True):
    """Every wanted part, and none of the unwanted; the evidence is that of all wanted parts."""

    wanted: tuple[Plan, ...]
    unwanted: tuple[Plan, ...] = ()

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        hits: list[Hit] = []
        for plan in self.wanted:
            found = plan.find(document)
            if found is None:
                return None
            hits += found
        if any(plan.find(document) is not None for plan in self.unwanted):
            return None
        return hits

    def needs(self) -> list[Need]:
        """Return what must be there for a match, all of it."""
        return [need for plan in self.wanted for need in plan.needs()]


class Either(msgspec.Struct, frozen=True):
    """At least one part; the evidence is that of all parts that match."""

    parts: tuple[Plan, ...]

    def find(self, document: Document) -> list[Hit] | None:
        """Return every hit; None if there is no match."""
        found = [hits for plan in self.parts if (hits := plan.find(document)) is not None]
        return list(chain.from_iterable(found)) if found else None

    def needs(self) -> list[Need]:
        """Return what must be there for a match: the rarest of every part, as any may be the one that matches."""
        parts = [min(needs, key=breadth) for plan in self.parts if (needs := plan.needs())]
        if len(parts) < len(self.parts):
            return []
        literals, values = zip(*parts, strict=True)
        return [Need(frozenset().union(*literals), frozenset().union(*values))]
