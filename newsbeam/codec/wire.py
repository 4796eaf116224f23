"""A story's bytes on the bus.

Within a version fields are only added, and unknown ones are ignored, so an older reader can follow a
newer writer.
"""

import json
import re
from collections.abc import Callable
from typing import Annotated

import msgspec

from newsbeam.codec.text import clean_key, clean_text, parse_moment
from newsbeam.errors import DecodeError
from newsbeam.identity import key_hash, ordered_keys
from newsbeam.story import Key, KeyKind, Origin, Story

WIRE_VERSION = 1


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one story may hold; longer texts are cut, longer identifiers dropped, more bytes refused."""

    value_bytes: int = 8 * 1024 * 1024
    title: int = 2_000  # code points, as all below
    summary: int = 20_000
    body: int = 1_000_000
    name: int = 500  # author, outlet, feed, an origin's id
    kind: int = 50  # of origin
    address: int = 8_192  # URL, and the value of any key
    keys: int = 16


DEFAULT_LIMITS = Limits()


class _WireKey(msgspec.Struct, frozen=True):
    kind: str
    value: str


class _WireStory(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Version 1. A date is text here: an impossible one must not cost the story."""

    v: int
    origin: Origin
    keys: tuple[_WireKey, ...]
    title: str
    url: str | None = None
    feed: str | None = None
    fetch: Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)] = 0
    backfill: bool = False
    outlet: str | None = None
    summary: str = ""
    body: str = ""
    language: str | None = None
    published_at: str | None = None
    published_claim: str | None = None
    author: str | None = None


class _Versioned(msgspec.Struct):
    v: int


_encoder = msgspec.json.Encoder(order="deterministic")
_wire_decoder = msgspec.json.Decoder(_WireStory)
_version_decoder = msgspec.json.Decoder(_Versioned)


def encode_story(story: Story) -> bytes:
    """Return the bytes of a story for the bus, without lone surrogates, which no wire can carry."""
    wire = _WireStory(
        v=WIRE_VERSION,
        origin=story.origin,
        keys=tuple(_WireKey(key.kind.value, key.value) for key in story.keys),
        title=story.title,
        url=story.url,
        feed=story.feed,
        fetch=story.fetch,
        backfill=story.backfill,
        outlet=story.outlet,
        summary=story.summary,
        body=story.body,
        language=story.language,
        published_at=None if story.published_at is None else story.published_at.isoformat(),
        published_claim=story.published_claim,
        author=story.author,
    )
    try:
        return _encoder.encode(wire)
    except UnicodeEncodeError:  # a lone surrogate
        return _encoder.encode(_mapped(wire, clean_text))


def story_key_bytes(story: Story) -> bytes:
    """Return the bus key, from the strongest key: versions of one entry share a partition, in order."""
    return key_hash(ordered_keys(story)[0]).hex().encode()


def decode_story(data: bytes, limits: Limits = DEFAULT_LIMITS) -> Story:
    """Return the story in a record's bytes, repaired where a repair cannot mislead.

    Repaired: control characters and lone surrogates (removed), texts longer than `limits` (cut), an over-long
    address or key (dropped), an impossible date (None; `published_claim` keeps the words).
    Raises `DecodeError` for anything else: no JSON, no story, no key left, too large, a newer wire version.
    """
    if len(data) > limits.value_bytes:
        raise DecodeError(f"{len(data)} bytes are more than the limit of {limits.value_bytes}")
    try:
        wire = _wire_decoder.decode(data)
    except msgspec.ValidationError as error:
        _refuse_other_version(data)
        raise DecodeError(f"no story: {error}") from error
    except UnicodeDecodeError as error:
        raise DecodeError(f"no UTF-8: {error}") from error
    except RecursionError as error:
        raise DecodeError("nested too deeply") from error
    except msgspec.DecodeError as error:
        wire = _decode_lone_surrogates(data, error)
    if wire.v != WIRE_VERSION:
        _refuse_other_version(data)
    if _may_be_unclean(data, wire):
        wire = _mapped(wire, clean_text)
    return _story(wire, limits)


def _refuse_other_version(data: bytes) -> None:
    try:
        version = _version_decoder.decode(data).v
    except (msgspec.DecodeError, ValueError, RecursionError):
        return  # the first error says it better
    if version != WIRE_VERSION:
        newer = "; update newsbeam" if version > WIRE_VERSION else ""
        raise DecodeError(f"wire version {version} is not known here, only {WIRE_VERSION}{newer}")


def _decode_lone_surrogates(data: bytes, cause: msgspec.DecodeError) -> _WireStory:
    """Decode what msgspec takes for broken JSON because an escape is half of a surrogate pair."""
    if b"\\u" not in data:
        raise DecodeError(f"no JSON: {cause}") from cause
    try:
        wire = msgspec.convert(json.loads(data), _WireStory)
    except msgspec.ValidationError as error:
        _refuse_other_version(data)
        raise DecodeError(f"no story: {error}") from error
    except (ValueError, RecursionError) as error:
        raise DecodeError(f"no JSON: {error}") from error
    return _mapped(wire, clean_text)


_ESCAPES = re.compile(rb"\\[ubf]")  # of control characters and surrogates; found fast by the backslash
_DELETE, _LAST_PLANE = 0x7F, 0xEF  # of UTF-8; the latter begins U+FFFE and U+FFFF


def _may_be_unclean(data: bytes, wire: _WireStory) -> bool:
    """JSON holds control characters only as escapes, so bytes without one are clean: no look at each text."""
    joints = sum([key.value.count("\x1f") for key in wire.keys])
    if _DELETE in data or len(_ESCAPES.findall(data)) != joints:
        return True
    return _LAST_PLANE in data and b"\xef\xbf" in data


def _mapped(wire: _WireStory, change: Callable[[str], str]) -> _WireStory:
    """The same with `change` done to every text; in keys U+001F stays."""
    keys = tuple(_WireKey(key.kind, clean_key(key.value)) for key in wire.keys)
    texts = {name: value for name in _TEXTS if isinstance(value := getattr(wire, name), str)}
    origin = Origin(change(wire.origin.kind), change(wire.origin.id))
    changed = {name: change(value) for name, value in texts.items()}
    return msgspec.structs.replace(wire, origin=origin, keys=keys, **changed)


_TEXTS = tuple(
    name for name in _WireStory.__struct_fields__ if name not in {"v", "origin", "keys", "fetch", "backfill"}
)
_KINDS = {kind.value: kind for kind in KeyKind}


def _story(wire: _WireStory, limits: Limits) -> Story:
    keys = _keys(wire, limits)
    published_at = None if wire.published_at is None else parse_moment(wire.published_at)
    claim = wire.published_claim
    if published_at is None and claim is None:
        claim = wire.published_at
    return Story(
        origin=Origin(wire.origin.kind[: limits.kind], wire.origin.id[: limits.name]),
        keys=keys,
        title=wire.title[: limits.title],
        url=_if_fits(wire.url, limits.address),
        feed=_if_fits(wire.feed, limits.name),
        fetch=wire.fetch,
        backfill=wire.backfill,
        outlet=_if_fits(wire.outlet, limits.name),
        summary=wire.summary[: limits.summary],
        body=wire.body[: limits.body],
        language=_if_fits(wire.language, 35),  # RFC 5646 section 4.4.1
        published_at=published_at,
        published_claim=claim if claim is None else claim[: limits.name],
        author=wire.author if wire.author is None else wire.author[: limits.name],
    )


def _keys(wire: _WireStory, limits: Limits) -> tuple[Key, ...]:
    keys = [
        Key(_KINDS[key.kind], key.value)
        for key in wire.keys
        if key.kind in _KINDS and 0 < len(key.value) <= limits.address
    ]
    if not keys:
        raise DecodeError("no usable key: nothing says which story this is")
    return tuple(keys[: limits.keys])


def _if_fits(text: str | None, limit: int) -> str | None:
    return text if text is None or len(text) <= limit else None
