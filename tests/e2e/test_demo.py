"""The demo as a newcomer runs it: an alert within seconds, and a second run that goes on where the first stopped."""

import re
import signal
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml

from tests.e2e.service import Service
from tests.servers.process import free_port, wait_until


class Demo(Service):
    """`newsbeam demo` in a folder of its own."""

    def __init__(self, data: Path) -> None:
        data.mkdir()
        self.config, self.data, self.log = data / "config", data, data.parent / "demo.log"
        self.environ = {}
        self.port = free_port()
        self._process = None

    def command(self, *words: str) -> list[str]:
        if words != ("run",):
            return super().command(*words)
        places = super().command()
        without = [word for word in places if word not in {"--config", str(self.config)}]
        return [*without, "demo", "--port", str(self.port), "--pace", "5"]

    def stories_and_alerts(self) -> tuple[int, int]:
        status = self.json("/api/v1/status")
        return status["stories"], status["alerts"]


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    made = Demo(tmp_path / "demo")
    yield made
    made.stop()


@pytest.mark.timeout(240)
def test_a_demo_tells_within_seconds_and_keeps_what_people_changed_over_a_restart(demo: Demo) -> None:
    demo.start()
    demo.await_page()
    wait_until(lambda: demo.stories_and_alerts()[1] > 0, 60, "the first alert", demo.tail)
    assert "Simulated newswire: " in demo.log.read_text()
    assert demo.call("topics", "list").code == 0
    demo.signal(signal.SIGINT)
    assert demo.wait(10) == 0

    (demo.config / "topics" / "own.yaml").write_text("- id: harbours\n  queries: {en: harbour*}\n")
    feeds = (demo.config / "feeds.yaml").read_text()
    (demo.config / "feeds.yaml").write_text(f"# mine\n{feeds}")
    newswire = (demo.data / "newswire.port").read_text()
    listed = {urlsplit(feed["url"]).port for feed in yaml.safe_load(feeds)}
    assert listed == {int(port) for port in newswire.split()}
    demo.start()
    demo.await_page()
    stories, alerts = demo.stories_and_alerts()
    assert alerts > 0, "what was told is still there"
    assert "harbours" in {topic["id"] for topic in demo.json("/api/v1/topics")["topics"]}
    assert (demo.config / "feeds.yaml").read_text() == f"# mine\n{feeds}"
    assert (demo.data / "newswire.port").read_text() == newswire
    (home,) = set(re.findall(r"feeds add --allow-private --outlet \S+ (\S+)", demo.log.read_text()))
    added = demo.call("feeds", "add", "--allow-private", "--yes", home)
    assert "Added 1;" in added.out, added
    wait_until(lambda: demo.stories_and_alerts()[0] > stories, 60, "news from the same newswire", demo.tail)
    assert "Traceback" not in demo.log.read_text()
