"""newsbeam decides as Apache Lucene does on the shipped topics, over their examples and simulated news."""

from collections.abc import Iterator, Sequence
from random import Random
from typing import NamedTuple

from newsbeam.app.configuration import starter_config
from newsbeam.newswire.prose import write
from newsbeam.newswire.timeline import LANGUAGES
from newsbeam.topics.loading import load_catalog
from newsbeam.topics.query import Node, parse, show
from newsbeam.topics.topic import Topic
from tests.lucene.comparing import decisions, lucenes
from tests.lucene.grammar import Text
from tests.servers.lucene import Decisions

EACH = 3  # one topic in so many gives its examples in a language, other topics in the next
NEWS = 4  # simulated stories a language that has them


class Story(NamedTuple):
    """A text, and the topic whose example it is."""

    text: Text
    topic: str | None


def test_both_decide_the_same_on_the_shipped_topics(lucene: Decisions) -> None:
    catalog = load_catalog(starter_config())
    found: list[bool] = []
    for turn, language in enumerate(sorted({one for topic in catalog.topics for one in topic.queries})):
        queries: dict[str, Node] = {
            topic.id: parse(topic.queries[language]) for topic in catalog.topics if language in topic.queries
        }
        stories = [*examples(catalog.topics[turn % EACH :: EACH], language), *news(language)]
        texts = [story.text for story in stories]
        ours = decisions(list(queries.values()), texts)
        theirs = lucenes(lucene, list(queries.values()), texts, analysed=False)
        for topic, our, their in zip(queries, ours, theirs, strict=True):
            odd = [text for text, a, b in zip(texts, our, their, strict=True) if a != b]
            assert not odd, f"{topic}: {show(queries[topic])}\n{odd[0]}"
        found += found_by_their_own(list(queries), stories, ours)
    # Not all: a topic that compares stems is compared here word by word.
    assert sum(found) > len(found) / 2 > 10


def examples(topics: Sequence[Topic], language: str) -> Iterator[Story]:
    """The first text that each of these topics says it matches in this language, and the first that it must not."""
    for topic in topics:
        for given, own in ((topic.examples.match, topic.id), (topic.examples.no_match, None)):
            told = [{"en": one} if isinstance(one, str) else one for one in given]
            texts = [one[language] for one in told if language in one]
            yield from (Story(Text("", "", text, "bbc"), own) for text in texts[:1])


def news(language: str) -> Iterator[Story]:
    """Simulated stories of some hundred words."""
    if language not in LANGUAGES:
        return
    random = Random(f"lucene/{language}")
    tongue = LANGUAGES[language]
    for _ in range(NEWS):
        piece = write(random, tongue, random.choice(list(tongue.subjects)), 900)
        yield Story(Text(piece.title, piece.summary, "\n\n".join(piece.paragraphs), "bbc"), None)


def found_by_their_own(
    topics: Sequence[str], stories: Sequence[Story], decided: Sequence[str]
) -> Iterator[bool]:
    """Yield for each example of a match whether the topic that gives it is found."""
    for number, story in enumerate(stories):
        if story.topic in topics:
            yield decided[topics.index(story.topic)][number] == "1"
