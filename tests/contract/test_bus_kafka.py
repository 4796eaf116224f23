"""What the bus on Kafka promises beyond the port, on real brokers: outages, absent offsets, logins."""

import builtins
import logging
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from kafka import KafkaProducer, TopicPartition
from kafka import errors as kafka_errors
from kafka.admin import KafkaAdminClient, NewTopic

from newsbeam.bus import Batch, Bounds, KafkaOptions, Reader, Sent, open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.kafkadoor import meaning_of, translated
from newsbeam.errors import BusUnavailable, ConfigurationError, NewsbeamError, PublishFailed
from tests.servers.kafka import KafkaServer
from tests.servers.process import free_port, wait_until

pytestmark = pytest.mark.kafka
HASTY = KafkaOptions(answer_within_s=1.5)
PATIENCE_S = 20.0


@pytest.fixture
def bus(kafka_url: str) -> KafkaBus:
    bus = open_bus(f"{kafka_url}?partitions=1")
    assert isinstance(bus, KafkaBus)
    return bus


@pytest.fixture
def reader(bus: KafkaBus) -> Iterator[Reader]:
    reader = bus.reader("stories", 0)
    yield reader
    reader.close()


@pytest.fixture
def admin(kafka_server: KafkaServer) -> Iterator[KafkaAdminClient]:
    with KafkaAdminClient(bootstrap_servers=str(kafka_server)) as admin:
        yield admin


@pytest.fixture(scope="module")
def own_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """A broker that the tests of this file may kill."""
    server = KafkaServer(tmp_path_factory.mktemp("own-kafka"))
    try:
        yield server.start()
    finally:
        server.stop()


def own_bus(server: KafkaServer, name: str) -> KafkaBus:
    return KafkaBus((str(server),), name, 1, HASTY)


def publish(bus: KafkaBus, *values: bytes, key: bytes = b"k") -> None:
    with bus.publisher() as publisher:
        publisher.publish("stories", [Sent(key, value) for value in values])


def read_all(reader: Reader, position: int, end: int) -> list[Batch]:
    batches = []
    while position < end:
        batches.append(reader.read(position, 100, PATIENCE_S))
        assert batches[-1].next > position, "nothing came in time"
        position = batches[-1].next
    return batches


def values(batches: list[Batch]) -> list[bytes]:
    return [record.value for batch in batches for record in batch.records]


def kafka_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if "kafka" in thread.name]


def test_a_broker_that_is_away_is_said_in_bounded_time_and_nothing_is_left_behind() -> None:
    bus = KafkaBus((f"127.0.0.1:{free_port()}",), "", 1, KafkaOptions(answer_within_s=0.5))
    before = kafka_threads()
    with bus.publisher() as publisher:
        for attempt in (
            bus.check,
            lambda: bus.partitions("stories"),
            lambda: publisher.publish("stories", [Sent(b"k", b"v")]),
            lambda: bus.reader("stories", 0).read(0, 1, 0.1),
            lambda: bus.reader("stories", 0).bounds(),
        ):
            with pytest.raises(BusUnavailable, match=r"127\.0\.0\.1:\d+ does not answer"):
                attempt()
    bus.commit("stories", {0: 1})  # only shown, so never a failure
    wait_until(lambda: kafka_threads() == before, PATIENCE_S, "the clients' threads to end")


def test_what_was_acknowledged_outlives_kill_9_and_the_handles_go_on(own_server: KafkaServer) -> None:
    bus = own_bus(own_server, "kill")
    reader = bus.reader("stories", 0)
    with bus.publisher() as publisher:
        publisher.publish("stories", [Sent(b"k", b"%d" % n) for n in range(500)])
        assert reader.read(0, 10, PATIENCE_S).next == 10
        own_server.kill()
        with pytest.raises(BusUnavailable):
            publisher.publish("stories", [Sent(b"k", b"lost?")], timeout_s=1.0)
        with pytest.raises(BusUnavailable):
            _read_until_it_fails(reader, 500)
        own_server.start()
        publisher.publish("stories", [Sent(b"k", b"after")])
    end = reader.bounds().end
    found = values(read_all(reader, 0, end))
    assert found[:500] == [b"%d" % n for n in range(500)]
    assert found[-1] == b"after"
    reader.close()


def _read_until_it_fails(reader: Reader, position: int) -> None:
    deadline = time.monotonic() + 3 * PATIENCE_S
    while time.monotonic() < deadline:
        position = reader.read(position, 100, 0.3).next


def test_a_broker_that_hangs_is_no_success(own_server: KafkaServer) -> None:
    bus = own_bus(own_server, "hang")
    with bus.publisher() as publisher:
        publisher.publish("stories", [Sent(b"k", b"before")])
        own_server.process.freeze()
        try:
            with pytest.raises(PublishFailed, match="acknowledged 0 of 2"):
                publisher.publish("stories", [Sent(b"k", b"1"), Sent(b"k", b"2")], timeout_s=1.0)
        finally:
            own_server.process.thaw()
        publisher.publish("stories", [Sent(b"k", b"after")])
    reader = bus.reader("stories", 0)
    found = values(read_all(reader, 0, reader.bounds().end))
    assert (found[0], found[-1]) == (b"before", b"after")
    reader.close()


def test_what_retention_removed_is_absent_and_reading_goes_on(
    bus: KafkaBus, reader: Reader, admin: KafkaAdminClient
) -> None:
    publish(bus, *(b"%d" % n for n in range(10)))
    assert reader.read(0, 2, PATIENCE_S).next == 2
    admin.delete_records({TopicPartition(bus.name_of("stories"), 0): 6})
    assert reader.bounds() == Bounds(6, 10)
    other = bus.reader("stories", 0)
    assert other.read(2, 100, PATIENCE_S) == Batch(2, 6, ())
    assert values(read_all(other, 6, 10)) == [b"6", b"7", b"8", b"9"]
    other.close()


def test_compacted_records_are_absent(kafka_url: str) -> None:
    settings = {"cleanup.policy": "compact", "segment.ms": "50", "min.cleanable.dirty.ratio": "0.001"}
    bus = open_bus(f"{kafka_url}?partitions=1", KafkaOptions(topic_settings=settings))
    assert isinstance(bus, KafkaBus)
    for n in range(5):
        publish(bus, b"%d" % n)
    publish(bus, b"head", key=b"other")

    def compacted() -> bool:
        publish(bus, b"roll", key=b"roll")  # only closed segments are compacted
        reader = bus.reader("stories", 0)
        batches = read_all(reader, 0, reader.bounds().end)
        reader.close()
        found = values(batches)
        assert b"4" in found
        return b"0" not in found

    wait_until(compacted, 3 * PATIENCE_S, "the broker to compact")


def test_markers_and_aborted_records_are_absent_even_at_the_end(
    bus: KafkaBus, reader: Reader, kafka_server: KafkaServer
) -> None:
    bus.partitions("stories")
    name = bus.name_of("stories")
    foreign = KafkaProducer(bootstrap_servers=str(kafka_server), transactional_id=name)
    foreign.init_transactions()
    for value, ending in ((b"kept", foreign.commit_transaction), (b"dropped", foreign.abort_transaction)):
        foreign.begin_transaction()
        foreign.send(name, value, b"k", partition=0).get(PATIENCE_S)
        ending()
    foreign.close()
    # 0 kept, 1 commit marker, 2 dropped, 3 abort marker
    wait_until(lambda: reader.bounds().end == 4, PATIENCE_S, "the markers")
    assert values(read_all(reader, 0, 4)) == [b"kept"]
    assert reader.read(4, 10, 0.1) == Batch(4, 4, ())


def test_a_sender_cannot_say_when_a_record_came(
    bus: KafkaBus, reader: Reader, kafka_server: KafkaServer
) -> None:
    bus.partitions("stories")
    foreign = KafkaProducer(bootstrap_servers=str(kafka_server))
    foreign.send(bus.name_of("stories"), b"v", b"k", partition=0, timestamp_ms=1_000).get(PATIENCE_S)
    foreign.close()
    (record,) = reader.read(0, 10, PATIENCE_S).records
    assert record.appended_at.year > 2000


def test_a_topic_stamped_by_senders_is_warned_of(
    bus: KafkaBus, admin: KafkaAdminClient, caplog: pytest.LogCaptureFixture
) -> None:
    admin.create_topics({bus.name_of("stories"): {"num_partitions": 1}}, wait_for_metadata=True)
    publish(bus, b"v", b"w")
    reader = bus.reader("stories", 0)
    with caplog.at_level(logging.WARNING, "newsbeam"):
        read_all(reader, 0, 2)
    reader.close()
    assert caplog.text.count("LogAppendTime") == 1


def test_lag_displays_see_progress_that_never_goes_back(bus: KafkaBus, admin: KafkaAdminClient) -> None:
    publish(bus, *(b"%d" % n for n in range(10)))
    place = TopicPartition(bus.name_of("stories"), 0)

    def shown(position: int) -> int:
        bus.commit("stories", {0: position})
        try:
            offsets = admin.list_group_offsets({"newsbeam": [place]})["newsbeam"]
        except kafka_errors.CoordinatorNotAvailableError:  # the broker's first group ever takes a moment
            return -1
        return int(offsets[place].offset) if place in offsets else -1

    wait_until(lambda: shown(7) == 7, PATIENCE_S, "the group's first commit")
    assert shown(3) == 7
    assert shown(9) == 9


JAAS = """
sasl.enabled.mechanisms=PLAIN
listener.name.client.plain.sasl.jaas.config=\\
  org.apache.kafka.common.security.plain.PlainLoginModule required \\
  user_newsbeam="right";
"""


def test_a_login_is_used_and_a_refused_one_is_said(tmp_path: Path) -> None:
    right, wrong = tmp_path / "right", tmp_path / "wrong"
    right.write_text("right\n", "utf-8")
    wrong.write_text("wrong\n", "utf-8")
    server = KafkaServer(tmp_path / "kafka", "SASL_PLAINTEXT", JAAS)
    try:
        server.start()

        def bus(password: Path) -> KafkaBus:
            login = {"mechanism": "PLAIN", "username": "newsbeam", "password_file": str(password)}
            return KafkaBus(
                (str(server),), "", 1, KafkaOptions(security="SASL_PLAINTEXT", answer_within_s=2, **login)
            )

        publish(bus(right), b"v")
        with pytest.raises(BusUnavailable, match=r"does not answer .* the login right"):
            bus(wrong).check()
        with pytest.raises(ConfigurationError, match=r"password_file .*missing"):
            bus(tmp_path / "missing").check()
    finally:
        server.stop()


def test_a_broker_is_spoken_to_over_tls_and_must_show_a_known_certificate(tmp_path: Path) -> None:
    known, other = (_certificate(tmp_path / name) for name in ("known", "other"))
    keys = f"ssl.keystore.type=PKCS12\nssl.keystore.location={known[0]}\nssl.keystore.password=changeit\n"
    server = KafkaServer(tmp_path / "kafka", "SSL", keys)
    try:
        server.start()
        trusting = KafkaOptions(security="SSL", ca_file=str(known[1]), answer_within_s=10)
        publish(KafkaBus((str(server),), "", 1, trusting), b"v")
        for options in (
            KafkaOptions(security="SSL", ca_file=str(other[1]), answer_within_s=1),
            KafkaOptions(answer_within_s=1),
        ):
            with pytest.raises(BusUnavailable, match="does not answer"):
                KafkaBus((str(server),), "", 1, options).check()
        with pytest.raises(ConfigurationError, match=r"ca_file .* is not there"):
            KafkaBus((str(server),), "", 1, KafkaOptions(security="SSL", ca_file="nowhere.pem")).check()
    finally:
        server.stop()


def _certificate(stem: Path) -> tuple[Path, Path]:
    store, pem = stem.with_suffix(".p12"), stem.with_suffix(".pem")
    keytool = [
        "keytool",
        "-keystore",
        str(store),
        "-storetype",
        "PKCS12",
        "-storepass",
        "changeit",
        "-alias",
        "broker",
    ]
    name = ["-dname", "CN=127.0.0.1", "-ext", "san=ip:127.0.0.1"]
    for action in (
        ["-genkeypair", "-keyalg", "EC", "-validity", "2", *name],
        ["-exportcert", "-rfc", "-file", str(pem)],
    ):
        subprocess.run([*keytool, *action], check=True, capture_output=True, timeout=60)
    return store, pem


def _raisable(kind: type[Exception]) -> Exception:
    return kind({}, {}) if kind is kafka_errors.LogTruncationError else kind("as it comes")


def test_every_way_kafka_python_fails_is_translated() -> None:
    kinds = [
        kind
        for kind in vars(kafka_errors).values()
        if isinstance(kind, type) and issubclass(kind, kafka_errors.KafkaError)
    ]
    assert len(kinds) > 100
    for kind in (*kinds, OSError, ValueError, RuntimeError, builtins.TimeoutError):
        with (
            pytest.raises(NewsbeamError, match=r"Kafka at broker:9092|kafka: ") as caught,
            translated(("broker:9092",), "x"),
        ):
            raise _raisable(kind)
        assert caught.value.__cause__ is not None
    assert meaning_of(KeyError("a bug of ours stays one"), "broker", "x") is None


# --- more than one broker -----------------------------------------------------------------------------------


def test_another_broker_becomes_a_partitions_leader_and_nothing_is_lost(tmp_path: Path) -> None:
    with ExitStack() as exits:
        first = KafkaServer(tmp_path / "first").start()
        exits.callback(first.kill)
        leader = KafkaServer(tmp_path / "leader", beside=first).start()
        exits.callback(leader.kill)
        bus = KafkaBus((str(first), str(leader)), "led", 1, KafkaOptions(answer_within_s=10.0))
        with KafkaAdminClient(bootstrap_servers=[str(first), str(leader)]) as admin:
            admin.create_topics([NewTopic("led.stories", replica_assignments={0: [2, 1]})])
        reader = bus.reader("stories", 0)
        exits.callback(reader.close)
        publish(bus, *(b"%d" % number for number in range(50)))
        before = read_all(reader, 0, 50)
        leader.kill()
        wait_until(lambda: published(bus, b"50"), PATIENCE_S, "the other broker to lead")
        publish(bus, *(b"%d" % number for number in range(51, 100)))
        after = read_all(reader, 50, 100)
        assert values([*before, *after]) == [b"%d" % number for number in range(100)]


def published(bus: KafkaBus, value: bytes) -> bool:
    """Say whether it could be published; what cannot even look the topic up sends nothing."""
    try:
        publish(bus, value)
    except BusUnavailable:
        return False
    return True
