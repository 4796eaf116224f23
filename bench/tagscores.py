"""Precision, recall and F1 of sets of tags against sets of labels."""

from collections.abc import Iterable, Set
from typing import NamedTuple


class Score(NamedTuple):
    """How many labels were found, how many were missed, and how many tags were wrong."""

    found: int = 0
    missed: int = 0
    wrong: int = 0

    @property
    def precision(self) -> float | None:
        """The share of the tags that are right; None when there is no tag."""
        return _share(self.found, self.found + self.wrong)

    @property
    def recall(self) -> float | None:
        """The share of the labels that were found; None when there is no label."""
        return _share(self.found, self.found + self.missed)

    @property
    def f1(self) -> float | None:
        """The harmonic mean of precision and recall; None when there is neither label nor tag."""
        return _share(2 * self.found, 2 * self.found + self.missed + self.wrong)


def compare(labels: Set[str], tags: Set[str]) -> Score:
    """Return the score of one item."""
    return Score(len(labels & tags), len(labels - tags), len(tags - labels))


def total(scores: Iterable[Score]) -> Score:
    """Return the sum: every label and every tag weighs the same (micro average)."""
    listed = [Score(), *scores]
    return Score(*(sum(column) for column in zip(*listed, strict=True)))


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
