"""The demo: the whole service over a simulated newswire that is served on loopback, whose truth is known."""

import os
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from newsbeam.app.configuration import starter_config
from newsbeam.app.datadir import make_data_dir
from newsbeam.app.deployment import Deployment
from newsbeam.app.service import Say, run_all
from newsbeam.newswire import DEMO_RULES, Newswire, RunningServer, serve

LEFT_OUT = "ardmoor-dispatch"  # a good outlet for whoever tries `newsbeam feeds add`
EVERY_S = 2.0  # the demo's feeds are next door and ours: no need to be polite


def run_demo(data_dir: Path, *, seed: int, pace: float, port: int | None, say: Say) -> int:
    """Serve a newswire and run the service over it until a signal; return the exit code.

    A directory that holds an earlier demo goes on from it: the same seed and start give the same news.
    """
    make_data_dir(data_dir)
    wire = Newswire(seed, started_at(data_dir), pace)
    server = serve(wire, ports=_newswire_ports(data_dir))
    try:
        _remember(data_dir, "newswire.port", " ".join(map(str, server.ports)))
        say(f"Simulated newswire: {len(server.feeds())} outlets on {server.url} (every story is invented)")
        home = f"{server.url}/{LEFT_OUT}/"
        say(f"Left out, for you to add: newsbeam feeds add --allow-private --outlet {LEFT_OUT} {home}")
        config = data_dir / "config"
        if not config.exists():  # what people added to an earlier demo's files stays
            write_config(data_dir / "config.new", server, without=LEFT_OUT).rename(config)
        if port is not None:
            os.environ["NEWSBEAM_SERVE__PORT"] = str(port)
        return run_all(Deployment(str(config), str(data_dir)), say)
    finally:
        server.stop()


def started_at(data_dir: Path) -> datetime:
    """Return when this directory's newswire began: now for a new one."""
    known = data_dir / "newswire.started"
    if known.exists():
        return datetime.fromisoformat(known.read_text().strip())
    now = datetime.now(UTC).replace(microsecond=0)
    _remember(data_dir, known.name, now.isoformat())
    return now


def write_config(
    directory: Path, server: RunningServer, *, port: int | None = None, without: str | None = None
) -> Path:
    """Write a configuration that watches the newswire for the starter catalog's topics; return its directory.

    The outlet `without` is known, and its feed not subscribed.
    """
    feeds = [feed for feed in server.feeds() if feed["id"] != without]
    shutil.rmtree(directory, ignore_errors=True)
    shutil.copytree(starter_config() / "topics", directory / "topics")
    files: Mapping[str, Any] = {
        "newsbeam.yaml": {
            "feeds": {
                "every_s": EVERY_S,
                "shortest_s": EVERY_S,
                "host_gap_s": 0.0,
                "cache_longest_s": EVERY_S,
            },
            "process": {"shift_s": 120},
            "serve": {"port": port} if port is not None else {},
        },
        "feeds.yaml": [{**feed, "every_s": EVERY_S, "allow_private": True} for feed in feeds],
        "outlets.yaml": [_outlet(outlet) for outlet in server.outlets()],
        "alerts.yaml": {
            "rules": [
                {"id": rule, "when": f"topic:{topic}", "topic": topic, "severity": _severity(topic)}
                for rule, topic in DEMO_RULES
            ]
        },
    }
    for name, content in files.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (directory / name).write_text(text, encoding="utf-8")
    return directory


def _outlet(outlet: Mapping[str, Any]) -> dict[str, Any]:
    entry = {name: value for name, value in outlet.items() if name != "domain"}
    return {**entry, "domains": [outlet["domain"]]}


def _severity(topic: str) -> str:
    return "high" if topic in {"ceasefire", "sanctions", "earthquakes"} else "medium"


def _newswire_ports(data_dir: Path) -> tuple[int, ...]:
    """Return the ports of this directory's earlier newswire, so that its addresses stay; 0s for a new one."""
    known = data_dir / "newswire.port"
    ports = known.read_text().split() if known.exists() else []
    return (*map(int, ports), 0, 0, 0)[:3]  # earlier versions remembered only the first


def _remember(data_dir: Path, name: str, text: str) -> None:
    data_dir.mkdir(parents=True, exist_ok=True)
    (data_dir / name).write_text(text)
