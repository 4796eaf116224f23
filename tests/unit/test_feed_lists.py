from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.feeds.opml import read_opml, write_opml
from connectors.feeds.subscriptions import ID, id_from, load_feeds
from newsbeam.errors import ConfigurationError
from newsbeam.feed import Feed

CONFIG = Path(__file__).parent.parent.parent / "config"


def test_a_list_is_read_in_its_order(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "- id: one\n  url: https://n.example/1\n  every: 5m\n  tags: [world]\n- id: two\n  url: http://n.example/2\n"
    )
    assert load_feeds(path) == (
        Feed(id="one", url="https://n.example/1", every_s=300.0, tags=("world",)),
        Feed(id="two", url="http://n.example/2"),
    )
    assert load_feeds(tmp_path / "none.yaml") == ()


def test_every_mistake_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "feeds.yaml"
    path.write_text(
        "- id: One Two\n"
        "  url: https://n.example/1\n"
        "- id: two\n"
        "  url: ftp://n.example/2\n"
        "- id: three\n"
        "  ulr: https://n.example/3\n"
        "- id: two\n"
        "  url: https://n.example/1\n"
        "  every: often\n"
        "- id: two\n"
        "  url: https://n.example/1\n"
    )
    with pytest.raises(ConfigurationError) as caught:
        load_feeds(path)
    told = "\n".join(caught.value.mistakes)
    for line, word in (
        (1, "One Two"),
        (4, "ftp"),
        (6, "url"),
        (9, "often"),
        (10, "already"),
        (11, "already"),
    ):
        assert any(f"feeds.yaml:{line}:" in m and word in m for m in caught.value.mistakes), (line, told)


def test_the_starter_list_is_in_order_and_its_outlets_are_listed() -> None:
    from newsbeam.topics.loading import load_catalog

    feeds = load_feeds(CONFIG / "feeds.yaml")
    outlets = {outlet.id for outlet in load_catalog(CONFIG).outlets}
    assert len(feeds) >= 60
    assert {feed.outlet for feed in feeds if not feed.aggregator} <= outlets
    assert len({feed.language for feed in feeds}) >= 8


OPML = b"""<?xml version="1.0" encoding="ISO-8859-1"?><opml version="1.1"><head/>
<body><outline text="World"><outline text="Pol\xedtica">
<outline type="rss" text="Uno" xmlUrl="https://uno.example/rss"/></outline>
<outline type="rss" title="Two" xmlurl="https://two.example/feed" language="fr"/></outline>
<outline text="No address"/><outline text="Again" xmlUrl="https://uno.example/rss"/>
<outline text="x" xmlUrl="mailto:a@b"/>
</body></opml>"""


def test_opml_gives_each_address_once_with_the_outlines_around_it_as_tags() -> None:
    assert read_opml(OPML).feeds == (
        Feed(id="uno.example", url="https://uno.example/rss", title="Uno", tags=("World", "Pol\u00edtica")),
        Feed(id="two.example", url="https://two.example/feed", title="Two", language="fr", tags=("World",)),
    )


def test_opml_entries_that_are_no_feeds_are_told_with_the_reason() -> None:
    assert read_opml(OPML).refused == ("line 6: x: 'mailto:a@b' is no http or https address",)
    document = (
        b'<opml version="2.0">\n<body>\n<outline type="rss" text="Uno"/><outline xmlUrl=""/></body></opml>'
    )
    assert read_opml(document) == (
        (),
        (
            "line 3: Uno: it has no address (xmlUrl)",
            "line 3: an outline without a title: it has no address (xmlUrl)",
        ),
    )


def test_opml_that_is_none_or_sets_a_trap_is_refused() -> None:
    for document in (b"", b"<html/>", b"<opml>", b'<!DOCTYPE x [<!ENTITY a "b">]><opml version="2.0"/>'):
        with pytest.raises(ConfigurationError):
            read_opml(document)


WORDS = (
    st.text(st.characters(categories=["L", "N", "P", "Zs"]), min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


@given(
    st.lists(
        st.builds(
            Feed,
            id=st.just(""),
            url=st.from_regex(r"https://[a-z]{1,5}\.example/[a-z0-9]{0,5}\?a=1&b=[a-z]", fullmatch=True),
            title=WORDS,
            language=st.sampled_from([None, "en", "pt"]),
            tags=st.sampled_from([(), ("a & b",), ("Welt",)]),
        ),
        unique_by=lambda feed: feed.url,
        max_size=5,
    )
)
def test_what_is_exported_is_imported_again(feeds: list[Feed]) -> None:
    again = {feed.url: feed for feed in read_opml(write_opml(feeds)).feeds}
    assert again.keys() == {feed.url for feed in feeds}
    for feed in feeds:
        found = again[feed.url]
        assert (found.title, found.language, found.tags) == (feed.title, feed.language, feed.tags)
        assert ID.fullmatch(found.id)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.bbc.co.uk/news/world/rss.xml", "bbc.co.uk-news-world"),
        ("https://feeds.example/", "feeds.example"),
        ("https://n.example/?feed=rss2&cat=Sport", "n.example-rss2-cat-sport"),
    ],
)
def test_an_id_is_made_of_the_address(url: str, name: str) -> None:
    assert id_from(url) == name
