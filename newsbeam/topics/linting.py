"""What is right and yet hardly meant: queries that say a thing twice, are slow, or have no example."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from newsbeam.topics.implication import Implications
from newsbeam.topics.marks import Shelf
from newsbeam.topics.query import Near, Node, Or, Phrase, Term, parse, show
from newsbeam.topics.query.nodes import VALUE_FIELDS, walk
from newsbeam.topics.query.words import Wild, read_words
from newsbeam.topics.reach import dead_parts
from newsbeam.topics.topic import ANY, Topic, line_of
from newsbeam.topics.ways import Way

_SHOWN = 60


class Finding(NamedTuple):
    """Something to look at in a topic: below which keys, of which kind, and why."""

    topic: str
    trail: tuple[str | int, ...]
    kind: str
    why: str


class _Query(NamedTuple):
    topic: str
    language: str
    way: Way
    node: Node

    def finding(self, kind: str, why: str) -> Finding:
        return Finding(
            self.topic, ("queries", self.language), kind, f"{self.topic}.queries.{self.language}: {why}"
        )


def lint(topics: Iterable[Topic]) -> list[Finding]:
    """Return what is worth a look in topics that loading accepts, topic by topic."""
    given = list(topics)
    queries = {
        topic.id: [
            _Query(topic.id, language, topic.way(language), parse(text))
            for language, text in topic.queries.items()
        ]
        for topic in given
    }
    between: dict[str, list[Finding]] = {}
    for finding in _between(given, queries):
        between.setdefault(finding.topic, []).append(finding)
    return [
        finding
        for topic in given
        for finding in (
            *(found for query in queries[topic.id] for found in _inside(query)),
            *_without_example(topic),
            *between.get(topic.id, ()),
        )
    ]


# --- inside one query ---------------------------------------------------------------------------------------


def _inside(query: _Query) -> Iterator[Finding]:
    for node, field, near in _parts(query.node):
        if isinstance(node, Or):
            yield from _said_twice(query, node, near=near)
            for part, why in dead_parts(node, query.language, query.way, field):
                yield query.finding("dead", f"`{short(part)}` can never match: {why}")
        elif isinstance(node, Term | Phrase) and field not in VALUE_FIELDS and _begins_open(node):
            yield query.finding(
                "slow",
                f"`{short(node)}` begins with a wildcard, which is slow: write out the words that are meant",
            )


def _parts(node: Node) -> Iterator[tuple[Node, str | None, bool]]:
    """Every node, the field that it is looked for in, and whether it stands inside NEAR, where places count."""
    inside = {
        id(below) for part, _ in walk(node) if isinstance(part, Near) for below, _ in walk(part)
    }  # nodes of one query may be equal, and are apart all the same
    for part, field in walk(node):
        yield part, field, id(part) in inside


def _said_twice(query: _Query, node: Or, *, near: bool) -> Iterator[Finding]:
    """The parts of an OR that find nothing which another part does not find; of equal ones, the later."""
    rules = Implications(query.way)
    covers = rules.same_places if near else rules.implies
    shelf = Shelf(list(enumerate(node.parts)), stem=query.way.stem)
    for number, part in enumerate(node.parts):
        for other in shelf.near(part):
            wider = node.parts[other]
            if other == number or not covers(part, wider):
                continue
            if part == wider:
                if other < number:
                    yield query.finding("twice", f"`{short(part)}` is in it twice")
                    break
            elif other < number or not covers(wider, part):
                yield query.finding(
                    "covered", f"`{short(part)}` finds nothing that `{short(wider)}` does not find"
                )
                break


def _begins_open(leaf: Term | Phrase) -> bool:
    words = read_words(leaf.text, quoted=isinstance(leaf, Phrase))
    # A phrase is looked up by its best word, so that one open word among others costs nothing.
    return all(isinstance(word, Wild) and word.pattern[0] in "*?" for word in words)


# --- one topic and another ----------------------------------------------------------------------------------


def _between(topics: Sequence[Topic], queries: dict[str, list[_Query]]) -> Iterator[Finding]:
    """Queries that find what another topic's finds, but for those of topics that one extends."""
    by_id = {topic.id: topic for topic in topics}
    lines = {topic.id: {one.id for one in line_of(topic, by_id)} for topic in topics}
    shelves: dict[tuple[str, Way], list[_Query]] = {}
    for some in queries.values():
        for query in some:
            shelves.setdefault((query.language, query.way), []).append(query)
    ready = {
        key: Shelf([(query, query.node) for query in some], stem=key[1].stem) for key, some in shelves.items()
    }
    rules = {way: Implications(way) for _, way in shelves}
    for some in queries.values():
        for query in some:
            for language in dict.fromkeys((query.language, ANY)):
                shelf = ready.get((language, query.way))
                for other in shelf.near(query.node) if shelf is not None else ():
                    if other.topic not in lines[query.topic] and query.topic not in lines[other.topic]:
                        yield from _compared(query, other, rules[query.way])


def _compared(query: _Query, other: _Query, rules: Implications) -> Iterator[Finding]:
    if not rules.implies(query.node, other.node):
        return
    if query.language == other.language and rules.implies(other.node, query.node):
        if query.topic > other.topic:  # said once
            yield query.finding(
                "same", f"it finds what {other.topic}.queries.{other.language} finds, and no more"
            )
        return
    yield query.finding(
        "within",
        f"it finds nothing that {other.topic}.queries.{other.language} does not find; if that is meant, "
        f"let {other.topic} extend {query.topic}",
    )


# --- examples -----------------------------------------------------------------------------------------------


def _without_example(topic: Topic) -> Iterator[Finding]:
    """Languages for which a topic has a query and no text that must match, when it has any."""
    shown: set[str] = set()
    for example in topic.examples.match:
        shown |= set(example) if isinstance(example, dict) else {ANY, *_first(topic)}
    for language in topic.queries if shown else ():
        if language not in shown:
            yield Finding(
                topic.id,
                ("examples",),
                "example",
                f"{topic.id}.examples.match: no example for the query in {language!r}",
            )


def _first(topic: Topic) -> list[str]:
    """The language that an example without one is taken to be in: English, else the first."""
    return ["en"] if "en" in topic.queries else list(topic.queries)[:1]


def short(node: Node) -> str:
    """Return a part of a query as text, cut where it is long."""
    text = show(node)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
