"""Both engines' decisions on the same queries and texts, and the smallest case in which they differ."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from newsbeam.topics.document import Document
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import And, Field, Near, Node, Not, Or, Phrase, parse, show
from newsbeam.topics.query.nodes import TEXT_FIELDS, can_be_found, join
from tests.lucene.grammar import Text, choose_words, make_query, make_text
from tests.lucene.translation import document_lines, query_lines
from tests.servers.lucene import Decisions

BATCH = 6  # queries and texts of one vocabulary, each with each


class Case(NamedTuple):
    """One query and one text; `analysed` if Lucene cuts the text itself."""

    query: Node
    text: Text
    analysed: bool


class Tally(NamedTuple):
    """What a run found: pairs, matches, and pairs decided differently."""

    pairs: int
    matches: int
    different: list[Case]


def compare(lucene: Decisions, seed: str, pairs: int) -> Tally:
    """Compare random pairs; half of the texts are cut by Lucene's own analysis."""
    random = Random(seed)
    done = matches = 0
    different: list[Case] = []
    while done < pairs:
        words = choose_words(random, plain=random.random() < 0.5)
        queries = [parse(make_query(random, words)) for _ in range(BATCH)]
        texts = [make_text(random, words) for _ in range(BATCH)]
        ours, theirs = decisions(queries, texts), lucenes(lucene, queries, texts, analysed=words.plain)
        for query, our, their in zip(queries, ours, theirs, strict=True):
            done += len(texts)
            matches += our.count("1")
            odd = (text for text, a, b in zip(texts, our, their, strict=True) if a != b)
            different += [Case(query, text, words.plain) for text in odd]
    return Tally(done, matches, different)


def decisions(queries: Sequence[Node], texts: Sequence[Text]) -> list[str]:
    """Return for each query a string of 0 and 1, a sign for every text."""
    matcher = compile_queries({str(number): query for number, query in enumerate(queries)})
    found = [
        matcher.match(Document(text.title, text.summary, text.body, {"outlet": [text.outlet]}))
        for text in texts
    ]
    return ["".join("01"[str(number) in names] for names in found) for number in range(len(queries))]


def lucenes(
    lucene: Decisions, queries: Sequence[Node], texts: Sequence[Text], *, analysed: bool
) -> list[str]:
    """Return the same, said by Lucene."""
    lucene.tell([["clear"]])
    for text in texts:
        fields = {"title": text.title, "summary": text.summary, "body": text.body}
        lucene.tell(document_lines(fields, {"outlet": [text.outlet]}, analysed=analysed))
    return lucene.decide([query_lines(query) for query in queries])


# --- making a difference small ----------------------------------------------------------------------------


def explained(lucene: Decisions, case: Case) -> str:
    """Return a difference as a person reads it, after leaving out all that it does not need."""
    small = shrunk(lucene, case)
    ours = decisions([small.query], [small.text])[0]
    fields = (f"  {name:<8} {text!r}" for name, text in zip(Text._fields, small.text, strict=True) if text)
    says = "newsbeam matches, Lucene does not" if ours == "1" else "Lucene matches, newsbeam does not"
    cut = "text cut by Lucene itself" if small.analysed else "text cut by newsbeam for both"
    return "\n".join([f"{says} ({cut})", f"  query    {show(small.query)}", *fields])


def shrunk(lucene: Decisions, case: Case) -> Case:
    """Return the smallest case that is still decided differently, one step after the other."""
    while True:
        for smaller in _smaller(case):
            if _differs(lucene, smaller):
                case = smaller
                break
        else:
            return case


def _differs(lucene: Decisions, case: Case) -> bool:
    ours = decisions([case.query], [case.text])
    return ours != lucenes(lucene, [case.query], [case.text], analysed=case.analysed)


def _smaller(case: Case) -> Iterator[Case]:
    for query in smaller_queries(case.query):
        if can_be_found(query):
            yield case._replace(query=query)
    for name, value in case.text._asdict().items():
        pieces = value.split(" ") if name != "outlet" else [value]
        for n in range(len(pieces) if value else 0):
            less = " ".join(pieces[:n] + pieces[n + 1 :])
            yield case._replace(text=case.text._replace(**{name: less}))


def smaller_queries(node: Node) -> Iterator[Node]:
    """Yield what a query becomes when one thing is left out."""
    match node:
        case And(parts) | Or(parts):
            yield from _smaller_joined(type(node), parts)
        case Near(left, right, distance):
            yield from (left, right)
            yield from (Near(less, right, distance) for less in smaller_queries(left))
            yield from (Near(left, less, distance) for less in smaller_queries(right))
            yield from (Near(left, right, distance - 1) for _ in range(distance and 1))
        case Field(name, part):
            yield from (Field(name, less) for less in smaller_queries(part))
            yield from [part] if name in TEXT_FIELDS else []
        case Not(part):
            yield from map(Not, smaller_queries(part))
        case Phrase(text, slop):
            words = text.split()
            ends = (words[1:], words[:-1]) if len(words) > 1 else ()
            yield from (Phrase(" ".join(less), slop) for less in ends if less[0] != "*" != less[-1])
            yield from (Phrase(text, less - 1) for less in [slop] if less)


def _smaller_joined(kind: type[And] | type[Or], parts: tuple[Node, ...]) -> Iterator[Node]:
    yield from (part for part in parts if not isinstance(part, Not))
    for n, part in enumerate(parts):
        rest = [*parts[:n], *parts[n + 1 :]]
        yield join(kind, rest)
        yield from (join(kind, [*rest, less]) for less in smaller_queries(part))
