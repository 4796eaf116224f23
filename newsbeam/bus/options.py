"""Settings of the bus on Kafka; apart from the client, so that commands which need no bus start fast."""

from typing import Literal

import msgspec

from newsbeam.bus.port import MAX_RECORD_BYTES


class KafkaOptions(msgspec.Struct, frozen=True, kw_only=True):
    """Settings section `kafka`: how to reach the brokers, and how topics that newsbeam makes are made.

    Secrets are named by file, never given themselves. `replication_factor` -1 is the broker's own default;
    `topic_settings` are Kafka's topic settings, such as `retention.ms`.
    """

    security: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = "PLAINTEXT"
    mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] | None = None
    username: str | None = None
    password_file: str | None = None
    ca_file: str | None = None
    certificate_file: str | None = None
    key_file: str | None = None
    key_password_file: str | None = None
    check_hostname: bool = True
    replication_factor: int = -1
    topic_settings: dict[str, str] = {}
    compression: Literal["zstd", "gzip", "none"] = "zstd"
    group: str = "newsbeam"  # whose progress lag displays show
    answer_within_s: float = 10.0  # how long one request to a broker may take before it counts as away
    max_record_bytes: int = MAX_RECORD_BYTES
