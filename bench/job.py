"""Stories/s of the main job in Beam on the in-process runner: decode, tag, alert, encode.

newsbeam's pipeline takes chunks of 100 records, as its reader hands them on, through its own Decode; beside it a
pipeline as it is often written (one story an element, json, spaCy's PhraseMatcher, plain conditions), and a bare loop
over newsbeam's engine. All find the same topics and alerts. Times are CPU times of the process, without the start of
the runner.
"""

import argparse
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import apache_beam as beam
import msgspec
import spacy
from apache_beam.pvalue import PCollection
from spacy.matcher import PhraseMatcher

from bench.clients import Clients
from bench.table import machine, ratios, show, spread
from newsbeam.alert import AlertRule
from newsbeam.bus.port import STORIES
from newsbeam.chunk import Chunk, DecodedRecord, RawRecord
from newsbeam.codec import decode_story, encode_story
from newsbeam.story import Key, KeyKind, Origin, OutletFacts, Story
from newsbeam.topics.catalog import Catalog
from newsbeam.topics.compiled import CompiledCatalog
from newsbeam.topics.topic import Topic
from pipelines.decode import Decode
from pipelines.shift import in_process_options, run_shift

OURS, NAIVE, LOOP = "newsbeam in Beam", "naive pipeline", "bare loop"
CHUNK = 100
OUTLET = OutletFacts("wire", "Wire", "wire")
Found = dict[str, tuple[tuple[str, ...], tuple[str, ...]]]  # by address: topics and alerts, in order


class Work(NamedTuple):
    """What every candidate has before the clock runs: the records, and its engine ready."""

    records: Sequence[bytes]
    catalog: CompiledCatalog
    phrases: PhraseMatcher
    conditions: Mapping[str, Callable[[set[str]], bool]]


class Outcome:
    """What came out of one run, and when the first story went in and the last came out."""

    def __init__(self) -> None:
        self.began = 0.0
        self.ended = 0.0
        self.encoded: list[bytes] = []

    def start(self) -> None:
        """The first story is there."""
        self.began = self.began or time.process_time()

    def take(self, encoded: Sequence[bytes]) -> None:
        """Keep finished stories."""
        self.encoded += encoded
        self.ended = time.process_time()

    @property
    def rate(self) -> float:
        """Stories a second of CPU time, without the start of the runner."""
        return len(self.encoded) / (self.ended - self.began)

    def found(self) -> Found:
        """Return what the stories carry."""
        told = map(json.loads, self.encoded)
        return {
            story["url"]: (tuple(sorted(story["topics"])), tuple(sorted(story["alerts"]))) for story in told
        }


# Beam copies what a graph holds; these stay one object in the process, as a worker's loaded catalog does.
_work: list[Work] = []
_outcomes: list[Outcome] = []


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench job", description=__doc__)
    parser.add_argument("--stories", type=int, default=1_000, help="of each round; no two share any")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--queries", type=int, default=2_000)
    parser.add_argument("--alerts", type=int, default=500)
    options = parser.parse_args(words)
    print(machine())
    clients = Clients()
    literals = clients.literals(options.queries)
    texts = clients.stories(options.stories * options.rounds)
    records = [_record(number, text) for number, text in enumerate(texts)]
    work = _prepared(literals, options.alerts)
    size = sum(map(len, records)) / len(records)
    print(
        f"{len(records):,} stories of {size:,.0f} bytes, {options.queries:,} queries, {options.alerts} alerts"
    )
    candidates = {OURS: in_beam, NAIVE: naively, LOOP: looping}
    rates: dict[str, list[float]] = {name: [] for name in candidates}
    found: list[Found] = [{} for _ in candidates]
    for start in range(0, len(records), options.stories):
        _work[:] = [work._replace(records=records[start : start + options.stories])]
        for (name, run), all_found in zip(candidates.items(), found, strict=True):
            outcome = run(options.stories)
            rates[name].append(outcome.rate)
            all_found.update(outcome.found())
    report(rates, found)


def report(rates: Mapping[str, Sequence[float]], found: Sequence[Found]) -> None:
    """Print rates, and ratios when all found the same."""
    ours = found[0]
    if any(one != ours for one in found):
        print("the candidates found different topics or alerts, so there is nothing to compare")
        return
    topics, alerts = (sum(len(one[which]) for one in ours.values()) / len(ours) for which in (0, 1))
    print(f"{topics:.1f} topics and {alerts:.1f} alerts a story\n")
    rows = [
        [name, spread(rates[name], 0), ratios(rates, name, NAIVE), ratios(rates, name, LOOP)]
        for name in rates
    ]
    show(["candidate", "stories/s", "to the naive pipeline", "to the bare loop"], rows)


# --- newsbeam ---------------------------------------------------------------------------------------------


class ReadChunks(beam.DoFn):
    """So many records in chunks, as the reader of the bus hands them on."""

    def process(self, number: int) -> Iterator[Chunk[RawRecord]]:
        """Yield them in order."""
        for start in range(0, number, CHUNK):
            values = _work[0].records[start : min(start + CHUNK, number)]
            _outcomes[-1].start()
            now = datetime.now(UTC)
            records = tuple(RawRecord(start + n, b"", value, now) for n, value in enumerate(values))
            yield Chunk(STORIES, 0, start, start + len(records), records)


class TagChunk(beam.DoFn):
    """Topics and alert conditions of every story of a chunk, encoded."""

    def process(self, chunk: Chunk[DecodedRecord]) -> Iterator[list[bytes]]:
        """Yield the chunk's stories."""
        catalog = _work[0].catalog
        stories = (record.result for record in chunk.records)
        yield [_tagged(catalog, story) for story in stories if isinstance(story, Story)]


class KeepChunk(beam.DoFn):
    """Where stories end in this measurement."""

    def process(self, encoded: list[bytes]) -> None:
        """Keep them."""
        _outcomes[-1].take(encoded)


def in_beam(number: int) -> Outcome:
    """Run newsbeam's pipeline."""
    return _run(
        lambda begin: (
            begin
            | "Count Records" >> beam.Create([number])
            | "Read Chunks" >> beam.ParDo(ReadChunks())
            | "Decode Stories" >> Decode()
            | "Tag Stories" >> beam.ParDo(TagChunk())
            | "Keep Stories" >> beam.ParDo(KeepChunk())
        )
    )


def looping(number: int) -> Outcome:
    """Do the same in a loop."""
    outcome, catalog = Outcome(), _work[0].catalog
    outcome.start()
    for record in _work[0].records[:number]:
        outcome.take([_tagged(catalog, decode_story(record))])
    return outcome


def _tagged(catalog: CompiledCatalog, story: Story) -> bytes:
    tags, rules, _ = catalog.match(story, OUTLET, "en")
    topics = {tag.topic: tag.spans for tag in tags}
    alerts = {match.rule: match.spans for match in rules}
    return msgspec.json.encode({"url": story.url, "topics": topics, "alerts": alerts})


# --- as it is often written -------------------------------------------------------------------------------


class ReadStories(beam.DoFn):
    """So many records one by one."""

    def process(self, number: int) -> Iterator[bytes]:
        """Yield them in order."""
        _outcomes[-1].start()
        yield from _work[0].records[:number]


class TagStory(beam.DoFn):
    """The phrases of one story, and where they are."""

    def process(self, story: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the story with its topics."""
        phrases = _work[0].phrases
        document = _language.make_doc(story["body"])
        topics: dict[str, list[tuple[int, int]]] = {}
        for found, start, end in phrases(document):
            span = document[start:end]
            topics.setdefault(_language.vocab.strings[found], []).append((span.start_char, span.end_char))
        yield {"url": story["url"], "topics": topics}


class CheckAlerts(beam.DoFn):
    """The conditions that hold for a story."""

    def process(self, story: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the story with its alerts."""
        topics = set(story["topics"])
        yield {**story, "alerts": [name for name, holds in _work[0].conditions.items() if holds(topics)]}


class KeepStory(beam.DoFn):
    """Where stories end in this measurement."""

    def process(self, encoded: bytes) -> None:
        """Keep it."""
        _outcomes[-1].take([encoded])


_language = spacy.blank("en")


def naively(number: int) -> Outcome:
    """Run a pipeline of one story an element."""
    return _run(
        lambda begin: (
            begin
            | "Count Records" >> beam.Create([number])
            | "Read Stories" >> beam.ParDo(ReadStories())
            | "Decode Story" >> beam.Map(json.loads)
            | "Tag Story" >> beam.ParDo(TagStory())
            | "Check Alerts" >> beam.ParDo(CheckAlerts())
            | "Encode Story" >> beam.Map(lambda story: json.dumps(story).encode())
            | "Keep Story" >> beam.ParDo(KeepStory())
        )
    )


# --- what they share --------------------------------------------------------------------------------------


class Graph(beam.PTransform):
    """A whole graph, made by a function of its beginning."""

    def __init__(self, make: Callable[[beam.pvalue.PBegin], PCollection[None]]) -> None:
        super().__init__()
        self._make = make

    def expand(self, pbegin: beam.pvalue.PBegin) -> PCollection[None]:
        """Wire it."""
        return self._make(pbegin)


def _run(make: Callable[[beam.pvalue.PBegin], PCollection[None]]) -> Outcome:
    """Run a graph on the in-process runner that workers use."""
    outcome = Outcome()
    _outcomes[:] = [outcome]
    run_shift(Graph(make), in_process_options())
    return outcome


def _record(number: int, text: str) -> bytes:
    url = f"https://wire.example/{number}"
    return encode_story(
        Story(
            origin=Origin("feed", "wire"),
            keys=(Key(KeyKind.URL, url),),
            title="",
            url=url,
            body=text,
            language="en",
        )
    )


def _prepared(literals: Sequence[str], alerts: int) -> Work:
    """Make both engines ready with the same literals and conditions."""
    topics = tuple(Topic(id=f"t{n}", queries={"en": f'"{literal}"'}) for n, literal in enumerate(literals))
    rules, conditions = [], {}
    for n in range(alerts):
        first, second = f"t{n % len(literals)}", f"t{(n * 7 + 1) % len(literals)}"
        when, holds = _condition(n, first, second)
        rules.append(AlertRule(id=f"r{n}", when=when, topic="all"))
        conditions[f"r{n}"] = holds
    phrases = PhraseMatcher(_language.vocab, attr="LOWER")
    for n, literal in enumerate(literals):
        phrases.add(f"t{n}", [_language.make_doc(literal)])
    return Work((), Catalog(topics=topics, rules=tuple(rules)).compile(), phrases, conditions)


def _condition(number: int, first: str, second: str) -> tuple[str, Callable[[set[str]], bool]]:
    """One condition over topics, as a rule and as plain Python."""
    forms: list[tuple[str, Callable[[set[str]], bool]]] = [
        (f"topic:{first}", lambda topics: first in topics),
        (f"topic:{first} AND topic:{second}", lambda topics: first in topics and second in topics),
        (f"topic:{first} AND NOT topic:{second}", lambda topics: first in topics and second not in topics),
        (f"topic:{first} OR topic:{second}", lambda topics: first in topics or second in topics),
    ]
    return forms[number % len(forms)]
