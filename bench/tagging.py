"""Stories/s of the topic engine on one core, beside spaCy's PhraseMatcher, Lucene Monitor and a bare automaton.

Literal queries: all must find the same. Mixed queries (a third literals, a third boolean, a third phrases and
proximity): Lucene must find the same, the others run the literals that they hold. Every candidate says which queries
match; newsbeam also says where. Times are those of the thread that tags, while it has a core.
"""

import argparse
import gc
import multiprocessing
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from statistics import median
from typing import TYPE_CHECKING, NamedTuple, Protocol

import psutil
import spacy
from ahocorasick_rs import AhoCorasick
from spacy.matcher import PhraseMatcher

from bench.clients import Clients
from bench.table import machine, ratios, show, spread
from newsbeam.topics.document import Document
from newsbeam.topics.matcher import compile_queries
from newsbeam.topics.query import Node, Phrase, Term, parse
from newsbeam.topics.query.nodes import walk
from tests.lucene.translation import query_lines
from tests.servers.lucene import Program, missing

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

OURS, SPACY, LUCENE, BARE = "newsbeam", "spaCy PhraseMatcher", "Lucene Monitor", "bare automaton"
WORKLOADS = ("literal", "mixed")
Texts = Sequence[str]
Found = list[frozenset[str]]  # for each story the queries that match


class Slice(NamedTuple):
    """The stories of one measurement: from, to (exclusive)."""

    start: int
    end: int


class Candidate(Protocol):
    """An engine with queries in it."""

    def seconds(self, part: Slice) -> float:
        """Tag these stories and return the CPU time that took."""
        ...

    def found(self, part: Slice) -> Found:
        """Return the queries that match each of these stories."""
        ...


class InPython:
    """An engine that is a function of one text."""

    def __init__(self, texts: Texts, tag: Callable[[str], Iterator[str] | set[str]]) -> None:
        self._texts = texts
        self._tag = tag

    def seconds(self, part: Slice) -> float:
        texts, tag = self._texts[part.start : part.end], self._tag
        began = time.thread_time()
        for text in texts:
            tag(text)
        return time.thread_time() - began

    def found(self, part: Slice) -> Found:
        return [frozenset(self._tag(text)) for text in self._texts[part.start : part.end]]


class InJava:
    """Lucene Monitor, which takes its time itself."""

    def __init__(self, lucene: Program, name: str, queries: Sequence[str]) -> None:
        self._lucene = lucene
        self._name = name
        lucene.tell([["monitor", name]])
        for number, query in enumerate(queries):
            lucene.tell([*_on_body(query), ["register", str(number)]])
        self.loaded_s = float(lucene.ask("ready"))

    def warm(self, seconds: float) -> None:
        self._lucene.ask("warm", self._name, str(seconds))

    def seconds(self, part: Slice) -> float:
        return float(self._lucene.ask("round", self._name, *map(str, part)))

    def found(self, part: Slice) -> Found:
        answer = self._lucene.ask("matches", self._name, *map(str, part))
        return [frozenset(story.split()) for story in answer.split(";")[:-1]]


def newsbeams(queries: Sequence[str], texts: Texts) -> InPython:
    """The engine, with evidence."""
    match = compile_queries({str(number): parse(query) for number, query in enumerate(queries)}).match
    return InPython(texts, lambda text: set(match(Document("", "", text))))


def spacys(literals: Sequence[str], texts: Texts) -> InPython:
    """PhraseMatcher on lower-case forms; cutting the text is part of the work."""
    language = spacy.blank("en")
    matcher = PhraseMatcher(language.vocab, attr="LOWER")
    for number, literal in enumerate(literals):
        matcher.add(str(number), [language.make_doc(literal)])
    strings, cut = language.vocab.strings, language.make_doc
    return InPython(texts, lambda text: {strings[found] for found, _, _ in matcher(cut(text))})


def bare(literals: Sequence[str], texts: Texts) -> InPython:
    """An automaton over the lower-case text, and a look at what stands beside each finding."""
    automaton = AhoCorasick([literal.lower() for literal in literals])

    def tag(text: str) -> set[str]:
        small = f" {text.lower()} "
        return {
            str(number)
            for number, start, end in automaton.find_matches_as_indexes(small, overlapping=True)
            if not small[start - 1].isalnum() and not small[end].isalnum()
        }

    return InPython(texts, tag)


def literals_of(queries: Sequence[str]) -> list[str]:
    """Return the words and phrases without wildcards that queries hold, each once."""
    found: dict[str, None] = {}
    for query in queries:
        for node, _ in walk(parse(query)):
            if isinstance(node, Term | Phrase) and "*" not in node.text:
                found[node.text] = None
    return list(found)


def _on_body(query: str) -> list[list[str]]:
    """A query's parts for Lucene, on the one field that stories have there."""
    fields = {"words": 1, "near": 1, "regex": 1}
    return [
        [*line[: fields[line[0]]], "body", *line[fields[line[0]] + 1 :]] if line[0] in fields else line
        for line in query_lines(parse(query))
    ]


# --- the run ----------------------------------------------------------------------------------------------


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench tagging", description=__doc__)
    parser.add_argument(
        "--sizes", type=int, nargs="+", default=[200, 2_000, 20_000], help="numbers of queries"
    )
    parser.add_argument("--stories", type=int, default=100, help="of each measurement; no two share any")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument(
        "--warm", type=float, default=6.0, help="seconds that the JVM warms up with each size"
    )
    options = parser.parse_args(words)
    print(machine())
    clients = Clients()
    settings = [(workload, size) for workload in WORKLOADS for size in options.sizes]
    texts = clients.stories(options.stories * options.rounds * len(settings))
    print(f"{len(texts):,} stories of {median(len(text.split()) for text in texts):,.0f} words (median)\n")
    with _lucene(texts) as lucene:
        runs = [Run(clients, workload, size, texts, lucene) for workload, size in settings]
        for run in runs:
            run.warm(options.warm)
        slices = iter(range(0, len(texts), options.stories))
        for _ in range(options.rounds):
            for run in runs:
                start = next(slices)
                run.measure(Slice(start, start + options.stories))
        for run in runs:
            run.check(Slice(0, len(texts)))
    report(runs)
    show(["queries", "workload", "seconds to load", "MB"], [_loading(run) for run in runs])


@contextmanager
def _lucene(texts: Texts) -> Iterator[Program | None]:
    """Lucene's process with the stories, or None where it is not installed."""
    if (reason := missing()) is not None:
        print(f"Lucene Monitor: left out, {reason}\n")
        yield None
        return
    program = Program("Tagging", "-Xmx3g")
    try:
        program.tell(["story", text] for text in texts)
        yield program
    finally:
        program.stop()


class Run:
    """One workload and number of queries: every candidate, its rounds, and whether they agree."""

    def __init__(
        self, clients: Clients, workload: str, size: int, texts: Texts, lucene: Program | None
    ) -> None:
        self.workload, self.size, self._texts = workload, size, texts
        names = clients.literals(size)
        self.queries = [f'"{name}"' for name in names] if workload == "literal" else clients.mixed(size)
        literals = names if workload == "literal" else literals_of(self.queries)
        self.literals = len(literals)
        self._candidates: dict[str, Candidate] = {
            OURS: newsbeams(self.queries, texts),
            SPACY: spacys(literals, texts),
            BARE: bare(literals, texts),
        }
        self._java = None if lucene is None else InJava(lucene, f"{workload} {size}", self.queries)
        if self._java is not None:
            self._candidates[LUCENE] = self._java
        self.rates: dict[str, list[float]] = {name: [] for name in self._candidates}
        self.matches = 0.0  # a story
        self.different: list[str] = []

    def warm(self, seconds: float) -> None:
        """Let every engine see stories before it is measured."""
        if self._java is not None:
            self._java.warm(seconds)
        for candidate in self._candidates.values():
            candidate.seconds(Slice(0, min(20, len(self._texts))))

    def measure(self, part: Slice) -> None:
        """Let each candidate tag these stories."""
        for name, candidate in self._candidates.items():
            gc.collect()
            self.rates[name].append((part.end - part.start) / candidate.seconds(part))

    def check(self, part: Slice) -> None:
        """Compare what was found: by all on literals, by Lucene on mixed queries."""
        ours = self._candidates[OURS].found(part)
        self.matches = sum(map(len, ours)) / len(ours)
        peers = [name for name in self._candidates if name != OURS]
        for name in peers if self.workload == "literal" else [LUCENE] * (LUCENE in peers):
            theirs = self._candidates[name].found(part)
            self.different += [
                f"{name}: {self.queries[int(number)]} in story {index}"
                for index, (one, other) in enumerate(zip(ours, theirs, strict=True))
                for number in one ^ other
            ]


def report(runs: Sequence[Run]) -> None:
    """Print rates and ratios; no ratio where two that must agree do not."""
    rows = [row for run in runs for row in _rows(run)]
    show(["queries", "workload", "candidate", "stories/s", "newsbeam is so many times as fast"], rows)
    by_setting = {(run.workload, run.size): run for run in runs}
    for run in runs:
        if run.different:
            print(f"{run.workload} {run.size:,}: {len(run.different)} decisions differ, so no ratios")
            print(*run.different[:3], sep="\n")
            continue
        print(f"{run.workload} {run.size:,}: {run.matches:.1f} matches a story, {run.literals:,} literals")
        if run.workload == "mixed":
            _compared("mixed against literal, time a story", run, by_setting["literal", run.size])
        first = by_setting[run.workload, runs[0].size]
        if run is not first:
            _compared(f"against {first.size:,} queries, time a story", run, first)
    print()


def _rows(run: Run) -> Iterator[list[str]]:
    for name in run.rates:
        times = "differs" if run.different else ratios(run.rates, OURS, name)
        yield [f"{run.size:,}", run.workload, name, spread(run.rates[name], 0), times]


def _compared(what: str, run: Run, other: Run) -> None:
    """Print a ratio of times of the engine, of the same rounds but other stories."""
    times = [a / b for a, b in zip(other.rates[OURS], run.rates[OURS], strict=True)]
    print(f"  {what}: {spread(times, 2)} times")


# --- loading ----------------------------------------------------------------------------------------------


def _loading(run: Run) -> list[str]:
    """Read and compile the queries in a process of their own."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_load, args=(run.queries, theirs))
    process.start()
    theirs.close()
    seconds, megabytes = ours.recv()
    process.join()
    return [f"{run.size:,}", run.workload, f"{seconds:.2f}", f"{megabytes:.0f}"]


def _load(queries: Sequence[str], answer: "Connection[object, object]") -> None:
    nodes: Mapping[str, Node] = {"0": parse("warm AND up")}
    compile_queries(nodes).match(Document("", "", "warm"))
    gc.collect()
    before, began = psutil.Process().memory_info().rss, time.process_time()
    matcher = compile_queries({str(number): parse(query) for number, query in enumerate(queries)})
    matcher.match(Document("", "", "ready"))
    took = time.process_time() - began
    answer.send((took, (psutil.Process().memory_info().rss - before) / 1e6))
