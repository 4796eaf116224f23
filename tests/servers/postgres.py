"""A real PostgreSQL server from the system's packages (`make servers`), in a temporary folder of its own."""

import os
import shutil
import signal
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from tests.servers.process import ServerProcess, free_port

PACKAGED = Path("/usr/lib/postgresql")
SETTINGS = """\
listen_addresses = '127.0.0.1'
unix_socket_directories = ''
max_connections = 60
shared_buffers = 64MB
log_min_messages = warning
deadlock_timeout = 200ms
"""
# A test about durability must not run on these.
FAST = "fsync = off\nfull_page_writes = off\nsynchronous_commit = off\n"


def bin_dir() -> Path | None:
    """Return the folder of the newest `initdb` here, or None."""
    packaged = sorted(PACKAGED.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    found = packaged[-1] if packaged else shutil.which("initdb")
    return Path(found).resolve().parent if found else None


def missing() -> str | None:
    """Return why no server can be started here, or None."""
    if bin_dir() is None:
        return "PostgreSQL is not installed (make servers)"
    return None


class PostgresServer:
    """One server with its own folder and port; stops and starts again on the same data and port.

    `durable` keeps every promise of a commit; without it tests run faster and a kill may lose data.
    `folder` must be there; `remove` takes it away.
    """

    def __init__(self, *, durable: bool = False, folder: Path | None = None, settings: str = "") -> None:
        bin_ = bin_dir()
        assert bin_ is not None, missing()
        self.port = free_port()
        # Not below pytest's folders: root's are closed to the user that the server runs as.
        self._folder = folder or Path(tempfile.mkdtemp(prefix="newsbeam-postgres-"))
        self._data = self._folder / "data"
        self._bin = bin_
        self._user = "postgres" if os.geteuid() == 0 else None  # initdb refuses root
        if self._user:
            shutil.chown(self._folder, self._user, self._user)
        command = [bin_ / "postgres", "-D", self._data, "-p", str(self.port)]
        self.process = ServerProcess("PostgreSQL", command, self._folder / "postgres.log", user=self._user)
        self._settings = SETTINGS + ("" if durable else FAST) + settings

    def start(self) -> "PostgresServer":
        """Start the server, making its cluster the first time; return when it takes connections."""
        if not self._data.exists():
            self._initialise()
        self.process.start(self.answers, within_s=60)
        return self

    def _initialise(self) -> None:
        command = [self._bin / "initdb", "-D", self._data, "-U", "postgres", "--auth=trust", "--no-sync"]
        done = subprocess.run(
            [*command, "--encoding=UTF8", "--locale=C"],
            capture_output=True,
            text=True,
            timeout=120,
            user=self._user,
            cwd=self._folder,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        with (self._data / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(self._settings)

    def answers(self) -> bool:
        """Say whether it takes connections."""
        try:
            with self._connect():
                return True
        except psycopg.OperationalError:
            return False

    def _connect(self) -> "psycopg.Connection[tuple[object, ...]]":
        return psycopg.connect(
            host="127.0.0.1",
            port=self.port,
            user="postgres",
            dbname="postgres",
            autocommit=True,
            connect_timeout=5,
        )

    def create_database(self, name: str = "") -> str:
        """Make an empty database; return its SQLAlchemy URL."""
        name = name or f"test_{uuid.uuid4().hex[:12]}"
        with self._connect() as connection:
            connection.execute(f'CREATE DATABASE "{name}"')  # type: ignore[arg-type]
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}/{name}"

    def drop_database(self, url: str) -> None:
        """Remove a database, whoever is still connected to it."""
        name = url.rpartition("/")[2]
        with self._connect() as connection:
            connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')  # type: ignore[arg-type]

    @contextmanager
    def guarded(self, name: str, password: str, *others: str) -> Iterator[None]:
        """Have a superuser and a database of one name while the block runs; who comes must show the password.

        `others` are roles that the block may make.
        """
        rules = self._data / "pg_hba.conf"
        before = rules.read_text("utf-8")
        rules.write_text(f"host all {name} 127.0.0.1/32 scram-sha-256\n{before}", "utf-8")
        with self._connect() as connection:
            connection.execute(f"CREATE ROLE {name} SUPERUSER LOGIN PASSWORD '{password}'")  # type: ignore[arg-type]
            connection.execute(f"CREATE DATABASE {name} OWNER {name}")  # type: ignore[arg-type]
            connection.execute("SELECT pg_reload_conf()")
            try:
                yield
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")  # type: ignore[arg-type]
                for role in (name, *others):
                    connection.execute(f"DROP ROLE IF EXISTS {role}")  # type: ignore[arg-type]
                rules.write_text(before, "utf-8")

    def stop(self) -> None:
        """Stop the server in order, cutting its connections; its data stays."""
        self.process.stop(signal.SIGINT)

    def kill(self) -> None:
        """Kill the server (SIGKILL); its data stays."""
        self.process.kill()

    def remove(self) -> None:
        """Stop the server and remove its data."""
        self.stop()
        shutil.rmtree(self._folder)
