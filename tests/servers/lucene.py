"""Apache Lucene from what `make servers` put into .servers/: its jars, and the programs that ask it, compiled."""

import shutil
import subprocess
from collections.abc import Sequence

from tests.servers.install import LUCENE, has_lucene


def missing() -> str | None:
    """Return why Lucene cannot be asked here, or None."""
    if shutil.which("java") is None:
        return "Java is not installed (make servers)"
    if not has_lucene():
        return "Lucene is not installed, or older than its sources (make servers)"
    return None


def java(program: str, *arguments: str, options: Sequence[str] = ()) -> list[str]:
    """Return the command line of one of the programs."""
    classpath = f"{LUCENE / 'classes'}:{LUCENE / 'lib'}/*"
    return ["java", "-XX:+UseSerialGC", *options, "-cp", classpath, program, *arguments]


class Decisions:
    """Lucene in a process of its own, which says what queries match which documents."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            java("Decisions", options=["-Xmx512m", "-XX:TieredStopAtLevel=1"]),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def tell(self, lines: Sequence[Sequence[str]]) -> None:
        """Send what has no answer: documents, parts of queries."""
        assert self._process.stdin is not None
        self._process.stdin.write("".join("\t".join(map(_escaped, line)) + "\n" for line in lines))

    def ask(self, queries: Sequence[Sequence[Sequence[str]]]) -> list[str]:
        """Return for each query a string of 0 and 1, a sign for every document told since `clear`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        for query in queries:
            self.tell([*query, ["ask"]])
        self._process.stdin.flush()
        answers = [self._process.stdout.readline().rstrip("\n") for _ in queries]
        assert all(answers), "Lucene's process ended; what it said is above"
        return answers

    def stop(self) -> None:
        """End the process."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(timeout=20)
        self._process.stdout.close()


def _escaped(word: str) -> str:
    return word.replace("\\", r"\\").replace("\n", r"\n").replace("\t", r"\t")
