"""Records/s published and read: the local bus, newsbeam's Kafka bus, and Kafka clients as they come."""

import argparse
import importlib
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from bench.prose import records
from bench.table import machine, ratios, show, spread
from newsbeam.bus import Bus, Sent, open_bus
from newsbeam.bus.kafka import FETCH_BYTES, PRODUCE_BATCH_BYTES
from newsbeam.bus.port import STORIES

PARTITIONS = 4
CALL = 500  # records a call
READ_WITHIN_S = 60.0
LOCAL = "local bus (SQLite)"
# newsbeam's own settings of kafka-python, in librdkafka's words
ALIKE_SENT = {
    "compression.type": "zstd",
    "batch.size": PRODUCE_BATCH_BYTES,
    "linger.ms": 5,
    "enable.idempotence": True,
}
ALIKE_READ = {
    "isolation.level": "read_committed",
    "fetch.message.max.bytes": FETCH_BYTES,
    "fetch.max.bytes": 2 * FETCH_BYTES,
}


class Rates(NamedTuple):
    """Records a second."""

    publish: float
    read: float


Measure = Callable[[Sequence[Sent]], Rates]


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench bus", description=__doc__)
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--kafka", metavar="HOST:PORT", help="a running broker; default: one of `make servers`"
    )
    options = parser.parse_args(words)
    print(machine())
    backlog = records(2, min(options.records, 2_000))
    backlog = [backlog[n % len(backlog)] for n in range(options.records)]
    size = sum(len(record.value) for record in backlog) / len(backlog)
    print(
        f"{len(backlog):,} stories of {size:,.0f} bytes, {CALL} a call, acknowledged; {options.rounds} rounds\n"
    )
    with tempfile.TemporaryDirectory(prefix="newsbeam-bench-") as folder, _broker(options.kafka) as server:
        candidates: dict[str, Measure] = {LOCAL: lambda b: through_port(_local(Path(folder)), b)}
        if server is not None:
            candidates |= kafka_candidates(server)
        found: dict[str, list[Rates]] = {name: [] for name in candidates}
        for _ in range(options.rounds):
            for name, measure in candidates.items():
                found[name].append(measure(backlog))
    report(found)


def report(found: dict[str, list[Rates]]) -> None:
    """Print rates, and ratios to the local bus of the same round."""
    publish = {name: [one.publish for one in rounds] for name, rounds in found.items()}
    read = {name: [one.read for one in rounds] for name, rounds in found.items()}
    rows = [
        [
            name,
            spread(publish[name], 0),
            ratios(publish, name, LOCAL),
            spread(read[name], 0),
            ratios(read, name, LOCAL),
        ]
        for name in found
    ]
    show(["candidate", "published/s", "to local", "read/s", "to local"], rows)


def kafka_candidates(server: str) -> dict[str, Measure]:
    """Return what is measured on a broker."""
    candidates: dict[str, Measure] = {
        "newsbeam on Kafka": lambda b: through_port(
            open_bus(f"kafka://{server}/b{uuid.uuid4().hex[:8]}?partitions={PARTITIONS}"), b
        ),
        "kafka-python as it comes": lambda b: with_kafka_python(server, b),
    }
    candidates["confluent-kafka as it comes"] = lambda b: with_confluent(server, b, {}, {})
    candidates["confluent-kafka set alike"] = lambda b: with_confluent(server, b, ALIKE_SENT, ALIKE_READ)
    return candidates


def through_port(bus: Bus, backlog: Sequence[Sent]) -> Rates:
    """Publish and read through newsbeam's port."""
    with bus.publisher() as publisher:
        publisher.publish(STORIES, backlog[:1])
        began = time.perf_counter()
        for start in range(0, len(backlog), CALL):
            publisher.publish(STORIES, backlog[start : start + CALL])
        published = time.perf_counter() - began
    readers = [bus.reader(STORIES, partition) for partition in range(bus.partitions(STORIES))]
    ranges = [reader.bounds() for reader in readers]
    began, count = time.perf_counter(), 0
    for reader, bounds in zip(readers, ranges, strict=True):
        position = bounds.first
        while position < bounds.end:
            batch = reader.read(position, CALL, READ_WITHIN_S)
            count += len(batch.records)
            position = batch.next
    took = time.perf_counter() - began
    for reader in readers:
        reader.close()
    return Rates(len(backlog) / published, count / took)


def _reading(read_some: Callable[[], int], number: int) -> float:
    """Read until so many records came, or for too long; return records/s."""
    began, count = time.perf_counter(), 0
    while count < number and time.perf_counter() - began < READ_WITHIN_S:
        count += read_some()
    return count / (time.perf_counter() - began)


def with_kafka_python(server: str, backlog: Sequence[Sent]) -> Rates:
    """Use kafka-python with its own defaults but for the acknowledgement, as most programs do."""
    kafka: Any = importlib.import_module("kafka")
    topic = _made_topic(server)
    producer = kafka.KafkaProducer(bootstrap_servers=server, acks="all")
    began = time.perf_counter()
    for start in range(0, len(backlog), CALL):
        for record in backlog[start : start + CALL]:
            producer.send(topic, key=record.key, value=record.value)
        producer.flush()
    published = time.perf_counter() - began
    producer.close()
    consumer = kafka.KafkaConsumer(bootstrap_servers=server, auto_offset_reset="earliest")
    consumer.assign([kafka.TopicPartition(topic, partition) for partition in range(PARTITIONS)])
    read = _reading(
        lambda: sum(map(len, consumer.poll(timeout_ms=1_000, max_records=CALL).values())), len(backlog)
    )
    consumer.close()
    return Rates(len(backlog) / published, read)


def with_confluent(
    server: str, backlog: Sequence[Sent], sent: Mapping[str, object], read: Mapping[str, object]
) -> Rates:
    """Use librdkafka's client with its own defaults but for these settings of producer and consumer."""
    confluent: Any = importlib.import_module("confluent_kafka")
    topic = _made_topic(server)
    producer = confluent.Producer({"bootstrap.servers": server, "acks": "all", **sent})
    began = time.perf_counter()
    for start in range(0, len(backlog), CALL):
        for record in backlog[start : start + CALL]:
            producer.produce(topic, key=record.key, value=record.value)
        producer.flush()
    published = time.perf_counter() - began
    settings = {"bootstrap.servers": server, "group.id": topic, "enable.auto.commit": False, **read}
    consumer = confluent.Consumer(settings)
    consumer.assign([confluent.TopicPartition(topic, partition, 0) for partition in range(PARTITIONS)])
    rate = _reading(lambda: len(consumer.consume(CALL, timeout=1.0)), len(backlog))
    consumer.close()
    return Rates(len(backlog) / published, rate)


def _local(folder: Path) -> Bus:
    return open_bus(f"sqlite:///{folder}/{uuid.uuid4().hex}.db?partitions={PARTITIONS}")


def _made_topic(server: str) -> str:
    """Return a new topic, made the way newsbeam makes its own."""
    prefix = f"b{uuid.uuid4().hex[:8]}"
    open_bus(f"kafka://{server}/{prefix}?partitions={PARTITIONS}").partitions(STORIES)
    kafka: Any = importlib.import_module("kafka")
    client = kafka.KafkaConsumer(bootstrap_servers=server)
    try:
        return next(str(name) for name in client.topics() if name.startswith(prefix))
    finally:
        client.close()


@contextmanager
def _broker(asked: str | None) -> Iterator[str | None]:
    """Yield a broker's address: as asked, else one started here from `make servers`, else None, and say so."""
    from tests.servers.kafka import KafkaServer, missing

    if asked is not None:
        yield asked
        return
    if (reason := missing()) is not None:
        print(f"Kafka: skipped, {reason}, or give a broker with --kafka\n")
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="newsbeam-bench-") as folder:
        server = KafkaServer(Path(folder)).start()
        try:
            yield server.bootstrap
        finally:
            server.stop()
