"""The cluster that other tests rely on: whole, and each part by itself."""

from tests.servers.flink import FlinkCluster


def test_a_session_cluster_is_whole(flink_cluster: FlinkCluster) -> None:
    told = flink_cluster.ask("overview")
    assert told["flink-version"].startswith("1.19.")
    assert told["slots-available"] == told["slots-total"] == 8
    assert flink_cluster.ask("jobs/overview")["jobs"] == []
