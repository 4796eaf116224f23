"""What is wrong with topics, rules and outlets that could be read: queries, references, failing examples."""

import difflib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import NamedTuple

from newsbeam.alert import AlertRule
from newsbeam.errors import QueryError
from newsbeam.topics.entries import Placed
from newsbeam.topics.folding import value_key
from newsbeam.topics.outlets import OutletEntry
from newsbeam.topics.query import Field, Node, Phrase, Term, parse
from newsbeam.topics.query.nodes import walk
from newsbeam.topics.reach import never_matches
from newsbeam.topics.topic import ANY, Topic
from newsbeam.topics.ways import STEMMERS, Way

RULE_KINDS = ("match",)
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_GROUP = re.compile(r"\S(?:.{0,98}\S)?")
_ALERT_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class Mistake(NamedTuple):
    """What is wrong below an entry, and where: the keys and indexes that lead there."""

    trail: tuple[str | int, ...]
    why: str


def topic_mistakes(topic: Topic) -> Iterator[Mistake]:
    """Yield what is wrong with a topic by itself: its queries and how they are to be compared."""
    if not topic.queries:
        yield Mistake(("queries",), f"topic {topic.id!r} has no query")
    for key, text in topic.queries.items():
        for why in topic_query_mistakes(key, text, topic.way(key)):
            yield Mistake(("queries", key), f"{topic.id}.queries.{key}: {why}")
    yield from _match_mistakes(topic)
    if topic.group is not None and not _GROUP.fullmatch(topic.group):
        yield Mistake(("group",), f"{topic.id}.group: give a name of at most 100 characters, on one line")


def _match_mistakes(topic: Topic) -> Iterator[Mistake]:
    if isinstance(topic.match, str):
        if topic.match == "stem" and topic.queries and not topic.queries.keys() & STEMMERS.keys():
            yield Mistake(("match",), f"{topic.id}.match: {_no_stemmer(', '.join(topic.queries))}")
        return
    for language, asked in topic.match.items():
        trail = ("match", language)
        if language not in topic.queries:
            yield Mistake(trail, f"{topic.id}.match.{language}: the topic has no query for {language!r}")
        elif asked == "stem" and language not in STEMMERS:
            yield Mistake(trail, f"{topic.id}.match.{language}: {_no_stemmer(language)}")


def _no_stemmer(languages: str) -> str:
    return f"there is no stemmer for {languages}: leave it out, and write endings as `*`"


def topic_query_mistakes(key: str, text: str, way: Way | None = None) -> Iterator[str]:
    """Yield what is wrong with a topic's query for the language `key`."""
    if key != ANY and not _LANGUAGE.fullmatch(key):
        yield "give a language code of two or three small letters, such as en, or `any`"
    yield from query_mistakes(text, key, way)
    node = _parsed(text)
    if node is not None and any(isinstance(part, Field) and part.name == "topic" for part, _ in walk(node)):
        yield "`topic:` is for alert rules and search; a topic is made of words"


def query_mistakes(text: str, language: str = ANY, way: Way | None = None) -> Iterator[str]:
    """Yield what is wrong with a saved query, whatever it is for; `language` is that of its stories."""
    try:
        why = never_matches(parse(text), language, way)
    except QueryError as error:
        yield f"{error}{_pointed(text, error.position)}"
    else:
        if why is not None:
            yield f"this can never match: {why}"


def _parsed(text: str) -> Node | None:
    try:
        return parse(text)
    except QueryError:
        return None


def _pointed(text: str, position: int | None) -> str:
    """The place of a mistake inside a query, as the reader would look for it."""
    if position is None:
        return ""
    rest = " ".join(text[position:].split())
    return f" (character {position + 1}, at `{rest[:30]}`)" if rest else " (at the end)"


# --- one topic and another ----------------------------------------------------------------------------------


def extension_mistakes(
    topic: Topic, topics: Mapping[str, Topic], named: Collection[str]
) -> Iterator[Mistake]:
    """Yield why a topic cannot extend the one that it names; `named` are also the ids that cannot be read."""
    if topic.extends is None:
        return
    line = [topic.id]
    parent: str | None = topic.extends
    while parent is not None and parent in topics and parent not in line:
        line.append(parent)
        parent = topics[parent].extends
    if parent == topic.id:
        circle = ", which extends ".join(map(repr, [*line[1:], topic.id]))
        yield Mistake(("extends",), f"{topic.id}.extends: topic {topic.id!r} extends {circle}: a circle")
    elif len(line) == 1 and parent not in named:
        yield Mistake(("extends",), f"{topic.id}.extends: {_no_topic(topic.extends, named)}")


def _no_topic(name: str, topics: Collection[str]) -> str:
    near = difflib.get_close_matches(name, list(topics), n=1)
    return f"there is no topic {name!r}" + (f"; did you mean {near[0]!r}?" if near else "")


# --- rules and outlets --------------------------------------------------------------------------------------


def rule_mistakes(rule: AlertRule, topics: Iterable[str]) -> Iterator[Mistake]:
    """Yield what is wrong with a rule, given the ids of all topics."""
    if rule.kind not in RULE_KINDS:
        yield Mistake(
            ("kind",), f"rule {rule.id!r}: the kinds of rules are {', '.join(RULE_KINDS)}, not {rule.kind!r}"
        )
    if not _ALERT_TOPIC.fullmatch(rule.topic):
        yield Mistake(
            ("topic",), f"rule {rule.id!r}: an alert topic has letters, digits, `-`, `_` and `.` only"
        )
    if rule.max_age_s is not None and rule.max_age_s <= 0:
        yield Mistake(("max_age",), f"rule {rule.id!r}: the maximum age must be more than nothing")
    known = list(topics)
    for why in (*query_mistakes(rule.when), *_unknown_topics(_parsed(rule.when), known)):
        yield Mistake(("when",), f"{rule.id}.when: {why}")


def _unknown_topics(node: Node | None, topics: list[str]) -> Iterator[str]:
    for part, field in walk(node) if node is not None else ():
        if field == "topic" and isinstance(part, Term | Phrase):
            plain = value_key(re.sub(r"\\(.)", r"\1", part.text))
            if not re.search(r"[*?]", part.text) and plain not in topics:
                yield _no_topic(part.text, topics)


def domain_mistakes(outlets: Iterable[Placed[OutletEntry]]) -> Iterator[str]:
    """Yield a line for every domain that two outlets claim."""
    owners: dict[str, str] = {}
    for outlet in outlets:
        for index, domain in enumerate(outlet.entry.domains):
            owner = owners.setdefault(domain.lower(), outlet.entry.id)
            if owner != outlet.entry.id:
                yield f"{outlet.at('domains', index)}: {domain} belongs to outlet {owner!r} already"
