"""Text and times as sources write them, made safe to keep."""

import re
from datetime import UTC, datetime

_UNCLEAN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
_UNCLEAN_IN_KEY = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1e\x7f\ud800-\udfff\ufffe\uffff]"
)  # U+001F joins its parts


def clean_text(text: str) -> str:
    """Return `text` without what no database or page can hold: NUL, control characters, lone surrogates.

    Tabs and line breaks stay. A pair of surrogates that was taken apart (`\\ud83d\\ude00` as two code points)
    is joined again first.
    """
    if not _UNCLEAN.search(text):
        return text
    return _UNCLEAN.sub("", joined_surrogates(text))


def joined_surrogates(text: str) -> str:
    """Return `text` with taken-apart surrogate pairs joined and lone surrogates removed."""
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "ignore")


def clean_key(value: str) -> str:
    """Return a key's value cleaned as `clean_text` does; U+001F stays, it joins the parts of a GUID key."""
    return _UNCLEAN_IN_KEY.sub("", joined_surrogates(value)) if _UNCLEAN_IN_KEY.search(value) else value


def parse_moment(text: str) -> datetime | None:
    """Return the aware UTC moment that an RFC 3339 text names, or None when it names none.

    A time without a zone is None too: its offset is unknown, and guessing would move it by up to 14 hours.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        return moment.astimezone(UTC) if moment.tzinfo else None
    except (ValueError, OverflowError):
        return None
