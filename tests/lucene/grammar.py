"""Random queries and texts that have much to do with each other: words of several languages and scripts.

A *plain* text holds only what Lucene's own analysis cuts and folds as newsbeam's stated rule does. The others
also hold what newsbeam treats in its own way: elisions, initials, words with signs, kana, Thai, decomposed
letters, invisible signs.
"""

import unicodedata
from collections.abc import Callable
from random import Random
from typing import NamedTuple

ENGLISH = (
    "ceasefire", "truce", "peacekeepers", "peacekeeping", "mission", "sanctions", "sanction", "grain", "NATO",
    "Council", "talks", "attack", "attacked", "stabilisation", "stabilization", "monitors", "the", "of", "war",
    "peace-keeping", "NATO's", "O'Brien",
)  # fmt: skip
EUROPEAN = (
    "Élysée", "elysee", "trêve", "négociations", "négociation", "casques", "bleus", "État", "œuvre", "sommet", "de",
    "la", "Waffenruhe", "Straße", "Gespräche", "Gespräch", "Ørsted", "Łódź", "tregua", "año",
)  # fmt: skip
CYRILLIC = (
    "перемирие", "перемирия", "миссия", "санкции", "санкций", "ООН", "миротворцы", "Кремль", "переговоры", "мир",
    "Україна", "України", "перемир’я", "Київ", "рішення",
)  # fmt: skip
HAN = ("停戦", "国連", "停戦協定", "国連軍", "制裁", "合意", "軍", "国", "和平协议", "和平")
ODD = (
    "l’OTAN", "d'Ivoire", "qu’une", "U.N.", "U.S.A.", "C++", ".NET", "Yahoo!", "AT&T", "3.5", "12,000", "ガザ",
    "ガザ地区", "สันติภาพ", "Ély\u00adsée", "O’Brien’s", "and/or", "صُلح", "Σύνοδος", "ἐλπίς", "İstanbul",
)  # fmt: skip
TONGUES = (ENGLISH, EUROPEAN, CYRILLIC, HAN)
BETWEEN = (" ", " ", " ", " ", " ", ", ", ". ", " — ", "; ", "\n", " (", "-", " / ")
OUTLETS = ("bbc", "Le Monde", "Agence Élan", "tass")


class Words(NamedTuple):
    """What one batch of queries and texts is made of; few enough that they meet."""

    words: tuple[str, ...]
    plain: bool


class Text(NamedTuple):
    """One document: its three fields and the values of its outlet."""

    title: str
    summary: str
    body: str
    outlet: str


def choose_words(random: Random, *, plain: bool) -> Words:
    """Return a small vocabulary of one or two languages, mixed with another's words."""
    first, second = random.choice(TONGUES), random.choice(TONGUES)
    chosen = [*random.sample(first, random.randint(4, 6)), *random.sample(second, random.randint(1, 4))]
    if not plain:
        chosen += random.sample(ODD, 3)
    return Words(tuple(dict.fromkeys(chosen)), plain)


# --- texts ------------------------------------------------------------------------------------------------


def make_text(random: Random, words: Words) -> Text:
    """Return a document of about twenty words."""
    long = random.random() < 0.05
    title, summary = (_running(random, words, random.randint(0, 6)) for _ in range(2))
    body = _running(random, words, random.randint(90, 110) if long else random.randint(3, 16))
    return Text(title, summary, body, random.choice(OUTLETS))


def _running(random: Random, words: Words, number: int) -> str:
    text = ""
    for n in range(number):
        word = random.choice(words.words)
        joined = word[0] in "停国制合軍和" and random.random() < 0.5
        text += ("" if joined or not n else random.choice(BETWEEN)) + _otherwise_written(random, word, words)
    return text


def _otherwise_written(random: Random, word: str, words: Words) -> str:
    chance = random.random()
    if chance < 0.1:
        return word.upper() if word.isascii() else word
    if chance < 0.2:
        return word.capitalize() if word.islower() else word
    if not words.plain and chance < 0.3:
        return unicodedata.normalize("NFD", word)
    return word


# --- queries ----------------------------------------------------------------------------------------------


def make_query(random: Random, words: Words) -> str:
    """Return the text of a query that newsbeam takes."""
    return _boolean(random, words, random.choice((0, 0, 1, 1, 2)))


def _boolean(random: Random, words: Words, depth: int) -> str:
    if depth == 0:
        return _fielded(random, words)

    def inner(least: int = 0) -> str:
        part = _boolean(random, words, random.randint(least, depth - 1))
        return f"({part})"

    forms: list[Callable[[], str]] = [
        lambda: f"{inner()} AND {inner()}",
        lambda: f"{inner()} OR {inner()}",
        lambda: f"{inner()} OR {inner()} OR {inner()}",
        lambda: f"{inner()} AND NOT {inner()}",
        lambda: f"+{inner()} +{inner()} -{inner()}",
        lambda: f"{inner()} && ({inner()} || {inner()}) !{inner()}",
    ]
    return random.choice(forms)()


def _fielded(random: Random, words: Words) -> str:
    chance = random.random()
    if chance < 0.05:
        return f"outlet:{random.choice(('bbc', 'bb*', '/t.ss/', 'elan', chr(34) + 'le monde' + chr(34)))}"
    part = _near(random, words) if random.random() < 0.4 else _leaf(random, words)
    if chance < 0.25:
        return f"{random.choice(('title', 'summary', 'body', 'lead'))}:({part})"
    return part


def _near(random: Random, words: Words) -> str:
    """Words, phrases and groups near each other; one side may be such a thing itself."""

    def side() -> str:
        chance = random.random()
        if chance < 0.15:
            return (
                f"({_leaf(random, words, slop=1)} NEAR/{random.randint(0, 2)} {_leaf(random, words, slop=1)})"
            )
        if chance < 0.35:
            return f"({_leaf(random, words, slop=1)} OR {_leaf(random, words, slop=2)})"
        return _leaf(random, words, slop=2)

    return f"{side()} NEAR/{random.randint(0, 4)} {side()}"


def _leaf(random: Random, words: Words, slop: int = 3) -> str:
    chance = random.random()
    if chance < 0.4:
        return _term(random, words)
    if chance < 0.5:
        return _regex(random, words)
    return _phrase(random, words, slop)


def _term(random: Random, words: Words) -> str:
    word = random.choice(words.words)
    return _wild(random, word) if random.random() < 0.35 else _escaped(_plainly(random, word))


def _phrase(random: Random, words: Words, most: int) -> str:
    parts = []
    for n in range(random.choice((2, 2, 2, 3))):
        if n and random.random() < 0.1:
            parts.append("*")
        word = random.choice(words.words)
        wild = random.random() < 0.25
        parts.append(_wild(random, word, in_phrase=True) if wild else _plainly(random, word))
    slop = random.choice(("", "~0", *(f"~{n}" for n in range(1, most + 1))))
    return f'"{" ".join(parts)}"{slop}'


def _plainly(random: Random, word: str) -> str:
    """The word, sometimes without accents or in capitals: it is the same word."""
    chance = random.random()
    if chance < 0.15:
        return word.upper() if "ß" not in word else word
    if chance < 0.3 and word in EUROPEAN:
        return "".join(sign for sign in unicodedata.normalize("NFD", word) if not unicodedata.combining(sign))
    return word


def _escaped(word: str) -> str:
    return word.replace("!", r"\!").replace("/", r"\/")


def _wild(random: Random, word: str, *, in_phrase: bool = False) -> str:
    """The word with a wildcard somewhere, where it is long enough and made of letters alone."""
    if not word.isalpha() or len(word) < 4 or word in (*HAN, *ODD):
        return word if in_phrase else _escaped(word)
    at = random.randint(2, len(word) - 2)
    forms = [
        f"{word[:at]}*",
        f"{word[:at]}*",
        f"*{word[at:]}",
        f"{word[:at]}?{word[at + 1 :]}",
        f"{word[: at - 1]}*{word[at:]}",
        f"?{word[1:]}",
    ]
    return random.choice(forms)


def _regex(random: Random, words: Words) -> str:
    """An expression in the syntax that RE2 and Lucene share, for a folded word."""
    word = random.choice([word for word in (*words.words, "truce") if word.isascii() and word.isalpha()])
    word = word.lower()
    at = random.randint(1, len(word) - 1)
    forms = [
        f"{word[:at]}.*",
        f"{word[:at]}[{word[at]}xy]{word[at + 1 :]}",
        f"({word}|{word}s)",
        f"{word[:at]}{word[at]}+{word[at + 1 :]}s?",
        f"[a-z]{{2,4}}{word[at:]}",
        f"[^{word[at]}]*{word[at:]}",
        f"{word.upper()}",
    ]
    return f"/{random.choice(forms)}/"
