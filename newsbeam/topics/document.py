"""A story as queries see it: its text, read once for all of them, and the values of its fields."""

from collections.abc import Iterable, Mapping, Sequence

from newsbeam.story import Span
from newsbeam.topics.folding import fold, fold_keeping_accents, fold_keeping_case, value_key
from newsbeam.topics.once import once
from newsbeam.topics.reading import Interval, Reading
from newsbeam.topics.stemming import stems
from newsbeam.topics.views import CASED, PLAIN, View

__all__ = ["FIELDS", "LEAD_WORDS", "MAX_SPANS", "Document", "Hit", "Interval", "Windows", "value_key"]

FIELDS = ("title", "summary", "body")
LEAD_WORDS = 100
MAX_SPANS = 50

Hit = tuple[Interval, ...]  # one finding: its parts in order, non-empty
Windows = tuple[Interval, ...]


class Document:
    """Title, summary and body, and the values of fields such as `outlet` (several may hold at once).

    Many matchers may ask one document: what the first one makes the others find made.
    """

    def __init__(
        self,
        title: str,
        summary: str = "",
        body: str = "",
        values: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.texts = (title, summary, body)
        self.values: dict[str, dict[str, list[Hit]]] = {}
        self._views: dict[str, View] = {}
        self._spans: dict[Interval, Span] = {}
        for field, given in (values or {}).items():
            for value in given:
                self.add_value(field, value)

    def add_value(self, field: str, value: str, hits: Iterable[Hit] = ()) -> None:
        """Let `field` have this value too; `hits` is the evidence for it in the text, if there is any."""
        self.values.setdefault(field, {})[value_key(value)] = list(hits)

    @once
    def reading(self) -> Reading:
        """The text as it is compared; hits are intervals of it."""
        return Reading(self.texts, fold)

    def view(self, name: str) -> View:
        """Return what queries of one way look into, made when it is first asked for."""
        view = self._views.get(name)
        if view is None:
            view = self._views[name] = self._make_view(name)
        return view

    def _make_view(self, name: str) -> View:
        plain = self.reading
        if name == PLAIN:
            return View(plain.text, plain, plain)
        if name == CASED:
            cased = Reading(self.texts, fold_keeping_case)
            return View(cased.text, plain, cased)
        accented = plain if all(map(str.isascii, self.texts)) else Reading(self.texts, fold_keeping_accents)
        stem = stems(name.partition(":")[2])
        return View(" ".join(map(stem, accented.text.split(" "))), plain, accented)

    @once
    def windows(self) -> dict[str, Windows]:
        """Where the fields are in the reading; `lead` is the title and the first words of the others."""
        reading = self.reading
        first, second = reading.breaks
        found = {"title": (0, first), "summary": (first, second), "body": (second, len(reading.text))}
        lead = (found["title"], *(_beginning(reading, *found[name]) for name in ("summary", "body")))
        return {**{name: (window,) for name, window in found.items()}, "lead": lead}

    def spans(self, hits: Sequence[Hit]) -> tuple[Span, ...]:
        """Return where the hits are in the text: in order, overlaps merged, at most `MAX_SPANS`."""
        if not hits:
            return ()
        parts: Sequence[Interval] = hits[0]
        if len(hits) > 1 or len(parts) > 1:
            parts = _merged(sorted({part for hit in hits for part in hit}))[:MAX_SPANS]
        known = self._spans  # a rule's evidence is that of its topics
        return tuple([known.get(part) or self._span(part) for part in parts])

    def _span(self, interval: Interval) -> Span:
        """Where an interval is in the text; remembered."""
        number, a, b = self.reading.original(interval)
        span = self._spans[interval] = Span(FIELDS[number], a, b, self.texts[number][a:b])
        return span


def _beginning(reading: Reading, start: int, end: int) -> Interval:
    """The first words of a field, which begins with the mark before it."""
    last = reading.number(start) + LEAD_WORDS
    return (start, min(end, reading.ends[last])) if last < len(reading.ends) else (start, end)


def _merged(intervals: list[Interval]) -> list[Interval]:
    merged: list[Interval] = []
    for start, end in intervals:
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
