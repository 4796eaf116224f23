"""The newswire's documents and its ground truth come from one plan, and are equal for ever."""

import json
import urllib.error
import urllib.request
from collections import Counter
from datetime import UTC, datetime, timedelta
from http.client import HTTPConnection
from urllib.parse import urlsplit

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newsbeam.newswire import Newswire, RunningServer, Script, fetches_of_all, serve, truth_of
from newsbeam.newswire.outlets import OUTLETS, Format, Quirk
from newsbeam.newswire.timeline import BURST_SLOT
from tests.servers.process import wait_until

START = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)
BASE = "http://127.0.0.1:8090"
WIRE = Newswire(7, START, pace=0.5, stop_after=60)
END = WIRE.timeline.settled_at


def feed_with(quirk: Quirk) -> str:
    return next(outlet.id for outlet in OUTLETS if outlet.quirk is quirk)


def entries(feed: str, t: float, wire: Newswire = WIRE) -> list[dict[str, str]]:
    document = wire.document(feed, t, BASE)
    if document.startswith(b"{"):
        return [{"id": i["id"], "link": i["url"], "title": i["title"], "body": i["content_html"]}
                for i in json.loads(document)["items"]]  # fmt: skip
    parsed = feedparser.parse(document)
    assert not parsed.bozo, parsed.get("bozo_exception")
    return [{"id": e.get("id", ""), "link": e.link, "title": e.title, "body": e.content[0].value}
            for e in parsed.entries]  # fmt: skip


@given(seed=st.integers(0, 2**32), t=st.floats(0, 400))
@settings(max_examples=20)
def test_equal_arguments_give_equal_news(seed: int, t: float) -> None:
    one, two = (Newswire(seed, START, pace=1.0) for _ in range(2))
    two.timeline.entries("la-rive", 1000.0)  # looking ahead changes nothing
    for outlet in OUTLETS[::7]:
        assert one.document(outlet.id, t, BASE) == two.document(outlet.id, t, BASE)
        assert one.state(outlet.id, t) == two.state(outlet.id, t)


@given(t=st.floats(0, 200), later=st.floats(0, 60))
@settings(max_examples=60)
def test_a_document_changes_exactly_when_its_version_does(t: float, later: float) -> None:
    for outlet in OUTLETS:
        before, after = WIRE.state(outlet.id, t), WIRE.state(outlet.id, t + later)
        if before.kind == after.kind == "document":
            same = WIRE.document(outlet.id, t, BASE) == WIRE.document(outlet.id, t + later, BASE)
            assert same or before.version != after.version
            assert not same or before.version == after.version or outlet.quirk is Quirk.VARIANTS


def test_every_outlet_s_document_is_read_by_a_feed_library() -> None:
    formats = set()
    for outlet in OUTLETS:
        if outlet.quirk not in {Quirk.OVERSIZED, Quirk.AGGREGATOR}:
            formats.add(outlet.format)
            assert len(entries(outlet.id, 0.0)) >= 5, outlet.id
    assert formats == set(Format)
    assert len(OUTLETS) >= 30
    assert {outlet.language for outlet in OUTLETS} == {"en", "fr", "es", "de"}


def test_no_text_repeats_but_where_it_is_meant_to() -> None:
    wire = Newswire(11, START, pace=20.0, stop_after=1500)
    texts, words = {}, []
    for outlet in OUTLETS:
        for entry in wire.timeline.entries(outlet.id, wire.timeline.settled_at):
            piece = wire.timeline.piece(entry)
            texts.setdefault(entry.event, set()).add((piece.title, piece.paragraphs))
            words += [] if entry.carried else [piece.words]
    assert all(len({title for title, _ in told}) == 1 for told in texts.values())
    assert sum(len(told) > 1 for told in texts.values()) > 100, (
        "clients print what an agency tells in their own way"
    )
    assert len(set().union(*texts.values())) == sum(map(len, texts.values())), "no two events have one text"
    assert min(words) >= 80
    assert max(words) <= 520


def test_the_wire_brings_every_scenario() -> None:
    def feed(quirk: Quirk, t: float) -> list[dict[str, str]]:
        return entries(feed_with(quirk), t)

    copies = Counter(s.cluster for s in truth_of(WIRE, fetches_of_all(WIRE, END)).stories.values())
    assert max(copies.values()) >= 3, "wire copies"
    ticker = feed(Quirk.TICKER, END)
    assert len({e["link"] for e in ticker}) == 1
    assert len({e["id"] for e in ticker}) == len({e["title"] for e in ticker}) == len(ticker) > 3
    first, second = feed(Quirk.ROTATING, 0.0), feed(Quirk.ROTATING, 25.0)
    assert {e["link"] for e in first} <= {e["link"] for e in second}
    assert not {e["id"] for e in first} & {e["id"] for e in second}
    assert all(e["id"] in {"", e["link"]} for e in feed(Quirk.NO_GUID, 0.0))
    carried = {urlsplit(e["link"]).path.split("/")[1] for e in feed(Quirk.AGGREGATOR, END)}
    assert len(carried) > 5, "other outlets' stories"
    assert b"<source url=" in WIRE.document(feed_with(Quirk.AGGREGATOR), END, BASE)
    assert {urlsplit(e["link"]).scheme for t in (0, 25) for e in feed(Quirk.VARIANTS, t)} == {"http", "https"}
    stale = WIRE.timeline.entries(feed_with(Quirk.STALE), END)
    assert max(entry.published for entry in stale) < -4 * 86400
    burst = WIRE.timeline.slot_at(BURST_SLOT)
    told = {e.feed for o in OUTLETS for e in WIRE.timeline.entries(o.id, END) if burst <= e.at <= burst + 12}
    assert len(told) >= 10
    every = [entry for o in OUTLETS for entry in WIRE.timeline.entries(o.id, END)]
    assert any(entry.edited_at <= END for entry in every)
    long = Newswire(7, START, pace=2.0, stop_after=400)
    moved = [e for e in long.timeline.entries(feed_with(Quirk.SLUGS), 250.0) if e.moved_at < 250.0]
    assert moved
    assert long.path(moved[-1], moved[-1].at) != long.path(moved[-1], 250.0)
    assert long.item(moved[-1], moved[-1].at, BASE).guid == long.item(moved[-1], 250.0, BASE).guid


def test_troubles_come_when_the_script_says() -> None:
    dies, rubbish = feed_with(Quirk.DIES), feed_with(Quirk.RUBBISH)
    script = WIRE.script
    assert [WIRE.state(dies, script.lead_s + s).kind for s in (0, 59, 61, 91)] == [
        "document", "document", "error", "refused",
    ]  # fmt: skip
    assert [WIRE.state(rubbish, script.lead_s + s).kind for s in (0, 44, 46)] == [
        "document", "document", "rubbish",
    ]  # fmt: skip
    for feed in (dies, rubbish):
        end = script.ends_at(Quirk.DIES if feed == dies else Quirk.RUBBISH)
        assert all(entry.at < end - 15 for entry in WIRE.timeline.entries(feed, END))


def test_a_settled_wire_stays_as_it_is() -> None:
    assert WIRE.settled_at is not None
    for outlet in OUTLETS:
        settled, later = WIRE.state(outlet.id, END), WIRE.state(outlet.id, END + 86400)
        assert settled.version == later.version
    assert Newswire(7, START).settled_at is None
    assert Newswire(7, START, pace=2.0, stop_after_s=10).timeline.settled_at < 8 + 10 + 60


def test_the_truth_tells_news_from_history_and_counts_each_story_once() -> None:
    truth = truth_of(WIRE, fetches_of_all(WIRE, END))
    every = {entry.story for o in OUTLETS for entry in WIRE.timeline.entries(o.id, END)}
    assert set(truth.stories) == every - {
        entry.story for entry in WIRE.timeline.entries(feed_with(Quirk.OVERSIZED), END)
    }
    assert {story.backfill for story in truth.stories.values()} == {True, False}
    assert not any(truth.stories[key].backfill for alert in truth.alerts for key in alert.stories)
    assert truth.revisions > 0
    late = [s for s in truth.stories.values() if s.feed == feed_with(Quirk.ARCHIVE) and not s.backfill]
    assert all(not s.may_alert(48 * 3600) for s in late if s.seen_at - s.published_at > timedelta(hours=48))
    first = next(alert for alert in truth.alerts if alert.rule == "demo-peacekeeping")
    assert first.versions >= 3, "the agency and its clients are one alert"
    once = truth_of(WIRE, {outlet.id: [END] for outlet in OUTLETS if outlet.quirk is Quirk.NONE})
    assert once.alerts == ()
    assert once.revisions == 0


def test_a_fetch_that_came_too_late_misses_what_the_feed_has_dropped() -> None:
    wire = Newswire(3, START, pace=5.0, stop_after=4000)
    feed = "harbour-post"
    assert len(wire.timeline.entries(feed, 800.0)) > len(wire.visible(feed, 800.0))
    truth = truth_of(wire, {feed: [0.0, 800.0]})
    seen = {e.story for t in (0.0, 800.0) for e in wire.visible(feed, t)}
    assert set(truth.stories) == seen


# --- over HTTP -------------------------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.t = 0.0

    def __call__(self) -> datetime:
        return START + timedelta(seconds=self.t)


def get(url: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(url)
    connection = HTTPConnection(parts.hostname or "", parts.port, timeout=20)
    try:
        connection.request("GET", parts.path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, {k.lower(): v for k, v in answer.getheaders()}, answer.read()
    finally:
        connection.close()


def await_noted(server: RunningServer, fetches: dict[str, int]) -> None:
    """Return when so many fetches of each feed are noted, which is once their last byte was taken."""

    def noted() -> dict[str, int]:
        return {feed: len(times) for feed, times in server.fetches().items()}

    wait_until(lambda: noted() == fetches, 20, "the fetches to be noted", lambda: str(noted()))


def test_served_documents_can_be_asked_for_conditionally_and_are_noted() -> None:
    clock = Clock()
    clock.t = 30.0
    with serve(WIRE, clock=clock) as server:
        urls = {str(feed["id"]): str(feed["url"]) for feed in server.feeds()}
        assert len(urls) == len(OUTLETS)
        conditions = Counter()
        for outlet in OUTLETS:
            if outlet.quirk in {Quirk.OVERSIZED, Quirk.SLOW}:
                continue
            status, headers, body = get(urls[outlet.id])
            assert (status, body) == (200, WIRE.document(outlet.id, 30.0, server.url))
            asked = {}
            if "etag" in headers:
                asked["If_None_Match"] = headers["etag"]
            elif "last-modified" in headers:
                asked["If_Modified_Since"] = headers["last-modified"]
            conditions[tuple(asked)] += 1
            if asked:
                assert get(urls[outlet.id], **asked)[0] == 304
        assert len(conditions) >= 2
        noted = {outlet.id: 1 for outlet in OUTLETS if outlet.quirk not in {Quirk.OVERSIZED, Quirk.SLOW}}
        await_noted(server, noted)
        assert server.truth().alerts == ()
        clock.t = END
        for feed in ("harbour-post", "meridian-press"):
            get(urls[feed])
        await_noted(server, {**noted, "harbour-post": 2, "meridian-press": 2})
        assert server.truth().alerts


def test_articles_and_home_pages_can_be_opened_and_old_slugs_lead_on() -> None:
    wire, clock = Newswire(7, START, pace=2.0, stop_after=400), Clock()
    clock.t = 250.0
    feed = feed_with(Quirk.SLUGS)
    entry = next(e for e in wire.timeline.entries(feed, 200.0) if e.at > 0)
    with serve(wire, clock=clock) as server:
        old, new = wire.path(entry, entry.at), wire.path(entry, 250.0)
        status, headers, _ = get(server.url + old)
        assert (status, headers["location"]) == (301, server.url + new)
        status, _, page = get(server.url + new)
        assert status == 200
        assert f'<link rel="canonical" href="{server.url}{new}">'.encode() in page
        status, _, home = get(f"{server.url}/{feed}/")
        assert b'rel="alternate"' in home
        assert new.encode() in home
        assert get(f"{server.url}/nobody/")[0] == 404
        assert get(f"{server.url}/{feed}/2020/01/01/nothing")[0] == 404


def test_troubled_feeds_are_slow_too_large_broken_and_then_gone() -> None:
    script = Script(lead_s=0.0, rubbish_after_s=1.0, dies_after_s=1.0, refuses_after_s=2.0)
    clock = Clock()
    clock.t = 1.5
    with serve(Newswire(7, START, script=script, stop_after=0), clock=clock) as server:
        server.slow_s, server.oversized_bytes = 0.05, 5_000_000
        urls = {str(feed["id"]): str(feed["url"]) for feed in server.feeds()}
        assert get(urls[feed_with(Quirk.SLOW)])[0] == 200
        assert len(get(urls[feed_with(Quirk.OVERSIZED)])[2]) >= 4_900_000
        status, _, body = get(urls[feed_with(Quirk.RUBBISH)])
        assert status == 200
        assert not feedparser.parse(body).entries
        assert get(urls[feed_with(Quirk.DIES)])[0] == 500
        clock.t = 2.5
        dead = urls[feed_with(Quirk.DIES)]
        with pytest.raises((urllib.error.URLError, ConnectionError)):  # noqa: PT012
            while True:
                with urllib.request.urlopen(dead, timeout=5):  # noqa: S310
                    pass
        assert "zharan-bulletin" not in server.fetches()
