"""Documents that workers load by version: catalogs, feed lists, subscription lists; and which are active."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Connection, select

from newsbeam.errors import NotFound
from newsbeam.identity import digest
from newsbeam.store.database import Store
from newsbeam.store.schema import document, pointer
from newsbeam.store.statements import insert_new, upsert


class DocumentKind(StrEnum):
    """The kinds of documents; each has at most one active version."""

    CATALOG = "catalog"
    FEEDS = "feeds"
    SUBSCRIPTIONS = "subscriptions"


def document_version(kind: DocumentKind, content: bytes) -> str:
    """Return the version of a document that has none of its own: the hash of kind and content."""
    return digest(kind, content.decode())


def store_document(store: Store, kind: DocumentKind, version: str, content: bytes, now: datetime) -> None:
    """Keep an immutable document under its version; storing it again changes nothing, nor what is active."""
    row = {"version": version, "kind": kind.value, "content": content, "stored_at": now}
    with store.write() as connection:
        insert_new(connection, document, [row])


def read_document(store: Store, kind: DocumentKind, version: str) -> bytes:
    """Return a document's content; raises `NotFound`."""
    with store.read() as connection:
        return document_content(connection, kind, version)


def document_content(connection: Connection, kind: DocumentKind, version: str) -> bytes:
    """Return a document's content inside a running transaction; raises `NotFound`."""
    query = select(document.c.content).where(document.c.version == version, document.c.kind == kind.value)
    content: bytes | None = connection.execute(query).scalar_one_or_none()
    if content is None:
        raise NotFound(f"the store holds no {kind} of version {version!r}")
    return content


def active_version(store: Store, kind: DocumentKind) -> str | None:
    """Return the active version of a kind, None before the first was activated."""
    with store.read() as connection:
        return read_pointer(connection, kind)


def active_document(store: Store, kind: DocumentKind) -> tuple[str, bytes]:
    """Return version and content of the active document; raises `NotFound` when none was activated."""
    with store.read() as connection:
        version = read_pointer(connection, kind)
        if version is None:
            raise NotFound(f"no {kind} is active yet: `newsbeam config apply` makes one active")
        return version, document_content(connection, kind, version)


def activate(store: Store, kind: DocumentKind, version: str, now: datetime) -> bool:
    """Make a stored version the active one; True when another was. Raises `NotFound`.

    Under the store-wide lock: a chunk is recorded wholly before or wholly after, never across.
    """
    with store.locked() as connection:
        document_content(connection, kind, version)
        if read_pointer(connection, kind) == version:
            return False
        upsert(connection, pointer, [{"name": kind.value, "value": version, "moved_at": now}])
        return True


class Epoch(NamedTuple):
    """One life of the store, until the next restore: part of every cursor."""

    name: str
    began_at: datetime


def read_epoch(store: Store) -> Epoch:
    """Return the store's epoch: a restored store has a new one. Raises `NotFound` before the first."""
    query = select(pointer.c.value, pointer.c.moved_at).where(pointer.c.name == "epoch")
    with store.read() as connection:
        row = connection.execute(query).one_or_none()
    if row is None:
        raise NotFound("the store has no epoch: it was not prepared by newsbeam")
    return Epoch(row.value, row.moved_at)


def read_pointer(connection: Connection, name: str) -> str | None:
    """Return a pointer's value inside a running transaction."""
    query = select(pointer.c.value).where(pointer.c.name == str(name))
    value: str | None = connection.execute(query).scalar_one_or_none()
    return value
