"""A catalog ready to run: which topics and rules a story meets, and which topics cannot judge it."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from newsbeam.story import OutletFacts, RuleMatch, Story, Tag
from newsbeam.topics.document import Document, Hit
from newsbeam.topics.matcher import Matcher, compile_queries
from newsbeam.topics.query import Node, parse
from newsbeam.topics.topic import ANY, UNDETERMINED, TopicQuery, asked


def document_of(story: Story, outlet: OutletFacts, language: str) -> Document:
    """Return the story as queries see it; `outlet:` is its id, name, owner or any of its groups."""
    document = Document(story.title, story.summary, story.body)
    for value in (outlet.id, outlet.name, outlet.family, *outlet.groups):
        document.add_value("outlet", value)
    document.add_value("lang", language)
    document.add_value("origin", story.origin.kind)
    document.add_value("origin", story.origin.id)
    if story.feed is not None:
        document.add_value("feed", story.feed)
    return document


class Matches(NamedTuple):
    """What a catalog says of a story; `blind` are the topics that have no query for its language."""

    tags: tuple[Tag, ...]
    rules: tuple[RuleMatch, ...]
    blind: tuple[str, ...]


class CompiledCatalog:
    """All queries of one catalog, ready to run; there is one matcher a language, made when first met."""

    def __init__(
        self, queries: Mapping[str, tuple[TopicQuery, ...]], rules: Mapping[str, tuple[str, str]]
    ) -> None:
        """`queries` are those of each topic, `rules` the version and the condition of each rule, by their ids."""
        self._topics = _Languages(queries)
        self._versions = {rule: version for rule, (version, _) in rules.items()}
        self._rules = compile_queries({rule: parse(when) for rule, (_, when) in rules.items()})

    def match(
        self,
        story: Story,
        outlet: OutletFacts,
        language: str,
        values: Mapping[str, Iterable[str]] = MappingProxyType({}),
    ) -> Matches:
        """Return tags with evidence, rules whose condition holds, and the topics that are blind here.

        `values` are those of fields that are not of the text or the outlet: `country:`, `entity:`, `speaker:`.
        """
        document = document_of(story, outlet, language)
        for field, given in values.items():
            for value in given:
                document.add_value(field, value)
        found = self._topics.find(document, language)
        tags = tuple(Tag(topic, key, document.spans(hits)) for topic, (key, hits) in found.items())
        for topic, (_, hits) in found.items():
            document.add_value("topic", topic, hits)
        rules = tuple(
            RuleMatch(rule, self._versions[rule], document.spans(hits))
            for rule, hits in self._rules.find(document).items()
        )
        blind = self._topics.blind(language)
        return Matches(tags, rules, tuple(topic for topic in blind if topic not in found))


class _Languages:
    """The topics' queries that apply to a story of some language.

    A story of unknown language is read with every query; topics without an `any` query that find nothing in
    it stay blind, because the language may be one that they do not speak.
    """

    def __init__(self, queries: Mapping[str, tuple[TopicQuery, ...]]) -> None:
        self._queries = queries
        self._parsed: dict[str, Node] = {
            one.text: parse(one.text) for some in queries.values() for one in some
        }
        self._matchers: dict[str, Matcher] = {}
        self._blind: dict[str, tuple[str, ...]] = {}
        self._spoken = {topic: {one.language for one in some} for topic, some in queries.items()}
        self._languages = {language for spoken in self._spoken.values() for language in spoken}

    def find(self, document: Document, language: str) -> dict[str, tuple[str, list[Hit]]]:
        """Return, by topic, the key of the first query that matches and the hits of all that do."""
        found: dict[str, tuple[str, list[Hit]]] = {}
        for name, hits in self._matcher(language).find(document).items():
            topic, key, _ = name.split(" ")
            first, before = found.get(topic, (key, []))
            found[topic] = (first, before + hits)
        return found

    def blind(self, language: str) -> tuple[str, ...]:
        """Return the topics that have no query for this language."""
        known = language if language in self._languages else ANY
        if known not in self._blind:
            self._blind[known] = tuple(
                topic for topic, spoken in self._spoken.items() if not spoken & {ANY, known}
            )
        return self._blind[known]

    def _matcher(self, language: str) -> Matcher:
        known = language if language in self._languages or language == UNDETERMINED else ANY
        if known not in self._matchers:
            chosen = {
                f"{topic} {one.language} {one.owner}": one
                for topic, queries in self._queries.items()
                for one in asked(queries, known)
            }
            nodes = {name: self._parsed[one.text] for name, one in chosen.items()}
            self._matchers[known] = compile_queries(nodes, {name: one.way for name, one in chosen.items()})
        return self._matchers[known]
