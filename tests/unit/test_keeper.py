"""What the keeper does of a job on Flink when settings are wrong or it must stop, without a Flink."""

import sys
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import pytest

from newsbeam.app import flinkjob
from newsbeam.app.flinkjob import read_carefully
from newsbeam.enrichment import Enricher
from newsbeam.errors import ConfigurationError
from newsbeam.recording import RecordingSettings
from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from pipelines import keeper
from pipelines.enrich import CatalogInUse
from pipelines.keeper import JobKeeper, KeeperSettings
from pipelines.monitor import Places
from pipelines.settings import FlinkSettings, ProcessSettings


class Flink:
    """Answers like Flink's REST interface, with one job that ends when it is cancelled."""

    def __init__(self, stop: threading.Event, *, deaf: bool = False) -> None:
        self.jobs, self.cancelled, self.submitted = ["job-1"], [], 0
        self._stop, self._deaf = stop, deaf

    def living(self, name: str) -> list[str]:
        assert name
        return list(self.jobs)

    def cancel(self, job: str) -> None:
        self.cancelled.append(job)
        if self._deaf:
            self._stop.set()  # a signal comes while the job takes its time
        else:
            self.jobs.remove(job)

    def submit(self, *_: object) -> Any:
        self.submitted += 1
        self._stop.set()
        return SimpleNamespace(failure=lambda: None, cancel=lambda: None)


@pytest.fixture
def store(sqlite_store_url: str) -> Store:
    opened = open_store(sqlite_store_url)
    migrate(opened, datetime.now(UTC))
    return opened


def kept(
    monkeypatch: pytest.MonkeyPatch, store: Store, flink: Flink, current: Any, stop: threading.Event
) -> JobKeeper:
    monkeypatch.setattr(keeper, "FlinkRest", lambda _: flink)
    monkeypatch.setattr(keeper, "submit", flink.submit)
    monkeypatch.setattr(keeper, "active_version", lambda *_: "version")
    monkeypatch.setattr(keeper, "parallelism_for", lambda *_: 1)
    monkeypatch.setattr(keeper, "check_job_server", lambda _: None)
    bus: Any = SimpleNamespace(partitions=lambda _: 0)
    places = Places(bus, store, CatalogInUse(store), RecordingSettings())
    return JobKeeper(places, current, dict, lambda _: None, "host-1", stop)


SETTINGS = KeeperSettings(FlinkSettings(), ProcessSettings(), RecordingSettings(), Enricher)


def test_a_mistake_in_the_settings_ends_neither_the_keeper_nor_the_next_job(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    stop, asked = threading.Event(), []

    def current() -> KeeperSettings:
        asked.append(1)
        if len(asked) > 1:
            raise ConfigurationError(["newsbeam.yaml:3: unknown key"])
        return SETTINGS

    flink = Flink(stop)
    assert kept(monkeypatch, store, flink, current, stop).run() == 0
    assert flink.submitted == 1
    assert len(asked) > 1


def test_who_is_stopped_while_an_old_job_is_cancelled_submits_no_new_one(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    stop = threading.Event()
    flink = Flink(stop, deaf=True)
    monkeypatch.setattr(keeper, "_LEAVE_WITHIN_S", 0.3)
    assert kept(monkeypatch, store, flink, lambda: SETTINGS, stop).run() == 0
    assert flink.cancelled.count("job-1") == 2  # as it began, and as it left
    assert flink.submitted == 0


def test_a_reader_that_hears_no_signal_is_killed_when_the_keeper_must_end(
    monkeypatch: pytest.MonkeyPatch, store: Store
) -> None:
    monkeypatch.setattr(flinkjob, "_ENDS_WITHIN_S", 0.2)
    deaf = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
    stop = threading.Event()
    threading.Timer(1.0, stop.set).start()
    read_carefully([sys.executable, "-c", deaf], store, 0, stop)
    assert stop.is_set()
