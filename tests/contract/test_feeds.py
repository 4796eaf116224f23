"""Feeds over real HTTP, into real stores and a real bus."""

import asyncio
import gzip
import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psutil
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, make_url, select, text, update

from connectors import guard
from connectors.feeds.check import check_feed, check_feeds
from connectors.feeds.discover import discover
from connectors.feeds.poll import Poller, Surroundings
from connectors.feeds.settings import FeedsSettings
from connectors.feeds.visit import Visited
from newsbeam.bus.port import STORIES, Bus
from newsbeam.bus.url import open_bus
from newsbeam.codec import decode_story
from newsbeam.errors import BusUnavailable, FetchFailed, UsageError
from newsbeam.feed import Feed
from newsbeam.store.database import Store, StoreSettings, open_store
from newsbeam.store.feeds import ALIVE, FeedStates
from newsbeam.store.leases import owner_here
from newsbeam.store.migrate import migrate
from newsbeam.store.schema import coverage, feed_state
from newsbeam.story import Story
from tests.contract.newspaper import Asked, Newspaper, Page, rss

START = datetime(2024, 5, 6, 7, 30, tzinfo=UTC)
FIRST = int(START.timestamp()) * 1_000_000  # the number of a fetch claimed then
SETTINGS = FeedsSettings(host_gap_s=0.0, timeout_s=5.0, parse_timeout_s=5.0, parsers=1)
NESTED = "&lt;div&gt;" * 80_000  # half a minute of a parser's time


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **time_passed: float) -> None:
        self.now += timedelta(**time_passed)


class Desk:
    """A poller over a fresh store and bus, and what it left in them."""

    def __init__(self, store: Store, bus: Bus) -> None:
        self.store, self.bus = store, bus
        self.feeds: list[Feed] = []
        self.clock = Clock()

    def poller(self, settings: FeedsSettings = SETTINGS, owner: str | None = None) -> Poller:
        around = Surroundings(owner=owner, clock=self.clock, chance=lambda: 0.5)
        return Poller(self.store, self.bus, lambda: self.feeds, settings, around)

    def poll(self, settings: FeedsSettings = SETTINGS, *, everything: bool = True) -> dict[str, Visited]:
        found = asyncio.run(self.poller(settings).poll_once(everything=everything))
        return {visited.feed.id: visited for visited in found}

    def stories(self) -> list[Story]:
        records = []
        for partition in range(self.bus.partitions(STORIES)):
            reader = self.bus.reader(STORIES, partition)
            end = reader.bounds().end
            position = reader.bounds().first
            while position < end:
                batch = reader.read(position, 1_000, 5.0)
                records += batch.records
                position = batch.next
            reader.close()
        stories = [decode_story(record.value) for record in records]
        return sorted(stories, key=lambda story: (story.fetch, story.title))

    def titles(self) -> list[str]:
        return [story.title for story in self.stories()]


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    with Newspaper() as running:
        yield running


@pytest.fixture
def desk(sqlite_store_url: str, local_bus_url: str) -> Iterator[Desk]:
    yield from opened(sqlite_store_url, local_bus_url)


@pytest.fixture
def any_desk(store_url: str, local_bus_url: str) -> Iterator[Desk]:
    yield from opened(store_url, local_bus_url)


def opened(store_url: str, bus_url: str) -> Iterator[Desk]:
    store = open_store(store_url)
    migrate(store, START)
    yield Desk(store, open_bus(bus_url))
    store.close()


def feed(paper: Newspaper, path: str, **given: object) -> Feed:
    return Feed(id=path.strip("/"), url=paper.url + path, allow_private=True, **given)  # type: ignore[arg-type]


def owner_of_an_ended_process() -> str:
    ended = subprocess.Popen([sys.executable, "-c", "pass"])
    ended.wait()
    return f"{owner_here(ended.pid)}/a1"


def wait_until(true: Callable[[], bool], within_s: float = 30.0) -> None:
    deadline = time.monotonic() + within_s
    while not true():
        assert time.monotonic() < deadline, "it did not happen"
        time.sleep(0.02)


# --- what is published, and when --------------------------------------------------------------------------


def test_the_first_fetch_is_history_and_later_ones_bring_only_what_is_new(
    any_desk: Desk, paper: Newspaper
) -> None:
    any_desk.feeds = [feed(paper, "/f")]
    paper.pages["/f"] = Page(rss("b", "a"))
    any_desk.poll()
    paper.pages["/f"] = Page(rss("d", "c", "b"))
    any_desk.clock.pass_by(hours=1)
    any_desk.poll()
    hour_us = 3_600_000_000
    assert [(s.title, s.backfill, s.fetch - FIRST) for s in any_desk.stories()] == [
        ("a", True, 0),
        ("b", True, 0),
        ("c", False, hour_us),
        ("d", False, hour_us),
    ]
    with any_desk.store.read() as connection:
        rows = connection.execute(select(coverage).order_by(coverage.c.hour)).all()
    assert [(row.feed, row.hour.hour, row.succeeded, row.failed, row.entries) for row in rows] == [
        ("f", 7, 1, 0, 2),
        ("f", 8, 1, 0, 3),
    ]


def test_only_due_feeds_are_fetched_and_feeds_off_the_list_never(desk: Desk, paper: Newspaper) -> None:
    paper.pages = {"/f": Page(rss("a")), "/g": Page(rss("b"))}
    desk.feeds = [feed(paper, "/f", every_s=100.0), feed(paper, "/g", every_s=1_000.0)]
    assert desk.poll(everything=False).keys() == {"f", "g"}
    assert desk.poll(everything=False).keys() == set()
    desk.clock.pass_by(seconds=200)
    assert desk.poll(everything=False).keys() == {"f"}
    desk.clock.pass_by(hours=2)
    desk.feeds = [replace(desk.feeds[0], enabled=False), desk.feeds[1]]
    assert desk.poll(everything=False).keys() == {"g"}


def test_validators_are_sent_back_and_a_304_costs_no_body(desk: Desk, paper: Newspaper) -> None:
    def page(asked: Asked) -> Page:
        if asked.headers.get("if-none-match") == '"v1"':
            return Page(status=304)
        return Page(rss("a"), headers=(("ETag", '"v1"'), ("Last-Modified", "Mon, 06 May 2024 07:00:00 GMT")))

    paper.pages["/f"] = page
    desk.feeds = [feed(paper, "/f")]
    outcomes = [desk.poll()["f"].outcome for _ in range(3)]
    assert outcomes == ["ok", "unchanged", "unchanged"]
    assert paper.asked[2].headers["if-modified-since"] == "Mon, 06 May 2024 07:00:00 GMT"
    assert desk.titles() == ["a"]


def test_nothing_is_remembered_of_a_document_that_the_bus_did_not_take(
    sqlite_store_url: str, tmp_path: Path, paper: Newspaper
) -> None:
    blocked = tmp_path / "bus"
    blocked.mkdir()  # where the bus's file should be
    store = open_store(sqlite_store_url)
    migrate(store, START)
    desk = Desk(store, open_bus(f"sqlite:///{blocked}"))
    desk.feeds = [feed(paper, "/f")]
    paper.pages["/f"] = Page(rss("a"), headers=(("ETag", '"v1"'),))
    with pytest.raises(BusUnavailable):
        desk.poll()
    blocked.rmdir()
    assert desk.poll()["f"].stories == 1
    assert [(s.title, s.backfill) for s in desk.stories()] == [("a", True)]
    store.close()


def test_a_crash_between_the_buss_word_and_the_states_write_only_repeats(
    desk: Desk, paper: Newspaper
) -> None:
    desk.feeds = [feed(paper, "/f")]
    paper.pages["/f"] = Page(rss("a"))
    dead = FeedStates(desk.store, owner_of_an_ended_process())  # claimed, and then killed
    dead.synchronise(["f"], START)
    assert [state.fetch for state in dead.claim(["f"], START, timedelta(hours=1))] == [FIRST]
    desk.poll(everything=False)
    assert [(s.title, s.fetch, s.backfill) for s in desk.stories()] == [("a", FIRST + 1, True)]


def test_an_edited_feed_is_read_at_once_and_its_old_validators_are_not_used(
    desk: Desk, paper: Newspaper
) -> None:
    paper.pages = {
        "/f": Page(rss("a"), headers=(("ETag", '"v1"'),)),
        "/g": Page(rss("a", "b"), headers=(("ETag", '"v1"'),)),
    }
    desk.feeds = [feed(paper, "/f")]

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(desk.poller(replace(SETTINGS, refresh_s=0.05)).run(stop))
        await until(lambda: desk.titles() == ["a"])
        desk.feeds = [replace(desk.feeds[0], url=paper.url + "/g")]
        await until(lambda: desk.titles() == ["a", "b"])
        stop.set()
        await running

    asyncio.run(run())
    assert "if-none-match" not in paper.asked[-1].headers


def test_a_damaged_state_costs_one_feed_its_memory_and_no_other_a_fetch(desk: Desk, paper: Newspaper) -> None:
    paper.pages = {"/f": Page(rss("a")), "/g": Page(rss("b"))}
    desk.feeds = [feed(paper, "/f"), feed(paper, "/g")]
    desk.poll()
    with desk.store.write() as connection:
        connection.execute(update(feed_state).where(feed_state.c.feed == "f").values(document=b"{"))
    found = desk.poll()
    assert (found["f"].stories, found["f"].state.fetch, found["g"].outcome) == (1, FIRST + 1, "unchanged")


def test_a_claim_belongs_to_one_poller_until_its_lease_ends(any_desk: Desk) -> None:
    one, two = FeedStates(any_desk.store, "one"), FeedStates(any_desk.store, "two")
    one.synchronise(["f", "g"], START)
    mine = one.claim(["f", "g"], START, timedelta(minutes=2))
    assert [state.fetch for state in mine] == [FIRST, FIRST]
    assert two.claim(["f", "g"], START, timedelta(minutes=2)) == []
    assert two.due(START, 10) == []
    later = START + timedelta(minutes=3)
    theirs = two.claim(["f"], later, timedelta(minutes=2))
    assert [(state.feed, state.fetch) for state in theirs] == [("f", FIRST + 180_000_000)]
    assert not one.settle(replace(mine[0], next_at=later), later)  # lost meanwhile
    assert two.settle(replace(theirs[0], next_at=later), later)
    one.release()
    assert one.due(later, 10) == ["g", "f"]  # longest due first


def test_the_claims_of_a_poller_that_shows_no_life_are_anothers_to_take(any_desk: Desk) -> None:
    one, two = FeedStates(any_desk.store, "one"), FeedStates(any_desk.store, "two")
    one.synchronise(["f"], START)
    one.claim(["f"], START, timedelta(minutes=2))
    one.live_on(START + ALIVE / 2)  # its visit takes long
    assert two.due(START + ALIVE, 10) == []
    assert two.due(START + ALIVE * 2, 10) == ["f"]


def test_claims_of_dead_pollers_of_this_host_are_free_at_once_and_those_of_the_living_are_not(
    any_desk: Desk,
) -> None:
    dead = owner_of_an_ended_process()
    owners = {
        "dead": dead,
        "alive": f"{owner_here(os.getppid())}/a1",
        "elsewhere": f"elsewhere-{dead.rpartition('-')[2]}",
        "host-with-a-longer-name": f"{owner_here(os.getpid())}-{dead.rpartition('-')[2]}",
        "earlier-in-a-container": f"{owner_here(os.getpid())}/a1",  # where the first process is always number 1
    }
    states = {name: FeedStates(any_desk.store, owner) for name, owner in owners.items()}
    states["dead"].synchronise(list(owners), START)
    for name, one in states.items():
        one.claim([name], START, timedelta(minutes=2))
    new = FeedStates(any_desk.store, f"{owner_here(os.getpid())}/b2")
    new.take_back(START)
    assert {*new.due(START, 10)} == {"dead", "earlier-in-a-container"}


class HeldStore(Store):
    """A store whose write transactions commit when they are told to."""

    def hold(self) -> None:
        self.inside, self.go = threading.Event(), threading.Event()

    @contextmanager
    def write(self) -> Iterator[Connection]:
        with super().write() as connection:
            yield connection
            self.inside.set()
            assert self.go.wait(30)


@pytest.mark.parametrize("idle", [None, ALIVE * 2])
def test_a_claim_that_is_being_written_is_not_anothers_to_take(
    postgres_url: str, idle: timedelta | None
) -> None:
    store, held = open_store(postgres_url), HeldStore(make_url(postgres_url), StoreSettings())
    migrate(store, START)
    one, two = FeedStates(held, "one"), FeedStates(store, "two")
    two.synchronise(["f"], START)
    if idle is not None:  # its lease is there, and has run out
        FeedStates(store, "one").live_on(START - idle)
    held.hold()
    hour = timedelta(hours=1)
    with ThreadPoolExecutor(2) as threads:
        ones = threads.submit(one.claim, ["f"], START, hour)
        assert held.inside.wait(30)
        twos = threads.submit(two.claim, ["f"], START, hour)
        try:
            wait_until(lambda: twos.done() or waits_for_a_lock(store))
        finally:
            held.go.set()
        assert [len(ones.result(30)), len(twos.result(30))] == [1, 0]
    assert two.claim(["f"], START, hour) == []
    assert one.settle(replace(ones.result()[0], next_at=START + hour), START)
    held.close()
    store.close()


def waits_for_a_lock(store: Store) -> bool:
    query = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    with store.read() as connection:
        return bool(connection.execute(text(query)).scalar_one())


# --- bad feeds ---------------------------------------------------------------------------------------------


def test_bad_feeds_are_told_apart_and_disturb_no_other(desk: Desk, paper: Newspaper) -> None:
    bomb = gzip.compress(b"\0" * 40_000_000)
    paper.pages = {
        "/good": Page(rss("a")),
        "/gone": Page(status=410),
        "/broken": Page(status=500),
        "/page": Page(b"<!doctype html><p>Hello"),
        "/bomb": Page(bomb, headers=(("Content-Encoding", "gzip"),)),
        "/big": Page(b"x" * 11_000_000),
        "/slow": Page(rss("s"), drip=0.05),
        "/nested": Page(rss(f"n</title><description>{NESTED}</description><title>n")),
        "/loop": Page(status=302, headers=(("Location", "/loop"),)),
        "/nowhere": Page(status=301),
        "/away": Page(status=302, headers=(("Location", "file:///etc/passwd"),)),
        "/empty": Page(rss()),
    }
    kinds = {
        "good": "ok", "gone": "gone", "broken": "http", "page": "not_a_feed", "bomb": "too_large",
        "big": "too_large", "slow": "timeout", "nested": "parse_timeout", "loop": "redirect",
        "nowhere": "redirect", "away": "address", "empty": "unchanged",
    }  # fmt: skip
    desk.feeds = [feed(paper, path) for path in paper.pages]
    desk.feeds += [
        Feed(id="private", url=paper.url + "/good"),
        Feed(id="nobody", url="http://127.0.0.1:9/", allow_private=True),
        Feed(id="unknown", url="http://no-such-host.invalid/f"),
    ]
    kinds |= {"private": "refused", "nobody": "connect", "unknown": "dns"}
    found = desk.poll(replace(SETTINGS, timeout_s=1.0, parse_timeout_s=1.0))
    assert {name: visited.outcome for name, visited in found.items()} == kinds
    assert found["empty"].state.status == "empty"
    assert found["gone"].state.status == "gone"
    assert paper.times("/good") == 1
    assert desk.titles() == ["a"]
    assert [
        child
        for child in psutil.Process().children(recursive=True)
        if "connectors.feeds.worker" in child.cmdline()
    ] == []


def test_a_host_that_asks_for_distance_gets_it(desk: Desk, paper: Newspaper) -> None:
    paper.pages["/f"] = Page(status=429, headers=(("Retry-After", "7200"),))
    desk.feeds = [feed(paper, "/f", every_s=60.0)]
    state = desk.poll()["f"].state
    assert state.next_at is not None
    assert state.next_at - START >= timedelta(hours=2)


def test_a_permanent_redirect_is_remembered_and_a_temporary_one_is_not(desk: Desk, paper: Newspaper) -> None:
    paper.pages = {
        "/old": Page(status=301, headers=(("Location", "/newer"),)),
        "/newer": Page(status=308, headers=(("Location", "/new?a=1"),)),
        "/new?a=1": Page(rss("a")),
        "/here": Page(status=302, headers=(("Location", "/there"),)),
        "/there": Page(rss("b")),
    }
    desk.feeds = [feed(paper, "/old"), feed(paper, "/here")]
    for _ in range(2):
        found = desk.poll()
    assert found["old"].state.url == f"{paper.url}/new?a=1"
    assert found["here"].state.url is None
    assert [paper.times(path) for path in ("/old", "/newer", "/new?a=1", "/here")] == [1, 1, 2, 2]


def test_a_redirect_into_a_private_network_is_refused_before_it_is_followed(
    desk: Desk, paper: Newspaper, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "is_public", lambda address: address == "127.0.0.2")
    with Newspaper("127.0.0.2") as public:
        public.pages["/f"] = Page(status=301, headers=(("Location", paper.url + "/secret"),))
        paper.pages["/secret"] = Page(rss("secret"))
        desk.feeds = [Feed(id="f", url=public.url + "/f")]
        found = desk.poll()["f"]
    assert (found.outcome, public.times("/f"), paper.asked) == ("refused", 1, [])
    assert found.state.url is None


class Held:
    """A page that answers when it is told to."""

    def __init__(self, page: Page) -> None:
        self.go = threading.Event()
        self._page = page

    def __call__(self, _: Asked) -> Page:
        self.go.wait(60)
        return self._page


# --- running -----------------------------------------------------------------------------------------------


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not true():
            await asyncio.sleep(0.02)


def test_polling_goes_on_until_it_is_stopped_and_leaves_no_claim(any_desk: Desk, paper: Newspaper) -> None:
    paper.pages = {f"/{n}": Page(rss(f"t{n}")) for n in range(20)}
    any_desk.feeds = [feed(paper, path, every_s=0.0) for path in paper.pages]

    async def run() -> None:
        stop = asyncio.Event()
        poller = Poller(any_desk.store, any_desk.bus, lambda: any_desk.feeds, SETTINGS)
        running = asyncio.create_task(poller.run(stop))
        await until(lambda: all(paper.times(path) >= 3 for path in paper.pages))
        stop.set()
        async with asyncio.timeout(5):
            await running

    asyncio.run(run())
    assert sorted(any_desk.titles()) == sorted(f"t{n}" for n in range(20))
    anyone = FeedStates(any_desk.store, "anyone")
    assert len(anyone.due(datetime.now(UTC) + timedelta(seconds=1), 100)) == 20


def test_two_pollers_share_the_feeds(any_desk: Desk, paper: Newspaper) -> None:
    paper.pages = {f"/{n}": Page(rss(f"t{n}")) for n in range(30)}
    any_desk.feeds = [feed(paper, path) for path in paper.pages]

    async def run() -> None:
        one, two = any_desk.poller(owner="one"), any_desk.poller(owner="two")
        await asyncio.gather(one.poll_once(), two.poll_once())

    asyncio.run(run())
    assert [paper.times(path) for path in paper.pages] == [1] * 30
    assert len(any_desk.titles()) == 30


def test_a_hanging_host_behind_redirects_holds_up_no_other(desk: Desk, paper: Newspaper) -> None:
    moved = [f"/moved{n}" for n in range(20)]
    held = Held(Page(rss("late")))
    states = FeedStates(desk.store, "anyone")

    async def run(hanging: Newspaper, healthy: Newspaper) -> None:
        def all_went(times: int) -> bool:
            at = states.states(["ok"])["ok"].fetched_at
            return at == desk.clock.now and healthy.times("/ok") == times

        stop = asyncio.Event()
        settings = replace(SETTINGS, concurrency=4, timeout_s=60.0, refresh_s=0.05)
        running = asyncio.create_task(desk.poller(settings).run(stop))
        await until(lambda: len(hanging.asked) == 1 and len(paper.asked) == len(moved))
        for times in range(1, 8):
            await until(lambda times=times: all_went(times))  # type: ignore[misc]
            desk.clock.pass_by(seconds=SETTINGS.lease_s / 4)  # so that the hanging visit outlives its claim
        assert (len(hanging.asked), len(paper.asked)) == (1, len(moved))
        held.go.set()
        await until(lambda: {asked.path for asked in hanging.asked} == {*moved})  # all get their turn
        stop.set()
        await running

    with Newspaper() as hanging, Newspaper() as healthy:
        for n, path in enumerate(moved):
            status = 301 if n % 2 else 302
            paper.pages[path] = Page(status=status, headers=(("Location", hanging.url + path),))
            hanging.pages[path] = held
        healthy.pages["/ok"] = Page(rss("a"))
        desk.feeds = [feed(paper, path) for path in moved] + [feed(healthy, "/ok", every_s=1.0)]
        asyncio.run(run(hanging, healthy))


def test_a_visit_ends_before_its_lease_however_many_slow_redirects_lead_on(
    desk: Desk, paper: Newspaper
) -> None:
    def onward(asked: Asked) -> Page:
        time.sleep(0.3)  # a slow server, not a wait of this test's
        return Page(status=302, headers=(("Location", asked.path + "x"),))

    paper.pages = {"/f" + "x" * n: onward for n in range(20)}
    desk.feeds = [feed(paper, "/f")]
    settings = replace(
        SETTINGS, redirects=20, timeout_s=0.5, parse_timeout_s=0.2, publish_timeout_s=0.2, lease_s=1.2
    )
    found = desk.poll(settings)["f"]
    assert found.outcome == "timeout"
    assert "lease_s" in (found.state.error or "")


def test_a_lease_that_a_visit_may_outlive_is_refused() -> None:
    with pytest.raises(ValueError, match="lease must be at least 62 s"):
        FeedsSettings(lease_s=61.0)
    FeedsSettings(lease_s=62.0)


def test_with_the_store_away_polling_pauses_says_so_once_and_goes_on(
    tmp_path: Path, local_bus_url: str, paper: Newspaper, caplog: pytest.LogCaptureFixture
) -> None:
    folder = tmp_path / "volume"
    store = open_store(f"sqlite:///{folder / 'store.db'}")
    desk = Desk(store, open_bus(local_bus_url))
    paper.pages["/f"] = Page(rss("a"))
    desk.feeds = [feed(paper, "/f")]

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(desk.poller().run(stop))
        await until(lambda: "polling pauses" in caplog.text)
        assert paper.asked == []
        folder.mkdir()
        migrate(store, START)
        await until(lambda: paper.times("/f") == 1)
        stop.set()
        await running

    with caplog.at_level(logging.INFO):
        asyncio.run(run())
    told = [record.message for record in caplog.records if record.name == "connectors.feeds.poll"]
    assert len(told) == 2, told
    assert told[0].startswith("polling pauses: the store")
    assert told[1].startswith("polling goes on")
    assert desk.titles() == ["a"]
    store.close()


POLL = """
import asyncio, sys
from connectors.feeds.poll import Poller
from connectors.feeds.settings import FeedsSettings
from newsbeam.bus.url import open_bus
from newsbeam.feed import Feed
from newsbeam.store.database import open_store
store, bus, *urls = sys.argv[1:]
feeds = [Feed(id=url.rsplit("/")[-1], url=url, allow_private=True) for url in urls]
poller = Poller(open_store(store), open_bus(bus), lambda: feeds, FeedsSettings(host_gap_s=0.0))
asyncio.run(poller.run(asyncio.Event()))
"""


def test_a_poller_beside_another_leaves_it_what_it_claimed(
    store_url: str, local_bus_url: str, any_desk: Desk, paper: Newspaper
) -> None:
    paper.pages["/f"] = held = Held(Page(rss("a")))
    any_desk.feeds = [feed(paper, "/f")]
    other = subprocess.Popen([sys.executable, "-c", POLL, store_url, local_bus_url, any_desk.feeds[0].url])
    try:
        wait_until(lambda: paper.times("/f") == 1)
        any_desk.clock.now = datetime.now(UTC)
        assert any_desk.poll() == {}  # while the other is at it
        held.go.set()
        wait_until(lambda: FeedStates(any_desk.store, "anyone").states()["f"].status == "ok")
    finally:
        held.go.set()
        other.kill()
        other.wait()
    assert (paper.times("/f"), any_desk.titles()) == (1, ["a"])


@pytest.mark.parametrize("moment", [1, 4, 9, 15])
def test_killed_at_any_moment_it_loses_nothing_and_starts_again_at_once(
    store_url: str, local_bus_url: str, any_desk: Desk, paper: Newspaper, moment: int
) -> None:
    desk = any_desk
    paper.pages = {f"/{n}": Page(rss(f"{n}a", f"{n}b")) for n in range(20)}
    desk.feeds = [feed(paper, path) for path in paper.pages]
    arguments = [store_url, local_bus_url, *(one.url for one in desk.feeds)]
    process = subprocess.Popen([sys.executable, "-c", POLL, *arguments])
    wait_until(lambda: len(paper.asked) >= moment)
    process.kill()
    process.wait()
    desk.clock.now = datetime.now(UTC)
    desk.poll(everything=False)
    assert {*desk.titles()} == {f"{n}{letter}" for n in range(20) for letter in "ab"}
    states = FeedStates(desk.store, "anyone").states()
    assert {state.status for state in states.values()} == {"ok"}
    assert len(desk.titles()) <= 50  # what was under way is repeated, no more


ORPHAN = """
import asyncio, sys
from connectors.feeds.check import check_feed, check_feeds
from connectors.feeds.settings import FeedsSettings
from newsbeam.feed import Feed
feed = Feed(id="f", url=sys.argv[1], allow_private=True)
print(asyncio.run(check_feed(feed, FeedsSettings(parse_timeout_s=float(sys.argv[2])))), flush=True)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGINT])
def test_no_parser_outlives_its_parent(paper: Newspaper, number: signal.Signals) -> None:
    paper.pages["/f"] = Page(rss(f"n</title><description>{NESTED}</description><title>n"))
    parent = subprocess.Popen(
        [sys.executable, "-c", ORPHAN, paper.url + "/f", "2"], stderr=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: psutil.Process(parent.pid).children() != [])
        children = psutil.Process(parent.pid).children()
        wait_until(lambda: children[0].cpu_times().user > 0.5)  # in the midst of the document
        parent.send_signal(number)
        parent.wait(20)
        _, alive = psutil.wait_procs(children, timeout=20)
        assert alive == []
    finally:
        parent.kill()


# --- looking at feeds --------------------------------------------------------------------------------------


def test_a_check_reports_and_publishes_nothing(paper: Newspaper) -> None:
    paper.pages = {
        "/f": Page(rss("b", "a", language="fr"), headers=(("ETag", '"1"'),)),
        "/old": Page(status=301, headers=(("Location", "/f"),)),
    }
    report = asyncio.run(check_feed(feed(paper, "/old"), SETTINGS))
    assert (report.error, report.title, report.language, report.entries) == (None, "Paper", "fr", 2)
    assert (report.moved_to, report.cheap, report.samples) == (f"{paper.url}/f", True, ("b", "a"))
    bad, good = asyncio.run(check_feeds([feed(paper, "/none"), feed(paper, "/f")], SETTINGS))
    assert good.error is None
    assert (bad.error_kind, "404" in (bad.error or "")) == ("http", True)


def test_a_pages_feeds_are_found_and_tried(paper: Newspaper) -> None:
    head = b'<html><head><link rel="alternate" type="application/rss+xml" href="%s"></head></html>'
    paper.pages = {
        "/": Page(head % b"/dead.xml"),
        "/news": Page(head % b"news.xml"),
        "/news.xml": Page(rss("a")),
        "/rss.xml": Page(rss("b")),
    }

    def found(path: str) -> list[str]:
        feeds = asyncio.run(discover(paper.url + path, SETTINGS, allow_private=True))
        return [one.url.removeprefix(paper.url) for one in feeds]

    assert found("/news") == ["/news.xml"]
    assert found("/news.xml") == ["/news.xml"]
    assert found("/") == ["/rss.xml"]  # announced, but dead; so the usual places are tried
    with pytest.raises(FetchFailed):
        found("/none")
    with pytest.raises(UsageError):
        asyncio.run(discover("mailto://x"))
