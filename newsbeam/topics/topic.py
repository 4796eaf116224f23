"""A topic: what it looks for in which language, how its words are compared, and what it takes from another."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import msgspec

from newsbeam.errors import QueryError
from newsbeam.topics.ways import STEMMERS, Way

ANY = "any"
UNDETERMINED = "und"

Match = Literal["exact", "stem"]


class Examples(msgspec.Struct, frozen=True):
    """Texts that a topic must (not) match; `{fr: text}` is for one language's query, a bare text for all."""

    match: tuple[str | dict[str, str], ...] = ()
    no_match: tuple[str | dict[str, str], ...] = ()


class TopicText(msgspec.Struct, frozen=True, kw_only=True):
    """What every topic says: `queries` by story language, `any` for all; `label` by the reader's language."""

    id: str
    queries: dict[str, str]
    label: dict[str, str] = msgspec.field(default_factory=dict)
    examples: Examples = Examples()


class Topic(TopicText, frozen=True, kw_only=True):
    """A named query, with how it is read and where it belongs.

    `match` is for all its queries, or by language; `extends` names a topic whose queries are looked for too.
    """

    match: Match | dict[str, Match] = "exact"
    case: Literal["fold", "exact"] = "fold"
    group: str | None = None
    extends: str | None = None

    def way(self, language: str) -> Way:
        """Return how its query for a language is compared.

        A bare `match: stem` is for the languages that have a stemmer; the others stay exact.
        """
        asked = self.match if isinstance(self.match, str) else self.match.get(language, "exact")
        stem = language if asked == "stem" and language in STEMMERS else None
        return Way(stem, self.case == "exact")

    def stored(self) -> TopicText:
        """Return what is encoded: an option came later than its topic, and says nothing where it is not used.

        So a catalog that uses none of them keeps its bytes, and with them its version.
        """
        plain = TopicText(id=self.id, queries=self.queries, label=self.label, examples=self.examples)
        options = ("match", "case", "group", "extends")
        unused = Topic(id="", queries={})
        return plain if all(getattr(self, one) == getattr(unused, one) for one in options) else self


class TopicQuery(NamedTuple):
    """One query that a topic looks for: its language, the topic that says it, its text, how it is compared."""

    language: str
    owner: str
    text: str
    way: Way


def topic_queries(topic: Topic, topics: Mapping[str, Topic]) -> tuple[TopicQuery, ...]:
    """Return all queries of a topic: its own, then those of the topic that it extends, and so on.

    Raises `QueryError` where one extends a topic that is not there.
    """
    line = list(line_of(topic, topics))
    if line[-1].extends not in {None, *topics}:
        raise QueryError(f"topic {line[-1].id!r} extends {line[-1].extends!r}, which is not there")
    return tuple(
        TopicQuery(language, owner.id, text, owner.way(language))
        for owner in line
        for language, text in owner.queries.items()
    )


def line_of(topic: Topic, topics: Mapping[str, Topic]) -> Iterator[Topic]:
    """Yield the topic, the one that it extends, and so on; it ends at one that is not there or came before."""
    seen = {topic.id}
    yield topic
    while topic.extends is not None and topic.extends in topics and topic.extends not in seen:
        topic = topics[topic.extends]
        seen.add(topic.id)
        yield topic


def asked(queries: Iterable[TopicQuery], language: str) -> list[TopicQuery]:
    """Return those of a topic's queries that are tried on a story of this language, in order."""
    if language == UNDETERMINED:
        return sorted(queries, key=lambda query: (query.language == ANY, query.language))
    own = [query for query in queries if query.language == language]
    return own if language == ANY else [*own, *(query for query in queries if query.language == ANY)]
