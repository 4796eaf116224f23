"""A story as the matcher sees it: one index of words to places, made once and asked by every query."""

from bisect import bisect_left
from collections.abc import Iterable, Mapping
from functools import cached_property

from newsbeam.story import Span
from newsbeam.topics.analysis import chunks, fold

FIELDS = ("title", "summary", "body")
STRIDE = 1 << 24  # places of the n-th field begin at n * STRIDE, so that nothing is ever near across fields
LEAD_WORDS = 100
MAX_SPANS = 50

Interval = tuple[int, int]  # places [start, end)
Hit = tuple[Interval, ...]  # one finding: its parts in order, non-empty
Windows = tuple[Interval, ...]

WINDOWS: dict[str, Windows] = {
    **{name: ((n * STRIDE, (n + 1) * STRIDE),) for n, name in enumerate(FIELDS)},
    "lead": (
        (0, STRIDE),
        (STRIDE, STRIDE + LEAD_WORDS),
        (2 * STRIDE, 2 * STRIDE + LEAD_WORDS),
    ),
}


def value_key(value: str) -> str:
    """Return the form in which values of `outlet:`, `topic:` and the like are compared."""
    return " ".join(fold(value).split())


class Document:
    """Title, summary and body, and the values of fields such as `outlet` (several may hold at once)."""

    def __init__(
        self,
        title: str,
        summary: str = "",
        body: str = "",
        values: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.texts = (title, summary, body)
        self.places: dict[str, list[int]] = {}
        self.values: dict[str, dict[str, list[Hit]]] = {}
        self._starts: list[list[int]] = []
        self._ends: list[list[int]] = []
        for number, text in enumerate(self.texts):
            self._add_text(text, number * STRIDE)
        for field, given in (values or {}).items():
            for value in given:
                self.add_value(field, value)

    def _add_text(self, text: str, place: int) -> None:
        starts: list[int] = []
        ends: list[int] = []
        places = self.places
        for offset, tokens in chunks(text):
            for start, end, keys, _ in tokens:
                starts.append(offset + start)
                ends.append(offset + end)
                for key in keys:
                    if key in places:
                        places[key].append(place)
                    else:
                        places[key] = [place]
                place += 1
        self._starts.append(starts)
        self._ends.append(ends)

    def add_value(self, field: str, value: str, hits: Iterable[Hit] = ()) -> None:
        """Let `field` have this value too; `hits` is the evidence for it in the text, if there is any."""
        self.values.setdefault(field, {})[value_key(value)] = list(hits)

    @cached_property
    def vocabulary(self) -> list[str]:
        """Every key of the text, sorted."""
        return sorted(self.places)

    def with_prefix(self, prefix: str) -> list[str]:
        """Return the keys that begin with `prefix`, sorted."""
        words = self.vocabulary
        first = bisect_left(words, prefix)
        last = first
        while last < len(words) and words[last].startswith(prefix):
            last += 1
        return words[first:last]

    def spans(self, hits: Iterable[Hit]) -> tuple[Span, ...]:
        """Return where the hits are in the text: in order, overlaps merged, at most `MAX_SPANS`."""
        spans: list[Span] = []
        for start, end in _merged(sorted({part for hit in hits for part in hit}))[:MAX_SPANS]:
            number, first = divmod(start, STRIDE)
            a, b = self._starts[number][first], self._ends[number][end - 1 - number * STRIDE]
            spans.append(Span(FIELDS[number], a, b, self.texts[number][a:b]))
        return tuple(spans)


def _merged(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in intervals:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
