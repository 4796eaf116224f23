"""Persons and organisations in Arabic: by roles and verbs of saying beside them."""

import re
from collections.abc import Iterator, Sequence

from newsbeam.language.deep import Known
from newsbeam.language.lexicon import ADJECTIVE, COUNTRY, CUE, ROLE, SOURCE, Hit, Lexicon, listed
from newsbeam.language.names import Reading
from newsbeam.language.uncased import UncasedFinder

_ARABIC_WORD = re.compile(r"[ء-غف-ي]+(?:-[ء-غف-ي]+)?")


class ArabicFinder(UncasedFinder):
    """Finds who stands in one Arabic story."""

    def __init__(self, lexicon: Lexicon, readings: Sequence[Reading], known: Known) -> None:
        super().__init__(lexicon, readings, known)
        self._no_names = frozenset(listed(lexicon.words.no_names))
        self._inside = frozenset(listed(lexicon.words.inside))
        self._bodies = frozenset(listed(lexicon.words.bodies))

    def introduce(self, readings: Sequence[Reading]) -> None:
        """Look beside every role and verb of saying."""
        for reading in readings:
            for hit in reading.hits:
                if hit.entry.kind in {ROLE, CUE, SOURCE}:
                    self._introduce(reading, hit)

    def _introduce(self, reading: Reading, hit: Hit) -> None:
        """Take the words after a role, or after who speaks, as a name if they can be one."""
        start, spoken = hit.end, hit.entry.kind != ROLE
        for _ in range(5):
            following = reading.marks.starts.get(start + 1)
            word = _ARABIC_WORD.match(reading.text, start + 1)
            if following is None and word is not None and not spoken and self._of_office(word[0]):
                start = word.end()
                continue
            if following is None:
                following = self._with_article(reading, start + 1)
            if following is None or following.entry.kind not in {ROLE, ADJECTIVE, COUNTRY}:
                break
            spoken = spoken and following.entry.kind != ROLE
            start = following.end
        words = list(self._name_words(reading, start))
        if len(words) < 2 or (spoken and not self._ends_well(reading, words[-1])):
            self._body(reading, hit, start)
            return
        name = reading.text[words[0].start() : words[-1].end()]
        self.cast.person(name).roles.append(hit.entry.value)

    def _of_office(self, word: str) -> bool:
        """Whether a word after a role belongs to it: `وزير الأشغال`; a given name has no article."""
        return word in self._no_names or word.startswith("ال")

    def _with_article(self, reading: Reading, start: int) -> Hit | None:
        """A hit that begins a few letters later, behind an article or a preposition."""
        for skipped in (1, 2, 3):
            hit = reading.marks.starts.get(start + skipped)
            if hit is not None and " " not in reading.text[start : start + skipped]:
                return hit
        return None

    def _name_words(self, reading: Reading, start: int) -> Iterator[re.Match[str]]:
        count = 0
        joined = False
        while count < 3 or joined:
            if reading.text[start : start + 1] != " ":
                return
            word = _ARABIC_WORD.match(reading.text, start + 1)
            if word is None or not self._may_name(reading, word, count):
                return
            if count == 2 and not joined and not word[0].startswith("ال"):
                return
            joined = word[0] in self._inside
            count += not joined
            yield word
            start = word.end()

    def _may_name(self, reading: Reading, word: re.Match[str], count: int) -> bool:
        if word[0] in self._no_names or len(word[0]) < 2 or word[0].startswith("لل"):
            return False
        if count == 0 and word[0].startswith("ال"):
            return False
        hit = reading.marks.starts.get(word.start()) or (
            self._with_article(reading, word.start()) if count == 0 else None
        )
        return hit is None or (hit.entry.doubtful and hit.end == word.end()) or hit.end < word.end()

    def _ends_well(self, reading: Reading, last: re.Match[str]) -> bool:
        """Whether after the name stands what stands after a speaker."""
        following = reading.text[last.end() : last.end() + 5]
        return following[:1] in {"،", ":", ",", "."} or following.startswith((" إن", " أن", " لل", " في"))

    def _body(self, reading: Reading, hit: Hit, start: int) -> None:
        """Take `هيئة المرفأ` after a verb of saying as an organisation."""
        if hit.entry.kind == ROLE:
            return
        first = _ARABIC_WORD.match(reading.text, start + 1)
        if first is None or first[0].removeprefix("ال") not in self._bodies:
            return
        end = first.end()
        second = _ARABIC_WORD.match(reading.text, end + 1)
        if second is not None and reading.text[end] == " " and second[0] not in {"في", "إن", "أن", "من"}:
            end = second.end()
        self.cast.organisation(reading.text[first.start() : end], (reading.field, first.start(), end))

    def parts(self, name: str) -> Iterator[str]:
        """A full name and its last word, with what `عبد` joins."""
        yield name
        words = name.split(" ")
        if len(words) > 1:
            last = (
                " ".join(words[-2:])
                if len(words) > 2 and words[-2] in {"عبد", "أبو", "بن", "آل"}
                else words[-1]
            )
            yield last
            if last.startswith("ال"):
                yield last[2:]
