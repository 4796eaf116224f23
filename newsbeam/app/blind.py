"""How many stories a topic could not judge, because it has no query for their language."""

from datetime import datetime

from newsbeam.count import EVERYTHING
from newsbeam.store import reads
from newsbeam.store.database import Store
from newsbeam.topics.catalog import Catalog
from newsbeam.topics.topic import ANY, UNDETERMINED

_LANGUAGES = 1_000


def blind_counts(store: Store, catalog: Catalog, start: datetime, end: datetime) -> dict[str, dict[str, int]]:
    """Return, by topic, the stories of [start, end) in each language that it has no query for, most first.

    A story of unknown language is tried with every query: it counts for topics that did not find it, unless they
    have one for any language.
    """
    told = _by_language(store, EVERYTHING, start, end)
    blind: dict[str, dict[str, int]] = {}
    for topic, queries in catalog.queries.items():
        spoken = {query.language for query in queries}
        counts = {name: number for name, number in told.items() if not spoken & {name, ANY}}
        if UNDETERMINED in counts:
            counts[UNDETERMINED] -= _by_language(store, topic, start, end).get(UNDETERMINED, 0)
        blind[topic] = {name: number for name, number in counts.items() if number > 0}
    return blind


def blind_topics(catalog: Catalog, language: str) -> tuple[str, ...]:
    """Return the topics that have no query for a language."""
    return tuple(
        topic
        for topic, queries in catalog.queries.items()
        if not {query.language for query in queries} & {language, ANY}
    )


def _by_language(store: Store, topic: str, start: datetime, end: datetime) -> dict[str, int]:
    totals = reads.dimension_totals(
        store, topic=topic, dimension="language", start=start, end=end, limit=_LANGUAGES
    )
    return {total.name: total.stories for total in totals}
