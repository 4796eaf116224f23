"""Who stands in a story: persons by title, role, given name and verb of saying; organisations by name and form."""

import itertools
import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from operator import itemgetter

from newsbeam.language.deep import Known
from newsbeam.language.lexicon import ADJECTIVE, COUNTRY, CUE, ORGANISATION, PLACES, ROLE, SOURCE
from newsbeam.language.names import Cast, Grammar, Person, Piece, Reading

_APPOSITION = 70  # code points after a name within which its role stands
_WHO = re.compile(
    r"(?:, | )(?:who|whose|whom|qui|dont|quien|que|cuyo|der|die|deren|dessen|котор\w+|як\w+|чи\w+)\b"
    r"|, \d\d,| \(\d\d\)"
)
_ACRONYM = re.compile(r"\(([A-ZÀ-ÞА-ЯЁІЇЄҐ][A-Za-zÀ-ÞА-ЯЁІЇЄҐ]{1,7})\)")
MAX_NAMES = 200  # of a story


class Finder:
    """Finds the persons and organisations of one story in a language that has capital letters."""

    def __init__(self, grammar: Grammar, readings: Sequence[Reading], known: Known) -> None:
        self._known = known
        self._grammar = grammar
        self._readings = readings
        self._german = grammar.language == "de"
        self._key = grammar.key
        self.cast = Cast()
        self._by_key: dict[tuple[str, ...], Person] = {}
        self._by_surname: dict[str, Person] = {}
        self._alone: dict[str, Person] = {}

    def find(self) -> Cast:
        """Return everybody, with every place where each stands."""
        for reading in self._readings:
            self._known_organisations(reading)
        bodies = [list(self._bodies(reading)) for reading in self._readings]
        for reading in self._in_order():
            self._introduce(reading)
        self._alone = self._called()
        for reading, named in zip(self._readings, bodies, strict=True):
            self._place(reading, named)
        return self.cast

    def _in_order(self) -> list[Reading]:
        """The title last: it has surnames and, in English, capitals everywhere."""
        return sorted(self._readings, key=lambda reading: reading.field == "title")

    # --- organisations ------------------------------------------------------------------------------------

    def _known_organisations(self, reading: Reading) -> None:
        for hit in reading.marks.of[ORGANISATION]:
            self.cast.organisation(hit.entry.value, (reading.field, hit.start, hit.end), hit.entry.note)

    def _bodies(self, reading: Reading) -> Iterator[tuple[int, int]]:
        """Yield where names of organisations stand that have a word such as `Ministry` in them; note them."""
        done = 0
        for piece in reading.pieces.bodies:
            if piece.start < done:
                continue
            start, end = self._extended(reading.text, piece)
            if (start, end) != (piece.start, piece.end) or self._stands_alone(piece):
                self.cast.organisation(reading.text[start:end], (reading.field, start, end))
                yield piece.start, end
                done = end

    def _extended(self, text: str, piece: Piece) -> tuple[int, int]:
        """Return where a name begins and ends with the words in front of it and its `of …`."""
        tail = None
        if piece.text.rpartition(" ")[2] in self._grammar.bodies:
            tail = self._grammar.tail.match(text, piece.end)
        end = tail.end() if tail else piece.end
        if text[piece.end : end].rpartition(" ")[2] in self._grammar.no_names:
            end = piece.end  # `the Theatre on Monday`
        return self._front(text, piece.start), end

    def _stands_alone(self, piece: Piece) -> bool:
        return " " in piece.text or self._grammar.is_compound(piece.text)

    def _front(self, text: str, start: int) -> int:
        """Return where a name begins with the words before it that begin names of organisations: `South`."""
        for _ in range(3):
            word = (
                text[max(0, start - 30) : start - 1].rpartition(" ")[2]
                if text[start - 1 : start] == " "
                else ""
            )
            if word not in self._grammar.fronts:
                return start
            start -= len(word) + 1
        return start

    # --- persons ------------------------------------------------------------------------------------------

    def _introduce(self, reading: Reading) -> None:
        """Make persons of the full names for which something speaks."""
        doubtful = []
        for piece in reading.pieces.several:
            if piece.body:
                continue
            if self._spoken_for(reading, piece):
                self._meet(piece.text)
            else:
                doubtful.append(piece)
        if doubtful and reading.field != "title":
            self._come_back(reading, doubtful)
        after_roles = {hit.end + 1 for hit in reading.marks.of[ROLE]}
        if after_roles and not self._german:
            for name, starts in itertools.chain.from_iterable(reading.pieces.single.values()):
                if not after_roles.isdisjoint(starts):
                    self._meet(name)  # `President Weber`

    def _come_back(self, reading: Reading, doubtful: Sequence[Piece]) -> None:
        """Make persons of the full names of which the last word stands alone elsewhere."""
        for piece in doubtful:
            if self._key(piece.text.rpartition(" ")[2]) in reading.pieces.single:
                self._meet(piece.text)

    def _meet(self, name: str) -> None:
        words = tuple(map(self._key, name.split(" ")))
        if words in self._by_key or (len(words) == 1 and words[0] in self._by_surname):
            return
        if len(self._by_key) >= MAX_NAMES:
            return
        person = self.cast.person(name)
        self._by_key[words] = person
        self._by_surname.setdefault(words[-1], person)
        if len(words) > 2:
            self._by_surname.setdefault(words[-2] + " " + words[-1], person)
            self._by_surname.setdefault(words[1], person)

    def _spoken_for(self, reading: Reading, piece: Piece) -> bool:
        if piece.text.partition(" ")[0] in self._grammar.first_names or piece.text in self._known.people:
            return True
        if self._after_role(reading, piece.start):
            return True
        starts, ends, _ = reading.marks
        before = ends.get(piece.start - 1)
        after = starts.get(piece.end + 1)
        for hit in (before, after):
            if hit is not None and hit.entry.kind in {CUE, SOURCE} and reading.field != "title":
                return True
        return self._in_apposition(reading, piece)

    def _after_role(self, reading: Reading, start: int) -> Person | bool:
        """Whether a role ends where the name begins, maybe with a country between."""
        ends = reading.marks.ends
        for _ in range(3):
            hit = ends.get(start - 1)
            if hit is None:
                return False
            if hit.entry.kind == ROLE:
                return True
            if hit.entry.kind not in {ADJECTIVE, COUNTRY}:
                return False
            start = hit.start
        return False

    def _in_apposition(self, reading: Reading, piece: Piece) -> bool:
        """Whether what follows a name says that it is a person's: `, who`, `, 45,`, a role between commas."""
        text = reading.text
        if _WHO.match(text, piece.end):
            return True
        following = text[piece.end : piece.end + 2]
        if following == ", " and reading.field != "title" and self._between_commas(reading, piece):
            return True
        return following in {", ", " —", " –"} and self._role_soon(reading, piece)

    def _between_commas(self, reading: Reading, piece: Piece) -> bool:
        text = reading.text
        after = reading.marks.starts.get(piece.end + 2)
        if after is not None and after.entry.kind == CUE and text[piece.start - 2 : piece.start] == ", ":
            return True
        return self._sentence_start(text, piece.start) and text.find(", ", piece.end + 2, piece.end + 110) > 0

    def _role_soon(self, reading: Reading, piece: Piece) -> bool:
        n = bisect_left(reading.hits, piece.end, key=lambda hit: hit.start)
        for hit in reading.hits[n : n + 5]:
            if hit.start > piece.end + _APPOSITION:
                return False
            if hit.entry.kind == ROLE:
                return "." not in reading.text[piece.end : hit.start]
        return False

    def _sentence_start(self, text: str, start: int) -> bool:
        """Whether a name is the first word of a sentence, of a paragraph where nouns have capitals too."""
        before = text[max(0, start - 2) : start]
        return not before or before[-1] == "\n" or (not self._german and before in {". ", "” ", '" '})

    # --- where they stand ---------------------------------------------------------------------------------

    def _place(self, reading: Reading, bodies: Sequence[tuple[int, int]]) -> None:
        """Note where the persons and the organisations that speak stand, but not within names of organisations."""
        found = [*self._places_of_names(reading), *self._places_of_words(reading)]
        for start, end, person in sorted(found, key=itemgetter(0)):
            if any(first <= start < last for first, last in bodies):
                continue
            if person is not None:
                person.stands(reading.field, start, end)
            else:
                self.cast.organisation(reading.text[start:end], (reading.field, start, end))
        self._places_of_persons(reading)
        self._acronyms(reading)

    def _places_of_names(self, reading: Reading) -> Iterator[tuple[int, int, Person | None]]:
        """Yield where names of several words stand, None for those that speak and are no person's."""
        speaking = self._speaking(reading)
        for piece in reading.pieces.several:
            person, start = self._named(piece)
            if person is not None or (speaking and speaking(piece.text, start, piece.end)):
                yield start, piece.end, person

    def _places_of_words(self, reading: Reading) -> Iterator[tuple[int, int, Person | None]]:
        """Yield where single words stand that are a person, None for those that speak and are none."""
        single, alone, speaking = reading.pieces.single, self._alone, self._speaking(reading)
        for key, words in single.items():
            person = alone.get(key)
            if person is None and speaking is None:
                continue
            for name, starts in words:
                for start in starts:
                    if person is not None or (speaking and speaking(name, start, start + len(name))):
                        yield start, start + len(name), person

    def _speaking(self, reading: Reading) -> Callable[[str, int, int], bool] | None:
        """Return what tells whether a name of nobody stands where a speaker does, None where nothing does.

        In German, where every noun has a capital, only what follows `laut` is told so.
        """
        sources = {hit.end + 1 for hit in reading.marks.of[SOURCE]}
        verbs = {hit.start - 1 for hit in reading.marks.of[CUE]} if not self._german else set[int]()
        if reading.field == "title" or not (sources or verbs):
            return None
        return lambda name, start, end: (end in verbs or start in sources) and _may_speak(name)

    def _named(self, piece: Piece) -> tuple[Person | None, int]:
        """Return the person of a name of several words, and where the name begins."""
        last = piece.text.rpartition(" ")[2]
        surnamed = self._by_surname.get(self._key(last))
        if surnamed is None:
            return None, piece.start  # every full name's last word is a surname
        person = self.who(piece.text)
        if person is not None:
            return person, piece.start
        if piece.text.partition(" ")[0] in self._grammar.first_names:
            return None, piece.start
        return surnamed, piece.end - len(last)  # after a word that begins a sentence

    def _places_of_persons(self, reading: Reading) -> None:
        """`Chad` after `Chad Lindqvist` is the person, though a country has the name too."""
        for hit in reading.hits:
            if hit.entry.doubtful and hit.entry.kind in PLACES:
                person = self.who(reading.text[hit.start : hit.end])
                if person is not None and not any(
                    field == reading.field and start <= hit.start < end for field, start, end in person.places
                ):
                    person.stands(reading.field, hit.start, hit.end)

    def who(self, name: str) -> Person | None:
        """Return the person of a full name, a surname, a given name, or a given name with surname."""
        if " " not in name:
            return self._alone.get(self._key(name))
        words = tuple(map(self._key, name.split(" ")))
        return self._by_key.get(words) or self._by_key.get(words[-2:])

    def _called(self) -> dict[str, Person]:
        """Return the single words by which persons are called: surnames, and given names that one alone has."""
        given = Counter(words[0] for words in self._by_key if len(words) > 1)
        firsts = {
            words[0]: person
            for words, person in self._by_key.items()
            if len(words) > 1 and given[words[0]] == 1
        }
        return firsts | self._by_surname

    def _acronyms(self, reading: Reading) -> None:
        """`World Food Programme (WFP)`: what stands in parentheses are the first letters of the name before."""
        for match in _ACRONYM.finditer(reading.text):
            letters = match[1].upper()
            before = reading.text[max(0, match.start() - 80) : match.start()].rstrip()
            words = [word for word in before.split(" ") if word[:1].isupper()]
            chosen = words[-len(letters) :]
            if "".join(word[0].upper() for word in chosen) == letters and len(chosen) == len(letters):
                start = match.start() - (len(before) - before.rindex(chosen[0]) + 1)
                name = reading.text[max(0, start) : match.start()].strip()
                if name not in self.cast.organisations:
                    self.cast.organisation(name, (reading.field, start, match.start()))


def _may_speak(name: str) -> bool:
    """Whether a name that is no person's can be an organisation's: not `I` or `I'm`."""
    return len(name) > 2 and name[:2] not in {"I'", "I’"}
