"""The coverage dashboard's own SQL, on a real store, as the user who may only look."""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import insert, make_url

from newsbeam.store.database import open_store
from newsbeam.store.migrate import migrate
from newsbeam.store.schema import count

ROOT = Path(__file__).parents[2]
BOARD = json.loads((ROOT / "config/grafana/dashboards/coverage.json").read_text("utf-8"))
SQL = {panel["title"]: panel["targets"][0]["rawSql"] for panel in BOARD["panels"]}
LISTS = {one["name"]: one["query"] for one in BOARD["templating"]["list"] if one["type"] == "query"}
NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
CELLS = [
    (NOON, "*", "all", "", 10, 8),
    (NOON, "floods", "all", "", 5, 3),
    (NOON + HOUR, "*", "all", "", 4, 4),
    (NOON + HOUR, "floods", "all", "", 1, 1),
    (NOON + HOUR, "storms", "all", "", 2, 2),
    (NOON, "floods", "country", "PK", 4, 2),
    (NOON, "floods", "country", "IN", 1, 1),
    (NOON + 9 * HOUR, "floods", "all", "", 99, 99),  # after what is looked at
]


@pytest.fixture
def looking(postgres_url: str) -> Iterator[psycopg.Connection]:
    """A connection of the looking user, made by the statements that the container runs before there is a table."""
    address = make_url(postgres_url).set(drivername="postgresql")
    script = (ROOT / "config/postgres/grafana.sh").read_text("utf-8")
    (made,) = re.findall(r"<<'SQL'\n(.*)SQL\n", script, re.DOTALL)
    role = f"grafana_{address.database}"
    with psycopg.connect(address.render_as_string(hide_password=False), autocommit=True) as owner:
        for statement in made.replace("grafana", role).replace(":'password'", "'secret'").split(";")[:-1]:
            owner.execute(statement.encode())
        store = open_store(postgres_url)
        migrate(store, NOON)
        names = ("bucket", "topic", "dimension", "value", "stories", "clusters")
        with store.write() as connection:
            connection.execute(insert(count), [dict(zip(names, cell, strict=True)) for cell in CELLS])
        store.close()
        theirs = address.set(username=role, password="secret")  # noqa: S106 - of a database that ends with the test
        with psycopg.connect(theirs.render_as_string(hide_password=False), autocommit=True) as connection:
            yield connection
        owner.execute(f"DROP OWNED BY {role}".encode())
        owner.execute(f"DROP ROLE {role}".encode())


def asked(sql: str, topic: str = "'floods', 'storms'", one: str = "'floods'") -> bytes:
    """Return a query as Grafana sends it: its macros and variables replaced."""
    values = {"$__unixEpochFrom()": int(NOON.timestamp()), "$__unixEpochTo()": int((NOON + 6 * HOUR).timestamp()),
              "${topic:sqlstring}": topic, "${one:sqlstring}": one, "${step}": 3600}  # fmt: skip
    for name, value in values.items():
        sql = sql.replace(name, str(value))
    assert "$" not in sql
    return sql.encode()


def test_series_and_shares(looking: psycopg.Connection) -> None:
    assert looking.execute(asked(SQL["Stories by topic"])).fetchall() == [
        (NOON, "floods", 5),
        (NOON + HOUR, "floods", 1),
        (NOON + HOUR, "storms", 2),
    ]
    assert looking.execute(asked(SQL["Events by topic"])).fetchall()[0] == (NOON, "floods", 3)
    assert looking.execute(asked(SQL["Share of all coverage"])).fetchall() == [
        (NOON, "*", 1.0),
        (NOON, "floods", 0.5),
        (NOON + HOUR, "*", 1.0),
        (NOON + HOUR, "floods", 0.25),
        (NOON + HOUR, "storms", 0.5),
    ]


def test_tables_and_lists(looking: psycopg.Connection) -> None:
    assert looking.execute(asked(SQL["Countries"])).fetchall() == [("PK", 4, 2), ("IN", 1, 1)]
    assert looking.execute(asked(LISTS["topic"])).fetchall() == [("floods",), ("storms",)]
    assert looking.execute(asked(LISTS["one"])).fetchall() == [("*",), ("floods",), ("storms",)]
    for sql in SQL.values():
        looking.execute(asked(sql)).fetchall()


def test_who_looks_changes_nothing(looking: psycopg.Connection) -> None:
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        looking.execute("DELETE FROM count")
