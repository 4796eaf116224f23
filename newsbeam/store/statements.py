"""The few statements that SQLAlchemy spells differently for the two databases, and batched look-ups."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import Column, Connection, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

T = TypeVar("T")
IN_LIMIT = 500  # values in one IN list

Rows = Sequence[Mapping[str, Any]]


def insert_into(connection: Connection, table: Table) -> Any:
    """Return the dialect's INSERT, the one that knows ON CONFLICT."""
    return (sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert)(table)


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows whose primary key is not there yet."""
    if rows:
        connection.execute(insert_into(connection, table).on_conflict_do_nothing(), list(rows))


def insert_returning(connection: Connection, table: Table, rows: Rows, column: Column[T]) -> list[T]:
    """Insert rows whose primary key is not there yet; return `column` of those that were inserted."""
    if not rows:
        return []
    statement = insert_into(connection, table).on_conflict_do_nothing().returning(column)
    return list(connection.execute(statement, list(rows)).scalars())


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows in one batch; a key that exists is an error."""
    if rows:
        connection.execute(table.insert(), list(rows))


def upsert(connection: Connection, table: Table, rows: Rows, add: Sequence[str] = ()) -> None:
    """Insert rows, or update those that exist: columns in `add` are added to, all others replaced."""
    if not rows:
        return
    statement = insert_into(connection, table)
    keys = {column.name for column in table.primary_key.columns}
    changes = {
        name: table.c[name] + statement.excluded[name] if name in add else statement.excluded[name]
        for name in rows[0]
        if name not in keys
    }
    connection.execute(statement.on_conflict_do_update(index_elements=sorted(keys), set_=changes), list(rows))


def select_in(
    connection: Connection, query: Select[Any], column: Column[Any], values: Iterable[Any]
) -> Iterator[Row[Any]]:
    """Yield the rows of `query` whose `column` is one of `values`, in batches of one IN list each."""
    for batch in batched(values, IN_LIMIT):
        yield from connection.execute(query.where(column.in_(batch)))


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` values."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
