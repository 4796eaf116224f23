"""Milliseconds a story of the language layer, by language, beside spaCy's blank pipeline on the same texts.

The texts are open annotated stories put together to about 600 words (1,000 characters of Chinese): nearly every
paragraph of them has a quote, more than news usually has. For English, French, Spanish and German there are also
articles of the simulated newswire, cut to 600 words.
"""

import argparse
import time
from collections.abc import Callable, Iterable, Sequence

from bench.annotated import FOLDER, read
from bench.prose import stories
from bench.table import show
from newsbeam.language import LanguageLayer

WORDS, CHARACTERS = 600, 1_000
ROUNDS = 15  # of each text; the fastest counts, since other work on the machine only ever adds
ARTICLES = 60


def main(words: Sequence[str]) -> None:
    """Measure and print."""
    argparse.ArgumentParser(prog="bench languagespeed", description=__doc__).parse_args(words)
    import spacy

    layer = LanguageLayer()
    rows = []
    for language, kind, texts in _sets():
        blank = spacy.blank(language)
        ours = _mean(texts, lambda text, spoken=language: layer.read("", "", text, spoken))  # type: ignore[misc]
        with blank.memory_zone():
            theirs = _mean(texts, blank)
        quotes = sum(len(layer.read("", "", text, language).quotes) for text in texts) / len(texts)
        size = sum(map(len, texts)) / len(texts)
        rows.append([language, kind, f"{size:.0f}", f"{quotes:.0f}", f"{ours:.2f}", f"{theirs:.2f}"])
    show(("", "texts", "characters", "quotes", "layer ms", "spacy.blank ms"), rows)


def _sets() -> Iterable[tuple[str, str, list[str]]]:
    annotated: dict[str, list[str]] = {}
    for file in sorted((FOLDER / "open").glob("*.txt")):
        story = read(file)
        annotated.setdefault(story.language, []).append(story.body)
    articles: dict[str, list[str]] = {}
    for article in stories(1, ARTICLES):
        if article.language is not None:
            articles.setdefault(article.language, []).append(" ".join(article.body.split(" ")[:WORDS]))
    for language, bodies in annotated.items():
        yield language, "annotated", [_long(bodies, first, language) for first in range(min(4, len(bodies)))]
        if language in articles:
            yield language, "newswire", articles[language][:8]


def _long(bodies: Sequence[str], first: int, language: str) -> str:
    text = "\n\n".join((bodies[first:] + bodies[:first]) * 6)
    return text[:CHARACTERS] if language == "zh" else " ".join(text.split(" ")[:WORDS])


def _mean(texts: Sequence[str], work: Callable[[str], object]) -> float:
    return sum(_fastest_ms(text, work) for text in texts) / len(texts)


def _fastest_ms(text: str, work: Callable[[str], object]) -> float:
    fastest = float("inf")
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work(text)
        fastest = min(fastest, time.perf_counter() - begun)
    return fastest * 1_000
