from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from connectors.feeds.fetch import Response
from connectors.feeds.memory import Judge, remembered
from connectors.feeds.reading import Reading
from connectors.feeds.schedule import (
    Told,
    after_failure,
    after_success,
    every_s,
    max_age_of,
    retry_after_of,
)
from connectors.feeds.settings import FeedsSettings
from newsbeam.errors import FetchFailed
from newsbeam.feed import Feed, FeedState
from newsbeam.story import Key, KeyKind, Origin, Story

NOW = datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC)
SETTINGS = FeedsSettings()
FEED = Feed(id="f", url="https://n.example/f")
CHANCES = st.floats(0, 1, exclude_max=True)
SECONDS = st.floats(1, 86_400)


@given(SECONDS, CHANCES)
def test_a_healthy_feed_is_fetched_at_its_pace_give_or_take_the_jitter(every: float, chance: float) -> None:
    wait = (after_success(NOW, every, Told(), SETTINGS, chance) - NOW).total_seconds()
    assert every * 0.899 <= wait <= every * 1.101


@given(SECONDS, st.floats(0, 1e9), CHANCES)
def test_a_fresh_answer_is_not_asked_for_again_but_no_server_silences_a_feed(
    every: float, max_age: float, chance: float
) -> None:
    wait = (after_success(NOW, every, Told(max_age_s=max_age), SETTINGS, chance) - NOW).total_seconds()
    assert wait >= min(max_age, SETTINGS.cache_longest_s) - 0.001
    assert wait <= max(every * 1.101, SETTINGS.cache_longest_s)


@given(SECONDS, st.integers(1, 10_000), CHANCES)
def test_waits_after_failures_grow_to_their_bound_and_never_vanish(
    every: float, failures: int, chance: float
) -> None:
    waits = [
        (after_failure(NOW, every, n, Told(), SETTINGS, chance) - NOW).total_seconds()
        for n in (failures, failures + 1)
    ]
    assert min(every, 60) / 2 - 0.001 <= waits[0] <= waits[1] + 0.001
    assert waits[1] <= SETTINGS.backoff_longest_s


@given(st.floats(0, 1e9), CHANCES)
def test_a_retry_after_is_never_undercut_within_a_day(asked: float, chance: float) -> None:
    at = after_failure(NOW, 900, 1, Told(retry_after_s=asked), SETTINGS, chance)
    assert (at - NOW).total_seconds() >= min(asked, 86_400) - 0.001


def test_a_feeds_own_pace_has_the_last_word() -> None:
    assert every_s(replace(FEED, every_s=2.0), SETTINGS) == 2.0
    assert every_s(FEED, SETTINGS) == 900.0
    assert every_s(FEED, FeedsSettings(every_s=1)) == 60.0


@pytest.mark.parametrize(
    ("cache_control", "age", "seconds"),
    [
        ("max-age=600", None, 600),
        ('public, Max-Age = "300"', "100", 200),
        ("max-age=60", "90", 0),
        ("s-maxage=900", None, None),
        ("no-cache", "12", None),
        ("max-age=soon", None, None),
        (None, None, None),
    ],
)
def test_cache_control_gives_seconds_left(
    cache_control: str | None, age: str | None, seconds: float | None
) -> None:
    assert max_age_of(cache_control, age) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120),
        ("Mon, 06 May 2024 07:09:09 GMT", 60),
        ("Mon, 06 May 2024 07:00:00 GMT", 0),
        ("later", None),
        ("", None),
        (None, None),
    ],
)
def test_retry_after_takes_seconds_and_dates(value: str | None, seconds: float | None) -> None:
    assert retry_after_of(value, NOW) == seconds


# --- what a fetch leaves behind ----------------------------------------------------------------------------

STORY = Story(origin=Origin("feed", "f"), keys=(Key(KeyKind.URL, "https://n.example/1"),), title="A")
JUDGE = Judge(SETTINGS)
FRESH = JUDGE.begin(FeedState(feed="f", fetch=1), FEED)


def reading(entries: int, changed: int) -> Reading:
    digests = {str(n): "x" for n in range(entries)}
    return Reading(
        format="rss20", title="T", language="en", entries=entries, changed=(STORY,) * changed, digests=digests
    )


def response(**given: str | None) -> Response:
    return Response(url="https://n.example/f", body_hash="h", **given)  # type: ignore[arg-type]


def after(
    state: FeedState, entries: int, changed: int, *, at: datetime = NOW, moved: str | None = None
) -> FeedState:
    return JUDGE.read(state, FEED, (response(etag="e", moved_to=moved), reading(entries, changed)), at, 0.5)


def test_the_first_success_begins_the_watch_and_later_ones_keep_its_beginning() -> None:
    first = after(FRESH, 3, 3)
    second = after(first, 3, 1, at=NOW + timedelta(hours=1))
    assert (first.status, first.watched_since, second.watched_since) == ("ok", NOW, NOW)
    assert second.changed_at == NOW + timedelta(hours=1)


def test_a_feed_without_a_new_entry_for_long_is_stale_with_200_and_with_304() -> None:
    first, late = after(FRESH, 3, 3), NOW + timedelta(days=4)
    assert after(first, 3, 0, at=late).status == "stale"
    assert JUDGE.unchanged(first, FEED, response(), late, 0.5).status == "stale"
    assert after(first, 3, 0, at=NOW + timedelta(days=1)).status == "ok"
    assert after(JUDGE.unchanged(first, FEED, response(), late, 0.5), 3, 1, at=late).status == "ok"


def test_a_feed_that_suddenly_has_no_entries_is_empty_and_forgets_nothing() -> None:
    empty = after(after(FRESH, 3, 3), 0, 0)
    assert (empty.status, len(empty.digests)) == ("empty", 3)
    assert JUDGE.unchanged(empty, FEED, response(), NOW, 0.5).status == "empty"


def test_failures_count_until_a_success_and_keep_what_makes_it_cheap() -> None:
    good = after(FRESH, 3, 3)
    failed = JUDGE.failed(good, FEED, FetchFailed("http", "answered 500"), NOW, 0.5)
    twice = JUDGE.failed(failed, FEED, FetchFailed("timeout", "slow"), NOW, 0.5)
    assert (twice.status, twice.failures, twice.error_kind, twice.etag) == ("failing", 2, "timeout", "e")
    healed = JUDGE.unchanged(twice, FEED, response(etag="e"), NOW, 0.5)
    assert (healed.status, healed.failures, healed.error) == ("unchanged", 0, None)


def test_a_feed_that_is_gone_is_looked_at_rarely() -> None:
    gone = JUDGE.failed(FRESH, FEED, FetchFailed("gone", "410"), NOW, 0.0)
    assert gone.status == "gone"
    assert gone.next_at == NOW + timedelta(days=7)


def test_a_remembered_move_is_forgotten_when_it_fails_again_and_again_or_the_operator_edits_the_address() -> (
    None
):
    moved = after(FRESH, 3, 3, moved="https://new.example/f")
    assert moved.url == "https://new.example/f"
    state = moved
    for _ in range(3):
        state = JUDGE.failed(state, FEED, FetchFailed("http", "404"), NOW, 0.5)
    assert (state.url, state.etag) == (None, None)
    edited = JUDGE.begin(moved, replace(FEED, url="https://other.example/f"))
    assert (edited.url, edited.etag, edited.body_hash, len(edited.digests)) == (None, None, None, 3)


@given(
    st.dictionaries(st.text(max_size=3), st.just("a"), max_size=40),
    st.dictionaries(st.text(max_size=3), st.just("b"), max_size=400),
)
def test_digests_keep_the_whole_document_and_stay_bounded(
    now: dict[str, str], before: dict[str, str]
) -> None:
    kept = remembered(now, before)
    assert kept.items() >= now.items()
    assert len(kept) <= max(3 * len(now), 200)
