"""Who said what: quoted words that are speech, told from titles and terms, and clauses that somebody said."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator

from newsbeam.language.clauses import Clauses
from newsbeam.language.lexicon import CUE, NO_LANGUAGE, SOURCE, Hit, Lexicon
from newsbeam.language.marks import Quoted, find_dialogue, find_quoted, split_incise
from newsbeam.language.names import Cast, Reading
from newsbeam.language.sentences import Sentences
from newsbeam.language.speakers import Speaker, Stage, manner_of
from newsbeam.story import Quote, Span

_SAID = frozenset({CUE, SOURCE})
MAX_QUOTES = 200  # of one story
_REACH = 400  # code points around a quotation in which its verb of saying stands
_NEAR_CUE = 60
_BESIDE = 60  # code points behind quoted words
_TERMINAL = ".!?…。！？"
_WORDS = re.compile(r"\w+")
_COLON = (":", "：", "،")
_DASHES = frozenset("—–- ")
_COLONS = frozenset({":", "："})
_COMMAS = frozenset({",", "،", "，"})


class Speech:
    """Reads the quotes of one field."""

    def __init__(self, lexicon: Lexicon, reading: Reading, cast: Cast) -> None:
        self._lexicon = lexicon
        self._language = lexicon.language
        self._reading = reading
        self._text = reading.text
        self._sentences = Sentences(reading.text)
        self._cues = [hit for hit in reading.hits if hit.entry.kind in _SAID]
        self._cue_starts = [hit.start for hit in self._cues]
        self._quoted = self._all_quoted()
        self._openings = [one.opened for one in self._quoted]
        self._no_speech = manner_of(lexicon).no_speech
        self._stage = Stage(lexicon, reading, cast) if self._quoted or self._cues else None
        self._before: Quote | None = None

    def _all_quoted(self) -> list[Quoted]:
        """Return what stands between marks or after the dash of a dialogue; inside a dialogue marks mean nothing."""
        quoted = find_quoted(self._text, self._language)
        if self._language in {"ru", "uk", "fr", "es"} and quoted:
            quoted = split_incise(self._text, quoted, self._cue_starts, self._language)
        if "\n—" not in self._text and "\n–" not in self._text and self._text[:1] != "—":
            return quoted
        if self._language == NO_LANGUAGE:
            return quoted  # a dash may begin a list there
        said = find_dialogue(self._text, self._cue_starts, self._language)
        starts = [one.start for one in said]
        rest = []
        for one in quoted:
            n = bisect_right(starts, one.opened)
            if not n or one.opened >= said[n - 1].end:
                rest.append(one)
        return sorted([*rest, *said])

    def quotes(self) -> Iterator[Quote]:
        """Yield the field's quotes in order of their places."""
        if self._stage is None:
            return
        clauses = Clauses(self._lexicon, self._reading, self._sentences, self._stage)
        events = sorted(
            [(one.opened, n) for n, one in enumerate(self._quoted)]
            + [(cue.start, cue) for cue in self._cues],
            key=lambda event: event[0],
        )
        for _, what in events:
            quote = self._quote(what) if isinstance(what, int) else self._clause_of(what, clauses)
            if quote is not None:
                yield quote

    def _clause_of(self, cue: Hit, clauses: Clauses) -> Quote | None:
        """Return the clause of a verb of saying, if no quoted words are what it is about."""
        n = bisect_left(self._openings, cue.start)
        following = self._quoted[n].opened if n < len(self._quoted) else len(self._text)
        before = self._before.end + 1 if self._before is not None else 0
        return clauses.quote(cue, before, following)

    # --- quoted words -------------------------------------------------------------------------------------

    def _quote(self, n: int) -> Quote | None:
        one = self._quoted[n]
        start, end = self._around(n)
        before = self._cues_between(start, one.opened)
        after = self._cues_between(one.closed, end)
        alone = not _WORDS.search(self._text, start, one.opened)
        chosen = self._choose(one, before, after, start)
        kind = self._kind(one, start, alone, bool(before), chosen)
        if not kind:
            return None
        cue, speaker = self._attributed(one, chosen, start, end, alone)
        if kind == "direct" and cue is None and not self._goes_on(one, end, alone):
            speaker = self._beside(one, end)
            if speaker is None:
                return None
        quote = self._made(one, kind, cue, speaker)
        self._before = quote
        return quote

    def _beside(self, one: Quoted, end: int) -> Speaker | None:
        """Return who stands after a comma behind quoted words where the verb is unknown: `«…», ironizó Pérez`."""
        if self._stage is None or _COMMAS.isdisjoint(
            (self._text[one.closed : one.closed + 1], self._text[one.end - 1])
        ):
            return None
        speaker = self._stage.after(one.closed, min(end, one.closed + _BESIDE))
        return speaker if speaker is not None and speaker.name is not None else None

    def _around(self, n: int) -> tuple[int, int]:
        """Return where the reporter's words around a quotation begin and end: its sentence, no other quotation."""
        one = self._quoted[n]
        start = max(self._sentences.start(one.opened), one.opened - _REACH)
        end = self._end_after(one)
        if n and self._before is not None:
            start = max(start, min(self._quoted[n - 1].closed, self._before.end + 2))
        if n + 1 < len(self._quoted):
            end = min(end, self._quoted[n + 1].opened)
        return start, max(end, one.closed)

    def _end_after(self, one: Quoted) -> int:
        """Return where the sentence ends that goes on after a quotation; its close where it does not go on."""
        text = self._text
        last = text[one.end - 1]
        end = self._sentences.end(one.closed + 1)
        following = text[one.closed : one.closed + 40].lstrip(" \u00a0\u202f")
        if last in _TERMINAL and text[one.closed : one.closed + 1] not in {",", "،", "，"}:
            goes_on = following[:1].islower() or following[:1] in "—–-"
            if self._language == "zh" and self._cue_closes(one.closed, end):
                return end
            if not goes_on and (last in ".。…" or not self._cue_soon(one.closed, end)):
                return one.closed
        return min(end, one.closed + _REACH)

    def _cue_closes(self, start: int, end: int) -> bool:
        """Whether a short sentence after a quotation ends with its verb: `“……。”售票员赵小兰笑着说。`"""
        cues = self._cues_between(start, end)
        return bool(cues) and end - start < 40 and end - cues[-1].end <= 1

    def _cue_soon(self, start: int, end: int) -> bool:
        return bool(self._cues_between(start, min(end, start + 70)))

    def _cues_between(self, start: int, end: int) -> list[Hit]:
        return self._cues[bisect_left(self._cue_starts, start) : bisect_left(self._cue_starts, end)]

    def _choose(self, one: Quoted, before: list[Hit], after: list[Hit], start: int) -> Hit | None:
        """Return the verb of saying that a quotation belongs to."""
        lead = self._text[start : one.opened].rstrip()
        if before and (lead[-1:] in _COLON or one.opened - before[-1].end <= _NEAR_CUE):
            return before[-1]
        if after and not _WORDS.search(self._text, start, one.opened):
            return after[0]
        if before:
            return before[-1]
        return after[0] if after else None

    def _kind(self, one: Quoted, start: int, alone: bool, led: bool, cue: Hit | None) -> str:
        """Return what quoted words are, "" for a title, a term or a name."""
        if not _WORDS.search(self._text, one.start, one.end) or self._named(one, start):
            return ""
        if self._text[one.opened] in _DASHES and self._same_paragraph(one.opened):
            return "direct"  # the second part of what the reporter's words interrupt
        comma = self._text[one.closed : one.closed + 1] in _COMMAS
        ended = comma or self._text[one.end - 1] in _TERMINAL or self._text[one.end - 1] in _COMMAS
        if alone:
            whole = self._text[one.closed : one.closed + 1] in {".", "!", "?", "…"}
            return "direct" if ended or whole or cue is not None else ""
        return self._within(one, start, led, cue, ended=ended) or (
            "mixed"
            if cue is not None and (led or self._next_to(one, cue)) and not self._title_like(one)
            else ""
        )

    def _within(self, one: Quoted, start: int, led: bool, cue: Hit | None, *, ended: bool) -> str:
        """Return `direct` where the reporter's words before a quotation introduce it."""
        lead = self._text[start : one.opened].rstrip(" \u00a0\u202f")[-1:]
        if cue is not None and lead in _COLONS:
            return "direct"
        goes_on = self._before is not None and self._before.end + 2 >= start
        return "direct" if lead in _COMMAS and ended and cue is not None and (led or goes_on) else ""

    def _next_to(self, one: Quoted, cue: Hit) -> bool:
        return 0 <= cue.start - one.closed <= _NEAR_CUE or 0 <= one.opened - cue.end <= _REACH

    def _named(self, one: Quoted, start: int) -> bool:
        """Whether what stands before says that this is a name: `the film “…”`."""
        lead = self._text[max(start, one.opened - 24) : one.opened].rstrip(" \u00a0\u202f")
        if self._language == "zh":
            return any(lead.endswith(word) for word in self._no_speech)
        if lead[-1:] in {":", ","}:
            return False
        last = lead.rpartition(" ")[2].lower().strip('(«“"')
        two = " ".join(lead.split(" ")[-2:]).lower()
        return last in self._no_speech or two in self._no_speech

    def _title_like(self, one: Quoted) -> bool:
        """Whether quoted words are written as titles are: every long word in capitals."""
        if self._language in {"ar", "zh", "de"}:
            return False
        words = _WORDS.findall(self._text, one.start, one.end)
        long = [word for word in words if len(word) > 3]
        capitals = sum(word[:1].isupper() for word in long)
        if self._language == "en":
            return bool(long) and capitals == len(long) and len(words) < 9
        return bool(long) and long[0][:1].isupper() and self._text[one.start].isupper() and len(words) < 6

    def _attributed(
        self, one: Quoted, cue: Hit | None, start: int, end: int, alone: bool
    ) -> tuple[Hit | None, Speaker | None]:
        stage = self._stage
        if stage is None or cue is None:
            return None, None
        if cue.start >= one.closed:
            return cue, stage.after(one.closed, end)
        if cue.entry.kind == SOURCE:
            return cue, stage.after(cue.end, one.opened)
        first = self._clause(start, cue)
        speaker = stage.before(first, cue.start) or stage.after(cue.end, one.opened)
        if speaker is None and not alone and cue.end == one.opened:
            speaker = stage.after(one.closed, end)
        if speaker is None and self._language in {"ar", "es", "uk", "ru", "zh"}:
            return cue, Speaker(stage.last, cue.start, cue.end) if self._same_paragraph(cue.start) else None
        return cue, speaker

    def _clause(self, start: int, cue: Hit) -> int:
        """Return where the words that may hold a verb's subject begin."""
        return max(start, cue.start - _REACH)

    def _same_paragraph(self, place: int) -> bool:
        return self._before is not None and "\n" not in self._text[self._before.end : place]

    def _goes_on(self, one: Quoted, end: int, alone: bool) -> bool:
        """Whether quoted words without a verb of saying are speech: the speaker goes on."""
        if not alone:
            return False
        rest = self._text[one.closed : end].strip(" \u00a0\u202f.\n")
        if rest and not self._same_paragraph(one.opened):
            return False
        return self._same_paragraph(one.opened) or (
            len(_WORDS.findall(self._text[one.start : one.end])) > 3 and self._text[one.end - 1] in _TERMINAL
        )

    def _made(self, one: Quoted, kind: str, cue: Hit | None, speaker: Speaker | None) -> Quote:
        stage = self._stage
        name, place = None, None
        if speaker is not None:
            name = speaker.name
            place = self._span(speaker.start, speaker.end)
        elif cue is None and stage is not None:
            name = self._before.speaker if self._before and self._same_paragraph(one.opened) else None
            if name is None and not self._same_paragraph(one.opened) and self._text[one.opened] not in "—–":
                name = self._named_last(one)
        return Quote(
            text=self._text[one.start : one.end],
            field=self._reading.field,
            start=one.start,
            end=one.end,
            kind=kind,
            cue=self._text[cue.start : cue.end] if cue is not None else "",
            speaker=name,
            speaker_span=place,
        )

    def _named_last(self, one: Quoted) -> str | None:
        """Return who was named last in the paragraph before a quotation, or who spoke last where it begins one."""
        stage = self._stage
        if stage is None:
            return None
        first = self._text.rfind("\n", 0, one.opened) + 1
        people = [c for c in stage.within(max(first, one.opened - _REACH), one.opened) if c.kind == "person"]
        if people:
            stage.last = people[-1].name
            return people[-1].name
        return stage.last if first >= one.opened - 1 else None

    def _span(self, start: int, end: int) -> Span:
        return Span(self._reading.field, start, end, self._text[start:end])
