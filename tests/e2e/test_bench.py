"""The measurements run and say what they found; what they find is not a test's business."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALLEST = {
    "latency": (["--seconds=0.5", "--rounds=1"], "published to recorded"),
    "workers": (["--stories=60", "--rounds=1"], "2 workers"),
    "backlog": (["--stories=40", "--without-flink"], "2 plain loops"),
    "scale": (["--stories=100", "--rounds=1"], "of the lock"),
    "grow": (["--seconds=1", "--stories=600", "--feeds=200", "--rounds=1"], "a poller more"),
    "idle": (["--seconds=0.5", "--rounds=1", "--settle=0.5"], "% of one core"),
    "bus": (["--records=40", "--rounds=1"], "local bus (SQLite)"),
    "feeds": (["--feeds=4", "--rounds=1"], "newsbeam's poller"),
    "tagging": (
        ["--sizes", "20", "60", "--stories=4", "--rounds=1", "--warm=0"],
        "matches a story, 60 literals",
    ),
    "job": (["--stories=20", "--rounds=1", "--queries=60", "--alerts=20"], "newsbeam in Beam"),
    "enrich": (["--stories=2", "--rounds=1", "--memory=1000"], "language layer"),
    "topics": (["--markdown"], "| human-rights |"),
    "copies": ([], "heldout"),
    "soak": (["--minutes=0.02", "--every=0.2"], "MB an hour"),
}


SERVERS = (pytest.mark.kafka, pytest.mark.postgres)


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=SERVERS if name in {"backlog", "grow", "scale"} else ()) for name in SMALLEST],
)
def test_a_measurement_runs_and_prints_its_table(name: str) -> None:
    options, expected = SMALLEST[name]
    said = run(name, *options)
    assert said.returncode == 0, said.stdout + said.stderr
    assert expected in said.stdout


def test_a_measurement_that_there_is_not_is_refused_with_those_there_are() -> None:
    said = run("speed")
    assert said.returncode == 2
    assert all(name in said.stdout for name in SMALLEST)


def run(*words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "bench", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )
