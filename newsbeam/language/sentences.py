"""Where sentences end: by rule, without cutting the text into words."""

import re
from bisect import bisect_left, bisect_right
from functools import cached_property

_SHORT = frozenset(
    "Mr|Mrs|Ms|Dr|Prof|Gen|Lt|Col|Capt|Maj|Sgt|Adm|Sen|Rep|Gov|Rev|St|Jr|Sr|vs|No|Inc|Ltd|Corp|Co|M|MM|Mme|Sra|EE|ca|"  # noqa: SIM905
    "bzw|Nr|Hrn|Fr|г|ул|им|тыс|млн|млрд|др|пр|ст|д|Jan|Feb|Mar|Apr|Aug|Sept|Oct|Nov|Dec|etc|av".split("|")
)
_END = re.compile("[.!?…؟。！？\n][.!?…؟。！？]*[\"'”’»“«)\\]」』]*\n?")
_SPACES = " \u00a0\u202f"
_WORD = 12  # code points before a full stop in which an abbreviation stands


class Sentences:
    """The sentences of one text; a paragraph's end ends a sentence."""

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _ends(self) -> list[int]:
        text = self.text
        ends = []
        for match in _END.finditer(text):
            start, end = match.span()
            if text[start] == "\n":
                ends.append(start + 1)
            elif text[start] in "。！？":
                ends.append(start + len(match[0].rstrip("“«\n")))
            elif _ends_sentence(text, start, end):
                ends.append(end)
        ends.append(len(text))
        return ends

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


def _ends_sentence(text: str, start: int, end: int) -> bool:
    """Whether marks end one: not those of an abbreviation, of an initial, or before a small letter."""
    if text[end - 1] == "\n":
        return True
    if text[end : end + 1] not in _SPACES:
        return False
    following = text[end : end + 3].lstrip(_SPACES)[:1]
    if following.islower() or (end - start > 1 and following in {"—", "–", "-"}):
        return False
    return text[start] != "." or end - start > 1 or not _is_short(text, start)


def _is_short(text: str, dot: int) -> bool:
    """Whether a full stop belongs to an abbreviation."""
    word = text[max(0, dot - _WORD) : dot].rpartition(" ")[2].strip('(“"«')
    return word in _SHORT or (len(word) == 1 and word.isupper()) or (len(word) < 5 and "." in word)
