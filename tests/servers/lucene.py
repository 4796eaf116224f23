"""Apache Lucene from what `make servers` put into .servers/: its jars, and the programs that ask it, compiled."""

import shutil
import subprocess
from collections.abc import Iterable, Sequence

from tests.servers.install import LUCENE


def missing() -> str | None:
    """Return why Lucene cannot be asked here, or None."""
    if shutil.which("java") is None:
        return "Java is not installed (make servers)"
    if not LUCENE.is_there():
        return "Lucene is not installed, or older than its sources (make servers)"
    return None


def java(program: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """Return the command line of one of the programs."""
    classpath = f"{LUCENE.home / 'classes'}:{LUCENE.home / 'lib'}/*"
    return ["java", "-XX:+UseSerialGC", *options, "-cp", classpath, program, *arguments]


class Program:
    """One of the programs in a process of its own: lines of words go in, some are answered by a line."""

    def __init__(self, name: str, *options: str) -> None:
        self._process = subprocess.Popen(
            java(name, options=options),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def tell(self, lines: Iterable[Sequence[str]]) -> None:
        """Send lines that have no answer."""
        assert self._process.stdin is not None
        self._process.stdin.writelines("\t".join(map(_escaped, line)) + "\n" for line in lines)

    def answers(self, number: int) -> list[str]:
        """Return so many answers to what was sent."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.flush()
        lines = [self._process.stdout.readline() for _ in range(number)]
        assert all(lines), "Lucene's process ended; what it said is above"
        return [line.rstrip("\n") for line in lines]

    def ask(self, *line: str) -> str:
        """Send one line and return its answer."""
        self.tell([line])
        return self.answers(1)[0]

    def stop(self) -> None:
        """End the process, whatever it is at; it keeps nothing."""
        self._process.kill()
        self._process.communicate(timeout=20)


class Decisions(Program):
    """Says what queries match which documents."""

    def __init__(self) -> None:
        super().__init__("Decisions", "-Xmx512m", "-XX:TieredStopAtLevel=1")

    def decide(self, queries: Sequence[Sequence[Sequence[str]]]) -> list[str]:
        """Return for each query a string of 0 and 1, a sign for every document told since `clear`."""
        for query in queries:
            self.tell([*query, ["ask"]])
        return self.answers(len(queries))


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t")
