"""What leaves newsbeam, as CloudEvents 1.0 in structured JSON: a pure function of a parcel, byte for byte.

https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/formats/json-format.md
"""

import base64
from datetime import UTC, datetime

import msgspec

from connectors.channels.channel import ALERT, TEST, Parcel
from newsbeam.codec import decode_alert

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"
SOURCE = "urn:newsbeam"
TOLD, UPDATED = "newsbeam.alert.told", "newsbeam.alert.updated"
TESTED, DEAD = "newsbeam.alert.test", "newsbeam.story.dead"


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
    data: msgspec.Raw | None = None
    data_base64: str | None = None


_encoder = msgspec.json.Encoder()


def cloud_event(parcel: Parcel) -> bytes:
    """Return the event that tells `parcel`; its id is the idempotency key, its data the document as recorded.

    Raises `DecodeError` when the stored document is no alert.
    """
    return _encoder.encode(_alert(parcel) if parcel.kind in {ALERT, TEST} else _dead_letter(parcel))


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
    """Whatever killed the record may be in its document, so this must not depend on what it says."""
    try:
        msgspec.json.decode(parcel.document)
        data, encoded = msgspec.Raw(parcel.document), None
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        data, encoded = None, base64.b64encode(parcel.document).decode()
    return CloudEvent(
        specversion="1.0",
        id=parcel.key,
        source=SOURCE,
        type=DEAD,
        subject=parcel.topic,
        time=_rfc3339(parcel.written_at),
        datacontenttype="application/json" if encoded is None else "application/octet-stream",
        data=data,
        data_base64=encoded,
    )


def _rfc3339(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
