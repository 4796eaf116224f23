"""What would change: the active configuration beside a wanted one."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec

from newsbeam.alert import Subscription
from newsbeam.app.configuration import Configuration
from newsbeam.feed import Feed
from newsbeam.topics.catalog import Catalog


class Change(msgspec.Struct, frozen=True):
    """One item that differs; `sign` is + for new, - for gone, ~ for changed."""

    sign: str
    kind: str
    id: str


class _Named(Protocol):
    @property
    def id(self) -> str: ...


def compare(
    catalog: Catalog | None,
    feeds: Sequence[Feed],
    subscriptions: Sequence[Subscription],
    wanted: Configuration,
) -> list[Change]:
    """Return what making `wanted` active would change, by kind and id."""
    return [
        *_differences("topic", catalog.topics if catalog else (), wanted.catalog.topics),
        *_differences("rule", catalog.rules if catalog else (), wanted.catalog.rules),
        *_differences("outlet", catalog.outlets if catalog else (), wanted.catalog.outlets),
        *_differences("feed", feeds, wanted.feeds),
        *_differences("subscription", subscriptions, wanted.subscriptions),
    ]


def _differences(kind: str, active: Iterable[_Named], wanted: Iterable[_Named]) -> list[Change]:
    old = {item.id: item for item in active}
    new = {item.id: item for item in wanted}
    signs = {name: "+" if name not in old else "-" if name not in new else "~" for name in {*old, *new}}
    return [
        Change(signs[name], kind, name)
        for name in sorted(signs)
        if signs[name] != "~" or old[name] != new[name]
    ]
