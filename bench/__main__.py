"""`python -m bench [NAME [OPTIONS]]`: one measurement, or all of them but the soak; `make bench ARGS="NAME"`."""

import importlib
import signal
import sys

NAMES = {
    "latency": "published → recorded at 50 stories/s, the whole service with two workers",
    "workers": "stories/s of the pipeline with one and two workers, beside a bare Python loop",
    "backlog": "stories/s from Kafka into PostgreSQL: in-process, on Flink, beside plain kafka-python loops",
    "scale": "what a core does of each part, what the store-wide lock lets through, and what many stories need",
    "grow": "what a partition, a worker and a poller more bring a running service",
    "idle": "CPU and memory of the whole service while nothing happens",
    "bus": "published and read records/s of the local bus and of Kafka clients",
    "feeds": "feeds/s of the poller beside a feedparser loop",
    "tagging": "stories/s of the topic engine beside spaCy, Lucene Monitor and a bare automaton",
    "job": "stories/s of decode, tag, alert, encode in Beam, beside a naive pipeline and a bare loop",
    "enrich": "where a story's microseconds in Enrich go, and its memory over many stories",
    "topics": "precision and recall of the shipped topics on labelled news",
    "language": "precision and recall of quotes, speakers, countries and names on the annotated stories",
    "languagespeed": "milliseconds a story of the language layer, beside spaCy's blank pipelines",
    "copies": "precision and recall of near copies on labelled stories, and what a signature costs",
    "soak": "30 minutes at 50 stories/s: memory of every process over time",
}
USAGE = "usage: python -m bench [NAME [OPTIONS]]; NAME --help shows its options"


def main(words: list[str]) -> int:
    """Run what was asked for; return the exit code."""
    if words and words[0] not in NAMES:
        asked_for_help = words[0] in {"-h", "--help"}
        print(USAGE, *(f"  {name:<8} {what}" for name, what in NAMES.items()), sep="\n")
        return 0 if asked_for_help else 2
    wanted = [words] if words else [[name] for name in NAMES if name != "soak"]
    for name, *options in wanted:
        print(f"\n== {name}: {NAMES[name]}\n", flush=True)
        importlib.import_module(f"bench.{name}").main(options)
    return 0


if __name__ == "__main__":
    signal.signal(
        signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM)
    )  # what was started is stopped too
    sys.exit(main(sys.argv[1:]))
