"""Files and store-made items → one catalog, or every mistake at once, each with its place and advice."""

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from newsbeam.alert import AlertRule
from newsbeam.errors import ConfigurationError, QueryError
from newsbeam.settings import Lines, Trail, check, read_yaml
from newsbeam.topics.catalog import ANY, Catalog, Topic
from newsbeam.topics.document import Document, value_key
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.outlets import OutletEntry
from newsbeam.topics.query import Field, Node, Phrase, Term, parse
from newsbeam.topics.query.nodes import walk

RULE_KINDS = ("match",)
UNFILLED_FIELDS = ("country", "entity", "speaker")  # of the language, but nothing fills them yet
_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_ALERT_TOPIC = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class StoredItem(Protocol):
    """A topic, rule or outlet that someone made with CLI, API or pages: its JSON."""

    @property
    def kind(self) -> str:
        """Return `topic`, `rule` or `outlet`; others are passed over."""
        ...

    @property
    def id(self) -> str:
        """Return the item's id, which its document repeats."""
        ...

    @property
    def document(self) -> bytes:
        """Return the item as JSON."""
        ...


class _Places(Protocol):
    def at(self, *trail: str | int) -> str: ...


class _InStore:
    """Where a store-made item lies, for messages."""

    def __init__(self, kind: str, name: str) -> None:
        self._name = f"store, {kind} {name}"

    def at(self, *trail: str | int) -> str:
        return self._name


class _Entry(Protocol):
    @property
    def id(self) -> str: ...


E = TypeVar("E", bound=_Entry)
R = TypeVar("R", Topic, AlertRule, OutletEntry)


class _Placed(NamedTuple, Generic[E]):
    """An entry and where it was written."""

    entry: E
    places: _Places
    trail: Trail

    def at(self, *below: str | int) -> str:
        return self.places.at(*self.trail, *below)


def load_catalog(config_dir: Path, items: Iterable[StoredItem] = ()) -> Catalog:
    """Return the catalog of `topics/*.yaml`, `alerts.yaml`, `outlets.yaml` below `config_dir`, and of `items`.

    A file that is not there lists nothing. Raises `ConfigurationError` with every mistake: bad YAML, unknown
    keys, bad queries, unknown topics, failing examples, one id or domain twice.
    """
    given = list(items)
    mistakes: list[str] = []
    topics = _Reader(Topic, "topic", mistakes).read(_topic_files(config_dir, mistakes), given)
    rules = _Reader(AlertRule, "rule", mistakes).read([(config_dir / "alerts.yaml", "rules")], given)
    outlets = _Reader(OutletEntry, "outlet", mistakes).read([(config_dir / "outlets.yaml", None)], given)
    for topic in topics:
        mistakes += _topic_mistakes(topic)
    known = [topic.entry.id for topic in topics]
    for rule in rules:
        mistakes += _rule_mistakes(rule, known)
    mistakes += _domain_mistakes(outlets)
    if mistakes:
        raise ConfigurationError(mistakes)
    return Catalog(
        topics=tuple(topic.entry for topic in topics),
        rules=tuple(rule.entry for rule in rules),
        outlets=tuple(outlet.entry for outlet in outlets),
    )


def _topic_files(config_dir: Path, mistakes: list[str]) -> list[tuple[Path, str | None]]:
    folder = config_dir / "topics"
    mistakes += [f"{path}: rename it to {path.stem}.yaml, or it is not read" for path in folder.glob("*.yml")]
    return [(path, None) for path in sorted(folder.glob("*.yaml"))]


# --- reading -------------------------------------------------------------------------------------------------


class _Reader(Generic[R]):
    """Reads all entries of one kind, from files and store, each id once."""

    def __init__(self, form: type[R], kind: str, mistakes: list[str]) -> None:
        self._form = form
        self._kind = kind
        self._mistakes = mistakes
        self._found: dict[str, _Placed[R]] = {}

    def read(self, files: Iterable[tuple[Path, str | None]], items: Iterable[StoredItem]) -> list[_Placed[R]]:
        """Return the entries of each file (of the list under the key, or of the file itself), then the items."""
        for path, key in files:
            if path.is_file():
                self._read_file(path, key)
        for item in items:
            if item.kind == self._kind:
                self._add(_json(item.document), _InStore(item.kind, item.id), ())
        return list(self._found.values())

    def _read_file(self, path: Path, key: str | None) -> None:
        try:
            value, lines = read_yaml(path)
        except ConfigurationError as error:
            self._mistakes += error.mistakes
            return
        trail: Trail = ()
        if key is not None:
            if value is not None and not isinstance(value, dict):
                self._mistakes.append(f"{lines.at()}: a mapping with `{key}:` is needed")
                return
            value, trail = (value or {}).get(key), (key,)
        if value is None:
            return
        if not isinstance(value, list):
            self._mistakes.append(
                f"{lines.at(*trail)}: a list of {self._kind}s is needed, each beginning with `- id:`"
            )
            return
        for index, entry in enumerate(value):
            self._add(entry, lines, (*trail, index))

    def _add(self, value: Any, places: Lines | _InStore, trail: Trail) -> None:
        entry = check(value, self._form, places, self._mistakes, trail)
        if entry is None:
            return
        placed: _Placed[R] = _Placed(entry, places, trail)
        if not _ID.fullmatch(entry.id):
            self._mistakes.append(
                f"{placed.at('id')}: {self._kind} id {entry.id!r}: use small letters, digits, `-`, `_` and `.` only"
            )
        elif entry.id in self._found:
            first = self._found[entry.id].at("id")
            self._mistakes.append(
                f"{placed.at('id')}: there is a {self._kind} {entry.id!r} already, at {first}"
            )
        else:
            self._found[entry.id] = placed


def _json(document: bytes) -> Any:
    try:
        return msgspec.json.decode(document)
    except msgspec.MsgspecError as error:
        return f"unreadable JSON: {error}"


# --- meaning -------------------------------------------------------------------------------------------------


def _topic_mistakes(topic: _Placed[Topic]) -> Iterator[str]:
    entry, queries = topic.entry, {}
    if not entry.queries:
        yield f"{topic.at('queries')}: topic {entry.id!r} has no query"
    for key, text in entry.queries.items():
        where = f"{topic.at('queries', key)}: {entry.id}.queries.{key}"
        if key != ANY and not _LANGUAGE.fullmatch(key):
            yield f"{where}: give a language code of two or three letters, such as en, or `any`"
        found: list[str] = []
        node = _read(text, where, found.append)
        yield from found
        if node is None:
            continue
        queries[key] = node
        if any(isinstance(part, Field) and part.name == "topic" for part, _ in walk(node)):
            yield f"{where}: `topic:` is for alert rules and search; a topic is made of words"
    if len(queries) == len(entry.queries):
        yield from (
            f"{topic.at('examples', *trail)}: {why}" for trail, why in _example_mistakes(entry, queries)
        )


def _read(text: str, where: str, report: Callable[[str], None]) -> Node | None:
    try:
        node = parse(text)
    except QueryError as error:
        report(f"{where}: {error}{_pointed(text, error.position)}")
        return None
    for part, _ in walk(node):
        if isinstance(part, Field) and part.name in UNFILLED_FIELDS:
            report(f"{where}: `{part.name}:` would never match: stories do not carry it yet; use words")
            return None
    return node


def _pointed(text: str, position: int | None) -> str:
    """The place of a mistake inside a query, as the reader would look for it."""
    if position is None:
        return ""
    rest = " ".join(text[position:].split())
    return f" (character {position + 1}, at `{rest[:30]}`)" if rest else " (at the end)"


def check_examples(topic: Topic) -> list[str]:
    """Return what is wrong with a topic's examples, one line each; its queries must be readable."""
    queries = {key: parse(text) for key, text in topic.queries.items()}
    return [f"{'.'.join(map(str, trail))}: {why}" for trail, why in _example_mistakes(topic, queries)]


def _example_mistakes(topic: Topic, queries: dict[str, Node]) -> Iterator[tuple[Trail, str]]:
    matcher = compile_queries(queries)
    for name, wanted in (("match", True), ("no_match", False)):
        for index, example in enumerate(getattr(topic.examples, name)):
            for language, text in example.items() if isinstance(example, dict) else ((None, example),):
                if language is not None and not {language, ANY} & queries.keys():
                    yield (
                        (name, index),
                        f"topic {topic.id!r} has no query for the example's language {language!r}",
                    )
                    continue
                title, _, body = text.strip().partition("\n")
                found = matcher.match(Document(title, body=body))
                spans = [s for key, s in found.items() if language is None or key in {language, ANY}]
                if wanted and not spans:
                    yield (name, index), f"topic {topic.id!r} does not match its example {text.strip()!r}"
                if spans and not wanted:
                    seen = ", ".join(repr(span.text) for group in spans for span in group)
                    yield (
                        (name, index),
                        f"topic {topic.id!r} must not match {text.strip()!r}, but does by {seen}",
                    )


def _rule_mistakes(rule: _Placed[AlertRule], topics: list[str]) -> Iterator[str]:
    entry = rule.entry
    if entry.kind not in RULE_KINDS:
        yield f"{rule.at('kind')}: rule {entry.id!r}: there is no kind {entry.kind!r}; the kinds are {', '.join(RULE_KINDS)}"
    if not _ALERT_TOPIC.fullmatch(entry.topic):
        yield f"{rule.at('topic')}: rule {entry.id!r}: an alert topic is made of letters, digits, `-`, `_` and `.`"
    if entry.max_age_s is not None and entry.max_age_s <= 0:
        yield f"{rule.at('max_age')}: rule {entry.id!r}: the maximum age must be more than nothing"
    where = f"{rule.at('when')}: {entry.id}.when"
    found: list[str] = []
    node = _read(entry.when, where, found.append)
    yield from found
    if node is not None:
        yield from (f"{where}: {why}" for why in _unknown_topics(node, topics))


def _unknown_topics(node: Node, topics: list[str]) -> Iterator[str]:
    for part, field in walk(node):
        if field == "topic" and isinstance(part, Term | Phrase):
            plain = value_key(re.sub(r"\\(.)", r"\1", part.text))
            if not re.search(r"[*?]", part.text) and plain not in topics:
                near = difflib.get_close_matches(plain, topics, n=1)
                advice = f"; did you mean {near[0]!r}?" if near else ""
                yield f"there is no topic {part.text!r}{advice}"


def _domain_mistakes(outlets: Iterable[_Placed[OutletEntry]]) -> Iterator[str]:
    owners: dict[str, str] = {}
    for outlet in outlets:
        for index, domain in enumerate(outlet.entry.domains):
            owner = owners.setdefault(domain.lower(), outlet.entry.id)
            if owner != outlet.entry.id:
                yield f"{outlet.at('domains', index)}: {domain} belongs to outlet {owner!r} already"
