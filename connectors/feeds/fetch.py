"""One document over HTTP: bounded in time and size, redirects followed by hand, every address guarded."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import blake2b
from types import TracebackType
from typing import Self

import aiohttp
import msgspec
from yarl import URL

from connectors.feeds.hosts import HostTurns
from connectors.feeds.inflate import ACCEPTED, Inflater
from connectors.feeds.names import ThreadResolver
from connectors.feeds.schedule import max_age_of, retry_after_of
from connectors.feeds.settings import FeedsSettings
from connectors.guard import guarded_connector, was_refused
from newsbeam.errors import FetchFailed

_PERMANENT = frozenset({301, 308})
_REDIRECTS = _PERMANENT | {302, 303, 307}
_ASKS_DISTANCE = frozenset({429, 503})
_HOLD_LONGEST_S = 3_600.0
_NAMES_KEPT_S = 60
_ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9, "
    "application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, text/html;q=0.3, */*;q=0.1"
)


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to fetch, and the validators of what is already known."""

    url: str
    etag: str | None = None
    last_modified: str | None = None
    allow_private: bool = False


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """What came. `url` is where it came from in the end; `moved_to` where only permanent redirects led.

    `unchanged` says that the server confirmed the validators (304), and the body is empty.
    """

    url: str
    moved_to: str | None = None
    unchanged: bool = False
    body: bytes = b""
    body_hash: str | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    max_age_s: float | None = None


class Fetcher:
    """Fetches with one set of limits and one memory of hosts; an async context manager.

    `fetch` raises nothing but `FetchFailed`, whose kinds are: address, busy, connect, dns, encoding, gone,
    http, protocol, redirect, refused, timeout, tls, too_large.
    """

    def __init__(
        self,
        settings: FeedsSettings,
        turns: HostTurns | None = None,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._settings = settings
        self._clock = clock
        self.turns = turns or HostTurns(settings.host_gap_s)
        self._sessions: dict[bool, aiohttp.ClientSession] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in self._sessions.values():
            await session.close()
        self._sessions.clear()

    async def fetch(self, request: Request, heading: Callable[[str], None] = lambda _: None) -> Response:
        """Return the answer to a conditional GET; `heading` is told each host before it is asked."""
        url, moved_to, permanent = _address(request.url), None, True
        for _ in range(self._settings.redirects + 1):
            heading(host_of(url))
            answer = await self._hop(url, request)
            if isinstance(answer, Response):
                return msgspec.structs.replace(answer, moved_to=moved_to)
            url, lasting = answer
            permanent = permanent and lasting
            moved_to = str(url) if permanent else moved_to
        raise FetchFailed("redirect", f"more than {self._settings.redirects} redirects, the last to {url}")

    async def _hop(self, url: URL, request: Request) -> "Response | tuple[URL, bool]":
        """One request: the response, or where it redirects and whether for good."""
        host = host_of(url)
        async with self.turns.turn(host):
            try:
                async with (
                    asyncio.timeout(self._settings.timeout_s),
                    self._session(request.allow_private).get(
                        url, headers=_headers(request), allow_redirects=False
                    ) as answer,
                ):
                    if answer.status in _REDIRECTS:
                        return _target(url, answer), answer.status in _PERMANENT
                    return await self._received(url, request, answer)
            except TimeoutError as error:
                raise FetchFailed(
                    "timeout", f"{host} did not answer within {self._settings.timeout_s:g} s"
                ) from error
            except (aiohttp.ClientError, OSError, ValueError) as error:
                raise translated(error, host) from error

    async def _received(self, url: URL, request: Request, answer: aiohttp.ClientResponse) -> Response:
        headers = answer.headers
        validated = answer.status == 304 and (request.etag or request.last_modified)
        if answer.status != 200 and not validated:
            raise self._refused(url, answer)
        body = b"" if validated else await self._body(answer)
        return Response(
            url=str(url),
            unchanged=bool(validated),
            body=body,
            body_hash=None if validated else blake2b(body, digest_size=16).hexdigest(),
            content_type=headers.get("Content-Type"),
            etag=headers.get("ETag") or (request.etag if validated else None),
            last_modified=headers.get("Last-Modified") or (request.last_modified if validated else None),
            max_age_s=max_age_of(headers.get("Cache-Control"), headers.get("Age")),
        )

    async def _body(self, answer: aiohttp.ClientResponse) -> bytes:
        limit = self._settings.body_bytes
        if (answer.content_length or 0) > limit:
            raise FetchFailed("too_large", f"the body is larger than {limit} bytes (body_bytes)")
        inflater = Inflater(answer.headers.get("Content-Encoding"), self._settings.document_bytes)
        taken = 0
        async for chunk in answer.content.iter_any():
            taken += len(chunk)
            if taken > limit:
                raise FetchFailed("too_large", f"the body is larger than {limit} bytes (body_bytes)")
            inflater.feed(chunk)
        return inflater.finish()

    def _refused(self, url: URL, answer: aiohttp.ClientResponse) -> FetchFailed:
        wait = retry_after_of(answer.headers.get("Retry-After"), self._clock())
        if answer.status in _ASKS_DISTANCE and wait:
            self.turns.hold(host_of(url), min(wait, _HOLD_LONGEST_S))
        if answer.status == 410:
            return FetchFailed("gone", f"{url} is gone for good (410)")
        return FetchFailed("http", f"{url} answered {answer.status} {answer.reason or ''}".rstrip(), wait)

    def _session(self, allow_private: bool) -> aiohttp.ClientSession:
        if allow_private not in self._sessions:
            connector = guarded_connector(
                allow_private=allow_private,
                limit=self._settings.concurrency,
                resolver=ThreadResolver(),
                ttl_dns_cache=_NAMES_KEPT_S,
            )
            self._sessions[allow_private] = aiohttp.ClientSession(
                connector=connector,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                timeout=aiohttp.ClientTimeout(total=None, sock_connect=self._settings.connect_timeout_s),
                headers={
                    "User-Agent": self._settings.user_agent,
                    "Accept": _ACCEPT,
                    "Accept-Encoding": ACCEPTED,
                },
            )
        return self._sessions[allow_private]


def host_of(url: URL | str) -> str:
    """Return whose turn a request to this address needs: `name:port`."""
    parsed = URL(url) if isinstance(url, str) else url
    return f"{parsed.host}:{parsed.port}"


def _address(text: str) -> URL:
    try:
        url = URL(text)
    except ValueError as error:
        raise FetchFailed("address", f"{text!r} is no address: {error}") from error
    if url.scheme not in {"http", "https"} or not url.host:
        raise FetchFailed("address", f"{text!r} is no http or https address")
    return url


def _headers(request: Request) -> dict[str, str]:
    given = {"If-None-Match": request.etag, "If-Modified-Since": request.last_modified}
    return {name: value for name, value in given.items() if value}


def _target(url: URL, answer: aiohttp.ClientResponse) -> URL:
    location = answer.headers.get("Location")
    if not location:
        raise FetchFailed("redirect", f"{url} redirects without saying where to")
    try:
        target = url.join(URL(location, encoded=True)).with_fragment(None)
    except ValueError as error:
        raise FetchFailed("redirect", f"{url} redirects to {location!r}, which is no address") from error
    return _address(str(target))


def translated(error: Exception, host: str) -> FetchFailed:
    """Return newsbeam's exception for one of aiohttp's, by its class."""
    if was_refused(error):
        return FetchFailed(
            "refused",
            f"{host}: private and reserved addresses are refused ("
            "`allow_private: true` in feeds.yaml or `newsbeam feeds add --allow-private` allows them on purpose)",
        )
    if isinstance(error, aiohttp.ClientConnectorDNSError | socket.gaierror):
        return FetchFailed("dns", f"{host}: the name cannot be resolved")
    if isinstance(error, aiohttp.ClientSSLError | ssl.SSLError):
        return FetchFailed("tls", f"{host}: {error}")
    if isinstance(error, aiohttp.ClientConnectorError):
        return FetchFailed("connect", f"{host}: {error.os_error.strerror or 'no connection'}")
    if isinstance(error, aiohttp.InvalidURL):
        return FetchFailed("address", f"{host}: no valid address")
    return FetchFailed("protocol", f"{host}: {error or type(error).__name__}")
