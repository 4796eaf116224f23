"""What is stored as JSON: alerts, spans, feed states, catalogs."""

from functools import cache
from typing import Any, TypeVar

import msgspec

from newsbeam.alert import Alert
from newsbeam.codec.wire import WIRE_VERSION
from newsbeam.errors import DecodeError

T = TypeVar("T")

_encoder = msgspec.json.Encoder(order="deterministic")


class _WireAlert(Alert, frozen=True, kw_only=True):
    v: int = WIRE_VERSION


def encode_alert(alert: Alert) -> bytes:
    """Return the document of one alert version, as the store and the outbox keep it."""
    return _encoder.encode(_WireAlert(**msgspec.structs.asdict(alert)))


def decode_alert(data: bytes) -> Alert:
    """Return the alert in a stored document. Raises `DecodeError`."""
    wire = from_json(data, _WireAlert)
    if wire.v != WIRE_VERSION:
        raise DecodeError(f"alert version {wire.v} is not known here, only {WIRE_VERSION}")
    return Alert(**{name: getattr(wire, name) for name in Alert.__struct_fields__})


def to_json(value: Any) -> bytes:
    """Return `value` (a record, or plain data that holds records) as JSON; equal values give equal bytes."""
    return _encoder.encode(value)


def from_json(data: bytes | str, kind: type[T]) -> T:
    """Return what `to_json` wrote, as `kind`. Raises `DecodeError` that says where it does not fit."""
    as_kind: Any = kind  # a class to mypy, any type expression to msgspec
    try:
        value: T = _decoder(as_kind).decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise DecodeError(f"stored JSON is no {getattr(kind, '__name__', kind)}: {error}") from error
    return value


@cache
def _decoder(kind: Any) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(kind)
