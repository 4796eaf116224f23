"""One settings file and the environment, into the sections that the parts of newsbeam declare."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from newsbeam.errors import ConfigurationError
from newsbeam.settings.check import check
from newsbeam.settings.spelling import EnvironmentText, advice
from newsbeam.settings.yamlfile import Lines, Trail, read_yaml

PREFIX = "NEWSBEAM_"


class Clash(NamedTuple):
    """A setting that is right by itself and wrong beside another section's."""

    section: str
    key: str
    why: str


def load(
    path: Path | str | None,
    sections: Mapping[str, type[msgspec.Struct]],
    environ: Mapping[str, str],
    clashes: Callable[[Mapping[str, Any]], Iterable[Clash]] = lambda _: (),
) -> dict[str, Any]:
    """Return each section's struct: defaults, then the file, then `NEWSBEAM_SECTION__KEY` from `environ`.

    `path` None means defaults and environment only. Variables without a double underscore are somebody else's
    (orchestrators set `NEWSBEAM_PORT` beside a service of that name) and ignored. `clashes` judges the sections
    together, once each is right.
    Raises `ConfigurationError` with every mistake of both sources at once.
    """
    value, lines = ({}, Lines("settings", {})) if path is None else read_yaml(path)
    given = {} if value is None else value
    if not isinstance(given, dict):
        raise ConfigurationError([f"{lines.at()}: sections are needed: {', '.join(sections)}"])
    sources = _Sources(lines)
    for name, text in sorted(environ.items()):
        if name.startswith(PREFIX) and "__" in name.removeprefix(PREFIX):
            trail = tuple(name.removeprefix(PREFIX).lower().split("__"))
            sources.names[trail] = name
            _set(given, trail, EnvironmentText(text))
    mistakes = [
        f"{sources.at(name)}: {name}: unknown section{advice(name, list(sections))}"
        for name in given
        if name not in sections
    ]
    found = {
        name: check(given.get(name), kind, sources, mistakes, (name,)) for name, kind in sections.items()
    }
    if not mistakes:
        mistakes = [
            f"{sources.at(*clash[:2])}: {clash.section}.{clash.key}: {clash.why}" for clash in clashes(found)
        ]
    if mistakes:
        raise ConfigurationError(mistakes)
    return found


class _Sources:
    """Places of values that came from the file or from the environment."""

    def __init__(self, lines: Lines) -> None:
        self.lines = lines
        self.names: dict[Trail, str] = {}

    def at(self, *trail: str | int) -> str:
        for length in range(len(trail), 0, -1):
            if trail[:length] in self.names:
                return f"{self.names[trail[:length]]} (environment)"
        if self.lines.has(trail[:1]):
            return self.lines.at(*trail)
        below = sorted(name for given, name in self.names.items() if given[: len(trail)] == trail)
        return f"{below[0]} (environment)" if below else self.lines.at(*trail)


def _set(given: dict[str, Any], trail: Trail, text: str) -> None:
    """Put the environment's text in its place; a file that has no mapping there is a mistake found later."""
    place: Any = given
    for step in trail[:-1]:
        if place.get(step) is None:
            place[step] = {}
        place = place[step]
        if not isinstance(place, dict):
            return
    place[trail[-1]] = text
