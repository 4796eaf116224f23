"""Indirect speech: the clause that somebody is said to have said."""

import re

from newsbeam.language.lexicon import CUE, SOURCE, Hit, Lexicon
from newsbeam.language.names import Reading
from newsbeam.language.sentences import Sentences
from newsbeam.language.speakers import Speaker, Stage
from newsbeam.story import Quote, Span

_TRAILING = ' .!?…。！？,;:،，\n"”»'
_LONGEST = 600
_THAT = {
    "en": re.compile(r"(?P<gap>[^.,;:]{0,60}?) that "),
    "fr": re.compile(r"(?P<gap>[^.,;:]{0,60}?) (?:que |qu[’'])"),
    "es": re.compile(r"(?P<gap>[^.,;:]{0,60}?) que "),
    "de": re.compile(r"(?P<gap>[^.,;:]{0,60}?), (?:dass )?"),
    "ru": re.compile(r"(?P<gap>[^.;:]{0,60}?), что "),
    "uk": re.compile(r"(?P<gap>[^.;:]{0,60}?), що "),
    "ar": re.compile(r"(?P<gap>[^.،:]{0,60}?) (?:إن|أن|بأن|إنّ|أنّ)(?: |(?=ه))"),
    "zh": re.compile("[，]?"),
}
_SIGNS = {
    "en": " that ",
    "fr": " qu",
    "es": " que ",
    "de": ", ",
    "ru": ", что ",
    "uk": ", що ",
}  # the pattern holds its language's
_SIGN_REACH = 80  # code points behind a verb in which a sign stands
_BARE = frozenset(
    {"said", "says", "say", "saying", "added", "adds", "adding", "replied", "warned", "wrote", "reported"}
)
_NO_CLAUSE = re.compile(
    r" (?:to|in|on|at|of|for|with|by|from|against|so|this|as|nothing|little|no|goodbye|after|during|before|"
    r"late|early|Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)\b|[.,;:\n]|$"
)
_NO_SUBJECT = frozenset({"ar", "es", "ru", "uk"})
_HIS = frozenset({
    "по его словам", "по её словам", "по ее словам", "за його словами", "за її словами"
})  # fmt: skip
_APPOSITION = re.compile(r"(?:an?|who|whose|which|une?|ein|eine|el|la|qui) ")
_COMMA = re.compile(r"[,،，]\s*")
_HEAD = re.compile(r"[^\n]{0,60}?(?: — | – | - |\) (?![—–-]))")  # a dateline


class Clauses:
    """Reads the indirect quotes of one field."""

    def __init__(self, lexicon: Lexicon, reading: Reading, sentences: Sentences, stage: Stage) -> None:
        self._language = lexicon.language
        self._reading = reading
        self._text = reading.text
        self._sentences = sentences
        self._stage = stage
        self._last = -1

    def quote(self, cue: Hit, before: int, following: int) -> Quote | None:
        """Return the quote of a verb of saying with a clause; quoted words end at `before`, begin at `following`."""
        start, end = self._sentences.start(cue.start), self._sentences.end(cue.end)
        if start < self._last or end - start > 2 * _LONGEST:
            return None
        if before > start or following < end:
            return None
        found = self._source(cue, start, end) if cue.entry.kind == SOURCE else self._clause(cue, start, end)
        if found is not None:
            self._last = end
        return found

    def _clause(self, cue: Hit, start: int, end: int) -> Quote | None:
        text = self._text
        sign = _SIGNS.get(self._language, "")
        told = text.find(sign, cue.end, min(end, cue.end + _SIGN_REACH)) >= 0
        match = _THAT[self._language].match(text, cue.end, end) if told else None
        if match is not None and self._bare(cue, match):
            match = None
        if match is not None and self._language != "zh":
            speaker = self._stage.before(start, cue.start) or self._stage.after(cue.end, match.end())
            return self._made(cue, match.end(), end, speaker or self._same(cue))
        if self._language == "zh":
            following = match.end() if match is not None else cue.end
            return self._made(cue, following, end, self._stage.before(start, cue.start))
        if self._language != "en" or cue.entry.value not in _BARE:
            return None
        if not _NO_CLAUSE.match(text, cue.end):
            speaker = self._stage.before(start, cue.start)
            if speaker is None and cue.entry.value not in {"said", "says"}:
                return None  # `in added time`
            return self._made(cue, cue.end + 1, end, speaker)
        return self._first(cue, start, end)

    def _same(self, cue: Hit) -> Speaker | None:
        """Return who spoke last, in languages whose verbs need no subject: `وأضاف أن`."""
        if self._language not in _NO_SUBJECT or "\n" in self._text[self._stage.last_at : cue.start]:
            return None
        return Speaker(self._stage.last, cue.start, cue.end) if self._stage.last is not None else None

    def _bare(self, cue: Hit, match: re.Match[str]) -> bool:
        """Whether the clause begins before its `that`: `said the line was new and that it would open`."""
        return (
            self._language == "en"
            and bool(match["gap"])
            and cue.entry.value in _BARE
            and not _NO_CLAUSE.match(self._text, cue.end)
        )

    def _first(self, cue: Hit, start: int, end: int) -> Quote | None:
        """`The line would open, the minister said on Monday.`: the clause stands first."""
        text = self._text
        comma = text.rfind(", ", start, cue.start)
        if comma < 0 or not text[comma + 2 : cue.start].strip():
            return None
        speaker = self._stage.before(comma, cue.start)
        if text[cue.end : cue.end + 2] == ", " and comma - start < 50:
            return self._made(cue, cue.end + 2, end, speaker)
        head = _HEAD.match(text, start, comma) if start == 0 else None
        return self._made(cue, head.end() if head else start, comma, speaker)

    def _source(self, cue: Hit, start: int, end: int) -> Quote | None:
        """`According to X, the line will open`; `the line will open, according to X`."""
        text = self._text
        speaker = self._stage.after(cue.end, min(end, cue.end + 120))
        if speaker is None and cue.entry.value in _HIS:
            speaker = Speaker(self._stage.last, cue.start, cue.end)
        if speaker is None:
            return None
        if cue.start - start > 30:
            return self._made(cue, start, cue.start, speaker)
        if self._language == "de" and text[speaker.end : speaker.end + 1] == " ":
            return self._made(cue, speaker.end + 1, end, speaker)  # `Laut Asfinag sind 14 Pfeiler beschädigt`
        comma = _COMMA.search(text, speaker.end, end)
        if comma is None:
            return None
        first = comma.end()
        if _APPOSITION.match(text, first):
            rest = _COMMA.search(text, first, min(end, first + 110))
            first = rest.end() if rest is not None else first
        return self._made(cue, first, end, speaker)

    def _until(self, start: int, end: int) -> int:
        """Return where a clause ends: before `, and urged …`, which goes on about who spoke."""
        comma = self._text.find(", and ", start, end)
        hit = self._reading.marks.starts.get(comma + 6) if comma > 0 else None
        return comma if hit is not None and hit.entry.kind == CUE else end

    def _made(self, cue: Hit, start: int, end: int, speaker: Speaker | None) -> Quote | None:
        text = self._text
        end = self._until(start, end)
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1] in _TRAILING:
            end -= 1
        if end - start < 8 or end - start > _LONGEST:
            return None
        field = self._reading.field
        return Quote(
            text=text[start:end],
            field=field,
            start=start,
            end=end,
            kind="indirect",
            cue=text[cue.start : cue.end],
            speaker=speaker.name if speaker is not None else None,
            speaker_span=Span(field, speaker.start, speaker.end, text[speaker.start : speaker.end])
            if speaker is not None
            else None,
        )
