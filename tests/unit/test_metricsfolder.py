"""Shared metrics where the disk is full: the job counts for itself, because a mapped file would kill it."""

import os
from pathlib import Path

import pytest

from newsbeam.app import metricsfolder

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
    monkeypatch.setattr(metricsfolder, "_ROOM_BYTES", 2**62)
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
