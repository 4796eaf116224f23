"""What bounds and paces a fetch: decompression, turns at a host, links of a page."""

import asyncio
import gzip
import zlib
from collections.abc import Iterator

import brotli
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds.hosts import HostTurns
from connectors.feeds.inflate import Inflater
from connectors.feeds.links import FindLinks, find_links
from newsbeam.errors import FetchFailed


def raw_deflate(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKERS = {
    None: bytes,
    "identity": bytes,
    "gzip": gzip.compress,
    "X-Gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
}


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    for start in range(0, len(data), size):
        yield data[start : start + size]


def refuses(inflater: Inflater, piece: bytes) -> bool:
    try:
        inflater.feed(piece)
    except FetchFailed as error:
        return error.kind == "too_large"
    return False


def inflated(encoding: str | None, packed: bytes, size: int, limit: int = 10_000) -> bytes:
    inflater = Inflater(encoding, limit)
    for piece in pieces(packed, size):
        inflater.feed(piece)
    return inflater.finish()


@given(st.sampled_from(list(PACKERS)), st.binary(max_size=3_000), st.integers(1, 500))
def test_every_encoding_gives_back_the_body_however_it_is_cut(
    encoding: str | None, body: bytes, size: int
) -> None:
    assert inflated(encoding, PACKERS[encoding](body), size) == body


@given(st.binary(min_size=1, max_size=3_000), st.integers(2, 500))
def test_raw_deflate_and_many_gzip_members_are_understood(body: bytes, size: int) -> None:
    assert inflated("gzip", gzip.compress(body) + gzip.compress(body) + b"\0\0", size) == body * 2
    packed = raw_deflate(body)
    if not (packed[0] & 15 == 8 and int.from_bytes(packed[:2], "big") % 31 == 0):  # looks like zlib by chance
        assert inflated("deflate", packed, size) == body


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_bomb_is_refused_at_the_limit(encoding: str) -> None:
    bomb = PACKERS[encoding](b"\0" * 50_000_000)
    inflater = Inflater(encoding, 100_000)
    taken = next(n for n, piece in enumerate(pieces(bomb, 16_384)) if refuses(inflater, piece))
    assert taken < 4
    assert len(inflater._out) < 300_000  # refused before it was in memory


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_a_body_that_ends_early_or_is_rubbish_is_refused(encoding: str) -> None:
    packed = PACKERS[encoding](b"news " * 1_000)
    for damaged in (packed[: len(packed) // 2], b"\xff" * 100):
        with pytest.raises(FetchFailed) as caught:
            inflated(encoding, damaged, 64)
        assert caught.value.kind == "encoding"


def test_an_encoding_that_nobody_asked_for_is_refused() -> None:
    with pytest.raises(FetchFailed, match="zstd"):
        Inflater("zstd", 10)


# --- politeness --------------------------------------------------------------------------------------------


def test_one_request_at_a_time_a_host_and_hosts_do_not_wait_for_each_other() -> None:
    turns = HostTurns(gap_s=0.0)
    running: dict[str, int] = {"a": 0, "b": 0}
    both = []

    async def request(host: str) -> None:
        async with turns.turn(host):
            running[host] += 1
            assert running[host] == 1
            await asyncio.sleep(0)
            both.append(running["a"] and running["b"])
            running[host] -= 1

    async def all_requests() -> None:
        await asyncio.gather(*(request(host) for host in "ab" * 10))

    asyncio.run(all_requests())
    assert any(both)


def test_the_gap_counts_from_the_end_of_a_request_and_a_running_one_has_no_end_yet() -> None:
    clock = [100.0]
    turns = HostTurns(gap_s=2.0, clock=lambda: clock[0])

    async def request() -> None:
        async with turns.turn("a"):
            assert turns.wait_s("a") is None
            clock[0] += 5

    assert turns.wait_s("a") == 0
    asyncio.run(request())
    assert turns.wait_s("a") == 2.0
    clock[0] += 3
    assert turns.wait_s("a") == 0


def test_a_host_that_asked_for_a_long_distance_is_not_waited_for() -> None:
    turns = HostTurns(gap_s=0.0)
    turns.hold("a", 3_600)

    async def request() -> None:
        async with turns.turn("a"):
            raise AssertionError("no turn may be given")

    with pytest.raises(FetchFailed) as caught:
        asyncio.run(request())
    assert caught.value.kind == "busy"
    assert (caught.value.retry_after_s or 0) > 3_000


# --- links of a page ---------------------------------------------------------------------------------------


def test_a_page_gives_its_announced_feeds_first_with_absolute_addresses() -> None:
    page = b"""<html><head><base href="/news/">
      <link rel="stylesheet" type="text/css" href="feed.css">
      <link REL="Alternate" type="application/rss+xml; charset=utf-8" title="All news" href="all.rss">
      <link rel="alternate" type="application/json" href="https://cdn.example/feed.json"></head>
      <body><a href="../rss/sport.xml">Sport</a>
      <a href="/about">About</a><a href="javascript:feed()">x</a></body>"""
    found = find_links(FindLinks(body=page, url="https://n.example/")).links
    assert [(link.url, link.title, link.announced) for link in found] == [
        ("https://n.example/news/all.rss", "All news", True),
        ("https://cdn.example/feed.json", None, True),
        ("https://n.example/rss/sport.xml", None, False),
    ]
