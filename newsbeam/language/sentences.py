"""Where sentences end: by rule, without cutting the text into words."""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

_SHORT = frozenset(
    [
        "Mr",
        "Mrs",
        "Ms",
        "Dr",
        "Prof",
        "Gen",
        "Lt",
        "Col",
        "Capt",
        "Maj",
        "Sgt",
        "Adm",
        "Sen",
        "Rep",
        "Gov",
        "Rev",
        "St",
        "Jr",
        "Sr",
        "vs",
        "No",
        "Inc",
        "Ltd",
        "Corp",
        "Co",
        "M",
        "MM",
        "Mme",
        "Sra",
        "Sr",
        "EE",
        "ca",
        "bzw",
        "Nr",
        "Hrn",
        "Fr",
        "г",
        "ул",
        "им",
        "тыс",
        "млн",
        "млрд",
        "др",
        "пр",
        "ст",
        "д",
        "د",
        "Jan",
        "Feb",
        "Mar",
        "Apr",
        "Aug",
        "Sept",
        "Oct",
        "Nov",
        "Dec",
        "etc",
        "av",
    ]
)
_END = re.compile(
    r"[.!?…؟]+[\"'”’»“«)\]]*(?=[ \u00a0\u202f]+[^\s\d]?[^\s])|[。！？]+[”」』’]*|[.!?…؟]*[\"'”’»“«)\]]*\n"
)
_WORD = 12


class Sentences:
    """The sentences of one text; a paragraph's end ends a sentence."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _ends(self) -> list[int]:
        text = self.text
        ends = [match.end() for match in _END.finditer(text) if not _inner(text, match.start(), match.end())]
        return [*ends, len(text)]

    def start(self, position: int) -> int:
        """Return where the sentence that holds `position` begins."""
        n = bisect_right(self._ends, position)
        first = self._ends[n - 1] if n else 0
        while first < position and self.text[first].isspace():
            first += 1
        return first

    def end(self, position: int) -> int:
        """Return where the sentence that holds what is before `position` ends: its last mark included."""
        n = bisect_left(self._ends, position)
        return self._ends[n] if n < len(self._ends) else len(self.text)


def _inner(text: str, start: int, end: int) -> bool:
    """Whether the mark at `start` ends no sentence: an abbreviation, an initial, a small letter goes on."""
    if text[end - 1] == "\n" or text[start] in "。！？":
        return False
    following = text[end : end + 3].lstrip()
    if following[:1].islower() or (following[:1] in "—–-" and end - start > 1):
        return True
    if text[start] != "." or end - start > 1:
        return False
    word = text[max(0, start - _WORD) : start].rpartition(" ")[2].strip('(“"«')
    return word in _SHORT or (len(word) == 1 and word.isupper()) or (len(word) < 5 and "." in word)
