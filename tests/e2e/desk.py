"""A small newsroom for commands: a configuration, stories of every fate on its bus, and all of them recorded."""

import io
import json
import logging
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from unittest.mock import patch

from newsbeam.app.cli import main
from newsbeam.app.deployment import Deployment
from newsbeam.beam import close_readers
from tests.graph.world import World

ROOT = Path(__file__).parents[2]
ESCAPES = "\x1b]0;owned\x07\x1b[31mTruce\x1b[0m\u202e holds in the Aldava valley\x9b2J"
TITLE = "]0;owned[31mTruce[0m holds in the Aldava valley2J"  # what a terminal may show of it
BODY = (
    "The truce signed in Port Maren held for a second night. Monitors counted no violation, the mission said."
)
RUBBISH = b'\x1b[2J{"v":1,"title":\xff'
FILES: Mapping[str, str] = {
    "newsbeam.yaml": "serve: {port: 8600}\n",
    "topics/peace.yaml": """\
- id: ceasefire
  label: {en: Ceasefires}
  queries: {en: ceasefire OR truce, fr: '"cessez-le-feu"'}
  examples: {match: [The truce held.], no_match: [The price of truth.]}
- id: grain
  queries: {en: wheat}
""",
    "alerts.yaml": """\
rules:
  - {id: truce, when: "topic:ceasefire", topic: peace, severity: high}
  - {id: wheat, when: "topic:grain", topic: markets}
subscriptions:
  - {id: desk, channel: webhook, topics: [peace], url: "RECEIVER/all", allow_private: true}
  - {id: odd, channel: webhook, topics: [peace], url: "RECEIVER/odd?key=hush", allow_private: true}
  - {id: shut, channel: webhook, topics: [peace], url: "http://127.0.0.1:9/", allow_private: true}
""",
    "feeds.yaml": """\
- {id: harbour, url: "PAPER/feed", title: Harbour Post, allow_private: true}
- {id: gone, url: "PAPER/gone", allow_private: true}
""",
    "outlets.yaml": """\
- {id: harbour-post, name: Harbour Post, domains: [harbour-post.example], country: PT}
- {id: tribune, name: Tribune, domains: [tribune.example]}
""",
}


@dataclass(frozen=True)
class Ran:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    def objects(self) -> list[Any]:
        """What `--json` printed: one object on every line."""
        found = [json.loads(line) for line in self.out.splitlines()]
        assert all(isinstance(one, dict) for one in found)
        return found


@dataclass(frozen=True)
class Desk:
    """One deployment's two directories, and the commands on it."""

    config: Path
    data: Path
    environ: Mapping[str, str] = field(default_factory=dict)

    def run(self, *words: str, stdin: bytes = b"") -> Ran:
        """Run a command in this process, as a pipe sees it."""
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", newline="") for _ in range(2))
        logs = logging.root.handlers[:], logging.root.level
        given = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        try:
            with redirect_stdout(out), redirect_stderr(err), patch.object(sys, "stdin", given):
                main(["--config", str(self.config), "--data", str(self.data), *words])
        except SystemExit as exit_:
            out.flush(), err.flush()
            code = exit_.code if isinstance(exit_.code, int) else 1
            return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))  # type: ignore[attr-defined]
        finally:
            logging.root.handlers[:] = logs[0]
            logging.root.setLevel(logs[1])
        raise AssertionError("main leaves with an exit code")

    def start(self, *words: str, **how: Any) -> "subprocess.Popen[bytes]":
        """Start a command as a process of its own."""
        return subprocess.Popen(self.command(*words), cwd=ROOT, env={**os.environ, **self.environ}, **how)

    def command(self, *words: str) -> list[str]:
        """The whole command line of a command on this deployment."""
        places = ["--config", str(self.config), "--data", str(self.data)]
        return [sys.executable, "-m", "newsbeam", *places, *words]

    def copy(self, folder: Path) -> "Desk":
        """Another deployment that holds the same."""
        shutil.copytree(self.config, folder / "config")
        shutil.copytree(self.data, folder / "data")
        return Desk(folder / "config", folder / "data")

    def read_all(self) -> dict[str, int]:
        """Record all that is on the bus; return how many records ended in which way."""
        opened = Deployment(str(self.config), str(self.data))
        world = World(self.data, opened.bus, opened.store(), opened.settings.store_url)
        try:
            world.read_all()
            return world.ended()
        finally:
            close_readers(opened.bus)
            opened.close()

    def publish_raw(self, value: bytes) -> None:
        """Put bytes on the bus as they are."""
        opened = Deployment(str(self.config), str(self.data))
        World(self.data, opened.bus, opened.store(), "").publish([value])
        opened.close()


def write_config(
    folder: Path, *, receiver: str = "http://127.0.0.1:9", paper: str = "http://127.0.0.1:9"
) -> Path:
    """Write the newsroom's configuration; return its directory."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("RECEIVER", receiver).replace("PAPER", paper), encoding="utf-8")
    return folder


def lines(now: datetime) -> bytes:
    """Return JSON lines of six stories, of which one comes twice, and of two that are none."""
    fresh, old = (now - timedelta(minutes=5)).isoformat(), (now - timedelta(days=5)).isoformat()
    harbour = "https://harbour-post.example"
    truce = {"title": ESCAPES, "body": BODY, "language": "en", "published_at": fresh}
    stories: list[dict[str, object]] = [
        {**truce, "url": f"{harbour}/truce?utm_source=feed"},
        {**truce, "url": "https://tribune.example/wire/truce"},
        {**truce, "url": f"{harbour}/truce"},
        {**truce, "url": f"{harbour}/old", "title": "An old truce", "body": "A truce.", "published_at": old},
        {
            **truce,
            "url": f"{harbour}/history",
            "title": "A truce in the archive",
            "body": "",
            "backfill": True,
        },
        {**truce, "url": f"{harbour}/fr", "title": "Le cessez-le-feu tient", "body": "", "language": "fr"},
        {**truce, "url": f"{harbour}/bridge", "title": "A bridge reopens", "body": "Ferries stop at noon."},
        {"titel": "No story"},
    ]
    return b"\n".join([json.dumps(story).encode() for story in stories]) + b"\n\nno JSON \x1b[31m at all\n"
