"""How much was counted on each topic, up to now."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from dashboard.context import TopicLabel, Watch
from dashboard.site import Site
from newsbeam.count import BUCKET_S, EVERYTHING
from newsbeam.store.pages import topic_sums
from newsbeam.store.reads import Total

_BUCKET = timedelta(seconds=BUCKET_S)


def sums_until(site: Site, now: datetime, span: timedelta) -> dict[str, Total]:
    """Return the sums of the catalog's topics and of `*` over the last `span`, running bucket included."""
    topics = [EVERYTHING, *(topic.id for topic in site.context.watch().topics)]
    return topic_sums(site.context.store, topics, start=now - span, end=now + _BUCKET)


def busiest(watch: Watch, sums: Mapping[str, Total]) -> list[TopicLabel]:
    """The catalog's topics, those with most stories first."""

    def order(topic: TopicLabel) -> tuple[int, str]:
        total = sums.get(topic.id)
        return (-total.stories if total else 0, topic.name.casefold())

    return sorted(watch.topics, key=order)
