"""From templates to text: alternatives, slots, and a cast that stays the same through one story.

`[this|that]` is one of its alternatives, `{city}` a slot of the story's cast, `{n:20-300}` a number,
`{y:2027-2031}` a year.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random

_CHOICE = re.compile(r"\[([^\[\]]*)\]")
_SLOT = re.compile(r"\{(\w+)(?::(\d+)-(\d+))?\}")


@dataclass(frozen=True)
class Subject:
    """What stories of one kind are made of; `topics` is what each of them is meant to be tagged with."""

    topics: frozenset[str]
    titles: Sequence[str]
    leads: Sequence[str]
    sentences: Sequence[str]


@dataclass(frozen=True)
class Language:
    """A language's subjects, its neutral sentences for any story, and the names that fill slots."""

    code: str
    subjects: Mapping[str, Subject]
    common: Sequence[str]
    slots: Mapping[str, Sequence[str]]
    thousands: str = ","


@dataclass(frozen=True)
class Piece:
    """A written story."""

    kind: str
    language: str
    topics: frozenset[str]
    title: str
    summary: str
    paragraphs: tuple[str, ...]

    @property
    def words(self) -> int:
        """Number of words in the body."""
        return sum(len(paragraph.split()) for paragraph in self.paragraphs)


@dataclass
class Cast:
    """The names of one story; each slot is drawn once, two slots never share a name."""

    random: Random
    language: Language
    drawn: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)  # of title and leads: they speak of one thing

    def name(self, slot: str) -> str:
        """Return the story's name for a slot; `surname` belongs to `person`, `city2` is another `city`."""
        if slot in {"surname", "surname2"}:
            return self.name("person" + slot.removeprefix("surname")).split(" ", 1)[1]
        if slot not in self.drawn:
            pool = self.language.slots[slot.rstrip("2")]
            self.drawn[slot] = self.random.choice([name for name in pool if name not in self.drawn.values()])
        return self.drawn[slot]

    def fill(self, template: str, *, head: bool = False) -> str:
        """Return a template as text; in a title or lead one range gives one number."""
        text = template
        while _CHOICE.search(text):
            text = _CHOICE.sub(lambda match: self.random.choice(match[1].split("|")), text)
        return _SLOT.sub(lambda match: self._slot(match, head), text)

    def _slot(self, match: re.Match[str], head: bool) -> str:
        if match[2] is None:
            return self.name(match[1])
        number = self.random.randint(int(match[2]), int(match[3]))
        if head:
            number = self.numbers.setdefault(match[0], number)
        if match[1] == "y":
            return str(number)
        return f"{number:,}".replace(",", self.language.thousands)


def write(random: Random, language: Language, kind: str, words: int) -> Piece:
    """Return a story of a kind, of about `words` words (as far as the templates reach)."""
    subject = language.subjects[kind]
    cast = Cast(random, language)
    title = cast.fill(random.choice(subject.titles), head=True)
    first, second = random.sample(subject.leads, 2)
    summary, sentences = cast.fill(first, head=True), [cast.fill(second, head=True)]
    own = random.sample(subject.sentences, len(subject.sentences))
    common = random.sample(language.common, len(language.common))
    count = len(sentences[0].split())
    while count < words and (own or common):
        pool = own if own and (random.random() < 0.6 or not common) else common
        sentence = cast.fill(pool.pop())
        sentences.append(sentence)
        count += len(sentence.split())
    return Piece(kind, language.code, subject.topics, title, summary, _paragraphs(random, sentences))


def edited_title(piece: Piece, random: Random) -> str:
    """Return another headline for a story, as a later edition has it."""
    prefix = {
        "en": ("UPDATE: ", "Live: ", "What we know: "),
        "fr": ("MISE À JOUR. ", "Direct : "),
        "es": ("ACTUALIZACIÓN: ", "En directo: "),
        "de": ("AKTUALISIERT: ", "Liveblog: "),
    }[piece.language]
    return random.choice(prefix) + piece.title


def carried(piece: Piece, random: Random) -> Piece:
    """Return an agency's story as a client prints it: as it is, with a dateline, cut, or with a line of its own."""
    first, *rest = piece.paragraphs
    match random.randrange(4):
        case 1:
            return replace(piece, paragraphs=(f"(Meridian Press) — {first}", *rest))
        case 2:
            return replace(piece, paragraphs=piece.paragraphs[: len(piece.paragraphs) * 2 // 3 + 1])
        case 3:
            return replace(piece, paragraphs=(*piece.paragraphs, "More of this on our pages in the morning."))
    return piece


def _paragraphs(random: Random, sentences: Sequence[str]) -> tuple[str, ...]:
    found, at = [], 0
    while at < len(sentences):
        size = random.randint(1, 3)
        found.append(" ".join(sentences[at : at + size]))
        at += size
    return tuple(found)
