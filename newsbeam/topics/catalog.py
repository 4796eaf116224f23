"""The catalog: topics, rule conditions and outlets, one immutable version."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec

from newsbeam.alert import AlertRule
from newsbeam.errors import NewsbeamError
from newsbeam.identity import digest
from newsbeam.story import OutletFacts, Story
from newsbeam.topics.outlets import OutletEntry, Outlets
from newsbeam.topics.query import parse, show
from newsbeam.topics.topic import Examples, Topic, TopicQuery, topic_queries

if TYPE_CHECKING:
    from newsbeam.topics.compiled import CompiledCatalog

__all__ = [
    "Catalog",
    "Examples",
    "OutletEntry",
    "Topic",
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
        from newsbeam.topics.compiled import CompiledCatalog  # the engine: who only lists topics does without

        return CompiledCatalog(
            self.queries, {rule.id: (rule_version(rule), rule.when) for rule in self.rules}
        )

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
