"""Cuts a text into marked and unmarked pieces, by evidence spans; escaping is the template's job."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from newsbeam.story import Span, shown_title

EXCERPT = 260  # code points of a summary in a list
LEAD_IN = 60  # code points shown before the first mark when the excerpt starts later


@dataclass(frozen=True)
class Piece:
    """A run of text; `marked` when it is evidence."""

    text: str
    marked: bool


def merge(spans: Iterable[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return the union of the ranges as ordered, disjoint ranges; what does not fit `length` is left out."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if not 0 <= start < end <= length:
            continue
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def pieces(text: str, ranges: list[tuple[int, int]]) -> Iterator[Piece]:
    """Yield the text in order, cut at the disjoint, ordered ranges; the pieces join to the text again."""
    at = 0
    for start, end in ranges:
        if start > at:
            yield Piece(text[at:start], marked=False)
        yield Piece(text[start:end], marked=True)
        at = end
    if at < len(text):
        yield Piece(text[at:], marked=False)


def mark(text: str, field: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut one field's text at its evidence."""
    return list(pieces(text, merge(((s.start, s.end) for s in spans if s.field == field), len(text))))


def mark_title(title: str, spans: Iterable[Span]) -> list[Piece]:
    """Cut a title at its evidence; one that shows nothing says so, and nothing can be marked in it."""
    shown = shown_title(title)
    return mark(title, "title", spans) if shown == title else [Piece(shown, marked=False)]


def mark_excerpt(text: str, field: str, spans: Iterable[Span], length: int = EXCERPT) -> list[Piece]:
    """Like `mark`, for at most about `length` code points around the first evidence; cuts show ellipses."""
    ranges = merge(((s.start, s.end) for s in spans if s.field == field), len(text))
    if len(text) <= length:
        return list(pieces(text, ranges))
    start = 0
    if ranges and ranges[0][1] > length - LEAD_IN:
        start = _word_start(text, max(0, ranges[0][0] - LEAD_IN))
    end = _word_end(text, min(len(text), start + length))
    window = [(max(a, start) - start, min(b, end) - start) for a, b in ranges if a < end and b > start]
    cut = list(pieces(text[start:end], window))
    if start:
        cut.insert(0, Piece("… ", marked=False))
    if end < len(text):
        cut.append(Piece(" …", marked=False))
    return cut


def _word_start(text: str, at: int) -> int:
    """The first word boundary at or shortly after `at`."""
    space = text.find(" ", at, at + 30)
    return at if at == 0 or space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    """The last word boundary at or shortly before `at`."""
    space = text.rfind(" ", at - 30, at)
    return at if at == len(text) or space < 0 else space
