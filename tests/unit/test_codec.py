"""Stories, alerts and stored records as bytes, and what comes through the open door."""

import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsbeam.alert import Alert, Severity
from newsbeam.codec import (
    STORY_SCHEMA,
    Limits,
    clean_text,
    decode_alert,
    decode_story,
    encode_alert,
    encode_story,
    from_json,
    parse_moment,
    story_from_json,
    story_key_bytes,
    to_json,
)
from newsbeam.errors import DecodeError
from newsbeam.identity import story_keys
from newsbeam.story import Key, KeyKind, Origin, Span, Story

clean = st.text(max_size=30).map(clean_text)
name = st.none() | clean
moment = st.datetimes(
    min_value=datetime(1900, 1, 1),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.just(UTC),
)
stories = st.builds(
    Story,
    origin=st.builds(Origin, clean, clean),
    keys=st.lists(st.builds(Key, st.sampled_from(KeyKind), clean.filter(bool)), min_size=1, max_size=5).map(
        tuple
    ),
    title=clean,
    url=st.sampled_from([None, "https://example.com/a", "http://example.org/b?c=d"]),
    feed=name,
    fetch=st.integers(0, 2**63 - 1),
    backfill=st.booleans(),
    outlet=name,
    summary=clean,
    body=clean,
    language=st.sampled_from([None, "en", "pt-BR", "zh-Hant-TW"]),
    published_at=st.none() | moment,
    published_claim=name,
    author=name,
)

PLAIN: dict[str, Any] = {
    "v": 1,
    "origin": {"kind": "feed", "id": "desk"},
    "keys": [{"kind": "url", "value": "https://example.com/a"}],
    "title": "Talks resume",
}


def wire(**changes: Any) -> bytes:
    return json.dumps({**PLAIN, **changes}).encode()


@given(stories)
def test_a_story_comes_back_from_the_bus_as_it_went(story: Story) -> None:
    assert decode_story(encode_story(story)) == story


@given(stories)
def test_what_is_on_the_bus_is_valid_by_the_published_schema_and_at_the_open_door(story: Story) -> None:
    line = encode_story(story)
    jsonschema.validate(json.loads(line), STORY_SCHEMA)
    assert story_from_json(line) == story


@given(
    st.binary(max_size=60)
    | st.text(max_size=60).map(str.encode)
    | st.builds(
        to_json,
        st.recursive(
            st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=5),
            lambda inner: (
                st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["v", "keys", "title"]), inner)
            ),
            max_leaves=8,
        ),
    )
)
@example(b'{"v":1,"x":' + b"[" * 200_000)
@example(b'{"v":1,"title":"\\ud800","x":' + b"[" * 200_000)
@example(b'{"v":' + b"9" * 5_000 + b"}")
@example(b'{"title":"\\ud800","v":' + b"9" * 5_000 + b"}")
def test_bytes_that_are_no_story_are_refused_with_a_reason_and_nothing_else(data: bytes) -> None:
    with pytest.raises(DecodeError, match=r"\w"):
        decode_story(data)


@given(stories, st.data())
def test_damaged_bytes_give_a_story_or_a_reason(story: Story, data: st.DataObject) -> None:
    value = bytearray(encode_story(story))
    for _ in range(data.draw(st.integers(1, 4))):
        value[data.draw(st.integers(0, len(value) - 1))] = data.draw(st.integers(0, 255))
    try:
        decoded = decode_story(bytes(value))
    except DecodeError:
        return
    assert decode_story(encode_story(decoded)) == decoded


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Talks\x00 resume", "Talks resume"),
        ("Talks \ud800resume", "Talks resume"),
        ("Talks resume \ud83d\ude00", "Talks resume \U0001f600"),
        ("Talks\x08\x0c\x1f\x7f resume", "Talks resume"),
        ("Talks\x08 resume", "Talks resume"),
        ("Talks\x0c resume", "Talks resume"),
        ("Talks\x7f resume", "Talks resume"),
        ("Talks\ufffe resume", "Talks resume"),
        ("Talks\uffff resume", "Talks resume"),
        ("Talks\uff0c \ufffd resume", "Talks\uff0c \ufffd resume"),
        ("Talks\n\tresume\r\n", "Talks\n\tresume\r\n"),
        ("Talks \ud800 \\u0000 stays", "Talks  \\u0000 stays"),
    ],
)
def test_what_no_database_can_hold_is_removed_on_every_way_in(sent: str, kept: str) -> None:
    assert decode_story(wire(title=sent)).title == kept
    assert decode_story(json.dumps({**PLAIN, "title": sent}).encode()).title == kept
    given_story = Story(origin=Origin("feed", "desk"), keys=(Key(KeyKind.URL, "u"),), title=sent)
    assert decode_story(encode_story(given_story)).title == kept
    assert story_from_json({**PLAIN, "title": sent}).title == kept


def test_every_text_field_is_cleaned_and_keys_keep_their_joint() -> None:
    dirty = "x\x00\ud800"
    story = decode_story(
        wire(
            origin={"kind": dirty, "id": dirty},
            keys=[{"kind": "guid", "value": f"desk\x1f{dirty}"}],
            **dict.fromkeys(
                ("title", "url", "feed", "outlet", "summary", "body", "language", "author"), dirty
            ),
        )
    )
    assert (story.origin, story.keys) == (Origin("x", "x"), (Key(KeyKind.GUID, "desk\x1fx"),))
    assert (story.title, story.summary, story.body, story.author) == ("x", "x", "x", "x")
    assert (story.url, story.feed, story.outlet, story.language) == ("x", "x", "x", "x")


@pytest.mark.parametrize(
    "claim",
    [
        "2026-02-31T10:00:00Z",
        "yesterday",
        "2026-03-01T10:00:00",
        "2026-03-01",
        "0001-01-01T00:00:00+14:00",
        "",
    ],
)
def test_an_impossible_date_costs_no_story_and_its_words_are_kept(claim: str) -> None:
    story = decode_story(wire(published_at=claim))
    assert (story.published_at, story.published_claim) == (None, claim)


def test_a_date_with_any_offset_is_kept_as_utc() -> None:
    assert parse_moment("2026-03-01T01:30:00+05:30") == datetime(2026, 2, 28, 20, 0, tzinfo=UTC)
    assert decode_story(wire(published_at="2026-03-01T01:30:00Z")).published_at == datetime(
        2026, 3, 1, 1, 30, tzinfo=UTC
    )


def test_long_texts_are_cut_and_long_identifiers_dropped() -> None:
    limits = Limits(title=5, summary=5, body=5, name=5, address=20, keys=1)
    story = decode_story(
        wire(
            keys=[{"kind": "url", "value": "https://example.com/too/long"}, {"kind": "url", "value": "u"}],
            url="https://example.com/too/long",
            feed="a long feed",
            **dict.fromkeys(("summary", "body", "author"), "long text"),
        ),
        limits,
    )
    assert (story.title, story.summary, story.body, story.author) == ("Talks", "long ", "long ", "long ")
    assert (story.url, story.feed, story.keys) == (None, None, (Key(KeyKind.URL, "u"),))


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (wire(v=2), "wire version 2 is not known here, only 1; update newsbeam"),
        (json.dumps({"v": 3, "heading": "of another form"}).encode(), "wire version 3 is not known here"),
        (wire(v=0), "wire version 0 is not known here, only 1"),
        (wire(keys=[]), "no usable key"),
        (wire(keys=[{"kind": "fingerprint", "value": "of a later version"}]), "no usable key"),
        (wire(keys=[{"kind": "url", "value": ""}]), "no usable key"),
        (wire(title=7), r"no story: Expected `str`, got `int` - at `\$.title`"),
        (wire(fetch=-1), "no story: .*fetch"),
        (b"\xff", "no JSON"),
        (b'{"v":1,"title":"\xff"}', "no UTF-8"),
        (b"", "no JSON"),
        (b'"' + b"x" * 100 + b'"', "102 bytes are more than the limit of 100"),
    ],
)
def test_a_record_that_is_no_story_is_refused_with_the_reason(data: bytes, reason: str) -> None:
    limits = Limits(value_bytes=100) if len(data) == 102 else Limits()
    with pytest.raises(DecodeError, match=reason):
        decode_story(data, limits)


def test_fields_that_a_later_writer_added_are_ignored() -> None:
    assert decode_story(wire(mood="calm", keys=[*PLAIN["keys"], {"kind": "later", "value": "x"}])).keys == (
        Key(KeyKind.URL, "https://example.com/a"),
    )


def test_versions_of_one_entry_share_a_bus_key() -> None:
    first = Story(
        origin=Origin("feed", "desk"),
        keys=story_keys(guid="7", scope="desk", url="https://example.com/a"),
        title="A",
    )
    edited = msgspec.structs.replace(
        first, keys=story_keys(guid="7", scope="desk", url="https://example.com/b"), title="B"
    )
    assert story_key_bytes(first) == story_key_bytes(edited)
    assert len(story_key_bytes(first)) == 32


def test_the_published_schema_is_the_one_in_docs() -> None:
    path = Path(__file__).parents[2] / "docs/story.schema.json"
    text = json.dumps(STORY_SCHEMA, indent=2) + "\n"
    assert path.read_text("utf-8") == text, (
        "write json.dumps(newsbeam.codec.STORY_SCHEMA, indent=2) to the file"
    )
    jsonschema.Draft202012Validator.check_schema(STORY_SCHEMA)


DOOR = {"title": "Talks resume", "url": "https://www.example.com/a?utm_source=x"}


def test_a_published_story_needs_a_title_and_an_address() -> None:
    story = story_from_json(json.dumps(DOOR), Origin("publish", "desk"))
    assert story.origin == Origin("publish", "desk")
    assert [key.value for key in story.keys] == ["https://example.com/a", DOOR["url"]]


def test_a_publishers_own_id_identifies_within_its_origin() -> None:
    ids = {
        story_from_json({"title": "T", "id": "7"}, Origin("publish", source)).keys[0].value
        for source in ("a", "b")
    }
    assert len(ids) == 2


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"titel": "x"}, 'titel: unknown field, did you mean "title"?'),
        ({"published_at": "yesterday"}, "published_at: Invalid RFC3339 encoded datetime"),
        ({"published_at": "2026-03-01T10:00:00"}, "published_at: "),
        ({"published_at": "0001-01-01T00:00:00+14:00"}, "published_at: outside the years 1 to 9999"),
        ({"url": "ftp://example.com/a"}, "url: no http or https address"),
        ({"language": "English!"}, "language: "),
        ({"title": "x" * 3_000}, "title: "),
        ({"v": 2}, "v: "),
        ({"keys": [{"kind": "colour", "value": "x"}]}, "keys: "),
        ({"keys": [{"kind": "url", "value": "\x00"}]}, "keys: a key is empty"),
        ({"url": None}, "nothing says which story this is"),
    ],
)
def test_a_wrong_published_story_is_refused_with_advice(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(DecodeError) as refused:
        story_from_json({**DOOR, **change})
    assert reason in str(refused.value)


def test_every_mistake_of_a_published_story_is_said_at_once() -> None:
    with pytest.raises(DecodeError) as refused:
        story_from_json('{"fetch": -1, "body": 7, "lang": "en"}')
    assert [part.partition(":")[0] for part in str(refused.value).split("; ")] == [
        "lang", "title", "fetch", "body", "nothing says which story this is",
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["", "[1]", '"x"', "{", b"\xff", '{"title": "\\ud800"}'])
def test_a_line_that_is_no_object_is_refused(line: str | bytes) -> None:
    with pytest.raises(DecodeError):
        story_from_json(line)


def test_a_stored_alert_comes_back_and_equal_alerts_are_equal_bytes() -> None:
    at = datetime(2026, 3, 1, 12, tzinfo=UTC)
    alert = Alert(
        id="a1", rule="peace", rule_version="r1", topic="peace", severity=Severity.HIGH, cluster="c1",
        version=1, title="Talks resume", url=None, story="s1", outlets=("desk",), families=1, stories=1,
        late=False, told_at=at, updated_at=at, published_at=at - timedelta(minutes=3),
    )  # fmt: skip
    assert decode_alert(encode_alert(alert)) == alert
    assert type(decode_alert(encode_alert(alert))) is Alert
    shifted = msgspec.structs.replace(alert)
    assert encode_alert(shifted) == encode_alert(alert)
    with pytest.raises(DecodeError, match="alert version 2"):
        decode_alert(encode_alert(alert).replace(b'"v":1', b'"v":2'))


def test_stored_json_is_read_as_what_it_is_or_refused() -> None:
    spans = (Span("title", 0, 5, "Talks"),)
    assert from_json(to_json(spans), tuple[Span, ...]) == spans
    assert to_json({"b": 1, "a": 2}) == to_json({"a": 2, "b": 1})
    with pytest.raises(DecodeError, match="stored JSON is no Span"):
        from_json(b"{}", Span)


def test_an_offset_from_utc_does_not_survive_in_the_wire_form() -> None:
    east = datetime(2026, 3, 1, 17, 30, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    story = Story(origin=Origin("feed", "desk"), keys=(Key(KeyKind.URL, "u"),), title="T", published_at=east)
    decoded = decode_story(encode_story(story)).published_at
    assert decoded == east
    assert decoded is not None
    assert decoded.tzinfo is UTC
