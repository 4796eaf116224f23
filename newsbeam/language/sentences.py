"""Where sentences end: by rule, without cutting the text into words."""

import re
from bisect import bisect_left, bisect_right

_SHORT = frozenset(
    "Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Capt|Maj|Sgt|Adm|Sen|Rep|Gov|Rev|St|Jr|Sr|vs|No|Inc|Ltd|Corp|Co|M|MM|Mme|Sra|EE|ca|"  # noqa: SIM905
    "bzw|Nr|Hrn|Fr|г|ул|им|тыс|млн|млрд|др|пр|ст|д|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|etc|av".split("|")
)
_END = re.compile(  # the group: certainly one, by a full stop after a word longer than any abbreviation
    r"[.!?…؟。！？](?:(?<=\w{5}\.)(?=\n| [A-ZÀ-ÖØ-ÞЁІЇЄҐА-Я])()|[.!?…؟。！？]*[\"'”’»“«)\]」』]*)"
)
_SPACES = " \u00a0\u202f"
_ENDING = frozenset(("", "\n", *_SPACES))
_BREAK = re.compile("\n")
_INK = re.compile(r"\S")
_WORD = 12  # code points before a full stop in which an abbreviation stands
_LONG = 8  # no abbreviation is, with marks around it


class Sentences:
    """The sentences of one text; a paragraph's end ends a sentence. Only paragraphs that are asked about are read."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._paragraphs = [0, *(match.end() for match in _BREAK.finditer(text))]
        self._ends: dict[int, list[int]] = {}  # of the sentences of a paragraph, by its number
        self._inks: dict[int, int] = {}  # where the first character is that is no space, from a place on

    def start(self, position: int) -> int:
        """Return where the sentence that holds `position` begins."""
        n = bisect_right(self._paragraphs, position) - 1
        ends = self._of_paragraph(n)
        k = bisect_right(ends, position)
        first = ends[k - 1] if k else self._paragraphs[n]
        ink = self._inks.get(first)
        if ink is None:
            found = _INK.search(self.text, first)
            ink = self._inks[first] = len(self.text) if found is None else found.start()
        return min(ink, position)

    def end(self, position: int) -> int:
        """Return where the sentence ends that holds what is before `position`: its last mark included."""
        ends = self._of_paragraph(max(bisect_left(self._paragraphs, position) - 1, 0))
        n = bisect_left(ends, position)
        return ends[n] if n < len(ends) else len(self.text)

    def _of_paragraph(self, n: int) -> list[int]:
        ends = self._ends.get(n)
        if ends is None:
            ends = self._ends[n] = self._read(n)
        return ends

    def _read(self, n: int) -> list[int]:
        text, paragraphs = self.text, self._paragraphs
        last = paragraphs[n + 1] if n + 1 < len(paragraphs) else len(text)
        ends = []
        for match in _END.finditer(text, paragraphs[n], last):
            first, end = match.span()
            if match.lastindex:
                ends.append(end)
            elif text[first] in "。！？":
                ends.append(first + len(match[0].rstrip("“«")))
            elif text[end : end + 1] in _ENDING and _ends_sentence(text, first, end):
                ends.append(end)
        ends.append(last)
        return ends


def _ends_sentence(text: str, start: int, end: int) -> bool:
    """Whether marks end one: not those of an abbreviation, of an initial, or before a small letter."""
    following = text[end : end + 3].lstrip(_SPACES)[:1]
    if following.islower() or (end - start > 1 and following in {"—", "–", "-"}):
        return False
    return text[start] != "." or end - start > 1 or not _is_short(text, start)


def _is_short(text: str, dot: int) -> bool:
    """Whether a full stop belongs to an abbreviation."""
    word = text[max(0, dot - _WORD) : dot].rpartition(" ")[2]
    if len(word) >= _LONG:
        return False
    word = word.strip('(“"«')
    return word in _SHORT or (len(word) == 1 and word.isupper()) or (len(word) < 5 and "." in word)
