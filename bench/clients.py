"""What a monitoring company's clients watch for, and stories that speak of some of it; the same for the same seed.

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
    "{org} opened an office in {place}, where {person} will lead its work.",
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
        while sum(len(paragraph.split()) for paragraph in paragraphs) < wanted - 40:
            piece = write(random, _ENGLISH, random.choice(kinds), min(wanted, 250))
            paragraphs += [*piece.paragraphs[:4], self._mention(), self._mention()]
        return " ".join("\n\n".join(paragraphs).split(" ")[:LONGEST])

    def _mention(self) -> str:
        parts = self._random.choice(_SENTENCES).replace("{", "\0{").split("\0")
        return "".join(self._filled(part) for part in parts)

    def _filled(self, part: str) -> str:
        kind, brace, rest = part.removeprefix("{").partition("}")
        if not brace:
            return part
        (name,) = self._random.choices(self._known[kind], cum_weights=self._weights[kind])
        return name + rest
