"""Plain text from what feeds hold: mark-up of any quality in, paragraphs out; and language tags."""

import html
import re

import nh3

_BLOCKS = """
    address article aside blockquote br caption center dd details div dl dt figcaption figure footer h1 h2 h3
    h4 h5 h6 header hr li main nav ol p pre section summary table td th tr ul
"""
_UNREAD = "script style template noscript iframe object svg math select textarea title"
_BREAKING = frozenset(_BLOCKS.split())
_DROPPED = frozenset(_UNREAD.split())
_TAG = re.compile(r"</?[a-z0-9]+>")  # only what nh3 wrote: no attributes, text escaped
_SPACES = re.compile(r"[^\S\n]+")
_LINES = re.compile(r"\s*\n\s*")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]|[\ud800-\udfff]")
_PRIMARY = re.compile(r"([A-Za-z]{2,3})(?:[-_].*)?\Z", re.DOTALL)
_NO_LANGUAGE = frozenset({"und", "mul", "zxx", "mis"})
_MARKUP_PER_CHAR = 4  # mark-up is cut before it is parsed, since deep nesting costs quadratic time


def plain_text(markup: str, limit: int) -> str:
    """Return the text of an HTML fragment, one line a paragraph, at most `limit` code points.

    nh3 (an HTML5 parser and sanitiser) drops scripts and leaves bare block tags, which become line breaks.
    """
    cut = markup[: limit * _MARKUP_PER_CHAR]
    if len(cut) < len(markup) and cut.rfind("<") > cut.rfind(">"):
        cut = cut[: cut.rfind("<")]  # a tag cut in two would become text
    if "<" in cut or "&" in cut:
        cut = nh3.clean(
            cut, tags=set(_BREAKING), attributes={}, clean_content_tags=set(_DROPPED), link_rel=None
        )
        cut = html.unescape(_TAG.sub("\n", cut))
    return tidy(cut, limit)


def tidy(text: str, limit: int) -> str:
    """Return text without control characters, runs of spaces and empty lines, at most `limit` code points."""
    plain = _CONTROL.sub(" ", text.replace("\r", "\n"))
    return _LINES.sub("\n", _SPACES.sub(" ", plain)).strip()[:limit].rstrip()


def one_line(text: str) -> str:
    """Return text on one line: for titles and names."""
    return " ".join(text.split())


def primary_language(tag: str | None) -> str | None:
    """Return the primary subtag of a BCP 47 tag in lower case, None when the tag names no language."""
    found = _PRIMARY.match((tag or "").strip())
    primary = found[1].lower() if found else None
    return None if primary in _NO_LANGUAGE else primary
