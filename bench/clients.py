"""What a monitoring company's clients watch for, and stories that speak of some of it; the same for the same seed.

A part of a story is the simulated newswire's, with sentences that name things; the rest is made of words without
sense that are as various as those of news (some 65,000 different ones in a million, signs included), because what a
tokenizer costs depends on how many words it has seen before.

Everything has a rank of renown. Stories name things by Zipf's law; one thing in three is watched, and a longer
list adds things of less renown, as a list of clients does. So 100 times as many queries find not 100 times but
about twice as much.
"""

from collections.abc import Iterator
from itertools import accumulate, cycle, islice, product
from random import Random

from newsbeam.newswire.prose import write
from newsbeam.newswire.timeline import LANGUAGES

SHORTEST, LONGEST = 300, 900  # words of a story
RENOWN = 1.2  # the exponent of Zipf's law: how much more often the better known is named
FREQUENCY = 1.2  # the same for words
WATCHED = 3  # one thing in so many is in the list of clients
# Of twenty things that are watched, in this order.
_KINDS = (
    "person", "org", "person", "theme", "place", "person", "org", "person", "org", "theme",
    "person", "org", "person", "place", "person", "org", "theme", "person", "org", "person",
)  # fmt: skip
_STARTS = (
    "Al",
    "Bar",
    "Cor",
    "Dan",
    "El",
    "Far",
    "Gor",
    "Hal",
    "Il",
    "Jar",
    "Kel",
    "Lor",
    "Mar",
    "Nor",
    "Or",
    "Pel",
)
_MIDDLES = ("an", "ber", "co", "di", "en", "fa", "ger", "hi", "is", "ka", "len", "mo")
_ENDS = ("sen", "vic", "ova", "etti", "man", "ski", "dal", "rez", "quist", "ami", "tani", "ford")
_PLACE_ENDS = ("ville", "grad", "mouth", "stan", "burg", "haven", "polis", "shire")
_GIVEN = (
    "Adela", "Amir", "Anselm", "Beata", "Bruno", "Carla", "Cyril", "Dalia", "Doran", "Edda", "Emil", "Fadila",
    "Felix", "Gita", "Goran", "Hana", "Hugo", "Ilse", "Ivo", "Jana", "Jonas", "Kamal", "Katya", "Lena", "Luca",
    "Mira", "Milan", "Nadia", "Nils", "Odette", "Oskar", "Paula", "Petra", "Rafik", "Rosa", "Sami", "Selma",
    "Tariq", "Tilda", "Ulla", "Viktor", "Vera", "Yusuf", "Zora",
)  # fmt: skip
_FIRMS = (
    "Holdings",
    "Energy",
    "Bank",
    "Institute",
    "Foundation",
    "Shipping",
    "Motors",
    "Mining",
    "Group",
    "Union",
)
_MATTERS = (
    "grain", "arms", "border", "fishing", "water", "wheat", "energy", "visa", "railway", "copper", "data", "timber",
    "pension", "airport", "vaccine", "gas", "steel", "harbour", "rice", "asylum", "customs", "satellite", "nuclear",
    "river", "prison", "housing", "tariff", "drone", "fertiliser", "cable", "election", "currency", "mining", "port",
)  # fmt: skip
_ACTS = (
    "export", "security", "transit", "supply", "safety", "access", "control", "sharing", "reform", "monitoring",
    "licence", "storage", "quota", "credit", "pricing", "inspection", "recovery", "repair", "rescue", "observer",
    "reserve", "support", "payment", "exchange", "planning", "waiver",
)  # fmt: skip
_FORMS = (
    "deal",
    "ban",
    "law",
    "crisis",
    "mission",
    "scheme",
    "talks",
    "inquiry",
    "fund",
    "treaty",
    "dispute",
)
_SENTENCES = (
    "{person} of {org} said in {place} that the {theme} would be taken up again.",
    "The {theme} was on the agenda when {person} met {person} in {place}.",
    "{org} and {org} declined to comment on the {theme}.",
    "Police in {place} questioned {person} about payments by {org}.",
    "{person}, who chairs {org}, called the {theme} a mistake.",
    "Shares in {org} fell after {place} announced the {theme}.",
    "A court in {place} charged {person} and two directors of {org}.",
    "{org}\u2019s board opened an office in {place}, where {person} will lead its work.",
    "Neither {person} nor {person} mentioned the {theme}.",
)
_QUERIES = (
    '"{name}"',
    '"{name}" AND (sanction* OR ceasefire OR court OR shares)',
    '"{name}" NEAR/10 (charged OR questioned OR met OR chairs)',
    '"{name}"',
    '("{name}" OR "{other}") AND NOT (concert* OR museum OR "cup final")',
    '"{name}"~2 OR "{begin}*"',
    '"{name}"',
    '"{name}" AND "{other}"',
    '"{name}" NEAR/25 "{other}"',
)
_OFTEN = (
    "the", "of", "to", "and", "a", "in", "that", "is", "for", "on", "it", "was", "with", "said", "as", "by", "at",
    "from", "has", "have", "are", "but", "an", "its", "he", "not", "they", "were", "who", "will", "which", "this",
    "had", "their", "more", "about", "would", "after", "been", "one", "up", "his", "if", "people", "there", "when",
    "out", "new", "also", "year", "last", "all", "over", "we", "two", "could", "into", "than", "other", "some",
    "time", "first", "so", "no", "just", "only", "can", "because", "like", "them", "most", "make", "under", "against",
)  # fmt: skip
_VOCABULARY = 90_000  # word forms
_ONSETS = (
    "b",
    "c",
    "d",
    "f",
    "g",
    "h",
    "l",
    "m",
    "n",
    "p",
    "r",
    "s",
    "t",
    "v",
    "br",
    "ch",
    "cr",
    "dr",
    "fl",
    "gr",
    "pl",
    "pr",
)
_CODAS = ("a", "e", "i", "o", "u", "an", "el", "er", "in", "on", "ar", "ent", "est", "ust", "ock", "and")
_SUFFIXES = ("", "s", "ed", "ing", "er", "ly", "tion", "ment")
_ENGLISH = LANGUAGES["en"]


class Clients:
    """Everything that may be watched, and texts that speak of it."""

    def __init__(self, seed: int = 1) -> None:
        self._random = Random(f"clients/{seed}")  # noqa: S311 - chance that a seed repeats, not secrets
        roots = ["".join(parts) for parts in product(_STARTS, _MIDDLES, _ENDS)]
        towns = ["".join(parts) for parts in product(_STARTS, _MIDDLES, _PLACE_ENDS)]
        self._known = {
            "person": self._shuffled(f"{given} {family}" for given, family in product(_GIVEN, roots)),
            "org": self._shuffled(f"{root} {firm}" for root, firm in product(roots, _FIRMS)),
            "place": self._shuffled(
                f"{before}{town}" for before, town in product(("", "New ", "Port ", "Upper "), towns)
            ),
            "theme": self._shuffled(" ".join(words) for words in product(_MATTERS, _ACTS, _FORMS)),
        }
        self._weights = {
            kind: list(accumulate(rank**-RENOWN for rank in range(1, len(names) + 1)))
            for kind, names in self._known.items()
        }

        forms = ["".join(parts) for parts in product(_ONSETS, _CODAS, _ONSETS, _CODAS, _SUFFIXES)]
        self._random.shuffle(forms)
        self._words = [*_OFTEN, *sorted(forms[:_VOCABULARY], key=self._renown)]
        self._word_weights = list(accumulate((rank + 3) ** -FREQUENCY for rank in range(len(self._words))))

    def _renown(self, word: str) -> float:
        """Shorter words are more frequent, by and large."""
        return len(word) * 0.2 + self._random.random()

    def _shuffled(self, names: Iterator[str]) -> list[str]:
        shuffled = list(names)
        self._random.shuffle(shuffled)
        return shuffled

    def literals(self, number: int) -> list[str]:
        """Return the first so many names and themes that are watched; a longer list begins with a shorter one."""
        watched = {kind: iter(names[1::WATCHED]) for kind, names in self._known.items()}
        return list(islice((next(watched[kind]) for kind in cycle(_KINDS)), number))

    def mixed(self, number: int) -> list[str]:
        """Return so many queries: a third literals, a third boolean, a third phrases and proximity."""
        names = self.literals(number)
        forms = cycle(_QUERIES)
        # The name without its last letter stands before a wildcard.
        return [
            next(forms).format(name=name, other=names[n // 2], begin=name[:-1])
            for n, name in enumerate(names)
        ]

    def stories(self, number: int) -> list[str]:
        """Return the next so many stories, as running text."""
        return [self._story() for _ in range(number)]

    def _story(self) -> str:
        random = self._random
        wanted, kinds = random.randint(SHORTEST, LONGEST), list(_ENGLISH.subjects)
        paragraphs: list[str] = []
        while sum(len(paragraph.split()) for paragraph in paragraphs) < wanted - 100:
            piece = write(random, _ENGLISH, random.choice(kinds), 250)
            senseless = [" ".join(self._sentence() for _ in range(4)) for _ in range(2)]
            paragraphs += [*piece.paragraphs[:2], self._mention(), self._mention(), *senseless]
        return " ".join("\n\n".join(paragraphs).split(" ")[:LONGEST])

    def _sentence(self) -> str:
        """Words by their frequency, with the signs that stand between words in news."""
        random = self._random
        words = random.choices(self._words, cum_weights=self._word_weights, k=random.randint(10, 28))
        words[0] = words[0].capitalize()
        words[5] += ","
        if random.random() < 0.15:
            words[7] = f"{random.randint(1, 2_000):,}"
        if random.random() < 0.2:
            words[2], words[8] = f"“{words[2]}", f"{words[8]}”"
        return " ".join(words) + "."

    def _mention(self) -> str:
        parts = self._random.choice(_SENTENCES).replace("{", "\0{").split("\0")
        return "".join(self._filled(part) for part in parts)

    def _filled(self, part: str) -> str:
        kind, brace, rest = part.removeprefix("{").partition("}")
        if not brace:
            return part
        (name,) = self._random.choices(self._known[kind], cum_weights=self._weights[kind])
        return name + rest
