"""`open_bus`: from an address to a bus; the only place that knows which implementation serves which."""

from pathlib import Path
from urllib.parse import parse_qsl

from newsbeam.bus.local import LocalBus, Retention
from newsbeam.bus.options import KafkaOptions
from newsbeam.bus.port import Bus
from newsbeam.errors import ConfigurationError

FORMS = (
    "sqlite:///FOLDER/bus.db or kafka://HOST:PORT[,HOST:PORT][/PREFIX], each with ?partitions=N when wanted"
)


def open_bus(url: str, options: KafkaOptions | None = None) -> Bus:
    """Return the bus at `url`; nothing is opened or connected yet. Raises `ConfigurationError`.

    The local bus: `sqlite:///data/bus.db?partitions=4&retention_hours=168&retention_mb=512`, four slashes for
    an absolute path; `retention_mb` is for each partition.
    Kafka: `kafka://host:9092,host:9092/prefix?partitions=4`; its topics' names begin with the prefix.
    """
    scheme, separator, rest = url.partition("://")
    address, _, query = rest.partition("?")
    if not separator or scheme not in {"sqlite", "kafka"}:
        raise ConfigurationError([f"bus: {url!r} is no bus; use {FORMS}"])
    if scheme == "sqlite":
        return _local(url, address, _numbers(url, query, {"partitions", "retention_hours", "retention_mb"}))
    return _kafka(url, address, _numbers(url, query, {"partitions"}), options)


def _local(url: str, address: str, numbers: dict[str, int]) -> Bus:
    if not address.startswith("/") or address == "/":
        raise ConfigurationError([f"bus: {url!r} names no file; use sqlite:///FOLDER/bus.db"])
    kept = Retention()
    if "retention_hours" in numbers:
        kept = Retention(numbers["retention_hours"] * 3600.0, kept.size_bytes)
    if "retention_mb" in numbers:
        kept = Retention(kept.age_s, numbers["retention_mb"] * 1024 * 1024)
    return LocalBus(Path(address[1:]).absolute(), numbers.get("partitions", 4), kept)


def _kafka(url: str, address: str, numbers: dict[str, int], options: KafkaOptions | None) -> Bus:
    from newsbeam.bus.kafka import KafkaBus

    hosts, _, prefix = address.partition("/")
    servers = tuple(host for host in hosts.split(",") if host)
    if not servers:
        raise ConfigurationError([f"bus: {url!r} names no broker; use kafka://HOST:PORT"])
    return KafkaBus(servers, prefix, numbers.get("partitions", 4), options or KafkaOptions())


def _numbers(url: str, query: str, known: set[str]) -> dict[str, int]:
    mistakes, numbers = [], {}
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            mistakes.append(
                f"bus: {url!r} has an unknown setting {name!r}; known are {', '.join(sorted(known))}"
            )
        elif not value.isascii() or not value.isdigit() or int(value) < 1:
            mistakes.append(f"bus: {name} in {url!r} must be a whole number from 1 on")
        else:
            numbers[name] = int(value)
    if mistakes:
        raise ConfigurationError(mistakes)
    return numbers
