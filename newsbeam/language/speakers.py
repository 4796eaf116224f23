"""Who speaks: the name, role or pronoun beside a verb of saying, as the full name that the story gives."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from functools import cache
from typing import NamedTuple

import msgspec

from newsbeam.language.lexicon import BODY, ROLE, SOURCE, Hit, Lexicon, listed
from newsbeam.language.names import Cast, Person, Reading

_NEAR = 260  # code points around a verb of saying in which its speaker stands
_CLOSE = 45
_GAP = 25  # code points between a role and the name after it
_PARTING = frozenset(',.:;!?\n“”"«»，。：')


class Speaker(NamedTuple):
    """Who speaks: the full name (None: nobody is named) and where, in the field."""

    name: str | None
    start: int
    end: int


class Candidate(msgspec.Struct, frozen=True, order=True, gc=False):
    """What may be the subject of a verb of saying."""

    start: int
    end: int
    kind: str  # person | pronoun | role | organisation
    name: str


class Manner:
    """How speakers are told of in a language; made once a language."""

    def __init__(self, lexicon: Lexicon) -> None:
        words = lexicon.words
        self.language = lexicon.language
        self.he = frozenset(listed(words.he))
        edge = "" if self.language == "zh" else r"\b"
        both = sorted({*self.he, *listed(words.she)})
        forms = "|".join([*both, *(word.capitalize() for word in both)])
        self.pronoun = re.compile(f"(?:{forms}){edge}" if forms else "(?!)")  # nothing
        self.articled = self.language in {"en", "fr", "es", "de"}
        self.prepositions = frozenset(listed(words.prepositions))
        self.no_speech = frozenset(listed(words.no_speech))


@cache
def manner_of(lexicon: Lexicon) -> Manner:
    """Return the manner of a lexicon's language."""
    return Manner(lexicon)


class Stage:
    """The persons of one field, in order, and who spoke last."""

    def __init__(self, lexicon: Lexicon, reading: Reading, cast: Cast) -> None:
        self.reading = reading
        self.cast = cast
        self.last: str | None = None
        self.last_at = 0
        self._manner = manner_of(lexicon)
        self.people = sorted(
            Candidate(start, end, "person", person.name)
            for person in cast.people.values()
            for field, start, end in person.places
            if field == reading.field
        )
        self.bodies = sorted(
            Candidate(start, end, "organisation", name)
            for name, places in cast.organisations.items()
            for field, start, end in places
            if field == reading.field
        )
        self._roles = reading.marks.of[ROLE]
        self._alone_bodies = reading.marks.of[BODY]
        self._alone_starts = [one.start for one in self._alone_bodies]
        self._people_starts = [one.start for one in self.people]
        self._body_starts = [one.start for one in self.bodies]
        self._all = sorted([*self.people, *self._uncovered()])
        self._starts = [one.start for one in self._all]
        self._learn_roles()

    def _uncovered(self) -> Iterable[Candidate]:
        """Yield the organisations that are no part of a person's name, and the roles that are no part of either."""
        for one in self.bodies:
            if not _covered(self.people, self._people_starts, one.start):
                yield one
        for role in self._roles:
            start = role.start
            if not _covered(self.people, self._people_starts, start) and not _covered(
                self.bodies, self._body_starts, start
            ):
                yield Candidate(start, role.end, "role", role.entry.value)

    def _learn_roles(self) -> None:
        """Note which roles and genders the persons have, from the titles before and after their names."""
        text, roles = self.reading.text, self._roles
        starts = [role.start for role in roles]
        for one in self.people if roles else ():
            person = self.cast.people[one.name]
            n = bisect_left(starts, one.start)
            if n and one.start - roles[n - 1].end <= _GAP and not _cut(text, roles[n - 1].end, one.start):
                _give(person, roles[n - 1])
            if (
                n < len(roles)
                and roles[n].start - one.end <= _CLOSE
                and text[one.end : one.end + 1] == ","
                and "." not in text[one.end : roles[n].start]
            ):
                _give(person, roles[n])

    def within(self, start: int, end: int, near: tuple[int, int] | None = None) -> list[Candidate]:
        """Return everything between the places that may speak, in order; pronouns only in the part that is near."""
        first = bisect_left(self._starts, start)
        found = self._all[first : bisect_left(self._starts, end, first)]
        if self._roles and found:
            found = self._without_attached(found)
        pronouns = self._pronouns(*(near or (start, end)))
        if pronouns:
            named = [one for one in found if one.kind != "role"]
            found = sorted([*found, *(one for one in pronouns if not _covers(named, one))])
        return found

    def _pronouns(self, start: int, end: int) -> list[Candidate]:
        text = self.reading.text
        return [
            Candidate(match.start(), match.end(), "pronoun", match[0].lower())
            for match in self._manner.pronoun.finditer(text, start, end)
            if self._manner.language == "zh" or not text[match.start() - 1 : match.start()].isalnum()
        ]

    def _without_attached(self, found: list[Candidate]) -> list[Candidate]:
        """Return what is no role that belongs to a person's mention."""
        text = self.reading.text
        people = [one for one in found if one.kind == "person"]
        if not people or len(people) == len(found):
            return found
        return [
            role
            for role in found
            if role.kind != "role"
            or not any(
                (0 <= one.start - role.end <= _CLOSE and not _cut(text, role.end, one.start))
                or (0 <= role.start - one.end <= _CLOSE and text[one.end : one.end + 1] in {",", "，", " "})
                for one in people
            )
        ]

    def after(self, start: int, end: int) -> Speaker | None:
        """Return who is named first between the places, as in `said X`, `X said`."""
        end = min(end, start + _NEAR)
        found = self.within(start, end, (start, min(end, start + _CLOSE)))
        if not found:
            return self._unnamed_body(start, end)
        first = found[0]
        if first.kind == "organisation" and len(found) > 1 and found[1].kind == "person":
            between = found[1].start - first.end
            if between <= _CLOSE and not _cut(self.reading.text, first.end, found[1].start):
                first = found[1]  # `UN envoy Anna Weber`
        return self._speaker(first)

    def before(self, start: int, end: int) -> Speaker | None:
        """Return who is named before a verb of saying that begins at `end`."""
        start = max(start, end - _NEAR)
        found = self.within(start, end, (max(start, end - _CLOSE), end))
        if not found:
            return self._unnamed_body(start, end)
        text = self.reading.text
        if text[max(start, end - _CLOSE) : end].rstrip()[-1:] in {",", "，"}:
            people = [one for one in found if one.kind == "person" and not self._governed(one)]
            if people:
                return self._speaker(people[0])
        nearest = found[-1]
        if nearest.kind != "pronoun" or end - nearest.end > 12:
            people = [one for one in found if one.kind == "person" and not self._governed(one)]
            roles = [one for one in found if one.kind == "role"]
            nearer = roles and roles[-1].start > people[-1].end if people else False
            if people and not (nearer and end - roles[-1].end < 3 and self._manner.language != "zh"):
                nearest = people[-1]
            elif roles:
                nearest = roles[-1]
        return self._speaker(nearest)

    def _unnamed_body(self, start: int, end: int) -> Speaker | None:
        """Return the organisation that `the company` is: the one named last before."""
        first = bisect_left(self._alone_starts, start)
        if first == len(self._alone_starts) or self._alone_starts[first] >= end:
            return None
        found = self._alone_bodies[first]
        n = bisect_left(self._body_starts, found.start)
        name = self.last if self.last in self.cast.organisations else (self.bodies[n - 1].name if n else None)
        return Speaker(name, found.start, found.end)

    def _governed(self, one: Candidate) -> bool:
        """Whether a preposition stands before a name."""
        if self._manner.language == "zh":
            return self.reading.text[one.start - 1 : one.start] in self._manner.prepositions
        hit = self.reading.marks.ends.get(one.start - 1)
        if hit is not None and hit.entry.kind == SOURCE:
            return False
        before = self.reading.text[max(0, one.start - 14) : one.start].rstrip()
        return before.rpartition(" ")[2].lower() in self._manner.prepositions

    def _speaker(self, one: Candidate) -> Speaker:
        match one.kind:
            case "person":
                name: str | None = one.name
            case "pronoun":
                name = self._of_pronoun(one)
            case "role":
                name = self._of_role(one)
            case _:
                name = one.name
        if name is not None:
            self.last, self.last_at = name, one.end
        return Speaker(name, one.start, one.end)

    def _of_pronoun(self, one: Candidate) -> str | None:
        gender = "m" if one.name in self._manner.he else "f"
        n = bisect_left(self._people_starts, one.start)
        last = self.cast.people.get(self.last or "")
        for other in reversed(self.people[max(0, n - 12) : n]):
            person = self.cast.people[other.name]
            if person.gender and person.gender != gender:
                continue
            if self._governed(other) and last is not None and last.gender in {"", gender}:
                continue
            person.gender = gender
            return person.name
        return last.name if last is not None and last.gender in {"", gender} else None

    def _of_role(self, one: Candidate) -> str | None:
        """Return the person who has this role, the one named last before; None if nobody is known to."""
        n = bisect_left(self._people_starts, one.start)
        wanted = one.name
        for other in reversed(self.people[:n]):
            roles = self.cast.people[other.name].roles
            if any(_same_role(wanted, role) for role in roles):
                return other.name
        return self._same_one(one)

    def _same_one(self, one: Candidate) -> str | None:
        """Return who spoke last, for a role with the definite article in the same paragraph."""
        text = self.reading.text
        before = text[max(0, one.start - 5) : one.start].rpartition("\n")[2].lower().split()
        if self._manner.articled and (
            not before or before[-1] not in {"the", "el", "la", "le", "der", "die"}
        ):
            return None
        if self.last is None or "\n" in text[self.last_at : one.start]:
            return None
        return self.last


def _same_role(wanted: str, role: str) -> bool:
    short = wanted.removeprefix("ال")
    return (
        wanted == role
        or role.endswith(" " + wanted)
        or role.startswith((wanted + " ", short))
        or (len(wanted) > 3 and role.endswith(wanted))
    )


def _give(person: Person, role: Hit) -> None:
    if role.entry.value not in person.roles:
        person.roles.append(role.entry.value)
        person.gender = person.gender or role.entry.note


def _covered(named: Sequence[Candidate], starts: Sequence[int], place: int) -> bool:
    """Whether a place is within one of the names, whose starts are given too."""
    n = bisect_right(starts, place)
    return n > 0 and place < named[n - 1].end


def _covers(found: Sequence[Candidate], one: Candidate) -> bool:
    return any(other.start <= one.start < other.end for other in found)


def _cut(text: str, start: int, end: int) -> bool:
    """Whether what is between a role and a name parts them."""
    return not _PARTING.isdisjoint(text[start:end])
