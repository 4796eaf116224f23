"""Subscriptions from the file `alerts.yaml`: its `subscriptions:` section, every mistake with its line."""

import re
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path

import msgspec

from connectors.channels.plan import BUS
from connectors.channels.registry import CHANNELS, CHOICES
from connectors.channels.signing import read_secrets
from newsbeam.alert import Subscription
from newsbeam.errors import ConfigurationError
from newsbeam.settings import Sound, Trail, check, check_apart, read_yaml

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SECTION = "subscriptions"


def load_subscriptions(path: Path | str, *, secrets: bool = False) -> tuple[Subscription, ...]:
    """Return the subscriptions in a file, none when it has no such section or is not there.

    A relative `secret_file` is taken from the file's own folder; with `secrets` each is read, which perhaps only
    those can who deliver. Raises `ConfigurationError` with every mistake.
    """
    if not Path(path).exists():
        return ()
    value, lines = read_yaml(path)
    given = value.get(SECTION) if isinstance(value, dict) else None
    mistakes: list[str] = []
    found: list[Sound[Subscription] | None] = []
    if given is not None and not isinstance(given, list):
        check(given, list[Subscription], lines, mistakes, (SECTION,))
    for index, entry in enumerate(given if isinstance(given, list) else ()):
        found.append(check_apart(entry, Subscription, lines, mistakes, (SECTION, index)))
    wrong = subscription_mistakes(found)
    if secrets:
        wrong += _secret_mistakes(found, Path(path).parent)
    for trail, what in wrong:
        place = (SECTION, *trail)
        mistakes.append(f"{lines.at(*place)}: {SECTION}[{trail[0]}].{trail[1]}: {what}")
    if mistakes:
        raise ConfigurationError(mistakes)
    return tuple(_beside(sound.entry, Path(path).parent) for sound in found if sound is not None)


def subscription_mistakes(found: Sequence[Sound[Subscription] | None]) -> list[tuple[Trail, str]]:
    """Return what is wrong with subscriptions, as ((index, field), reason), but for fields that are wrong anyway."""
    mistakes: list[tuple[Trail, str]] = []
    seen: dict[str, int] = {}
    for index, sound in enumerate(found):
        if sound is not None:
            wrong = [*_naming_mistakes(sound.entry, seen), *_channel_mistakes(sound.entry)]
            mistakes += [((index, name), what) for name, what in wrong if name not in sound.doubtful]
            seen.setdefault(sound.entry.id, index)
    return mistakes


def _secret_mistakes(
    found: Sequence[Sound[Subscription] | None], folder: Path
) -> Iterator[tuple[Trail, str]]:
    for index, sound in enumerate(found):
        if sound is not None and sound.entry.enabled and "secret_file" not in sound.doubtful:
            try:
                if (file := _beside(sound.entry, folder).secret_file) is not None:
                    read_secrets(Path(file))
            except ConfigurationError as error:
                yield (index, "secret_file"), "; ".join(error.mistakes)


def _naming_mistakes(subscription: Subscription, seen: dict[str, int]) -> list[tuple[str, str]]:
    if subscription.id == BUS.id:
        return [("id", f'"{BUS.id}" is the built-in subscription; choose another id')]
    if not _ID.fullmatch(subscription.id):
        return [("id", "use up to 64 of A-Z a-z 0-9 . _ - and begin with a letter or digit")]
    if subscription.id in seen:
        return [("id", f'"{subscription.id}" is there twice, first as number {seen[subscription.id] + 1}')]
    return []


def _channel_mistakes(subscription: Subscription) -> list[tuple[str, str]]:
    kind = CHANNELS.get(subscription.channel)
    if kind is not None and not kind.built_in:
        return kind.mistakes(subscription)
    near = get_close_matches(subscription.channel, CHOICES, n=1)
    advice = f'; did you mean "{near[0]}"?' if near else f"; known: {', '.join(CHOICES)}"
    mistakes = [("channel", f'no channel "{subscription.channel}"{advice}')]
    if subscription.url:  # whatever was meant: what posts to an address needs one that is right
        mistakes += CHANNELS["webhook"].mistakes(subscription)
    return mistakes


def _beside(subscription: Subscription, folder: Path) -> Subscription:
    if subscription.secret_file is None:
        return subscription
    return msgspec.structs.replace(subscription, secret_file=str(folder / subscription.secret_file))
