"""What recording promises of each story, on both kinds of database."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from sqlalchemy import text

from newsbeam.alert import Decision
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.codec import decode_alert, from_json
from newsbeam.count import bucket_of
from newsbeam.enrichment import Enricher
from newsbeam.errors import Gap, StaleCatalog
from newsbeam.recording import Recorder, RecordingSettings, RecordReport
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import Store
from newsbeam.store.positions import read_dispositions, read_positions
from newsbeam.store.reads import (
    alert_by_id,
    body_of,
    count_series,
    dead_letters,
    dimension_totals,
    latest_alerts,
    latest_stories,
    status,
    topic_totals,
    trace,
)
from newsbeam.story import DeadLetter, Disposition, Span, Story
from newsbeam.topics.catalog import Catalog, Topic
from tests.contract.recordings import CATALOG, NOON, TEXT, a_story, chunk_of, contents, prepared, rows_of

OTHER = "Monitors count the votes in the northern districts, and the council waits for a result."
DAY = timedelta(days=1)


def record(
    store: Store, *items: Story | DeadLetter | None, at: datetime = NOON, **settings: Any
) -> RecordReport:
    """Record items at the stored position, seen and recorded at one moment."""
    start = read_positions(store, "stories").get(0, 0)
    return Recorder(store, RecordingSettings(**settings)).record(chunk_of(items, start, seen_at=at), at)


def told(store: Store) -> list[tuple[str, int, tuple[str, ...]]]:
    """The rule, version and outlets of every alert version that left."""
    documents = [decode_alert(row["document"]) for row in in_order(store) if row["kind"] == "alert"]
    return [(one.rule, one.version, one.outlets) for one in documents]


def in_order(store: Store) -> Sequence[dict[str, Any]]:
    return sorted(rows_of(store, "outbox"), key=lambda row: int(row["seq"]))


def outcomes(store: Store) -> dict[tuple[str, str], str]:
    """What became of each rule, by title of the story and rule."""
    titles = {row["id"]: row["title"] for row in rows_of(store, "story")}
    return {(titles[row["story"]], row["rule"]): row["outcome"] for row in rows_of(store, "decision")}


def counted(store: Store, topic: str = "*") -> tuple[int, int]:
    rows = [r for r in rows_of(store, "count") if r["topic"] == topic and r["dimension"] == "all"]
    return sum(r["stories"] for r in rows), sum(r["clusters"] for r in rows)


# --- positions and dispositions -------------------------------------------------------------------------------


def test_every_record_ends_in_one_way_and_they_add_up_to_the_position(store: Store) -> None:
    record(
        store,
        a_story(guid="1"),
        a_story(guid="1"),
        a_story(guid="1", fetch=2, title="Talks go on"),
        a_story(feed="hub"),
        a_story("/old", published_at=NOON - 500 * DAY),
        DeadLetter("undecodable", "no JSON", b"\xff"),
        None,
        oldest_s=400 * 86_400.0,
    )
    (position,) = read_dispositions(store)
    assert position.dispositions == {one.value: 1 for one in Disposition}
    assert (position.base, position.next) == (0, 7)


def test_a_partition_begins_where_its_first_chunk_does(store: Store) -> None:
    Recorder(store).record(chunk_of([a_story()], 40), NOON)
    (position,) = read_dispositions(store)
    assert (position.base, position.next) == (40, 41)


def test_what_is_recorded_already_is_skipped(store: Store) -> None:
    recorder = Recorder(store)
    chunk = chunk_of([a_story("/a"), a_story("/b")])
    recorder.record(chunk, NOON)
    before = contents(store)
    report = recorder.record(chunk, NOON + DAY)
    assert report.dispositions == {}
    assert contents(store) == before


def test_a_gap_stops_recording(store: Store) -> None:
    recorder = Recorder(store)
    recorder.record(chunk_of([a_story()]), NOON)
    with pytest.raises(Gap, match="offset 1 "):
        recorder.record(chunk_of([a_story("/b")], 2), NOON)
    assert read_positions(store, "stories") == {0: 1}


def test_a_chunk_of_another_catalog_is_sent_back_whole(store: Store) -> None:
    newer = Catalog(topics=(Topic(id="votes", queries={"any": "votes"}),))
    store_document(store, DocumentKind.CATALOG, newer.version, newer.to_json(), NOON)
    activate(store, DocumentKind.CATALOG, newer.version, NOON)
    with pytest.raises(StaleCatalog) as told_:
        record(store, a_story())
    assert told_.value.active == newer.version
    assert read_positions(store, "stories") == {}
    Recorder(store).record(chunk_of([a_story()], enricher=Enricher(newer)), NOON)
    assert read_positions(store, "stories") == {0: 1}


def test_a_failure_in_the_middle_leaves_no_trace(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    before = contents(store)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("newsbeam.recording.recorder.move_position", fail)
    with pytest.raises(ZeroDivisionError):
        record(store, a_story())
    assert contents(store) == before


# --- identity and revisions -----------------------------------------------------------------------------------


def test_any_key_finds_the_story_and_new_ones_are_learned(store: Store) -> None:
    record(store, a_story("/first-slug", guid="7"))
    record(store, a_story("/edited-slug", guid="7"), a_story("/edited-slug", guid="8"))
    assert len(rows_of(store, "story")) == 1
    assert {row["story"] for row in rows_of(store, "story_key")} == {rows_of(store, "story")[0]["id"]}


def test_keys_of_two_stories_stay_whose_they_are_and_the_strongest_decides(store: Store) -> None:
    record(store, a_story("/a", guid="1"), a_story("/b", guid="2", title="Other", summary=OTHER, body=""))
    before = {row["hash"]: row["story"] for row in rows_of(store, "story_key")}
    record(store, a_story("/b", guid="1", fetch=2, title="Bridge"))
    assert {row["hash"]: row["story"] for row in rows_of(store, "story_key")} == before
    assert {row["title"]: row["revision"] for row in rows_of(store, "story")} == {"Bridge": 1, "Other": 0}


def test_keys_of_one_story_are_bounded(store: Store) -> None:
    for session in range(12):
        record(store, a_story(f"/talks?session={session}", guid="1"), max_keys=5)
    assert len(rows_of(store, "story_key")) == 5
    assert len(rows_of(store, "story")) == 1


def test_fetch_numbers_order_revisions_whatever_order_they_come_in(store: Store) -> None:
    record(store, a_story(fetch=3, title="Third"), a_story(fetch=2, title="Second"))
    assert [(row["title"], row["revision"]) for row in rows_of(store, "story")] == [("Third", 0)]
    record(store, a_story(fetch=4, title="Fourth"), a_story(fetch=4, title="Fourth"))
    assert [(row["title"], row["revision"]) for row in rows_of(store, "story")] == [("Fourth", 1)]


def test_a_revision_moves_its_counts_inside_the_bucket_it_was_recorded_in(store: Store) -> None:
    first = a_story(published_at=NOON - timedelta(hours=3))
    record(store, first)
    record(
        store, msgspec.structs.replace(first, title="Votes", summary=OTHER, body="", fetch=2), at=NOON + DAY
    )
    assert counted(store) == (1, 1)
    assert counted(store, "peace") == (0, 0)
    assert {row["bucket"] for row in rows_of(store, "count")} == {bucket_of(NOON - timedelta(hours=3))}
    (view,) = latest_stories(store)
    assert (view.title, view.revision, view.tags) == ("Votes", 1, ())


def test_another_feeds_copy_is_a_sighting_once_and_never_a_revision(store: Store) -> None:
    report = record(
        store,
        a_story(),
        a_story(feed="hub", fetch=9, title="Edited by the hub"),
        a_story(feed="hub", fetch=10),
    )
    assert report.dispositions == {"recorded": 1, "sighting": 1, "duplicate": 1}
    (view,) = latest_stories(store)
    assert (view.title, view.sightings) == ("Talks resume", 1)


# --- time -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "claimed",
    [None, NOON + timedelta(minutes=11), datetime(1970, 1, 1, tzinfo=UTC)],
    ids=["missing", "future", "epoch"],
)
def test_an_impossible_publication_time_means_seen_time_and_says_so(
    store: Store, claimed: datetime | None
) -> None:
    record(store, a_story(published_at=claimed))
    (view,) = latest_stories(store)
    assert (view.published_at, view.published_known) == (NOON, False)


def test_history_is_recorded_and_counted_in_its_own_past_and_tells_nothing(store: Store) -> None:
    record(
        store,
        a_story("/first-fetch", backfill=True, title="Backfill"),
        a_story("/late", title="Late", summary=f"Truce. {OTHER}", body="", published_at=NOON - 3 * DAY),
    )
    assert told(store) == []
    assert outcomes(store) == {
        ("Backfill", "truce-watch"): Decision.BACKFILL,
        ("Backfill", "slow-watch"): Decision.BACKFILL,
        ("Late", "truce-watch"): Decision.TOO_OLD,
    }
    points = count_series(store, topic="peace", start=NOON - 4 * DAY, end=NOON + DAY)
    assert [(one.at, one.stories) for one in points] == [
        (bucket_of(NOON - 3 * DAY), 1),
        (bucket_of(NOON - timedelta(minutes=10)), 1),
    ]


def test_a_rule_may_look_further_back_than_the_service(store: Store) -> None:
    record(store, a_story(published_at=NOON - 3 * DAY))
    assert [rule for rule, _, _ in told(store)] == ["slow-watch"]


def test_an_alert_told_long_after_publication_says_that_it_is_late(store: Store) -> None:
    record(store, a_story("/a"), at=NOON)
    record(
        store, a_story("/b", title="Later", summary=f"Truce. {OTHER}", body=""), at=NOON + timedelta(hours=6)
    )
    late = {
        view.alert.title: view.alert.late for view in latest_alerts(store) if view.alert.rule != "slow-watch"
    }
    assert late == {"Talks resume": False, "Later": True}


# --- clusters and alerts ----------------------------------------------------------------------------------------


def test_one_event_in_many_outlets_is_one_living_alert(store: Store) -> None:
    record(
        store,
        a_story("/1"),
        a_story("/2"),  # the same outlet again
        a_story("/3", outlet="gazette"),  # the same owner
        a_story("/4", outlet="agency"),  # a wire agency
        a_story("/5", outlet="terse"),
    )
    versions = [(version, outlets) for rule, version, outlets in told(store) if rule == "truce-watch"]
    assert versions == [
        (1, ("courier",)),
        (2, ("courier", "gazette")),
        (3, ("courier", "gazette", "agency")),
        (4, ("courier", "gazette", "agency", "terse")),
    ]
    living = next(view.alert for view in latest_alerts(store) if view.alert.rule == "truce-watch")
    assert (living.families, living.stories, living.tags) == (2, 5, ("harbours", "peace"))
    assert counted(store, "peace") == (5, 1)


def test_equal_texts_far_apart_are_two_events(store: Store) -> None:
    record(store, a_story("/1"))
    record(store, a_story("/2", published_at=NOON + 4 * DAY), at=NOON + 4 * DAY)
    assert counted(store, "peace") == (2, 2)
    assert [version for rule, version, _ in told(store) if rule == "truce-watch"] == [1, 1]


def test_a_text_that_is_repeated_every_day_is_a_new_event_after_a_week(store: Store) -> None:
    for day in range(10):
        record(store, a_story(f"/{day}", published_at=NOON + day * DAY), at=NOON + day * DAY)
    assert counted(store, "peace") == (10, 2)
    assert [version for rule, version, _ in told(store) if rule == "truce-watch"] == [1, 1]


def test_texts_too_short_to_prove_anything_form_no_cluster(store: Store) -> None:
    record(store, *(a_story(f"/{n}", title="Truce", summary="", body="") for n in range(3)))
    assert counted(store) == (3, 3)


def test_a_revision_can_tell_what_was_never_told_and_changes_nothing_that_was(store: Store) -> None:
    quiet = a_story("/1", title="Votes", summary=OTHER, body="")
    record(store, quiet)
    assert told(store) == []
    loud = msgspec.structs.replace(quiet, summary=f"A truce. {OTHER}", fetch=2)
    record(store, loud)
    assert told(store) == [("truce-watch", 1, ("courier",))]
    record(store, msgspec.structs.replace(loud, title="Votes and a truce", fetch=3))
    assert told(store) == [("truce-watch", 1, ("courier",))]


def test_an_old_story_that_is_edited_is_no_news(store: Store) -> None:
    quiet = a_story("/1", title="Votes", summary=OTHER, body="")
    record(store, quiet)
    edited = msgspec.structs.replace(quiet, summary=f"A truce. {OTHER}", fetch=2)
    record(store, edited, at=NOON + 10 * DAY)
    assert told(store) == []
    assert outcomes(store) == {("Votes", "truce-watch"): Decision.TOO_OLD}


def test_numbers_are_given_in_order_without_holes(store: Store) -> None:
    record(store, a_story("/1"), a_story("/2", outlet="gazette"), DeadLetter("x", "y", b"z"))
    record(store, a_story("/3", outlet="agency"))
    assert [row["seq"] for row in in_order(store)] == list(range(1, len(in_order(store)) + 1))
    assert sorted(row["record_seq"] for row in rows_of(store, "story")) == [1, 2, 3]
    follower = latest_alerts(store, after=0)
    assert [one.alert_seq for one in follower] == sorted(one.alert_seq for one in follower)
    assert follower[-1].alert.version == 3


# --- what may be kept -------------------------------------------------------------------------------------------


def test_an_outlet_decides_what_is_kept_of_its_texts(store: Store) -> None:
    record(
        store,
        a_story("/1", outlet="courier"),
        a_story("/2", outlet="brief", summary=TEXT * 20),
        a_story("/3", outlet="terse"),
    )
    kept = {view.outlet: view for view in latest_stories(store)}
    assert body_of(store, kept["courier"].id) is not None
    assert body_of(store, kept["brief"].id) is None
    assert 0 < len(kept["brief"].summary) <= 301
    assert (kept["terse"].summary, kept["terse"].excerpt, kept["terse"].title) == ("", "", "Talks resume")
    spans = [span for tag in kept["terse"].tags for span in tag.spans]
    assert spans
    assert not any(span.text for span in spans if span.field != "title")
    decided = [row for row in rows_of(store, "decision") if row["story"] == kept["terse"].id]
    assert not any(span.text for row in decided for span in from_json(row["spans"], tuple[Span, ...]))


def test_a_dead_letter_keeps_its_reason_and_no_more_bytes_than_the_limit(store: Store) -> None:
    record(store, DeadLetter("undecodable", "no JSON at 0", b"x" * 100), dead_value_bytes=10)
    (letter,) = dead_letters(store)
    assert (letter.reason, letter.value, letter.size, letter.offset) == ("undecodable", b"x" * 10, 100, 0)
    (row,) = in_order(store)
    assert (row["kind"], row["topic"]) == ("dead", "stories.dead")


# --- reading back -----------------------------------------------------------------------------------------------


def test_trace_says_what_happened_and_why(store: Store) -> None:
    record(
        store,
        a_story("/1?utm_source=feed", guid="1"),
        a_story("/1", feed="hub"),
        a_story("/2", outlet="gazette"),
    )
    for asked in ("http://courier.example:80/1#top", "1", latest_stories(store)[-1].id):
        (found,) = trace(store, asked).stories
        assert found.story is not None
        assert found.position is not None
        assert (found.position.topic, found.position.partition, found.position.offset) == ("stories", 0, 0)
        assert [one.feed for one in found.sightings] == ["hub"]
        assert len(found.cluster) == 2
        assert {(one.rule, one.outcome) for one in found.decisions} == {
            ("truce-watch", "told"),
            ("slow-watch", "told"),
        }
        assert {one.alert.version for one in found.alerts} == {2}
        assert {tag.catalog for tag in found.story.tags} == {CATALOG.version}
    assert trace(store, "https://nowhere.example/").stories == ()


def test_pages_count_what_was_recorded(store: Store) -> None:
    record(
        store,
        a_story("/1"),
        a_story("/2", outlet="gazette"),
        a_story("/3", title="Votes", summary=OTHER, body=""),
    )
    day = {"start": NOON - DAY, "end": NOON + DAY}
    totals = {one.name: (one.stories, one.clusters) for one in topic_totals(store, **day)}
    assert totals == {"*": (3, 2), "peace": (2, 1), "harbours": (2, 1)}
    outlets = dimension_totals(store, topic="*", dimension="outlet", **day)
    assert [(one.name, one.stories) for one in outlets] == [("courier", 2), ("gazette", 1)]
    (point,) = count_series(store, topic="peace", step_s=86_400, **day)
    assert (point.stories, point.all_stories, point.at) == (2, 3, NOON.replace(hour=0))
    assert [one.title for one in latest_stories(store, topic="peace", limit=1)] == ["Talks resume"]
    assert [one.record_seq for one in latest_stories(store, after=1)] == [2, 3]
    assert [one.record_seq for one in latest_stories(store, before=3)] == [2, 1]
    numbers = status(store)
    assert (numbers.stories, numbers.clusters, numbers.record_seq, numbers.alerts) == (3, 2, 3, 2)
    assert numbers.outbox_backlog == len(in_order(store))
    detail = alert_by_id(store, latest_alerts(store)[0].alert.id)
    assert len(detail.stories) == 2


def test_a_story_older_than_the_oldest_that_is_kept_is_not_recorded(store: Store) -> None:
    report = record(store, a_story("/a", published_at=NOON - 3 * DAY), a_story("/b"), oldest_s=2 * 86_400.0)
    assert report.dispositions == {"expired": 1, "recorded": 1}


def test_trace_knows_a_story_that_was_read_and_too_old_to_be_kept(store: Store) -> None:
    old = a_story("/a", guid="a", published_at=NOON - 3 * DAY)
    copy = a_story("/a?utm_source=mail", feed="hub", published_at=NOON - 3 * DAY)
    assert record(store, old, copy, oldest_s=2 * 86_400.0).dispositions == {"expired": 2}
    (found,) = trace(store, "https://courier.example/a").stories
    assert found.story is None
    assert {(key.added_at, key.forgotten) for key in found.keys} == {(NOON, False)}
    held = len(found.keys)
    again = record(store, old, copy, at=NOON + DAY, oldest_s=2 * 86_400.0)
    assert again.dispositions == {"expired": 2}
    assert len(trace(store, "https://courier.example/a").stories[0].keys) == held
    assert latest_stories(store) == []


@pytest.mark.postgres
def test_a_body_brought_in_early_stays_only_with_the_story_it_was_recorded_for(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another recorder is first with the same story, of which nothing but the title may be kept."""
    store, other = prepared(postgres_url), prepared(postgres_url)
    terse = a_story(outlet="terse")
    copied = msgspec.structs.replace(a_story(feed="hub", outlet="courier"), keys=terse.keys)
    lock = Store.lock

    def lock_late(one: Store, connection: Any) -> None:
        if one is store:
            Recorder(other).record(chunk_of([terse]), NOON)
        lock(one, connection)

    monkeypatch.setattr(Store, "lock", lock_late)
    chunk = msgspec.structs.replace(chunk_of([copied]), partition=1)
    assert Recorder(store).record(chunk, NOON).dispositions == {"sighting": 1}
    assert rows_of(store, "story_body") == []
    store.close()
    other.close()


def test_a_body_that_the_same_chunk_takes_away_again_is_not_kept(store: Store) -> None:
    record(store, a_story(guid="1"), a_story(guid="1", fetch=2, body=""))
    assert rows_of(store, "story_body") == []


@pytest.mark.postgres
def test_two_recorders_with_bodies_of_one_story_never_wait_for_each_other(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One has brought in its body and waits for the lock, whose holder now learns the body of that same story."""
    holder, waiter = prepared(postgres_url), prepared(postgres_url)
    bare = a_story(body="")
    full = a_story(guid="7", fetch=2)  # the address says whose it is, but its strongest key is another
    copied = msgspec.structs.replace(a_story(feed="hub", outlet="courier"), keys=bare.keys)
    lock, done = Store.lock, []
    thread = threading.Thread(target=lambda: done.append(Recorder(waiter).record(elsewhere(copied), NOON)))

    def lock_and_be_waited_for(one: Store, connection: Any) -> None:
        lock(one, connection)
        if one is holder:
            thread.start()
            wait_for_a_waiter(holder)

    monkeypatch.setattr(Store, "lock", lock_and_be_waited_for)
    assert record(holder, bare, full).dispositions == {"recorded": 1, "revision": 1}
    thread.join()
    assert [report.dispositions for report in done] == [{"sighting": 1}]
    assert [row["body"] for row in rows_of(holder, "story_body")] == [full.body]
    holder.close()
    waiter.close()


def elsewhere(story: Story) -> Chunk[EnrichedRecord]:
    """A chunk of another partition."""
    return msgspec.structs.replace(chunk_of([story]), partition=1)


def wait_for_a_waiter(store: Store) -> None:
    """Wait until another transaction waits for the store-wide lock."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    deadline = time.monotonic() + 30
    while True:
        with store.read() as connection:
            if connection.execute(waiting).scalar_one():
                return
        assert time.monotonic() < deadline, "nobody waits"
