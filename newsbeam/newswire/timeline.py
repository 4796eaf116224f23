"""What every outlet publishes when: a pure function of a seed, in seconds since the wire's start.

Time zero is the start; history lies before it, live news begins at `lead_s`, so that every feed can be
fetched once before. A slot is one thing that happens in the world; it may make several entries, all within
`SETTLE_S`.
"""

import threading
from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from random import Random

from newsbeam.newswire.english import ENGLISH
from newsbeam.newswire.french import FRENCH
from newsbeam.newswire.german import GERMAN
from newsbeam.newswire.outlets import BY_ID, OUTLETS, Outlet, Quirk
from newsbeam.newswire.prose import Language, Piece, carried, edited_title, write
from newsbeam.newswire.spanish import SPANISH

LANGUAGES: dict[str, Language] = {language.code: language for language in (ENGLISH, FRENCH, SPANISH, GERMAN)}
SETTLE_S = 40.0  # after a slot, its copies, edits and corrections are all out
BURST_SLOT = 18  # an earthquake that ten outlets report within seconds
_QUIET_S = 20.0  # a feed's last entry comes so long before its end
_HOUR = 3600.0
_PLAIN = frozenset({Quirk.NONE, Quirk.WIRE})
_UNPUBLISHED = frozenset({Quirk.STALE, Quirk.OVERSIZED, Quirk.AGGREGATOR})


@dataclass(frozen=True)
class Script:
    """When things go wrong, in seconds: from the start, or after live news began."""

    lead_s: float = 8.0
    rubbish_after_s: float = 45.0
    dies_after_s: float = 60.0
    refuses_after_s: float = 90.0

    def ends_at(self, quirk: Quirk) -> float:
        """Return when a feed with this quirk no longer gives a document."""
        if quirk is Quirk.DIES:
            return self.lead_s + self.dies_after_s
        if quirk is Quirk.RUBBISH:
            return self.lead_s + self.rubbish_after_s
        return -float("inf") if quirk is Quirk.OVERSIZED else float("inf")


@dataclass(frozen=True, order=True)
class Entry:
    """One item of one feed. Entries of one `event` have one text or near copies of it; entries of one `story` are the
    same story.

    `at` is when it appears, `published` what time it gives itself; `edited_at` and `moved_at` are when
    another headline and another slug take over.
    """

    at: float
    key: str
    feed: str
    story: str
    event: str
    kind: str
    words: int
    published: float
    edited_at: float = float("inf")
    moved_at: float = float("inf")
    source: str | None = None  # feed of the story that an aggregator carries
    carried: bool = False  # an agency's text, printed as a client prints it

    def is_edited(self, t: float) -> bool:
        """Whether the later headline is out."""
        return t >= self.edited_at


class Timeline:
    """Every entry of every feed, made as far as it is asked for. Safe for several threads."""

    def __init__(self, seed: int, pace: float, script: Script, slots: int | None) -> None:
        self.seed = seed
        self.script = script
        self._pace = pace
        self._slots = slots  # how many there will ever be
        self._made = 0
        self._guard = threading.Lock()
        self._entries: dict[str, list[Entry]] = {outlet.id: [] for outlet in OUTLETS}
        for entry in _history(Random(f"{seed}/history")):
            insort(self._entries[entry.feed], entry)

    def slot_at(self, number: int) -> float:
        """Return when a slot's first entry appears."""
        return self.script.lead_s + (number + Random(f"{self.seed}/at/{number}").random() * 0.6) / self._pace

    @property
    def settled_at(self) -> float:
        """When nothing will change any more; infinite for a wire that never stops."""
        if self._slots is None:
            return float("inf")
        return self.slot_at(self._slots - 1) + SETTLE_S if self._slots else 0.0

    def entries(self, feed: str, until: float) -> Sequence[Entry]:
        """Return the entries of a feed that have appeared by a time, oldest first."""
        with self._guard:
            self._extend(until)
            found = self._entries[feed]
            return found[: bisect_right(found, until, key=lambda entry: entry.at)]

    def piece(self, entry: Entry) -> Piece:
        """Return the text that an entry first had."""
        language = BY_ID[entry.source or entry.feed].language
        piece = _piece(self.seed, entry.event, language, entry.kind, entry.words)
        return carried(piece, Random(f"{self.seed}/{entry.key}/carried")) if entry.carried else piece

    def title(self, entry: Entry, t: float) -> str:
        """Return an entry's headline at a time."""
        piece = self.piece(entry)
        return (
            edited_title(piece, Random(f"{self.seed}/{entry.key}/edit"))
            if entry.is_edited(t)
            else piece.title
        )

    def _extend(self, until: float) -> None:
        while (self._slots is None or self._made < self._slots) and self.slot_at(self._made) <= until:
            number, at = self._made, self.slot_at(self._made)
            for entry in _slot(Random(f"{self.seed}/slot/{number}"), number, at, self.script):
                insort(self._entries[entry.feed], entry)
            self._made += 1


@lru_cache(maxsize=4096)
def _piece(seed: int, event: str, language: str, kind: str, words: int) -> Piece:
    return write(Random(f"{seed}/{event}/text"), LANGUAGES[language], kind, words)


# --- live ------------------------------------------------------------------------------------------------

_OPENING = ("peacekeeping", "peace", "sanctions")  # the first slots: something to tell within seconds


def _slot(random: Random, number: int, at: float, script: Script) -> Iterator[Entry]:
    name = f"s{number}"
    if number == 0:
        yield from _wire(random, name, at, _OPENING[0])
    elif number == BURST_SLOT:
        yield from _burst(random, name, at)
    elif number >= len(_OPENING) and random.random() < 0.2:
        yield from _wire(random, name, at, _kind(random, "en"))
    else:
        outlet = random.choice(_publishing(at, script, plain=number < len(_OPENING)))
        kind = _OPENING[number] if number < len(_OPENING) else _kind(random, outlet.language)
        yield from _report(random, name, at, outlet, kind)


def _publishing(at: float, script: Script, plain: bool) -> list[Outlet]:
    if plain:  # quirks come once there is something to see
        return [outlet for outlet in OUTLETS if outlet.quirk is Quirk.NONE and outlet.language == "en"]
    return [
        outlet
        for outlet in OUTLETS
        if outlet.quirk not in _UNPUBLISHED and at + _QUIET_S < script.ends_at(outlet.quirk)
    ]


def _kind(random: Random, language: str) -> str:
    """Two in three stories are about policy, where the language has such subjects."""
    subjects = LANGUAGES[language].subjects
    wanted = random.random() < 0.66
    return random.choice([kind for kind, subject in subjects.items() if bool(subject.topics) == wanted])


def _report(random: Random, name: str, at: float, outlet: Outlet, kind: str) -> Iterator[Entry]:
    """One outlet's own story, with what its quirk does to it, and perhaps an aggregator's copy."""
    age = random.uniform(1, 50)
    if outlet.quirk is Quirk.ARCHIVE:
        age = random.choice((3 * _HOUR, 72 * _HOUR)) + random.uniform(0, _HOUR)
    edited = (
        at + random.uniform(12, 20) if outlet.quirk in _PLAIN and random.random() < 0.25 else float("inf")
    )
    entry = Entry(
        at=at,
        key=name,
        feed=outlet.id,
        story=name,
        event=name,
        kind=kind,
        words=random.randint(80, 480),
        published=at - age,
        edited_at=edited,
        moved_at=at + 12.0 if outlet.quirk is Quirk.SLUGS else float("inf"),
    )
    yield entry
    if _is_carried(outlet) and random.random() < 0.3:
        yield _carried(entry, at + random.uniform(25, 35))


def _wire(random: Random, name: str, at: float, kind: str) -> Iterator[Entry]:
    """The agency's story, and the same text from some of its clients."""
    clients = [outlet for outlet in OUTLETS if outlet.client]
    words, published = random.randint(80, 480), at - random.uniform(1, 40)
    places = [next(outlet for outlet in OUTLETS if outlet.quirk is Quirk.WIRE)]
    places += random.sample(clients, random.randint(2, 6))
    for number, outlet in enumerate(places):
        key, later = f"{name}w{number}", random.uniform(1, 9) if number else 0.0
        yield Entry(
            at + later, key, outlet.id, key, name, kind, words, published + later, carried=outlet.client
        )


def _burst(random: Random, name: str, at: float) -> Iterator[Entry]:
    """Ten outlets report one earthquake in their own words; the agency's words appear in some more."""
    own = [outlet for outlet in OUTLETS if outlet.quirk is Quirk.NONE and "quake" in _subjects(outlet)]
    for number, outlet in enumerate(random.sample(own, 10)):
        key, seen = f"{name}b{number}", at + random.uniform(0, 8)
        yield Entry(seen, key, outlet.id, key, key, "quake", random.randint(80, 300), at - 30)
    yield from _wire(random, name, at + 1, "quake")


def _subjects(outlet: Outlet) -> Sequence[str]:
    return tuple(LANGUAGES[outlet.language].subjects)


def _is_carried(outlet: Outlet) -> bool:
    """The aggregator speaks English: a reader that meets a story there first must not take it for another's."""
    return outlet.quirk is Quirk.NONE and outlet.language == "en"


def _carried(entry: Entry, at: float) -> Entry:
    feed = next(outlet.id for outlet in OUTLETS if outlet.quirk is Quirk.AGGREGATOR)
    return Entry(
        at=at,
        key=f"{entry.key}a",
        feed=feed,
        story=entry.story,
        event=entry.event,
        kind=entry.kind,
        words=entry.words,
        published=entry.published,
        source=entry.feed,
    )


# --- history ---------------------------------------------------------------------------------------------


def _history(random: Random) -> Iterator[Entry]:
    """What feeds still hold when the wire starts: some hours of news, some of it copied, some carried."""
    shared = [
        (f"hw{n}", _kind(random, "en"), random.randint(80, 480), -random.uniform(2, 30) * _HOUR)
        for n in range(6)
    ]
    for outlet in OUTLETS:
        if outlet.quirk in {Quirk.AGGREGATOR, Quirk.OVERSIZED}:
            continue
        own = [_old(random, f"h-{outlet.id}-{n}", outlet) for n in range(random.randint(5, 9))]
        yield from own
        if _is_carried(outlet):
            yield from (_carried(entry, entry.at + 60) for entry in own[:1])
        if outlet.client or outlet.quirk is Quirk.WIRE:
            for event, kind, words, at in shared if outlet.quirk is Quirk.WIRE else random.sample(shared, 2):
                key = f"{event}-{outlet.id}"
                seen = at + random.uniform(0, 600)
                yield Entry(seen, key, outlet.id, key, event, kind, words, at, carried=outlet.client)


def _old(random: Random, key: str, outlet: Outlet) -> Entry:
    days = (5, 9) if outlet.quirk is Quirk.STALE else (0.02, 1.3)
    at = -random.uniform(*days) * 24 * _HOUR
    return Entry(at, key, outlet.id, key, key, _kind(random, outlet.language), random.randint(80, 480), at)
