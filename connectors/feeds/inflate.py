"""Decompression of bodies with a bound on what comes out, checked before it is in memory."""

import zlib
from typing import Protocol

import brotli  # type: ignore[import-untyped]

from newsbeam.errors import FetchFailed

ACCEPTED = "gzip, deflate, br"
_STEP = 65_536
_EITHER = zlib.MAX_WBITS | 32  # gzip or zlib, told by the header
_GZIP = b"\x1f\x8b"
_RAW = -zlib.MAX_WBITS


class _Decoder(Protocol):
    def decode(self, data: bytes, room: int) -> bytes:
        """Return what `data` gives; may stop a little after `room` bytes."""
        ...

    @property
    def complete(self) -> bool: ...


class Inflater:
    """Collects a body that came in one content encoding; `limit` bounds the decoded size."""

    def __init__(self, encoding: str | None, limit: int) -> None:
        self._limit = limit
        self._out = bytearray()
        self._decoder = _decoder(encoding)

    def feed(self, data: bytes) -> None:
        """Take the next bytes from the wire; raises `FetchFailed` (`too_large`, `encoding`)."""
        try:
            self._out += self._decoder.decode(data, self._limit - len(self._out) + 1)
        except (zlib.error, brotli.error) as error:
            raise FetchFailed("encoding", f"the body cannot be decompressed: {error}") from error
        if len(self._out) > self._limit:
            raise FetchFailed(
                "too_large", f"the document is larger than {self._limit} bytes (document_bytes)"
            )

    def finish(self) -> bytes:
        """Return the whole body; raises `FetchFailed` when it ended early."""
        if not self._decoder.complete:
            raise FetchFailed("encoding", "the compressed body ended early")
        return bytes(self._out)


def _decoder(encoding: str | None) -> _Decoder:
    match (encoding or "identity").strip().lower():
        case "gzip" | "x-gzip" | "deflate":
            return _Zlib()
        case "br":
            return _Brotli()
        case "identity" | "":
            return _Plain()
        case other:
            raise FetchFailed("encoding", f"the server used a content encoding nobody asked for: {other}")


class _Plain:
    complete = True

    def decode(self, data: bytes, room: int) -> bytes:
        return data[:room]


class _Zlib:
    """gzip (of any number of members), zlib, or the raw deflate that some servers send as `deflate`."""

    def __init__(self) -> None:
        self._stream = zlib.decompressobj(_EITHER)
        self._started = False
        self._head = b""  # a first byte that alone does not tell what begins

    @property
    def complete(self) -> bool:
        return self._stream.eof or not (self._started or self._head)

    def decode(self, data: bytes, room: int) -> bytes:
        out = bytearray()
        pending, self._head = self._head + data, b""
        while pending and len(out) < room:
            if not self._started or self._stream.eof:
                if len(pending) < 2:
                    self._head = pending
                    break
                if self._started and not pending.startswith(_GZIP):
                    break  # padding after the last member
                self._start(pending)
            out += self._stream.decompress(pending, room - len(out))
            pending = self._stream.unconsumed_tail or self._stream.unused_data
        return bytes(out)

    def _start(self, data: bytes) -> None:
        zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0  # RFC 1950, 2.2
        self._stream = zlib.decompressobj(_EITHER if zlib_header or data.startswith(_GZIP) else _RAW)
        self._started = True


class _Brotli:
    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self._started = False

    @property
    def complete(self) -> bool:
        return not self._started or bool(self._stream.is_finished())

    def decode(self, data: bytes, room: int) -> bytes:
        self._started = True
        out = bytearray(self._stream.process(data, output_buffer_limit=min(_STEP, room)))
        while len(out) < room and not self._stream.can_accept_more_data():
            out += self._stream.process(b"", output_buffer_limit=min(_STEP, room))
        return bytes(out)
