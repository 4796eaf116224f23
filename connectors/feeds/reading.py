"""From a fetched document to what of it is new: the whole pure path, run inside the sandbox."""

from collections.abc import Sequence

import msgspec

from connectors.feeds.entry import ParseLimits
from connectors.feeds.normalise import NormalEntry, Visit, normalise
from connectors.feeds.parse import parse_document
from newsbeam.feed import Feed
from newsbeam.story import Story


class Assignment(msgspec.Struct, frozen=True, kw_only=True, tag="read"):
    """A document to read: its bytes, where they came from, the feed, and the digests of what is known."""

    feed: Feed
    url: str
    content_type: str | None
    body: bytes
    visit: Visit
    digests: dict[str, str]
    limits: ParseLimits


class Reading(msgspec.Struct, frozen=True, kw_only=True, tag="reading"):
    """What was read: `changed` are the stories not known in this form, oldest first; `digests` of all."""

    format: str
    title: str | None
    language: str | None
    entries: int
    changed: tuple[Story, ...]
    digests: dict[str, str]
    warning: str | None = None


def read_document(task: Assignment) -> Reading:
    """Parse, normalise, and keep what the digests do not know; raises `FetchFailed`."""
    document = parse_document(task.body, task.content_type, task.url, task.limits)
    entries = normalise(document, task.feed, task.visit)
    return Reading(
        format=document.format,
        title=document.title,
        language=document.language,
        entries=len(document.entries),
        changed=tuple(entry.story for entry in entries if _is_news(entry, task.digests)),
        digests=_digests(entries),
        warning=document.warning,
    )


def _is_news(entry: NormalEntry, digests: dict[str, str]) -> bool:
    """Another GUID for a known address and the same words is no news.

    It would travel apart from the first, in another partition, and might be recorded before it: history of a
    first fetch would then be told as news.
    """
    if entry.identity in digests or entry.link is None:
        return digests.get(entry.identity) != entry.content
    return digests.get(entry.link) != entry.words


def _digests(entries: Sequence[NormalEntry]) -> dict[str, str]:
    """What is remembered of each, the newest first."""
    digests: dict[str, str] = {}
    for entry in reversed(entries):
        digests[entry.identity] = entry.content
        if entry.link is not None:
            digests[entry.link] = entry.words
    return digests
