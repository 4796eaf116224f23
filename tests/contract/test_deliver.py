"""Promise 2: a delivery is at least once, and exactly once per idempotency key, whoever dies."""

import asyncio
import base64
import hashlib
import hmac
import json
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import delete, insert, select, update

from connectors.channels.deliver import Deliverer
from connectors.channels.settings import DeliverSettings
from newsbeam.alert import Alert, Severity, Subscription
from newsbeam.bus import Bus, open_bus
from newsbeam.codec import encode_alert
from newsbeam.errors import DeliveryFailed, Unavailable
from newsbeam.identity import delivery_key
from newsbeam.recording import Recorder
from newsbeam.store import outbox
from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from newsbeam.store.schema import delivery, sequence
from newsbeam.store.schema import outbox as outbox_table
from newsbeam.store.statements import upsert
from newsbeam.store.watch import OutboxWatch
from newsbeam.story import DeadLetter
from tests.contract.receiver import Answer, Got, Receiver
from tests.contract.recordings import NOON, chunk_of

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)
DEADLINE_S = 30.0
FAST = {"poll_s": 0.02, "first_wait_s": 0.02, "longest_wait_s": 0.1, "longest_pause_s": 0.1}


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    opened = open_store(store_url)
    migrate(opened, NOW)
    yield opened
    opened.close()


@pytest.fixture
def bus(local_bus_url: str) -> Bus:
    return open_bus(local_bus_url)


@pytest.fixture
def settings(tmp_path: Path) -> DeliverSettings:
    return DeliverSettings(secrets_dir=str(tmp_path / "secrets"), **FAST)


def told(store: Store, name: str, version: int = 1, topic: str = "floods") -> None:
    """Put one alert version into the outbox, as Record does."""
    now = datetime.now(UTC)
    alert = Alert(
        id=name, rule="r", rule_version="r1", topic=topic, severity=Severity.HIGH, cluster="c" + name,
        version=version, title=f"Dyke gives way above {name} — again", url="https://example.org/dyke",
        story="s1", outlets=("courier",), families=1, stories=version, late=False,
        told_at=now, updated_at=now, published_at=now,
    )  # fmt: skip
    put(store, kind="alert", topic=topic, severity="high", alert=name, version=version,
        document=encode_alert(alert))  # fmt: skip


def put(store: Store, **values: object) -> None:
    with store.locked() as connection:
        last = connection.execute(select(outbox_table.c.seq).order_by(outbox_table.c.seq.desc()).limit(1))
        seq = (last.scalar() or 0) + 1
        row = {"severity": None, "alert": None, "version": None, **values}
        connection.execute(
            insert(outbox_table).values(seq=seq, written_at=datetime.now(UTC), fanned_out=False, **row)
        )
        upsert(connection, sequence, [{"name": "outbox", "value": seq}])


def ledger(store: Store) -> dict[str, tuple[str, int, str | None]]:
    with store.read() as connection:
        columns = (delivery.c.key, delivery.c.status, delivery.c.attempts, delivery.c.error)
        return {row.key: tuple(row)[1:] for row in connection.execute(select(*columns))}


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(DEADLINE_S):
        while not condition():
            await asyncio.sleep(0.01)


def delivering(
    store: Store, bus: Bus, subscriptions: Sequence[Subscription], settings: DeliverSettings,
    story: Callable[[], Awaitable[None]], deliverers: int = 1,
) -> None:  # fmt: skip
    """Run deliverers while `story` goes on."""

    async def scene() -> None:
        stop = asyncio.Event()
        running = [
            asyncio.create_task(Deliverer(store, bus, lambda: subscriptions, settings).run(stop))
            for _ in range(deliverers)
        ]
        try:
            await story()
        finally:
            stop.set()
            await asyncio.gather(*running)

    asyncio.run(scene())


def hook(receiver: Receiver, name: str = "desk", **changes: object) -> Subscription:
    plain = Subscription(id=name, channel="webhook", url=f"{receiver.url}/{name}", allow_private=True)
    return msgspec.structs.replace(plain, **changes)


def bus_records(bus: Bus, topic: str) -> list[bytes]:
    values = []
    for partition in range(bus.partitions(topic)):
        reader = bus.reader(topic, partition)
        values += [record.value for record in reader.read(0, 10_000, 0.0).records]
        reader.close()
    return values


def test_an_alert_reaches_the_bus_and_a_signed_webhook_once(
    store: Store, bus: Bus, settings: DeliverSettings
) -> None:
    with Receiver() as receiver:
        told(store, "a1")
        Recorder(store).record(chunk_of([DeadLetter("decode", "no story", b"\xff<rss")]), NOON)

        async def story() -> None:
            await until(lambda: len(ledger(store)) == 3)
            await until(lambda: {row[0] for row in ledger(store).values()} == {"delivered"})
            told(store, "a1", version=2)  # to the bus alone: updates are off for the webhook
            await until(lambda: len(bus_records(bus, "alerts.floods")) == 2)

        delivering(store, bus, [hook(receiver)], settings, story)
        (got,) = receiver.on("/desk")
    key = delivery_key("desk", "a1", 1)
    assert json.loads(got.body)["id"] == got.headers["webhook-id"] == key
    assert got.headers["content-type"].startswith("application/cloudevents+json")
    secret = settings.secret_file("desk", None).read_text().strip().removeprefix("whsec_")
    signed = f"{key}.{got.headers['webhook-timestamp']}.".encode() + got.body
    digest = hmac.new(base64.b64decode(secret), signed, hashlib.sha256).digest()
    assert got.headers["webhook-signature"] == "v1," + base64.b64encode(digest).decode()
    events = [json.loads(value) for value in bus_records(bus, "alerts.floods")]
    assert [event["type"] for event in events] == ["newsbeam.alert.told", "newsbeam.alert.updated"]
    assert [event["id"] for event in events] == [delivery_key("bus", "a1", n) for n in (1, 2)]
    (dead,) = bus_records(bus, "stories.dead")
    assert json.loads(dead)["data"] == {
        "topic": "stories", "partition": 0, "offset": 0, "reason": "decode", "detail": "no story",
        "seen_at": "2026-03-04T12:00:00Z", "size": 5, "cut": False, "value": "/zxyc3M=",
    }  # fmt: skip


def test_an_idle_deliverer_only_looks_whether_the_outbox_grew_and_is_there_at_once_when_it_did(
    store: Store, bus: Bus, settings: DeliverSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("connectors.channels.deliver._LOOKS_A_TURN", 1_000_000)
    turns, looks = [0], [0]
    look = OutboxWatch.moved

    def counted(watch: OutboxWatch) -> bool:
        looks[0] += 1
        return look(watch)

    monkeypatch.setattr(OutboxWatch, "moved", counted)

    def subscriptions() -> list[Subscription]:
        turns[0] += 1
        return []

    async def run() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(Deliverer(store, bus, subscriptions, settings).run(stop))
        await until(lambda: looks[0] > 40)
        assert turns[0] <= 2  # the first, and one for the first look
        told(store, "a1")
        await until(lambda: [row[0] for row in ledger(store).values()] == ["delivered"])
        stop.set()
        await running

    asyncio.run(run())


def test_under_a_backlog_an_edited_subscription_sends_to_its_new_address_and_a_disabled_one_to_none(
    sqlite_store_url: str, bus: Bus, settings: DeliverSettings
) -> None:
    store = open_store(sqlite_store_url)
    migrate(store, NOW)
    full = settings.concurrency
    held = {"/old": threading.Semaphore(0), "/new": threading.Semaphore(0)}

    def answer(got: Got, _before: int) -> Answer:
        held[got.path].acquire(timeout=DEADLINE_S)
        return Answer()

    with Receiver(answer) as receiver:
        old = hook(receiver, url=f"{receiver.url}/old")
        new = msgspec.structs.replace(old, url=f"{receiver.url}/new")
        wanted, turns = [old], [0]

        def subscriptions() -> list[Subscription]:
            turns[0] += 1
            return wanted

        async def change(changed: Subscription, path: str) -> None:
            """Change it while its lane is full, then let one request end after the other."""
            await until(lambda: len(receiver.on(path)) == full)
            wanted[:] = [changed]
            for _ in range(full):
                before = turns[0]
                await until(lambda before=before: turns[0] > before + 1)
                held[path].release()
            before = turns[0]
            await until(lambda: turns[0] > before + 2)
            assert len(receiver.on(path)) == full

        async def story() -> None:
            stop = asyncio.Event()
            running = asyncio.create_task(Deliverer(store, bus, subscriptions, settings).run(stop))
            for n in range(30):
                told(store, f"a{n}")
            await change(new, "/old")
            await change(msgspec.structs.replace(new, enabled=False), "/new")
            stop.set()
            await running

        asyncio.run(story())
    store.close()


def test_subscriptions_are_asked_beside_the_event_loop(
    sqlite_store_url: str, bus: Bus, settings: DeliverSettings
) -> None:
    store = open_store(sqlite_store_url)
    migrate(store, NOW)
    asked_in: set[int] = set()

    def subscriptions() -> list[Subscription]:
        asked_in.add(threading.get_ident())
        return []

    async def story() -> None:
        stop = asyncio.Event()
        told(store, "a1")
        running = asyncio.create_task(Deliverer(store, bus, subscriptions, settings).run(stop))
        await until(lambda: [row[0] for row in ledger(store).values()] == ["delivered"])
        stop.set()
        await running

    asyncio.run(story())
    assert asked_in
    assert threading.get_ident() not in asked_in
    store.close()


def test_several_deliverers_send_each_delivery_once(
    store: Store, bus: Bus, settings: DeliverSettings
) -> None:
    with Receiver() as receiver:

        async def story() -> None:
            for n in range(30):
                told(store, f"a{n}")
            await until(lambda: [row[0] for row in ledger(store).values()].count("delivered") == 60)

        delivering(store, bus, [hook(receiver)], settings, story, deliverers=3)
        keys = [got.headers["webhook-id"] for got in receiver.on("/desk")]
    assert sorted(keys) == sorted(delivery_key("desk", f"a{n}", 1) for n in range(30))


def test_versions_of_an_alert_arrive_in_order_whatever_fails(
    store: Store, bus: Bus, settings: DeliverSettings
) -> None:
    def answer(got: object, before: int) -> Answer:
        return Answer(503 if before % 3 == 0 else 200)

    with Receiver(answer) as receiver:

        async def story() -> None:
            for version in (1, 2, 3):
                for name in ("a1", "a2"):
                    told(store, name, version)
            await until(lambda: [row[0] for row in ledger(store).values()].count("delivered") == 12)

        delivering(store, bus, [hook(receiver, updates=True)], settings, story)
        data = [json.loads(got.body)["data"] for got in receiver.on("/desk")]
    for name in ("a1", "a2"):
        versions = [event["version"] for event in data if event["id"] == name]
        assert versions == sorted(versions)
        assert set(versions) == {1, 2, 3}


def test_a_slow_receiver_holds_no_other_and_gets_a_bounded_number_at_once(
    store: Store, bus: Bus, settings: DeliverSettings
) -> None:
    at_once, most, counting = 0, 0, threading.Lock()

    def answer(got: object, before: int) -> Answer:
        nonlocal at_once, most
        if getattr(got, "path", "") == "/slow":
            with counting:
                at_once += 1
                most = max(most, at_once)
            receiver.hold.wait(DEADLINE_S)
            with counting:
                at_once -= 1
        return Answer()

    with Receiver(answer) as receiver:

        async def story() -> None:
            for n in range(20):
                told(store, f"a{n}")
            await until(lambda: len(receiver.on("/quick")) == 20)
            await until(lambda: at_once == settings.concurrency)
            assert len(receiver.on("/slow")) == settings.concurrency
            receiver.hold.set()
            await until(lambda: [row[0] for row in ledger(store).values()].count("delivered") == 60)

        delivering(store, bus, [hook(receiver, "slow"), hook(receiver, "quick")], settings, story)
    assert most == settings.concurrency


def test_a_receiver_that_says_no_is_given_up_by_rule_and_others_go_on(
    store: Store, bus: Bus, settings: DeliverSettings
) -> None:
    def answer(got: object, before: int) -> Answer:
        return {
            "/gone": Answer(410),
            "/wrong": Answer(404, body=b"no such hook"),
            "/moved": Answer(307, (("Location", "/desk"),)),
        }.get(getattr(got, "path", ""), Answer())

    with Receiver(answer) as receiver:
        hooks = [hook(receiver, name) for name in ("gone", "wrong", "moved", "desk")]
        told(store, "a1")

        async def story() -> None:
            await until(lambda: len(ledger(store)) == 5)
            await until(lambda: all(row[0] != "pending" for row in ledger(store).values()))

        delivering(store, bus, hooks, settings, story)
        tries = {name: len(receiver.on(f"/{name}")) for name in ("gone", "wrong", "moved", "desk")}
    rows = ledger(store)
    assert tries == {"gone": 1, "wrong": 4, "moved": 4, "desk": 1}
    assert rows[delivery_key("gone", "a1", 1)][:2] == ("failed", 1)
    assert rows[delivery_key("wrong", "a1", 1)] == (
        "failed", 4, "127.0.0.1: answered 404: no such hook",
    )  # fmt: skip
    assert rows[delivery_key("desk", "a1", 1)][:2] == ("delivered", 1)


def test_retry_after_is_respected(store: Store, bus: Bus, settings: DeliverSettings) -> None:
    with Receiver(lambda _got, _before: Answer(429, (("Retry-After", "3600"),))) as receiver:
        told(store, "a1")

        async def story() -> None:
            await until(lambda: ledger(store).get(delivery_key("desk", "a1", 1), ("", 0))[1] == 1)

        delivering(store, bus, [hook(receiver)], settings, story)
        assert len(receiver.on("/desk")) == 1
    with store.read() as connection:
        query = select(delivery.c.next_at).where(delivery.c.key == delivery_key("desk", "a1", 1))
        assert connection.execute(query).scalar_one() > datetime.now(UTC) + timedelta(minutes=55)


def test_a_private_address_is_refused_unless_allowed(
    store: Store, bus: Bus, settings: DeliverSettings
) -> None:
    with Receiver() as receiver:
        desk = hook(receiver)
        deliverer = Deliverer(store, bus, list, settings)
        closed = msgspec.structs.replace(desk, allow_private=False)
        with pytest.raises(DeliveryFailed, match="private"):
            asyncio.run(deliverer.send_test(closed))
        assert receiver.got == []
        receipt = asyncio.run(deliverer.send_test(desk))
        assert "204" in receipt.detail
        (got,) = receiver.got
    assert json.loads(got.body)["type"] == "newsbeam.alert.test"
    assert ledger(store) == {}


@pytest.mark.parametrize("reply", [Answer(200, body=b"x" * 5_000_000), Answer(204)])
def test_a_long_answer_is_not_read_to_its_end(
    sqlite_store_url: str, bus: Bus, settings: DeliverSettings, reply: Answer
) -> None:
    store = open_store(sqlite_store_url)
    with Receiver(lambda _got, _before: reply) as receiver:
        asyncio.run(Deliverer(store, bus, list, settings).send_test(hook(receiver)))


def test_subscriptions_that_cannot_be_read_are_waited_for(
    store: Store, bus: Bus, settings: DeliverSettings, caplog: pytest.LogCaptureFixture
) -> None:
    """A newer version may have made them active: nothing is delivered, nothing lost, and it is said once."""
    asked = 0

    def subscriptions() -> list[Subscription]:
        nonlocal asked
        asked += 1
        if asked <= 2:
            raise Unavailable("the active subscriptions (v9) cannot be read by this version of newsbeam")
        return [desk]

    async def scene() -> None:
        stop = asyncio.Event()
        running = asyncio.create_task(Deliverer(store, bus, subscriptions, settings).run(stop))
        try:
            await until(lambda: running.done() or receiver.on("/desk"))
        finally:
            stop.set()
            await running

    with Receiver() as receiver:
        desk = hook(receiver)
        told(store, "a1")
        asyncio.run(scene())
    assert caplog.text.count("delivering pauses: the active subscriptions (v9) cannot be read") == 1


def test_a_repeat_after_a_kill_is_byte_identical(
    store: Store, store_url: str, local_bus_url: str, bus: Bus, tmp_path: Path
) -> None:
    """The deliverer is killed after the receiver has got the alert, before it could note the answer."""
    settings = DeliverSettings(secrets_dir=str(tmp_path / "secrets"), timeout_s=2.0, lease_s=4.0, **FAST)

    def answer(got: object, before: int) -> Answer:
        if before == 0:
            receiver.hold.wait(DEADLINE_S)
        return Answer()

    with Receiver(answer) as receiver:
        desk = hook(receiver)
        told(store, "a1")
        victim = subprocess.Popen(
            [
                sys.executable,
                "-c",
                _VICTIM,
                store_url,
                local_bus_url,
                str(tmp_path / "secrets"),
                desk.url or "",
            ],
            env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        )
        asyncio.run(until(lambda: receiver.on("/desk")))
        victim.send_signal(signal.SIGKILL)
        victim.wait()
        receiver.hold.set()

        async def story() -> None:
            await until(lambda: [row[0] for row in ledger(store).values()] == ["delivered"] * 2)

        delivering(store, bus, [desk], settings, story)
        first, second = receiver.on("/desk")
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == delivery_key("desk", "a1", 1)


_VICTIM = """
import asyncio, sys
from connectors.channels.deliver import Deliverer
from connectors.channels.settings import DeliverSettings
from newsbeam.alert import Subscription
from newsbeam.bus import open_bus
from newsbeam.store.database import open_store
store, bus, secrets, url = sys.argv[1:]
desk = Subscription(id="desk", channel="webhook", url=url, allow_private=True)
settings = DeliverSettings(secrets_dir=secrets, timeout_s=2.0, lease_s=4.0)
asyncio.run(Deliverer(open_store(store), open_bus(bus), lambda: [desk], settings).run(asyncio.Event()))
"""


def test_a_dead_receiver_is_told_of_once_and_gets_everything_when_it_is_back(
    store: Store, bus: Bus, settings: DeliverSettings, caplog: pytest.LogCaptureFixture
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound, not listening: connections are refused
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/desk"
        desk = Subscription(id="desk", channel="webhook", url=nowhere, allow_private=True)

        async def down() -> None:
            for n in range(5):
                told(store, f"a{n}")
            await until(lambda: sum(row[1] for row in ledger(store).values() if row[0] == "pending") > 3)

        with caplog.at_level(logging.WARNING, "newsbeam.deliver"):
            delivering(store, bus, [desk], settings, down)
    assert [record.message for record in caplog.records if "does not take" in record.message] == [
        record.message for record in caplog.records
    ]
    assert len(caplog.records) == 1
    with Receiver() as receiver:

        async def back() -> None:
            await until(lambda: [row[0] for row in ledger(store).values()] == ["delivered"] * 10)

        delivering(store, bus, [hook(receiver)], settings, back)
        assert len(receiver.on("/desk")) == 5


def test_with_the_store_away_delivering_pauses_and_goes_on(
    sqlite_store_url: str, bus: Bus, settings: DeliverSettings, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(sqlite_store_url)  # no tables yet: every question fails
    with Receiver() as receiver, caplog.at_level(logging.WARNING, "newsbeam.deliver"):

        async def story() -> None:
            await until(lambda: "delivering pauses" in caplog.text)
            await asyncio.to_thread(migrate, store, NOW)
            told(store, "a1")
            await until(lambda: [row[0] for row in ledger(store).values()] == ["delivered"] * 2)

        delivering(store, bus, [hook(receiver)], settings, story)
    assert caplog.text.count("delivering pauses") == 1
    assert caplog.text.count("delivering goes on") == 1


def test_with_the_bus_away_alerts_wait_without_an_attempt_counted_and_webhooks_go_on(
    sqlite_store_url: str, tmp_path: Path, settings: DeliverSettings, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store(sqlite_store_url)
    migrate(store, NOW)
    file = tmp_path / "bus.db"
    file.mkdir()  # no database can be opened here
    bus = open_bus(f"sqlite:///{file}")
    with Receiver() as receiver, caplog.at_level(logging.WARNING, "newsbeam.deliver"):

        async def story() -> None:
            told(store, "a1")
            await until(lambda: receiver.on("/desk") and "bus does not take alerts" in caplog.text)
            file.rmdir()
            await until(lambda: [row[0] for row in ledger(store).values()] == ["delivered"] * 2)

        delivering(store, bus, [hook(receiver)], settings, story)
    assert caplog.text.count("bus does not take alerts") == 1
    assert ledger(store)[delivery_key("bus", "a1", 1)] == ("delivered", 1, None)
    assert len(bus_records(bus, "alerts.floods")) == 1
    store.close()


def test_a_claim_is_one_deliverer_s_until_its_lease_ends(store: Store) -> None:
    told(store, "a1")
    outbox.fan_out(store, lambda _row: [outbox.PlannedDelivery("k1", "desk")], NOW)
    later, lease = NOW + timedelta(hours=1), timedelta(minutes=1)
    (mine,) = outbox.claim(store, "desk", "one", later, later + lease, 10)
    assert outbox.claim(store, "desk", "two", later, later + lease, 10) == []
    assert not outbox.has_work(store, ["desk"], later)
    (theirs,) = outbox.claim(store, "desk", "two", later + lease, later + 2 * lease, 10)
    assert theirs == mine
    lost = outbox.Settlement(key="k1", status="failed", at=later, error="slow")
    assert outbox.settle(store, "one", [lost]) == 0
    taken = outbox.Settlement(key="k1", status="delivered", at=later)
    assert outbox.settle(store, "one", [taken]) == 1  # the receiver has it: true, whoever says so
    assert ledger(store)["k1"][0] == "delivered"


def test_what_is_too_old_is_given_up_only_where_nobody_answers(store: Store) -> None:
    told(store, "a1")
    plan = [outbox.PlannedDelivery("k1", "desk"), outbox.PlannedDelivery("k2", "other")]
    outbox.fan_out(store, lambda _row: plan, NOW)
    assert outbox.waiting_subscriptions(store) == {"desk", "other"}
    soon = datetime.now(UTC) + timedelta(seconds=1)
    assert outbox.give_up(store, {"desk"}, soon - timedelta(hours=1), soon, "old") == 0
    assert outbox.give_up(store, {"desk"}, soon, soon, "old") == 1
    assert {key: row[0] for key, row in ledger(store).items()} == {"k1": "failed", "k2": "pending"}


def test_a_later_version_waits_while_another_deliverer_fans_out_the_earlier_one(store: Store) -> None:
    told(store, "a1", 1)
    told(store, "a1", 2)
    outbox.fan_out(store, lambda row: [outbox.PlannedDelivery(f"k{row.version}", "desk")], NOW)
    with store.write() as connection:  # as that deliverer's unfinished transaction shows it to others
        connection.execute(delete(delivery).where(delivery.c.key == "k1"))
        connection.execute(update(outbox_table).where(outbox_table.c.version == 1).values(fanned_out=False))
    until = NOW + timedelta(minutes=1)
    assert outbox.claim(store, "desk", "one", NOW, until, 10) == []
    outbox.fan_out(store, lambda _row: [outbox.PlannedDelivery("k1", "desk")], NOW)
    assert [claimed.key for claimed in outbox.claim(store, "desk", "one", NOW, until, 10)] == ["k1"]
