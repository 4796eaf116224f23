"""Settings of `newsbeam serve`: where it listens, who may talk to it, and never open by accident."""

import ipaddress
import socket
from typing import Annotated

import msgspec

from newsbeam.errors import ConfigurationError
from newsbeam.settings import Secret

SHORTEST_TOKEN = 16


class ServeSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Where the page and the API listen, and who may talk to them.

    `token` (given as `token_file`) is asked for when set, and needed on any address but loopback.
    `allowed_hosts` are the names, beside the bound address, under which browsers may reach this server: any
    other Host header is refused, so that no page can re-point its own name at it (DNS rebinding).
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 8600
    token: Secret | None = None
    allowed_hosts: tuple[str, ...] = ()
    max_body_bytes: int = 32 * 1024 * 1024  # of one POST
    max_streams: int = 200  # live streams at once


def is_loopback(host: str) -> bool:
    """Whether `host` is an address or name that only this machine can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_token(settings: ServeSettings) -> str | None:
    """Return the token that callers must show, None when none is asked for.

    Raises `ConfigurationError` when it is too short, or missing where others can connect.
    """
    token = settings.token.reveal() if settings.token is not None else None
    if token is not None and len(token) < SHORTEST_TOKEN:
        raise ConfigurationError(
            [f"serve.token: at least {SHORTEST_TOKEN} characters, or anyone may guess it"]
        )
    if token is None and not is_loopback(settings.host):
        reached = f"serve.host: {settings.host} can be reached from other machines, so a token is needed"
        raise ConfigurationError([f"{reached}: set serve.token_file (or serve.host: 127.0.0.1)"])
    return token


def allowed_hosts(settings: ServeSettings) -> frozenset[str]:
    """Return the host names, lower case and without port, under which this server answers."""
    own = {"localhost", "127.0.0.1", "::1", settings.host.lower()}
    if not is_loopback(settings.host):
        own.add(socket.gethostname().lower())
    return frozenset(own | {host.lower() for host in settings.allowed_hosts})
