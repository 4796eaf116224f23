"""Metrics that processes share: right whoever dies, bounded on disk, and never the reason that a job ends."""

import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsbeam import machine, metrics
from newsbeam.app import metricsfolder
from newsbeam.app.supervisor import Job, Supervisor

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(VARIABLE, "")  # restored in the end, whatever is set meanwhile
    (tmp_path / "metrics").mkdir()
    (tmp_path / "metrics" / "counter_1.db").write_text("of an earlier tree")
    metricsfolder.share_metrics(tmp_path)
    return tmp_path / "metrics"


def test_the_folder_is_shared_and_starts_empty(folder: Path) -> None:
    assert os.environ[VARIABLE] == str(folder)
    assert list(folder.iterdir()) == []


def test_a_job_stays_while_there_is_room_and_leaves_when_there_is_none(
    folder: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    metricsfolder.leave_without_room()
    assert os.environ[VARIABLE] == str(folder)
    monkeypatch.setattr(machine, "ROOM_BYTES", 2**62)
    metricsfolder.leave_without_room()
    assert VARIABLE not in os.environ
    assert str(folder) in caplog.text
    metricsfolder.leave_without_room()
    metricsfolder.reserve_room()


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="this system cannot reserve room for a file")
def test_room_is_reserved_for_all_that_the_files_may_hold(folder: Path) -> None:
    mine, other = folder / f"counter_{os.getpid()}.db", folder / "counter_1.db"
    for path in (mine, other):
        with path.open("wb") as file:
            file.truncate(65_536)
    metricsfolder.reserve_room()
    assert mine.stat().st_blocks * 512 >= 65_536
    assert mine.stat().st_size == 65_536
    assert other.stat().st_blocks == 0


def test_a_folder_that_is_missing_costs_a_warning_and_no_command(tmp_path: Path) -> None:
    for named in (str(tmp_path / "gone"), ""):
        ran = subprocess.run(
            [sys.executable, "-m", "newsbeam", "topics", "list"],
            env={**os.environ, VARIABLE: named, "NEWSBEAM_DATA": str(tmp_path / "data")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert ran.returncode == 0, ran.stderr
        assert f"names no folder: {named or 'nothing'}" in ran.stderr


# Counts, says so, and waits for its end.
COUNTS = """
import threading
from newsbeam.app.metricsfolder import leave_without_room
leave_without_room()
from newsbeam import metrics
metrics.RECORDS.labels("recorded").inc(3)
metrics.CHUNK_SECONDS.observe(0.3)
metrics.FEEDS.labels("ok").set(7)
metrics.WORKERS.set(1)
open({log!r}, "a").write("x")
threading.Event().wait()
"""


@contextmanager
def supervised(script: str) -> Iterator[Supervisor]:
    supervisor = Supervisor([Job("counts", [sys.executable, "-c", script])])
    thread = threading.Thread(target=supervisor.run)
    thread.start()
    try:
        yield supervisor
    finally:
        supervisor.stop()
        thread.join(10)
        assert not thread.is_alive()


def until(holds: Callable[[], bool], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < deadline, "condition did not come true in time"
        threading.Event().wait(0.02)


def number(sample: str) -> float:
    found = re.search(rf"^{re.escape(sample)} (\S+)$", metrics.expose()[0].decode(), re.MULTILINE)
    return float(found[1]) if found is not None else 0.0


def test_children_that_are_killed_leave_what_they_counted_and_nothing_else(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("newsbeam.app.supervisor.LONGEST_PAUSE_S", 0.05)
    monkeypatch.setattr("newsbeam.app.supervisor.FIRST_PAUSE_S", 0.05)
    log, kills = tmp_path / "log", 5
    seen = [0.0]

    def started(times: int) -> bool:
        seen.append(number('newsbeam_records_total{disposition="recorded"}'))
        return log.exists() and log.read_text() == "x" * times

    with supervised(COUNTS.replace("{log!r}", repr(str(log)))) as supervisor:
        for times in range(1, kills + 1):
            until(lambda times=times: started(times))  # type: ignore[misc]
            until(
                lambda: len(list(folder.glob("gauge_livesum_*.db"))) == 1
            )  # the dead one's may still be read
            (path,) = folder.glob("gauge_livesum_*.db")
            os.kill(int(path.stem.rsplit("_", 1)[1]), signal.SIGKILL)
        until(lambda: started(kills + 1))
        until(lambda: not supervisor._unfolded)
        assert number("newsbeam_workers") == 1
        assert number('newsbeam_feeds{status="ok"}') == 7
        assert number('newsbeam_records_total{disposition="recorded"}') == 3 * (kills + 1)
        assert number("newsbeam_chunk_seconds_count") == kills + 1
        assert number('newsbeam_chunk_seconds_bucket{le="0.25"}') == 0
        assert number('newsbeam_chunk_seconds_bucket{le="0.5"}') == kills + 1
        assert number("newsbeam_chunk_seconds_sum") == pytest.approx(0.3 * (kills + 1))
        assert len(list(folder.iterdir())) == 5 + 2  # of the one that lives, and of all the dead
        assert sum(path.stat().st_size for path in folder.glob("*_dead.db")) == 2 * 65_536
    assert seen == sorted(seen)


def test_children_go_on_when_somebody_removes_the_folder(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr("newsbeam.app.supervisor.FIRST_PAUSE_S", 0.05)
    log = tmp_path / "log"
    with supervised(COUNTS.replace("{log!r}", repr(str(log)))) as supervisor:
        until(lambda: log.exists() and log.read_text() == "x")
        shutil.rmtree(folder)
        assert b"newsbeam_records" in metrics.expose()[0]
        process = supervisor._children[0].process
        assert process is not None
        process.kill()
        until(lambda: log.read_text() == "xx")
        until(lambda: number('newsbeam_records_total{disposition="recorded"}') == 3)
    assert "is made anew" in caplog.text


def test_nobody_folds_while_somebody_adds_up_nor_without_room(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = COUNTS.replace('open({log!r}, "a").write("x")\nthreading.Event().wait()', "")
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
    before = sorted(folder.iterdir())
    with metrics._held(folder, fcntl.LOCK_SH):
        assert not metricsfolder.fold_ended()
    with monkeypatch.context() as full:
        full.setattr(machine, "ROOM_BYTES", 2**62)
        assert not metricsfolder.fold_ended()
    assert sorted(folder.iterdir()) == before
    assert metricsfolder.fold_ended()
    assert sorted(path.name for path in folder.iterdir()) == ["counter_dead.db", "histogram_dead.db"]
