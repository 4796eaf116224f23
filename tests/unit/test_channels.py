"""Alerts leave with one identity, one body and a signature; what fails is tried again by stated rules."""

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.channels.channel import DeliveryRefused, Parcel
from connectors.channels.cloudevent import cloud_event, dead_document
from connectors.channels.plan import BUS, plan_deliveries, wants
from connectors.channels.registry import make_secrets, open_channel
from connectors.channels.retry import RetryPolicy, next_attempt
from connectors.channels.settings import DeliverSettings
from connectors.channels.signing import create_secret, read_secrets, signed_headers
from connectors.channels.subscriptions import load_subscriptions
from connectors.channels.topic import by_topic
from connectors.channels.webhook import judge, retry_after_s
from newsbeam.alert import Alert, Severity, Subscription
from newsbeam.bus.local import LocalBus
from newsbeam.bus.port import MAX_RECORD_BYTES, size_of
from newsbeam.codec import encode_alert
from newsbeam.errors import ConfigurationError, DeliveryFailed
from newsbeam.identity import delivery_key
from newsbeam.store.outbox import OutboxRow
from newsbeam.store.reads import DeadLetterView

NOW = datetime(2026, 5, 4, 12, 30, tzinfo=UTC)


def alert(version: int = 1, topic: str = "floods", severity: Severity = Severity.MEDIUM) -> Alert:
    return Alert(
        id="a1",
        rule="floods-any",
        rule_version="r1",
        topic=topic,
        severity=severity,
        cluster="c1",
        version=version,
        title="Dyke gives way above Lindholm, hundreds leave — 'like a wall'",
        url="https://example.org/dyke",
        story="s1",
        outlets=("courier",),
        families=1,
        stories=version,
        late=False,
        told_at=NOW,
        updated_at=NOW + timedelta(minutes=version - 1),
        published_at=NOW,
    )


def row(told: Alert, seq: int = 1) -> OutboxRow:
    return OutboxRow(
        seq=seq,
        kind="alert",
        topic=told.topic,
        severity=told.severity.value,
        alert=told.id,
        version=told.version,
        document=encode_alert(told),
        written_at=NOW,
    )


def parcel(told: Alert) -> Parcel:
    return Parcel(
        key="k1", kind="alert", topic=told.topic, document=encode_alert(told), written_at=NOW, alert=told.id
    )


# --- the event -------------------------------------------------------------------------------------------


def test_an_alert_is_a_cloud_event_that_carries_the_recorded_document_verbatim() -> None:
    told = alert()
    body = cloud_event(parcel(told))
    event = json.loads(body)
    assert encode_alert(told) in body
    assert event.pop("data")["title"] == told.title
    assert event == {
        "specversion": "1.0",
        "id": "k1",
        "source": "urn:newsbeam",
        "type": "newsbeam.alert.told",
        "subject": "a1",
        "time": "2026-05-04T12:30:00Z",
        "datacontenttype": "application/json",
        "alerttopic": "floods",
        "severity": "medium",
    }
    assert json.loads(cloud_event(parcel(alert(version=2))))["type"] == "newsbeam.alert.updated"


_LETTER = DeadLetterView(
    topic="stories", partition=3, offset=2**40, reason="decode", detail="no JSON", key=b"k", value=b"", size=0,
    seen_at=NOW, recorded_at=NOW, replayed_at=None,
)  # fmt: skip
_LONGEST_TOPIC = "t" * 200
_PIECES = st.sampled_from([b"\xff\x00", b"{}", b'"\\', "wörter".encode()])


@settings(max_examples=50)
@given(
    piece=_PIECES, length=st.integers(0, 1_048_576), detail=st.text(st.characters(codec="utf-8"), max_size=40),
    kept=st.booleans(),
)  # fmt: skip
def test_every_dead_letter_is_a_record_that_fits_the_bus_and_says_what_was_cut(
    piece: bytes, length: int, detail: str, kept: bool
) -> None:
    value = (piece * length)[:length]
    letter = msgspec.structs.replace(
        _LETTER, value=value, size=length if kept else 2 * length, detail=(detail * 4_000)[:4_000]
    )
    parcel = Parcel(
        key=delivery_key("bus", "d", 1),
        kind="dead",
        topic=_LONGEST_TOPIC,
        document=dead_document(letter),
        written_at=NOW,
    )
    ((topic, (sent,)),) = by_topic([parcel]).items()
    assert topic == _LONGEST_TOPIC
    assert size_of(sent) <= MAX_RECORD_BYTES
    told = json.loads(sent.value)["data"]
    whole = base64.b64decode(told["value"])
    assert value.startswith(whole)
    assert told["size"] == letter.size
    assert told["cut"] == (len(whole) < letter.size)
    assert len(whole) == length or size_of(sent) > MAX_RECORD_BYTES - 2_000


def test_versions_of_one_alert_share_their_key_on_the_bus() -> None:
    topics = by_topic([parcel(alert(1)), parcel(alert(2)), parcel(alert(topic="quakes"))])
    assert {name: len(records) for name, records in topics.items()} == {
        "alerts.floods": 2,
        "alerts.quakes": 1,
    }
    assert {record.key for record in topics["alerts.floods"]} == {b"a1"}


# --- who gets what ---------------------------------------------------------------------------------------


def test_a_subscription_gets_its_topics_first_versions_and_severities() -> None:
    plain = Subscription(id="desk", channel="webhook", topics=("floods", "sanction*"))
    assert wants(plain, row(alert()))
    assert wants(plain, row(alert(topic="sanctions")))
    assert not wants(plain, row(alert(topic="quakes")))
    assert not wants(plain, row(alert(version=2)))
    assert wants(msgspec.structs.replace(plain, updates=True), row(alert(version=2)))
    assert not wants(msgspec.structs.replace(plain, enabled=False), row(alert()))
    loud = msgspec.structs.replace(plain, min_severity=Severity.HIGH)
    assert not wants(loud, row(alert()))
    assert wants(loud, row(alert(severity=Severity.HIGH)))


def test_the_bus_gets_every_version_and_dead_letters_go_nowhere_else() -> None:
    desk = Subscription(id="desk", channel="webhook")
    planned = list(plan_deliveries(row(alert(version=3)), [desk, BUS]))
    assert [(p.subscription, p.key) for p in planned] == [("bus", delivery_key("bus", "a1", 3))]
    dead = msgspec.structs.replace(
        row(alert()), kind="dead", topic="stories.dead", alert=None, version=None, document=b"\xff{"
    )
    other = msgspec.structs.replace(dead, document=b"\xff[")
    keys = [p.key for r in (dead, other, dead) for p in plan_deliveries(r, [desk, BUS])]
    assert keys[0] == keys[2] != keys[1]
    assert len(keys) == 3


# --- trying again ----------------------------------------------------------------------------------------


@given(
    attempts=st.integers(1, 1000), chance=st.floats(0, 0.999), asked=st.none() | st.floats(0, 1e7),
    age=st.floats(0, 1e6),
)  # fmt: skip
def test_waits_are_bounded_obey_retry_after_and_end(
    attempts: int, chance: float, asked: float | None, age: float
) -> None:
    policy = RetryPolicy(attempts=50)
    failure = DeliveryFailed("no", retry_after_s=asked)
    written_at = NOW - timedelta(seconds=age)
    again = next_attempt(policy, failure, attempts=attempts, written_at=written_at, now=NOW, chance=chance)
    least = min(asked or 0.0, policy.longest_retry_after_s)
    if again is None:
        assert attempts >= 50 or age + max(least, policy.longest_wait_s) >= policy.age_s
        return
    wait = (again - NOW).total_seconds()
    assert attempts < 50
    assert (again - written_at).total_seconds() <= policy.age_s
    assert least - 1e-5 <= wait <= max(least, policy.longest_wait_s) + 1e-5
    assert wait >= policy.first_wait_s / 2


def test_waits_double() -> None:
    waits = [
        next_attempt(RetryPolicy(), DeliveryFailed("no"), attempts=n, written_at=NOW, now=NOW, chance=1.0)
        for n in range(1, 5)
    ]
    assert [w - NOW for w in waits if w] == [timedelta(seconds=s) for s in (1, 2, 4, 8)]


@pytest.mark.parametrize(
    ("status", "kind", "permanent"),
    [
        (410, DeliveryFailed, True),
        (400, DeliveryRefused, False),
        (404, DeliveryRefused, False),
        (302, DeliveryRefused, False),
        (408, DeliveryFailed, False),
        (425, DeliveryFailed, False),
        (429, DeliveryFailed, False),
        (500, DeliveryFailed, False),
        (503, DeliveryFailed, False),
    ],
)
def test_an_answer_means_what_the_rules_say(status: int, kind: type, permanent: bool) -> None:
    with pytest.raises(DeliveryFailed) as caught:
        judge("example.org", status, {"Retry-After": "7"}, "", NOW)
    assert type(caught.value) is kind
    assert caught.value.permanent is permanent
    tried = next_attempt(RetryPolicy(), caught.value, attempts=4, written_at=NOW, now=NOW, chance=0)
    assert (tried is None) == (permanent or kind is DeliveryRefused)


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("30", 30.0), ("Mon, 04 May 2026 12:31:00 GMT", 60.0), ("Mon, 04 May 2026 12:00:00 GMT", 0.0),
     ("soon", None), (None, None), ("-3", None)],
)  # fmt: skip
def test_retry_after_is_read_as_seconds_or_as_a_date(header: str | None, seconds: float | None) -> None:
    assert retry_after_s(header, NOW) == seconds


# --- signatures ------------------------------------------------------------------------------------------


def test_signatures_follow_standard_webhooks_for_every_key_in_the_file(tmp_path: Path) -> None:
    first, second = tmp_path / "one", tmp_path / "two"
    assert create_secret(first)
    assert create_secret(second)
    assert not create_secret(first)
    assert first.stat().st_mode & 0o777 == 0o600
    both = tmp_path / "both"
    both.write_text(first.read_text() + second.read_text())
    headers = signed_headers(read_secrets(both), "k1", b'{"a":1}', NOW)
    assert headers["webhook-id"] == "k1"
    assert headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    expected = []
    for file in (first, second):
        key = base64.b64decode(file.read_text().strip().removeprefix("whsec_"))
        signed = hmac.new(key, f"k1.{headers['webhook-timestamp']}.".encode() + b'{"a":1}', hashlib.sha256)
        expected.append("v1," + base64.b64encode(signed.digest()).decode())
    assert headers["webhook-signature"].split() == expected
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_the_specification_s_own_example_verifies() -> None:
    secret = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    moment = datetime.fromtimestamp(1614265330, UTC)
    headers = signed_headers([secret], "msg_p5jXN8AQM9LWM0D4loKWxJek", b'{"test": 2432232314}', moment)
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize(
    "text", ["", "whsec_", "whsec_!!", "whsec_c2hvcnQ=", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"]
)
def test_a_bad_secret_file_is_refused_without_showing_it(tmp_path: Path, text: str) -> None:
    file = tmp_path / "secret"
    file.write_text(text)
    with pytest.raises(ConfigurationError) as caught:
        read_secrets(file)
    assert len(text) < 8 or text not in str(caught.value)


# --- the file --------------------------------------------------------------------------------------------


def test_subscriptions_are_loaded_and_their_secrets_lie_beside_the_file(tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(
        "rules: []\nsubscriptions:\n"
        "  - id: desk\n    channel: webhook\n    url: https://example.org/hook\n    topics: [floods]\n"
        "    secret_file: desk.secret\n    min_severity: high\n"
    )
    (loaded,) = load_subscriptions(file)
    assert loaded.secret_file == str(tmp_path / "desk.secret")
    assert loaded.min_severity is Severity.HIGH
    file.write_text("rules: []\n")
    assert load_subscriptions(file) == ()


@pytest.mark.parametrize(
    "host", ["127.0.0.1:9", "[::1]", "10.1.2.3", "localhost", "hooks.localhost.", "[::ffff:10.0.0.1]"]
)
def test_a_webhook_that_the_guard_would_refuse_is_a_mistake(tmp_path: Path, host: str) -> None:
    file = tmp_path / "alerts.yaml"
    text = f"subscriptions:\n  - id: desk\n    channel: webhook\n    url: http://{host}/hook\n"
    file.write_text(text)
    with pytest.raises(ConfigurationError, match=r"alerts.yaml:4: .*allow_private"):
        load_subscriptions(file)
    file.write_text(f"{text}    allow_private: true\n")
    assert len(load_subscriptions(file)) == 1


def test_a_named_secret_is_never_made_and_an_unnamed_one_once(tmp_path: Path) -> None:
    desk = Subscription(id="desk", channel="webhook", url="https://example.org/hook")
    lost = msgspec.structs.replace(desk, id="lost", secret_file=str(tmp_path / "mount" / "lost.secret"))
    deliver = DeliverSettings(secrets_dir=str(tmp_path / "secrets"))
    assert make_secrets([desk], deliver) == [tmp_path / "secrets" / "desk.secret"]
    assert make_secrets([desk], deliver) == []
    with pytest.raises(ConfigurationError, match=r"subscription lost: .*cannot read"):
        make_secrets([desk, lost], deliver)
    open_channel(lost, LocalBus(tmp_path / "bus.db"), deliver)
    assert not (tmp_path / "mount").exists()
    assert make_secrets([msgspec.structs.replace(lost, enabled=False)], deliver) == []


def test_every_mistake_in_the_file_is_told_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "alerts.yaml"
    file.write_text(
        "subscriptions:\n"
        "  - id: bus\n    channel: webhook\n    url: https://example.org/a\n"
        "  - id: two\n    channel: webhok\n"
        "  - id: three\n    channel: webhook\n    url: ftp://example.org\n"
        "  - id: three\n    channel: topic\n"
    )
    with pytest.raises(ConfigurationError) as caught:
        load_subscriptions(file)
    told = "\n".join(caught.value.mistakes)
    for line, word in (
        (2, "built-in"),
        (6, 'did you mean "webhook"'),
        (9, "http"),
        (10, "twice"),
        (11, "topic"),
    ):
        assert any(f"{file}:{line}:" in m and word in m for m in caught.value.mistakes), told
    file.write_text("subscriptions:\n  - id: x\n    channel: pigeon\n    url: here\n    topics: all\n")
    with pytest.raises(ConfigurationError) as caught:
        load_subscriptions(file)
    lines = sorted(mistake.removeprefix(f"{file}:")[:2] for mistake in caught.value.mistakes)
    assert lines == ["3:", "4:", "5:"], caught.value.mistakes
    file.write_text("subscriptions:\n  - id: x\n    channel: webhook\n    urll: y\n")
    with pytest.raises(ConfigurationError, match=r'alerts.yaml:4: .*did you mean "url"'):
        load_subscriptions(file)
