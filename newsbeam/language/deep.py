"""Trained spaCy pipelines, where some are named: names of persons and organisations that rules do not see.

They cost some twenty times what everything else does, so they are given single sentences of chosen stories, many in
one call, and forget the words of each call (`memory_zone`), or their vocabulary would grow for ever.
"""

import threading
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from newsbeam.errors import ConfigurationError

if TYPE_CHECKING:
    from spacy.language import Language

PEOPLE = frozenset({"PERSON", "PER"})
ORGANISATIONS = frozenset({"ORG"})
_BATCH = 64
_reading = threading.Lock()  # a pipeline has one memory zone at a time, and a worker on Flink several threads
_NEEDLESS = ("parser", "tagger", "lemmatizer", "attribute_ruler", "morphologizer", "senter", "textcat")


class Known(NamedTuple):
    """Names that a trained pipeline vouches for."""

    people: frozenset[str] = frozenset()
    organisations: frozenset[str] = frozenset()


class Pipelines:
    """One trained pipeline a language; a process loads each once, however often its catalog changes."""

    def __init__(self, models: Mapping[str, str]) -> None:
        self._pipelines = {language: _loaded(language, name) for language, name in models.items()}

    def __contains__(self, language: str) -> bool:
        return language in self._pipelines

    def names(self, sentences: Iterable[str], language: str) -> Known:
        """Return the names in some sentences of one language."""
        pipeline = self._pipelines[language]
        people: set[str] = set()
        organisations: set[str] = set()
        with _reading, pipeline.memory_zone():
            for document in pipeline.pipe(sentences, batch_size=_BATCH):
                for entity in document.ents:
                    if entity.label_ in PEOPLE:
                        people.add(entity.text)
                    elif entity.label_ in ORGANISATIONS:
                        organisations.add(entity.text)
        return Known(frozenset(people), frozenset(organisations))


@cache
def _loaded(language: str, name: str) -> "Language":
    """Load a pipeline by package or folder; raises `ConfigurationError` with the command that installs it."""
    import spacy

    try:
        return spacy.load(name, exclude=_NEEDLESS)
    except (OSError, ImportError, ValueError) as error:
        advice = (
            f"`python -m spacy download {name}` installs one that has a name, or give the folder of your own"
        )
        raise ConfigurationError(
            [f"language.models.{language}: the spaCy pipeline {name!r} cannot be loaded ({error}); {advice}"]
        ) from error
