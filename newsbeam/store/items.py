"""Topics, rules, feeds, outlets and subscriptions that people made with CLI, API or pages, with history."""

from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec
from sqlalchemy import Row, insert, select

from newsbeam.errors import NotFound
from newsbeam.store.database import Store
from newsbeam.store.schema import item, item_history
from newsbeam.store.statements import upsert


class ItemKind(StrEnum):
    """What people can make."""

    TOPIC = "topic"
    RULE = "rule"
    FEED = "feed"
    OUTLET = "outlet"
    SUBSCRIPTION = "subscription"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One item as it is or was: its JSON, who changed it, and when; `deleted` items keep their last JSON."""

    kind: ItemKind
    id: str
    document: bytes
    author: str
    changed_at: datetime
    deleted: bool = False


def save_item(store: Store, new: Item) -> None:
    """Create or replace an item; its history keeps every version."""
    row = msgspec.structs.asdict(new) | {"kind": new.kind.value}
    with store.locked() as connection:
        upsert(connection, item, [row])
        connection.execute(insert(item_history), [row])


def read_item(store: Store, kind: ItemKind, item_id: str) -> Item:
    """Return an item that is not deleted; raises `NotFound`."""
    query = select(item).where(item.c.kind == kind.value, item.c.id == item_id, item.c.deleted.is_(False))
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound(f"the store holds no {kind} {item_id!r}")
    return _item(row)


def list_items(store: Store, kind: ItemKind | None = None) -> list[Item]:
    """Return the items that are not deleted, by kind and id."""
    query = select(item).where(item.c.deleted.is_(False)).order_by(item.c.kind, item.c.id)
    if kind is not None:
        query = query.where(item.c.kind == kind.value)
    with store.read() as connection:
        return [_item(row) for row in connection.execute(query)]


def item_versions(store: Store, kind: ItemKind, item_id: str) -> list[Item]:
    """Return every version of an item, oldest first."""
    names = [item_history.c[name] for name in Item.__struct_fields__]
    query = select(*names).where(item_history.c.kind == kind.value, item_history.c.id == item_id)
    with store.read() as connection:
        return [_item(row) for row in connection.execute(query.order_by(item_history.c.seq))]


def _item(row: Row[Any]) -> Item:
    fields = row._asdict()
    return Item(**fields | {"kind": ItemKind(fields["kind"])})
