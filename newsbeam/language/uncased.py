"""Persons and organisations in scripts without capitals: by role, by form, by verb of saying."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from itertools import islice

from newsbeam.language.deep import Known
from newsbeam.language.lexicon import ORGANISATION, Lexicon
from newsbeam.language.names import Cast, Person, Reading

MAX_PLACES = 100  # of one name
MAX_NAMES = 100  # of persons of one story that are looked for


class UncasedFinder(ABC):
    """Finds who stands in one story; what tells a name is each language's own."""

    def __init__(self, lexicon: Lexicon, readings: Sequence[Reading], known: Known) -> None:
        self.lexicon = lexicon
        self.cast = Cast()
        self._readings = readings
        for name in sorted(known.people):
            self.cast.person(name)

    def find(self) -> Cast:
        """Return everybody, with every place where each stands."""
        for reading in self._readings:
            for hit in reading.marks.of[ORGANISATION]:
                self.cast.organisation(hit.entry.value, (reading.field, hit.start, hit.end), hit.entry.note)
        self.introduce(self._readings)
        _place_everywhere(self.cast, self._readings, self.parts)
        return self.cast

    @abstractmethod
    def introduce(self, readings: Sequence[Reading]) -> None:
        """Put the persons into the cast for whom something speaks, and the organisations that a form tells."""

    @abstractmethod
    def parts(self, name: str) -> Iterator[str]:
        """Yield a full name and what is left of it where it comes again."""


def _place_everywhere(cast: Cast, readings: Sequence[Reading], parts: Callable[[str], Iterator[str]]) -> None:
    """Note where each person stands, by the full name or by what is left of it later."""
    owners: dict[str, Person] = {}
    for person in islice(cast.people.values(), MAX_NAMES):
        for part in parts(person.name):
            if len(part) > 1:
                owners.setdefault(part, person)
    if not owners:
        return
    for reading in readings:
        taken: set[int] = set()
        for part in sorted(owners, key=len, reverse=True):
            _place_part(reading, part, owners[part], taken)


def _place_part(reading: Reading, part: str, person: Person, taken: set[int]) -> None:
    """Note where one form of a name stands, but not within a longer one."""
    text = reading.text
    start = text.find(part)
    while start >= 0 and len(person.places) < MAX_PLACES:
        end = start + len(part)
        if start not in taken:
            person.places.append((reading.field, start, end))
            taken.update(range(start, end))
        start = text.find(part, end)
