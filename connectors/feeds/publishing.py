"""Stories onto the bus, acknowledged, from a thread of their own: a slow bus must not hold the event loop."""

import asyncio
import logging
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from msgspec.structs import replace

from newsbeam.bus.port import STORIES, Bus, Publisher, Sent
from newsbeam.codec import encode_story, story_key_bytes
from newsbeam.errors import BusUnavailable, RecordTooLarge
from newsbeam.metrics import ENTRIES_PUBLISHED
from newsbeam.story import Story

log = logging.getLogger(__name__)


class StoryPublisher:
    """Publishes the stories of one document at a time, in order."""

    def __init__(self, bus: Bus, timeout_s: float) -> None:
        self._bus = bus
        self._timeout_s = timeout_s
        self._thread = ThreadPoolExecutor(1, "publish")
        self._publisher: Publisher | None = None

    async def publish(self, stories: Sequence[Story]) -> None:
        """Return when the bus acknowledged every story. Raises `BusUnavailable` when it did not.

        A story too large for the bus loses its body, then its summary.
        """
        if stories:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._publish, stories)
            ENTRIES_PUBLISHED.labels("feed").inc(len(stories))

    async def check(self) -> None:
        """Raise `BusUnavailable` unless the bus answers."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._bus.check)

    def close(self) -> None:
        """Close the connection, without waiting for a bus that does not answer."""
        self._thread.submit(self._drop)
        self._thread.shutdown(wait=False)

    def _publish(self, stories: Sequence[Story]) -> None:
        try:
            try:
                self._send(stories)
            except RecordTooLarge:
                for story in stories:
                    self._send_shortened(story)
        except BusUnavailable:
            self._drop()
            raise

    def _send_shortened(self, story: Story) -> None:
        for shorter in (story, replace(story, body=""), replace(story, body="", summary="")):
            try:
                self._send([shorter])
            except RecordTooLarge:
                continue
            return
        log.error("feed %s: the entry %s is too large for the bus and is left out", story.feed, story.url)

    def _send(self, stories: Sequence[Story]) -> None:
        if self._publisher is None:
            self._publisher = self._bus.publisher()
        records = [Sent(story_key_bytes(story), encode_story(story)) for story in stories]
        self._publisher.publish(STORIES, records, self._timeout_s)

    def _drop(self) -> None:
        publisher, self._publisher = self._publisher, None
        if publisher is not None:
            publisher.close()
