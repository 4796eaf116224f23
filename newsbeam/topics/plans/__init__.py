"""Queries made ready to run: each plan finds all its hits in a document, or says that there is no match.

`find` returns None for "no match"; a match without a place in the text (`outlet:bbc`) is an empty list. Any part
of a query can be asked alone, and `document.spans(hits)` says where it holds.
`needs` is what a document must hold for a plan to have a chance: the matcher's automaton looks for one of them.
"""

from newsbeam.topics.plans.joins import All, Either, Value, ValueLike
from newsbeam.topics.plans.nearness import Close, Loose
from newsbeam.topics.plans.plan import Need, Placed, Plan, breadth
from newsbeam.topics.plans.words import AnyLiteral, AnyOne, Fitting, Literally, Signed, Words

__all__ = [
    "All", "AnyLiteral", "AnyOne", "Close", "Either", "Fitting", "Literally", "Loose", "Need", "Placed", "Plan",
    "Signed", "Value", "ValueLike", "Words", "breadth",
]  # fmt: skip
