"""The door of the server: which hosts, origins and tokens are let in, and every answer's headers."""

import hashlib
import hmac
import ipaddress
from collections import deque
from collections.abc import Awaitable, Callable, MutableMapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from dashboard.settings import ServeSettings, allowed_hosts, is_loopback, read_token

COOKIE = "newsbeam_session"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "same-origin",  # with no-referrer browsers hide the origin of our own forms
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), interest-cohort=()",
}
OPEN_PATHS = ("/healthz", "/login", "/static/")  # need no token
TRIES, WITHIN = 10, timedelta(minutes=1)  # wrong tokens before the login form pauses
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]


class Guard:
    """Decides on requests; holds the token's hash-derived session value, never hands the token out."""

    def __init__(self, settings: ServeSettings) -> None:
        self._token = read_token(settings)
        self._hosts = allowed_hosts(settings)
        self._any_address = not is_loopback(settings.host)
        self._wrong: deque[datetime] = deque(maxlen=TRIES)

    @property
    def asks_token(self) -> bool:
        """Whether callers must show the token."""
        return self._token is not None

    def is_token(self, given: str) -> bool:
        """Whether `given` is the token, in constant time."""
        return self._token is not None and hmac.compare_digest(given.encode(), self._token.encode())

    def count_wrong(self, now: datetime) -> None:
        """Note a wrong token in the form."""
        self._wrong.append(now)

    def pauses(self, now: datetime) -> bool:
        """Whether the form takes no tokens for now: too many wrong ones came, from wherever."""
        return len(self._wrong) == TRIES and now - self._wrong[0] < WITHIN

    def session(self) -> str:
        """The cookie's value: derived from the token, so that changing the token ends every session."""
        key = (self._token or "").encode()
        return hmac.new(key, b"newsbeam session 1", hashlib.sha256).hexdigest()

    def allows_host(self, header: str) -> bool:
        """Whether the Host header names this server; with a token, any bare IP address does too."""
        host = _host_of(header)
        if host in self._hosts:
            return True
        if not self._any_address:
            return False
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return False
        return True

    def allows_caller(self, headers: Headers) -> bool:
        """Whether the request shows the token: as a bearer, or as the login form's cookie."""
        if not self.asks_token:
            return True
        scheme, _, given = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.is_token(given.strip())
        cookie = cookie_parser(headers.get("cookie", "")).get(COOKIE, "")
        return hmac.compare_digest(cookie.encode(), self.session().encode())


def allows_origin(method: str, headers: Headers) -> bool:
    """Whether a request that changes something comes from our own pages or from no browser page at all."""
    if method in SAFE_METHODS:
        return True
    site = headers.get("sec-fetch-site")  # sent by browsers to https and loopback only
    if site is not None:
        return site in ("none", "same-origin")
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


class GuardMiddleware:
    """Applies the guard to every HTTP request and the security headers to every answer."""

    def __init__(self, app: Application, guard: Guard) -> None:
        self._app = app
        self._guard = guard

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer refused requests itself and pass the others on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("cache-control", "no-store")
            await send(message)

        refused = self._refuse(scope)
        await (refused or self._app)(scope, receive, send_with_headers)

    def _refuse(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        path: str = scope["path"]
        if not self._guard.allows_host(headers.get("host", "")):
            return PlainTextResponse(
                "newsbeam does not answer under this name; add it to serve.allowed_hosts\n", status_code=421
            )
        if not allows_origin(scope["method"], headers):
            return PlainTextResponse("requests from other sites are refused\n", status_code=403)
        if path.startswith(OPEN_PATHS) or self._guard.allows_caller(headers):
            return None
        if scope["method"] == "GET" and "text/html" in headers.get("accept", ""):
            query = scope.get("query_string", b"").decode("latin-1")
            target = path + (f"?{query}" if query else "")
            return RedirectResponse(f"/login?next={quote(target, safe='')}", status_code=303)
        return JSONResponse(
            {"error": "a token is needed: Authorization: Bearer …"},
            status_code=401,
            headers={"www-authenticate": 'Bearer realm="newsbeam"'},
        )


def _host_of(header: str) -> str:
    """The host of a Host header: lower case, without port and brackets."""
    try:
        return (urlsplit(f"//{header}").hostname or "").rstrip(".")
    except ValueError:
        return ""
