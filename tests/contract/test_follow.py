"""Whoever follows alerts misses none, whatever happens to the store: restored, away, back again."""

import os
import queue
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from newsbeam.app.follow import Follower
from newsbeam.recording import Recorder
from newsbeam.store.copies import backup, restore
from newsbeam.store.database import Store
from newsbeam.store.positions import read_positions
from tests.contract.recordings import NOON, a_story, chunk_of, fresh, prepared
from tests.servers.postgres import PostgresServer

HOUR = timedelta(hours=1)


def tell(store: Store, *days: int) -> None:
    """Record a story a day, each of which tells one alert of each of two topics, an hour after the one before."""
    for day in days:
        at = NOON + day * HOUR
        words = (
            f"Ceasefire talks in the harbour go into day {day} of what mediators call a long week of work."
        )
        told = a_story(f"/{day}", title=f"Day {day}", summary=words, body="", published_at=at)
        start = read_positions(store, "stories").get(0, 0)
        Recorder(store).record(chunk_of([told], start, seen_at=at), at)


def titles(follower: Follower) -> list[str]:
    return [view.alert.title for view in follower.read(100)]


def test_after_a_restore_what_is_told_again_is_shown_and_nothing_skipped(tmp_path: Path) -> None:
    store, target = fresh(tmp_path, "store"), tmp_path / "copy.db"
    follower, late = Follower(store, 0, "conflict"), Follower(store, 0, "conflict")
    tell(store, 1, 2)
    assert [len(one.read(1)) for one in (follower, late)] == [1, 1]
    backup(store, target)
    tell(store, 3, 4)
    assert titles(follower) == ["Day 2", "Day 3", "Day 4"]
    restore(store, target, NOON + 5 * HOUR)
    tell(store, 6)
    assert titles(follower) == ["Day 6"]
    assert titles(late) == ["Day 2", "Day 6"]
    tell(store, 7)
    assert titles(follower) == titles(late) == ["Day 7"]
    store.close()


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    """A server of this test's own, that may be stopped."""
    own = PostgresServer()
    try:
        yield own.start()
    finally:
        own.remove()


@pytest.mark.postgres
def test_with_the_store_away_the_command_says_so_once_and_goes_on(
    server: PostgresServer, tmp_path: Path
) -> None:
    url = server.create_database()
    store = prepared(url)
    tell(store, 1)
    environment = {
        **os.environ,
        "NEWSBEAM_SERVICE__STORE": url,
        "NEWSBEAM_SERVICE__BUS": "kafka://127.0.0.1:1",
    }
    command = [sys.executable, "-m", "newsbeam", "--data", str(tmp_path), "alerts", "--follow"]
    following = subprocess.Popen(
        [*command, "--topic", "conflict"],
        env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, bufsize=1,
    )  # fmt: skip
    lines: queue.Queue[str] = queue.Queue()
    assert following.stdout is not None
    output = following.stdout
    reader = threading.Thread(target=lambda: [lines.put(line) for line in output])
    reader.start()
    try:
        await_line(lines, "Day 1")
        store.close()
        server.stop()
        await_line(lines, "waiting: the store")
        server.start()
        await_line(lines, "answers again")
        tell(store, 2)
        await_line(lines, "Day 2")
    finally:
        following.kill()
        following.wait()
        reader.join()
        output.close()
        store.close()


def await_line(lines: "queue.Queue[str]", part: str) -> None:
    """Wait for a line with `part`, and see that nothing is said twice before it."""
    seen: list[str] = []
    while True:
        seen.append(lines.get(timeout=60))
        if part in seen[-1]:
            assert not any("waiting" in line or "Traceback" in line for line in seen[:-1]), seen
            return
