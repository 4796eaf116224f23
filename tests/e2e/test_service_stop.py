"""Stopping, and refusing to start: within five seconds, with nothing left, and with one clear line."""

import os
import signal
import socket
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import psutil
import pytest
import yaml

from tests.e2e.conftest import Deployed
from tests.e2e.service import Said, Service, fast_wire
from tests.servers.process import wait_until

STOP_WITHIN_S = 5.0
PIER = "https://tribune.example/pier"


def gone(tree: list[psutil.Process]) -> bool:
    return not any(
        p.is_running() and p.status() != psutil.STATUS_ZOMBIE for p in tree if psutil.pid_exists(p.pid)
    )


@pytest.fixture
def running(deploy: Callable[..., Deployed]) -> Service:
    """A service in the middle of its work."""
    one = deploy(fast_wire(14, slots=60, lasts_s=60))
    one.service.start()
    one.service.await_page()
    wait_until(lambda: one.service.json("/api/v1/status")["stories"] > 50, 60, "stories", one.service.tail)
    return one.service


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_stops_everything_and_leaves_nothing(running: Service, how: signal.Signals) -> None:
    tree = running.tree()
    assert len(tree) >= 6  # supervisor, poller, two workers, deliverer, pages
    running.signal(how)
    assert running.wait(STOP_WITHIN_S) == 0
    wait_until(lambda: gone(tree), 1, "every process to be gone")
    assert running.left_over() == []
    said = running.tail()
    assert said.rstrip().endswith(f"Stopped ({how.name}); everything recorded is kept.")
    assert "Traceback" not in said
    assert "is killed" not in said  # each stopped by itself


def test_nothing_outlives_a_supervisor_that_was_killed_and_a_new_one_goes_on(running: Service) -> None:
    tree = running.tree()
    running.signal(signal.SIGKILL)
    running.wait(STOP_WITHIN_S)
    wait_until(lambda: gone(tree), STOP_WITHIN_S, "orphans to end", lambda: str(running.left_over()))
    assert running.left_over() == []
    running.start()
    running.await_page()
    publish = running.call("publish", str(story_file(running)))
    assert publish.code == 0, publish.all
    wait_until(lambda: running.call("trace", PIER).code == 0, 60, "a new story", running.tail)
    assert "Traceback" not in running.log.read_text()


def story_file(service: Service) -> Path:
    """A file of one story that no feed has."""
    path = service.data.parent / "story.jsonl"
    path.write_text(
        '{"url": "https://tribune.example/pier", "title": "The pier reopens", "language": "en"}\n'
    )
    return path


def test_a_second_start_on_the_same_data_is_refused(running: Service) -> None:
    for words in (("run",), ("restore", str(running.data / "store.db"))):
        said = running.call(*words)
        assert_refused(said, 5, f"newsbeam already runs on {running.data}", "stop it first")
    assert running.answers("/healthz")


# --- what cannot start ---------------------------------------------------------------------------------------


def assert_refused(said: Said, code: int, *words: str) -> None:
    """One message, on standard error, that says all these words; and the exit code."""
    assert "Traceback" not in said.all
    told = [
        line for line in said.err.splitlines() if not line.startswith(("1/4", "2/4", "3/4", "4/4", "     "))
    ]
    assert len(told) == 1, said.all
    assert told[0].startswith("newsbeam: ")
    for word in words:
        assert word in told[0]
    assert said.code == code


@pytest.fixture
def idle(deploy: Callable[..., Deployed]) -> Service:
    """A service that was never started."""
    return deploy(fast_wire(15, slots=1, lasts_s=60)).service


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    path.write_text(
        yaml.safe_dump(change(yaml.safe_load(path.read_text())), sort_keys=False, allow_unicode=True)
    )


def test_a_busy_port_is_said(idle: Service) -> None:
    with closing(socket.create_server(("127.0.0.1", idle.port))):
        assert_refused(idle.call("run"), 3, str(idle.port))


def test_a_data_directory_that_cannot_be_written_is_said(idle: Service, tmp_path: Path) -> None:
    (tmp_path / "a-file").write_text("")
    idle.data = tmp_path / "a-file" / "data"
    assert_refused(idle.call("run"), 3, str(idle.data), "--data")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_data_directory_is_said(idle: Service) -> None:
    idle.data.mkdir(mode=0o500)
    assert_refused(idle.call("run"), 3, str(idle.data), "--data")


def test_yaml_that_is_none_is_said_with_its_line(idle: Service) -> None:
    (idle.config / "newsbeam.yaml").write_text("feeds:\n  every_s: [1\n")
    assert_refused(idle.call("run"), 3, "newsbeam.yaml:")


def test_an_unknown_key_is_said_with_the_nearest(idle: Service) -> None:
    edit(idle.config / "newsbeam.yaml", lambda found: {**found, "serve": {"prot": 1}})
    assert_refused(idle.call("run"), 3, "newsbeam.yaml:", "prot", "port")


def test_a_bad_query_is_said_with_its_topic(idle: Service) -> None:
    topic = {"id": "grain", "queries": {"en": '"Black Sea AND grain'}}
    (idle.config / "topics" / "grain.yaml").write_text(yaml.safe_dump([topic]))
    assert_refused(idle.call("run"), 3, "grain.yaml:")


def test_a_failing_example_is_said(idle: Service) -> None:
    topic = {
        "id": "grain",
        "queries": {"en": "grain"},
        "examples": {"match": ["The referee kept the peace."]},
    }
    (idle.config / "topics" / "grain.yaml").write_text(yaml.safe_dump([topic]))
    for words in ("check", "run"):
        assert_refused(idle.call(words), 3, "grain.yaml:", "The referee kept the peace.")


def test_a_mixture_that_is_no_deployment_is_said(idle: Service) -> None:
    service = {"bus": "kafka://127.0.0.1:9/x"}
    edit(idle.config / "newsbeam.yaml", lambda found: {**found, "service": service})
    assert_refused(idle.call("run"), 3, "laptop", "server", "cluster")


def test_a_database_that_is_away_is_said(idle: Service) -> None:
    service = {"bus": "kafka://127.0.0.1:9/x", "store": "postgresql://nobody@127.0.0.1:9/none"}
    edit(idle.config / "newsbeam.yaml", lambda found: {**found, "service": service})
    assert_refused(idle.call("run"), 4, "127.0.0.1")


def test_every_mistake_is_said_at_once(idle: Service) -> None:
    edit(idle.config / "feeds.yaml", lambda found: [*found, {"id": "x", "ulr": "http://x.example/"}])
    (idle.config / "topics" / "grain.yaml").write_text(
        yaml.safe_dump([{"id": "grain", "queries": {"en": "("}}])
    )
    said = idle.call("check")
    assert said.code == 3
    assert "feeds.yaml:" in said.err
    assert "grain.yaml:" in said.err
    assert "Traceback" not in said.all
