"""newsbeam's query tree and texts as lines for the Java side, which makes Lucene's objects of them.

The words of a query are cut by newsbeam on both sides: what is compared is matching, not two parsers.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from newsbeam.topics.analysis import Token, tokenize
from newsbeam.topics.document import FIELDS, LEAD_WORDS, value_key
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, Regex, Term
from newsbeam.topics.query.nodes import VALUE_FIELDS
from newsbeam.topics.query.words import AnyWord, Exact, Run, Word, read_words

Line = list[str]
Lines = Callable[[Node], Iterable[Line]]
ALL = ",".join(FIELDS)
LEAD = "title,lead-summary,lead-body"
_SIGN = re.compile(r"\\.|([*?])", re.DOTALL)


def query_lines(node: Node, *, inner_near: str = "every") -> list[Line]:
    """Return the parts of a query, each after what it joins.

    `inner_near` is `shortest` for NEAR as Lucene's intervals have it where one stands inside another.
    """
    return list(_text_lines(node, ALL, inner_near))


def _text_lines(node: Node, fields: str, inner: str) -> Iterator[Line]:
    match node:
        case Term(text):
            yield ["words", fields, "0", *map(_written, read_words(text, quoted=False))]
        case Phrase(text, slop):
            yield ["words", fields, str(slop or 0), *map(_written, read_words(text, quoted=True))]
        case Regex(pattern):
            yield ["regex", fields, pattern.replace("\\/", "/")]
        case Near(left, right, distance):
            yield from _text_lines(left, fields, inner)
            yield from _text_lines(right, fields, inner)
            yield ["near", fields, str(distance), inner]
        case Field(name, part) if name in VALUE_FIELDS:
            yield from _value_lines(part, name)
        case Field(name, part):
            yield from _text_lines(part, LEAD if name == "lead" else name, inner)
        case _:
            yield from _joined(node, lambda part: _text_lines(part, fields, inner))


def _value_lines(node: Node, field: str) -> Iterator[Line]:
    match node:
        case Regex(pattern):
            yield ["value-regex", field, pattern.replace("\\/", "/")]
        case Term(text) | Phrase(text):
            like = any(sign for sign in _SIGN.findall(text))
            yield ["value-like" if like else "value", field, value_key(re.sub(r"\\(.)", r"\1", text))]
        case _:
            yield from _joined(node, lambda part: _value_lines(part, field))


def _joined(node: Node, lines: Lines) -> Iterator[Line]:
    match node:
        case Or(parts):
            for part in parts:
                yield from lines(part)
            yield ["either", str(len(parts))]
        case And(parts):
            wanted = [part for part in parts if not isinstance(part, Not)]
            unwanted = [part.part for part in parts if isinstance(part, Not)]
            for part in [*wanted, *unwanted]:
                yield from lines(part)
            yield ["all", str(len(wanted)), str(len(unwanted))]
        case _:
            raise TypeError(f"{node} joins nothing")


def _written(word: Word) -> str:
    match word:
        case AnyWord():
            return "."
        case Exact(key):
            return f"={key}"
        case Run(pairs):
            return f"#{' '.join(pairs)}"
        case _:
            return f"~{word.pattern}"


def document_lines(
    texts: Mapping[str, str], values: Mapping[str, Iterable[str]], *, analysed: bool
) -> list[Line]:
    """Return a document: its texts cut by Lucene itself (`analysed`), or as newsbeam cuts them."""
    lines: list[Line] = [["document"]]
    for field, text in texts.items():
        if analysed:
            lines += [["analysed", name, text] for name in (field, f"lead-{field}")]
        else:
            tokens = tokenize(text)
            lines.append(["given", field, _given(tokens)])
            lines.append(
                ["given", f"lead-{field}", _given(tokens[:LEAD_WORDS], cut=len(tokens) > LEAD_WORDS)]
            )
    lines += [["values", field, *map(value_key, given)] for field, given in values.items()]
    return lines


def _given(tokens: list[Token], *, cut: bool = False) -> str:
    """The tokens with their keys; the last one's pair with a character that was cut off is not among them."""
    keys = [token.keys for token in tokens]
    if cut and tokens[-1].unspaced:
        keys[-1] = keys[-1][:1]
    return " ".join("\x1f".join(key) for key in keys)
