"""What every bus promises (newsbeam/bus/port.py), on the local file and on a real Kafka broker."""

import pickle
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from newsbeam.bus import Bus, Reader, Record, Sent, open_bus
from newsbeam.bus.partitioning import partition_of
from newsbeam.bus.port import MAX_RECORD_BYTES, Batch
from newsbeam.errors import ConfigurationError, Gap, NotFound, RecordTooLarge

PATIENCE_S = 20.0


@pytest.fixture
def bus(bus_url: str) -> Bus:
    return open_bus(bus_url)


@pytest.fixture
def one(bus_url: str) -> Iterator[tuple[Bus, Reader]]:
    """A bus whose new topics have one partition, and a reader of `stories`."""
    bus = open_bus(f"{bus_url}?partitions=1")
    reader = bus.reader("stories", 0)
    yield bus, reader
    reader.close()


def publish(bus: Bus, *records: Sent, topic: str = "stories") -> None:
    with bus.publisher() as publisher:
        publisher.publish(topic, records)


def numbered(first: int, last: int) -> list[Sent]:
    return [Sent(b"k%d" % n, b"value %d" % n) for n in range(first, last)]


def read_to(reader: Reader, position: int, end: int, max_records: int = 100) -> list[Record]:
    """Read until `end`; every batch must continue where the one before it ended."""
    found: list[Record] = []
    while position < end:
        batch = reader.read(position, max_records, PATIENCE_S)
        assert batch.start == position < batch.next <= end, batch
        assert all(position <= record.offset < batch.next for record in batch.records)
        assert len(batch.records) <= max_records
        found.extend(batch.records)
        position = batch.next
    return found


def test_what_was_published_is_read_back_whole_and_in_order(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    before = datetime.now(UTC)
    sent = [
        Sent(b"", b"no key"),
        Sent(b"key", b"", (("name", b"\x00\xff"), ("name", b"twice"), ("empty", b""))),
        Sent("clé".encode(), bytes(range(256)) * 20),
    ]
    publish(bus, *sent)
    records = read_to(reader, 0, 3)
    assert [(r.offset, r.key, r.value, r.headers) for r in records] == [
        (n, s.key, s.value, s.headers) for n, s in enumerate(sent)
    ]
    tolerance = timedelta(seconds=1)  # Kafka keeps milliseconds
    for record in records:
        assert before - tolerance <= record.appended_at <= datetime.now(UTC) + tolerance
        assert record.appended_at.tzinfo is UTC


def test_offsets_have_no_holes_and_times_never_go_back(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    with bus.publisher() as publisher:
        for start in range(0, 60, 20):
            publisher.publish("stories", numbered(start, start + 20))
    records = read_to(reader, 0, 60, max_records=7)
    assert [record.offset for record in records] == list(range(60))
    assert [record.value for record in records] == [sent.value for sent in numbered(0, 60)]
    times = [record.appended_at for record in records]
    assert times == sorted(times)


def test_reading_starts_at_any_position_and_again(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    publish(bus, *numbered(0, 30))
    for position in (29, 3, 17, 3, 0):
        assert read_to(reader, position, 30, max_records=4)[0].value == b"value %d" % position


def test_two_readers_of_one_partition_do_not_disturb_each_other(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    publish(bus, *numbered(0, 10))
    second = bus.reader("stories", 0)
    assert len(read_to(reader, 0, 10)) == len(read_to(second, 0, 10)) == 10
    second.close()


def test_one_key_lands_in_one_partition_the_same_on_every_bus(bus: Bus) -> None:
    count = bus.partitions("stories")
    assert count == 4
    keys = [b"", b"a", b"ab", b"abc", b"abcd", *(b"story-%d" % n for n in range(60))]
    publish(bus, *(Sent(key, key) for key in keys))
    landed = {}
    for number in range(count):
        reader = bus.reader("stories", number)
        for record in read_to(reader, 0, reader.bounds().end):
            landed[record.key] = number
        reader.close()
    assert landed == {key: partition_of(key, count) for key in keys}
    assert set(landed.values()) == {0, 1, 2, 3}


def test_an_empty_partition_answers_when_the_time_is_up(one: tuple[Bus, Reader]) -> None:
    _, reader = one
    assert reader.read(0, 10, 0.05) == Batch(0, 0, ())
    assert (reader.bounds().first, reader.bounds().end) == (0, 0)


def test_a_waiting_reader_is_woken_by_a_record(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    found: list[Batch] = []
    waiting = threading.Thread(target=lambda: found.append(reader.read(0, 10, PATIENCE_S)))
    waiting.start()
    publish(bus, *numbered(0, 1))
    waiting.join(PATIENCE_S)
    assert [record.value for record in found[0].records] == [b"value 0"]


def test_a_position_past_the_end_is_a_gap_and_the_reader_goes_on(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    publish(bus, *numbered(0, 5))
    with pytest.raises(Gap, match=r"stories/0 ends at 5, position 6"):
        reader.read(6, 10, PATIENCE_S)
    assert len(read_to(reader, 0, 5)) == 5


def test_a_position_at_the_end_is_no_gap(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    publish(bus, *numbered(0, 5))
    assert reader.read(5, 10, 0.2) == Batch(5, 5, ())


def test_a_record_that_can_never_fit_is_refused_before_anything_is_sent(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    with bus.publisher() as publisher:
        with pytest.raises(RecordTooLarge, match=r"1,000,001 bytes.*1,000,000"):
            publisher.publish("stories", [*numbered(0, 3), Sent(b"k", bytes(MAX_RECORD_BYTES))])
        assert reader.bounds().end == 0
        largest = Sent(b"k", bytes(MAX_RECORD_BYTES - 1))
        publisher.publish("stories", [largest])
    assert read_to(reader, 0, 1)[0].value == largest.value


def test_a_topic_keeps_the_partitions_it_was_made_with(bus: Bus, bus_url: str) -> None:
    assert bus.partitions("stories") == 4
    assert open_bus(f"{bus_url}?partitions=9").partitions("stories") == 4


def test_two_makers_of_one_topic_do_not_collide(bus: Bus) -> None:
    counts: list[int] = []
    makers = [
        threading.Thread(target=lambda: counts.append(bus.partitions("alerts.floods"))) for _ in range(4)
    ]
    for maker in makers:
        maker.start()
    for maker in makers:
        maker.join(PATIENCE_S)
    assert counts == [4, 4, 4, 4]


def test_topics_are_apart(bus: Bus) -> None:
    publish(bus, Sent(b"k", b"a story"))
    publish(bus, Sent(b"k", b"an alert"), topic="alerts.floods")
    reader = bus.reader("alerts.floods", partition_of(b"k", 4))
    assert [record.value for record in read_to(reader, 0, reader.bounds().end)] == [b"an alert"]
    reader.close()


def test_a_partition_that_is_not_there_and_a_name_that_cannot_be_are_refused(bus: Bus) -> None:
    with pytest.raises(NotFound, match="4 partitions"):
        bus.reader("stories", 4).read(0, 1, 0.1)
    with pytest.raises(ConfigurationError, match="cannot be a topic"):
        bus.partitions("no spaces")


def test_progress_moves_forwards_only_and_never_decides_where_reading_starts(one: tuple[Bus, Reader]) -> None:
    bus, reader = one
    publish(bus, *numbered(0, 10))
    bus.commit("stories", {0: 7})
    bus.commit("stories", {0: 3})
    assert len(read_to(reader, 0, 10)) == 10
    bus.commit("nowhere", {0: 1, 5: 2})  # shown or not, it must not fail


def test_the_handle_survives_pickling(bus: Bus) -> None:
    copy = pickle.loads(pickle.dumps(bus))  # noqa: S301 (its own bytes)
    publish(copy, Sent(b"k", b"v"))
    copy.check()
    reader = bus.reader("stories", partition_of(b"k", 4))
    assert len(read_to(reader, 0, 1)) == 1
    reader.close()
    assert isinstance(copy, Bus)
    assert copy.url == bus.url
    assert open_bus(copy.url) == bus


def test_closing_twice_is_fine_and_publishing_after_opens_again(bus: Bus) -> None:
    publisher = bus.publisher()
    publisher.publish("stories", [])
    publisher.close()
    publisher.close()
    publisher.publish("stories", [Sent(b"k", b"v")])
    publisher.close()
    reader = bus.reader("stories", partition_of(b"k", 4))
    assert reader.bounds().end == 1
    reader.close()
    reader.close()


records_ = st.lists(
    st.builds(
        Sent,
        st.binary(max_size=12),
        st.binary(max_size=200),
        st.lists(st.tuples(st.text(max_size=5), st.binary(max_size=5)), max_size=2).map(tuple),
    ),
    max_size=12,
)


@settings(max_examples=6, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(records_, max_size=3))
def test_every_partition_holds_its_share_in_order(bus: Bus, calls: list[list[Sent]]) -> None:
    starts = {}
    for number in range(bus.partitions("stories")):
        reader = bus.reader("stories", number)
        starts[number] = reader.bounds().end
        reader.close()
    with bus.publisher() as publisher:
        for call in calls:
            publisher.publish("stories", call)
    sent = [record for call in calls for record in call]
    for number, start in starts.items():
        expected = [record for record in sent if partition_of(record.key, 4) == number]
        reader = bus.reader("stories", number)
        found = read_to(reader, start, start + len(expected), max_records=5)
        reader.close()
        assert [Sent(r.key, r.value, r.headers) for r in found] == expected
