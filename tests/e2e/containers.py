"""The services of docker-compose.yml without containers: newsbeam's as processes with exactly their command and
environment, the servers as the tests start them; hosts, ports and paths are those of this machine."""

import json
import os
import shlex
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from secrets import token_hex
from typing import Any

import yaml

from tests.servers.compose import COMPOSE, ROOT, SERVICES, Mapped, image, is_ours, of_profile
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.servers.postgres import PostgresServer, bin_dir
from tests.servers.process import ServerProcess, free_port, wait_until

_http = urllib.request.build_opener(urllib.request.ProxyHandler({}))
WITHOUT = frozenset({"prometheus", "grafana"})  # no such server here
METRICS, PAGE = "8609", "8600"


class Containers:
    """The services of one profile, over one folder for all their files, and one that is their /tmp."""

    def __init__(self, profile: str, folder: Path, tmp: Path, servers: Mapping[str, object]) -> None:
        self.services = [name for name in of_profile(profile) if name not in WITHOUT]
        self.secrets = {name: token_hex(24) for name in COMPOSE["secrets"]}
        self.config = folder / "config"
        self._folder, self._tmp = folder, tmp
        self._image = _image()
        self._processes: dict[str, ServerProcess] = {}
        self._said_last = ""  # by a health check
        for place in ("secrets", "data", "log"):
            (folder / place).mkdir()
        for name, secret in self.secrets.items():
            (folder / "secrets" / name).write_text(f"{secret}\n")
        shutil.copytree(ROOT / "config", self.config)
        shared = {
            "/run/secrets": folder / "secrets",
            "/etc/newsbeam": self.config,
            "/var/lib/newsbeam": folder / "data",
            PAGE: free_port(),
            "50000": free_port(),
            **servers,
        }
        self._mapped = {name: Mapped({**shared, METRICS: free_port()}) for name in self.services}

    def here(self, name: str, word: str) -> str:
        """Return a word of a service as it is on this machine."""
        return self._mapped[name].word(word)

    def make_database(self) -> None:
        """Run what PostgreSQL's image runs once, when it has made the database."""
        environ = self._mapped["postgres"].pairs(SERVICES["postgres"]["environment"])
        here = {"PATH": _path(), "PGHOST": "127.0.0.1", "PGPORT": self.here("postgres", "5432"),
                "PGPASSWORD": self.secrets["postgres_password"]}  # fmt: skip
        for script in sorted((ROOT / "config" / "postgres").iterdir()):
            text = self.here("postgres", script.read_text("utf-8"))
            made = subprocess.run(
                ["sh", "-c", text], env={**environ, **here}, capture_output=True, text=True, check=False
            )
            assert made.returncode == 0, made.stdout + made.stderr

    def apply(self) -> None:
        """Run the service that comes before all others to its end."""
        ended = subprocess.run(
            self._command("apply"), env=self._environ("apply"), cwd=self._folder / "data", capture_output=True,
            text=True, timeout=120, check=False,
        )  # fmt: skip
        assert ended.returncode == 0, ended.stdout + ended.stderr

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run every newsbeam service that stays, each started after those that it depends on."""
        with ExitStack() as exits:
            for name in filter(is_ours, self.services):
                if name != "apply":
                    process = ServerProcess(name, self._command(name), self._folder / "log" / name)
                    exits.callback(process.kill)
                    self._processes[name] = process
                    process.start(lambda: True, within_s=5, environ=self._environ(name), alone=True)
            yield

    def await_health(self, within_s: float) -> None:
        """Return when every service's own health check has passed."""
        for name in self.services:
            if name != "apply":
                wait_until(
                    lambda name=name: self._healthy(name),  # type: ignore[misc]
                    within_s,
                    f"{name} to be healthy",
                    self.said,
                )

    def _healthy(self, name: str) -> bool:
        service = SERVICES[name]
        kind, *words = service["healthcheck"]["test"]
        assert kind == "CMD"
        environ = self._environ(name) if is_ours(name) else {"PATH": _path()}
        checked = subprocess.run(
            self._mapped[name].words(words),
            env=environ,
            capture_output=True,
            timeout=float(service["healthcheck"]["timeout"].rstrip("s")),
            check=False,
        )
        self._said_last = (checked.stdout + checked.stderr).decode()
        return checked.returncode == 0

    def stop(self) -> None:
        """Stop all as `docker compose down` does, in reverse order; each must end well before it would be killed."""
        for name in reversed(list(self._processes)):
            code = self._processes.pop(name).end(
                within_s=float(SERVICES[name]["stop_grace_period"].rstrip("s"))
            )
            assert code == 0, f"{name} ended with {code}\n{self.said()}"

    def ask(self, path: str, body: bytes | None = None) -> Any:
        """Return what the API says, to one who has the token."""
        return json.loads(self.get("serve", PAGE, path, body))

    def get(self, name: str, port: str, path: str, body: bytes | None = None) -> str:
        """Return what a service answers at a port of its container, to one who has the token."""
        request = urllib.request.Request(f"http://127.0.0.1:{self.here(name, port)}{path}", data=body)
        request.add_header("Authorization", f"Bearer {self.secrets['serve_token']}")
        with _http.open(request, timeout=30) as answer:
            return str(answer.read().decode())

    def pids(self) -> Mapping[str, int]:
        """Return the process of each service."""
        return {name: process.pid for name, process in self._processes.items()}

    def said(self) -> str:
        """Return the end of each service's log, and what the last health check said."""
        logs = {name: process.tail() for name, process in self._processes.items()}
        logs["the last health check"] = self._said_last
        return "\n".join(f"--- {name}\n{said[-1_500:]}" for name, said in logs.items())

    def _command(self, name: str) -> list[str]:
        words = self._mapped[name].words(self._image["ENTRYPOINT"], SERVICES[name]["command"])
        return [*self._within(name), *words]

    def _within(self, name: str) -> list[str]:
        """Return what runs a command without capabilities, all files but the service's own places read-only.

        Nothing where this user may not do so: then the service runs like any process.
        """
        if subprocess.run(["unshare", "--mount", "true"], capture_output=True, check=False).returncode:
            return []
        service = SERVICES[name]
        mounted = [one.partition(":")[2] for one in service["volumes"] if not one.endswith(":ro")]
        writable = [self.here(name, place) for place in mounted]
        writable += [str(self._tmp) for place in service["tmpfs"] if place == "/tmp"]  # noqa: S108
        steps = ["mount --make-rprivate /", *(f"mount --bind {place} {place}" for place in writable)]
        steps += [
            "mount -o remount,ro,bind /",
            'exec setpriv --no-new-privs --bounding-set=-all --inh-caps=-all "$@"',
        ]
        return ["unshare", "--mount", "sh", "-c", " && ".join(steps), "sh"]

    def _environ(self, name: str) -> dict[str, str]:
        """Return the environment of the image and the service, and what this machine needs beside."""
        given = {**self._image["ENV"], **SERVICES[name]["environment"]}
        machine = {"PATH": _path(), "TMPDIR": str(self._tmp), "NO_PROXY": "*"}
        return {**self._mapped[name].pairs(given), **machine}


def _image() -> Mapping[str, Any]:
    """Return what newsbeam's image adds to a service."""
    given: dict[str, Any] = dict(image())
    given["ENTRYPOINT"] = json.loads(given["ENTRYPOINT"])
    given["ENV"] = dict(pair.split("=", 1) for pair in shlex.split(given["ENV"]))
    return given


def _path() -> str:
    found = bin_dir()
    places = [str(Path(sys.executable).parent), *([] if found is None else [str(found)]), os.environ["PATH"]]
    return os.pathsep.join(places)


def kafka_places(server: KafkaServer, url: str) -> Mapping[str, object]:
    """Return where Kafka is; the bus at `url` has topics that no other test sees."""
    return {"kafka://kafka:9092": url, "9092": server.port}


def postgres_places(server: PostgresServer) -> Mapping[str, object]:
    """Return where PostgreSQL is."""
    return {"postgres:5432": f"127.0.0.1:{server.port}", "5432": server.port}


def flink_places(cluster: FlinkCluster) -> Mapping[str, object]:
    """Return where Flink and Beam's job server are."""
    here = "127.0.0.1"
    return {"jobmanager": here, "jobserver": here, "8081": cluster.rest_port, "8099": cluster.job_port}


def change(path: Path, **changes: object) -> None:
    """Change the top of a YAML file."""
    content = yaml.safe_load(path.read_text("utf-8")) or {}
    path.write_text(yaml.safe_dump({**content, **changes}, allow_unicode=True), "utf-8")
