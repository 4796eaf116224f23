"""Documents of every format and fault, each with the stories that it must give: `NAME` and `NAME.expected`.

A new oddity costs two files. `NEWSBEAM_REWRITE=1` writes the expected file anew; read it before you keep it.
"""

import os
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds.entry import Document, Entry, ParseLimits
from connectors.feeds.normalise import NormalEntry, Visit, normalise
from connectors.feeds.parse import parse_document
from connectors.feeds.reading import Assignment, Reading, read_document
from connectors.feeds.text import plain_text, primary_language
from newsbeam.errors import FetchFailed
from newsbeam.feed import Feed
from newsbeam.identity import key_hash
from newsbeam.story import KeyKind

FOLDER = Path(__file__).parent.parent / "data" / "feeds"
NOW = datetime(2024, 7, 1, 12, 0, tzinfo=UTC)
DOCUMENTS = sorted(path for path in FOLDER.iterdir() if path.suffix in {".xml", ".json"})


def read(body: bytes, *, feed: Feed | None = None, digests: dict[str, str] | None = None) -> Reading:
    return read_document(
        Assignment(
            feed=feed or Feed(id="f", url="https://feeds.example/f"),
            url="https://feeds.example/f",
            content_type=None,
            body=body,
            visit=Visit(3, False, NOW),
            digests=digests or {},
            limits=ParseLimits(),
        )
    )


def rss(*items: str) -> bytes:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<rss version="2.0"><channel><title>T</title>{inside}</channel></rss>'.encode()


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.name)
def test_a_document_gives_exactly_its_stories(path: Path) -> None:
    feed = Feed(id="f", url="https://collector.example/f", aggregator=path.stem == "aggregator")
    reading = read(path.read_bytes(), feed=feed)
    found = {
        "format": reading.format,
        "title": reading.title,
        "language": reading.language,
        "entries": reading.entries,
        "damaged": reading.warning is not None,
        "stories": reading.changed,
    }
    shown = msgspec.json.format(msgspec.json.encode(found), indent=1).decode() + "\n"
    expected = path.with_name(path.name + ".expected")
    if os.environ.get("NEWSBEAM_REWRITE"):
        expected.write_text(shown)
    assert shown == expected.read_text()


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "empty"),
        (b" \n ", "empty"),
        (
            b"<!DOCTYPE html><html><head><title>Hello</title></head><body><p>News!</p></body></html>",
            "web page",
        ),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "no feed"),
        (b"{}", "no JSON Feed"),
        (b'{"version": "2", "items": []}', "no JSON Feed"),
        (b"{" * 100_000, "no JSON Feed"),
    ],
)
def test_what_is_no_feed_is_refused_with_the_reason(body: bytes, said: str) -> None:
    with pytest.raises(FetchFailed, match=said) as caught:
        read(body)
    assert caught.value.kind == "not_a_feed"


@given(st.binary(max_size=300))
def test_no_bytes_do_more_harm_than_being_refused(body: bytes) -> None:
    with suppress(FetchFailed):
        read(body)


def test_entities_of_a_document_are_not_expanded_and_no_file_is_read() -> None:
    bomb = b"""<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY a "aaaaaaaaaa">
      <!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">
      <!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY f SYSTEM "file:///etc/passwd">]>
      <rss version="2.0"><channel><title>T</title><item><title>x &c; &f;</title></item></channel></rss>"""
    title = read(bomb).changed[0].title
    assert "aaaaaaaaaa" not in title
    assert "root:" not in title


def test_entries_that_are_known_in_this_form_are_not_published_again() -> None:
    first = read(rss("<title>A</title><guid>1</guid>", "<title>B</title><guid>2</guid>"))
    again = read(
        rss("<title>A</title><guid>1</guid>", "<title>B</title><guid>2</guid>"), digests=first.digests
    )
    edited = read(
        rss("<title>A, edited</title><guid>1</guid>", "<title>B</title><guid>2</guid>"), digests=first.digests
    )
    assert [story.title for story in first.changed] == ["B", "A"]
    assert again.changed == ()
    assert [story.title for story in edited.changed] == ["A, edited"]


def test_a_new_date_alone_is_no_change() -> None:
    item = "<title>A</title><guid>1</guid><pubDate>Mon, 0{} Jan 2024 10:00:00 GMT</pubDate>"
    first = read(rss(item.format(1)))
    assert read(rss(item.format(2)), digests=first.digests).changed == ()


def test_an_edited_slug_under_one_guid_is_published_so_that_the_new_address_becomes_a_key() -> None:
    item = '<title>A</title><guid isPermaLink="false">1</guid><link>https://n.example/{}</link>'
    first = read(rss(item.format("old")))
    changed = read(rss(item.format("new")), digests=first.digests).changed
    assert [key.kind for key in changed[0].keys] == [KeyKind.GUID, KeyKind.CANONICAL, KeyKind.URL]


def test_another_guid_for_a_known_address_and_the_same_words_is_no_news() -> None:
    item = "<title>A</title><link>https://n.example/a</link><guid>{}</guid>"
    first = read(rss(item.format(1)))
    again = read(rss(item.format(2)), digests=first.digests)
    assert not again.changed
    assert read(rss(item.format(3).replace(">A<", ">B<")), digests=first.digests).changed
    assert read(rss(item.format(4).replace("/a<", "/b<")), digests=first.digests).changed


def test_a_feed_that_moves_keeps_its_guids() -> None:
    body = rss("<title>A</title><guid>1</guid><link>/a</link>")
    before = parse_document(body, None, "http://old.example/f", ParseLimits()).entries[0]
    after = parse_document(body, None, "https://new.example/f", ParseLimits()).entries[0]
    assert (before.guid, after.guid) == ("1", "1")
    assert after.link == "https://new.example/a"


ENTRIES = st.lists(
    st.builds(
        Entry,
        title=st.sampled_from(["", "A", "B"]),
        guid=st.sampled_from([None, "1", "2"]),
        link=st.sampled_from(
            [None, "https://n.example/x", "https://n.example/y", "http://www.n.example/x?utm_source=z"]
        ),
        summary=st.sampled_from(["", "s"]),
    ),
    max_size=6,
).map(tuple)


def normal(entries: tuple[Entry, ...]) -> tuple[NormalEntry, ...]:
    document = Document(format="rss20", title=None, language=None, entries=entries)
    return normalise(document, Feed(id="f", url="https://n.example/f"), Visit(1, True, NOW))


@given(ENTRIES)
def test_every_entry_with_words_is_a_story_with_a_key_and_no_identity_comes_twice(
    entries: tuple[Entry, ...],
) -> None:
    found = normal(entries)
    assert all(entry.story.keys for entry in found)
    assert len({entry.identity for entry in found}) == len(found)
    told = {(entry.title, entry.summary) for entry in entries if entry.title or entry.summary}
    assert bool(found) == bool(told)


@given(ENTRIES)
def test_entries_with_different_guids_and_titles_share_no_key(entries: tuple[Entry, ...]) -> None:
    found = normal(entries)
    guids = {entry.story.title: entry for entry in found}
    for entry in entries:
        for other in entries:
            if entry.guid and other.guid and entry.guid != other.guid and entry.title != other.title:
                one, two = guids.get(entry.title), guids.get(other.title)
                if one and two and _tells(entries, entry) == _tells(entries, other) == 1:
                    assert not {*map(key_hash, one.story.keys)} & {*map(key_hash, two.story.keys)}


def _tells(entries: tuple[Entry, ...], entry: Entry) -> int:
    """How many entries there are with this GUID or title."""
    return sum(other.guid == entry.guid or other.title == entry.title for other in entries)


@given(st.text(max_size=200))
def test_plain_text_has_no_mark_up_left_that_a_browser_would_run(markup: str) -> None:
    once = plain_text(f"<p>{markup}</p><script>alert(1)</script><img src=x onerror=alert(1)>", 1_000)
    assert "alert(1)" not in once


def test_text_is_cut_at_its_limit_and_keeps_paragraphs() -> None:
    assert plain_text("<p>one  two</p>\n\n<p>three<br>four</p>", 100) == "one two\nthree\nfour"
    assert plain_text("<b>" * 10_000 + "x" * 50, 10) == ""
    assert plain_text("x" * 50, 10) == "x" * 10


@pytest.mark.parametrize(
    ("tag", "primary"),
    [("en-US", "en"), ("zh_Hant", "zh"), (" DE ", "de"), ("und", None), ("english", None), (None, None)],
)
def test_a_language_tag_gives_its_primary_subtag(tag: str | None, primary: str | None) -> None:
    assert primary_language(tag) == primary


@pytest.mark.parametrize(
    ("entry", "setting", "document", "language"),
    [
        ("fr", "de", "en", "fr"),
        ("en", "de", "en", "de"),  # the document's word for all, which the operator knows to be wrong
        (None, None, "en", "en"),
        (None, "de", None, "de"),
    ],
)
def test_an_entrys_own_language_wins_then_the_operators_then_the_documents(
    entry: str | None, setting: str | None, document: str | None, language: str
) -> None:
    read = Document(
        format="atom10", title=None, language=document, entries=(Entry(title="A", language=entry),)
    )
    feed = Feed(id="f", url="https://n.example/f", language=setting)
    assert normalise(read, feed, Visit(1, False, NOW))[0].story.language == language


def test_a_guid_of_any_length_is_a_key_that_fits() -> None:
    first, second = read(rss(*(f"<title>{n}</title><guid>{n * 30_000}</guid>" for n in "ab"))).changed
    assert first.keys != second.keys
    assert all(len(key.value) < 2_000 for key in (*first.keys, *second.keys))
