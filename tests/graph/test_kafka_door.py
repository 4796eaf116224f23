"""`newsbeam.beam` as other people's pipelines use it, against a real broker."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import apache_beam as beam
import pytest
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from newsbeam.beam import Chunk, KafkaOptions, Pace, RawRecord, ReadFromKafka, close_readers
from newsbeam.beam.kafka import GroupProgress
from newsbeam.bus import Sent, open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.errors import BusUnavailable, Gap, NotFound
from pipelines.shift import in_process_options
from tests.servers.kafka import KafkaServer
from tests.servers.process import free_port, wait_until

TOPIC = "prices"
QUICK = Pace(wait_s=0.02, chunk=10)
SEEN: list[Chunk[RawRecord]] = []


class Collect(beam.DoFn):
    def process(self, chunk: Chunk[RawRecord]) -> Iterator[None]:
        SEEN.append(chunk)
        return iter(())


class FailAfter(beam.DoFn):
    """Fails at the first chunk that begins at `offset` or later."""

    def __init__(self, offset: int) -> None:
        self._offset = offset

    def process(self, chunk: Chunk[RawRecord]) -> Iterator[Chunk[RawRecord]]:
        if chunk.start >= self._offset:
            raise ArithmeticError("the pipeline's own fault")
        yield chunk


@pytest.fixture
def bus(kafka_url: str) -> Iterator[KafkaBus]:
    SEEN.clear()
    bus = open_bus(f"{kafka_url}?partitions=2", KafkaOptions(group=kafka_url.rpartition("/")[2]))
    assert isinstance(bus, KafkaBus)
    yield bus
    close_readers(open_bus(f"kafka://{','.join(bus.servers)}"))


def publish(bus: KafkaBus, first: int, number: int) -> set[bytes]:
    values = {b"%04d" % n for n in range(first, first + number)}
    with bus.publisher() as publisher:
        publisher.publish(TOPIC, [Sent(value, value) for value in sorted(values)])
    return values


def read(bus: KafkaBus, *, fail_at: int | None = None, **how: object) -> set[bytes]:
    """Read to the topic's end; return the values, each of which came once."""
    SEEN.clear()
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=in_process_options())
    chunks = pipeline | ReadFromKafka(
        ",".join(bus.servers),
        bus.name_of(TOPIC),
        to_end=True,
        pace=QUICK,
        **how,  # type: ignore[arg-type]
    )
    if fail_at is not None:
        chunks = chunks | beam.ParDo(FailAfter(fail_at))
    chunks | beam.ParDo(Collect())
    pipeline.run()
    values = [record.value for chunk in SEEN for record in chunk.records]
    assert len(values) == len(set(values))
    return set(values)


def ends(bus: KafkaBus) -> dict[int, int]:
    return {number: bus.reader(TOPIC, number).bounds().end for number in (0, 1)}


def test_a_group_reads_each_record_once_from_run_to_run(bus: KafkaBus) -> None:
    group = bus.options.group
    first = publish(bus, 0, 300)
    assert read(bus, group=group) == first
    wait_until(lambda: bus.committed(TOPIC) == ends(bus), 20, "the group's commits")
    assert read(bus, group=group) == set()
    second = publish(bus, 300, 100)
    assert read(bus, group=group) == second
    assert read(bus, group=f"{group}-other") == first | second


def test_what_a_failed_run_did_not_finish_is_read_again(bus: KafkaBus) -> None:
    values, group = publish(bus, 0, 200), bus.options.group
    with pytest.raises(Exception, match="the pipeline's own fault"):
        read(bus, group=group, fail_at=40)
    done = {record.value for chunk in SEEN for record in chunk.records}
    assert done < values
    wait_until(lambda: not commits_run(), 20, "commits to end")
    assert read(bus, group=group) >= values - done


def commits_run() -> bool:
    import threading

    return any(isinstance(thread, threading.Timer) for thread in threading.enumerate())


def test_commits_never_go_backwards_whatever_the_order_of_finalizers(bus: KafkaBus) -> None:
    publish(bus, 0, 100)
    ahead, late = GroupProgress(bus, TOPIC), GroupProgress(bus, TOPIC)  # two processes of one job
    ahead.reached(0, 30)
    ahead.reached(0, 10)
    wait_until(lambda: bus.committed(TOPIC) == {0: 30}, 20, "the furthest to be committed")
    late.reached(0, 20)
    late.reached(1, 5)
    wait_until(lambda: bus.committed(TOPIC) == {0: 30, 1: 5}, 20, "the other partition's commit")


def test_a_commit_that_fails_is_tried_again(bus: KafkaBus, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(bus, 0, 100)
    commit, failures = KafkaBus.commit_ahead, iter([BusUnavailable("the coordinator is away")] * 2)

    def sometimes(self: KafkaBus, topic: str, positions: dict[int, int]) -> None:
        for failure in failures:
            raise failure
        commit(self, topic, positions)

    monkeypatch.setattr(KafkaBus, "commit_ahead", sometimes)
    GroupProgress(bus, TOPIC).reached(0, 30)
    wait_until(lambda: bus.committed(TOPIC) == {0: 30}, 30, "the third attempt")


def test_positions_that_the_caller_keeps(bus: KafkaBus) -> None:
    publish(bus, 0, 100)
    end = ends(bus)
    read(bus, starts={1: end[1] - 3})
    assert [(chunk.partition, chunk.start, chunk.next) for chunk in SEEN] == [(1, end[1] - 3, end[1])]
    assert bus.committed(TOPIC) == {}
    with pytest.raises(Gap, match="past"):
        read(bus, starts={0: end[0] + 7, 1: 0})


def test_a_caller_whose_share_is_empty_reads_nothing(bus: KafkaBus) -> None:
    publish(bus, 0, 100)
    read(bus, starts={})
    assert SEEN == []


def test_a_topic_that_is_not_there_is_an_error_and_is_not_made(bus: KafkaBus) -> None:
    for _ in range(2):
        with pytest.raises(NotFound, match=f"no topic {bus.name_of(TOPIC)}"):
            read(bus)


def test_a_broker_that_is_not_there_is_an_error_in_words() -> None:
    nobody = f"127.0.0.1:{free_port()}"
    transform = ReadFromKafka(nobody, TOPIC, options=KafkaOptions(answer_within_s=1.0))
    with pytest.raises(BusUnavailable, match=nobody):
        beam.Pipeline(runner=FnApiRunner(), options=in_process_options()) | transform


def test_where_reading_begins_is_said_in_one_way() -> None:
    with pytest.raises(ValueError, match="starts or group"):
        ReadFromKafka("localhost:9092", TOPIC, starts={0: 0}, group="g")


def test_it_works_with_one_import_in_a_project_with_folders_of_the_same_names(
    bus: KafkaBus, kafka_server: KafkaServer, tmp_path: Path
) -> None:
    values = publish(bus, 0, 50)
    for name in ("connectors", "pipelines", "dashboard"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("OURS = True\n")
    (tmp_path / "pipelines" / "tally.py").write_text(
        dedent("""
            import apache_beam as beam
            from newsbeam.beam import ReadFromKafka

            class Tally(beam.PTransform):
                def __init__(self, servers, topic, out):
                    self.servers, self.topic, self.out = servers, topic, out

                def expand(self, pbegin):
                    chunks = pbegin | ReadFromKafka(self.servers, self.topic, to_end=True)
                    values = chunks | beam.FlatMap(lambda chunk: [r.value.decode() for r in chunk.records])
                    return values | beam.combiners.Count.Globally() | beam.io.WriteToText(self.out)
            """)
    )
    (tmp_path / "main.py").write_text(
        dedent("""
            import sys
            import apache_beam as beam
            import connectors, dashboard, pipelines
            from pipelines.tally import Tally

            assert connectors.OURS and dashboard.OURS and pipelines.OURS
            with beam.Pipeline() as pipeline:
                pipeline | Tally(*sys.argv[1:])
            foreign = [name for name in sys.modules if name.startswith(("newsbeam.store", "newsbeam.app", "spacy"))]
            assert not foreign, foreign
            """)
    )
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "main.py", str(kafka_server), bus.name_of(TOPIC), str(tmp_path / "count")]
    done = subprocess.run(
        command, cwd=tmp_path, env=kept, capture_output=True, text=True, timeout=200, check=False
    )
    assert done.returncode == 0, done.stderr[-3_000:]
    (result,) = tmp_path.glob("count-*")
    assert int(result.read_text()) == len(values)
