"""The door: safe by default (promise 10)."""

from datetime import timedelta
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from dashboard.guard import TRIES, Guard, allows_origin
from dashboard.pages.login import _own_path
from dashboard.pages.summary import read_so_far
from dashboard.settings import ServeSettings
from newsbeam.errors import ConfigurationError
from newsbeam.feed import FeedState
from newsbeam.settings import Secret, load
from newsbeam.store.reads import FeedHealth
from tests.e2e.newsroom import NOW, watching

TOKEN = "a token that is long enough"  # noqa: S105


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.7", "news.example"])  # noqa: S104
def test_an_address_that_others_reach_needs_a_token(host: str) -> None:
    with pytest.raises(ConfigurationError, match="token"):
        Guard(ServeSettings(host=host))
    assert Guard(ServeSettings(host=host, token=Secret(TOKEN))).asks_token


def test_a_token_comes_from_its_file_and_a_short_one_is_refused(tmp_path: Path) -> None:
    secret = tmp_path / "token"
    secret.write_text(TOKEN + "\n")
    (tmp_path / "newsbeam.yaml").write_text(f"serve: {{host: 0.0.0.0, token_file: {secret}}}")
    loaded = load(tmp_path / "newsbeam.yaml", {"serve": ServeSettings}, {})["serve"]
    assert isinstance(loaded, ServeSettings)
    assert Guard(loaded).is_token(TOKEN)
    assert TOKEN not in repr(loaded)
    for wrong in (
        ServeSettings(token=Secret(TOKEN[:5])),
        ServeSettings(token=Secret("")),
    ):
        with pytest.raises(ConfigurationError):
            Guard(wrong)


def test_only_our_own_names_are_answered_so_that_dns_rebinding_finds_a_closed_door() -> None:
    guard = Guard(ServeSettings(allowed_hosts=("News.example",)))
    for host in (
        "127.0.0.1:8600",
        "localhost",
        "LOCALHOST:1",
        "[::1]:8600",
        "news.example",
        "news.example.:80",
    ):
        assert guard.allows_host(host), host
    for host in (
        "",
        "evil.example",
        "127.0.0.1.evil.example",
        "192.0.2.7",
        "[",
        "localhost@evil.example:1",
        "a b",
    ):
        assert not guard.allows_host(host), host


def test_the_token_opens_as_bearer_and_its_session_as_cookie_and_nothing_else_does() -> None:
    guard = Guard(ServeSettings(token=Secret(TOKEN)))
    assert guard.allows_caller(Headers({"authorization": f"Bearer {TOKEN}"}))
    assert guard.allows_caller(Headers({"cookie": f"a=b; newsbeam_session={guard.session()}"}))
    for wrong in ({}, {"authorization": f"Basic {TOKEN}"}, {"authorization": "Bearer "},
                  {"cookie": f"newsbeam_session={TOKEN}"},
                  {"authorization": "Bearer ü"}, {"cookie": "newsbeam_session="}):  # fmt: skip
        assert not guard.allows_caller(Headers(wrong))
    assert Guard(ServeSettings(token=Secret(TOKEN + "2"))).session() != guard.session()


def test_other_sites_cannot_post() -> None:
    host = {"host": "localhost:8600"}
    assert allows_origin("POST", Headers(host))
    assert allows_origin(
        "POST", Headers(host | {"origin": "http://localhost:8600", "sec-fetch-site": "same-origin"})
    )
    assert not allows_origin("POST", Headers(host | {"origin": "https://evil.example"}))
    assert not allows_origin("POST", Headers(host | {"origin": "null"}))
    assert not allows_origin("POST", Headers(host | {"sec-fetch-site": "cross-site"}))
    assert allows_origin("GET", Headers(host | {"sec-fetch-site": "cross-site"}))


def test_the_form_pauses_after_wrong_tokens_and_opens_again() -> None:
    guard = Guard(ServeSettings(token=Secret(TOKEN)))
    for _ in range(TRIES):
        assert not guard.pauses(NOW)
        guard.count_wrong(NOW)
    assert guard.pauses(NOW + timedelta(seconds=30))
    assert not guard.pauses(NOW + timedelta(seconds=61))


def test_the_login_goes_on_to_our_own_pages_only() -> None:
    assert _own_path("/alerts?topic=a") == "/alerts?topic=a"
    for away in (
        "https://evil.example",
        "//evil.example",
        "/\\evil.example",
        "javascript:alert(1)",
        "",
        "/\nx",
    ):
        assert _own_path(away) == "/"


def _health(feed: str, status: str, kind: str | None = None) -> FeedHealth:
    state = FeedState(feed=feed, status=status, error_kind=kind, watched_since=NOW if kind is None else None)
    return FeedHealth(state=state, claimed_until=None, succeeded_24h=0, failed_24h=0, entries_24h=0)


def test_offline_is_said_when_every_feed_tried_fails_for_want_of_a_network_and_only_then() -> None:
    gone = [_health("harbour-post", "failing", "dns"), _health("meridian", "failing", "connect")]
    assert read_so_far(watching(), gone).offline
    assert not read_so_far(watching(), []).offline
    assert not read_so_far(watching(), [*gone, _health("nordblatt", "ok")]).offline
    assert not read_so_far(watching(), [_health("meridian", "failing", "not_a_feed")]).offline


def test_reading_adds_up_to_the_feeds() -> None:
    health = [_health("harbour-post", "ok"), _health("meridian", "failing", "tls"), _health("removed", "ok")]
    reading = read_so_far(watching(), health)
    assert (len(reading.done), len(reading.failed), len(reading.waiting), len(reading.active)) == (1, 1, 4, 6)
    assert reading.reasons == [("tls", 1)]
    assert reading.watching_since == NOW
