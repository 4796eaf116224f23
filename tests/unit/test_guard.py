"""Promise 10: nothing is fetched from or sent to a private network by accident."""

import asyncio
import socket

import aiohttp
import pytest

from connectors.guard import guarded_connector, is_public, was_refused


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0",  # noqa: S104
        "224.0.0.1", "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1",
        "ff02::1", "fec0::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2002:0a00:1::", "2001:db8::1", "168.63.129.16",
    ],
)  # fmt: skip
def test_private_and_reserved_addresses_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "64:ff9b::808:808"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]"])
def test_a_local_listener_is_never_connected_to(host: str) -> None:
    async def attempt(port: int) -> BaseException:
        async with aiohttp.ClientSession(connector=guarded_connector(allow_private=False)) as session:
            with pytest.raises(aiohttp.ClientConnectorError) as caught:
                await session.get(f"http://{host}:{port}/")
            return caught.value

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        assert was_refused(asyncio.run(attempt(listener.getsockname()[1])))
        with pytest.raises(BlockingIOError):
            listener.accept()
