"""Changes of the counts per quarter-hour, added up before they are written."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from newsbeam.store.schema import count
from newsbeam.store.statements import upsert


class Counts:
    """How many stories and clusters more, or fewer, by bucket, topic, dimension and value."""

    def __init__(self) -> None:
        self._by_bucket: dict[datetime, dict[str, dict[tuple[str, str], list[int]]]] = {}

    def add(
        self,
        bucket: datetime,
        topics: Iterable[str],
        values: Iterable[tuple[str, str]],
        more: tuple[int, int],
    ) -> None:
        """Note so many more stories and clusters of each topic, for each dimension and value."""
        by_topic, (stories, clusters) = self._by_bucket.setdefault(bucket, {}), more
        for topic in topics:
            counted = by_topic.setdefault(topic, {})
            for value in values:
                had = counted.get(value)
                if had is None:
                    counted[value] = [stories, clusters]
                else:
                    had[0] += stories
                    had[1] += clusters

    def write(self, connection: Connection) -> None:
        """Add what has changed to the stored counts."""
        rows = [
            {
                "bucket": bucket,
                "topic": topic,
                "dimension": dimension,
                "value": value,
                "stories": stories,
                "clusters": clusters,
            }
            for bucket, by_topic in sorted(self._by_bucket.items())
            for topic, counted in sorted(by_topic.items())
            for (dimension, value), (stories, clusters) in sorted(counted.items())
            if stories or clusters
        ]
        upsert(connection, count, rows, add=("stories", "clusters"))
