"""Feeds/s: the poller against a local server, beside a plain feedparser loop."""

import argparse
import asyncio
import importlib
import multiprocessing
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.prose import stories
from bench.table import machine, ratios, show, spread
from connectors.feeds.poll import Poller
from connectors.feeds.settings import FeedsSettings
from newsbeam.beam import bounds_of
from newsbeam.bus import Bus, open_bus
from newsbeam.bus.port import STORIES
from newsbeam.feed import Feed
from newsbeam.newswire.documents import Item, Link, render
from newsbeam.newswire.outlets import OUTLETS, Format
from newsbeam.store.database import open_store
from newsbeam.store.migrate import migrate

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

SERVERS = 8  # as many hosts: the poller asks one host for one feed at a time
ENTRIES = 25
KINDS = (Format.RSS2, Format.ATOM)  # what feedparser reads too
POLLER, LOOP = "newsbeam's poller", "feedparser loop"
AGAIN = "poller, nothing new"


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench feeds", description=__doc__)
    parser.add_argument("--feeds", type=int, default=120)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args(words)
    print(machine())
    documents = list(islice(documents_of_news(), options.feeds))
    size = sum(map(len, documents)) / len(documents)
    print(
        f"{len(documents)} feeds of {ENTRIES} entries, {size:,.0f} bytes, on {SERVERS} local hosts; the poller also "
        f"guards, strips, identifies, publishes durably and stores states; {options.rounds} rounds\n"
    )
    found: dict[str, list[float]] = {LOOP: [], POLLER: [], AGAIN: []}
    with serving(documents) as urls:
        for _ in range(options.rounds):
            found[LOOP].append(len(urls) / with_feedparser(urls))
            first, again = with_poller(urls)
            found[POLLER].append(len(urls) / first)
            found[AGAIN].append(len(urls) / again)
    rows = [[name, spread(rates), ratios(found, name, LOOP)] for name, rates in found.items()]
    show(["candidate", "feeds/s", "to the loop"], rows)


def with_feedparser(urls: Sequence[str]) -> float:
    """Return the seconds that a script needs that lets feedparser fetch and parse one feed after the other."""
    feedparser: Any = importlib.import_module("feedparser")
    began = time.perf_counter()
    for url in urls:
        if len(feedparser.parse(url).entries) != ENTRIES:
            raise RuntimeError(f"{url} was not read whole")
    return time.perf_counter() - began


def with_poller(urls: Sequence[str]) -> tuple[float, float]:
    """Return the seconds of the first visit to every feed, entries on the bus and states stored; and of a second."""
    with tempfile.TemporaryDirectory(prefix="newsbeam-bench-") as folder:
        store = open_store(f"sqlite:///{folder}/store.db")
        migrate(store, datetime.now(UTC))
        bus = open_bus(f"sqlite:///{folder}/bus.db")
        feeds = [Feed(id=f"feed-{number}", url=url, allow_private=True) for number, url in enumerate(urls)]
        poller = Poller(store, bus, lambda: feeds, FeedsSettings(host_gap_s=0.0))
        took = [_once(poller), _once(poller)]
        entries = published(bus)
        store.close()
    if entries != len(urls) * ENTRIES:
        raise RuntimeError(f"{entries} entries were published, there are {len(urls) * ENTRIES}")
    return took[0], took[1]


def published(bus: Bus) -> int:
    """Return how many stories were put on a bus."""
    return sum(bounds_of(bus, STORIES, partition).end for partition in range(bus.partitions(STORIES)))


def _once(poller: Poller) -> float:
    began = time.perf_counter()
    asyncio.run(poller.poll_once(everything=True))
    return time.perf_counter() - began


def documents_of_news() -> Iterator[bytes]:
    """Yield documents without end, every entry another story."""
    outlets = [outlet for outlet in OUTLETS if outlet.format in KINDS]
    now, written = datetime.now(UTC), stories(3, 10**9)
    while True:
        for outlet in outlets:
            items = [
                Item(
                    guid=story.keys[0].value.split("\x1f")[-1],
                    link=story.url or "",
                    title=story.title,
                    summary=story.summary,
                    paragraphs=tuple(story.body.split("\n\n")),
                    published=now - timedelta(minutes=age),
                )
                for age, story in enumerate(islice(written, ENTRIES))
            ]
            yield render(outlet, Link("https://outlet.example/", "https://outlet.example/feed"), items)


@contextmanager
def serving(documents: Sequence[bytes]) -> Iterator[list[str]]:
    """Serve documents from a process of its own; yield their addresses."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(documents, theirs), daemon=True)
    process.start()
    ports = ours.recv()
    try:
        yield [f"http://127.0.0.1:{ports[n % len(ports)]}/{n}" for n in range(len(documents))]
    finally:
        process.terminate()
        process.join()


def _serve(documents: Sequence[bytes], tell: "Connection[object, object]") -> None:
    class Answer(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            number = int(Path(self.path).name)
            unchanged = self.headers.get("If-None-Match") == f'"{number}"'
            self.send_response(304 if unchanged else 200)
            self.send_header("ETag", f'"{number}"')
            self.send_header("Content-Type", "application/xml; charset=utf-8")
            self.send_header("Content-Length", str(0 if unchanged else len(documents[number])))
            self.end_headers()
            if not unchanged:
                self.wfile.write(documents[number])

        def log_message(self, *_: object) -> None:
            pass

    servers = [ThreadingHTTPServer(("127.0.0.1", 0), Answer) for _ in range(SERVERS)]
    threads = [threading.Thread(target=server.serve_forever) for server in servers]
    for thread in threads:
        thread.start()
    tell.send([server.server_port for server in servers])
    for thread in threads:
        thread.join()
