"""Name look-ups that disturb nobody: each in a daemon thread of its own.

The event loop's shared threads would make every feed wait for a dead name server, and the process could not
end before it answered.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult

_Infos = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, Any]]


class ThreadResolver(AbstractResolver):
    """Resolves through the system's `getaddrinfo`; callers bound how many look-ups run at once."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        """Return the addresses of a name; raises `OSError` when it has none."""
        infos = await _lookup(host, port, family)
        return [
            ResolveResult(
                hostname=host,
                host=str(address[0]),
                port=int(address[1]),
                family=found,
                proto=protocol,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for found, _, protocol, _, address in infos
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def _lookup(host: str, port: int, family: socket.AddressFamily) -> _Infos:
    loop = asyncio.get_running_loop()
    answer: asyncio.Future[_Infos] = loop.create_future()

    def settle(infos: _Infos, error: OSError | None) -> None:
        if answer.done():  # nobody waits any more
            return
        if error is None:
            answer.set_result(infos)
        else:
            answer.set_exception(error)

    def work() -> None:
        infos: _Infos = []
        failure = None
        try:
            infos = list(socket.getaddrinfo(host, port, family=family, type=socket.SOCK_STREAM))
        except OSError as error:
            failure = error
        except UnicodeError:  # a label too long or empty
            failure = socket.gaierror(socket.EAI_NONAME, "not a host name")
        with suppress(RuntimeError):  # the loop ended before the name server answered
            loop.call_soon_threadsafe(settle, infos, failure)

    threading.Thread(target=work, name="name-lookup", daemon=True).start()
    return await answer
