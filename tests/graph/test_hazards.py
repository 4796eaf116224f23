"""Hazards of Beam's Python SDK on Flink, by their numbers in apache/beam: what docs/beam.md says is shown here."""

import logging
import time
from collections.abc import Sequence
from typing import Any

import apache_beam as beam
import msgspec
import pytest
from apache_beam.portability import common_urns
from apache_beam.portability.api import beam_runner_api_pb2 as api
from apache_beam.runners.portability.fn_api_runner import FnApiRunner

from newsbeam.beam import Pace, ReadFromKafka, close_readers
from newsbeam.beam.kafka import SHOWN_EVERY_S, GroupProgress
from newsbeam.bus import KafkaOptions, Sent, open_bus
from newsbeam.bus.kafka import KafkaBus
from newsbeam.bus.port import STORIES
from newsbeam.codec import encode_story
from newsbeam.enrichment import Enricher
from newsbeam.recording import RecordingSettings
from pipelines.enrich import CatalogInUse
from pipelines.monitor import Monitor, Places
from pipelines.settings import FlinkSettings
from pipelines.shift import in_process_options
from pipelines.versions import versions_here
from tests.graph.keeping import Kept
from tests.graph.world import QUICK, World, a_story
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.servers.process import wait_until

STEPS = {common_urns.primitives.IMPULSE.urn, common_urns.primitives.PAR_DO.urn}


def primitives_of(transform: "beam.PTransform[beam.pvalue.PBegin, Any]") -> list[api.FunctionSpec]:
    """Return what a runner is asked to do for a graph; every collection of it is in the one global window."""
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=in_process_options())
    pipeline | transform
    parts = pipeline.to_runner_api().components
    windows = {strategy.window_fn.urn for strategy in parts.windowing_strategies.values()}
    assert windows == {common_urns.global_windows.urn}
    within = {name for one in parts.transforms.values() for name in one.subtransforms}
    leaves = [one for name, one in parts.transforms.items() if name in within and not one.subtransforms]
    # a composite that hands its input on has no steps either
    return [one.spec for one in leaves if set(one.outputs.values()) - set(one.inputs.values())]


def assert_waits_for_nothing(steps: Sequence[api.FunctionSpec]) -> None:
    """No step groups, shuffles, keeps state, sets a timer, or has an input beside the main one."""
    assert {step.urn for step in steps} == STEPS
    for step in steps:
        if step.urn == common_urns.primitives.PAR_DO.urn:
            payload = api.ParDoPayload.FromString(step.payload)
            asked = payload.state_specs or payload.timer_family_specs or payload.side_inputs
            assert not asked


def test_31085_nothing_in_the_live_graph_waits_for_a_watermark(world: World) -> None:
    places = Places(world.bus, world.store, CatalogInUse(world.store, Enricher), RecordingSettings())
    graph = Monitor(places, world.starts(), QUICK, versions=versions_here())
    assert_waits_for_nothing(primitives_of(graph))


def test_25975_a_job_never_begins_at_a_savepoint() -> None:
    for option in ("--savepoint_path=/savepoints/7", "--savepoint_path"):
        with pytest.raises(ValueError, match=r"savepoint_path: .* stored positions"):
            FlinkSettings(options=(option,))


def test_26884_a_start_goes_by_the_stored_positions_and_not_by_the_groups_commits(
    server_world: World,
) -> None:
    server_world.publish([a_story(n) for n in range(40)])
    server_world.read_all()  # no commit was made: a reader of commits would begin at the beginning
    server_world.publish([a_story(n) for n in range(40, 60)])
    server_world.read_all()
    assert server_world.ended() == {"recorded": 60}
    server_world.publish([a_story(n) for n in range(60, 80)])
    ends = {p: server_world.bus.reader(STORIES, p).bounds().end for p in range(4)}
    server_world.bus.commit(STORIES, ends)  # and one would skip the rest now
    server_world.read_all()
    assert server_world.ended() == {"recorded": 80}


def test_27061_commits_of_a_group_cost_no_shuffle_and_one_request_a_second(
    kafka_server: KafkaServer, kafka_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = kafka_url.rpartition("/")[2]
    bus = open_bus(f"{kafka_url}?partitions=2", KafkaOptions(group=group))
    assert isinstance(bus, KafkaBus)
    with bus.publisher() as publisher:
        publisher.publish("prices", [Sent(b"%d" % n, b"%d" % n) for n in range(600)])
    finalized: list[int] = []
    requests: list[dict[int, int]] = []
    commit, reached = KafkaBus.commit_ahead, GroupProgress.reached

    def counted(self: KafkaBus, topic: str, positions: dict[int, int]) -> None:
        requests.append(positions)
        commit(self, topic, positions)

    def told(self: GroupProgress, partition: int, position: int) -> None:
        finalized.append(position)
        reached(self, partition, position)

    monkeypatch.setattr(KafkaBus, "commit_ahead", counted)
    monkeypatch.setattr(GroupProgress, "reached", told)

    def read() -> ReadFromKafka:
        pace = Pace(records=10, chunk=10, wait_s=0.02)
        return ReadFromKafka(str(kafka_server), bus.name_of("prices"), group=group, to_end=True, pace=pace)

    assert_waits_for_nothing(primitives_of(read()))
    began = time.monotonic()
    pipeline = beam.Pipeline(runner=FnApiRunner(), options=in_process_options())
    pipeline | read()
    pipeline.run()
    wait_until(lambda: sum(bus.committed("prices").values()) == 600, 20, "the group's commits")
    assert len(finalized) >= 30  # a turn takes ten records of each partition at most, and is a bundle
    assert len(requests) <= (time.monotonic() - began) / SHOWN_EVERY_S + 1
    close_readers(open_bus(f"kafka://{kafka_server}"))


@pytest.mark.flink
@pytest.mark.timeout(400)
def test_27648_a_job_whose_checkpoints_grow_too_large_begins_anew_with_none(
    server_world: World, flink_cluster: FlinkCluster, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "newsbeam.process")
    server_world.publish([a_story(n) for n in range(20)])
    with Kept(server_world, flink_cluster, checkpoint_s=5.0, state_bytes=1) as kept:  # any state is too large
        kept.recorded(20)
        job = kept.job
        wait_until(lambda: kept.job not in {"", job}, 90, "another job", kept.why_not)
        assert restored(flink_cluster, kept.job) == 0
        server_world.publish([a_story(n) for n in range(20, 40)])
        kept.recorded(40)
    assert "the job is submitted anew: Flink's checkpoints have grown to" in caplog.text
    assert server_world.ended() == {"recorded": 40}


@pytest.mark.flink
@pytest.mark.timeout(400)
def test_34890_what_is_read_again_after_a_checkpoint_is_recorded_once(
    server_world: World, flink_cluster: FlinkCluster
) -> None:
    server_world.publish([a_story(n) for n in range(40)])
    with Kept(server_world, flink_cluster, checkpoint_s=15.0, restarts=200) as kept:
        kept.recorded(40)
        job = kept.job
        done = kept.rest.job(job).checkpoints.completed
        wait_until(lambda: kept.rest.job(job).checkpoints.completed > done, 60, "a checkpoint", kept.why_not)
        server_world.publish([a_story(n) for n in range(40, 60)])
        kept.recorded(60)
        flink_cluster.worker_pool.kill()
        flink_cluster.start_worker_pool()
        server_world.publish([a_story(n) for n in range(60, 80)])
        kept.recorded(80)
        assert kept.job == job
        assert restored(flink_cluster, job) >= 1
    assert server_world.ended() == {"recorded": 80}


@pytest.mark.flink
@pytest.mark.timeout(400)
def test_31085_25975_26884_idle_partitions_fewer_tasks_and_a_stop_lose_and_repeat_nothing(
    server_world: World, flink_cluster: FlinkCluster
) -> None:
    publish_to_one_partition(server_world, range(30))
    with Kept(server_world, flink_cluster, parallelism=4) as first:
        first.recorded(30)  # 31085: three of four tasks have read nothing
        job = first.job
        server_world.publish([a_story(n) for n in range(30, 330)])
        fewer = msgspec.structs.replace(first.settings.flink, parallelism=1)
        first.settings = msgspec.structs.replace(first.settings, flink=fewer)
        wait_until(lambda: first.job not in {"", job}, 90, "another job", first.why_not)
        first.recorded(330)  # 25975: one task reads what four had
        assert restored(flink_cluster, first.job) == 0
        server_world.publish([a_story(n) for n in range(330, 400)])
    # 26884: stopped in the middle, with commits that lag behind or, as here, lie ahead.
    ends = {p: server_world.bus.reader(STORIES, p).bounds().end for p in range(4)}
    server_world.bus.commit(STORIES, ends)
    with Kept(server_world, flink_cluster) as second:
        second.recorded(400)
    assert server_world.ended() == {"recorded": 400}


def restored(cluster: FlinkCluster, job: str) -> int:
    """Return how often a job went on from a checkpoint or a savepoint."""
    return int(cluster.ask(f"jobs/{job}/checkpoints")["counts"]["restored"])


def publish_to_one_partition(world: World, numbers: range) -> None:
    """Publish stories that all have one key."""
    with world.bus.publisher() as publisher:
        publisher.publish(STORIES, [Sent(b"one", encode_story(a_story(n))) for n in numbers])
