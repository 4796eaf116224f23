"""Metrics: the names that dashboards and alerts outside newsbeam rely on."""

import re
import subprocess
import sys
from pathlib import Path

from prometheus_client import Counter, Gauge, Histogram

from newsbeam import metrics

OURS = [value for value in vars(metrics).values() if isinstance(value, Counter | Gauge | Histogram)]


def test_metrics_are_named_as_prometheus_advises() -> None:
    for metric in OURS:
        (family,) = metric.describe()
        assert re.fullmatch(r"newsbeam_[a-z_]+", family.name), family.name
        assert family.documentation.endswith("."), family.name
        if isinstance(metric, Histogram):
            assert family.name.endswith(("_seconds", "_records")), family.name


def test_no_label_can_grow_without_bound() -> None:
    unbounded = {"feed", "url", "host", "outlet", "story", "alert", "error", "path"}
    assert not {label for metric in OURS for label in metric._labelnames} & unbounded


def test_every_gauge_goes_with_its_process() -> None:
    """What is folded of those that ended is added up, which is right for counts alone."""
    gauges = [metric for metric in OURS if isinstance(metric, Gauge)]
    assert {gauge._multiprocess_mode[:4] for gauge in gauges} == {"live"}


def test_processes_that_share_a_folder_share_one_exposition(tmp_path: Path) -> None:
    code = (
        "from newsbeam import metrics\n"
        "metrics.RECORDS.labels('recorded').inc(3)\n"
        "metrics.WORKERS.set(1)\n"
        "print(metrics.expose()[0].decode())\n"
    )
    environment = {"PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}
    runs = [
        subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        for _ in range(2)
    ]
    assert 'newsbeam_records_total{disposition="recorded"} 6.0' in runs[-1].stdout
    # A rule fires where the keeper's job does not run; who keeps none has nothing to say of it.
    assert "\nnewsbeam_flink_running" not in runs[-1].stdout


def test_one_process_exposes_its_own_metrics() -> None:
    body, kind = metrics.expose()
    assert b"# TYPE newsbeam_chunk_seconds histogram" in body
    assert kind.startswith("text/plain")
