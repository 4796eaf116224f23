"""Every statement of the store is explained over a store that is in use: none reads a table whole that grows.

Tables that stay small may be scanned: leases, positions, pointers, markers, sequences, the feeds' states, and what
people edit.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from sqlalchemy import Select, delete, select, text, update

from newsbeam.feed import FeedState
from newsbeam.recording import Recorder
from newsbeam.store import forgetting, history, markers, outbox, pages, positions, reads, retention
from newsbeam.store.database import Store
from newsbeam.store.dead import mark_replayed
from newsbeam.store.feeds import FeedStates
from newsbeam.store.known import known_keys
from newsbeam.store.leases import Leases, owners
from newsbeam.store.schema import alert, cluster, count, story
from newsbeam.story import Tag
from tests.contract import archive
from tests.contract.archive import ALERTS, STORIES, alert_name, story_name, url
from tests.contract.plans import scans
from tests.contract.recordings import CATALOG, ENRICHER, NOON, a_story, chunk_of, prepared

STATUS = import_module("newsbeam.store.reads.status")  # the package shows its function under this name
GROWING = {
    "alert",
    "anchor",
    "cluster",
    "count",
    "coverage",
    "dead_letter",
    "decision",
    "delivery",
    "outbox",
    "sighting",
    "signature",
    "story",
    "story_body",
    "story_key",
    "tag",
}
DAY = timedelta(days=1)
MONTH = {"start": NOON - 30 * DAY, "end": NOON}
TTL = timedelta(seconds=10)
DESK = "desk"
# What sums up all there is must read all there is: of a ledger that is kept for a month, and of dead letters, whose
# bytes are bounded. A laptop's SQLite counts the rest too; PostgreSQL estimates it (see `status`).
SUMMED = {"status": {"delivery"}, "sweep": {"dead_letter"}}
COUNTED = {"status": {"story", "cluster", "alert", "dead_letter"}}


def follow_claims(store: Store) -> None:
    """Deliver a little: hand on, claim, settle."""
    subscriptions = (DESK, "paper")
    outbox.has_work(store, subscriptions, NOON)
    outbox.fan_out(store, lambda row: [outbox.PlannedDelivery(f"k{row.seq}", DESK)], NOON)
    claims = outbox.claim(store, DESK, "me", NOON + DAY, NOON + 2 * DAY, 10)
    assert claims
    outbox.settle(store, "me", [outbox.Settlement(key=claims[0].key, status="delivered", at=NOON)])
    outbox.release(store, "me", [claims[1].key])
    outbox.release(store, "me")
    outbox.waiting_subscriptions(store)
    outbox.give_up(store, subscriptions, NOON - 50 * DAY, NOON, "too old")


def poll(store: Store) -> None:
    """What a poller asks and writes."""
    states = FeedStates(store, "poller")
    states.synchronise([f"feed-{n}" for n in range(archive.FEEDS)], NOON)
    states.due(NOON + DAY, 50)
    states.soonest(NOON)
    claimed = states.claim(["feed-1", "feed-2"], NOON + DAY, TTL)
    states.settle(FeedState(feed="feed-1", fetch=claimed[0].fetch), NOON)
    states.give_back(claimed[1])
    states.take_back(NOON)
    states.states(["feed-1"])
    states.counts()
    states.live_on(NOON)
    states.release()


def lease(store: Store) -> None:
    """What a worker asks and writes before it reads."""
    leases = Leases(store, "one")
    leases.acquire("partition/0", TTL, NOON)
    leases.renew(TTL, NOON)
    leases.held(NOON)
    owners(store, "partition/", NOON)
    leases.release("partition/0")
    leases.release_all()
    markers.begin(store, "stories", {0: 5}, "one", NOON)
    markers.mark(store, "stories", 0, 6, "one", NOON)
    markers.record_death(store, "one", NOON)
    markers.clear(store, "stories", 0)
    positions.read_positions(store, "stories")
    positions.read_dispositions(store)


def record(store: Store) -> None:
    """New stories, a copy, a revision and a sighting, with their alerts."""
    known = a_story("/known")
    items = [known, a_story("/new", outlet="gazette"), a_story("/known", feed="hub"), a_story(fetch=2)]
    items += [a_story("/known", fetch=3, title="Talks go on"), a_story("/known", outlet="agency")]
    start = positions.read_positions(store, "stories")[0]
    Recorder(store).record(chunk_of(items[:2], start), NOON)
    Recorder(store).record(chunk_of(items[2:], start + 2), NOON)
    with store.read() as connection:
        known_keys(connection, [ENRICHER.enrich(one) for one in items])


def tag_again(store: Store) -> None:
    """What a replay reads and writes."""
    newest = history.newest_seq(store)
    past = history.past_stories(store, *history.stretches(newest)[3])
    found = (Tag("topic-99", "any", ()),)
    new = [history.Retagged(one.id, one.revision, one.whole, found) for one in past]
    assert history.retag(store, CATALOG.version, new).added


def sweep(store: Store) -> None:
    """Retention in which something of everything is old; it comes last, since it takes things away."""
    short = retention.RetentionSettings(
        stories_s=60 * 86_400.0,
        bodies_s=50 * 86_400.0,
        alerts_s=60 * 86_400.0,
        outbox_s=60 * 86_400.0,
        dead_letters_s=60 * 86_400.0,
        dead_letters_bytes=300_000,
        counts_s=60 * 86_400.0,
    )
    gone = retention.sweep(store, short, NOON)
    swept = ("story", "cluster", "signature", "alert", "delivery", "outbox", "dead_letter")
    assert min(gone[name] for name in swept) > 0
    assert set(retention.sweep(store, short, NOON).values()) == {0}  # and when nothing is old


CALLS: dict[str, Callable[[Store], object]] = {
    "latest stories": reads.latest_stories,
    "stories of a topic": lambda s: reads.latest_stories(s, topic="topic-3", before=15_000),
    "stories of an outlet": lambda s: reads.latest_stories(s, outlet="outlet-3"),
    "stories of an outlet, older": lambda s: reads.latest_stories(s, outlet="outlet-3", before=9_000),
    "stories from a cursor": lambda s: reads.latest_stories(s, after=STORIES - 100),
    "stories of a topic from a cursor": lambda s: reads.latest_stories(
        s, topic="topic-3", after=STORIES - 99
    ),
    "a story": lambda s: reads.story_by_id(s, story_name(77)),
    "a body": lambda s: reads.body_of(s, story_name(77)),
    "latest alerts": reads.latest_alerts,
    "alerts of a topic": lambda s: reads.latest_alerts(s, topic="ports", before=1_500),
    "alerts from a cursor": lambda s: reads.latest_alerts(s, after=ALERTS - 5),
    "last alert before": lambda s: reads.last_alert_before(s, NOON - DAY),
    "an alert": lambda s: reads.alert_by_id(s, alert_name(77)),
    "an alert's versions": lambda s: pages.alert_versions(s, alert_name(77)),
    "dead letters": reads.dead_letters,
    "dead letters of a reason": lambda s: reads.dead_letters(s, reason="refused"),
    "a dead letter": lambda s: reads.dead_letter_at(s, "stories", 0, STORIES + 1),
    "dead letters to put back": lambda s: list(reads.places_not_replayed(s, NOON)),
    "a dead letter put back": lambda s: mark_replayed(s, "stories", 0, STORIES + 2, NOON),
    "feed health": lambda s: reads.feed_health(s, NOON),
    "coverage": lambda s: reads.coverage_by_hour(s, NOON - 2 * DAY, NOON),
    "coverage of a feed": lambda s: reads.coverage_by_hour(s, NOON - 2 * DAY, NOON, "feed-2"),
    "watched since": reads.watched_since,
    "a topic's chart": lambda s: reads.count_series(s, topic="topic-3", **MONTH),
    "a chart by outlet": lambda s: reads.count_series(s, topic="topic-3", dimension="outlet", **MONTH),
    "a chart of one outlet": lambda s: reads.count_series(
        s, topic="topic-3", dimension="outlet", value="outlet-2", step_s=86_400, **MONTH
    ),
    "topic totals": lambda s: reads.topic_totals(s, NOON - 30 * DAY, NOON),
    "an outlet's totals": lambda s: reads.dimension_totals(s, topic="topic-3", dimension="outlet", **MONTH),
    "topics' charts": lambda s: pages.topic_series(s, ["topic-3", "*"], step_s=3_600, **MONTH),
    "topics' sums": lambda s: pages.topic_sums(s, ["topic-3", "*"], **MONTH),
    "history matches": pages.history_matches,
    "status": reads.status,
    "pulse": pages.pulse,
    "signs of life": lambda s: pages.signs_of_life(s, NOON),
    "trace of an address": lambda s: reads.trace(s, url(70)),
    "trace of a guid": lambda s: reads.trace(s, "guid-70"),
    "trace of a story": lambda s: reads.trace(s, story_name(70)),
    "delivery": follow_claims,
    "polling": poll,
    "leases and positions": lease,
    "recording": record,
    "tagging again": tag_again,
    "forget": lambda s: forgetting.forget(s, url(90), NOON),
    "sweep": sweep,
}


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def used(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One store of each kind that has been in use for a while."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path_factory.mktemp('used') / 'store.db'}"
    else:
        address = request.getfixturevalue("postgres_server").create_database()
    store = prepared(address)
    archive.fill(store)
    yield store
    store.close()


def test_no_statement_reads_a_table_whole_that_grows(used: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """One test, since what is asked first is taken away last."""
    monkeypatch.setattr(STATUS, "_COUNTED", 1_000)
    whole = {}
    for name, call in CALLS.items():
        with scans(used) as found:
            call(used)
        allowed = SUMMED.get(name, set()) | (COUNTED.get(name, set()) if used.is_sqlite else set())
        if bad := [scan for scan in found if scan.table in GROWING - allowed]:
            whole[name] = bad
    assert whole == {}


def test_a_statement_without_an_index_is_found(used: Store) -> None:
    """What the others rest on: a scan is seen as one."""
    for query in (
        select(story.c.id).where(story.c.title == "Rain"),
        select(story.c.id).order_by(story.c.title).limit(3),
        select(count.c.value).where(count.c.bucket == NOON),
        update(alert).where(alert.c.told_at < NOON, alert.c.severity == "none").values(severity="low"),
        delete(cluster).where(cluster.c.updated_at < NOON - 1_000 * DAY),
    ):
        with scans(used) as found, used.write() as connection:
            connection.execute(query)
        table = query.get_final_froms()[0].name if isinstance(query, Select) else query.table.name
        assert [scan.table for scan in found] == ([] if table == "alert" else [table])


@pytest.mark.postgres
def test_a_large_table_is_estimated_and_a_small_one_counted(
    postgres_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = prepared(postgres_url)
    Recorder(store).record(chunk_of([a_story(f"/{n}", title=f"Talks, day {n}") for n in range(100)]), NOON)
    assert reads.status(store).stories == 100
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("ANALYZE story"))
    Recorder(store).record(chunk_of([a_story("/more", title="More talks")], 100), NOON)
    assert reads.status(store).stories == 101
    monkeypatch.setattr(STATUS, "_COUNTED", 50)
    assert reads.status(store).stories == 100
    store.close()
