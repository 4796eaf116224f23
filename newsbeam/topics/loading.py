"""Files and store-made items → one catalog, or every mistake at once, each with its place and advice."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from newsbeam.alert import AlertRule
from newsbeam.errors import ConfigurationError
from newsbeam.topics.catalog import Catalog
from newsbeam.topics.checking import (
    Mistake,
    domain_mistakes,
    extension_mistakes,
    rule_mistakes,
    topic_mistakes,
)
from newsbeam.topics.entries import E, EntryReader, Placed, StoredItem
from newsbeam.topics.outlets import OutletEntry
from newsbeam.topics.topic import Topic, line_of, topic_queries

__all__ = ["Places", "StoredItem", "load_catalog", "load_outlets"]


def load_catalog(config_dir: Path, items: Iterable[StoredItem] = (), *, examples: bool = True) -> Catalog:
    """Return the catalog of `topics/*.yaml`, `alerts.yaml` and `outlets.yaml` in a folder, and of `items`.

    A file that is not there lists nothing. Raises `ConfigurationError` with every mistake: bad YAML, unknown
    keys, bad queries and those that can never match, unknown topics, failing examples (unless those are to be
    tried apart), one id or domain twice.
    """
    given = list(items)
    mistakes: list[str] = []
    topic_reader = EntryReader(Topic, "topic", mistakes)
    topics = topic_reader.read(_topic_files(config_dir, mistakes), given)
    rules = EntryReader(AlertRule, "rule", mistakes).read([(config_dir / "alerts.yaml", "rules")], given)
    outlets = _read_outlets(config_dir, given, mistakes)
    mistakes += _topic_mistakes(topics, topic_reader.named, examples=examples)
    for rule in rules:
        mistakes += _placed(rule, rule_mistakes(rule.entry, topic_reader.named))
    if mistakes:
        raise ConfigurationError(mistakes)
    return Catalog(
        topics=tuple(topic.entry for topic in topics),
        rules=tuple(rule.entry for rule in rules),
        outlets=outlets,
    )


def load_outlets(config_dir: Path, items: Iterable[StoredItem] = ()) -> tuple[OutletEntry, ...]:
    """Return the outlets alone, for who tries a query and needs no topic; raises `ConfigurationError`."""
    mistakes: list[str] = []
    outlets = _read_outlets(config_dir, items, mistakes)
    if mistakes:
        raise ConfigurationError(mistakes)
    return outlets


def _read_outlets(
    config_dir: Path, items: Iterable[StoredItem], mistakes: list[str]
) -> tuple[OutletEntry, ...]:
    outlets = EntryReader(OutletEntry, "outlet", mistakes).read([(config_dir / "outlets.yaml", None)], items)
    mistakes += domain_mistakes(outlets)
    return tuple(outlet.entry for outlet in outlets)


class Places:
    """Where the topics of a catalog that was loaded from here are written."""

    def __init__(self, config_dir: Path, items: Iterable[StoredItem] = ()) -> None:
        reader = EntryReader(Topic, "topic", [])
        self._placed = {one.entry.id: one for one in reader.read(_topic_files(config_dir, []), items)}

    def at(self, topic: str, *below: str | int) -> str:
        """Return the place of what lies below a topic, for a message; its id when it is there no more."""
        return self._placed[topic].at(*below) if topic in self._placed else topic


def _topic_mistakes(
    topics: Sequence[Placed[Topic]], named: Collection[str], *, examples: bool
) -> Iterator[str]:
    """Yield what is wrong with the topics, then the failing examples of those that are right with all they take."""
    by_id: dict[str, Topic] = {}
    wrong: set[str] = set()
    for topic in topics:
        by_id.setdefault(topic.entry.id, topic.entry)
    for topic in topics:
        found = (*topic_mistakes(topic.entry), *extension_mistakes(topic.entry, by_id, named))
        lines = _placed(topic, found)
        yield from lines
        if lines or topic.doubtful & {"queries", "match", "extends"}:
            wrong.add(topic.entry.id)
    if examples:
        yield from _failing_examples(topics, by_id, wrong)


def _failing_examples(
    topics: Iterable[Placed[Topic]], by_id: Mapping[str, Topic], wrong: Collection[str]
) -> Iterator[str]:
    """Yield the examples that fail, of topics that are right with all that they take from others."""
    from newsbeam.topics.examples import example_mistakes  # the engine: who only lists topics does without

    for topic in topics:
        line = list(line_of(topic.entry, by_id))
        if not any(one.id in wrong for one in line) and line[-1].extends in {None, *by_id}:
            yield from _placed(topic, example_mistakes(topic.entry, topic_queries(topic.entry, by_id)))


def _placed(entry: Placed[E], found: Iterable[Mistake]) -> list[str]:
    """The mistakes with their places, but for those in fields whose values were wrong before."""
    return [
        f"{entry.at(*trail)}: {why}" for trail, why in found if not (trail and trail[0] in entry.doubtful)
    ]


def _topic_files(config_dir: Path, mistakes: list[str]) -> list[tuple[Path, str | None]]:
    folder = config_dir / "topics"
    mistakes += [f"{path}: rename it to {path.stem}.yaml, or it is not read" for path in folder.glob("*.yml")]
    return [(path, None) for path in sorted(folder.glob("*.yaml"))]
