"""A steady stream of stories into a running service, and a follower that notes when each can be read."""

import threading
import time
from collections.abc import Iterable

from sqlalchemy import select

from bench.laptop import Laptop
from newsbeam.bus import Sent
from newsbeam.bus.port import STORIES
from newsbeam.codec import encode_story, story_key_bytes
from newsbeam.store.schema import story
from newsbeam.story import Story

LOOK_EVERY_S = 0.01
Times = dict[str, tuple[float, float]]  # by URL: when publishing began and when the bus had acknowledged


class Follower:
    """Reads the store as any client would, and notes when each story is there (monotonic seconds)."""

    def __init__(self, one: Laptop) -> None:
        self.seen: dict[str, float] = {}
        self._store = one.deployment.store()
        self._reached = 0
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> "Follower":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._done.wait(LOOK_EVERY_S):
            query = select(story.c.record_seq, story.c.url).where(story.c.record_seq > self._reached)
            with self._store.read() as connection:
                rows = connection.execute(query.order_by(story.c.record_seq)).all()
            now = time.monotonic()
            for sequence, url in rows:
                self._reached = sequence
                self.seen[url] = now


def publish(one: Laptop, stories: Iterable[Story], rate: float) -> Times:
    """Publish one story after the other at the rate, each acknowledged by itself; return when each was."""
    sent: Times = {}
    began = time.monotonic()
    with one.deployment.bus.publisher() as publisher:
        for number, new in enumerate(stories):
            record = Sent(story_key_bytes(new), encode_story(new))
            if (wait_s := began + number / rate - time.monotonic()) > 0:
                time.sleep(wait_s)
            before = time.monotonic()
            publisher.publish(STORIES, [record])
            sent[new.url or ""] = (before, time.monotonic())
    return sent
