"""Which countries a story speaks of: places by name, told from persons, words and namesakes by what stands around."""

import itertools
import re
from collections import Counter
from collections.abc import Iterator, Sequence

from newsbeam.language.lexicon import ADJECTIVE, CITY, PLACES, STATE, Hit
from newsbeam.language.names import Grammar, Reading

MAX_SPANS = 50  # of one country
_READ = 20_000  # code points of a field in which words tell what a place is

Places = dict[str, list[tuple[str, int, int]]]

_RARELY = {
    "مالي",
    "مالية",
    "ماليين",
    "قطر",
    "طرابلس",
    "صور",
    "того",
    "马里",
}  # words that are seldom the country
_TRUSTED = frozenset(
    "北京|上海|广州|深圳|天津|重庆|武汉|南京|成都|纽约|孟买|海牙|基辅|柏林|巴黎|悉尼|"  # noqa: SIM905
    "东京|大阪|伦敦|开罗|首尔|平壤|曼谷|河内|罗马|雅典|华沙|迪拜|多哈|台北|金边|仰光|万象|釜山|汉堡|米兰".split(
        "|"
    )
)
_CONGO = ("cong", "kong", "конг", "الكونغ", "كونغ", "刚果")
_KOREA = ("korea", "coré", "corea", "корей", "коре", "كور")
_NEIGHBOURS = {"GE": {"AM", "AZ", "RU", "TR", "UA"}}
_BIRD = re.compile(r"\bturkeys?\b|(?i:thanksgiving|\bpoultry\b|\broast|stuffing|\bgobbl)")
_TONGUE_BEFORE = re.compile(
    r"(?:\b(?:in|into|speaks?|spoke|speaking|fluent|learn|learning|teach|teaches|auf|en|на|по)) $",
    re.IGNORECASE,
)
_TONGUE_AFTER = re.compile(
    r"(?:[.,;:!?)”»]|$| and | or | et | y | und |[- ](?:language|speaking|lessons?|speakers?))"
)
_LANGUAGES = frozenset({
    "French", "English", "German", "Spanish", "Russian", "Arabic", "Italian", "Portuguese", "Turkish", "Polish",
    "français", "anglais", "allemand", "espagnol", "russe", "italien", "francés", "inglés", "alemán", "español",
    "ruso", "italiano", "Deutsch", "Englisch", "Französisch", "Russisch", "Spanisch", "Italienisch",
})  # fmt: skip


class _Found:
    """A place in a field, with the code it is taken for."""

    __slots__ = ("code", "hit", "reading")

    def __init__(self, reading: Reading, hit: Hit) -> None:
        self.reading = reading
        self.hit = hit
        self.code = hit.entry.value

    @property
    def form(self) -> str:
        """The place as it is written."""
        return self.reading.text[self.hit.start : self.hit.end]


def find_countries(readings: Sequence[Reading], grammar: Grammar | None) -> Places:
    """Return where each country is meant, by code, the most mentioned first."""
    found = [_Found(reading, hit) for reading in readings for hit in reading.hits if hit.entry.kind in PLACES]
    if not found:
        return {}
    sure = Counter(one.code for one in found if not one.hit.entry.doubtful)
    if any(one.hit.entry.doubtful for one in found):
        found = list(_meant(found, sure, grammar))
    _follow_states(found)
    places: Places = {}
    for code, _ in Counter(one.code for one in found).most_common():
        chosen = [one for one in found if one.code == code][:MAX_SPANS]
        places[code] = [(one.reading.field, one.hit.start, one.hit.end) for one in chosen]
    return places


def _meant(found: list[_Found], sure: Counter[str], grammar: Grammar | None) -> Iterator[_Found]:
    """Yield the places that are meant as such."""
    persons: set[str] = set()
    kept = []
    for one in found:
        if one.hit.entry.doubtful and grammar is not None and _in_person(one, grammar):
            persons.add(one.form)
        else:
            kept.append(one)
    text = None
    for one in kept:
        if not one.hit.entry.doubtful:
            yield one
            continue
        if one.form in persons and not sure[one.code]:
            continue
        if _is_tongue(one):
            continue
        text = _whole(kept) if text is None else text
        if _resolved(one, sure, text):
            yield one


def _whole(found: list[_Found]) -> str:
    texts = {one.reading.field: one.reading.text for one in found}
    return "\n".join(text[:_READ] for text in texts.values())


def _in_person(one: _Found, grammar: Grammar) -> bool:
    """Whether the place is a part of a person's name: the word before or after it is an unknown name."""
    text, hit = one.reading.text, one.hit
    starts, ends, _ = one.reading.marks
    if hit.entry.kind == ADJECTIVE:
        return False
    after = text[hit.end : hit.end + 30]
    if after[:1] == " " and after[1:2].isupper() and hit.end + 1 not in starts:
        word = after[1:].split(" ", 1)[0].rstrip(",.;:’'")
        if not _title_case(one.reading) and word not in grammar.no_names and word not in grammar.bodies:
            return not _capitals(text[hit.start : hit.end])
    before = text[max(0, hit.start - 30) : hit.start]
    if before[-1:] != " " or (hit.start - 1) in ends:
        return False
    word = before.rstrip().rpartition(" ")[2]
    return (
        word[:1].isupper()
        and word.isalpha()
        and word not in grammar.no_names
        and word not in grammar.bodies
        and not _title_case(one.reading)
        and (word in grammar.first_names or not _first_in_sentence(text, hit.start - 1 - len(word)))
    )


def _capitals(form: str) -> bool:
    return len(form) > 3 and form.isupper()


def _first_in_sentence(text: str, start: int) -> bool:
    return start == 0 or text[:start].rstrip(' “”"«„')[-1:] in ".!?\n—-:"


def _title_case(reading: Reading) -> bool:
    """Whether a title has capitals in most words, so that they say nothing."""
    if reading.field != "title":
        return False
    words = [word for word in reading.text.split() if word[:1].isalpha() and len(word) > 3]
    return sum(word[0].isupper() for word in words) > 0.7 * len(words)


def _is_tongue(one: _Found) -> bool:
    """Whether an adjective is the name of a language: `in French.`"""
    if one.hit.entry.kind != ADJECTIVE or one.form not in _LANGUAGES:
        return False
    text, hit = one.reading.text, one.hit
    return bool(_TONGUE_BEFORE.search(text[max(0, hit.start - 12) : hit.start])) and bool(
        _TONGUE_AFTER.match(text, hit.end)
    )


def _resolved(one: _Found, sure: Counter[str], text: str) -> bool:
    """Decide the namesakes; set the code that is meant, or return False where none is."""
    form = one.form.lower()
    if one.hit.entry.kind == CITY and len(form) == 2 and form >= "一":
        return bool(sure[one.code]) or form in _TRUSTED
    if form == "turkey":
        return bool(sure["TR"]) or not _BIRD.search(text)
    if form in _RARELY:
        return bool(sure[one.code])
    if form in {"georgia", "géorgie"}:
        near = sum(sure[code] for code in _NEIGHBOURS["GE"]) + 2 * sure["GE"]
        one.code = "US" if sure["US"] > near else one.code
    elif form.startswith(_CONGO):
        one.code = "CG" if sure["CG"] > sure["CD"] else one.code
    elif form.startswith(_KOREA):
        one.code = "KP" if sure["KP"] > sure["KR"] else one.code
    return True


def _follow_states(found: list[_Found]) -> None:
    """`Paris, Texas` is in the United States; so is `Athens, Georgia` where the state is meant."""
    for one, following in itertools.pairwise(found):
        if (
            one.reading is following.reading
            and one.hit.entry.kind == CITY
            and (
                following.hit.entry.kind == STATE or (following.code == "US" and following.form == "Georgia")
            )
            and one.reading.text[one.hit.end : following.hit.start] == ", "
        ):
            one.code = following.code
