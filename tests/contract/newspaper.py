"""A web server on loopback whose pages a test writes: a real one, with a memory of what it was asked."""

import ssl
import threading
import time
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple, Self


class Asked(NamedTuple):
    path: str
    headers: Mapping[str, str]


class Page(NamedTuple):
    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    drip: float = 0.0  # seconds between single bytes


def rss(*titles: str, language: str = "en") -> bytes:
    items = "".join(
        f"<item><title>{title}</title><link>https://paper.example/{title}</link>"
        f'<guid isPermaLink="false">{title}</guid></item>'
        for title in titles
    )
    head = f"<title>Paper</title><language>{language}</language>"
    return f'<rss version="2.0"><channel>{head}{items}</channel></rss>'.encode()


class Newspaper:
    """`pages` maps a path to a page, or to what makes one of a request; others are 404. With `tls` by https."""

    def __init__(self, address: str = "127.0.0.1", tls: ssl.SSLContext | None = None) -> None:
        self.pages: dict[str, Page | Callable[[Asked], Page]] = {}
        self.asked: list[Asked] = []
        paper = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()})
                paper.asked.append(asked)
                page = paper.pages.get(self.path, Page(status=404))
                self._answer(page(asked) if callable(page) else page)

            def _answer(self, page: Page) -> None:
                try:
                    self.send_response(page.status)
                    for name, value in page.headers:
                        self.send_header(name, value)
                    self.send_header("Content-Length", str(len(page.body)))
                    self.end_headers()
                    if page.drip:
                        for byte in page.body:
                            self.wfile.write(bytes([byte]))
                            time.sleep(page.drip)
                    else:
                        self.wfile.write(page.body)
                except OSError:
                    self.close_connection = True  # the reader went away

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer((address, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.url = f"{self._scheme(tls)}://{address}:{self._server.server_address[1]}"

    def _scheme(self, tls: ssl.SSLContext | None) -> str:
        if tls is None:
            return "http"
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True)
        return "https"

    def times(self, path: str) -> int:
        return sum(asked.path == path for asked in self.asked)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
