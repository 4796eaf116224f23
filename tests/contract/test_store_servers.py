"""Several recorders, each a process of its own, on one PostgreSQL; and a server that goes away in between."""

import json
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import count as numbers
from typing import Any

import pytest
from prometheus_client import REGISTRY
from sqlalchemy import insert, inspect, select, text

from newsbeam.errors import StoreUnavailable
from newsbeam.recording import Recorder
from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from newsbeam.store.positions import read_dispositions, read_positions
from newsbeam.store.reads import topic_totals
from newsbeam.store.schema import metadata
from tests.contract.recordings import NOON, a_story, chunk_of, contents, prepared
from tests.servers.postgres import PostgresServer
from tests.servers.process import wait_until

DAY = timedelta(days=1)
RECORDERS = 4
EVENTS = 200
AT_ONCE = 25
OUTLETS = ("courier", "gazette", "agency", "brief")

pytestmark = pytest.mark.postgres


def test_four_processes_split_no_event_and_count_exactly(postgres_url: str) -> None:
    store = prepared(postgres_url)
    command = [sys.executable, "-m", "tests.contract.recorder", postgres_url]
    processes = [
        subprocess.Popen([*command, str(partition), str(EVENTS), str(AT_ONCE)], stdout=subprocess.PIPE)
        for partition in range(RECORDERS)
    ]
    told = []
    for process in processes:
        out, _ = process.communicate(timeout=120)
        assert process.returncode == 0
        told.append(json.loads(out))
    rows = contents(store)
    assert (len(rows["story"]), len(rows["cluster"])) == (RECORDERS * EVENTS, EVENTS)
    assert len(rows["alert"]) == 2 * EVENTS  # two rules hold for each
    assert {one.stories for one in topic_totals(store, NOON - DAY, NOON + DAY)} == {RECORDERS * EVENTS}
    assert {one.clusters for one in topic_totals(store, NOON - DAY, NOON + DAY)} == {EVENTS}
    assert [one.dispositions for one in read_dispositions(store)] == [{"recorded": EVENTS}] * RECORDERS
    seqs = sorted(row["record_seq"] for row in _all(store, "story"))
    assert seqs == list(range(1, RECORDERS * EVENTS + 1))
    assert all(0 < one["held_s"] < one["took_s"] - one["waited_s"] for one in told)
    store.close()


def test_waiting_for_the_store_wide_lock_is_told_apart_from_holding_it(postgres_url: str) -> None:
    store, other = prepared(postgres_url), open_store(postgres_url)
    before = {name: lock_sample(name) for name in ("waited", "held")}
    began = time.perf_counter()
    with ThreadPoolExecutor() as pool:
        with other.locked():
            recording = pool.submit(Recorder(store).record, chunk_of([a_story()], 0), NOON)
            wait_until(lambda: _waiting(other) == 1, 30, "the recorder to wait")
            seen = time.perf_counter()
            assert _waiting(other) == 1
            waits_at_least_s = time.perf_counter() - seen
        recording.result(30)
    took_s = time.perf_counter() - began
    waited_s, held_s = (lock_sample(name) - before[name] for name in ("waited", "held"))
    assert waits_at_least_s <= waited_s
    assert 0 < held_s <= took_s - waited_s
    store.close(), other.close()


def lock_sample(name: str) -> float:
    return REGISTRY.get_sample_value(f"newsbeam_lock_{name}_seconds_sum") or 0.0


def _waiting(store: Store) -> int:
    with store.read() as connection:
        waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted "
                       "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())")  # fmt: skip
        return int(connection.execute(waiting).scalar_one())


def test_recording_goes_on_where_it_was_when_postgresql_comes_back() -> None:
    server = PostgresServer(durable=True)
    try:
        store = prepared(server.start().create_database())
        recorder = Recorder(store)
        failures = 0
        for start in range(0, 40, 10):
            chunk = chunk_of(
                [a_story(f"/{n}", title=f"Talks, day {n}") for n in range(start, start + 10)], start
            )
            if start == 20:  # the pool holds a connection to the server that was
                server.kill()
                with pytest.raises(StoreUnavailable):
                    recorder.record(chunk, NOON)
                failures += 1
                server.start()
            _until_recorded(recorder, chunk)
        assert failures == 1
        assert read_positions(store, "stories") == {0: 40}
        assert {one.stories for one in topic_totals(store, NOON - DAY, NOON + DAY)} == {40}
        store.close()
    finally:
        server.remove()


def test_a_server_that_dies_under_the_lock_leaves_nothing_of_the_chunk(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    server = PostgresServer(durable=True)
    lock = Store.lock
    deaths = numbers()

    def lock_and_die(one: Store, connection: Any) -> None:
        lock(one, connection)
        if next(deaths) == 0:
            server.kill()

    try:
        store = prepared(server.start().create_database())
        chunk = chunk_of([a_story(f"/{n}", title=f"Talks, day {n}") for n in range(10)])
        with monkeypatch.context() as during:
            during.setattr(Store, "lock", lock_and_die)
            with pytest.raises(StoreUnavailable):
                Recorder(store).record(chunk, NOON)
        server.start()
        assert read_positions(store, "stories") == {}
        assert _all(store, "story") == []
        assert Recorder(store).record(chunk, NOON).dispositions == {"recorded": 10}
        store.close()
    finally:
        server.remove()


def test_every_table_of_the_first_schema_keeps_its_rows(
    store_url: str, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a store of today holds is put into one of the first release, which is then upgraded."""
    today = prepared(f"sqlite:///{tmp_path / 'today.db'}")
    _use(today)
    older = open_store(store_url)
    with monkeypatch.context() as first:
        first.setattr("newsbeam.store.migrate.SCHEMA_VERSION", "0001")
        migrate(older, NOON)
    with older.write() as connection:
        connection.execute(metadata.tables["pointer"].delete())
        known = inspect(connection)
        held = {name: {c["name"] for c in known.get_columns(name)} for name in known.get_table_names()}
        for table in metadata.sorted_tables:
            rows = [_without(row, held[table.name]) for row in _all(today, table.name) if table.name in held]
            if rows:
                connection.execute(insert(table), rows)
    assert migrate(older, NOON)
    for table in metadata.sorted_tables:
        if table.name not in held:
            assert _all(older, table.name) == []
            continue
        mine, theirs = _all(older, table.name), _all(today, table.name)
        assert theirs, table.name
        assert sorted(mine, key=repr) == sorted(theirs, key=repr), table.name
    end = read_positions(older, "stories")[0]
    report = Recorder(older).record(chunk_of([a_story("/next", title="Talks end")], end), NOON)
    assert report.dispositions == {"recorded": 1}
    today.close()
    older.close()


def _use(store: Store) -> None:
    """Leave at least one row in every table, in the tables that recording does not write by the barest of rows."""
    from newsbeam.story import DeadLetter

    items = [a_story(), a_story(feed="hub"), DeadLetter("undecodable", "no JSON", b"{")]
    Recorder(store).record(chunk_of(items), NOON)
    for table in metadata.sorted_tables:
        if not _all(store, table.name):
            with store.write() as connection:
                connection.execute(insert(table), [{c.name: _value(c) for c in table.columns}])


def _without(row: dict[str, Any], held: set[str]) -> dict[str, Any]:
    """The row as the older table has it; what it lacks is empty in this one."""
    assert all(row[name] is None for name in row.keys() - held)
    return {name: value for name, value in row.items() if name in held}


def _value(column: Any) -> Any:
    kind = column.type.python_type if not hasattr(column.type, "impl") else type(NOON)
    return {str: "one", int: 1, bool: False, bytes: b"{}"}.get(kind, NOON)


def _until_recorded(recorder: Recorder, chunk: Any) -> None:
    deadline = time.monotonic() + 60
    while True:
        try:
            recorder.record(chunk, NOON)
        except StoreUnavailable:
            assert time.monotonic() < deadline
        else:
            return


def _all(store: Store, table: str) -> list[dict[str, Any]]:
    with store.read() as connection:
        return [dict(row) for row in connection.execute(select(metadata.tables[table])).mappings()]
