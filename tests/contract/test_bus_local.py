"""What the local bus promises beyond the port: many processes, kill -9, clocks, retention, bad disks."""

import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import textwrap
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from newsbeam.bus import Batch, Bounds, Bus, Reader, Sent, open_bus
from newsbeam.bus.local import LocalBus, Retention
from newsbeam.errors import BusUnavailable, ConfigurationError, Gap, PublishFailed
from tests.servers.process import wait_until

SECOND_NS = 1_000_000_000
DAY_NS = 86_400 * SECOND_NS


class Clock:
    """A clock that shows what the test says."""

    def __init__(self) -> None:
        self.now_ns = 1_700_000_000 * SECOND_NS

    def __call__(self) -> int:
        return self.now_ns


def values(batch: Batch) -> list[bytes]:
    return [record.value for record in batch.records]


def read(bus: Bus, position: int = 0) -> Batch:
    with closing(bus.reader("stories", 0)) as reader:
        return reader.read(position, 1_000_000, 0)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "deep" / "bus.db"


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keeping(path: Path, clock: Clock) -> Iterator[tuple[LocalBus, Reader]]:
    """A bus that keeps a day, but at most 10,000 bytes a partition, and a reader of its one partition."""
    bus = LocalBus(path, 1, Retention(age_s=86_400, size_bytes=10_000), clock=clock)
    reader = bus.reader("stories", 0)
    yield bus, reader
    reader.close()


def publish(bus: LocalBus, *sent: bytes) -> None:
    with bus.publisher() as publisher:
        publisher.publish("stories", [Sent(b"", value) for value in sent])


def test_times_do_not_go_back_when_the_clock_does(keeping: tuple[LocalBus, Reader], clock: Clock) -> None:
    bus, reader = keeping
    publish(bus, b"a")
    clock.now_ns -= DAY_NS
    publish(bus, b"b")
    first, second = reader.read(0, 10, 0).records
    assert first.appended_at == second.appended_at


def test_what_retention_removed_is_absent_and_reading_goes_on(
    keeping: tuple[LocalBus, Reader], clock: Clock
) -> None:
    bus, reader = keeping
    publish(bus, b"old 0", b"old 1", b"old 2")
    bus.commit("stories", {0: 3})
    clock.now_ns += 2 * DAY_NS
    publish(bus, b"new")  # publishing sweeps
    assert reader.bounds() == Bounds(3, 4)
    batch = reader.read(1, 10, 0)
    assert (batch.start, batch.next, values(batch)) == (1, 4, [b"new"])
    bus.commit("stories", {0: 4})
    clock.now_ns += 2 * DAY_NS
    assert bus.sweep() == 1
    assert bus.sweep() == 0
    assert reader.read(1, 10, 0) == Batch(1, 4, ())
    assert reader.read(4, 10, 0) == Batch(4, 4, ())
    with pytest.raises(Gap):
        reader.read(5, 10, 0)
    publish(bus, b"next")
    assert values(reader.read(4, 10, 0)) == [b"next"]


def test_size_removes_the_oldest_first(keeping: tuple[LocalBus, Reader]) -> None:
    bus, reader = keeping
    publish(bus, *(b"%04d" % n * 250 for n in range(15)))
    bus.sweep()
    assert reader.bounds() == Bounds(5, 15)
    assert values(reader.read(0, 1, 0)) == [b"0005" * 250]


def test_age_spares_what_waits_to_be_read(keeping: tuple[LocalBus, Reader], clock: Clock) -> None:
    bus, reader = keeping
    publish(bus, b"read", b"waits")
    clock.now_ns += 2 * DAY_NS
    assert bus.sweep() == 0  # nobody has read anything yet
    bus.commit("stories", {0: 1})
    assert bus.sweep() == 1
    assert values(reader.read(0, 10, 0)) == [b"waits"]
    bus.commit("stories", {0: 0})  # progress moves forwards only
    bus.commit("stories", {0: 2})
    assert bus.sweep() == 1


def test_age_alone_decides_where_nobody_shows_what_was_read(path: Path, clock: Clock) -> None:
    bus = LocalBus(path, 1, Retention(age_s=1), clock=clock)
    with bus.publisher() as publisher:
        publisher.publish("alerts.floods", [Sent(b"", b"told")])
    clock.now_ns += DAY_NS
    assert bus.sweep() == 1


def test_a_large_sweep_goes_in_slices_and_ends(path: Path, clock: Clock) -> None:
    bus = LocalBus(path, 2, Retention(age_s=1), clock=clock)
    with bus.publisher() as publisher:
        publisher.publish("stories", [Sent(b"%d" % n, b"") for n in range(9_000)])
    bus.commit("stories", {0: 9_000, 1: 9_000})
    clock.now_ns += DAY_NS
    assert bus.sweep() == 9_000


WRITER = """
    import sys
    from newsbeam.bus import Sent, open_bus
    with open_bus(sys.argv[1]).publisher() as publisher:
        for number in range(int(sys.argv[3])):
            publisher.publish("stories", [Sent(b"", b"%s-%d" % (sys.argv[2].encode(), number))])
            print(number, flush=True)
"""


def writer(url: str, name: str, count: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", textwrap.dedent(WRITER), url, name, str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def test_writers_in_several_processes_lose_nothing_and_leave_no_hole(path: Path) -> None:
    url = f"sqlite:///{path}?partitions=1"  # nobody has made the file yet: they meet there, too
    writers = [writer(url, name, 40) for name in "abc"]
    for process in writers:
        assert len(process.communicate(timeout=60)[0].split()) == 40
        assert process.returncode == 0
    batch = read(open_bus(url))
    assert [record.offset for record in batch.records] == list(range(120))
    for name in (b"a", b"b", b"c"):
        mine = [value for value in values(batch) if value.startswith(name)]
        assert mine == [b"%s-%d" % (name, number) for number in range(40)]


def test_what_was_acknowledged_before_kill_9_is_there_and_nothing_half(path: Path) -> None:
    url = f"sqlite:///{path}?partitions=1"
    acknowledged = 0
    for round_ in range(3):
        process = writer(url, f"r{round_}", 100_000)
        assert process.stdout is not None
        seen = [process.stdout.readline() for _ in range(25)]
        process.send_signal(signal.SIGKILL)
        acknowledged += len(seen) + len(process.stdout.read().split())
        process.wait(10)
        process.stdout.close()
        batch = read(open_bus(url))
        end = batch.next
        assert [record.offset for record in batch.records] == list(range(end))
        assert acknowledged <= end <= acknowledged + round_ + 1  # one may have landed unacknowledged
        acknowledged = end


def test_a_writer_waits_for_another_but_not_for_ever(path: Path) -> None:
    bus = LocalBus(path, 1)
    bus.partitions("stories")
    holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    holder.execute("BEGIN IMMEDIATE")
    with bus.publisher() as publisher:
        with pytest.raises(BusUnavailable, match="held by another process"):
            publisher.publish("stories", [Sent(b"", b"v")], timeout_s=0.1)
        release = threading.Timer(0.2, lambda: holder.execute("COMMIT"))
        release.start()
        publisher.publish("stories", [Sent(b"", b"v")], timeout_s=30)
        release.join()
    holder.close()


def test_a_full_disk_is_said_and_nothing_of_the_call_is_kept(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bus = LocalBus(path, 1)
    publisher = bus.publisher()
    publisher.publish("stories", [Sent(b"", b"before")])
    _limit_pages(publisher._connected())
    with pytest.raises(BusUnavailable, match="disk is full") as caught:
        publisher.publish("stories", [Sent(b"", bytes(500_000)) for _ in range(4)])
    assert not isinstance(caught.value, PublishFailed)  # certain, not in doubt
    publisher.publish("stories", [Sent(b"", b"after")])  # the file is opened anew, there is room again
    publisher.close()
    assert values(read(bus)) == [b"before", b"after"]


def _limit_pages(connection: sqlite3.Connection) -> None:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages + 10}")


TRY_AS_NOBODY = """
    import os, sys
    from newsbeam.bus import Sent, open_bus
    from newsbeam.errors import BusUnavailable
    if os.geteuid() == 0:
        os.setgroups([])
        os.setgid(65534)
        os.setuid(65534)
    try:
        with open_bus(sys.argv[1]).publisher() as publisher:
            publisher.publish("stories", [Sent(b"", b"v")])
    except BusUnavailable as error:
        print(error)
"""


@pytest.fixture
def closed_folder() -> Iterator[Path]:
    """A folder that anybody may read and nobody may write; with a bus in it."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        LocalBus(folder / "bus.db", 1).partitions("stories")
        (folder / "bus.db").chmod(0o444)
        folder.chmod(0o555)
        yield folder
        folder.chmod(0o755)


def test_what_may_not_be_written_is_said(closed_folder: Path) -> None:
    for file, words in (("bus.db", "read-only|may this user write"), ("deep/bus.db", "Permission denied")):
        command = [sys.executable, "-c", textwrap.dedent(TRY_AS_NOBODY), f"sqlite:///{closed_folder / file}"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
        assert re.search(words, done.stdout), done
        assert str(closed_folder / file) in done.stdout


def test_what_is_no_bus_is_refused_in_clear_words(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a database, whatever its name may say. " * 50, "utf-8")
    for file, words in (
        (text, "is no newsbeam bus"),
        (tmp_path, "cannot be opened"),
        (text / "bus.db", "File exists"),
    ):
        with pytest.raises(BusUnavailable, match=words):
            LocalBus(file, 1).check()
    newer = tmp_path / "newer.db"
    LocalBus(newer, 1).check()
    connection = sqlite3.connect(newer)
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(BusUnavailable, match="format 99"):
        LocalBus(newer, 1).check()


def test_every_way_sqlite_fails_is_translated(path: Path) -> None:
    from newsbeam.bus.logfile import translated

    kinds = [
        kind for kind in vars(sqlite3).values() if isinstance(kind, type) and issubclass(kind, sqlite3.Error)
    ]
    assert len(kinds) >= 9
    for kind in (*kinds, OSError, PermissionError):
        with pytest.raises(BusUnavailable, match="bus's file"), translated(path):
            raise kind("as it comes")


def test_a_bus_that_was_replaced_is_a_gap_not_silence(path: Path) -> None:
    bus = LocalBus(path, 1)
    publish(bus, b"a", b"b")
    for file in path.parent.iterdir():
        file.unlink()
    publish(bus, b"another life")
    with pytest.raises(Gap, match="ends at 1, position 2"):
        read(bus, 2)


def test_a_waiting_reader_sees_a_record_of_another_process(path: Path) -> None:
    url = f"sqlite:///{path}?partitions=1"
    reader = open_bus(url).reader("stories", 0)
    found: list[Batch] = []
    waiting = threading.Thread(target=lambda: found.append(reader.read(0, 10, 60.0)))
    waiting.start()
    writer(url, "a", 1).communicate(timeout=60)
    waiting.join(60)
    assert values(found[0]) == [b"a-0"]
    wait_until(lambda: not waiting.is_alive(), 10, "the reader to return")
    reader.close()


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("data/bus.db", "is no bus"),
        ("redis://localhost", "is no bus"),
        ("sqlite://", "names no file"),
        ("sqlite:///", "names no file"),
        ("kafka://", "names no broker"),
        ("kafka:///prefix", "names no broker"),
        ("sqlite:///bus.db?partitions=0", "whole number"),
        ("sqlite:///bus.db?partitions=four", "whole number"),
        ("sqlite:///bus.db?partition=4", "unknown setting 'partition'"),
        ("kafka://localhost:9092?retention_mb=4", "unknown setting"),
    ],
)
def test_an_address_that_is_none_is_refused(url: str, words: str) -> None:
    with pytest.raises(ConfigurationError, match=words):
        open_bus(url)
