"""The newswire over loopback HTTP: feeds with conditional requests, article and home pages, every trouble."""

import gzip
import math
import socket
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import urlsplit

from newsbeam.newswire.documents import Link, article_page, home_page
from newsbeam.newswire.outlets import BY_ID, OUTLETS, Outlet, Quirk
from newsbeam.newswire.truth import DEMO_RULES, MAX_AGE_S, GroundTruth, truth_of
from newsbeam.newswire.wire import FILES, TICKER_PATH, TYPES, Newswire

OVERSIZED_BYTES = 24 * 1024 * 1024
SLOW_S = 3.0
_PIECE = 64 * 1024
_APART = (Quirk.SLOW, Quirk.DIES)  # on ports of their own: readers are polite by host and port
_HOSTS = (Quirk.NONE, *_APART)
_RUBBISH = b"<html><body><h1>Site under maintenance</h1><p>\xff\xfe\x00 rss channel item &nope; ]]></body>"


class RunningServer:
    """A newswire being served; `fetches` notes every document that a reader was given whole."""

    def __init__(
        self, wire: Newswire, host: str, ports: Sequence[int], clock: Callable[[], datetime]
    ) -> None:
        self.wire = wire
        self.clock = clock
        self.oversized_bytes = OVERSIZED_BYTES
        self.slow_s = SLOW_S
        self.stopping = threading.Event()
        self._guard = threading.Lock()
        self._fetches: dict[str, list[float]] = {}
        self._servers = {quirk: _listen(self, host, port) for quirk, port in zip(_HOSTS, ports, strict=True)}
        self._bases = {
            quirk: f"http://{host}:{server.server_port}" for quirk, server in self._servers.items()
        }
        self._threads = [
            threading.Thread(target=s.serve_forever, args=(0.1,)) for s in self._servers.values()
        ]
        self._threads.append(threading.Thread(target=self._bury))
        for thread in self._threads:
            thread.daemon = True
            thread.start()

    @property
    def url(self) -> str:
        """The address of the index page, and the beginning of every article's address."""
        return self._bases[Quirk.NONE]

    @property
    def ports(self) -> tuple[int, ...]:
        """The ports in use, as `serve` takes them: with the same ones every address stays the same."""
        return tuple(server.server_port for server in self._servers.values())

    def feeds(self) -> list[dict[str, str | bool]]:
        """Return every feed: id, url, title, outlet, language, aggregator."""
        return [
            {
                "id": outlet.id,
                "url": self.feed_url(outlet),
                "title": outlet.name,
                "outlet": outlet.id,
                "language": outlet.language,
                "aggregator": outlet.quirk is Quirk.AGGREGATOR,
            }
            for outlet in OUTLETS
        ]

    def outlets(self) -> list[dict[str, str | bool]]:
        """Return every outlet: id, name, domain, language, country, wire."""
        return [
            {
                "id": outlet.id,
                "name": outlet.name,
                "domain": outlet.domain,
                "language": outlet.language,
                "country": outlet.country,
                "wire": outlet.quirk is Quirk.WIRE,
            }
            for outlet in OUTLETS
            if outlet.quirk is not Quirk.AGGREGATOR
        ]

    def feed_url(self, outlet: Outlet) -> str:
        """Return the address of an outlet's feed."""
        base = self._bases[outlet.quirk if outlet.quirk in _APART else Quirk.NONE]
        return f"{base}/{outlet.id}/{FILES[outlet.format]}"

    def fetches(self, until: datetime | None = None) -> dict[str, list[float]]:
        """Return when each feed's document was given, in seconds since the wire's start."""
        last = math.inf if until is None else self.wire.seconds(until)
        with self._guard:
            return {feed: [t for t in times if t <= last] for feed, times in self._fetches.items()}

    def truth(
        self,
        at: datetime | None = None,
        rules: Sequence[tuple[str, str]] = DEMO_RULES,
        max_age_s: float = MAX_AGE_S,
    ) -> GroundTruth:
        """Return what the documents given so far must lead to, provided that the reader kept each of them."""
        fetches = {feed: times for feed, times in self.fetches(at).items() if times}
        return truth_of(self.wire, fetches, self.url, rules, max_age_s)

    def note(self, feed: str, t: float) -> None:
        """Remember that a reader got a feed's document of a time."""
        with self._guard:
            self._fetches.setdefault(feed, []).append(t)

    def stop(self) -> None:
        """Stop serving; idempotent."""
        self.stopping.set()
        for server in self._servers.values():
            server.shutdown()
        for thread in self._threads:
            thread.join()
        for server in self._servers.values():
            server.server_close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _bury(self) -> None:
        """Close the dying outlet's port when its time has come, so that connections are refused."""
        at = self.wire.moment(self.wire.script.lead_s + self.wire.script.refuses_after_s)
        while (left := (at - self.clock()).total_seconds()) > 0:
            if self.stopping.wait(min(left, 1.0)):
                return
        self._servers[Quirk.DIES].shutdown()
        self._servers[Quirk.DIES].server_close()


def serve(
    wire: Newswire,
    host: str = "127.0.0.1",
    ports: Sequence[int] = (0,) * len(_HOSTS),
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> RunningServer:
    """Serve a newswire on loopback, on `RunningServer.ports` of an earlier one; port 0 takes one that is free.

    `clock` says what time it is on the wire. Raises `OSError` when a port is taken.
    """
    return RunningServer(wire, host, ports, clock)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing when a reader hangs up."""


def _listen(running: RunningServer, host: str, port: int) -> _Listener:
    class Handler(_Handler):
        server_of = running

    return _Listener((host, port), Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_of: RunningServer

    def do_GET(self) -> None:
        """Answer for the feed, home page or article that the path names."""
        running, path = self.server_of, urlsplit(self.path).path
        t = running.wire.seconds(running.clock())
        feed, _, rest = path.removeprefix("/").partition("/")
        outlet = BY_ID.get(feed)
        if outlet is None:
            self._page(_index() if path == "/" else None)
        elif rest == FILES[outlet.format]:
            self._feed(outlet, t)
        elif rest == "":
            self._page(_home(running, outlet, t))
        else:
            self._article(outlet, path, t)

    def do_HEAD(self) -> None:
        """Answer as GET does, without a body."""
        self.do_GET()

    def log_message(self, *args: object) -> None:
        """Keep quiet."""

    # --- feeds -------------------------------------------------------------------------------------------

    def _feed(self, outlet: Outlet, t: float) -> None:
        state = self.server_of.wire.state(outlet.id, t)
        match state.kind:
            case "refused":
                self.connection.shutdown(socket.SHUT_RDWR)
                self.close_connection = True
            case "error":
                self._send(HTTPStatus.INTERNAL_SERVER_ERROR, "text/plain", b"database connection failed\n")
            case "rubbish":
                self._send(HTTPStatus.OK, TYPES[outlet.format], _RUBBISH * 20)
            case "oversized":
                self._oversized(outlet)
            case _:
                self._document(outlet, t, state.version, state.changed_at)

    def _document(self, outlet: Outlet, t: float, version: str, changed_at: float) -> None:
        running = self.server_of
        headers, etag = {}, f'"{version}"'
        number = OUTLETS.index(outlet) % 4  # two in four send both validators, one each only one of them
        if number != 3:
            headers["ETag"] = etag
        modified = running.wire.moment(changed_at).replace(microsecond=0) + timedelta(seconds=1)
        if number != 2 and modified <= running.wire.moment(t):  # within its second more may still change
            headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
        if self._unchanged(headers):
            self._send(HTTPStatus.NOT_MODIFIED, None, b"", headers)
            return
        body = running.wire.document(outlet.id, t, running.url)
        pause_s = running.slow_s if outlet.quirk is Quirk.SLOW else 0.0
        if self._send(HTTPStatus.OK, TYPES[outlet.format], body, headers, pause_s) and self.command == "GET":
            running.note(outlet.id, t)

    def _unchanged(self, headers: dict[str, str]) -> bool:
        known = self.headers.get("If-None-Match")
        if known is not None:
            return headers.get("ETag") in [tag.strip().removeprefix("W/") for tag in known.split(",")]
        since, modified = self.headers.get("If-Modified-Since"), headers.get("Last-Modified")
        if since is None or modified is None:
            return False
        with suppress(ValueError):
            return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
        return False

    def _oversized(self, outlet: Outlet) -> None:
        size = self.server_of.oversized_bytes // _PIECE * _PIECE
        head = (
            b'<?xml version="1.0"?>\n<rss version="2.0"><channel><title>' + outlet.name.encode() + b"</title>"
        )
        self._head(HTTPStatus.OK, TYPES[outlet.format], size, {})
        with suppress(OSError):
            self.wfile.write(head.ljust(_PIECE))
            for _ in range(size // _PIECE - 1):
                if self.server_of.stopping.is_set():
                    break
                self.wfile.write(b"<!-- nothing to see -->\n".ljust(_PIECE))
        self.close_connection = True

    # --- pages -------------------------------------------------------------------------------------------

    def _article(self, outlet: Outlet, path: str, t: float) -> None:
        running = self.server_of
        entry = running.wire.articles(outlet.id, t).get(path)
        if entry is None:
            self._page(None)
            return
        now = running.wire.path(entry, t)
        if path not in {now, f"/{outlet.id}{TICKER_PATH}"}:
            self._send(HTTPStatus.MOVED_PERMANENTLY, "text/plain", b"", {"Location": running.url + now})
            return
        item = running.wire.item(entry, t, running.url)
        self._page(article_page(outlet, _link(running, outlet), item))

    def _page(self, body: bytes | None) -> None:
        if body is None:
            self._send(HTTPStatus.NOT_FOUND, "text/plain", b"no such page\n")
        else:
            self._send(HTTPStatus.OK, "text/html; charset=utf-8", body)

    # --- answers -----------------------------------------------------------------------------------------

    def _head(self, status: HTTPStatus, kind: str | None, size: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        if kind is not None:
            self.send_header("Content-Type", kind)
        if status is not HTTPStatus.NOT_MODIFIED:
            self.send_header("Content-Length", str(size))
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()

    def _send(
        self,
        status: HTTPStatus,
        kind: str | None,
        body: bytes,
        headers: dict[str, str] | None = None,
        pause_s: float = 0.0,
    ) -> bool:
        """Send an answer, in several pieces when it shall last; return whether the reader took it whole."""
        told = dict(headers or {})
        if len(body) > 1000 and "gzip" in self.headers.get("Accept-Encoding", ""):
            body, told["Content-Encoding"] = gzip.compress(body, 5, mtime=0), "gzip"
        pieces = 5 if pause_s else 1
        try:
            self._head(status, kind, len(body), told)
            for number in range(pieces if self.command == "GET" else 0):
                self.server_of.stopping.wait(pause_s / pieces)
                self.wfile.write(body[len(body) * number // pieces : len(body) * (number + 1) // pieces])
        except OSError:
            self.close_connection = True
            return False
        return True


def _link(running: RunningServer, outlet: Outlet) -> Link:
    return Link(f"{running.url}/{outlet.id}/", running.feed_url(outlet))


def _home(running: RunningServer, outlet: Outlet, t: float) -> bytes:
    entries = reversed(running.wire.visible(outlet.id, t))
    return home_page(outlet, _link(running, outlet), [running.wire.item(e, t, running.url) for e in entries])


def _index() -> bytes:
    lines = "".join(f'<li><a href="/{outlet.id}/">{outlet.name}</a></li>' for outlet in OUTLETS)
    return f"<!doctype html><title>{len(OUTLETS)} outlets</title><ul>{lines}</ul>".encode()
