"""Who a story is: canonical URLs by stated rules, keys and their hashes, and every id derived from them.

`docs/identity.md` states the rules for people; `UrlRules` holds them as data. A hash made here is kept for
ever in `story_key`, so `digest` and `key_hash` never change; rules may, because ids are never recomputed.
"""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from hashlib import blake2b
from ipaddress import ip_address
from posixpath import normpath
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, quote, urlsplit

import idna
import msgspec

from newsbeam.story import Key, KeyKind, Story

if TYPE_CHECKING:
    from tldextract import TLDExtract

_SEPARATOR = "\x1f"
_STRENGTH = {kind: rank for rank, kind in enumerate(KeyKind)}
_MAX_URL = 8192
_ROUNDS = 8


class UrlRules(msgspec.Struct, frozen=True, kw_only=True):
    """How addresses of one story are recognised as the same address. Names are compared without case.

    `tracking_values` and `amp_values` drop a parameter only with that value. AMP pages are served in four
    ways: with a path suffix, a host label (in `variant_labels`) or a query parameter, and by caches and
    viewers that carry the publisher's address in their own path.
    """

    variant_labels: frozenset[str]  # host labels left of the registrable domain
    tracking_names: frozenset[str]
    tracking_prefixes: tuple[str, ...]
    tracking_values: frozenset[tuple[str, str]]
    amp_names: frozenset[str]
    amp_values: frozenset[tuple[str, str]]
    amp_segments: frozenset[str]  # as last path segment
    amp_endings: tuple[tuple[str, str], ...]  # of the last path segment: ending, replacement
    amp_viewers: tuple[tuple[str, str], ...]  # host (`*.` for any subdomain), path prefix before the address
    kept_fragments: tuple[str, ...]  # a fragment that begins so is a route of a one-page site


_TRACKING_NAMES = """
    _ga _gl _hsenc _hsmi at_campaign at_medium at_ptr_name campaign_id cmp cmpid cvid dclid ecid emc
    ex_cid fb_action_ids fb_action_types fb_source fbclid ftag gaa_at gaa_n gaa_sig gaa_ts gbraid gclid
    gclsrc guccounter guce_referrer guce_referrer_sig icid igsh igshid int_source intcid intcmp ito
    li_fat_id maca mc_cid mc_eid mibextid mkt_tok msclkid ncid nlid ns_campaign ns_fee ns_linkname
    ns_mchannel ns_source ocid oicd rb_clickid ref_src ref_url s_cid s_kwcid share_id smid smtyp spm
    sr_share srsltid taid trk trkcampaign ttclid twclid wbraid wt.mc_id wt_mc wt_zmc xtor yclid ysclid
"""

DEFAULT_RULES = UrlRules(
    variant_labels=frozenset({"www", "m", "mobile", "amp"}),
    tracking_names=frozenset(_TRACKING_NAMES.split()),
    tracking_prefixes=("utm_", "at_custom", "hsa_", "matomo_", "mtm_", "oly_", "piwik_", "pk_", "vero_"),
    tracking_values=frozenset(
        {("from", "rss"), ("partner", "rss"), ("ref", "rss"), ("source", "rss"), ("src", "rss"), ("rss", "1")}
    ),
    amp_names=frozenset({"amp", "_amp", "amp_gsa", "amp_js_v", "usqp"}),
    amp_values=frozenset({("outputtype", "amp"), ("output", "amp"), ("mode", "amp"), ("view", "amp")}),
    amp_segments=frozenset({"amp", "amp.html"}),
    amp_endings=((".amp.html", ".html"), (".amp", "")),
    amp_viewers=(
        ("*.cdn.ampproject.org", "/c/"),
        ("*.cdn.ampproject.org", "/v/"),
        ("www.google.com", "/amp/"),
    ),
    kept_fragments=("!", "/"),
)


# --- hashes and ids -----------------------------------------------------------------------------------------


def digest(*parts: str) -> str:
    """Return newsbeam's one hash: BLAKE2b of 16 bytes over the parts joined by U+001F, as 32 hex digits."""
    return blake2b(_SEPARATOR.join(parts).encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def key_hash(key: Key) -> bytes:
    """Return the 16 bytes by which `story_key` knows a key.

    A declared and a canonical address share one kind: what one page declares another may link to.
    """
    kind = KeyKind.CANONICAL if key.kind is KeyKind.DECLARED else key.kind
    return bytes.fromhex(digest(kind.value, key.value))


def ordered_keys(story: Story) -> tuple[Key, ...]:
    """Return the story's keys, strongest first, each hash once."""
    return tuple(hashed_keys(story).values())


def hashed_keys(story: Story) -> Mapping[bytes, Key]:
    """Return the story's keys by their hashes, strongest first."""
    return _hashed(story.keys)


@lru_cache(maxsize=2048)
def _hashed(given: tuple[Key, ...]) -> Mapping[bytes, Key]:
    """Every part of recording asks for them."""
    keys: dict[bytes, Key] = {}
    for key in sorted(given, key=lambda k: _STRENGTH[k.kind]):
        keys.setdefault(key_hash(key), key)
    return keys


def story_keys(
    *,
    guid: str | None = None,
    scope: str | None = None,
    url: str | None = None,
    declared: str | None = None,
    rules: UrlRules = DEFAULT_RULES,
) -> tuple[Key, ...]:
    """Return the keys that an entry gives, strongest first; empty when it gives none.

    `guid` counts only with its `scope`, the feed's (or origin's) id, and the caller must know that it is
    unique in its document. `url` is the link as given, `declared` the page's own rel=canonical.
    """
    keys: list[Key] = []
    if guid and scope:
        keys.append(Key(KeyKind.GUID, f"{scope}{_SEPARATOR}{guid}"))
    for kind, address in ((KeyKind.CANONICAL, url), (KeyKind.DECLARED, declared)):
        canonical = canonical_url(address, rules) if address else None
        if canonical and all(key.value != canonical for key in keys):
            keys.append(Key(kind, canonical))
    if url and url.strip():
        keys.append(Key(KeyKind.URL, url.strip()))
    return tuple(keys)


def story_id(key: Key) -> str:
    """Return the id of a story whose first key, when it was first recorded, was `key`."""
    return "s" + key_hash(key).hex()


def cluster_id(founder: str) -> str:
    """Return the id of the cluster that the story with this id founded."""
    return "c" + digest(founder)


def alert_id(rule: str, cluster: str) -> str:
    """Return the id of the one alert that this rule (whatever its version) tells of this cluster."""
    return "a" + digest(rule, cluster)


def delivery_key(subscription: str, alert: str, version: int) -> str:
    """Return the idempotency key of one alert version to one subscription."""
    return digest(subscription, alert, str(version))


def content_hash(title: str, summary: str, body: str) -> str:
    """Return the hash of the text as given: when it differs within one feed, the story was revised."""
    return digest(title, summary, body)


def text_hash(title: bytes, summary: bytes, body: bytes) -> str:
    """Return the hash of a story's normal texts: equal when only case, punctuation or spacing differ."""
    return digest("text", (title + summary + body).decode("utf-8", "surrogatepass"))


def normal_text(text: str) -> bytes:
    """Return the letters and digits of a text, run together, in UTF-8: compatibility forms unified, case folded.

    Dropped are spaces, controls, ASCII signs and those of the Unicode blocks for punctuation; the marks that
    belong to letters stay. Done on bytes, because this runs on every character of every story.
    """
    folded = unicodedata.normalize("NFKC", text).casefold().encode("utf-8", "surrogatepass")
    plain = folded.translate(None, _ASCII_SIGNS)
    if not plain.isascii():
        for lead, signs in _SIGNS:
            if lead in plain:
                plain = signs.sub(b"", plain)
    return plain


_ASCII_SIGNS = bytes(byte for byte in range(128) if not chr(byte).isalnum())
_SIGNS = [  # the first bytes in UTF-8, and the signs that begin so
    (lead, re.compile(re.escape(lead) + last, re.DOTALL))
    for lead, last in (
        (b"\xc2", b"[\x80-\xbf]"),  # U+0080-00BF: « » ¿ ¡ · and the soft hyphen
        (b"\xd8", b"[\x8c\x9b\x9c\x9f]"),  # Arabic comma, semicolon, letter mark, question mark
        (b"\xdb", b"\x94"),  # Urdu full stop
        (b"\xe0\xa5", b"[\xa4\xa5]"),  # danda
        (b"\xe1\x9a", b"\x80"),  # Ogham space
        (b"\xe2\x80", b"[\x80-\xbf]"),  # U+2000-203F: dashes, quotes, bullets, invisible marks
        (b"\xe2\x81", b"[\x80-\xaf]"),  # U+2040-206F
        (b"\xe2\x88", b"\x92"),  # minus
        (b"\xe3\x80", b"[\x80-\x84\x88-\xa0\xb0]"),  # CJK stops, brackets, quotes
        (b"\xef\xbb", b"\xbf"),  # byte order mark
    )
]


# --- domains ------------------------------------------------------------------------------------------------


@lru_cache(maxsize=16_384)
def registrable_domain(host: str) -> str:
    """Return the part of a host name that one owner registered, by the Public Suffix List.

    `news.bbc.co.uk` gives `bbc.co.uk`, `desk.blogspot.com` itself (the list's private section counts). An IP
    address, a single label or a public suffix is its own answer. The list is the one bundled with tldextract;
    no network is used.
    """
    name = host.strip().rstrip(".").lower()
    return str(_suffixes()(name, include_psl_private_domains=True).top_domain_under_public_suffix) or name


@cache
def _suffixes() -> "TLDExtract":
    from tldextract import TLDExtract  # imports an HTTP client: only those who need a domain pay for it

    return TLDExtract(cache_dir=None, suffix_list_urls=(), fallback_to_snapshot=True)


# --- canonical addresses ------------------------------------------------------------------------------------

_IGNORED = re.compile(r"[\x00-\x1f\x7f]+")
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DOUBLE_ESCAPED = re.compile(r"&(?:amp;)+")


def canonical_url(url: str, rules: UrlRules = DEFAULT_RULES) -> str | None:
    """Return the one address for all variants of `url` that the rules know; None when it is no web address.

    Idempotent. Percent-escapes are normalised as RFC 3986 section 6.2.2 says; the rest is in
    docs/identity.md.
    """
    canonical = url
    for _ in range(_ROUNDS):
        simpler = _round(canonical, rules)
        if simpler is None or simpler == canonical:
            return simpler
        canonical = simpler
    return canonical


def _round(url: str, rules: UrlRules) -> str | None:
    """One pass; removing one layer can lay another one bare, such as a viewer of a viewer."""
    parts = _split(url) if len(url) <= _MAX_URL else None
    if parts is None:
        return None
    return _viewed(parts, rules) or _assemble(parts, rules)


def _split(url: str) -> SplitResult | None:
    text = _IGNORED.sub("", url).strip()
    if text.startswith("//"):
        text = "https:" + text
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    host = _ascii_host(parts.hostname or "")
    if parts.scheme not in {"http", "https"} or host is None:
        return None
    place = host if port in {None, 80, 443} else f"{host}:{port}"
    return parts._replace(scheme="https", netloc=place)


def _ascii_host(host: str) -> str | None:
    """Lower-case ASCII form of a host name (UTS #46), or an IPv6 address in brackets."""
    name = host.rstrip(".").lower()
    if ":" in name:
        try:
            return f"[{ip_address(name).compressed}]"
        except ValueError:
            return None
    if name.isascii():
        return name if re.fullmatch(r"[a-z0-9_-]+(\.[a-z0-9_-]+)*", name) else None
    try:
        return idna.encode(name, uts46=True).decode("ascii")
    except idna.IDNAError:
        return None


def _viewed(parts: SplitResult, rules: UrlRules) -> str | None:
    """The publisher's address inside an AMP cache's or viewer's address."""
    for host, prefix in rules.amp_viewers:
        here = parts.netloc.endswith(host[1:]) if host.startswith("*.") else parts.netloc == host
        if here and parts.path.startswith(prefix):
            inner = parts.path.removeprefix(prefix).removeprefix("s/")
            if "." in inner.split("/", 1)[0]:
                return f"https://{inner}" + (f"?{parts.query}" if parts.query else "")
    return None


def _assemble(parts: SplitResult, rules: UrlRules) -> str:
    fragment = f"#{_escape(parts.fragment)}" if parts.fragment.startswith(rules.kept_fragments) else ""
    query = "&".join(_kept(parts.query, rules))
    host, path = _host(parts.netloc, rules), _path(parts.path, rules)
    return f"https://{host}{path}" + (f"?{query}" if query else "") + fragment


def _host(netloc: str, rules: UrlRules) -> str:
    name, colon, port = netloc.partition(":") if not netloc.startswith("[") else (netloc, "", "")
    owned = registrable_domain(name)
    labels = name.removesuffix(owned).split(".") if name != owned else []
    kept = [label for label in labels if label and label not in rules.variant_labels]
    return ".".join([*kept, owned]) + colon + port


def _path(path: str, rules: UrlRules) -> str:
    plain = _escape(path)
    if "/." in plain:
        plain = normpath(plain)
    plain = "/" + plain.strip("/")
    while (shorter := _without_amp(plain, rules)) != plain:
        plain = shorter
    return plain


def _without_amp(path: str, rules: UrlRules) -> str:
    parent, _, last = path.rpartition("/")
    if last in rules.amp_segments and parent:
        return "/" + parent.strip("/")
    for ending, replacement in rules.amp_endings:
        if last.endswith(ending) and last != ending:
            return f"{parent}/{last.removesuffix(ending)}{replacement}"
    return path


def _kept(query: str, rules: UrlRules) -> list[str]:
    pieces = _DOUBLE_ESCAPED.sub("&", "&" + _escape(query)).split("&")
    pairs = [(piece, piece.partition("=")[0]) for piece in pieces if piece and not _dropped(piece, rules)]
    return [piece for piece, _ in sorted(pairs, key=lambda pair: pair[1])]


def _dropped(piece: str, rules: UrlRules) -> bool:
    name, _, value = piece.lower().partition("=")
    return (
        name in rules.tracking_names
        or name in rules.amp_names
        or name.startswith(rules.tracking_prefixes)
        or (name, value) in rules.tracking_values
        or (name, value) in rules.amp_values
    )


def _escape(text: str) -> str:
    """RFC 3986 6.2.2: escapes in upper case, unreserved characters plain, everything else escaped once."""
    plain = _ESCAPE.sub(lambda match: _normal_escape(match[1]), text)
    return quote(plain, safe="%/?:@!$&'()*+,;=-._~", errors="replace")


def _normal_escape(digits: str | None) -> str:
    if digits is None:
        return "%25"  # a per cent sign that nobody escaped
    character = chr(int(digits, 16))
    return character if character in _UNRESERVED else f"%{digits.upper()}"
