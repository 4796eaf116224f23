"""The splittable reader over the local bus: every record once, in order, with the offsets it covers."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import apache_beam as beam
import pytest
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from newsbeam.beam import END, Pace, PartitionTracker, ReadFromBus, ReadFromKafka, Shift, close_readers
from newsbeam.bus import Bus, open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.port import Sent
from newsbeam.chunk import Chunk, DecodedRecord, RawRecord
from newsbeam.errors import Gap
from pipelines.shift import in_process_options
from tests.servers.kafka import KafkaServer

TOPIC = "stories"
QUICK = Pace(wait_s=0.02, idle_wait_s=0.05)
SEEN: list[Chunk[RawRecord]] = []


class Collect(beam.DoFn):
    def process(self, chunk: Chunk[RawRecord]) -> Iterator[None]:
        SEEN.append(chunk)
        return iter(())


class WantsDecoded(beam.DoFn):
    def process(self, chunk: Chunk[DecodedRecord]) -> Iterator[None]:  # noqa: ARG002 - only its type matters
        return iter(())


@pytest.fixture
def bus(tmp_path: Path) -> Iterator[Bus]:
    SEEN.clear()
    bus = open_bus(f"sqlite:///{tmp_path}/bus.db?partitions=3")
    yield bus
    close_readers(bus)


def publish(bus: Bus, records: int) -> set[bytes]:
    values = {b"value %d" % number for number in range(records)}
    with bus.publisher() as publisher:
        publisher.publish(TOPIC, [Sent(value, value) for value in sorted(values)])
    return values


def run(transform: "beam.PTransform[beam.pvalue.PBegin, Any]") -> None:
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=in_process_options())
    pipeline | transform | beam.ParDo(Collect())
    pipeline.run()


def reached() -> dict[int, int]:
    return {chunk.partition: chunk.next for chunk in SEEN}


def test_shifts_that_follow_each_other_read_every_record_once_and_in_order(bus: Bus) -> None:
    values = publish(bus, 500)
    starts = dict.fromkeys(range(bus.partitions(TOPIC)), 0)
    while left := 500 - sum(starts.values()):
        pace = Pace(records=70, chunk=30, wait_s=0.02)
        run(ReadFromBus(bus, TOPIC, starts, pace=pace, shift=Shift(records=min(110, left))))
        starts |= reached()
    read = [(chunk.partition, record.offset, record.value) for chunk in SEEN for record in chunk.records]
    assert sorted(value for _, _, value in read) == sorted(values)
    for partition in starts:
        assert [o for p, o, _ in read if p == partition] == list(range(starts[partition]))


def test_a_turn_takes_no_more_than_its_records_so_that_every_partition_gets_one(bus: Bus) -> None:
    publish(bus, 600)
    pace = Pace(records=40, chunk=20, wait_s=0.02)
    run(ReadFromBus(bus, TOPIC, {0: 0, 1: 0, 2: 0}, pace=pace, shift=Shift(records=120)))
    assert reached() == {0: 40, 1: 40, 2: 40}


def test_a_shift_reads_no_more_records_than_it_may(bus: Bus) -> None:
    publish(bus, 300)
    run(ReadFromBus(bus, TOPIC, {0: 0, 1: 0, 2: 0}, pace=QUICK, shift=Shift(records=7)))
    assert sum(len(chunk.records) for chunk in SEEN) == 7


def test_chunks_cover_what_retention_removed_even_where_nothing_is_left(tmp_path: Path) -> None:
    SEEN.clear()
    moment = [1_700_000_000 * 10**9]
    bus = open_bus(f"sqlite:///{tmp_path}/bus.db?partitions=1&retention_hours=1")
    bus = type(bus)(bus.path, 1, bus.retention, clock=lambda: moment[0])
    publish(bus, 10)
    bus.commit(TOPIC, {0: 10})
    moment[0] += int(timedelta(days=1).total_seconds()) * 10**9
    assert bus.sweep() == 10
    run(ReadFromBus(bus, TOPIC, {0: 4}, stops={0: 10}, pace=QUICK))
    publish(bus, 2)
    run(ReadFromBus(bus, TOPIC, {0: 4}, stops={0: 12}, pace=QUICK))
    close_readers(bus)
    first, second = SEEN[0], SEEN[1:]
    assert (first.start, first.next, first.records) == (4, 10, ())
    assert (second[0].start, second[-1].next) == (4, 12)
    assert [record.offset for chunk in second for record in chunk.records] == [10, 11]


def test_a_read_with_stops_is_bounded_and_never_passes_them(bus: Bus) -> None:
    publish(bus, 90)
    run(ReadFromBus(bus, TOPIC, {0: 3, 1: 5}, stops={0: 9, 1: 5}, pace=QUICK))
    assert [record.offset for chunk in SEEN for record in chunk.records] == [3, 4, 5, 6, 7, 8]


def test_a_position_past_the_end_fails_the_shift_in_words_and_the_pipeline_without_one(bus: Bus) -> None:
    publish(bus, 3)
    shift = Shift()
    run(ReadFromBus(bus, TOPIC, {0: 1_000, 1: 0}, pace=QUICK, shift=shift))
    assert isinstance(shift.error, Gap)
    with pytest.raises(Gap, match="position 1000 lies past"):
        run(ReadFromBus(bus, TOPIC, {0: 1_000}, pace=QUICK))


def test_a_stop_from_outside_ends_an_idle_shift(bus: Bus) -> None:
    bus.partitions(TOPIC)
    stop = threading.Event()
    reading = threading.Thread(
        target=run, args=[ReadFromBus(bus, TOPIC, {0: 0, 1: 0}, pace=QUICK, shift=Shift(stop=stop))]
    )
    reading.start()
    stop.set()
    reading.join(timeout=120)
    assert not reading.is_alive()


def test_a_partition_is_never_divided_only_checkpointed() -> None:
    tracker = PartitionTracker(OffsetRange(10, END))
    assert not tracker.is_bounded()
    assert tracker.try_claim(14)
    assert tracker.try_split(0.5) is None
    primary, residual = tracker.try_split(0)
    assert (primary, residual) == (OffsetRange(10, 15), OffsetRange(15, END))
    tracker.check_done()


def test_a_graph_wired_to_the_wrong_step_is_not_built(bus: Bus) -> None:
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=in_process_options())
    with pytest.raises(beam.typehints.TypeCheckError, match="DecodedRecord"):
        pipeline | ReadFromBus(bus, TOPIC, {0: 0}) | beam.ParDo(WantsDecoded())


def test_the_public_reader_reads_a_kafka_topic_to_its_end(kafka_server: KafkaServer, kafka_url: str) -> None:
    SEEN.clear()
    bus = open_bus(f"{kafka_url}?partitions=2")
    assert isinstance(bus, KafkaBus)
    values = publish(bus, 200)
    run(ReadFromKafka(str(kafka_server), bus.name_of(TOPIC), to_end=True, pace=QUICK))
    close_readers(open_bus(f"kafka://{kafka_server}"))
    assert {record.value for chunk in SEEN for record in chunk.records} == values
