"""Where a story's time in Enrich goes: microseconds of each part, by language, on stories of about 600 words.

For each story the parts are measured one after the other, so that all meet the same caches, and the fastest of some
rounds counts; `all` is the product's own `Enricher.enrich`, `rest` what the parts leave of it. `in Beam` is what one
core does through Decode and Enrich on the in-process runner, whole runs with everything that they cost. Times are CPU
times. `--memory STORIES` adds how the process's memory grows over so many stories (200,000 take some minutes).
"""

import argparse
import gc
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from tempfile import TemporaryDirectory

import apache_beam as beam
import msgspec
import psutil

from bench.prose import batches, stories
from bench.table import machine, show
from newsbeam.app.configuration import starter_config
from newsbeam.app.deployment import Deployment
from newsbeam.bus.port import STORIES
from newsbeam.chunk import Chunk, EnrichedRecord, RawRecord
from newsbeam.codec import decode_story, encode_story
from newsbeam.enrichment import (
    Enricher,
    EnricherMaker,
    evidence_of,
    field_values,
    language_of,
    reading_of,
)
from newsbeam.identity import content_hash
from newsbeam.language import LanguageLayer, LanguageSettings
from newsbeam.story import EnrichedStory, Story
from newsbeam.topics.catalog import Catalog, resolve_outlet
from pipelines.decode import Decode
from pipelines.enrich import CatalogInUse, Enrich
from pipelines.shift import in_process_options, run_shift

WORDS = 600
LANGUAGES = ("en", "fr", "es", "de")
CHUNK = 100
IN_BEAM = 400  # stories of one run in Beam, at least
BATCH = 1_000  # stories that are made at a time in the memory's run
LOOKS = 10  # at the memory; the first is after so much of the run, when what is remembered has filled
TURNS = 20_000_000
ALL = "all"
PARTS = ("outlet", "language layer", "topics and rules", "hashes, signature")


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench enrich", description=__doc__)
    parser.add_argument("--stories", type=int, default=80, help="of each language")
    parser.add_argument("--rounds", type=int, default=5, help="the fastest counts: other work only ever adds")
    parser.add_argument(
        "--memory", type=int, default=0, metavar="STORIES", help="stories of the memory's run"
    )
    options = parser.parse_args(words)
    print(machine())
    print(f"an empty loop of {TURNS:,} turns takes {_loop_seconds():.2f} s of CPU\n")
    with TemporaryDirectory() as folder:
        deployment = Deployment(str(starter_config()), folder)
        wanted = deployment.configuration(examples=False)
        deployment.apply(wanted)
        in_use = CatalogInUse(deployment.store(), EnricherMaker(LanguageSettings()))
        rows = []
        for language in LANGUAGES:
            given = _texts(language, options.stories)
            best = _fastest(_steps(wanted.catalog, given, language), given, options.rounds)
            rates = [_rate_in_beam(in_use, given) for _ in range(options.rounds)]
            rows.append(_row(language, given, best, max(rates)))
        in_use.close()
    show(["µs a story", "words", *PARTS, "rest", ALL, "detection*", "in Beam, stories/s"], rows)
    print("* not in `all`: these stories say their language")
    if options.memory:
        _memory(Enricher(wanted.catalog), options.memory)


def _loop_seconds() -> float:
    """Return what an empty loop costs: how fast this machine is just now."""
    turns = compile(f"for i in range({TURNS // 20}): pass", "loop", "exec")
    best = float("inf")
    for _ in range(20):
        begun = time.process_time()
        exec(turns, {})  # noqa: S102 - a loop over a global name, as a reader would try it
        best = min(best, time.process_time() - begun)
    return best * 20


def _texts(language: str, number: int) -> list[Story]:
    chosen = [one for one in stories(3, number * 8) if one.language == language][:number]
    return [msgspec.structs.replace(one, body=" ".join(one.body.split(" ")[:WORDS])) for one in chosen]


def _row(language: str, given: Sequence[Story], best: Mapping[str, float], in_beam: float) -> list[str]:
    words = sum(len(one.body.split()) for one in given) / len(given)
    parts = [best[name] for name in PARTS]
    figures = [*parts, best[ALL] - sum(parts), best[ALL], best["detection"]]
    return [language, f"{words:.0f}", *(f"{figure:,.0f}" for figure in figures), f"{in_beam:,.0f}"]


# --- the parts --------------------------------------------------------------------------------------------


def _steps(catalog: Catalog, given: Sequence[Story], language: str) -> dict[str, Callable[[Story], object]]:
    enricher, layer, matcher = Enricher(catalog), LanguageLayer(), catalog.compile()
    outlets = {one.url: resolve_outlet(catalog, one) for one in given}
    nowhere = {url: msgspec.structs.replace(outlet, language=None) for url, outlet in outlets.items()}
    undeclared = {one.url: msgspec.structs.replace(one, language=None) for one in given}
    values = {one.url: field_values(reading_of(layer, one, language)) for one in given}
    return {
        "outlet": lambda one: resolve_outlet(catalog, one),
        "language layer": lambda one: reading_of(layer, one, language),
        "topics and rules": lambda one: matcher.match(one, outlets[one.url], language, values[one.url]),
        "hashes, signature": lambda one: (
            content_hash(one.title, one.summary, one.body),
            evidence_of(one),
        ),
        ALL: enricher.enrich,
        "detection": lambda one: language_of(undeclared[one.url], nowhere[one.url]),
    }


def _fastest(
    steps: Mapping[str, Callable[[Story], object]], given: Sequence[Story], rounds: int
) -> dict[str, float]:
    """Return the microseconds of each step: each story's fastest round, on average."""
    best = {name: [float("inf")] * len(given) for name in steps}
    for _ in range(rounds):
        for n, one in enumerate(given):
            for name, work in steps.items():
                begun = time.process_time_ns()
                work(one)
                best[name][n] = min(best[name][n], time.process_time_ns() - begun)
    return {name: sum(times) / len(times) / 1e3 for name, times in best.items()}


# --- in Beam ----------------------------------------------------------------------------------------------


class _Clock:
    """When the first story of a run went in and the last came out, in CPU seconds."""

    def __init__(self, given: Sequence[bytes]) -> None:
        self.given = given
        self.done = 0
        self.began = self.ended = 0.0


_clock: list[_Clock] = []  # Beam copies what a graph holds; this stays one object in the process


class ReadChunks(beam.DoFn):
    """The stories in chunks, as the reader of the bus hands them on."""

    def process(self, number: int) -> Iterator[Chunk[RawRecord]]:
        """Yield them in order."""
        clock, now = _clock[0], datetime.now(UTC)
        clock.began = time.process_time()
        for start in range(0, number, CHUNK):
            values = clock.given[start : start + CHUNK]
            read = tuple(RawRecord(start + n, b"", value, now) for n, value in enumerate(values))
            yield Chunk(STORIES, 0, start, start + len(read), read)


class CountStories(beam.DoFn):
    """Where the stories of this measurement end."""

    def process(self, chunk: Chunk[EnrichedRecord]) -> None:
        """Count those that are enriched."""
        _clock[0].done += sum(isinstance(record.result, EnrichedStory) for record in chunk.records)
        _clock[0].ended = time.process_time()


class Graph(beam.PTransform[beam.pvalue.PBegin, beam.pvalue.PCollection[None]]):
    """Read, Decode, Enrich, and nothing more."""

    def __init__(self, catalog: CatalogInUse, number: int) -> None:
        super().__init__()
        self._catalog = catalog
        self._number = number

    def expand(self, begin: beam.pvalue.PBegin) -> beam.pvalue.PCollection[None]:
        """Wire it."""
        return (
            begin
            | "Count Records" >> beam.Create([self._number])
            | "Read Chunks" >> beam.ParDo(ReadChunks())
            | "Decode Stories" >> Decode()
            | "Enrich Stories" >> Enrich(self._catalog)
            | "Count Stories" >> beam.ParDo(CountStories())
        )


def _rate_in_beam(catalog: CatalogInUse, given: Sequence[Story]) -> float:
    """Return the stories/s of CPU time, without the start of the runner and the loading of the catalog."""
    catalog.enricher()
    clock = _Clock([encode_story(one) for one in given] * -(-IN_BEAM // len(given)))
    number = len(clock.given)
    _clock[:] = [clock]
    run_shift(Graph(catalog, number), in_process_options())
    if clock.done != number:
        raise RuntimeError(f"{number} stories went in, {clock.done} came out")
    return clock.done / (clock.ended - clock.began)


# --- memory -----------------------------------------------------------------------------------------------


def _memory(enricher: Enricher, number: int) -> None:
    """Print the process's memory as the run goes on, and by how much it grew since the first look."""
    process, first, done = psutil.Process(), 0.0, 0
    size = max(1, min(BATCH, number // LOOKS))
    began = time.monotonic()
    print("\nstories     seconds       MB   growth since the first look", flush=True)
    for batch in batches(number, size):
        for record in batch:
            enricher.enrich(decode_story(record.value))
        before, done = done, done + len(batch)
        if done * LOOKS // number > before * LOOKS // number:
            gc.collect()
            megabytes = process.memory_info().rss / 2**20
            first = first or megabytes
            took, growth = time.monotonic() - began, (megabytes / first - 1) * 100
            print(f"{done:9,}  {took:9,.0f}  {megabytes:7.1f}  {growth:+6.1f} %", flush=True)
