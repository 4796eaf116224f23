"""The cluster deployment as compose runs it, each job a process of its own, with every part that can die in reach."""

import os
from collections.abc import Callable
from contextlib import ExitStack, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, Self

import psutil

from newsbeam.newswire import RunningServer
from newsbeam.store.database import open_store
from tests.contract.receiver import Receiver
from tests.e2e.equality import Ledger, bus_ends
from tests.e2e.service import Service, WireClock, call, configure, environment
from tests.servers.disk import CannotMount, small_disk
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.servers.network import PrivateNetwork
from tests.servers.network import missing as no_network
from tests.servers.postgres import PostgresServer, bin_dir
from tests.servers.process import ServerProcess, wait_until

DISK_BYTES = 1 << 30
# So that the log of what is written leaves most of the disk to what is stored.
POSTGRES_SETTINGS = "max_wal_size = 128MB\nmin_wal_size = 64MB\nwal_recycle = off\n"
DATABASE = "newsbeam"
JOBS = {
    "poller 1": "poll",
    "poller 2": "poll",
    "keeper": "process",
    "deliverer 1": "deliver",
    "deliverer 2": "deliver",
    "pages": "serve",
}
RECOVERS_WITHIN_S = 180.0


class Part(NamedTuple):
    """Something that runs, and how it is started again."""

    process: ServerProcess
    start: Callable[[], object]


class World:
    """Kafka, PostgreSQL on a small disk, Flink, two pollers, two deliverers, the keeper, the pages; one wire."""

    def __init__(self, folder: Path, make_wire: Callable[[], RunningServer]) -> None:
        self.folder = folder
        self.exits = ExitStack()
        self.network = None if no_network() else self.exits.enter_context(PrivateNetwork())
        self.disk = self._disk()
        self.wire = make_wire()
        self.exits.callback(self.wire.stop)
        self.receiver = self.exits.enter_context(Receiver())
        self.kafka = KafkaServer(folder / "kafka")
        self.postgres = PostgresServer(durable=True, folder=self.disk, settings=POSTGRES_SETTINGS)
        self.flink = FlinkCluster(folder / "flink")
        self.told_before_restore = 0  # how many deliveries had come when a copy was put back last

    def _disk(self) -> Path | None:
        # Below /tmp, because the user that PostgreSQL runs as cannot enter pytest's folders.
        folder = Path("/tmp") / f"newsbeam-world-{os.getpid()}"  # noqa: S108 - made by nobody else, and only here
        folder.mkdir()
        self.exits.callback(folder.rmdir)
        try:
            return self.exits.enter_context(small_disk(folder, DISK_BYTES))
        except CannotMount:
            return None

    def __enter__(self) -> Self:
        self.exits.callback(self.stop)
        self.kafka.start()
        self.postgres.start()
        self.flink.start()
        self.bus_url = f"kafka://{self.kafka}/world"
        self.store_url = self.postgres.create_database(DATABASE)
        config = configure(
            self.folder / "config",
            self.wire,
            receiver=self.receiver.url,
            service={"bus": self.bus_url, "store": self.store_url},
            flink=self.flink,
        )
        self.service = Service(config, self.folder / "data")
        said = self.service.call("config", "apply")
        assert said.code == 0, said.all
        self.jobs = {name: self._job(name, word) for name, word in JOBS.items()}
        for job in self.jobs.values():
            job.start()
        wait_until(lambda: self.service.answers("/readyz"), 150, "the page", self.tail)
        self.ledger = Ledger(open_store(self.store_url), self.wire)
        self.exits.callback(self.ledger.store.close)
        wait_until(self.ledger.all_watched, 150, "the first fetches", self.tail)
        return self

    def __exit__(self, *_: object) -> None:
        self.exits.close()

    def _job(self, name: str, word: str) -> Part:
        log = self.folder / f"{name.replace(' ', '-')}.log"
        process = ServerProcess(name, self.service.command(word), log)
        return Part(process, lambda: process.start(lambda: True, 10, environment()))

    def release(self) -> None:
        """Let the wire's news begin."""
        assert isinstance(self.wire.clock, WireClock)
        self.wire.clock.release()

    def worker(self, choose: Callable[[list[psutil.Process]], psutil.Process]) -> psutil.Process:
        """One of the pool's Python workers, as soon as there is any."""
        found: list[psutil.Process] = []
        wait_until(
            lambda: bool(found.extend(self._workers()) or found),
            RECOVERS_WITHIN_S,
            "a Python worker",
            self.tail,
        )
        return choose(found)

    def _workers(self) -> list[psutil.Process]:
        """What the pool's fork server has forked; beside it the pool has only one process that counts resources."""
        found = []
        for helper in psutil.Process(self.flink.worker_pool.pid).children():
            with suppress(psutil.NoSuchProcess):
                found += helper.children()
        return found

    # --- recovery ------------------------------------------------------------------------------------------

    def await_recovery(self) -> None:
        """Return when each job has shown that it works again: all feeds were read, all that was on the bus is
        recorded, and all that was to be told is delivered, each since now."""
        now = datetime.now(UTC)
        wait_until(lambda: not self.ledger.unread_since(now), RECOVERS_WITHIN_S, "every feed", self.tail)
        ends = bus_ends(self.bus_url)
        wait_until(lambda: self.ledger.has_reached(ends), RECOVERS_WITHIN_S, "the backlog", self.tail)
        newest = self.ledger.newest_outbox_row()
        wait_until(lambda: self.ledger.has_told(newest), RECOVERS_WITHIN_S, "deliveries", self.tail)

    def quiesce(self) -> None:
        """Return when the wire is settled and nothing is left to read, record or deliver."""
        wait_until(
            lambda: not self.ledger.unfinished(self.bus_url),
            300,
            "everything to be done",
            lambda: f"{self.ledger.unfinished(self.bus_url)}\n{self.tail()}",
        )

    # --- what operators do ---------------------------------------------------------------------------------

    def copy_store(self) -> Path:
        """Make a copy with PostgreSQL's own tools, as `newsbeam backup` says."""
        copy = self.folder / "copy.dump"
        self._tool("pg_dump", "--format=custom", f"--file={copy}", f"--dbname={self._address()}")
        return copy

    def restore_store(self, copy: Path) -> None:
        """Stop every job, put the copy in the store's place, and start them."""
        for job in self.jobs.values():
            job.process.stop()
        # what a keeper could not cancel would go on writing
        call(self.service.command("process", "--stop"), self.folder)
        self.told_before_restore = len(self.receiver.got)
        self._tool("pg_restore", "--clean", "--if-exists", f"--dbname={self._address()}", str(copy))
        said = self.service.call("restore", str(copy))
        assert said.code == 0, said.all
        for job in self.jobs.values():
            job.start()

    def _tool(self, name: str, *words: str) -> None:
        folder = bin_dir()
        assert folder is not None
        said = call([str(folder / name), *words], self.folder)
        assert said.code == 0, said.all

    def _address(self) -> str:
        return self.store_url.replace("postgresql+psycopg://", "postgresql://", 1)

    # --- looking -------------------------------------------------------------------------------------------

    def stop(self) -> None:
        """Stop every part that runs."""
        for job in getattr(self, "jobs", {}).values():
            job.process.kill()
        self.flink.stop()
        self.kafka.kill()
        self.postgres.kill()

    def tail(self) -> str:
        """The end of what every job said."""
        return "\n".join(f"--- {name}\n{job.process.tail()[-1_500:]}" for name, job in self.jobs.items())

    def said(self) -> str:
        """All that the jobs said."""
        return "".join(job.process.log.read_text("utf-8", "replace") for job in self.jobs.values())
