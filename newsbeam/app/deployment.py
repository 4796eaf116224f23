"""One deployment, opened step by step as a command needs it: settings, configuration, store, bus."""

import asyncio
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from functools import cached_property, partial
from pathlib import Path
from typing import TypeVar, cast

import msgspec

from connectors.channels.channel import Receipt
from newsbeam.alert import Subscription
from newsbeam.app.blind import blind_topics
from newsbeam.app.configuration import (
    Configuration,
    Settings,
    find_config_dir,
    load_configuration,
    load_settings,
)
from newsbeam.app.datadir import make_data_dir
from newsbeam.app.export import PLACES
from newsbeam.app.room import no_room
from newsbeam.bus import Bus, Sent, open_bus
from newsbeam.bus.local import LocalBus
from newsbeam.codec import from_json, to_json
from newsbeam.errors import NewsbeamError, NotFound, RecordTooLarge, Unavailable, UsageError
from newsbeam.feed import Feed
from newsbeam.store import reads
from newsbeam.store.catalogs import (
    DocumentKind,
    activate,
    active_version,
    document_version,
    read_document,
    store_document,
)
from newsbeam.store.database import Store, open_store
from newsbeam.store.dead import mark_replayed
from newsbeam.store.history import past_stories
from newsbeam.store.items import Item, ItemKind, list_items, read_item, save_item
from newsbeam.store.migrate import migrate, schema_version
from newsbeam.topics.catalog import Catalog
from newsbeam.topics.loading import load_outlets
from newsbeam.topics.outlets import OutletEntry

T = TypeVar("T")


class Applied(msgspec.Struct, frozen=True):
    """What making a configuration active changed."""

    catalog: str
    catalog_changed: bool
    feeds_changed: bool
    subscriptions_changed: bool


class Deployment:
    """Settings and handles of one deployment; each is made when first asked for."""

    def __init__(
        self, config_dir: str | None = None, data_dir: str | None = None, *, makes_store: bool = True
    ) -> None:
        """`makes_store` False is for those who only look: they must not leave a store where a name is mistyped."""
        self.config_dir: Path = find_config_dir(config_dir)
        self._data_dir = data_dir
        self._makes_store = makes_store
        self._store: Store | None = None

    @cached_property
    def settings(self) -> Settings:
        """Every part's settings; raises `ConfigurationError`."""
        return load_settings(self.config_dir, self._data_dir)

    def settings_now(self) -> Settings:
        """Read the settings again, as they are now; raises `ConfigurationError`."""
        return load_settings(self.config_dir, self._data_dir)

    @cached_property
    def data_dir(self) -> Path:
        """The data directory, made when it is missing."""
        return make_data_dir(self.settings.data_dir)

    def store(self) -> Store:
        """Return the store, migrated to this version's schema.

        Raises `NotFound` when there is none yet and this deployment must not make it.
        """
        if self._store is None:
            store = self.store_as_it_is()
            if not self._makes_store and not holds_tables(store):
                store.close()
                raise NotFound(
                    f"there is no newsbeam store at {store.path or store.url} yet, so nothing was recorded: "
                    "`newsbeam run` starts one; --data names the folder of another"
                )
            migrate(store, datetime.now(UTC))
            self._store = store
        return self._store

    def store_if_any(self) -> Store | None:
        """Return the store, None while nothing has made one: files can be looked at without it."""
        if self._store is None:
            looked_at = self.store_as_it_is()
            try:
                if not holds_tables(looked_at):
                    return None
            finally:
                looked_at.close()
        return self.store()

    def store_as_it_is(self) -> Store:
        """Return the store unprepared: it may be damaged, and a copy about to take its place."""
        if self._makes_store:
            _ = self.data_dir
        return open_store(self.settings.store_url, self.settings.store)

    def close(self) -> None:
        """Close the store's connections; they open again when it is used again."""
        if self._store is not None:
            self._store.close()

    @cached_property
    def bus(self) -> Bus:
        """The bus; nothing is connected yet."""
        _ = self.data_dir
        return open_bus(self.settings.bus_url, self.settings.kafka)

    def trouble(self) -> list[str]:
        """Return what keeps stories from being read and recorded now, in words; nothing when all is well."""
        bus = open_bus(self.settings.bus_url, self.settings.kafka)
        files = [self.store_as_it_is().path, bus.path if isinstance(bus, LocalBus) else None]
        return list(dict.fromkeys(said for file in files if (said := no_room(file)) is not None))

    def items(self) -> list[Item]:
        """What was made with commands, pages and the API."""
        store = self.store_if_any()
        return [] if store is None else list_items(store)

    def configuration(
        self, items: Sequence[Item] | None = None, *, secrets: bool = False, examples: bool = True
    ) -> Configuration:
        """Read the files and the given items (default: the store's); raises `ConfigurationError`.

        With `secrets` the files that subscriptions name are read too; without `examples` those are not tried.
        """
        made = self.items() if items is None else items
        return load_configuration(self.config_dir, made, self.settings, secrets=secrets, examples=examples)

    def outlets(self) -> tuple[OutletEntry, ...]:
        """Read the outlets alone, of the files and the store; raises `ConfigurationError`."""
        return load_outlets(self.config_dir, self.items())

    def make_secrets(self, subscriptions: Iterable[Subscription]) -> list[str]:
        """Make the secrets of webhooks that have none yet; return where, in words. Raises `ConfigurationError`."""
        from connectors.channels.registry import make_secrets

        made = make_secrets(subscriptions, self.settings.deliver_here)
        return [f"Made a webhook's signing secret, for its receiver to check with: {path}" for path in made]

    def apply(self, wanted: Configuration) -> Applied:
        """Make a configuration the active one; running jobs take it over within seconds."""
        store, now = self.store(), datetime.now(UTC)
        catalog = wanted.catalog
        store_document(store, DocumentKind.CATALOG, catalog.version, catalog.to_json(), now)
        feeds = self._keep(DocumentKind.FEEDS, to_json(wanted.feeds), now)
        subscriptions = self._keep(DocumentKind.SUBSCRIPTIONS, to_json(wanted.subscriptions), now)
        return Applied(
            catalog.version,
            activate(store, DocumentKind.CATALOG, catalog.version, now),
            activate(store, DocumentKind.FEEDS, feeds, now),
            activate(store, DocumentKind.SUBSCRIPTIONS, subscriptions, now),
        )

    def change_items(self, changes: Sequence[Item]) -> Applied:
        """Save store-made items and make the configuration with them active, unless it has mistakes.

        Raises `ConfigurationError` and saves nothing when the configuration with the changes would be wrong.
        """
        changed = {(item.kind, item.id) for item in changes}
        kept = [item for item in self.items() if (item.kind, item.id) not in changed]
        wanted = self.configuration([*kept, *(item for item in changes if not item.deleted)])
        for item in changes:
            save_item(self.store(), item)
        return self.apply(wanted)

    def remove_item(self, kind: ItemKind, item_id: str, author: str) -> Applied:
        """Mark a store-made item deleted, and make the configuration without it active.

        Raises `NotFound`, or `UsageError` when a file says it: it must be taken out there.
        """
        try:
            old = read_item(self.store(), kind, item_id)
        except NotFound:
            if (kind, item_id) in self._listed():
                where = self.config_dir / ("topics" if kind is ItemKind.TOPIC else PLACES[kind][0])
                raise UsageError(f"{item_id} comes from a file, {where}; remove it there") from None
            raise
        gone = msgspec.structs.replace(old, author=author, changed_at=datetime.now(UTC), deleted=True)
        return self.change_items([gone])

    def _listed(self) -> set[tuple[ItemKind, str]]:
        """What the configuration has, by kind and id, of what commands can make."""
        now = self.configuration()
        return {
            *((ItemKind.TOPIC, one.id) for one in now.catalog.topics),
            *((ItemKind.FEED, one.id) for one in now.feeds),
        }

    def send_test(self, subscription_id: str, told: Callable[[str], None]) -> Receipt:
        """Send a test message to one subscription, having told of a secret made for it.

        Raises `NotFound` or what its channel raises.
        """
        from connectors.channels.deliver import Deliverer

        found = [one for one in self.configuration().subscriptions if one.id == subscription_id]
        if not found:
            known = ", ".join(one.id for one in self.configuration().subscriptions) or "none yet"
            raise NotFound(f"no subscription {subscription_id!r}; there are: {known}")
        for made in self.make_secrets(found):
            told(made)
        # A test goes past the ledger: it may be sent before there is any store.
        deliverer = Deliverer(self.store_as_it_is(), self.bus, lambda: found, self.settings.deliver_here)
        return asyncio.run(deliverer.send_test(found[0]))

    def replay_dead_letters(self, places: Sequence[reads.Place] | None) -> tuple[int, list[tuple[str, str]]]:
        """Put dead letters (None: all not yet replayed) back onto the bus; return how many, and which cannot be."""
        store, replayed, refused = self.store(), 0, []
        going: Iterable[reads.Place] = places or ()
        if places is None:
            going = reads.places_not_replayed(store, datetime.now(UTC))
        else:
            for place in places:  # one that is not there is said before anything is put back
                reads.dead_letter_at(store, *place)
        with self.bus.publisher() as publisher:
            for place in going:
                one = reads.dead_letter_at(store, *place)
                named = f"{one.topic}/{one.partition}@{one.offset}"
                if one.size != len(one.value):
                    refused.append((named, "its bytes were cut when it was kept"))
                    continue
                try:
                    publisher.publish(one.topic, [Sent(one.key, one.value)])
                except RecordTooLarge as error:
                    refused.append((named, str(error)))
                    continue
                mark_replayed(store, *place, datetime.now(UTC))
                replayed += 1
        return replayed, refused

    def rules_not_met(self, story: reads.StoryView, met: set[str]) -> list[tuple[str, str]]:
        """Return why each of the active rules whose condition did not hold for a story did not fire."""
        from newsbeam.enrichment import Enricher

        catalog = ActiveConfiguration(self.store()).catalog()
        if catalog is None:
            return []
        past = past_stories(self.store(), story.record_seq - 1, story.record_seq)
        if not past:
            return []
        enriched = Enricher(catalog, self.settings.language).enrich(past[0].story)
        now_met = {match.rule for match in enriched.rules}
        return [
            (
                rule.id,
                "its condition holds now, but did not under the catalog that recorded the story"
                if rule.id in now_met
                else f"its condition does not hold: {rule.when}",
            )
            for rule in catalog.rules
            if rule.id not in met
        ]

    def blind_topics(self, language: str) -> tuple[str, ...]:
        """Return the topics of the active catalog that have no query for a language."""
        catalog = ActiveConfiguration(self.store()).catalog()
        return () if catalog is None else blind_topics(catalog, language)

    def _keep(self, kind: DocumentKind, content: bytes, now: datetime) -> str:
        version = document_version(kind, content)
        store_document(self.store(), kind, version, content, now)
        return version


def holds_tables(store: Store) -> bool:
    """Whether newsbeam's tables are there, of whatever version; a file is not made by looking."""
    if store.path is not None and not store.path.exists():
        return False
    with store.read() as connection:
        return schema_version(connection) is not None


class ActiveConfiguration:
    """The active documents in a running job: read again only when their version moved."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._decoded: dict[DocumentKind, tuple[str, object]] = {}

    def feeds(self) -> tuple[Feed, ...]:
        """The active feed list, empty before the first was made active."""
        return self._read(DocumentKind.FEEDS, partial(from_json, kind=tuple[Feed, ...])) or ()

    def subscriptions(self) -> tuple[Subscription, ...]:
        """The active subscriptions, empty before the first were made active."""
        decode = partial(from_json, kind=tuple[Subscription, ...])
        return self._read(DocumentKind.SUBSCRIPTIONS, decode) or ()

    def catalog(self) -> Catalog | None:
        """The active catalog, None before the first was made active."""
        return self._read(DocumentKind.CATALOG, Catalog.from_json)

    def _read(self, kind: DocumentKind, decode: Callable[[bytes], T]) -> T | None:
        """Return the active document decoded, None before the first; documents are immutable by version.

        Raises `Unavailable` for one that this version cannot read: while newsbeam is upgraded machine by machine,
        the old wait for their turn.
        """
        version = active_version(self._store, kind)
        if version is None:
            return None
        known = self._decoded.get(kind)
        if known is None or known[0] != version:
            content = read_document(self._store, kind, version)
            try:
                known = (version, decode(content))
            except NewsbeamError as error:
                raise Unavailable(
                    f"the active {kind} ({version}) cannot be read by this version of newsbeam: {error}; upgrade it, "
                    "or make the configuration active from here: `newsbeam config apply`"
                ) from error
            self._decoded[kind] = known
        return cast("T", known[1])
