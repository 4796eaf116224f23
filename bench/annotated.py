"""The annotated stories of tests/data/annotated: the mark-up (see its README), read into texts with exact offsets."""

import re
from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple

FOLDER = Path(__file__).parents[1] / "tests" / "data" / "annotated"
HALVES = ("open", "heldout")

_MARK = re.compile(r"\{(?P<label>[^{}|]*)\||\}")
_COUNTRY = re.compile(r"(?P<optional>\??)(?P<code>[A-Z]{2})")
_PART = re.compile(r"(?P<what>[dmisc])(?P<ids>\d+(?:,\d+)*)(?: +(?P<key>.+))?")
_OPENING, _CLOSING = "\"'“‘„‚«»「『", "\"'”’“‘»«」』"  # noqa: RUF001 — German closes with “ and «
_SPACES = " \u00a0\u202f"


class AnnotationError(ValueError):
    """A file's mark-up that cannot be read; the message names the file."""


class Kind(StrEnum):
    """How words are reported."""

    DIRECT = "direct"
    MIXED = "mixed"
    INDIRECT = "indirect"


_KINDS = {"d": Kind.DIRECT, "m": Kind.MIXED, "i": Kind.INDIRECT}


class Mention(NamedTuple):
    """A piece of `field` (`title` or `body`) at code points [start, end)."""

    field: str
    start: int
    end: int
    text: str


class Quote(NamedTuple):
    """Reported words of the body, without their marks; `speaker` is a full name of the head, or None when unnamed."""

    number: int
    kind: Kind
    start: int
    end: int
    text: str
    cue: Mention | None
    speaker: tuple[str, ...] | None  # every accepted form of the full name, the preferred one first
    mention: Mention | None


class Annotated(NamedTuple):
    """One annotated story."""

    name: str
    half: str
    language: str
    title: str
    body: str
    quotes: tuple[Quote, ...]
    countries: dict[str, list[Mention]]
    optional: frozenset[str]  # codes that may be found or not
    people: tuple[tuple[str, ...], ...]
    organisations: tuple[tuple[str, ...], ...]
    topics: dict[str, tuple[str, ...]]


_Names = tuple[tuple[tuple[str, ...], ...], tuple[tuple[str, ...], ...]]  # people, organisations


class _Marked(NamedTuple):
    label: str
    place: Mention


def read_all(folder: Path = FOLDER) -> list[Annotated]:
    """Return every story of the halves, and the summit example first, which belongs to neither."""
    files = [
        folder / "summit.txt",
        *(file for half in HALVES for file in sorted((folder / half).glob("*.txt"))),
    ]
    return [read(file) for file in files]


def read(file: Path) -> Annotated:
    """Return the story of one file; raises `AnnotationError`."""
    half = file.parent.name if file.parent.name in HALVES else "summit"
    try:
        return parse(file.read_text(encoding="utf-8"), file.stem, half)
    except AnnotationError as error:
        raise AnnotationError(f"{file.name}: {error}") from error


def parse(source: str, name: str = "story", half: str = "open") -> Annotated:
    """Return the story of one file's text; raises `AnnotationError`."""
    head, cut, marked = source.partition("\n---\n")
    if not cut:
        raise AnnotationError("no line `---` between head and body")
    fields = dict(_head(head))
    title, title_marks = _strip(fields["title"], "title")
    body, marks = _strip(marked.strip("\n"), "body")
    people, organisations = _names(fields["people"]), _names(fields.get("organisations", ""))
    countries, optional = _countries([*title_marks, *marks])
    return Annotated(
        name=name,
        half=half,
        language=fields["language"],
        title=title,
        body=body,
        quotes=tuple(_quotes(marks, body, (people, organisations))),
        countries=countries,
        optional=optional,
        people=people,
        organisations=organisations,
        topics={
            key.removeprefix("topic "): tuple(part.strip() for part in value.split(";"))
            for key, value in fields.items()
            if key.startswith("topic ")
        },
    )


def _head(head: str) -> Iterator[tuple[str, str]]:
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            raise AnnotationError(f"a line of the head without a colon: {line!r}")
        yield key.strip(), value.strip()


def _names(value: str) -> tuple[tuple[str, ...], ...]:
    """`A B; C / D` is two names, the second in two forms."""
    entries = [entry for entry in value.split(";") if entry.strip()]
    return tuple(tuple(form.strip() for form in entry.split(" / ")) for entry in entries)


def _strip(marked: str, field: str) -> tuple[str, list[_Marked]]:
    """Return the text without its mark-up, and every mark with its place in that text."""
    text: list[str] = []
    length = position = 0
    opened: list[tuple[str, int]] = []
    found: list[_Marked] = []
    for mark in _MARK.finditer(marked):
        text.append(marked[position : mark.start()])
        length += mark.start() - position
        position = mark.end()
        if mark["label"] is not None:
            opened.append((mark["label"].strip(), length))
            continue
        if not opened:
            raise AnnotationError(f"a closing brace without an opening one near {marked[:position][-40:]!r}")
        label, start = opened.pop()
        found.append(_Marked(label, Mention(field, start, length, "".join(text)[start:])))
    text.append(marked[position:])
    plain = "".join(text)
    if opened or "{" in plain:
        raise AnnotationError(f"an opening brace without a closing one: {opened}")
    return plain, found


def _countries(marks: list[_Marked]) -> tuple[dict[str, list[Mention]], frozenset[str]]:
    required: dict[str, list[Mention]] = {}
    optional: set[str] = set()
    for label, place in marks:
        if country := _COUNTRY.fullmatch(label):
            if country["optional"]:
                optional.add(country["code"])
            else:
                required.setdefault(country["code"], []).append(place)
        elif not _PART.fullmatch(label):
            raise AnnotationError(f"a mark that is neither a country nor a part of a quote: {label!r}")
    return required, frozenset(optional - required.keys())


class _Parts:
    """What the marks say of each quote's number."""

    def __init__(self) -> None:
        self.spans: dict[int, tuple[Kind, Mention]] = {}
        self.keys: dict[int, str] = {}
        self.cues: dict[int, Mention] = {}
        self.mentions: dict[int, Mention] = {}

    def add(self, what: str, number: int, key: str | None, place: Mention) -> None:
        """Take one mark in."""
        if what in _KINDS:
            if number in self.spans:
                raise AnnotationError(f"quote {number} stands twice")
            self.spans[number] = _KINDS[what], place
        elif what == "c":
            self.cues.setdefault(number, place)
        else:
            self.mentions[number] = place
        if key:
            self.keys[number] = key


def _quotes(marks: list[_Marked], body: str, names: _Names) -> Iterator[Quote]:
    parts = _Parts()
    for label, place in marks:
        if part := _PART.fullmatch(label):
            for number in part["ids"].split(","):
                parts.add(part["what"], int(number), part["key"], place)
    if lost := (parts.cues.keys() | parts.mentions.keys()) - parts.spans.keys():
        raise AnnotationError(f"a cue or a speaker of no quote: {sorted(lost)}")
    before: Quote | None = None
    for number, (kind, place) in sorted(parts.spans.items(), key=lambda item: item[1][1].start):
        mention = parts.mentions.get(number)
        key = parts.keys.get(number) or (mention and mention.text)
        if key:
            speaker = _speaker(key, names)
        elif before and "\n" not in body[before.end : place.start]:
            speaker = before.speaker  # goes on in the same paragraph
        else:
            raise AnnotationError(f"quote {number} has no speaker; write `-` for one that is not named")
        before = Quote(
            number, kind, place.start, place.end, place.text, parts.cues.get(number), speaker, mention
        )
        yield before


def _speaker(key: str, names: _Names) -> tuple[str, ...] | None:
    """Return the one name that has `key` in it or stands in it, people before organisations; None for `-`."""
    if key == "-":
        return None
    for group in names:
        fits = [forms for forms in group if any(_holds(key, form) or _holds(form, key) for form in forms)]
        if len(fits) > 1:
            raise AnnotationError(f"the speaker {key!r} fits more than one name of the head: {fits}")
        if fits:
            return fits[0]
    raise AnnotationError(f"the speaker {key!r} fits no name of the head")


def _holds(text: str, part: str) -> bool:
    return part.casefold() in text.casefold()


def problems(story: Annotated) -> list[str]:
    """Return what is inconsistent in a story: marks missing at a quote's edges, names that the text does not have."""
    found = [
        f"quote {quote.number}: {what}" for quote in story.quotes for what in _quote_problems(story, quote)
    ]
    text = f"{story.title}\n{story.body}"
    found += [
        f"{forms[0]!r} is not in the text"
        for forms in (*story.people, *story.organisations)
        if not any(_stands_in(form, text, story.language) for form in forms)
    ]
    for topic, words in story.topics.items():
        found += [f"topic {topic}: {word!r} is not in the text" for word in words if word not in text]
    return found


def _stands_in(form: str, text: str, language: str) -> bool:
    """Whether a name is there as whole words, where the script has any that nothing is written on to."""
    word = re.escape(form) if language in {"ar", "zh"} else rf"(?<!\w){re.escape(form)}(?!\w)"
    return re.search(word, text, re.IGNORECASE) is not None


def _quote_problems(story: Annotated, quote: Quote) -> Iterator[str]:
    if story.body[quote.start : quote.end] != quote.text or quote.text != quote.text.strip():
        yield "its span is not its text, or has white space at an edge"
    before = story.body[: quote.start].rstrip(_SPACES)[-1:]
    after = story.body[quote.end :].lstrip(_SPACES)[:1]
    marked = before and after and before in _OPENING and after in _CLOSING
    if quote.kind is not Kind.INDIRECT and not marked and not _dialogue(story.body, quote):
        yield f"no quotation marks at its edges: {before!r} … {after!r}"
    if quote.kind is Kind.INDIRECT and before and before in _OPENING:
        yield "indirect words in quotation marks"
    if (
        quote.kind is not Kind.DIRECT
        and quote.mention is None
        and quote.speaker is not None
        and not quote.cue
    ):
        yield "neither cue nor speaker"


def _dialogue(body: str, quote: Quote) -> bool:
    """Whether the quote is a line of a dialogue, or a part of one, after a dash."""
    line = body[body.rfind("\n", 0, quote.start) + 1 : quote.start]
    return line.startswith("—")


def half_marked(story: Annotated) -> list[str]:
    """Return names of countries that are marked in one place of the story and not in another."""
    places = [place for mentions in story.countries.values() for place in mentions]
    names = [name for forms in story.people for name in forms]
    return [
        f"{word!r} at {start} of the {field}"
        for field, text in (("title", story.title), ("body", story.body))
        for word in sorted({place.text for place in places})
        for start in (match.start() for match in re.finditer(rf"\b{re.escape(word)}\b", text))
        if not any(place.field == field and place.start <= start < place.end for place in places)
        and not any(name in text[max(0, start - 40) : start + 40] for name in names)
    ]
