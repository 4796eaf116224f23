"""The door to kafka-python: how its clients are set up, and what its exceptions mean here."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from kafka import errors as kafka_errors
from kafka.net.compat import KafkaNetClient

from newsbeam.bus.options import KafkaOptions
from newsbeam.errors import BusUnavailable, ConfigurationError, Gap, NewsbeamError, NotFound, RecordTooLarge

Client = TypeVar("Client")

# kafka-python logs every attempt to reconnect as an error; what matters is raised here, once, in clear words.
if logging.getLogger("kafka").level == logging.NOTSET:
    logging.getLogger("kafka").setLevel(logging.CRITICAL)

# What kafka-python's exceptions mean, the first that fits; it also lets bare Python exceptions out.
MEANINGS: tuple[tuple[tuple[type[Exception], ...], Any, str], ...] = (
    (
        (kafka_errors.SaslAuthenticationFailedError, kafka_errors.UnsupportedSaslMechanismError),
        BusUnavailable,
        "{what} refuses the login: check kafka.mechanism, username and password_file",
    ),
    ((kafka_errors.AuthorizationError,), BusUnavailable, "{what} does not allow {doing}: {reason}"),
    (
        (kafka_errors.MessageSizeTooLargeError, kafka_errors.RecordListTooLargeError),
        RecordTooLarge,
        "{what} takes no record that large ({doing}); raise its max.message.bytes",
    ),
    ((kafka_errors.LogTruncationError,), Gap, "{what} lost records that had been read ({doing}): {reason}"),
    ((kafka_errors.InvalidTopicError,), ConfigurationError, "bus: {what} refuses the topic's name ({doing})"),
    (
        (kafka_errors.UnknownTopicOrPartitionError,),
        NotFound,
        "{what} has no such topic or partition ({doing})",
    ),
    (
        (kafka_errors.KafkaTimeoutError, kafka_errors.KafkaConnectionError),
        BusUnavailable,
        "{what} does not answer ({doing}): is it running, are address, kafka.security and the login right?",
    ),
    (
        (kafka_errors.KafkaConfigurationError, kafka_errors.IllegalArgumentError),
        ConfigurationError,
        "kafka: {reason}",
    ),
    ((kafka_errors.KafkaError, OSError, RuntimeError), BusUnavailable, "{what} failed ({doing}): {reason}"),
    ((ValueError,), ConfigurationError, "kafka: {reason}"),
)

LOG_APPEND_TIME = 1  # Kafka's timestamp type: the broker's clock, not the sender's


def client_settings(servers: tuple[str, ...], options: KafkaOptions) -> dict[str, Any]:
    """Return the settings that every kafka-python client takes; reads the secrets' files now."""
    answer_ms = int(options.answer_within_s * 1000)
    settings: dict[str, Any] = {
        "bootstrap_servers": list(servers),
        "client_id": "newsbeam",
        "bootstrap_timeout_ms": answer_ms,
        "request_timeout_ms": answer_ms,
        "reconnect_backoff_max_ms": 2_000,
        "security_protocol": options.security,
    }
    if options.security.endswith("SSL"):
        settings["ssl_check_hostname"] = options.check_hostname
        settings["ssl_cafile"] = options.ca_file
        settings["ssl_certfile"] = options.certificate_file
        settings["ssl_keyfile"] = options.key_file
        settings["ssl_password"] = _secret("key_password_file", options.key_password_file)
    if options.security.startswith("SASL"):
        if not (options.mechanism and options.username and options.password_file):
            raise ConfigurationError(
                [f"kafka: security {options.security} needs mechanism, username and password_file"]
            )
        settings["sasl_mechanism"] = options.mechanism
        settings["sasl_plain_username"] = options.username
        settings["sasl_plain_password"] = _secret("password_file", options.password_file)
    _require_files(options)
    return settings


def _secret(setting: str, path: str | None) -> str | None:
    if path is None:
        return None
    try:
        return Path(path).read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError([f"kafka: {setting} {path} cannot be read: {error}"]) from error


def _require_files(options: KafkaOptions) -> None:
    # kafka-python would retry a missing file until its deadline and then blame the network.
    named = {name: getattr(options, name) for name in ("ca_file", "certificate_file", "key_file")}
    if mistakes := [
        f"kafka: {name} {path} is not there"
        for name, path in named.items()
        if path and not Path(path).is_file()
    ]:
        raise ConfigurationError(mistakes)


def opened(kind: Callable[..., Client], settings: dict[str, Any]) -> Client:
    """Return a client of kafka-python; one that finds no broker leaves no thread and no socket behind.

    kafka-python connects in the constructor, and when that fails nobody holds what it has started by then.
    """
    started: list[KafkaNetClient] = []

    def connect(**config: Any) -> KafkaNetClient:
        started.append(KafkaNetClient(**config))
        return started[-1]

    try:
        return kind(**settings, kafka_client=connect)
    except BaseException:
        for client in started:
            client.close()
        raise


@contextmanager
def translated(servers: tuple[str, ...], doing: str) -> Iterator[None]:
    """Turn what kafka-python raises while `doing` something into newsbeam's exceptions."""
    try:
        yield
    except Exception as error:
        if isinstance(error, NewsbeamError):
            raise
        meaning = meaning_of(error, ", ".join(servers), doing)
        if meaning is None:
            raise
        raise meaning from error


def meaning_of(error: Exception, servers: str, doing: str) -> NewsbeamError | None:
    """Return what an exception of kafka-python means, or None when it is not kafka-python's way to fail."""
    for kinds, meaning, words in MEANINGS:
        if isinstance(error, kinds):
            line = words.format(what=f"Kafka at {servers}", doing=doing, reason=reason(error))
            return ConfigurationError([line]) if meaning is ConfigurationError else meaning(line)
    return None


def reason(error: BaseException) -> str:
    """Return an exception's own words, or its name when it has none."""
    return str(error) or type(error).__name__
