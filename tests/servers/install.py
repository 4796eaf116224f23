"""Installs what the tests need beside Python packages (`make servers`): servers from Debian and Maven, and a schema
from a Go module; needs nothing but Python.

Each step is skipped when what it brings is there, so that a second run takes no time.
"""

import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGED_POSTGRES = Path("/usr/lib/postgresql")
COMPOSE = "github.com/compose-spec/compose-go/v2@v2.16.2"  # holds the compose specification's schema
COMPOSE_SCHEMA = ROOT / ".servers" / f"compose-spec-{COMPOSE.rpartition('@')[2]}.json"
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
TIME_LIMIT_S = 1_200


class CannotInstall(Exception):
    """A step cannot be done here; the text says what to do by hand."""


class Debian:
    """Debian's package manager; its lists are fetched once, when the first package is missing."""

    def __init__(self) -> None:
        self._fetched = False

    def install(self, *packages: str) -> None:
        """Install packages."""
        if shutil.which("apt-get") is None:
            raise CannotInstall(f"this is no Debian: install what gives {', '.join(packages)} by hand")
        as_root = [] if os.geteuid() == 0 else ["sudo", "-n"]
        if as_root and subprocess.run([*as_root, "true"], capture_output=True, check=False).returncode:
            raise CannotInstall(f"run as root: apt-get install {' '.join(packages)}")
        apt = [
            *as_root,
            "env",
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-q",
            "-o",
            "DPkg::Lock::Timeout=180",
        ]
        if not self._fetched:
            run([*apt, "update"])
            self._fetched = True
        run([*apt, "install", "-y", "--no-install-recommends", *packages])


def run(command: Sequence[str]) -> str:
    """Run a command quietly and return its output; raise with it when the command fails."""
    try:
        done = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIME_LIMIT_S,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise CannotInstall(f"{' '.join(command)} took longer than {TIME_LIMIT_S} s") from error
    if done.returncode:
        raise CannotInstall(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-3_000:]}")
    return done.stdout


def has_java() -> bool:
    """Say whether Java, its compiler and Maven are here."""
    return all(map(shutil.which, ("java", "javac", "mvn")))


class FromMaven:
    """Jars that a pom beside this file names, with the Java programs of the folder of the same name, compiled.

    They lie in .servers/NAME, in `lib` and `classes`, or the jars right there where there are no programs.
    """

    def __init__(self, name: str) -> None:
        self.home = ROOT / ".servers" / name
        self._pom = Path(__file__).with_name(f"{name}-pom.xml")
        self._programs = sorted(Path(__file__).with_name(name).glob("*.java"))
        self._stamp = self.home / ("sources.sha256" if self._programs else "pom.sha256")

    def is_there(self) -> bool:
        """Say whether the jars are those of the pom, and the programs those of the sources."""
        return self._stamp.exists() and self._stamp.read_text("utf-8") == self._hash()

    def _hash(self) -> str:
        sources = [self._pom, *self._programs]
        return hashlib.sha256(b"\0".join(source.read_bytes() for source in sources)).hexdigest()

    def install(self) -> None:
        """Bring everything into .servers/, whole or not at all."""
        self.home.parent.mkdir(exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.home.parent) as folder:
            made = Path(folder) / self.home.name
            jars = made / "lib" if self._programs else made
            goal = ["dependency:copy-dependencies", f"-DoutputDirectory={jars}", "-DincludeScope=runtime"]
            run(["mvn", "-q", "-B", "-f", str(self._pom), *goal])
            if self._programs:
                classes = ["-cp", f"{jars}/*", "-d", str(made / "classes")]
                run(
                    [
                        "javac",
                        "-encoding",
                        "UTF-8",
                        "-Xlint:all,-path",
                        "-Werror",
                        *classes,
                        *map(str, self._programs),
                    ]
                )
            (made / self._stamp.name).write_text(self._hash(), "utf-8")
            if self.home.is_symlink():
                self.home.unlink()
            shutil.rmtree(self.home, ignore_errors=True)
            made.rename(self.home)


KAFKA = FromMaven("kafka")
LUCENE = FromMaven("lucene")
FLINK = FromMaven("flink")


def has_postgres() -> bool:
    """Say whether a PostgreSQL server can be made here."""
    return any(PACKAGED_POSTGRES.glob("*/bin/initdb")) or shutil.which("initdb") is not None


def has_browser() -> bool:
    """Say whether Chromium is here."""
    return any(map(shutil.which, BROWSERS))


def skewed_clock() -> str | None:
    """Return the library that gives a process another time of day, or None."""
    found = sorted(Path("/usr/lib").glob("*/faketime/libfaketime.so.1"))
    return str(found[0]) if found else None


def has_compose_schema() -> bool:
    """Say whether the compose specification's schema is here, in its pinned version."""
    return COMPOSE_SCHEMA.exists()


def install_compose_schema(debian: Debian) -> None:
    """Bring the schema into .servers/ out of the Go module that checks compose files."""
    if shutil.which("go") is None:
        debian.install("golang-go")
    COMPOSE_SCHEMA.parent.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        # Outside of any module, and leaving nothing behind: the cache is made writable to be removed.
        found = run(
            ["env", f"GOMODCACHE={folder}", "GOFLAGS=-modcacherw", "go", "mod", "download", "-json", COMPOSE]
        )
        schema = Path(json.loads(found)["Dir"]) / "schema" / "compose-spec.json"
        partial = COMPOSE_SCHEMA.with_suffix(".partial")
        shutil.copyfile(schema, partial)
        partial.replace(COMPOSE_SCHEMA)


def main() -> int:
    """Do what is missing, step by step, telling; return the exit code."""
    debian = Debian()
    steps: list[tuple[str, Callable[[], bool], Callable[[], None]]] = [
        ("Java and Maven", has_java, lambda: debian.install("default-jdk-headless", "maven")),
        ("Kafka broker", KAFKA.is_there, KAFKA.install),
        ("Flink", FLINK.is_there, FLINK.install),
        ("Lucene", LUCENE.is_there, LUCENE.install),
        ("PostgreSQL", has_postgres, lambda: debian.install("postgresql")),
        ("Chromium", has_browser, lambda: debian.install("chromium", "fonts-dejavu-core")),
        ("libfaketime", lambda: skewed_clock() is not None, lambda: debian.install("libfaketime")),
        ("Compose schema", has_compose_schema, lambda: install_compose_schema(debian)),
    ]
    done = [_do(f"[{number}/{len(steps)}] {name}", *rest) for number, (name, *rest) in enumerate(steps, 1)]
    return 0 if all(done) else 1


def _do(label: str, present: Callable[[], bool], install: Callable[[], None]) -> bool:
    if present():
        print(f"{label}: there", flush=True)
        return True
    print(f"{label}: installing ...", flush=True)
    started = time.monotonic()
    try:
        install()
    except CannotInstall as error:
        print(f"{label}: {error}", file=sys.stderr, flush=True)
        return False
    if not present():
        print(f"{label}: it was installed and still is not found", file=sys.stderr, flush=True)
        return False
    print(f"{label}: installed in {time.monotonic() - started:.0f} s", flush=True)
    return True


if __name__ == "__main__":
    sys.exit(main())
