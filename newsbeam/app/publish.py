"""The open door: JSON lines of stories onto the bus, from a file, a pipe or the API."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice

import msgspec

from newsbeam.bus import Bus, Sent
from newsbeam.bus.port import STORIES
from newsbeam.codec import encode_story, story_from_json, story_key_bytes
from newsbeam.errors import DecodeError
from newsbeam.story import Origin

_BATCH = 500


class RefusedLine(msgspec.Struct, frozen=True):
    """A line that is no story: its number, from 1, and what is wrong with it."""

    line: int
    reason: str


class Published(msgspec.Struct, frozen=True):
    """How many stories the bus acknowledged, and what was refused."""

    published: int
    refused: tuple[RefusedLine, ...]


def publish_lines(
    bus: Bus, lines: Iterable[bytes], origin: Origin, progress: Callable[[int], None] = lambda _: None
) -> Published:
    """Publish every line that is a story; blank lines are passed over, the others are refused with a reason.

    Returns after the bus acknowledged all; raises `PublishFailed` or `BusUnavailable` otherwise.
    """
    refused: list[RefusedLine] = []
    published = 0
    with bus.publisher() as publisher:
        sent = _sent(lines, origin, refused)
        while batch := list(islice(sent, _BATCH)):
            publisher.publish(STORIES, batch)
            published += len(batch)
            progress(len(batch))
    return Published(published, tuple(refused))


def _sent(lines: Iterable[bytes], origin: Origin, refused: list[RefusedLine]) -> Iterator[Sent]:
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            story = story_from_json(line, origin)
        except DecodeError as error:
            refused.append(RefusedLine(number, str(error)))
        else:
            yield Sent(story_key_bytes(story), encode_story(story))
