"""The bus on Kafka, through kafka-python with `crc32c` beside it (docs/decisions/0002-kafka-client.md)."""

import logging
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from kafka import errors as kafka_errors
from kafka.admin import KafkaAdminClient
from kafka.structs import OffsetAndMetadata

from newsbeam.bus.kafkadoor import (
    LOG_APPEND_TIME,
    client_settings,
    meaning_of,
    opened,
    reason,
    translated,
)
from newsbeam.bus.options import KafkaOptions
from newsbeam.bus.port import Batch, Bounds, Publisher, Record, Sent, checked_topic, size_of
from newsbeam.errors import BusUnavailable, Gap, NewsbeamError, NotFound, PublishFailed, RecordTooLarge

log = logging.getLogger(__name__)

PRODUCE_BATCH_BYTES = 256 * 1024
FETCH_BYTES = 4 * 1024 * 1024
PROBE_EVERY_S = 5.0
# Until a publisher uses what its topic was given; the client's default is five minutes.
NEW_PARTITIONS_WITHIN_S = 15
RECORD_OVERHEAD_BYTES = 4_096  # room for Kafka's own framing around the largest record
EPOCH = datetime.fromtimestamp(0, UTC)


class KafkaBus(msgspec.Struct, frozen=True):
    """A handle on Kafka; topics are named `prefix.topic` (or `topic` without a prefix)."""

    servers: tuple[str, ...]
    prefix: str = ""
    topic_partitions: int = 4
    options: KafkaOptions = KafkaOptions()

    @property
    def url(self) -> str:
        """The address, as `open_bus` takes it; secrets are not in it."""
        return f"kafka://{','.join(self.servers)}/{self.prefix}?partitions={self.topic_partitions}"

    def name_of(self, topic: str) -> str:
        """Return the topic's name on Kafka."""
        return checked_topic(f"{self.prefix}.{topic}" if self.prefix else topic)

    def settings(self) -> dict[str, Any]:
        """Return what every client of this bus is set up with."""
        return client_settings(self.servers, self.options)

    def publisher(self) -> "KafkaPublisher":
        """Open a publisher."""
        return KafkaPublisher(self)

    def reader(self, topic: str, partition: int) -> "KafkaReader":
        """Open a reader of one partition."""
        return KafkaReader(self, topic, partition)

    def partitions(self, topic: str) -> int:
        """Return the number of partitions, creating the topic when it is missing."""
        name = self.name_of(topic)
        with self._admin(f"looking up topic {name}") as admin:
            if not (count := _partition_count(admin, name)):
                _create(admin, name, self)
                count = _partition_count(admin, name)
        if not count:
            raise BusUnavailable(f"Kafka made topic {name} but does not list it yet; try again")
        return count

    def existing_partitions(self, topic: str) -> int:
        """Return the number of partitions of a topic that must be there; raises `NotFound` otherwise."""
        name = self.name_of(topic)
        with self._admin(f"looking up topic {name}") as admin:
            count = _partition_count(admin, name)
        if not count:
            raise NotFound(f"there is no topic {name} on {', '.join(self.servers)}")
        return count

    def committed(self, topic: str) -> dict[int, int]:
        """Return where the group's commits on a topic stand; a partition without one is left out."""
        name, group = self.name_of(topic), self.options.group
        answer_ms = int(self.options.answer_within_s * 1000)
        places = [TopicPartition(name, number) for number in range(self.existing_partitions(topic))]
        # A consumer, since it waits for the group's coordinator, which a broker makes when it is first asked for.
        with (
            translated(self.servers, f"asking for the commits of {group} on {name}"),
            closing(
                opened(KafkaConsumer, {**self.settings(), "group_id": group, "enable_auto_commit": False})
            ) as consumer,
        ):
            shown = {place: consumer.committed(place, timeout_ms=answer_ms) for place in places}
        return {place.partition: position for place, position in shown.items() if position is not None}

    def commit(self, topic: str, positions: dict[int, int]) -> None:
        """Show progress to lag displays under the group; moves forwards only, and never fails its caller."""
        try:
            self.commit_ahead(topic, positions)
        except NewsbeamError as error:
            log.warning("Progress on %s is not shown: %s", self.name_of(topic), error)

    def commit_ahead(self, topic: str, positions: dict[int, int]) -> None:
        """Commit for the group what is ahead of its commits. Raises `BusUnavailable` when that cannot be done now."""
        name, group = self.name_of(topic), self.options.group
        wanted = {TopicPartition(name, number): position for number, position in positions.items()}
        with self._admin(f"committing progress on {name}") as admin:
            shown = admin.list_group_offsets({group: list(wanted)})[group]
            ahead = {
                place: OffsetAndMetadata(position, "", -1)
                for place, position in wanted.items()
                if place not in shown or shown[place].offset < position
            }
            for error in admin.alter_group_offsets(group, ahead).values():
                if error is not kafka_errors.NoError:
                    raise error(name)

    def check(self) -> None:
        """Raise `BusUnavailable` with a clear reason unless a broker answers."""
        with self._admin("asking for the brokers") as admin:
            admin.describe_cluster()

    @contextmanager
    def _admin(self, doing: str) -> Iterator[KafkaAdminClient]:
        with translated(self.servers, doing), closing(opened(KafkaAdminClient, self.settings())) as admin:
            yield admin


class KafkaPublisher(Publisher):
    """Publishes with `acks=all` and an idempotent producer; a producer that failed once is thrown away."""

    def __init__(self, bus: KafkaBus) -> None:
        self._bus = bus
        self._producer: KafkaProducer | None = None
        self._topics: set[str] = set()

    def publish(self, topic: str, records: Sequence[Sent], timeout_s: float = 30.0) -> None:
        """Return when every replica in sync has every record; see `Publisher.publish`."""
        deadline = time.monotonic() + timeout_s
        name = self._bus.name_of(topic)
        for record in records:
            if size_of(record) > self._bus.options.max_record_bytes:
                raise RecordTooLarge(
                    f"a record of {size_of(record):,} bytes for {name} is over the bus's limit "
                    f"of {self._bus.options.max_record_bytes:,} bytes"
                )
        if name not in self._topics:
            self._bus.partitions(topic)
            self._topics.add(name)
        try:
            with translated(self._bus.servers, f"publishing to {name}"):
                self._send(name, records, deadline)
        except BaseException:
            self._discard()
            raise

    def _send(self, name: str, records: Sequence[Sent], deadline: float) -> None:
        if self._producer is None:
            self._producer = _producer(self._bus)
        pending: list[Any] = []
        for record in records:
            if time.monotonic() > deadline:
                raise PublishFailed(
                    f"only {len(pending)} of {len(records)} records were sent to {name} in time"
                )
            pending.append(
                self._producer.send(name, record.value, record.key, [tuple(h) for h in record.headers])
            )
        for acknowledged, future in enumerate(pending):
            try:
                future.get(timeout=max(0.0, deadline - time.monotonic()))
            except kafka_errors.KafkaError as error:
                meaning = meaning_of(error, ", ".join(self._bus.servers), f"publishing to {name}")
                if isinstance(meaning, RecordTooLarge):
                    raise meaning from error
                raise PublishFailed(
                    f"Kafka acknowledged {acknowledged} of {len(records)} records to {name}: {reason(error)}"
                ) from error

    def _discard(self) -> None:
        # Without this, what was not acknowledged would still be retried behind the caller's back.
        if self._producer is None:
            return
        producer, self._producer = self._producer, None
        self._topics.clear()
        producer._sender.force_close()  # noqa: SLF001 (close() alone waits for the records it cannot deliver)
        _close(producer, timeout=2.0)

    def close(self) -> None:
        """Release connections; idempotent."""
        if self._producer is not None:
            producer, self._producer = self._producer, None
            _close(producer, timeout=2.0)


class KafkaReader:
    """Reads one partition by `assign`, never as a member of a group; sees committed records only."""

    def __init__(self, bus: KafkaBus, topic: str, partition: int) -> None:
        self._bus = bus
        self._topic = topic
        self._place = TopicPartition(bus.name_of(topic), partition)
        self._consumer: KafkaConsumer | None = None
        self._at: int | None = None
        self._heard_at = 0.0
        self._warned = False

    def read(self, position: int, max_records: int, timeout_s: float) -> Batch:
        """Return records from `position` on; see `Reader.read`."""
        try:
            with translated(self._bus.servers, f"reading {self._place.topic}/{self._place.partition}"):
                try:
                    return self._read(position, max_records, timeout_s)
                except kafka_errors.OffsetOutOfRangeError:
                    return self._out_of_range(position)
        except BaseException:
            self.close()
            raise

    def _read(self, position: int, max_records: int, timeout_s: float) -> Batch:
        consumer = self._connected()
        if position != self._at:
            consumer.seek(self._place, position)
        found = consumer.poll(timeout_ms=int(timeout_s * 1000), max_records=max_records)
        records = tuple(self._record(record) for record in found.get(self._place, ()))
        # The consumer's position lies past what it skipped: compacted records, markers, aborted transactions.
        self._at = consumer.position(self._place, timeout_ms=int(self._bus.options.answer_within_s * 1000))
        if self._at is None:
            raise BusUnavailable(f"Kafka does not say how far {self._place.topic} was read")
        if self._at > position:
            self._heard_at = time.monotonic()
        elif time.monotonic() - self._heard_at > PROBE_EVERY_S:
            self._range(consumer)  # silence: is nothing new, or is nobody there? kafka-python would not tell
        return Batch(position, self._at, records)

    def _out_of_range(self, position: int) -> Batch:
        self._at = None
        bounds = self._range(self._connected())
        if position < bounds.first:
            return Batch(position, bounds.first, ())
        raise past_end(self._topic, self._place.partition, position, bounds.end)

    def bounds(self) -> Bounds:
        """Return the readable range now."""
        try:
            with translated(self._bus.servers, f"asking for the range of {self._place.topic}"):
                return self._range(self._connected())
        except BaseException:
            self.close()
            raise

    def _range(self, consumer: KafkaConsumer) -> Bounds:
        answer_ms = int(self._bus.options.answer_within_s * 1000)
        first = consumer.beginning_offsets([self._place], timeout_ms=answer_ms)[self._place]
        end = consumer.end_offsets([self._place], timeout_ms=answer_ms)[self._place]
        self._heard_at = time.monotonic()
        return Bounds(first, end)

    def _connected(self) -> KafkaConsumer:
        if self._consumer is None:
            if self._place.partition >= (count := self._bus.partitions(self._topic)):
                raise NotFound(
                    f"{self._topic} has {count} partitions, numbered from 0; {self._place.partition} is none"
                )
            self._consumer = _consumer(self._bus)
            self._consumer.assign([self._place])
            self._heard_at = time.monotonic()
        return self._consumer

    def _record(self, record: Any) -> Record:
        if record.timestamp_type != LOG_APPEND_TIME and not self._warned:
            self._warned = True
            log.warning(
                "Topic %s is stamped by senders' clocks, so times of arrival may lie; "
                "set message.timestamp.type=LogAppendTime on it",
                self._place.topic,
            )
        headers = tuple((name, value or b"") for name, value in record.headers)
        appended_at = EPOCH + timedelta(milliseconds=record.timestamp)
        return Record(record.offset, record.key or b"", record.value or b"", appended_at, headers)

    def close(self) -> None:
        """Release connections; idempotent."""
        self._at = None
        if self._consumer is not None:
            consumer, self._consumer = self._consumer, None
            _close(consumer, autocommit=False, timeout_ms=2_000)


def past_end(topic: str, partition: int, position: int, end: int) -> Gap:
    """Return the error of a position that its partition never reached."""
    return Gap(
        f"{topic}/{partition} ends at {end}, position {position} is past that: "
        "the bus was replaced or cut since that position was stored"
    )


def _producer(bus: KafkaBus) -> KafkaProducer:
    answer_ms = int(bus.options.answer_within_s * 1000)
    chosen = {
        "acks": "all",
        "enable_idempotence": True,
        "compression_type": None if bus.options.compression == "none" else bus.options.compression,
        "batch_size": PRODUCE_BATCH_BYTES,
        "linger_ms": 5,
        "max_request_size": bus.options.max_record_bytes + RECORD_OVERHEAD_BYTES,
        "max_block_ms": answer_ms,
        "delivery_timeout_ms": max(30_000, answer_ms + 1_000),
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
        "metadata_max_age_ms": NEW_PARTITIONS_WITHIN_S * 1000,
    }
    return opened(KafkaProducer, {**bus.settings(), **chosen})


def _consumer(bus: KafkaBus) -> KafkaConsumer:
    chosen = {
        "group_id": None,
        "enable_auto_commit": False,
        "auto_offset_reset": "none",
        "isolation_level": "read_committed",
        "max_partition_fetch_bytes": FETCH_BYTES,
        "fetch_max_bytes": 2 * FETCH_BYTES,
        "allow_auto_create_topics": False,
        "metrics_enabled": False,
    }
    return opened(KafkaConsumer, {**bus.settings(), **chosen})


def _close(client: Any, **bounds: Any) -> None:
    try:
        client.close(**bounds)
    except (kafka_errors.KafkaError, OSError, RuntimeError) as error:
        log.debug("A Kafka client did not close cleanly: %s", reason(error))


def _partition_count(admin: KafkaAdminClient, name: str) -> int:
    (found,) = admin.describe_topics([name])
    if found["error_code"] == kafka_errors.UnknownTopicOrPartitionError.errno:
        return 0
    if found["error_code"]:
        raise kafka_errors.for_code(found["error_code"])(name)
    return len(found["partitions"])


def _create(admin: KafkaAdminClient, name: str, bus: KafkaBus) -> None:
    wanted = {
        "num_partitions": bus.topic_partitions,
        "replication_factor": bus.options.replication_factor,
        "configs": {"message.timestamp.type": "LogAppendTime", **bus.options.topic_settings},
    }
    try:
        admin.create_topics({name: wanted}, wait_for_metadata=True)
    except kafka_errors.TopicAlreadyExistsError:
        admin.wait_for_topics([name])  # somebody else made it at the same moment
