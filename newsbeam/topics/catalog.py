"""The catalog: topics, rule conditions and outlets, one immutable version, and the same made ready to run."""

from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

import msgspec

from newsbeam.alert import AlertRule
from newsbeam.errors import NewsbeamError
from newsbeam.identity import digest
from newsbeam.story import OutletFacts, RuleMatch, Story, Tag
from newsbeam.topics.document import Document, Hit
from newsbeam.topics.matcher import Matcher, compile_queries
from newsbeam.topics.outlets import OutletEntry, Outlets
from newsbeam.topics.query import Node, parse, show
from newsbeam.topics.topic import ANY, UNDETERMINED, Examples, Topic, TopicQuery, asked, topic_queries

__all__ = [
    "Catalog",
    "CompiledCatalog",
    "Examples",
    "Matches",
    "OutletEntry",
    "Topic",
    "document_of",
    "resolve_outlet",
    "rule_version",
]


class Catalog(msgspec.Struct, frozen=True, kw_only=True, dict=True):
    """All that Enrich reads. `version` is the hash of the content; workers load it whole from the store."""

    topics: tuple[Topic, ...] = ()
    rules: tuple[AlertRule, ...] = ()
    outlets: tuple[OutletEntry, ...] = ()

    @cached_property
    def version(self) -> str:
        """The hash of the whole content, whatever the order in which it was listed."""
        return digest("catalog", self.to_json().decode())

    def to_json(self) -> bytes:
        """Return the catalog as JSON; equal catalogs give equal bytes."""
        topics = [topic.stored() for topic in self.topics]
        parts = (topics, self.rules, self.outlets)
        listed, rules, outlets = (sorted(part, key=lambda entry: entry.id) for part in parts)
        ordered = {"topics": listed, "rules": rules, "outlets": outlets}
        return msgspec.json.encode(ordered, order="deterministic")

    @classmethod
    def from_json(cls, content: bytes) -> "Catalog":
        """Return the catalog that `to_json` wrote; raises `NewsbeamError` when it is none."""
        try:
            return msgspec.json.decode(content, type=cls)
        except msgspec.MsgspecError as error:
            raise NewsbeamError(f"the stored catalog cannot be read: {error}") from error

    def compile(self) -> "CompiledCatalog":
        """Return the catalog ready to run; raises `QueryError` for what loading would have refused."""
        return CompiledCatalog(self)

    @cached_property
    def queries(self) -> Mapping[str, tuple[TopicQuery, ...]]:
        """All queries of each topic by its id, with those that it takes from another."""
        by_id = {topic.id: topic for topic in self.topics}
        return {name: topic_queries(topic, by_id) for name, topic in by_id.items()}

    def queries_by_language(self, topic: str) -> dict[str, str]:
        """Return what a topic looks for in each language, as text: its own query OR those that it takes."""
        texts: dict[str, list[str]] = {}
        for query in self.queries[topic]:
            texts.setdefault(query.language, []).append(query.text)
        return {
            language: " OR ".join(f"({one})" for one in some) if len(some) > 1 else some[0]
            for language, some in texts.items()
        }

    @cached_property
    def publishers(self) -> Outlets:
        """The outlets, ready to be asked."""
        return Outlets(self.outlets)


def resolve_outlet(catalog: Catalog, story: Story) -> OutletFacts:
    """Return the story's outlet: listed, else known by its registrable domain or name only."""
    return catalog.publishers.resolve(story)


def rule_version(rule: AlertRule) -> str:
    """Return the hash of what a rule means: condition as read, kind, alert topic, severity and age limit."""
    condition = show(parse(rule.when))
    return digest("rule", rule.kind, condition, rule.topic, rule.severity.value, repr(rule.max_age_s))


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

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._topics = _Languages(catalog.queries)
        self._versions = {rule.id: rule_version(rule) for rule in catalog.rules}
        self._rules = compile_queries({rule.id: parse(rule.when) for rule in catalog.rules})

    def match(self, story: Story, outlet: OutletFacts, language: str) -> Matches:
        """Return tags with evidence, rules whose condition holds, and the topics that are blind here."""
        document = document_of(story, outlet, language)
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
        return tuple(topic for topic, spoken in self._spoken.items() if not spoken & {ANY, language})

    def _matcher(self, language: str) -> Matcher:
        known = language if language in self._languages or language == UNDETERMINED else ANY
        if known not in self._matchers:
            chosen = {
                f"{topic} {one.language} {one.owner}": self._parsed[one.text]
                for topic, queries in self._queries.items()
                for one in asked(queries, known)
            }
            self._matchers[known] = compile_queries(chosen)
        return self._matchers[known]
