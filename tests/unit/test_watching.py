"""What Prometheus and Grafana are given: it names metrics and files that are there."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import Counter, Gauge, Histogram

from newsbeam import metrics

ROOT = Path(__file__).parents[2]
GRAFANA = ROOT / "config" / "grafana"
DASHBOARDS = {path.stem: json.loads(path.read_text("utf-8")) for path in GRAFANA.glob("dashboards/*.json")}
RULES = [
    rule
    for group in yaml.safe_load((ROOT / "config/prometheus/rules.yml").read_text())["groups"]
    for rule in group["rules"]
]


def exposed() -> set[str]:
    """Every name that a scrape may give."""
    names = set(metrics.STORED)
    for value in vars(metrics).values():
        if isinstance(value, Counter | Gauge | Histogram):
            (family,) = value.describe()
            endings = {"counter": ("_total",), "histogram": ("_bucket", "_sum", "_count")}.get(
                family.type, ("",)
            )
            names |= {family.name + ending for ending in endings}
    return names


def queries(board: dict[str, Any]) -> list[tuple[str, dict[str, Any]]]:
    return [(panel["title"], target) for panel in board["panels"] for target in panel["targets"]]


EXPRESSIONS = [
    *((f"{name}: {title}", target["expr"]) for name, board in DASHBOARDS.items() for title, target in queries(board)
      if "expr" in target),
    *((rule["alert"], rule["expr"]) for rule in RULES),
]  # fmt: skip


@pytest.mark.parametrize(("where", "expression"), EXPRESSIONS)
def test_every_metric_that_is_asked_for_is_exposed(where: str, expression: str) -> None:
    asked = set(re.findall(r"newsbeam_\w+", expression))
    assert asked
    assert asked <= exposed()


def test_every_rule_says_what_to_do() -> None:
    assert len(RULES) >= 5
    assert all(rule["annotations"]["summary"].endswith(".") for rule in RULES)


def test_panels_do_not_lie_upon_each_other() -> None:
    for board in DASHBOARDS.values():
        taken: set[tuple[int, int]] = set()
        for panel in board["panels"]:
            at = panel["gridPos"]
            cells = {(at["x"] + x, at["y"] + y) for x in range(at["w"]) for y in range(at["h"])}
            assert not cells & taken
            assert all(x < 24 for x, _ in cells)
            taken |= cells


def test_every_panel_reads_a_data_source_that_is_provisioned() -> None:
    given = yaml.safe_load((GRAFANA / "provisioning/datasources/newsbeam.yaml").read_text())["datasources"]
    known = {(one["type"], one["uid"]) for one in given}
    for board in DASHBOARDS.values():
        for _, target in queries(board):
            assert (target["datasource"]["type"], target["datasource"]["uid"]) in known
