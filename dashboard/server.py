"""Runs the application on its address until a signal, and ends live streams first: stopping is quick."""

import asyncio
import contextlib
import errno
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn
from fastapi import FastAPI

from dashboard.settings import ServeSettings, read_token
from dashboard.site import Site
from newsbeam.errors import ConfigurationError

GRACE_S = 2  # for answers under way, after which their connections are cut


class _Server(uvicorn.Server):
    """uvicorn without its own signal handlers: stopping is decided here."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def serve(app: FastAPI, settings: ServeSettings, *, started: Callable[[str], None] | None = None) -> None:
    """Serve until SIGINT or SIGTERM; `started` is told the address once connections are taken.

    Raises `ConfigurationError` when the address is open to others without a token, or cannot be bound.
    """
    read_token(settings)
    with _bind(settings) as listener:
        asyncio.run(_serve(app, listener, started))


async def serve_until(app: FastAPI, listener: socket.socket, stop: asyncio.Event) -> None:
    """Serve on a listening socket until `stop` is set; open streams are ended, then everything closes."""
    site: Site = app.state.site
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        server_header=False,
        date_header=True,
        proxy_headers=False,
        timeout_graceful_shutdown=GRACE_S,
        timeout_keep_alive=15,
        h11_max_incomplete_event_size=64 * 1024,
    )
    server = _Server(config)

    async def watch() -> None:
        await stop.wait()
        site.hub.stop()
        server.should_exit = True

    watching = asyncio.create_task(watch())
    try:
        await server.serve(sockets=[listener])
    finally:
        watching.cancel()
        site.hub.stop()


async def _serve(app: FastAPI, listener: socket.socket, started: Callable[[str], None] | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if started is not None:
        started(address_of(listener))
    await serve_until(app, listener, stop)


def address_of(listener: socket.socket) -> str:
    """The address that people can open."""
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104
    return f"http://{shown}:{port}/"


def check_address(settings: ServeSettings) -> None:
    """Raise `ConfigurationError` unless the address can be listened on now: for commands that have a --port."""
    _bind(settings, "`--port 8601`, ").close()


def _bind(settings: ServeSettings, option: str = "") -> socket.socket:
    where = f"{settings.host}:{settings.port}"
    try:
        found = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, kind, protocol, _, address = found[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise ConfigurationError(
            [f"serve.host: {settings.host} is no address here: {error.strerror}"]
        ) from error
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(512)
    except OSError as error:
        listener.close()
        if error.errno == errno.EADDRINUSE:
            message = (
                f"serve.port: {where} is in use; stop the other program, or choose another port with "
                f"{option}serve.port or NEWSBEAM_SERVE__PORT=8601"
            )
        else:
            message = f"serve.host: cannot listen on {where}: {error.strerror}"
        raise ConfigurationError([message]) from error
    listener.set_inheritable(False)
    return listener
