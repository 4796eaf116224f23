"""Addresses that came from feeds: which of them may become links."""

from urllib.parse import urlsplit

LONGEST = 4096


def safe_link(url: str | None) -> str | None:
    """Return the address when a browser may follow it (http or https, with a host, no control characters)."""
    if not url or len(url) > LONGEST or not url.isprintable() or " " in url or "\\" in url:
        return None
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        return None
    return url if parts.scheme in ("http", "https") and host else None
