"""Who a story is (DESIGN: promise 2)."""

import subprocess
import sys
import unicodedata
from pathlib import Path

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from newsbeam.identity import (
    DEFAULT_RULES,
    alert_id,
    canonical_url,
    cluster_id,
    content_hash,
    delivery_key,
    digest,
    key_hash,
    normal_text,
    ordered_keys,
    registrable_domain,
    story_id,
    story_keys,
    text_hash,
)
from newsbeam.story import Key, KeyKind, Origin, Story

TABLE = [
    line.split("\t")
    for line in (Path(__file__).parents[1] / "data/canonical_urls.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


def story_of(*keys: Key) -> Story:
    return Story(origin=Origin("feed", "desk"), keys=keys, title="Talks resume")


@pytest.mark.parametrize(("rule", "url", "canonical"), TABLE)
def test_the_canonical_address_follows_the_stated_rule(rule: str, url: str, canonical: str) -> None:
    assert canonical_url(url) == (None if canonical == "-" else canonical), rule


segment = st.text(st.characters(codec="utf-8"), max_size=8) | st.sampled_from(
    [
        "amp",
        "a.amp",
        ".amp.html",
        "..",
        ".",
        "%2e%2E",
        "%61mp",
        "amp.html",
        "c",
        "s",
        "amp.example.com",
        "%",
        "%zz",
    ]
)
pair = st.tuples(
    st.sampled_from(["utm_source", "id", "amp", "amp;amp", "&amp", "%61mp;utm_x", "b", "", "outputType"]),
    segment,
).map("=".join)
host = st.sampled_from(
    [
        "example.com",
        "www.m.example.co.uk",
        "m.com",
        "x.cdn.ampproject.org",
        "www.google.com",
        "[::1]",
        "localhost",
    ]
) | st.from_regex(r"[a-zA-Zé0-9.-]{1,20}", fullmatch=True)
address = st.builds(
    lambda scheme, host, port, path, query, fragment: (
        f"{scheme}://{host}{port}/{'/'.join(path)}?{'&'.join(query)}#{fragment}"
    ),
    st.sampled_from(["http", "https", "HTTP"]),
    host,
    st.sampled_from(["", ":80", ":443", ":8080"]),
    st.lists(segment, max_size=5),
    st.lists(pair, max_size=4),
    st.sampled_from(["", "top", "!/a b", "/%7e"]),
)


@given(address | st.text(max_size=40))
@example("http://example.com:443/a")
def test_a_canonical_address_is_its_own_canonical_address(url: str) -> None:
    canonical = canonical_url(url)
    assert canonical is None or canonical_url(canonical) == canonical


@given(address)
def test_moving_to_https_changes_no_canonical_address(url: str) -> None:
    rest = url.partition("://")[2]
    assert canonical_url(f"http://{rest}") == canonical_url(f"https://{rest}")


def test_an_address_longer_than_any_server_takes_is_none() -> None:
    assert canonical_url("https://example.com/" + "a" * 10_000) is None


def test_other_rules_give_other_canonical_addresses_but_the_link_as_given_still_identifies() -> None:
    stricter = msgspec.structs.replace(
        DEFAULT_RULES, tracking_names=DEFAULT_RULES.tracking_names | {"edition"}
    )
    url = "https://example.com/a?edition=uk"
    before, after = story_keys(url=url), story_keys(url=url, rules=stricter)
    assert before[0] != after[0]
    assert {key_hash(key) for key in before} & {key_hash(key) for key in after}


def test_key_hashes_never_change_because_the_store_keeps_them_for_ever() -> None:
    assert digest("a", "b") == "065ab5741cdfad44687cf119c1eb4ec9"
    assert key_hash(Key(KeyKind.URL, "https://example.com/a")).hex() == "396e85594552001153df5709d35067e3"
    assert key_hash(Key(KeyKind.GUID, "desk\x1f17")).hex() == "a33e574854bff43db1696a98d777345c"
    assert (
        key_hash(Key(KeyKind.CANONICAL, "https://example.com/a")).hex() == "0060e448e77d418cbcface5cbd4ba41c"
    )


def test_ids_never_change_because_the_store_keeps_them_for_ever() -> None:
    story = story_id(Key(KeyKind.GUID, "desk\x1f17"))
    cluster = cluster_id(story)
    alert = alert_id("peace", cluster)
    assert (story, cluster, alert, delivery_key("hook", alert, 1)) == (
        "sa33e574854bff43db1696a98d777345c",
        "ccf476c869ea99a521901000ac9c13cf0",
        "aeffa37703f8931238f3cd98a09a5b4fa",
        "98d670c064c820547261d79cedfbe21c",
    )


def test_what_one_page_declares_and_another_links_to_is_one_key() -> None:
    url = "https://example.com/a"
    assert key_hash(Key(KeyKind.DECLARED, url)) == key_hash(Key(KeyKind.CANONICAL, url))
    assert key_hash(Key(KeyKind.URL, url)) != key_hash(Key(KeyKind.CANONICAL, url))


def test_a_guid_identifies_within_its_feed_only() -> None:
    assert story_keys(guid="17", scope="desk") != story_keys(guid="17", scope="wire")
    assert story_keys(guid="17") == ()


def test_an_entry_gives_its_keys_strongest_first() -> None:
    keys = story_keys(
        guid="17", scope="desk", url="http://www.example.com/a?utm_source=x", declared="https://example.com/b"
    )
    assert keys == (
        Key(KeyKind.GUID, "desk\x1f17"),
        Key(KeyKind.CANONICAL, "https://example.com/a"),
        Key(KeyKind.DECLARED, "https://example.com/b"),
        Key(KeyKind.URL, "http://www.example.com/a?utm_source=x"),
    )


@given(
    st.permutations(
        story_keys(guid="1", scope="f", url="http://example.com/a", declared="http://example.com/b")
    )
)
def test_the_order_of_keys_is_by_strength_whatever_order_they_came_in(keys: list[Key]) -> None:
    kinds = [key.kind for key in ordered_keys(story_of(*keys))]
    assert kinds == [KeyKind.GUID, KeyKind.CANONICAL, KeyKind.DECLARED, KeyKind.URL]


def test_an_address_that_is_canonical_and_declared_is_one_key() -> None:
    keys = (Key(KeyKind.DECLARED, "https://example.com/a"), Key(KeyKind.CANONICAL, "https://example.com/a"))
    assert ordered_keys(story_of(*keys)) == (keys[1],)


def test_only_case_punctuation_and_spacing_leave_the_text_hash_as_it_is() -> None:
    def hashed(*texts: str) -> str:
        title, summary, body = map(normal_text, texts)
        return text_hash(title, summary, body)

    wire = hashed("Talks resume in Geneva", "Envoys met on Monday.", "")
    assert hashed("TALKS resume\u00a0in Geneva", "\u201cEnvoys met\u201d\n on Mon\u00adday\u2026", "") == wire
    assert hashed("Talks resume in Geneva", "", "Envoys met on Monday.") == wire
    assert hashed("Talks resume in Vienna", "Envoys met on Monday.", "") != wire


@given(st.text())
@example("«Переговоры» — возобновлены… №5؟ 会谈、恢复。 संयुक्त राष्ट्र।\u200b\ufeffﬁn ½ é")
@example("\ud800\u2014")
def test_normal_text_keeps_every_letter_and_no_sign(text: str) -> None:
    normal = normal_text(text).decode("utf-8", "surrogatepass")
    folded = unicodedata.normalize("NFKC", text).casefold()
    kept = [c for c in folded if c.isalnum()]
    assert [c for c in normal if c.isalnum()] == kept
    assert not any(c.isspace() or c in "«»—…؟、。।\u200b\ufeff\u00ad" for c in normal)


def test_any_change_of_text_changes_the_content_hash() -> None:
    given_text = content_hash("Talks resume", "Envoys met.", "")
    assert content_hash("Talks resume", "Envoys met", "") != given_text
    assert content_hash("Talks resume", "", "Envoys met.") != given_text


@pytest.mark.parametrize(
    ("host", "domain"),
    [
        ("news.bbc.co.uk", "bbc.co.uk"),
        ("WWW.Example.com.", "example.com"),
        ("desk.blogspot.com", "desk.blogspot.com"),
        ("10.0.0.1", "10.0.0.1"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
    ],
)
def test_the_registrable_domain_is_what_one_owner_registered(host: str, domain: str) -> None:
    assert registrable_domain(host) == domain


def test_domains_need_no_network() -> None:
    code = (
        "import socket\n"
        "def refuse(*_): raise AssertionError('a network call')\n"
        "socket.socket.connect = socket.getaddrinfo = refuse\n"
        "from newsbeam.identity import registrable_domain\n"
        "assert registrable_domain('news.example.co.uk') == 'example.co.uk'\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
