"""The grammar, and every way in which a text can fail to fit it, with advice."""

import difflib
import re
from collections.abc import Iterator

from lark import Lark, Token, Transformer, UnexpectedCharacters, UnexpectedInput, UnexpectedToken

from newsbeam.errors import QueryError
from newsbeam.topics.query.nodes import FIELDS, Node

MAX_DEPTH = 30
MAX_LENGTH = 100_000

GRAMMAR = r"""
start: either
either: part (_OR part)*
?part: chain
    | FLAT                  -> flat
chain: clause (AND? clause)*
clause: (NOT | PLUS | MINUS)? near
near: item (NEAR item)*
?item: bare BOOST?
bare: FIELD item            -> field
    | _LPAR either _RPAR    -> group
    | TERM                  -> term
    | PHRASE SLOP?          -> phrase
    | REGEX                 -> regex

AND.5:   /(AND(?=[\s()"“„«\/^]|$))|&&/
_OR.5:   /(OR(?=[\s()"“„«\/^]|$))|\|\|/
NOT.5:   /(NOT(?=[\s()"“„«\/^]|$))|!(?=\S)/
NEAR.5:  /NEAR\/\d+(?=[\s()"“„«\/^]|$)/
FIELD.4: /[^\W\d]\w*:/
PLUS.3:  /\+(?=[^\s+])/
MINUS.3: /-(?=[^\s-])/
_LPAR.3: "("
_RPAR.3: ")"
PHRASE.2: /["“”„‟](?:\\.|[^"“”„‟\\])*["“”„‟]|«(?:\\.|[^»\\])*»/s
SLOP.2:  /~[\d.]*/
BOOST.2: /\^\d*(\.\d+)?/
REGEX.2: /\/(?:\\.|[^\/\\\n])+\//
TERM.1:  TERM_START TERM_REST*
TERM_START: /\\.|[^\s+\-!()":\[\]{}^~\/\\“”„‟«»]/s
TERM_REST: /\\.|(?<=[א-ת])"(?=[א-ת])|(?<=\d):(?=\d)|[^\s()":\[\]{}^~\\“”„‟«»]/s
%ignore /\s+/
"""

# Words and phrases joined by OR, the most of most queries, are read as one token: ten times faster than one by one.
# It holds only parts that nothing else binds to: OR, a closing parenthesis or the end follows each.
_PLAIN_WORD = (
    r"(?!(?:AND|OR|NOT)[\s)]|(?:AND|OR|NOT)$)"
    r'[^\s+\-!()":\[\]{}^~\/\\“”„‟«»&|][^\s()":\[\]{}^~\/\\“”„‟«»]*'
)
_PLAIN_PHRASE = r'"[^"“”„‟\\]*"'
_ENDS = r"(?=\s+OR[\s(\"“„«\/]|\s*\)|\s*$)"
PLAIN_PART = f"(?:{_PLAIN_WORD}|{_PLAIN_PHRASE}){_ENDS}"
GRAMMAR += f"FLAT.6: /{PLAIN_PART}(?:\\s+OR\\s+{PLAIN_PART})*/\n"

_OTHER_NAMES = {
    "author": "speaker", "content": "body", "domain": "outlet", "head": "title", "headline": "title",
    "language": "lang", "location": "country", "org": "entity", "person": "entity", "place": "country",
    "publisher": "outlet", "site": "outlet", "source": "outlet", "tag": "topic", "text": "body",
}  # fmt: skip
_OPERATORS = {"AND": "AND", "_OR": "OR", "NOT": "NOT", "NEAR": "NEAR", "PLUS": "+", "MINUS": "-"}
_STRAY = {
    '"': "this quotation mark is never closed",
    "“": "this quotation mark is never closed",
    "„": "this quotation mark is never closed",
    "«": "this quotation mark is never closed",
    "”": "this quotation mark closes nothing",
    "»": "this quotation mark closes nothing",
    "/": "this regular expression is never closed: write /…/, or \\/ for a slash",
    "[": "ranges are not part of the query language; put a bracket in quotes to look for the words around it",
    "]": "this bracket opens nothing here; leave it out",
    "{": "ranges are not part of the query language; put a brace in quotes to look for the words around it",
    "}": "this brace opens nothing here; leave it out",
    ":": "a colon must follow a field's name; put words with a colon in quotes",
    "\\": "nothing follows this backslash",
    "-": "`-` must touch the word that it forbids; a dash between words belongs in quotes",
    "+": "`+` must touch the word that it requires",
    "!": "`!` must touch the word that it forbids",
    "^": "a boost must follow a word, a phrase or a group",
    "~": '`~` must follow a phrase: "first second"~5',
}


class _Guard:
    """Counts parentheses as they are read, so that no depth of them can exhaust the stack later."""

    # Only FLAT is known by where it stands; a misfit is then the same token wherever it stands.
    always_accept = (
        "AND", "_OR", "NOT", "NEAR", "FIELD", "PLUS", "MINUS", "_LPAR", "_RPAR", "PHRASE", "SLOP", "BOOST", "REGEX",
        "TERM",
    )  # fmt: skip

    def process(self, stream: Iterator[Token]) -> Iterator[Token]:
        """Pass the tokens on; raise `QueryError` at one that nests too deep or closes nothing."""
        opened: list[int] = []
        for token in stream:
            position = token.start_pos or 0
            if token.type == "_LPAR":
                opened.append(position)
                if len(opened) > MAX_DEPTH:
                    raise QueryError(f"parentheses are nested deeper than {MAX_DEPTH}", position)
            elif token.type == "_RPAR":
                if not opened:
                    raise QueryError("this parenthesis closes nothing", position)
                opened.pop()
            yield token
        if opened:
            raise QueryError("this parenthesis is never closed", opened[-1])


def make_parser(builder: "Transformer[Token, Node]", grammar: str = GRAMMAR) -> Lark:
    """Return a parser whose rules call `builder` as they are recognised (no tree, so no recursion)."""
    return Lark(grammar, parser="lalr", lexer="contextual", postlex=_Guard(), transformer=builder)


def read(parser: Lark, text: str) -> Node:
    """Return what the builder makes of `text`; every misfit is a `QueryError` with position and advice."""
    if not text.strip():
        raise QueryError("the query is empty", 0)
    if len(text) > MAX_LENGTH:
        raise QueryError(f"the query is longer than {MAX_LENGTH:,} characters", MAX_LENGTH)
    try:
        node: Node = parser.parse(text)  # type: ignore[assignment]
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    return node


def _explained(error: UnexpectedInput, text: str) -> QueryError:
    if isinstance(error, UnexpectedCharacters):
        position = error.pos_in_stream or 0
        sign = text[position]
        if text[:position].endswith(":") and sign == "/":
            return QueryError(
                "an address belongs in quotes; what stands before a colon is a field's name", position
            )
        return QueryError(_STRAY.get(sign, f"{sign!r} is not expected here"), position)
    if not isinstance(error, UnexpectedToken):
        return QueryError("this cannot be read", error.pos_in_stream)
    token = error.token
    if token.type == "$END":
        return QueryError("something must follow here: a word, a phrase or a group", len(text.rstrip()))
    return QueryError(_misplaced(token), token.start_pos)


def _misplaced(token: Token) -> str:
    if token.type == "SLOP":
        return "`~` after a word (fuzzy search) is not supported: use wildcards, as in `stabili?ation`"
    if token.type == "BOOST":
        return "a boost must follow a word, a phrase or a group"
    if token.type == "_RPAR":
        return "something must stand before this parenthesis: a word, a phrase or a group"
    if token.type in _OPERATORS:
        name = _OPERATORS[token.type]
        return f'`{token}` needs something on both sides; to look for the word itself, write "{name.lower()}"'
    return f"`{token}` is not expected here"


def unknown_field(name: str, position: int) -> QueryError:
    """Say that no field has this name, with the nearest one that exists."""
    close = difflib.get_close_matches(name, FIELDS, n=1)
    nearest = _OTHER_NAMES.get(name) or (close[0] if close else None)
    advice = f"did you mean `{nearest}:`?" if nearest else f"the fields are {', '.join(FIELDS)}."
    return QueryError(
        f"there is no field `{name}:`; {advice} A word that ends in a colon belongs in quotes", position
    )


_FOREIGN = re.compile(r"(?:near|onear|within|adj|pre|prox|w|n)/?\d+|near|onear|adj|within", re.IGNORECASE)
_SMALL = re.compile(r"and|or|not", re.IGNORECASE)


def beside(words: list[str]) -> str | None:
    """Explain what was probably meant by these terms that stand beside each other; None if nothing is odd."""
    for word in words:
        if word.startswith("NEAR"):
            return f"`{word}` is no operator: write (one) NEAR/5 (other), with how many words may lie between"
        if _SMALL.fullmatch(word):
            return f"`{word}` is a word here, not an operator: write {word.upper()}, or put it in quotes"
        if _FOREIGN.fullmatch(word):
            return f"`{word}` is a word here, not an operator: write (one) NEAR/5 (other), or quote it"
        if word[0] in "\u2013\u2014\u2212":
            return f"`{word}` begins with a dash, which forbids nothing: write NOT or `-`"
    return None
