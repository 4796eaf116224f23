"""Every channel by its name: how a subscription to it is checked, and how it is opened."""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from connectors.channels.channel import Channel
from connectors.channels.settings import DeliverSettings
from connectors.channels.signing import create_secret, read_secrets
from connectors.channels.topic import BusTopic
from connectors.channels.webhook import Webhook
from connectors.guard import AddressRefused, is_public
from newsbeam.alert import Subscription
from newsbeam.bus import Bus
from newsbeam.errors import ConfigurationError


class ChannelKind(msgspec.Struct, frozen=True):
    """A kind of channel; `mistakes` returns what is wrong with a subscription to it, as (field, reason)."""

    open: Callable[[Subscription, Bus, DeliverSettings], Channel]
    mistakes: Callable[[Subscription], list[tuple[str, str]]]
    built_in: bool = False


def _open_webhook(subscription: Subscription, _bus: Bus, settings: DeliverSettings) -> Channel:
    secret = settings.secret_file(subscription.id, subscription.secret_file)
    return Webhook(subscription, secret, settings.timeout_s)


def _webhook_mistakes(subscription: Subscription) -> list[tuple[str, str]]:
    if not subscription.url:
        return [("url", "a webhook needs the address to post to")]
    try:
        parts = urlsplit(subscription.url)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        usable = False
    if not usable:
        return [("url", "this is no http or https address")]
    if not subscription.allow_private and _is_private(parts.hostname or ""):
        return [("url", str(AddressRefused()))]
    return []


def _is_private(host: str) -> bool:
    """Whether the guard will refuse a host for certain; where other names lead is seen when they are connected to."""
    try:
        return not is_public(host)
    except ValueError:
        return f".{host.rstrip('.')}".endswith(".localhost")


def _open_topic(_subscription: Subscription, bus: Bus, settings: DeliverSettings) -> Channel:
    return BusTopic(bus, settings.timeout_s)


CHANNELS: Mapping[str, ChannelKind] = {
    "webhook": ChannelKind(_open_webhook, _webhook_mistakes),
    "topic": ChannelKind(_open_topic, lambda _: [], built_in=True),
}
CHOICES = tuple(sorted(name for name, kind in CHANNELS.items() if not kind.built_in))


def open_channel(subscription: Subscription, bus: Bus, settings: DeliverSettings) -> Channel:
    """Return the subscription's channel, ready to send. Raises `ConfigurationError`."""
    kind = CHANNELS.get(subscription.channel)
    if kind is None:
        raise ConfigurationError(
            [f"subscription {subscription.id}: no channel {subscription.channel!r}; use {', '.join(CHOICES)}"]
        )
    return kind.open(subscription, bus, settings)


def make_secrets(subscriptions: Iterable[Subscription], settings: DeliverSettings) -> list[Path]:
    """Make the secret of each webhook that has none yet and names no file; return the files that were made.

    Raises `ConfigurationError` for every secret that cannot be used.
    """
    made, mistakes = [], []
    for one in subscriptions:
        if one.channel == "webhook" and one.enabled:
            path = settings.secret_file(one.id, one.secret_file)
            try:
                if one.secret_file is None and create_secret(path):
                    made.append(path)
                read_secrets(path)
            except ConfigurationError as error:
                mistakes += [f"subscription {one.id}: {told}" for told in error.mistakes]
    if mistakes:
        raise ConfigurationError(mistakes)
    return made
