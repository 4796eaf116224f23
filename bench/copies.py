"""Precision and recall of near copies on labelled stories: recorded for real, in one store, in one order."""

import argparse
import re
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import yaml
from sqlalchemy import func, select

from bench.table import machine, show
from newsbeam.chunk import Chunk, EnrichedRecord
from newsbeam.enrichment import Enricher
from newsbeam.identity import normal_text, story_keys
from newsbeam.recording import Recorder, RecordingSettings
from newsbeam.signature import signature_of
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import Store, open_store
from newsbeam.store.migrate import migrate
from newsbeam.store.schema import metadata
from newsbeam.story import Origin, Story
from newsbeam.topics.catalog import Catalog

DATA = Path(__file__).parent.parent / "tests" / "data" / "copies"
NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
PLAIN = {ord(sign): '"' for sign in "“”„«»"} | {0x2019: "'", 0x2014: "-", 0x2013: "-"}
ROUNDS = 5


class Labelled(NamedTuple):
    """A story, the event that it copies, and what was done to the text."""

    story: Story
    event: str
    made: str


def labelled(half: str) -> list[Labelled]:
    """Return the stories of `open` or `heldout`, the original of each event first."""
    data = yaml.safe_load((DATA / f"{half}.yaml").read_text("utf-8"))
    texts = [*_wires(data["wires"]), *_others(data)]
    return [
        Labelled(_story(n, outlet, text), event, made) for n, (outlet, event, made, text) in enumerate(texts)
    ]


def clusters_of(
    told: Sequence[Labelled], likeness: float = RecordingSettings().cluster_likeness
) -> list[str]:
    """Return the cluster of each story, recorded in this order."""
    with TemporaryDirectory() as folder:
        store = open_store(f"sqlite:///{folder}/store.db")
        try:
            _record(store, told, likeness)
            return _clusters(store, told)
        finally:
            store.close()


def scores(told: Sequence[Labelled], clusters: Sequence[str]) -> dict[str, float]:
    """Return precision and recall of pairs, and the share of events and of clusters that are exactly each other."""
    true, found = [_groups(names) for names in ([one.event for one in told], clusters)]
    pairs, right = _pairs(found), _pairs(found) & _pairs(true)
    exact = set(found) & set(true)
    return {
        "pairs": len(_pairs(true)),
        "pair precision": len(right) / max(1, len(pairs)),
        "pair recall": len(right) / max(1, len(_pairs(true))),
        "clusters": len(true),
        "cluster precision": len(exact) / len(found),
        "cluster recall": len(exact) / len(true),
    }


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench copies", description=__doc__)
    parser.add_argument("--half", choices=("open", "heldout", "both"), default="both")
    parser.add_argument("--likeness", type=float, default=RecordingSettings().cluster_likeness)
    parser.add_argument("--misses", action="store_true", help="show what differs, of the open half alone")
    options = parser.parse_args(words)
    print(machine())
    halves = ("open", "heldout") if options.half == "both" else (options.half,)
    rows = []
    for half in halves:
        told = labelled(half)
        clusters = clusters_of(told, options.likeness)
        found = scores(told, clusters)
        rows.append(
            [half, str(len(told)), *(f"{v:.3f}" if isinstance(v, float) else str(v) for v in found.values())]
        )
        if options.misses and half == "open":
            _show_misses(told, clusters)
    show(["half", "stories", *found], rows)
    _show_cost([one.story for half in halves for one in labelled(half)])


def _wires(wires: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, str, str, str]]:
    for number, wire in enumerate(wires):
        event, paragraphs = f"wire {number} ({wire['language']})", _paragraphs(wire["text"])
        yield "agency", event, "original", "\n\n".join(paragraphs)
        for n, edits in enumerate(wire["copies"]):
            yield f"client-{n}", event, ", ".join(edits), _edited(paragraphs, edits)


def _others(data: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    """What only looks alike: each text is an event of its own."""
    for number, template in enumerate(data["templates"]):
        for n, values in enumerate(template["values"]):
            text = "\n\n".join(_paragraphs(template["text"])).format(*values)
            yield f"client-{n}", f"template {number}/{n}", "template", text
    for number, house in enumerate(data["houses"]):
        for n, text in enumerate(house["stories"]):
            whole = "\n\n".join([text, *_paragraphs(house["note"])])
            yield f"house-{number}", f"house {number}/{n}", "house", whole
    for number, texts in enumerate(data["apart"]):
        for n, text in enumerate(texts):
            yield f"client-{n}", f"apart {number}/{n}", "apart", "\n\n".join(_paragraphs(text))


def _edited(paragraphs: Sequence[str], edits: Mapping[str, Any]) -> str:
    parts = list(paragraphs)
    if "lead" in edits:
        parts[0] = edits["lead"]
    if "put" in edits:
        parts.insert(edits.get("at", 1), edits["put"])
    text = "\n\n".join(parts)
    for old, new in edits.get("say", {}).items():
        if old not in text:
            raise ValueError(f"{old!r} is not in the text that it is to be replaced in")
        text = text.replace(old, new)
    if "words" in edits:
        text = " ".join(text.split()[: edits["words"]]) + "…"
    if edits.get("signs"):
        text = " ".join(text.translate(PLAIN).split())
    before: str = edits.get("before", "")
    return before + text + (f"\n\n{edits['after']}" if "after" in edits else "")


def _paragraphs(text: str) -> list[str]:
    """The paragraphs of a wrapped text; where no words are, lines are joined without a space."""
    return [re.sub(r"(?<=[\u3000-\u9fff\uff00-\uffef])\n|\n", " ", one) for one in text.strip().split("\n\n")]


def _story(number: int, outlet: str, text: str) -> Story:
    url = f"https://{outlet}.example/{number}"
    return Story(
        origin=Origin("feed", outlet),
        feed=outlet,
        keys=story_keys(url=url),
        url=url,
        title=f"Headline {number} of {outlet}",
        body=text,
        published_at=NOW - timedelta(minutes=10),
    )


def _record(store: Store, told: Sequence[Labelled], likeness: float) -> None:
    migrate(store, NOW)
    catalog = Catalog()
    store_document(store, DocumentKind.CATALOG, catalog.version, catalog.to_json(), NOW)
    activate(store, DocumentKind.CATALOG, catalog.version, NOW)
    enricher = Enricher(catalog)
    records = tuple(EnrichedRecord(n, b"", NOW, enricher.enrich(one.story)) for n, one in enumerate(told))
    settings = RecordingSettings(cluster_likeness=likeness)
    Recorder(store, settings).record(Chunk("stories", 0, 0, len(records), records), NOW)


def _clusters(store: Store, told: Sequence[Labelled]) -> list[str]:
    story = metadata.tables["story"]
    with store.read() as connection:
        found = dict(connection.execute(select(story.c.url, story.c.cluster)).tuples().all())
        anchors = connection.execute(select(func.count()).select_from(metadata.tables["anchor"])).scalar_one()
    print(f"{anchors / len(told):.1f} anchors a story")
    return [found[one.story.url] for one in told]


def _groups(names: Sequence[str]) -> list[frozenset[int]]:
    members: dict[str, set[int]] = defaultdict(set)
    for number, name in enumerate(names):
        members[name].add(number)
    return [frozenset(one) for one in members.values()]


def _pairs(groups: Iterable[frozenset[int]]) -> set[tuple[int, int]]:
    return {(a, b) for group in groups for a in group for b in group if a < b}


def _show_misses(told: Sequence[Labelled], clusters: Sequence[str]) -> None:
    most = {
        c: Counter(t.event for t, d in zip(told, clusters, strict=True) if d == c).most_common(1)[0][0]
        for c in clusters
    }
    founders = {one.event: cluster for one, cluster in reversed(list(zip(told, clusters, strict=True)))}
    for one, cluster in zip(told, clusters, strict=True):
        if most[cluster] != one.event:
            print(f"joined {most[cluster]}: {one.event} ({one.made})")
        elif cluster != founders[one.event]:
            print(f"missed: {one.event} ({one.made})")


def _show_cost(stories: Sequence[Story]) -> None:
    """Print the microseconds of a signature, on texts that are put together to 600 words."""
    texts = [" ".join((one.body + " ") * 20).split(" ")[:600] for one in stories if one.body.isascii()]
    bodies = [" ".join(text) for text in texts]
    normal = [normal_text(text) for text in bodies]
    best = float("inf")
    for _ in range(ROUNDS):
        begun = time.process_time()
        for body, plain in zip(bodies, normal, strict=True):
            signature_of("", body, (b"", plain))
        best = min(best, (time.process_time() - begun) / len(bodies))
    print(
        f"a signature costs {best * 1e6:.0f} µs of CPU time for 600 words of English, beside the normal text"
    )
