"""A dashboard that really serves, in a thread of the test."""

import asyncio
import socket
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPResponse
from types import TracebackType
from urllib.error import HTTPError

from dashboard.app import create_app
from dashboard.context import DashboardContext
from dashboard.server import serve_until

DEADLINE_S = 20.0


class Serving:
    """Serves a context on loopback (a free port, unless given) until left."""

    def __init__(self, context: DashboardContext, port: int = 0) -> None:
        self._app = create_app(context)
        self._listener = socket.create_server(("127.0.0.1", port))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Serving":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop, and fail when that does not end within five seconds."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._stop.set)
            self._thread.join(timeout=5)
            assert not self._thread.is_alive(), "the server did not stop within five seconds"

    def _run(self) -> None:
        try:
            self._loop.run_until_complete(serve_until(self._app, self._listener, self._stop))
            self._loop.run_until_complete(self._loop.shutdown_default_executor())
        finally:
            self._loop.close()
            self._listener.close()

    def get(self, path: str, headers: dict[str, str] | None = None, data: bytes | None = None) -> "Answer":
        """Ask for a path, without following redirects."""
        request = urllib.request.Request(self.url + path, headers=headers or {}, data=data)  # noqa: S310
        try:
            with _opener.open(request, timeout=DEADLINE_S) as answer:
                return Answer(answer.status, dict(answer.headers.items()), answer.read().decode())
        except HTTPError as error:
            with error:
                return Answer(error.code, dict(error.headers.items()), error.read().decode())

    @contextmanager
    def events(self, path: str, headers: dict[str, str] | None = None) -> Iterator[Iterator[dict[str, str]]]:
        """Open an event stream; yields its events."""
        request = urllib.request.Request(self.url + path, headers=headers or {})  # noqa: S310
        with _opener.open(request, timeout=DEADLINE_S) as answer:
            yield _events(answer)


class Answer:
    """What a server answered."""

    def __init__(self, status: int, headers: dict[str, str], text: str) -> None:
        self.status = status
        self.headers = {name.lower(): value for name, value in headers.items()}
        self.text = text


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: object, **_kwargs: object) -> None:
        return None


_opener = urllib.request.build_opener(_Stay, urllib.request.ProxyHandler({}))


def _events(answer: HTTPResponse) -> Iterator[dict[str, str]]:
    event: dict[str, str] = {}
    for raw in answer:
        line = raw.decode().rstrip("\n")
        if not line and "event" in event:
            yield event
        if not line:
            event = {}
        elif not line.startswith(":"):
            name, _, value = line.partition(": ")
            event[name] = f"{event[name]}\n{value}" if name in event else value
