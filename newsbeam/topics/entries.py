"""Topics, rules and outlets as written: read from files and store-made items, each with its place."""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

import msgspec

from newsbeam.alert import AlertRule
from newsbeam.errors import ConfigurationError
from newsbeam.settings import Lines, Trail, check_apart, read_yaml
from newsbeam.topics.catalog import Topic
from newsbeam.topics.outlets import OutletEntry

_ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,99}")


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


class Places(Protocol):
    """Says where a value was written."""

    def at(self, *trail: str | int) -> str:
        """Return the place of the value at `trail`, for a message."""
        ...


class InStore:
    """Where a store-made item lies, for messages."""

    def __init__(self, kind: str, name: str) -> None:
        self._name = f"store, {kind} {name}"

    def at(self, *trail: str | int) -> str:  # noqa: ARG002 - an item is one place
        """Return the item's name, wherever in it."""
        return self._name


class Entry(Protocol):
    """Anything with an id."""

    @property
    def id(self) -> str:
        """Return the id."""
        ...


E = TypeVar("E", bound=Entry)
R = TypeVar("R", Topic, AlertRule, OutletEntry)


class Placed(NamedTuple, Generic[E]):
    """An entry and where it was written; `doubtful` fields are wrong already, and not the writer's own."""

    entry: E
    places: Places
    trail: Trail
    doubtful: frozenset[str] = frozenset()

    def at(self, *below: str | int) -> str:
        """Return the place of what lies below the entry, for a message."""
        return self.places.at(*self.trail, *below)


class EntryReader(Generic[R]):
    """Reads all entries of one kind, from files and store, each id once."""

    def __init__(self, form: type[R], kind: str, mistakes: list[str]) -> None:
        self._form: type[R] = form
        self._kind = kind
        self._mistakes = mistakes
        self._found: dict[str, Placed[R]] = {}
        self.named: set[str] = set()  # also by entries that cannot be read: what refers to them is no mistake

    def read(self, files: Iterable[tuple[Path, str | None]], items: Iterable[StoredItem]) -> list[Placed[R]]:
        """Return the entries of each file (its list, or the list under the key), then those of the items."""
        for path, key in files:
            if path.is_file():
                self._read_file(path, key)
        for item in items:
            if item.kind == self._kind:
                self._add(_json(item.document), InStore(item.kind, item.id), ())
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

    def _add(self, value: Any, places: Lines | InStore, trail: Trail) -> None:
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            self.named.add(value["id"])
        sound = check_apart(value, self._form, places, self._mistakes, trail)
        if sound is None:
            return
        entry = sound.entry
        placed: Placed[R] = Placed(entry, places, trail, sound.doubtful)
        if "id" in sound.doubtful:
            self._found[f"?{len(self._found)}"] = placed
            return
        wrong = self._naming_mistake(placed)
        if wrong is not None:
            self._mistakes.append(f"{placed.at('id')}: {wrong}")
        # Kept apart even so: what else is wrong with it is to be said at once.
        self._found[entry.id if wrong is None else f"?{len(self._found)}"] = placed

    def _naming_mistake(self, placed: Placed[R]) -> str | None:
        entry = placed.entry
        if not _ID.fullmatch(entry.id):
            return f"{self._kind} id {entry.id!r}: use small letters, digits, `-`, `_`, `.`"
        if entry.id in self._found:
            return f"there is a {self._kind} {entry.id!r} already, at {self._found[entry.id].at('id')}"
        return None


def _json(document: bytes) -> Any:
    try:
        return msgspec.json.decode(document)
    except msgspec.MsgspecError as error:
        return f"unreadable JSON: {error}"
