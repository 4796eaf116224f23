"""What a database says it will do for each statement, told apart: what is found by an index, and what reads all."""

import json
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from sqlalchemy.event import listen, remove

from newsbeam.store.database import Store


class Scan(NamedTuple):
    """A statement that reads a whole table, or the whole of one of its indexes."""

    table: str
    statement: str
    plan: str


@contextmanager
def scans(store: Store) -> Iterator[list[Scan]]:
    """Explain every statement that is executed here, each on its own connection just before; yield what scans.

    An index that is walked in its order until a LIMIT is reached is no scan.
    """
    found: list[Scan] = []
    explain = _explain_sqlite if store.is_sqlite else _explain_postgres

    def look(
        _connection: Any, cursor: Any, statement: str, parameters: Any, _context: Any, many: bool
    ) -> None:
        if re.match(r"\s*(SELECT|WITH|UPDATE|DELETE)\b", statement) and "pg_advisory" not in statement:
            own = cursor.connection.cursor()  # the statement's may be one on the server
            found.extend(explain(own, statement, parameters[0] if many else parameters))
            own.close()

    listen(store.engine, "before_cursor_execute", look)
    try:
        yield found
    finally:
        remove(store.engine, "before_cursor_execute", look)


def _explain_sqlite(cursor: Any, statement: str, parameters: Any) -> Iterator[Scan]:
    cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
    steps = [row[-1] for row in cursor.fetchall()]
    sorts = any("TEMP B-TREE" in step and "OF ORDER BY" not in step for step in steps)  # not of a part alone
    walked = re.search(r"ORDER BY .*LIMIT", statement, re.DOTALL) and not sorts
    for step in steps:
        scanned = re.match(r"SCAN (\w+)", step)
        if scanned and not walked:
            yield Scan(scanned[1], statement, "; ".join(steps))


def _explain_postgres(cursor: Any, statement: str, parameters: Any) -> Iterator[Scan]:
    # Of a batch that is a good part of a small table PostgreSQL rightly reads all: asked is what it can do without.
    cursor.execute("SET LOCAL enable_seqscan = off")
    cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}", parameters)
    (document,) = cursor.fetchone()
    cursor.execute("SET LOCAL enable_seqscan = on")
    plan = json.loads(document) if isinstance(document, str) else document
    for node, limited in _scanning(plan[0]["Plan"], limited=False):
        table, whole = node.get("Relation Name"), node["Node Type"] == "Seq Scan"
        if not whole:
            table, first = _index(cursor, node["Index Name"])
            # A condition on other columns than the index's first is looked for all over the index.
            searched = re.search(rf"\b{first}\b", node.get("Index Cond", ""))
            whole = not searched and not limited
        if whole:
            yield Scan(table, statement, json.dumps(node))


def _index(cursor: Any, name: str) -> tuple[str, str]:
    """Return which table an index is of, and its first column."""
    cursor.execute(
        "SELECT indrelid::regclass::text, pg_get_indexdef(indexrelid, 1, true) FROM pg_index"
        " WHERE indexrelid = to_regclass(quote_ident(%s))",
        (name,),
    )
    table, column = cursor.fetchone()
    return table.strip('"'), column.strip('"')


def _scanning(node: Mapping[str, Any], *, limited: bool) -> Iterator[tuple[Mapping[str, Any], bool]]:
    """Yield the nodes of a plan that read a table or an index, and whether each ends when a LIMIT is reached."""
    kind = node["Node Type"]
    limited = kind == "Limit" or (limited and kind not in {"Sort", "Aggregate", "Hash"})
    if kind in {"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan"}:
        yield node, limited
    for below in node.get("Plans", ()):
        yield from _scanning(below, limited=limited)
