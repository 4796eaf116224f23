"""The store's door, its tables and what people keep in it, on both kinds of database."""

import pickle
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from msgspec.structs import replace
from sqlalchemy import insert, select, text, update
from sqlalchemy.event import listen, remove

from newsbeam.errors import ConfigurationError, DataRefused, NotFound, StoreUnavailable
from newsbeam.store.catalogs import (
    DocumentKind,
    activate,
    active_document,
    active_version,
    read_document,
    read_epoch,
    store_document,
)
from newsbeam.store.database import Store, StoreSettings, open_store
from newsbeam.store.items import Item, ItemKind, item_versions, list_items, read_item, save_item
from newsbeam.store.leases import Leases, owners
from newsbeam.store.migrate import SCHEMA_VERSION, migrate, schema_version
from newsbeam.store.pages import topic_series, topic_sums
from newsbeam.store.positions import read_positions
from newsbeam.store.reads import coverage_by_hour, topic_totals
from newsbeam.store.schema import count, lease, metadata, sequence
from tests.contract.recordings import NOON

TTL = timedelta(seconds=10)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url, StoreSettings(busy_timeout_s=0.3))
    migrate(opened, NOON)
    yield opened
    opened.close()


def test_migrations_lead_from_nothing_to_the_tables_that_the_code_knows(store: Store) -> None:
    with store.read() as connection:
        assert schema_version(connection) == SCHEMA_VERSION
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_an_older_store_keeps_all_that_it_holds_when_it_is_upgraded(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_store(store_url)
    with monkeypatch.context() as older:
        older.setattr("newsbeam.store.migrate.SCHEMA_VERSION", "0001")
        assert migrate(opened, NOON)
    counted = {"bucket": NOON, "topic": "*", "dimension": "all", "value": "", "stories": 7, "clusters": 6}
    with opened.write() as connection:
        connection.execute(insert(count), [counted])
    epoch = read_epoch(opened)
    assert migrate(opened, NOON + TTL)
    assert read_epoch(opened) == epoch
    with opened.read() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        assert [dict(row) for row in connection.execute(select(count)).mappings()] == [counted]
    opened.close()


def test_charts_are_read_from_indexes_alone(sqlite_store_url: str) -> None:
    opened = open_store(sqlite_store_url)
    migrate(opened, NOON)
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, parameters: object, *_: object) -> None:
        if statement.startswith(("SELECT", "WITH")):
            asked.append((statement, parameters))

    listen(opened.engine, "before_cursor_execute", note)
    start = NOON - timedelta(days=90)
    topic_sums(opened, ["floods"], start=start, end=NOON)
    topic_series(opened, ["*", "floods"], start=start, end=NOON, step_s=86_400)
    coverage_by_hour(opened, start, NOON)
    topic_totals(opened, start, NOON)
    remove(opened.engine, "before_cursor_execute", note)
    assert len(asked) == 4
    with opened.read() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            for step in plan:
                assert "SCAN count" not in step.detail.replace("SCAN counted", ""), plan
                assert (
                    "SEARCH" not in step.detail
                    or "COVERING INDEX" in step.detail
                    or "PRIMARY KEY" in step.detail
                ), plan
    opened.close()


def test_a_second_migration_finds_nothing_to_do_and_keeps_the_epoch(store: Store) -> None:
    epoch = read_epoch(store)
    assert not migrate(store, NOON)
    assert read_epoch(store) == epoch


def test_processes_that_start_together_migrate_once(store_url: str) -> None:
    did = []

    def start() -> None:
        opened = open_store(store_url)
        did.append(migrate(opened, NOON))
        opened.close()

    threads = [threading.Thread(target=start) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(did) == [False, False, False, True]


def test_tables_of_a_newer_newsbeam_are_refused(store: Store) -> None:
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = 'f00'"))
    with pytest.raises(StoreUnavailable, match="newer newsbeam"):
        migrate(store, NOON)


def test_a_migration_that_fails_leaves_nothing_behind(
    store_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> str:
        raise RuntimeError

    opened = open_store(store_url)
    monkeypatch.setattr("newsbeam.store.migrate.new_epoch", fail)
    with pytest.raises(RuntimeError):
        migrate(opened, NOON)
    with opened.read() as connection:
        assert schema_version(connection) is None
    opened.close()


def test_a_handle_travels_to_another_process_without_its_connections(store: Store) -> None:
    read_positions(store, "stories")
    copy = pickle.loads(pickle.dumps(store))  # noqa: S301
    assert read_epoch(copy) == read_epoch(store)
    copy.close()


def test_a_failed_write_leaves_nothing(store: Store) -> None:
    def write_half() -> None:
        with store.write() as connection:
            connection.execute(insert(sequence).values(name="x", value=1))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    with store.read() as connection:
        assert connection.execute(select(sequence)).all() == []


def test_the_lock_keeps_numbers_in_the_order_of_commits(store: Store) -> None:
    with store.write() as connection:
        connection.execute(insert(sequence).values(name="x", value=0))
    other = pickle.loads(pickle.dumps(store))  # noqa: S301

    def count(handle: Store) -> None:
        for _ in range(20):
            with handle.locked() as connection:
                value = connection.execute(select(sequence.c.value)).scalar_one()
                connection.execute(update(sequence).values(value=value + 1))

    threads = [threading.Thread(target=count, args=(handle,)) for handle in (store, other)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.read() as connection:
        assert connection.execute(select(sequence.c.value)).scalar_one() == 40
    other.close()


def test_a_writer_that_waits_too_long_for_another_says_so(store: Store) -> None:
    other = pickle.loads(pickle.dumps(store))  # noqa: S301
    with (
        store.locked(),
        pytest.raises(StoreUnavailable, match=r"holds .* for too long"),
        other.locked(),
    ):
        pass
    other.close()


def test_a_value_that_the_store_refuses_is_no_outage(store: Store) -> None:
    with pytest.raises(DataRefused), store.write() as connection:
        connection.execute(insert(sequence), [{"name": "x", "value": 1}, {"name": "x", "value": 2}])


def test_a_store_without_tables_says_what_to_do(store_url: str) -> None:
    opened = open_store(store_url)
    with pytest.raises(StoreUnavailable, match="start newsbeam once"):
        read_positions(opened, "stories")
    opened.close()


@pytest.mark.parametrize("url", ["mysql://h/db", "sqlite://", "nonsense", "postgresql://host"])
def test_other_addresses_are_refused_with_those_that_work(url: str) -> None:
    with pytest.raises(ConfigurationError, match="store"):
        open_store(url)


def test_a_missing_folder_and_a_read_only_file_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="folder exists"):
        open_store(f"sqlite:///{tmp_path}/nowhere/store.db").check()
    path = tmp_path / "no.db"
    path.write_bytes(b"this is no database, it only looks like one" * 40)
    with pytest.raises(StoreUnavailable, match="no SQLite database"):
        open_store(f"sqlite:///{path}").check()


def test_a_file_that_may_not_be_written_says_so(sqlite_store_url: str) -> None:
    opened = open_store(sqlite_store_url)
    migrate(opened, NOON)
    opened.close()
    read_only = open_store(sqlite_store_url.replace("sqlite:///", "sqlite:///file:") + "?mode=ro&uri=true")
    with pytest.raises(StoreUnavailable, match="read-only"):
        Leases(read_only, "one").acquire("x", TTL, NOON)
    read_only.close()


def test_a_full_disk_says_so_and_nothing_is_lost(sqlite_store_url: str) -> None:
    opened = open_store(sqlite_store_url)
    migrate(opened, NOON)

    def fill() -> None:
        with opened.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
            rows = [{"name": "x" * 500 + str(n), "value": n} for n in range(200)]
            connection.execute(insert(sequence), rows)

    with pytest.raises(StoreUnavailable, match="disk is full"):
        fill()
    with opened.read() as connection:
        assert connection.execute(select(sequence)).all() == []
    opened.close()


def test_the_log_beside_the_file_is_cut_back(sqlite_store_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("newsbeam.store.database._WAL_LIMIT", 200_000)
    monkeypatch.setattr("newsbeam.store.database._WAL_EVERY", 2)
    opened = open_store(sqlite_store_url)
    migrate(opened, NOON)
    for number in range(100):
        with opened.write() as connection:
            row = {"name": f"{number}" * 5_000, "value": number}
            connection.execute(insert(sequence), [row])
    assert opened.path is not None
    assert opened.path.with_name("store.db-wal").stat().st_size < 400_000
    opened.close()


@pytest.mark.postgres
def test_postgresql_that_is_away_or_refuses_says_so_without_the_password(postgres_url: str) -> None:
    with pytest.raises(StoreUnavailable, match="refused"):
        open_store("postgresql://me:hidden@127.0.0.1:1/news").check()
    with pytest.raises(StoreUnavailable, match="nowhere_at_all") as told:
        open_store(postgres_url.rsplit("/", 1)[0] + "/nowhere_at_all").check()
    assert "hidden" not in str(told.value)


# --- leases -------------------------------------------------------------------------------------------------


def test_a_lease_is_one_owners_until_it_ends_or_is_given_back(store: Store) -> None:
    one, other = Leases(store, "one"), Leases(store, "other")
    assert one.acquire("partition/0", TTL, NOON)
    assert not other.acquire("partition/0", TTL, NOON + TTL / 2)
    assert one.acquire("partition/0", TTL, NOON + TTL / 2)
    assert other.acquire("partition/0", TTL, NOON + 2 * TTL)
    assert one.held(NOON + 2 * TTL) == frozenset()
    assert owners(store, "partition/", NOON + 2 * TTL) == {"partition/0": "other"}
    other.release("partition/0")
    assert one.acquire("partition/0", TTL, NOON + 2 * TTL)


def test_renewing_keeps_what_is_still_held_and_takes_nothing_back(store: Store) -> None:
    one, other = Leases(store, "one"), Leases(store, "other")
    one.acquire("a", TTL, NOON)
    one.acquire("b", TTL * 3, NOON)
    other.acquire("a", TTL, NOON + TTL * 2)
    assert one.renew(TTL, NOON + TTL * 2) == {"b"}
    assert owners(store, "", NOON + TTL * 2) == {"a": "other", "b": "one"}


def test_of_many_who_want_a_lease_one_gets_it(store: Store) -> None:
    got: list[str] = []

    def want(name: str) -> None:
        if Leases(store, name).acquire("x", TTL, NOON):
            got.append(name)

    threads = [threading.Thread(target=want, args=(str(n),)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(got) == 1
    with store.read() as connection:
        assert connection.execute(select(lease.c.owner)).scalar_one() == got[0]


# --- documents and items --------------------------------------------------------------------------------------


def test_a_document_is_active_only_when_it_is_made_so(store: Store) -> None:
    for version in ("v1", "v2"):
        store_document(store, DocumentKind.CATALOG, version, version.encode(), NOON)
    assert active_version(store, DocumentKind.CATALOG) is None
    with pytest.raises(NotFound, match="config apply"):
        active_document(store, DocumentKind.CATALOG)
    assert activate(store, DocumentKind.CATALOG, "v1", NOON)
    store_document(store, DocumentKind.CATALOG, "v1", b"other", NOON)
    assert active_document(store, DocumentKind.CATALOG) == ("v1", b"v1")
    assert not activate(store, DocumentKind.CATALOG, "v1", NOON)
    with pytest.raises(NotFound):
        activate(store, DocumentKind.FEEDS, "v1", NOON)
    assert read_document(store, DocumentKind.CATALOG, "v2") == b"v2"


def test_an_item_keeps_who_changed_it_and_how_it_was(store: Store) -> None:
    def version(document: bytes, author: str, *, deleted: bool = False) -> Item:
        made = Item(kind=ItemKind.TOPIC, id="storms", document=document, author=author, changed_at=NOON)
        return replace(made, deleted=deleted)

    save_item(store, version(b"1", "ada"))
    save_item(store, version(b"2", "ben"))
    assert read_item(store, ItemKind.TOPIC, "storms") == version(b"2", "ben")
    save_item(store, version(b"2", "cy", deleted=True))
    assert list_items(store) == []
    with pytest.raises(NotFound):
        read_item(store, ItemKind.TOPIC, "storms")
    kept = [(one.document, one.author, one.deleted) for one in item_versions(store, ItemKind.TOPIC, "storms")]
    assert kept == [(b"1", "ada", False), (b"2", "ben", False), (b"2", "cy", True)]
