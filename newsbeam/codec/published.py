"""The published form of a story: its JSON Schema, and the check of what others put through the open door.

It is the bus's own form with everything optional that newsbeam can fill in, so a line taken from the bus or
an export is valid here.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from difflib import get_close_matches
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from newsbeam.codec.text import clean_key, clean_text
from newsbeam.codec.wire import DEFAULT_LIMITS
from newsbeam.errors import DecodeError
from newsbeam.identity import canonical_url, story_keys
from newsbeam.story import Key, Origin, Story

_Name = Annotated[str, Meta(max_length=DEFAULT_LIMITS.name)]
_Address = Annotated[str, Meta(max_length=DEFAULT_LIMITS.address)]
_Keys = Annotated[tuple[Key, ...], Meta(max_length=DEFAULT_LIMITS.keys)]
_Number = Annotated[int, Meta(ge=0, le=2**63 - 1)]
_Language = Annotated[str, Meta(pattern="^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$", max_length=35)]
_Moment = Annotated[datetime, Meta(tz=True)]
_UNNAMED = Origin("publish", "unnamed")


class StoryDocument(
    msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True
):
    """One news story, as newsbeam takes it on its bus, one JSON object a line.

    It needs a `title` and something that says which story it is: `url`, `id` or `keys`.
    """

    title: Annotated[str, Meta(description="Headline, plain text.", max_length=DEFAULT_LIMITS.title)]
    v: Annotated[Literal[1], Meta(description="Version of this form.")] = 1
    origin: Annotated[Origin | None, Meta(description="What put the story here.")] = None
    id: Annotated[
        _Address | None, Meta(description="The source's own id of the story, unique in `feed`.")
    ] = None
    url: Annotated[_Address | None, Meta(description="Address of the story, http or https.")] = None
    canonical: Annotated[_Address | None, Meta(description="Address the page declares (rel=canonical).")] = (
        None
    )
    keys: Annotated[
        _Keys | None,
        Meta(
            description="Keys as they are on the bus; derived from `id`, `url` and `canonical` when absent."
        ),
    ] = None
    feed: Annotated[_Name | None, Meta(description="Id of the feed it came from.")] = None
    fetch: Annotated[_Number, Meta(description="Orders the versions of one feed's story.")] = 0
    backfill: Annotated[bool, Meta(description="History: recorded and counted, never alerted.")] = False
    outlet: Annotated[_Name | None, Meta(description="Publisher: an outlet's id or a domain.")] = None
    summary: Annotated[str, Meta(description="Plain text.", max_length=DEFAULT_LIMITS.summary)] = ""
    body: Annotated[str, Meta(description="Plain text.", max_length=DEFAULT_LIMITS.body)] = ""
    language: Annotated[_Language | None, Meta(description="BCP 47 tag; detected when absent.")] = None
    published_at: Annotated[_Moment | None, Meta(description="RFC 3339, with its offset from UTC.")] = None
    published_claim: Annotated[
        _Name | None, Meta(description="The source's words when they are no time.")
    ] = None
    author: Annotated[_Name | None, Meta(description="As the source names them.")] = None


def _schema() -> dict[str, Any]:
    _, definitions = msgspec.json.schema_components([StoryDocument], ref_template="#/$defs/{name}")
    schema = definitions.pop("StoryDocument")
    present = {
        "url": {"type": "string", "minLength": 1},
        "id": {"type": "string", "minLength": 1},
        "keys": {"type": "array", "minItems": 1},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:newsbeam:story:1",
        **schema,
        "title": "Story",
        "description": " ".join((StoryDocument.__doc__ or "").split()),
        "anyOf": [{"required": [name], "properties": {name: needed}} for name, needed in present.items()],
        "$defs": definitions,
    }


STORY_SCHEMA: dict[str, Any] = _schema()

_FIELDS = {field.name: field for field in msgspec.structs.fields(StoryDocument)}
_NAMES = ("keys", "id", "url")


def story_from_json(
    line: bytes | str | Mapping[str, Any], origin: Origin = _UNNAMED, *, nameless: str | None = None
) -> Story:
    """Return the story in one published JSON object, with its keys derived when it gives none.

    `origin` is used where the object names none, `nameless` as the `id` of one that says in no way which story it is:
    for who stores nothing. Raises `DecodeError` with every mistake, joined by `; `.
    """
    given = _object(line)
    mistakes = [_unknown(name) for name in given if name not in _FIELDS]
    values: dict[str, Any] = {}
    for name, field in _FIELDS.items():
        if name in given:
            try:
                values[name] = msgspec.convert(given[name], field.type)
            except msgspec.ValidationError as error:
                mistakes.append(f"{name}: {error}")
        elif field.required:
            mistakes.append(f"{name}: missing")
    if nameless is not None and not any(values.get(name) for name in _NAMES):
        values["id"] = nameless
    mistakes += _identity_mistakes(values)
    if mistakes:
        raise DecodeError("; ".join(mistakes))
    return _story(StoryDocument(**values), origin)


def _object(line: bytes | str | Mapping[str, Any]) -> Mapping[str, Any]:
    if isinstance(line, Mapping):
        return line
    try:
        given = msgspec.json.decode(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise DecodeError(f"no JSON: {error}") from error
    if not isinstance(given, dict):
        raise DecodeError("a story is one JSON object a line")
    return given


def _unknown(name: str) -> str:
    near = get_close_matches(name, _FIELDS, n=1)
    return f"{name}: unknown field" + (f', did you mean "{near[0]}"?' if near else "")


def _identity_mistakes(values: Mapping[str, Any]) -> list[str]:
    mistakes = [
        f"{name}: no http or https address"
        for name in ("url", "canonical")
        if values.get(name) is not None and canonical_url(values[name]) is None
    ]
    if not any(values.get(name) for name in _NAMES):
        mistakes.append("nothing says which story this is: give `url`, `id` or `keys`")
    if any(not clean_key(key.value) for key in values.get("keys") or ()):
        mistakes.append("keys: a key is empty")
    moment = values.get("published_at")
    if moment is not None and _utc(moment) is None:
        mistakes.append("published_at: outside the years 1 to 9999 in UTC")
    return mistakes


def _utc(moment: datetime) -> datetime | None:
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _story(document: StoryDocument, fallback: Origin) -> Story:
    origin = document.origin or fallback
    keys = document.keys or story_keys(
        guid=document.id,
        scope=document.feed or f"{origin.kind}:{origin.id}",
        url=document.url,
        declared=document.canonical,
    )
    return Story(
        origin=Origin(clean_text(origin.kind), clean_text(origin.id)),
        keys=tuple(Key(key.kind, clean_key(key.value)) for key in keys),
        title=clean_text(document.title),
        url=_clean(document.url),
        feed=_clean(document.feed),
        fetch=document.fetch,
        backfill=document.backfill,
        outlet=_clean(document.outlet),
        summary=clean_text(document.summary),
        body=clean_text(document.body),
        language=document.language,
        published_at=None if document.published_at is None else _utc(document.published_at),
        published_claim=_clean(document.published_claim),
        author=_clean(document.author),
    )


def _clean(text: str | None) -> str | None:
    return None if text is None else clean_text(text)
