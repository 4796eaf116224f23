"""Which publisher a story is from: what `config/outlets.yaml` knows, found by id, name or domain."""

import re
from collections.abc import Iterable
from typing import Literal
from urllib.parse import urlsplit

import msgspec

from newsbeam.identity import registrable_domain
from newsbeam.story import OutletFacts, Story
from newsbeam.topics.analysis import fold

UNKNOWN = "unknown"
_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+")


class OutletEntry(msgspec.Struct, frozen=True, kw_only=True):
    """One publisher. `domains` hold for their subdomains too; `family` is the owner, by default itself."""

    id: str
    name: str
    domains: tuple[str, ...] = ()
    country: str | None = None
    language: str | None = None
    family: str | None = None
    type: str | None = None
    groups: tuple[str, ...] = ()
    wire: bool = False
    text: Literal["full", "excerpt", "none"] = "full"

    def facts(self) -> OutletFacts:
        """Return the entry as stories carry it."""
        return OutletFacts(
            id=self.id,
            name=self.name,
            family=self.family or self.id,
            country=self.country,
            language=self.language,
            type=self.type,
            groups=self.groups,
            wire=self.wire,
            text=self.text,
        )


class Outlets:
    """All known publishers; the only way from a story to its outlet."""

    def __init__(self, entries: Iterable[OutletEntry]) -> None:
        self._by_name: dict[str, OutletFacts] = {}
        self._by_domain: dict[str, OutletFacts] = {}
        known = [(entry, entry.facts()) for entry in entries]
        for entry, facts in known:
            self._by_name.setdefault(_name_key(entry.name), facts)
            self._by_domain.update((domain.lower(), facts) for domain in entry.domains)
        self._by_name.update((_name_key(entry.id), facts) for entry, facts in known)  # ids win over names

    def resolve(self, story: Story) -> OutletFacts:
        """Return the story's outlet: what the story says it is, else where its link leads.

        An outlet that is not listed is known by its registrable domain, or by its name when that is all.
        """
        said = (story.outlet or "").strip()
        if said:
            listed = self._by_name.get(_name_key(said))
            if listed is not None:
                return listed
            host = _host_of(said) or (said if _HOST.fullmatch(said) else None)
            return self._of_host(host) if host else _unlisted(_name_key(said).replace(" ", "-"), said)
        host = _host_of(story.url or "")
        return self._of_host(host) if host else _unlisted(UNKNOWN, UNKNOWN)

    def _of_host(self, host: str) -> OutletFacts:
        name = host.lower().rstrip(".")
        labels = name.split(".")
        for first in range(len(labels)):
            listed = self._by_domain.get(".".join(labels[first:]))
            if listed is not None:
                return listed
        domain = registrable_domain(name)
        return _unlisted(domain, domain)


def _unlisted(outlet: str, name: str) -> OutletFacts:
    return OutletFacts(id=outlet, name=name, family=outlet)


def _name_key(name: str) -> str:
    return " ".join(fold(name).split())


def _host_of(url: str) -> str | None:
    try:
        return urlsplit(url).hostname if "://" in url else None
    except ValueError:
        return None
