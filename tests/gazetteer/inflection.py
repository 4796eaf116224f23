"""The forms of country adjectives and place names, by rule.

Too many forms are made rather than too few: one that is no word never stands in a text.
"""

import re
from collections.abc import Callable, Iterator

_RU_ADJECTIVE = ["ий", "ого", "ому", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ими"]
_UK_ADJECTIVE = ["ий", "ого", "ому", "им", "а", "ої", "ій", "у", "ою", "е", "і", "их", "ими"]
_FRENCH = (  # feminine ending, masculine ending
    ("ienne", "ien"), ("éenne", "éen"), ("yenne", "yen"), ("onne", "on"), ("aise", "ais"), ("oise", "ois"),
    ("aine", "ain"), ("ane", "an"), ("ole", "ol"), ("ande", "and"), ("ine", "in"),
)  # fmt: skip


def capital(word: str) -> str:
    """Return the word with its first letter in upper case."""
    return word[:1].upper() + word[1:]


def english(word: str) -> Iterator[str]:
    """`Iraqi` and `Iraqis`; what ends in -sh, -ch or -ese has no plural."""
    yield word
    if not word.endswith(("sh", "ch", "ese", "ss")):
        yield word + "s"


def french(word: str) -> Iterator[str]:
    """Both genders and numbers, as adjective and as noun."""
    masculine = feminine = word
    for woman, man in _FRENCH:
        if word.endswith(woman):
            masculine = word[: -len(woman)] + man
            break
        if word.endswith(man):
            feminine = word[: -len(man)] + woman
            break
    plural = masculine if masculine.endswith("s") else masculine + "s"
    for form in (masculine, feminine, plural, feminine + "s"):
        yield from (form, capital(form))


def spanish(word: str) -> Iterator[str]:
    """Both genders and numbers."""
    for form in _spanish(word):
        yield from (form, capital(form))


def _spanish(word: str) -> tuple[str, ...]:
    if word.endswith(("esa", "és")):
        stem = word.removesuffix("esa").removesuffix("és")
        return stem + "és", stem + "esa", stem + "eses", stem + "esas"
    if word.endswith(("án", "ana")) and not word.endswith("iana"):
        stem = word.removesuffix("ana").removesuffix("án")
        return tuple(stem + end for end in ("án", "ana", "anes", "anas", "ano", "anos"))
    if word.endswith(("o", "a")):
        return tuple(word[:-1] + end for end in ("o", "a", "os", "as"))
    if word.endswith("í"):
        return word, word + "es"
    if word.endswith(("ol", "ola")):
        stem = word.removesuffix("a")
        return stem, stem + "a", stem + "es", stem + "as"
    return word, word + "s"


def german(word: str) -> Iterator[str]:
    """The adjective in every ending; from -nisch also the people, as `Amerikaner`."""
    stem = re.sub(r"(e[rsnm]?)$", "", word) if "isch" in word else word
    if not stem.endswith("isch"):
        return
    for end in ("", "e", "er", "en", "em", "es"):
        yield from (stem.lower() + end, capital(stem) + end)
    if stem.endswith("nisch"):
        people = capital(stem.removesuffix("isch")) + "er"
        yield from (people + end for end in ("", "n", "s", "in", "innen"))


def russian(word: str) -> Iterator[str]:
    """The adjective in every case; from -ский also the people, as `украинцы`."""
    stem = re.sub(r"(ий|ая|ое|ый)$", "", word.lower())
    forms = [stem + end for end in _RU_ADJECTIVE]
    if stem.endswith("ск"):
        forms += [stem[:-2] + end for end in ["ец", "ца", "цы", "цев", "цам", "цами", "цах", "цу", "цем"]]
    for form in forms:
        yield from (form, capital(form))


def ukrainian(word: str) -> Iterator[str]:
    """The adjective in every case; from -ський also the people, as `українці`."""
    stem = re.sub(r"(ий|а|е)$", "", word.lower())
    forms = [stem + end for end in _UK_ADJECTIVE]
    if stem.endswith("ськ"):
        forms += [stem[:-3] + end for end in ["ець", "ця", "ці", "ців", "цям", "цями", "цях", "цю", "цем"]]
    for form in forms:
        yield from (form, capital(form))


def arabic(word: str) -> Iterator[str]:
    """The adjective without article, both genders and numbers."""
    stem = word.removeprefix("ال").removesuffix("ة")
    if stem.endswith("ي"):
        yield from (stem, stem + "ة", stem + "ون", stem + "ين", stem + "ات")


ADJECTIVES: dict[str, Callable[[str], Iterator[str]]] = {
    "en": english, "fr": french, "es": spanish, "de": german, "ru": russian, "uk": ukrainian, "ar": arabic,
}  # fmt: skip


def names(language: str, name: str) -> Iterator[str]:
    """Return a place's name as it may stand in a text: in its cases, and with a plain hamza."""
    yield name
    match language:
        case "de":
            if name[-1] not in "sxzß":
                yield name + "s"
        case "ru":
            yield from _phrase(name, _russian_word)
        case "uk":
            yield from _phrase(name, _ukrainian_word)
        case _:
            return


def _phrase(name: str, decline: Callable[[str], tuple[str, ...]]) -> Iterator[str]:
    """The cases of a name of one or two words; longer ones stay as they are, but for their first word."""
    words = name.split(" ")
    if len(words) > 3 or any(character in name for character in "(),"):
        return
    cases = [decline(word) if word[:1].isupper() else () for word in words]
    number = max(map(len, cases))
    for n in range(number):
        yield " ".join(
            (forms[n] if n < len(forms) else word) for forms, word in zip(cases, words, strict=True)
        )


_RU_CASES = (  # ending, then genitive, dative, accusative, instrumental, prepositional
    ("ская", "ской ской скую ской ской"), ("ский", "ского скому ский ским ском"),
    ("ские", "ских ским ские скими ских"), ("нные", "нных нным нные нными нных"),
    ("ая", "ой ой ую ой ой"), ("ый", "ого ому ый ым ом"), ("ые", "ых ым ые ыми ых"),
    ("ия", "ии ии ию ией ии"), ("аты", "атов атам аты атами атах"), ("ва", "вы ве ву вой ве"),
    ("ка", "ки ке ку кой ке"), ("га", "ги ге гу гой ге"), ("ша", "ши ше шу шей ше"), ("а", "ы е у ой е"),
    ("ья", "ьи ье ью ьей ье"), ("я", "и е ю ей е"), ("иль", "иля илю иль илем иле"), ("нь", "ня ню нь нем не"),
    ("ь", "я ю ь ем е и ью"), ("й", "я ю й ем е"), ("ы", "ов ам ы ами ах"),
)  # fmt: skip
_UK_CASES = (
    ("ська", "ської ській ську ською ській"), ("ський", "ського ському ський ським ському"),
    ("ські", "ських ським ські ськими ських"), ("ні", "них ним ні ними них"), ("лика", "ликої ликій лику ликою ликій"),
    ("ія", "ії ії ію ією ії"), ("ати", "атів атам ати атами атах"), ("ка", "ки ці ку кою ці"),
    ("на", "ни ні ну ною ні"), ("а", "и і у ою і"), ("я", "ї ї ю єю ї"), ("ль", "лю лем лі ля ля"),
    ("ь", "я ю ь ем і"), ("й", "я ю й єм ї"), ("иїв", "иєва иєву иїв иєвом иєві"), ("ів", "ова ову ів овом ові"),
    ("и", "ів ам и ами ах"),
)  # fmt: skip


def _russian_word(word: str) -> tuple[str, ...]:
    return _declined(word, _RU_CASES, "а у ом е")


def _ukrainian_word(word: str) -> tuple[str, ...]:
    return _declined(word, _UK_CASES, "у ом і а ові")


def _declined(word: str, cases: tuple[tuple[str, str], ...], after_consonant: str) -> tuple[str, ...]:
    if not re.fullmatch(r"[А-Яа-яЁёІіЇїЄєҐґ-]{3,}", word):
        return ()
    for ending, forms in cases:
        if word.endswith(ending):
            stem = word.removesuffix(ending)
            return tuple(stem + form for form in forms.split())
    if word[-1] in "оиуюэеєёії":
        return ()
    return tuple(word + form for form in after_consonant.split())
