"""Where a story's time in Enrich goes: microseconds of each part, by language, on stories of about 600 words.

Parts are measured one by one over the same stories; `all` is the product's own `Enricher.enrich`. `--memory STORIES`
adds how the process's memory grows over so many stories (200,000 take some minutes).
"""

import argparse
import gc
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from tempfile import TemporaryDirectory

import msgspec
import psutil

from bench.prose import stories
from bench.table import machine, show
from newsbeam.app.configuration import starter_config
from newsbeam.app.deployment import Deployment
from newsbeam.enrichment import Enricher, evidence_of, field_values, language_of, reading_of
from newsbeam.identity import content_hash
from newsbeam.language import LanguageLayer
from newsbeam.story import Story
from newsbeam.topics.catalog import Catalog, resolve_outlet

WORDS = 600
LANGUAGES = ("en", "fr", "es", "de")
BATCH = 1_000  # stories between two looks at the memory


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
    with TemporaryDirectory() as folder:
        catalog = Deployment(str(starter_config()), folder).configuration(examples=False).catalog
    rows = [[language, *_parts(catalog, language, options)] for language in LANGUAGES]
    head = [
        "µs a story",
        "words",
        "outlet",
        "detection*",
        "language layer",
        "topics and rules",
        "hashes",
        "all",
    ]
    show([*head, "stories/s"], rows)
    print("* not in `all`: these stories say their language")
    if options.memory:
        _memory(Enricher(catalog), options.memory)


def _parts(catalog: Catalog, language: str, options: argparse.Namespace) -> Iterator[str]:
    enricher, layer = Enricher(catalog), LanguageLayer()
    matcher = catalog.compile()
    chosen = [one for one in stories(3, options.stories * 8) if one.language == language][: options.stories]
    texts = [msgspec.structs.replace(one, body=" ".join(one.body.split(" ")[:WORDS])) for one in chosen]
    outlets = {id(one): resolve_outlet(catalog, one) for one in texts}
    values = {id(one): field_values(reading_of(layer, one, language)) for one in texts}
    undeclared = [msgspec.structs.replace(one, language=None) for one in texts]

    def fastest(work: Callable[[Story], object], given: Sequence[Story] = texts) -> float:
        best = float("inf")
        for _ in range(options.rounds):
            begun = time.process_time()
            for one in given:
                work(one)
            best = min(best, time.process_time() - begun)
        return best * 1e6 / len(given)

    yield f"{sum(len(one.body.split()) for one in texts) / len(texts):.0f}"
    yield f"{fastest(lambda one: resolve_outlet(catalog, one)):.0f}"
    nobody = next(iter(outlets.values()))
    yield f"{fastest(lambda one: language_of(one, msgspec.structs.replace(nobody, language=None)), undeclared):.0f}"
    yield f"{fastest(lambda one: reading_of(layer, one, language)):.0f}"
    yield f"{fastest(lambda one: matcher.match(one, outlets[id(one)], language, values[id(one)])):.0f}"
    yield f"{fastest(lambda one: (content_hash(one.title, one.summary, one.body), evidence_of(one))):.0f}"
    whole = fastest(enricher.enrich)
    yield f"{whole:.0f}"
    yield f"{1e6 / whole:,.0f}"


def _memory(enricher: Enricher, number: int) -> None:
    """Print the process's memory after each tenth of the stories."""
    process, rows, done = psutil.Process(), [], 0
    given = stories(5, number)
    while batch := list(islice(given, BATCH)):
        for one in batch:
            enricher.enrich(one)
        done += len(batch)
        if done % max(BATCH, number // 10 // BATCH * BATCH) == 0:
            gc.collect()
            rows.append([f"{done:,}", f"{process.memory_info().rss / 2**20:.1f}"])
    show(["stories", "MB"], rows)
