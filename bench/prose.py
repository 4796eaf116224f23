"""Stories as feeds bring them: 4 to 6 kB of invented news in four languages, the same for the same seed."""

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from datetime import UTC, datetime
from multiprocessing import get_context
from random import Random

from newsbeam.bus import Sent
from newsbeam.codec import encode_story, story_key_bytes
from newsbeam.identity import canonical_url
from newsbeam.newswire.prose import Piece, write
from newsbeam.newswire.timeline import LANGUAGES
from newsbeam.story import Key, KeyKind, Origin, Story

SHORTEST, LONGEST = 3_400, 5_000  # characters of a body
OUTLETS = 40
RECENT = 200  # stories that are still copied
_LANGUAGES = ("en", "en", "en", "fr", "es", "de")
_COPIES = 0.15  # of all stories: the text of an earlier one, as agencies' clients print it


def stories(seed: int, number: int) -> Iterator[Story]:
    """Yield so many stories, published now."""
    random = Random(f"bench/{seed}")  # noqa: S311 - chance that a seed repeats, not secrets
    texts: list[tuple[str, Piece, str]] = []
    for index in range(number):
        if texts and random.random() < _COPIES:
            language, piece, body = random.choice(texts)
        else:
            language = random.choice(_LANGUAGES)
            piece, body = _text(random, language)
            texts = [*texts[-RECENT:], (language, piece, body)]
        yield _story(f"{seed}-{index}", random.randrange(OUTLETS), language, piece, body)


def records(seed: int, number: int) -> list[Sent]:
    """Return so many stories as they are put on the bus."""
    return [Sent(story_key_bytes(story), encode_story(story)) for story in stories(seed, number)]


def batches(number: int, size: int, *, processes: int = 1) -> Iterator[list[Sent]]:
    """Yield so many stories, no two alike, `size` at a time; other processes make the next batches meanwhile."""
    sizes = [min(size, number - first) for first in range(0, number, size)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        waiting: deque[Future[list[Sent]]] = deque()
        for seed, wanted in enumerate(sizes):
            waiting.append(pool.submit(records, seed, wanted))
            if len(waiting) > processes:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _text(random: Random, language: str) -> tuple[Piece, str]:
    """Return an article, and its body: long enough by going on about related matters."""
    subjects = LANGUAGES[language].subjects
    first = write(random, LANGUAGES[language], random.choice(list(subjects)), 900)
    paragraphs, wanted = list(first.paragraphs), random.randint(SHORTEST, LONGEST)
    while sum(map(len, paragraphs)) < wanted:
        paragraphs += write(random, LANGUAGES[language], random.choice(list(subjects)), 900).paragraphs
    return first, "\n\n".join(paragraphs)[:LONGEST]


def _story(name: str, outlet: int, language: str, piece: Piece, body: str) -> Story:
    url = f"https://outlet{outlet}.example/news/{name}?utm_source=rss"
    feed = f"feed-{outlet}"
    keys = [Key(KeyKind.GUID, f"{feed}\x1furn:{name}"), Key(KeyKind.URL, url)]
    if (canonical := canonical_url(url)) is not None:
        keys.insert(1, Key(KeyKind.CANONICAL, canonical))
    return Story(
        origin=Origin("feed", feed),
        keys=tuple(keys),
        title=piece.title,
        url=url,
        feed=feed,
        fetch=1,
        summary=piece.summary,
        body=body,
        language=language,
        published_at=datetime.now(UTC),
    )
