"""Counts what is asked for, how it was answered, and how long that took."""

import time

from dashboard.guard import Application, Message, Receive, Scope, Send
from newsbeam.metrics import REQUEST_SECONDS, REQUESTS

OTHER = "other"  # refused at the door, or no address of ours


class CountingMiddleware:
    """Counts every HTTP request by the route that answered it, never by its address: there is no end of those."""

    def __init__(self, app: Application) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; a stream counts when it begins."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.monotonic()

        async def send_counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                route = getattr(scope.get("route"), "path", OTHER)
                REQUESTS.labels(route, f"{message['status'] // 100}xx").inc()
                REQUEST_SECONDS.labels(route).observe(time.monotonic() - began)
            await send(message)

        await self._app(scope, receive, send_counted)
