"""A topic or rule tried on stored history: in a plain loop, which needs no pipeline to answer in a second."""

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, datetime

import msgspec

from newsbeam.enrichment import Enricher, enrich_or_bury
from newsbeam.store.database import Store
from newsbeam.store.history import PastStory, newest_seq, past_stories, stretches
from newsbeam.story import DeadLetter, EnrichedStory, Span
from newsbeam.topics.catalog import Catalog


class PastMatch(msgspec.Struct, frozen=True):
    """A stored story that a topic or rule matches."""

    story: str
    title: str
    url: str | None
    outlet: str
    published_at: datetime | None
    spans: tuple[Span, ...]


class BackTest(msgspec.Struct, frozen=True):
    """What a topic or rule would have found: in all, by day (UTC), the newest, and where it is blind.

    `blind` counts the stories in languages for which the topic has no query.
    """

    stories: int
    matches: int
    days: dict[date, int]
    newest: tuple[PastMatch, ...]
    blind: dict[str, int]


def back_test(
    store: Store,
    catalog: Catalog,
    name: str,
    *,
    since: datetime | None = None,
    show: int = 20,
    make: Callable[[Catalog], Enricher] = Enricher,
) -> BackTest:
    """Try the topic or rule `name` of `catalog` on all stored stories published since.

    Raises `QueryError` for a query that cannot be understood.
    """
    enricher = make(catalog)
    stories, found, blind = 0, [], Counter[str]()
    for past in _history(store):
        if since is not None and past.bucket < since:
            continue
        stories += 1
        enriched = enrich_or_bury(enricher, past.story)
        if isinstance(enriched, DeadLetter):
            continue
        spans = _spans(enriched, name)
        if spans is not None:
            found.append(_match(past, spans))
        elif name in enriched.blind:
            blind[enriched.language] += 1
    days = Counter(match.published_at.date() for match in found if match.published_at is not None)
    return BackTest(
        stories, len(found), dict(sorted(days.items())), tuple(found[: -show - 1 : -1]), dict(blind)
    )


def _history(store: Store) -> Iterator[PastStory]:
    for after, upto in stretches(newest_seq(store)):
        yield from past_stories(store, after, upto)


def _spans(enriched: EnrichedStory, name: str) -> tuple[Span, ...] | None:
    for tag in enriched.tags:
        if tag.topic == name:
            return tag.spans
    for rule in enriched.rules:
        if rule.rule == name:
            return rule.spans
    return None


def _match(past: PastStory, spans: tuple[Span, ...]) -> PastMatch:
    told = past.story
    return PastMatch(past.id, told.title, told.url, past.outlet, told.published_at, spans)
