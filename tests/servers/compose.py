"""docker-compose.yml as the tests read it: its services, and their words as they are on this machine."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[2]
COMPOSE: Mapping[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
PROFILES = ("server", "cluster")


def of_profile(profile: str) -> Mapping[str, Any]:
    """Return the services of a profile, each after those that it depends on."""
    active = {name: service for name, service in SERVICES.items() if profile in service["profiles"]}
    ordered: dict[str, Any] = {}
    while len(ordered) < len(active):
        ready = [name for name in active if name not in ordered and needs(name) <= set(ordered)]
        assert ready, (
            f"services that wait for each other, or for none of {profile}: {set(active) - set(ordered)}"
        )
        ordered.update({name: active[name] for name in ready})
    return ordered


def needs(name: str) -> set[str]:
    """Return the services that must be there before a service starts."""
    shared = SERVICES[name].get("network_mode", "")
    return {*SERVICES[name].get("depends_on", ()), *filter(None, [shared.removeprefix("service:")])}


def is_ours(name: str) -> bool:
    """Say whether a service runs newsbeam's own image."""
    return str(SERVICES[name]["image"]).startswith("newsbeam:")


class Mapped:
    """Words of the file with hosts, ports and paths of containers replaced by those of this machine."""

    def __init__(self, places: Mapping[str, object]) -> None:
        self._places = {name: str(place) for name, place in places.items()}
        longest_first = sorted(map(re.escape, self._places), key=len, reverse=True)
        self._any = re.compile("|".join(longest_first))

    def word(self, word: object) -> str:
        """Return one word with every place in it replaced, the longest that fits."""
        return self._any.sub(lambda found: self._places[found[0]], str(word))

    def words(self, *parts: Iterable[object]) -> Sequence[str]:
        """Return a command line put together of parts."""
        return [self.word(word) for part in parts for word in part]

    def pairs(self, given: Mapping[str, object]) -> Mapping[str, str]:
        """Return an environment."""
        return {name: self.word(value) for name, value in given.items()}


def image() -> Iterator[tuple[str, str]]:
    """Yield the instructions of newsbeam's image, from its last FROM on."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    last = text[text.rindex("\nFROM ") :]
    for line in last.strip().splitlines():
        instruction, _, rest = line.strip().partition(" ")
        yield instruction, rest.strip()
