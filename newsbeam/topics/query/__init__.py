"""The query language: text ⇄ nodes. `parse` reads, `show` writes, and nothing here looks at a story."""

from newsbeam.topics.query.nodes import And, Field, Near, Node, Not, Or, Phrase, Regex, Term, show
from newsbeam.topics.query.reading import Mode, parse

__all__ = [
    "And",
    "Field",
    "Mode",
    "Near",
    "Node",
    "Not",
    "Or",
    "Phrase",
    "Regex",
    "Term",
    "parse",
    "show",
]
