"""The dashboard over a real server and a real store: pages, API, streams, the door."""

import json
import re
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import pytest
from sqlalchemy import update

from dashboard.context import Check, DashboardContext, PublishReport, Refusal
from dashboard.server import check_address, serve
from dashboard.settings import ServeSettings
from newsbeam.app.cli.alerts import told_by
from newsbeam.errors import BusUnavailable, ConfigurationError
from newsbeam.settings import Secret
from newsbeam.store import reads, schema
from newsbeam.store.database import Store, open_store
from newsbeam.store.leases import Leases
from tests.e2e.dashboard import Serving
from tests.e2e.newsroom import NOW, Newsroom, hostile_day, ordinary_day, watching

PAGES = [
    "/",
    "/?range=90d&step=day&share=1",
    "/?topic=sanctions&measure=clusters",
    "/stories",
    "/stories?topic=grain",
    "/alerts",
    "/topics",
    "/topics/peacekeeping",
    "/feeds",
    "/trace",
    "/trace?url=https://nowhere.example/",
    "/api",
]
TOKEN = "a token that is long enough"  # noqa: S105


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(f"sqlite:///{tmp_path / 'store.db'}")
    yield opened
    opened.close()


def context(store: Store, **changes: object) -> DashboardContext:
    fields = {"store": store, "watch": watching, "now": lambda: NOW} | changes
    return DashboardContext(**fields)  # type: ignore[arg-type]


def test_every_page_answers_over_an_empty_store_an_ordinary_one_and_a_hostile_one(store: Store) -> None:
    Newsroom(store).open()
    with Serving(context(store)) as site:
        assert [(path, site.get(path).status) for path in PAGES] == [(path, 200) for path in PAGES]
        assert "No story is recorded yet" in site.get("/").text
        assert site.get("/alerts/none").status == 404
        assert site.get("/topics/none").status == 404
        hostile_day(store)
        answers = [site.get(path) for path in PAGES]
    assert [answer.status for answer in answers] == [200] * len(PAGES)
    for answer in answers:
        assert "<script>alert" not in answer.text
        assert "<svg onload" not in answer.text
        assert 'href="javascript' not in answer.text
        assert " style=" not in answer.text


@pytest.mark.parametrize("title", ["", " \t", "\u200b\u2060"])
def test_a_title_that_shows_nothing_can_still_be_seen_and_followed(store: Store, title: str) -> None:
    room = Newsroom(store)
    room.open()
    story = room.story(title)
    alert = room.alert(title, story=story)
    room.write()
    with Serving(context(store)) as site:
        for path in ("/", "/stories", "/alerts", f"/alerts/{alert}", f"/trace?url={story}"):
            assert ">(no title)</a>" in site.get(path).text, path
        assert "<title>(no title) · newsbeam</title>" in site.get(f"/alerts/{alert}").text


def test_an_alert_says_how_many_outlets_tell_it_and_how_many_are_independent(store: Store) -> None:
    room = Newsroom(store)
    room.open()
    envoys, line = room.story("Envoys agree"), room.story("A line is drawn")
    several = room.alert("Several", story=envoys, outlets=("agency", "meridian", "nordblatt"), families=2)
    alone = room.alert("Alone", story=line, outlets=("meridian", "nordblatt"))
    room.write()
    with Serving(context(store)) as site:
        told = {
            path: re.sub(r"<[^>]*>", "", site.get(path).text)
            for path in ("/alerts", f"/alerts/{several}", f"/alerts/{alone}")
        }
    assert "3 outlets, 2 independent" in told["/alerts"]
    assert told["/alerts"].count(" independent") == 1
    assert "3 outlets, 2 independent" in told[f"/alerts/{several}"]
    assert "2 outlets" in told[f"/alerts/{alone}"]
    views = {view.alert.id: told_by(view.alert) for view in reads.latest_alerts(store)}
    assert views == {several: "3 outlets, 2 independent", alone: "2 outlets"}


def test_a_trace_links_to_the_alert_that_the_story_made(store: Store) -> None:
    room = Newsroom(store)
    room.open()
    story = room.story("Peace holds")
    alert = room.alert("Peace holds", story=story)
    room.write()
    with Serving(context(store)) as site:
        page = site.get(f"/trace?url={story}").text
    assert f'told: this story made the alert (<a href="/alerts/{alert}">see it</a>)' in page


def test_every_answer_carries_the_strict_policy(store: Store) -> None:
    Newsroom(store).open()
    with Serving(context(store)) as site:
        for path in ["/", "/api/v1/stories", "/nowhere", "/healthz", "/api/v1/openapi.json"]:
            headers = site.get(path).headers
            assert headers["content-security-policy"].startswith(
                "default-src 'none'; script-src 'self'; style-src 'self'"
            )
            assert "unsafe" not in headers["content-security-policy"]
            assert headers["x-content-type-options"] == "nosniff"


def test_the_page_says_what_is_read_what_failed_and_what_was_history(store: Store) -> None:
    ordinary_day(store)
    with Serving(context(store)) as site:
        page = site.get("/").text
    assert "4 done" in page
    assert "1 failed" in page
    assert "the certificate has expired" in page
    assert "05:25 UTC" in page
    assert "history, not sent" in page
    assert "<mark>sanctions</mark>" in page


def test_stories_page_by_record_seq_without_gap_or_repeat(store: Store) -> None:
    ordinary_day(store, 130)
    with Serving(context(store)) as site:
        seen: list[int] = []
        cursor = "0"
        while True:
            found = json.loads(site.get(f"/api/v1/stories?after={cursor}&limit=50").text)
            if not found["stories"]:
                break
            seen += [story["record_seq"] for story in found["stories"]]
            cursor = found["next"]
        backwards: list[int] = []
        more: str | None = ""
        while more is not None:
            found = json.loads(site.get(f"/api/v1/stories?limit=50{more and '&before=' + more}").text)
            backwards += [story["record_seq"] for story in found["stories"]]
            more = found["next"]
    assert seen == list(range(1, 131))
    assert backwards == seen[::-1]


def test_a_cursor_of_before_a_restore_starts_over_and_skips_nothing(store: Store) -> None:
    room = ordinary_day(store)
    with Serving(context(store)) as site:
        cursor = json.loads(site.get("/api/v1/alerts?after=0").text)["next"]
        with store.write() as connection:
            connection.execute(
                update(schema.pointer).where(schema.pointer.c.name == "epoch").values(value="restored")
            )
        again = json.loads(site.get(f"/api/v1/alerts?after={cursor}").text)
        assert again["reset"] is True
        assert len(again["alerts"]) == room.alert_seq > 3
        with site.events("/api/v1/alerts/stream", {"last-event-id": cursor}) as events:
            assert next(events)["event"] == "reset"
            assert next(events)["event"] == "alert"


def test_counts_carry_the_denominator_and_add_up(store: Store) -> None:
    ordinary_day(store, 100)
    with Serving(context(store)) as site:
        path = (
            "/api/v1/counts?topic=sanctions&start=2026-06-29T00:00:00Z&end=2026-07-02T00:00:00Z&step_s=86400"
        )
        points = json.loads(site.get(path).text)["points"]
        tagged = json.loads(site.get("/api/v1/stories?topic=sanctions&limit=500").text)["stories"]
        assert site.get("/api/v1/counts?step_s=7").status == 422
    assert sum(point["stories"] for point in points) == len(tagged) > 0
    assert sum(point["all_stories"] for point in points) == 100


def test_a_stream_resumes_where_it_stopped_and_shows_updates_once(store: Store) -> None:
    room = ordinary_day(store)
    last = room.alert_seq
    with Serving(context(store)) as site:
        with site.events("/api/v1/alerts/stream?after=0") as events:
            cursors = [event["id"] for event in islice(events, last) if event["event"] == "alert"]
        assert len(cursors) == last
        with site.events("/api/v1/alerts/stream", {"last-event-id": cursors[1]}) as events:
            resumed = [json.loads(event["data"])["alert_seq"] for event in islice(events, last - 2)]
            assert resumed == list(range(3, last + 1))
            assert next(events)["event"] == "recorded"
            story = room.story("A new one", topics=())
            room.alert("A new one", story=story)
            room.write()
            told = next(event for event in events if event["event"] == "alert")
            assert json.loads(told["data"])["alert"]["title"] == "A new one"


def test_the_server_stops_with_streams_open(store: Store) -> None:
    Newsroom(store).open()
    site = Serving(context(store))
    with site, site.events("/live") as one, site.events("/api/v1/alerts/stream") as two:
        assert next(one)["event"] == "hello"
        assert next(two)["event"] == "hello"
        site.stop()  # fails after five seconds


def test_streams_are_bounded(store: Store) -> None:
    Newsroom(store).open()
    with (
        Serving(context(store, settings=ServeSettings(max_streams=1))) as site,
        site.events("/live") as events,
    ):
        next(events)
        assert site.get("/live").status == 503


def test_posted_lines_are_published_and_each_refusal_has_its_reason(store: Store) -> None:
    Newsroom(store).open()
    got: list[bytes] = []

    def publish(lines: Iterable[bytes]) -> PublishReport:
        got.extend(lines)
        if got[-1] == b"away":
            raise BusUnavailable("the bus does not answer")
        return PublishReport(len(got) - 1, (Refusal(2, "no title"),))

    settings = ServeSettings(max_body_bytes=100)
    with Serving(context(store, publish_stories=publish, settings=settings)) as site:
        answer = site.get("/api/v1/stories", data=b'{"a":1}\n\n{"b":2}\n')
        assert (answer.status, json.loads(answer.text)) == (
            200, {"published": 1, "refused": [{"line": 2, "reason": "no title"}]}
        )  # fmt: skip
        assert got == [b'{"a":1}', b'{"b":2}']
        assert site.get("/api/v1/stories", data=b"x" * 101).status == 413
        assert site.get("/api/v1/stories", data=b"\n").status == 422
        assert site.get("/api/v1/stories", data=b"away").status == 503
        assert site.get("/api/v1/stories", {"origin": "https://evil.example"}, b"{}").status == 403
    with Serving(context(store)) as site:
        assert site.get("/api/v1/stories", data=b"{}").status == 501


def test_with_a_token_nothing_but_the_form_and_liveness_is_open(store: Store) -> None:
    Newsroom(store).open()
    with Serving(context(store, settings=ServeSettings(token=Secret(TOKEN)))) as site:
        assert site.get("/api/v1/stories").status == 401
        assert site.get("/metrics").status == 401
        assert site.get("/healthz").status == 200
        page = site.get("/alerts?topic=a", {"accept": "text/html"})
        assert (page.status, page.headers["location"]) == (303, "/login?next=%2Falerts%3Ftopic%3Da")
        assert site.get("/api/v1/stories", {"authorization": f"Bearer {TOKEN}"}).status == 200
        assert site.get("/login", data=b"token=wrong&next=/").status == 403
        entered = site.get("/login", data=f"token={TOKEN.replace(' ', '+')}&next=/alerts".encode())
        cookie = entered.headers["set-cookie"]
        assert (entered.status, entered.headers["location"]) == (303, "/alerts")
        assert "HttpOnly" in cookie
        assert "SameSite=lax" in cookie
        assert TOKEN not in cookie
        assert site.get("/alerts", {"cookie": cookie.partition(";")[0]}).status == 200


def test_another_name_for_this_server_is_refused(store: Store) -> None:
    Newsroom(store).open()
    with Serving(context(store)) as site:
        assert site.get("/", {"host": "evil.example"}).status == 421


def test_ready_only_when_the_store_is_right_and_the_others_move(store: Store) -> None:
    with Serving(context(store)) as site:
        checks = json.loads(site.get("/readyz").text)["checks"]
        assert [check["name"] for check in checks if not check["ok"]] == ["schema"]
        Newsroom(store).open()
        answer = site.get("/readyz")
        assert answer.status == 503
        assert [c["name"] for c in json.loads(answer.text)["checks"] if not c["ok"]] == ["workers", "pollers"]
        ordinary_day(store, 10)
        leases = Leases(store, "me")
        for job in ("process", "poll"):
            leases.acquire(f"alive:{job}:here:1", NOW - NOW.replace(minute=0), NOW)
        assert site.get("/readyz").status == 200


def test_readiness_says_everything_that_is_wanting(store: Store, tmp_path: Path) -> None:
    away = Check("bus", False, "no broker answers at kafka:9092")
    fine = Check("disk", True, "there is room")
    Newsroom(store).open()
    broken = open_store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    for opened, wanting in ((store, ["workers", "pollers", "bus"]), (broken, ["store", "bus"])):
        with Serving(context(opened, beside=lambda: (away, fine))) as site:
            answer = site.get("/readyz")
        assert answer.status == 503
        checks = {check["name"]: check for check in json.loads(answer.text)["checks"]}
        assert [name for name, check in checks.items() if not check["ok"]] == wanting
        assert checks["bus"]["why"] == away.why
        assert checks["disk"]["ok"]


def test_metrics_carry_the_stores_numbers(store: Store) -> None:
    ordinary_day(store, 10)
    with Serving(context(store)) as site:
        text = site.get("/metrics").text
    assert "newsbeam_store_stories 10.0" in text
    assert 'newsbeam_store_records{disposition="recorded"} 10.0' in text
    assert 'newsbeam_store_feeds{status="failing"} 1.0' in text


def test_a_store_that_does_not_answer_gives_one_clear_page_and_liveness_stays(tmp_path: Path) -> None:
    broken = open_store(f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with Serving(context(broken)) as site:
        assert site.get("/").status == 503
        assert "Traceback" not in site.get("/").text
        assert json.loads(site.get("/api/v1/stories").text)["error"]
        assert site.get("/healthz").status == 200
        assert site.get("/readyz").status == 503
        assert "the store does not answer" in site.get("/metrics").text


def test_a_busy_port_is_refused_with_a_clear_line(store: Store) -> None:
    Newsroom(store).open()
    with Serving(context(store)) as site:
        port = int(site.url.rpartition(":")[2])
        from dashboard.app import create_app

        with pytest.raises(ConfigurationError, match="in use") as caught:
            serve(create_app(context(store)), ServeSettings(port=port))
        assert "--port" not in str(caught.value), "the command that only serves has no such option"
        with pytest.raises(ConfigurationError, match=r"another port with `--port 8601`, serve\.port or"):
            check_address(ServeSettings(port=port))
