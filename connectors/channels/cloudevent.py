"""What leaves newsbeam, as CloudEvents 1.0 in structured JSON: a pure function of a parcel, byte for byte.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

from datetime import UTC, datetime

import msgspec

from connectors.channels.channel import ALERT, TEST, Parcel
from newsbeam.bus.port import MAX_RECORD_BYTES
from newsbeam.codec import decode_alert, to_json
from newsbeam.store.reads import DeadLetterView

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SOURCE = "urn:newsbeam"
TOLD, UPDATED = "newsbeam.alert.told", "newsbeam.alert.updated"
TESTED, DEAD = "newsbeam.alert.test", "newsbeam.story.dead"
_ENVELOPE_BYTES = 2_000  # more than what a record of the bus holds besides a dead letter's document


class CloudEvent(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The envelope. `alerttopic` and `severity` are extensions, so that routers need not open `data`."""

    specversion: str
    id: str
    source: str
    type: str
    subject: str
    time: str
    datacontenttype: str = ""
    alerttopic: str | None = None
    severity: str | None = None
    data: msgspec.Raw


_encoder = msgspec.json.Encoder()


def cloud_event(parcel: Parcel) -> bytes:
    """Return the event that tells `parcel`; its id is the idempotency key, its data the document verbatim.

    Raises `DecodeError` when the stored document is no alert.
    """
    return _encoder.encode(_alert(parcel) if parcel.kind in {ALERT, TEST} else _dead_letter(parcel))


def dead_document(letter: DeadLetterView) -> bytes:
    """Return what is told of a dead letter: its place, the reason, and its bytes (base64), `size` in all.

    What a record of the bus cannot hold is left out, and `cut` says so. Nothing in it ever changes while the letter
    is kept, so that a repeat is the same.
    """
    told = {
        "topic": letter.topic,
        "partition": letter.partition,
        "offset": letter.offset,
        "reason": letter.reason,
        "detail": letter.detail,
        "seen_at": letter.seen_at,
        "size": letter.size,
        "cut": False,
        "value": b"",
    }
    room = MAX_RECORD_BYTES - _ENVELOPE_BYTES - len(to_json(told))
    value = letter.value[: max(0, room // 4 * 3)]
    return to_json({**told, "value": value, "cut": len(value) < letter.size})


def _alert(parcel: Parcel) -> CloudEvent:
    alert = decode_alert(parcel.document)
    kind = TOLD if alert.version == 1 else UPDATED
    return CloudEvent(
        specversion="1.0",
        id=parcel.key,
        source=SOURCE,
        type=TESTED if parcel.kind == TEST else kind,
        subject=alert.id,
        time=_rfc3339(alert.updated_at),
        datacontenttype="application/json",
        alerttopic=alert.topic,
        severity=alert.severity.value,
        data=msgspec.Raw(parcel.document),
    )


def _dead_letter(parcel: Parcel) -> CloudEvent:
    return CloudEvent(
        specversion="1.0",
        id=parcel.key,
        source=SOURCE,
        type=DEAD,
        subject=parcel.topic,
        time=_rfc3339(parcel.written_at),
        datacontenttype="application/json",
        data=msgspec.Raw(parcel.document),
    )


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
