"""Store-made items as the configuration files that would make them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from newsbeam.alert import AlertRule, Subscription
from newsbeam.codec import from_json
from newsbeam.errors import UsageError
from newsbeam.feed import Feed
from newsbeam.store.items import Item, ItemKind
from newsbeam.topics.catalog import Topic
from newsbeam.topics.outlets import OutletEntry

# kind -> (file, key of the list in it; None: the file is the list)
PLACES: Mapping[ItemKind, tuple[str, str | None]] = {
    ItemKind.TOPIC: ("topics/store.yaml", None),
    ItemKind.RULE: ("alerts.yaml", "rules"),
    ItemKind.SUBSCRIPTION: ("alerts.yaml", "subscriptions"),
    ItemKind.FEED: ("feeds.yaml", None),
    ItemKind.OUTLET: ("outlets.yaml", None),
}
FORMS: Mapping[ItemKind, type[msgspec.Struct]] = {
    ItemKind.TOPIC: Topic,
    ItemKind.RULE: AlertRule,
    ItemKind.SUBSCRIPTION: Subscription,
    ItemKind.FEED: Feed,
    ItemKind.OUTLET: OutletEntry,
}


def export_items(items: Iterable[Item], directory: Path) -> list[Path]:
    """Write the items as files below `directory`; return their paths.

    Raises `UsageError`, and writes nothing, when one of the files is there: it may be the configuration itself.
    """
    files: dict[str, Any] = {}
    for item in items:
        name, key = PLACES[ItemKind(item.kind)]
        content = files.setdefault(name, {} if key else [])
        listed = content.setdefault(key, []) if key else content
        listed.append(_as_written(item))
    _refuse_existing(directory / name for name in files)
    written = []
    for name, content in sorted(files.items()):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        written.append(path)
    return written


def _as_written(item: Item) -> dict[str, Any]:
    """Return the item as people write it: without what goes without saying."""
    form = FORMS[ItemKind(item.kind)]
    values: dict[str, Any] = msgspec.to_builtins(from_json(item.document, form))
    usual = {
        field.encode_name: msgspec.to_builtins(field.default)
        for field in msgspec.structs.fields(form)
        if field.default is not msgspec.NODEFAULT
    }
    return {
        name: value
        for name, value in values.items()
        if value not in ({}, [], None) and (name not in usual or usual[name] != value)
    }


def _refuse_existing(paths: Iterable[Path]) -> None:
    there = [str(path) for path in paths if path.exists()]
    if there:
        raise UsageError(f"{', '.join(there)}: there already; nothing was written, name a new directory")
