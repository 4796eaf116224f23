"""Store-made items as the configuration files that would make them."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import yaml

from newsbeam.errors import UsageError
from newsbeam.store.items import Item, ItemKind

# kind -> (file, key of the list in it; None: the file is the list)
PLACES: Mapping[ItemKind, tuple[str, str | None]] = {
    ItemKind.TOPIC: ("topics/store.yaml", None),
    ItemKind.RULE: ("alerts.yaml", "rules"),
    ItemKind.SUBSCRIPTION: ("alerts.yaml", "subscriptions"),
    ItemKind.FEED: ("feeds.yaml", None),
    ItemKind.OUTLET: ("outlets.yaml", None),
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
        listed.append(msgspec.json.decode(item.document))
    _refuse_existing(directory / name for name in files)
    written = []
    for name, content in sorted(files.items()):
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        written.append(path)
    return written


def _refuse_existing(paths: Iterable[Path]) -> None:
    there = [str(path) for path in paths if path.exists()]
    if there:
        raise UsageError(f"{', '.join(there)}: there already; nothing was written, name a new directory")
