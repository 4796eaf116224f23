"""Metrics where no page runs: each job alone, or a tree of them, shows its own on one port."""

import os
import re
import signal
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest

from tests.contract.newspaper import Newspaper, Page, rss
from tests.e2e.desk import Desk, write_config
from tests.servers.process import free_port, wait_until

_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))
Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with Newspaper() as paper:
        paper.pages["/feed"] = Page(rss("One", "Two"))
        (tmp_path / "tmp").mkdir()
        environ = {
            "NEWSBEAM_METRICS__PORT": str(free_port()),
            "NEWSBEAM_SERVE__PORT": str(free_port()),
            "NEWSBEAM_PROCESS__WORKERS": "2",
            "TMPDIR": str(tmp_path / "tmp"),
        }
        config = write_config(tmp_path / "config", receiver="http://127.0.0.1:9", paper=paper.url)
        made = Desk(config, tmp_path / "data", environ)
        assert made.run("config", "apply").code == 0
        yield made


@pytest.fixture
def start(desk: Desk, tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as exits, (tmp_path / "log").open("ab") as log:

        def started(*words: str) -> "subprocess.Popen[bytes]":
            process = desk.start(*words, stdout=log, stderr=log)
            exits.callback(process.wait, 20)
            exits.callback(process.terminate)
            return process

        yield started


def shown(desk: Desk, sample: str) -> float:
    """Return a sample's value, -1 while it is not there."""
    try:
        with _http.open(
            f"http://127.0.0.1:{desk.environ['NEWSBEAM_METRICS__PORT']}/metrics", timeout=5
        ) as got:
            text = got.read().decode()
    except OSError:
        return -1.0
    found = re.search(rf"^{re.escape(sample)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found is not None else -1.0


def said(desk: Desk) -> str:
    return (desk.data.parent / "log").read_text("utf-8", "replace")


def test_workers_show_their_sum_whoever_of_them_dies(desk: Desk, start: Start) -> None:
    tree = start("process")
    wait_until(lambda: shown(desk, "newsbeam_workers") == 2, 60, "two workers", lambda: said(desk))
    (folder,) = (desk.data.parent / "tmp").glob("newsbeam-metrics-*")
    before = {one.pid for one in psutil.Process(tree.pid).children()}
    os.kill(min(before), signal.SIGKILL)
    wait_until(lambda: shown(desk, "newsbeam_workers") == 1, 60, "one worker less", lambda: said(desk))
    wait_until(lambda: shown(desk, "newsbeam_workers") == 2, 60, "another worker", lambda: said(desk))
    tree.terminate()
    assert tree.wait(20) == 0
    assert not folder.exists()


@pytest.mark.parametrize(
    ("job", "sample", "least"),
    [
        ("poll", 'newsbeam_feed_fetches_total{outcome="ok"}', 1),
        ("deliver", "newsbeam_polling_paused", 0),
        ("run", "newsbeam_workers", 2),
    ],
)
def test_a_job_or_the_whole_service_shows_its_metrics_on_one_port(
    desk: Desk, start: Start, job: str, sample: str, least: float
) -> None:
    start(job)
    wait_until(lambda: shown(desk, sample) >= least, 60, sample, lambda: said(desk))
    assert "in use" not in said(desk)


def test_a_port_that_is_taken_is_one_clear_line(desk: Desk, start: Start) -> None:
    start("deliver")
    wait_until(lambda: shown(desk, "newsbeam_polling_paused") == 0, 60, "the first", lambda: said(desk))
    assert start("poll").wait(60) == 3
    assert "metrics.port: 127.0.0.1" in said(desk)
    assert "--metrics-port" in said(desk)
    assert "Traceback" not in said(desk)
    start("poll", "--metrics-port", "0")
    wait_until(lambda: _is_alive(desk, "poll"), 60, "the poller without a port", lambda: said(desk))


def _is_alive(desk: Desk, job: str) -> bool:
    return desk.run("status", "--alive", job).code == 0
