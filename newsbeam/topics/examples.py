"""The texts that a topic must and must not match, tried on its queries."""

from collections.abc import Collection, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

from newsbeam.topics.checking import Mistake
from newsbeam.topics.document import Document
from newsbeam.topics.matcher import Matcher, compile_queries
from newsbeam.topics.query import parse
from newsbeam.topics.topic import ANY, Examples, Topic, TopicQuery


def example_mistakes(topic: Topic, queries: Sequence[TopicQuery]) -> Iterator[Mistake]:
    """Yield the examples that the topic's queries, its own and those it takes, fail."""
    for one in run_examples(topic, queries):
        if one.why is not None:
            yield Mistake(one.trail, one.why)


class Tried(NamedTuple):
    """An example that was tried: where it is, its language, its text, and why it fails if it does."""

    trail: tuple[str | int, ...]
    language: str | None
    text: str
    why: str | None


def run_examples(topic: Topic, queries: Sequence[TopicQuery]) -> tuple[Tried, ...]:
    """Return every example of a topic, tried on its queries. An example's first line is its title.

    What was tried is remembered: a reload tries only the topics that changed.
    """
    return _tried(topic.id, msgspec.json.encode(topic.examples), tuple(queries))


@lru_cache(maxsize=4096)
def _tried(topic: str, examples: bytes, queries: tuple[TopicQuery, ...]) -> tuple[Tried, ...]:
    named = {f"{one.language} {one.owner}": one for one in queries}
    nodes = {name: parse(one.text) for name, one in named.items()}
    matcher = compile_queries(nodes, {name: one.way for name, one in named.items()})
    spoken = {one.language for one in queries}
    given = msgspec.json.decode(examples, type=Examples)
    return tuple(
        Tried(
            ("examples", kind, index), language, text, _failure(topic, kind, language, text, matcher, spoken)
        )
        for kind, index, language, text in _examples(given)
    )


def _failure(
    topic: str, kind: str, language: str | None, text: str, matcher: Matcher, spoken: Collection[str]
) -> str | None:
    """Why an example fails, None when it holds."""
    if language is not None and language not in spoken and ANY not in spoken:
        return f"topic {topic!r} has no query for the example's language {language!r}"
    seen = _seen(matcher, language, text)
    if kind == "match" and seen is None:
        return f"topic {topic!r} does not match its example {text!r}"
    if kind == "no_match" and seen is not None:
        return f"topic {topic!r} must not match {text!r}, but does by {seen}"
    return None


def _examples(examples: Examples) -> Iterator[tuple[str, int, str | None, str]]:
    for kind, given in (("match", examples.match), ("no_match", examples.no_match)):
        for index, example in enumerate(given):
            texts = ((None, example),) if isinstance(example, str) else example.items()
            yield from ((kind, index, language, text.strip()) for language, text in texts)


def _seen(matcher: Matcher, language: str | None, text: str) -> str | None:
    """What the queries for that language see in the text (all queries if None); None if they do not match."""
    title, _, body = text.partition("\n")
    found = matcher.match(Document(title, body=body))
    wanted = {language, ANY}
    evidence = [spans for name, spans in found.items() if language is None or name.split(" ")[0] in wanted]
    return ", ".join(repr(span.text) for spans in evidence for span in spans) if evidence else None
