"""One deployment's settings and configuration: each part's own, composed; all mistakes at once."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

import msgspec

from connectors.channels.settings import DeliverSettings
from connectors.feeds.settings import FeedsSettings
from dashboard.settings import ServeSettings
from newsbeam.alert import Subscription
from newsbeam.bus import KafkaOptions
from newsbeam.codec import from_json
from newsbeam.errors import ConfigurationError
from newsbeam.feed import Feed
from newsbeam.language import LanguageSettings
from newsbeam.recording import RecordingSettings
from newsbeam.settings import Clash, load
from newsbeam.store.database import StoreSettings
from newsbeam.store.items import Item, ItemKind
from newsbeam.store.retention import RetentionSettings
from newsbeam.topics.catalog import Catalog
from pipelines.settings import FlinkSettings, ProcessSettings

T = TypeVar("T")
_CLEARLY_LONGER = 1.5
_DAY_S = 86_400.0
Listed = TypeVar("Listed", bound="Feed | Subscription")
STARTER = Path(__file__).parent / "starter"
CHECKOUT = Path(__file__).parents[2] / "config"
DEPLOYMENTS = (
    "laptop (bus sqlite, runner direct, store sqlite), server (bus kafka, runner direct, store postgresql) "
    "and cluster (bus kafka, runner flink, store postgresql)"
)


class ServiceSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Section `service`: where the data lies, and the three addresses that choose the deployment.

    `bus` and `store` default to SQLite files in the data directory.
    """

    data_dir: str = "data"
    bus: str | None = None
    runner: Literal["direct", "flink"] = "direct"
    store: str | None = None
    log: Literal["text", "json"] = "text"


class MetricsSettings(msgspec.Struct, frozen=True, kw_only=True):
    """Section `metrics`: where each job shows its metrics beside the pages' own `/metrics`; port 0: nowhere.

    Whoever reaches the address can read them: no token is asked for.
    """

    host: str = "127.0.0.1"
    port: Annotated[int, msgspec.Meta(ge=0, le=65_535)] = 0


SECTIONS: Mapping[str, type[msgspec.Struct]] = {
    "service": ServiceSettings,
    "store": StoreSettings,
    "kafka": KafkaOptions,
    "feeds": FeedsSettings,
    "process": ProcessSettings,
    "language": LanguageSettings,
    "flink": FlinkSettings,
    "recording": RecordingSettings,
    "retention": RetentionSettings,
    "deliver": DeliverSettings,
    "serve": ServeSettings,
    "metrics": MetricsSettings,
}


@dataclass(frozen=True)
class Settings:
    """Every part's settings."""

    service: ServiceSettings
    store: StoreSettings
    kafka: KafkaOptions
    feeds: FeedsSettings
    process: ProcessSettings
    language: LanguageSettings
    flink: FlinkSettings
    recording: RecordingSettings
    retention: RetentionSettings
    deliver: DeliverSettings
    serve: ServeSettings
    metrics: MetricsSettings

    @property
    def data_dir(self) -> Path:
        """The data directory, absolute."""
        return Path(self.service.data_dir).expanduser().absolute()

    @property
    def deliver_here(self) -> DeliverSettings:
        """The deliverer's settings, with secrets kept in the data directory unless the settings say where."""
        if self.deliver.secrets_dir is not None:
            return self.deliver
        return msgspec.structs.replace(self.deliver, secrets_dir=str(self.data_dir / "secrets"))

    @property
    def recording_here(self) -> RecordingSettings:
        """The recorder's settings: unless they say it, a story is too old when retention would remove it at once."""
        if self.recording.oldest_s is not None:
            return self.recording
        return msgspec.structs.replace(self.recording, oldest_s=self.retention.stories_s)

    @property
    def bus_url(self) -> str:
        """The bus's address."""
        return self.service.bus or f"sqlite:///{self.data_dir}/bus.db"

    @property
    def store_url(self) -> str:
        """The store's address."""
        return self.service.store or f"sqlite:///{self.data_dir}/store.db"

    @property
    def deployment(self) -> str:
        """The deployment's name: laptop, server or cluster. Raises `ConfigurationError` for any other mixture."""
        kinds = (
            self.bus_url.partition(":")[0],
            self.service.runner,
            self.store_url.partition(":")[0].partition("+")[0],
        )
        match kinds:
            case ("sqlite", "direct", "sqlite"):
                return "laptop"
            case ("kafka", "direct", "postgresql" | "postgres"):
                return "server"
            case ("kafka", "flink", "postgresql" | "postgres"):
                return "cluster"
        mixture = f"bus {kinds[0]}, runner {kinds[1]}, store {kinds[2]}"
        raise ConfigurationError(
            [f"service: {mixture} do not go together; the deployments are {DEPLOYMENTS}"]
        )


@dataclass(frozen=True)
class Configuration:
    """What people edit, files and store-made items together: what Enrich, the pollers and the deliverers obey."""

    catalog: Catalog
    feeds: tuple[Feed, ...]
    subscriptions: tuple[Subscription, ...]

    @property
    def lacks(self) -> tuple[str, ...]:
        """What keeps a right configuration from doing anything, in words: no feeds, no topics, no rules.

        No mistake, since stories may come by another door and topics be added later; but hardly ever meant.
        """
        empty = {
            "No feeds: nothing is polled. List some in feeds.yaml, or `newsbeam feeds add URL`.": self.feeds,
            "No topics: no story is tagged. Write some in topics/, or `newsbeam topics add ID QUERY`.": (
                self.catalog.topics
            ),
            "No alert rules: nothing is ever told. Write some in alerts.yaml.": self.catalog.rules,
        }
        return tuple(said for said, listed in empty.items() if not listed)


def find_config_dir(asked: str | None) -> Path:
    """Return the configuration directory: as asked, else ./config, else the installed starter."""
    if asked is not None:
        path = Path(asked).expanduser()
        if not path.is_dir():
            raise ConfigurationError(
                [f"configuration directory {path} does not exist; `newsbeam init {path}` makes one"]
            )
        return path.absolute()
    here = Path("config")
    if (here / "newsbeam.yaml").is_file():
        return here.absolute()
    return starter_config()


def starter_config() -> Path:
    """Return where the starter configuration lies: inside the installed package, or the checkout's own."""
    return STARTER if STARTER.is_dir() else CHECKOUT


def load_settings(
    config_dir: Path, data_dir: str | None, environ: Mapping[str, str] = os.environ
) -> Settings:
    """Read `newsbeam.yaml` and the environment; raises `ConfigurationError` with every mistake."""
    overrides = dict(environ)
    if data_dir is not None:
        overrides["NEWSBEAM_SERVICE__DATA_DIR"] = data_dir
    values = load(config_dir / "newsbeam.yaml", SECTIONS, overrides, _clashes)
    settings = Settings(**values)
    _ = settings.deployment
    return settings


def _clashes(values: Mapping[str, Any]) -> Iterator[Clash]:
    settings = Settings(**values)
    waits = {"busy_timeout": settings.store.busy_timeout_s}
    if not settings.store_url.startswith("sqlite"):
        waits["statement_timeout"] = settings.store.statement_timeout_s
    name, longest_s = max(waits.items(), key=lambda wait: wait[1])
    if settings.process.hang_after_s < _CLEARLY_LONGER * longest_s:
        yield Clash(
            "process",
            "hang_after",
            f"at least {_CLEARLY_LONGER * longest_s:.0f} s beside store.{name}: {longest_s:.0f} s, or a store that "
            "stalls would look like a record that kills its worker",
        )
    oldest_s, stories_s = settings.recording.oldest_s, settings.retention.stories_s
    if oldest_s is not None and oldest_s > stories_s:
        yield Clash(
            "recording",
            "oldest",
            f"at most retention.stories ({stories_s / _DAY_S:g} d), or a story would be recorded only to be removed",
        )
    for key, why in _kept_too_short(settings, "recording.max_age", settings.recording.max_age_s):
        yield Clash("retention", key, why)


def _kept_too_short(settings: Settings, name: str, max_age_s: float) -> Iterator[tuple[str, str]]:
    """Yield each retention, and why, that forgets an event while a late story of it may still alert.

    A cluster's stories may be a span younger than its first, which its alert may be as old as. The cluster itself is
    kept as long as stories, and joined by what is within the window of its newest.
    """
    for key, reach in (("alerts", "cluster_span"), ("stories", "cluster_window")):
        reach_s = getattr(settings.recording, f"{reach}_s")
        if getattr(settings.retention, f"{key}_s") < max_age_s + reach_s:
            why = (
                f"at least {(max_age_s + reach_s) / _DAY_S:g} d, {name} ({max_age_s / _DAY_S:g} d) and "
                f"recording.{reach} ({reach_s / _DAY_S:g} d) together, or a late story would tell an event again"
            )
            yield key, why


def _rules_outlive(settings: Settings, catalog: Catalog) -> Iterator[str]:
    """Yield what retention forgets too soon for the rule that looks back furthest."""
    rule = max(catalog.rules, key=lambda one: one.max_age_s or 0.0, default=None)
    if rule is not None and rule.max_age_s is not None:
        for key, why in _kept_too_short(settings, f"max_age of rule {rule.id}", rule.max_age_s):
            yield f"retention.{key}: {why}"


def load_configuration(
    config_dir: Path,
    items: Sequence[Item] = (),
    settings: Settings | None = None,
    *,
    secrets: bool = False,
    examples: bool = True,
) -> Configuration:
    """Read catalog, feeds and subscriptions, to go with the settings if they are given; `secrets`: their files too.

    Without `examples` those of the topics are not tried: for who only looks.
    Raises `ConfigurationError` with every mistake of every file.
    """
    from connectors.channels.subscriptions import load_subscriptions
    from connectors.feeds.subscriptions import load_feeds
    from newsbeam.topics.loading import load_catalog

    mistakes: list[str] = []
    catalog = _collected(mistakes, lambda: load_catalog(config_dir, items, examples=examples))
    feeds = _collected(mistakes, lambda: load_feeds(config_dir / "feeds.yaml"))
    subscriptions = _collected(
        mistakes, lambda: load_subscriptions(config_dir / "alerts.yaml", secrets=secrets)
    )
    if settings is not None and catalog is not None:
        mistakes += [f"{config_dir / 'newsbeam.yaml'}: {told}" for told in _rules_outlive(settings, catalog)]
    if catalog is None or feeds is None or subscriptions is None or mistakes:
        raise ConfigurationError(list(dict.fromkeys(mistakes)))  # alerts.yaml is read twice
    return Configuration(
        catalog,
        _with_items(feeds, items, ItemKind.FEED, Feed),
        _with_items(subscriptions, items, ItemKind.SUBSCRIPTION, Subscription),
    )


def _collected(mistakes: list[str], read: Callable[[], T]) -> T | None:
    try:
        return read()
    except ConfigurationError as error:
        mistakes += error.mistakes
        return None


def _with_items(
    listed: tuple[Listed, ...], items: Sequence[Item], kind: ItemKind, form: type[Listed]
) -> tuple[Listed, ...]:
    """Return what the files list and then what the store holds; a file's item is the one that counts."""
    known = {item.id for item in listed}
    made: list[Listed] = [
        from_json(item.document, form) for item in items if item.kind == kind and item.id not in known
    ]
    return (*listed, *made)
