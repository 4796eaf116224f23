"""The live graph on a real Flink cluster, over a real Kafka and a real PostgreSQL."""

import logging
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import Table, delete, insert, select

from newsbeam.errors import AlreadyRunning, FlinkUnavailable
from newsbeam.store.database import Store
from newsbeam.store.leases import Leases
from newsbeam.store.schema import metadata
from pipelines.exits import EXIT_STOPPED, KEEPER, refuse_beside_keeper
from pipelines.flink import check_job_server
from pipelines.flinkrest import FlinkRest
from pipelines.keeper import parallelism_for, stop_job
from pipelines.settings import FlinkSettings
from tests.graph.keeping import Kept
from tests.graph.poison import DEADLY, PoisonedEnricher
from tests.graph.world import World, a_story
from tests.servers.flink import ROOT, FlinkCluster
from tests.servers.kafka import give_partitions
from tests.servers.process import free_port, wait_until

pytestmark = [pytest.mark.flink, pytest.mark.timeout(400)]


def test_a_session_cluster_is_whole(flink_cluster: FlinkCluster) -> None:
    wait_until(lambda: not flink_cluster.living(), 60, "the jobs of earlier tests to end")
    wait_until(lambda: slots(flink_cluster) == (8, 8), 60, "every slot to be free")
    assert flink_cluster.ask("overview")["flink-version"].startswith("1.19.")


def slots(cluster: FlinkCluster) -> tuple[int, int]:
    """Return how many are free, and how many there are."""
    told = cluster.ask("overview")
    return told["slots-available"], told["slots-total"]


def test_a_job_begins_where_the_store_is_and_reads_new_partitions_too(
    server_world: World, flink_cluster: FlinkCluster
) -> None:
    server_world.publish([a_story(n) for n in range(120)])
    with Kept(server_world, flink_cluster) as first:
        first.recorded(120)
        job = first.job
        with pytest.raises(AlreadyRunning, match="test-keeper keeps a job"):
            refuse_beside_keeper(server_world.store, datetime.now(UTC))
        with pytest.raises(AlreadyRunning):
            stop_job(server_world.store, first.settings.flink, datetime.now(UTC))
        # The settings move: another job, from the stored positions.
        first.settings = msgspec.structs.replace(
            first.settings, flink=msgspec.structs.replace(first.settings.flink, workers=1)
        )
        wait_until(lambda: first.job not in {"", job}, 90, "another job", first.why_not)
        server_world.publish([a_story(n) for n in range(120, 150)])
        first.recorded(150)
    assert first.ended == EXIT_STOPPED
    assert first.job == ""
    servers, _, name = server_world.bus.url.removeprefix("kafka://").partition("?")[0].partition("/")
    with Kept(server_world, flink_cluster) as second:
        wait_until(lambda: second.job != "", 90, "the job", second.why_not)
        job = second.job
        give_partitions(servers.split(","), f"{name}.stories", 6)
        wait_until(lambda: second.job not in {"", job}, 90, "a job with more partitions", second.why_not)
        server_world.publish([a_story(n) for n in range(150, 210)])
        second.recorded(210)
    assert set(server_world.starts()) == set(range(6))
    assert server_world.ended() == {"recorded": 210}


def test_a_record_that_kills_its_worker_becomes_a_dead_letter(
    server_world: World, flink_cluster: FlinkCluster
) -> None:
    stories = [a_story(n) for n in range(40)]
    stories[17] = a_story(17, body=f"A {DEADLY} that no reader survives.")
    server_world.publish(stories)
    with Kept(server_world, flink_cluster, PoisonedEnricher) as kept:
        kept.recorded(40, within_s=240)
        server_world.publish([a_story(n) for n in range(40, 60)])
        kept.recorded(60)
    assert server_world.ended() == {"recorded": 59, "dead": 1}


def test_stored_positions_count_and_no_checkpoint(
    server_world: World, flink_cluster: FlinkCluster, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "newsbeam.process")
    store = server_world.store
    server_world.publish([a_story(n) for n in range(40)])
    with Kept(server_world, flink_cluster, checkpoint_s=600.0) as kept:
        kept.recorded(40)
        # The store is ahead: Flink starts the job anew from the beginning, and what is read again is skipped.
        job = kept.job
        flink_cluster.worker_pool.kill()
        flink_cluster.start_worker_pool()
        server_world.publish([a_story(n) for n in range(40, 60)])
        kept.recorded(60)
        begun_anew = kept.rest.job(job)
        assert begun_anew.failures
        assert begun_anew.checkpoints.done_at is None
        assert server_world.ended() == {"recorded": 60}
        # The store is behind: a copy of an earlier hour was put back. The job stops, and begins where the copy is.
        copy = copied(store)
        server_world.publish([a_story(n) for n in range(60, 80)])
        kept.recorded(80)
        put_back(store, copy)
        server_world.publish([a_story(n) for n in range(80, 100)])
        kept.recorded(100)
        assert kept.job != job
    assert "the job is submitted anew: newsbeam.errors.Gap: stories/" in caplog.text
    assert server_world.ended() == {"recorded": 100}


def copied(store: Store) -> dict[Table, list[dict[str, Any]]]:
    """Return what every table holds, but for who is at work."""
    kept = [table for table in metadata.sorted_tables if table.name not in {"lease", "marker"}]
    with store.read() as connection:
        return {table: [dict(row) for row in connection.execute(select(table)).mappings()] for table in kept}


def put_back(store: Store, copy: dict[Table, list[dict[str, Any]]]) -> None:
    with store.locked() as connection:
        for table in reversed(copy):
            connection.execute(delete(table))
        for table, rows in copy.items():
            if rows:
                connection.execute(insert(table), rows)


def test_a_pool_that_can_start_no_worker_says_so_at_its_start(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 100)
    deep.mkdir()
    pool = [sys.executable, "-m", "newsbeam", "--data", str(tmp_path / "data"), "process", "--pool"]
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "TMPDIR": str(deep)}
    said = subprocess.run(pool, env=environ, capture_output=True, text=True, timeout=60, check=False)
    assert said.returncode == 3, said.stderr
    assert "AF_UNIX path too long" in said.stderr
    assert "set TMPDIR to a folder with a short path" in said.stderr


@pytest.mark.parametrize("case", ["nobody there", "another installation"])
def test_a_pool_that_does_not_fit_is_said(
    case: str,
    server_world: World,
    flink_cluster: FlinkCluster,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.WARNING, "newsbeam.process")
    said, pool = "refused", f"127.0.0.1:{free_port()}"
    server_world.publish([a_story(1)])
    if case == "another installation":
        for package in ("newsbeam", "connectors", "pipelines", "dashboard", "config"):
            shutil.copytree(ROOT / package, tmp_path / package)
        with (tmp_path / "pipelines" / "decode.py").open("a") as changed:
            changed.write("# another version\n")
        said, pool = (
            "start the worker pool from the same installation or image",
            flink_cluster.worker_endpoint,
        )
        flink_cluster.worker_pool.kill()
        flink_cluster.start_worker_pool(PYTHONPATH=str(tmp_path))
    try:
        with Kept(server_world, flink_cluster, worker_pool=pool) as kept:
            wait_until(lambda: said in caplog.text, 90, said, lambda: caplog.text + kept.why_not())
    finally:
        if case == "another installation":
            flink_cluster.worker_pool.kill()
            flink_cluster.start_worker_pool()
    assert server_world.recorded() == 0


def test_what_is_not_there_is_said(server_world: World, flink_cluster: FlinkCluster) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    with pytest.raises(FlinkUnavailable, match=f"job server at {nowhere} does not answer"):
        check_job_server(nowhere)
    with pytest.raises(FlinkUnavailable, match=r"REST interface at .* does not answer"):
        FlinkRest(f"http://{nowhere}").slots()
    with pytest.raises(FlinkUnavailable, match=r"8 free slots of 8, and the job needs 9"):
        parallelism_for(4, FlinkRest(flink_cluster.rest_url), FlinkSettings(parallelism=9))
    assert parallelism_for(12, FlinkRest(flink_cluster.rest_url), FlinkSettings()) == 8
    assert parallelism_for(3, FlinkRest(flink_cluster.rest_url), FlinkSettings()) == 3


def test_no_job_is_submitted_beside_in_process_workers(
    server_world: World, flink_cluster: FlinkCluster
) -> None:
    worker = Leases(server_world.store, "elsewhere-12")
    worker.acquire("partition:stories:0", timedelta(minutes=5), datetime.now(UTC))
    with Kept(server_world, flink_cluster) as kept:
        assert isinstance(kept.ended, AlreadyRunning)
    assert "in-process workers read these stories (elsewhere-12)" in str(kept.ended)
    assert kept.job == ""
    assert KEEPER not in Leases(server_world.store, "test-keeper").held(datetime.now(UTC))
