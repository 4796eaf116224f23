"""The address guard of everything newsbeam fetches or sends: no private networks, unless allowed on purpose.

It stands at the socket, so it sees the very address that is about to be connected to: a name that resolves to
a private address, a literal address, a redirect, a second answer of a rebinding name server all pass here.
"""

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from typing import Any

import aiohttp
from aiohappyeyeballs import AddrInfoType

_WIRE_SERVER = IPv4Address("168.63.129.16")  # Azure's metadata and agent channel: public in form alone
_NAT64 = IPv6Network("64:ff9b::/96")  # RFC 6052: an IPv4 address in the last 32 bits


class AddressRefused(OSError):
    """The address is not on the public internet; one message for all, since aiohttp merges equal ones."""

    def __init__(self) -> None:
        super().__init__(
            "private and reserved addresses are refused (allow_private: true allows them on purpose)"
        )


def is_public(address: str) -> bool:
    """Whether `address` (an IP literal) is an ordinary unicast address of the public internet.

    IPv4 addresses carried inside IPv6 ones (mapped, 6to4, Teredo, NAT64) are judged as themselves.
    """
    parsed = ip_address(address.partition("%")[0])
    if isinstance(parsed, IPv6Address):
        inner = _carried(parsed)
        if inner is not None:
            return is_public(str(inner))
        if parsed.is_site_local:
            return False
    return parsed.is_global and not parsed.is_multicast and not parsed.is_reserved and parsed != _WIRE_SERVER


def _carried(address: IPv6Address) -> IPv4Address | None:
    if address.teredo is not None:
        return address.teredo[1]
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour


def guarded_socket(address: AddrInfoType) -> socket.socket:
    """Open a socket towards `address`, or raise `AddressRefused`; aiohttp's `socket_factory`."""
    family, kind, protocol, _, target = address
    if not is_public(str(target[0])):
        raise AddressRefused
    return socket.socket(family, kind, protocol)


def guarded_connector(*, allow_private: bool, **options: Any) -> aiohttp.TCPConnector:
    """Return a connector that refuses addresses off the public internet; `options` go to aiohttp."""
    factory = None if allow_private else guarded_socket
    return aiohttp.TCPConnector(socket_factory=factory, **options)


def was_refused(error: BaseException) -> bool:
    """Whether `error`, as aiohttp raised it, is the guard's doing."""
    return isinstance(error, aiohttp.ClientConnectorError) and isinstance(error.os_error, AddressRefused)
