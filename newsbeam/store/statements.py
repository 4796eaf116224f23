"""The few statements that SQLAlchemy spells differently for the two databases, and batched look-ups."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import Column, Connection, Row, Select, Table
from sqlalchemy.dialects import postgresql, sqlite

_DIALECTS = {"sqlite": sqlite.dialect(), "postgresql": postgresql.dialect()}  # type: ignore[no-untyped-call]
T = TypeVar("T")
IN_LIMIT = 500  # values in one IN list

Rows = Sequence[Mapping[str, Any]]


def insert_new(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows whose primary key is not there yet."""
    _write(connection, table, rows, "ON CONFLICT DO NOTHING")


def insert_returning(connection: Connection, table: Table, rows: Rows, column: Column[T]) -> list[T]:
    """Insert rows whose primary key is not there yet; return `column` of those that were inserted."""
    if not rows:
        return []
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    statement = dialect.insert(table).on_conflict_do_nothing().returning(column)
    return list(connection.execute(statement, list(rows)).scalars())


def insert_all(connection: Connection, table: Table, rows: Rows) -> None:
    """Insert rows in one batch; a key that exists is an error."""
    _write(connection, table, rows)


def upsert(connection: Connection, table: Table, rows: Rows, add: Sequence[str] = ()) -> None:
    """Insert rows, each key once, or update those that exist: columns in `add` are added to, others replaced."""
    if not rows:
        return
    keys = {column.name for column in table.primary_key.columns}
    changes = [
        f'"{name}" = "{table.name}"."{name}" + excluded."{name}"'
        if name in add
        else f'"{name}" = excluded."{name}"'
        for name in rows[0]
        if name not in keys
    ]
    _write(
        connection, table, rows, f"ON CONFLICT ({_quoted(sorted(keys))}) DO UPDATE SET {', '.join(changes)}"
    )


def _write(connection: Connection, table: Table, rows: Rows, conflict: str = "") -> None:
    """Insert rows, all with the columns of the first, column by column: SQLAlchemy's own way takes rows apart in
    Python, one value at a time, which was a third of what a story cost.
    """
    if not rows:
        return
    dialect = connection.dialect.name
    insert = _insert(dialect, table, tuple(rows[0]))
    values = [
        list(map(get, rows)) if convert is None else list(map(convert, map(get, rows)))
        for get, convert in insert.columns
    ]
    parameters = list(zip(*values, strict=True)) if dialect == "sqlite" else tuple(values)
    connection.exec_driver_sql(f"{insert.sql} {conflict}", parameters)


class _Insert(NamedTuple):
    """An INSERT, and for each column how its value is got from a row, and made what the driver takes."""

    sql: str
    columns: Sequence[tuple[Callable[[Mapping[str, Any]], Any], Callable[[Any], Any] | None]]


@lru_cache(maxsize=256)
def _insert(dialect_name: str, table: Table, names: tuple[str, ...]) -> _Insert:
    """Return how rows with these columns are inserted: SQLite takes row after row, PostgreSQL whole columns."""
    dialect = _DIALECTS[dialect_name]
    types = [table.c[name].type for name in names]
    if dialect_name == "sqlite":
        source = f"VALUES ({', '.join('?' for _ in names)})"
    else:
        source = f"SELECT * FROM unnest({', '.join(f'%s::{kind.compile(dialect)}[]' for kind in types)})"  # noqa: S608 - our names
    columns = [
        (itemgetter(name), kind.dialect_impl(dialect).bind_processor(dialect))
        for name, kind in zip(names, types, strict=True)
    ]
    return _Insert(f'INSERT INTO "{table.name}" ({_quoted(names)}) {source}', columns)


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def select_in(
    connection: Connection, query: Select[Any], column: Column[Any], values: Iterable[Any]
) -> Iterator[Row[Any]]:
    """Yield the rows of `query` whose `column` is one of `values`, in batches of one IN list each."""
    for batch in batched(values, IN_LIMIT):
        yield from connection.execute(query.where(column.in_(batch))).all()


def batched(values: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield lists of at most `size` values."""
    iterator = iter(values)
    while batch := list(islice(iterator, size)):
        yield batch
