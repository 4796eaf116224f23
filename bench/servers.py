"""Kafka and PostgreSQL for the measurements that need both: those of `make servers`, new, on this machine."""

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.servers import kafka, postgres
from tests.servers.kafka import KafkaServer
from tests.servers.postgres import PostgresServer


class Servers(NamedTuple):
    """What runs; `folder` has the broker's data below `kafka`, and room for more."""

    broker: KafkaServer
    database: PostgresServer
    folder: Path

    @contextmanager
    def store_url(self) -> Iterator[str]:
        """Yield the address of a new, empty database; it is dropped at the end."""
        url = self.database.create_database()
        yield url
        self.database.drop_database(url)


def missing() -> str | None:
    """Return why they cannot be started here, or None."""
    return kafka.missing() or postgres.missing()


@contextmanager
def servers() -> Iterator[Servers]:
    """Yield a broker and a durable database; both are gone at the end."""
    with ExitStack() as exits:
        folder = Path(exits.enter_context(tempfile.TemporaryDirectory(prefix="newsbeam-bench-")))
        broker = KafkaServer(folder / "kafka").start()
        exits.callback(broker.kill)
        database = PostgresServer(durable=True).start()
        exits.callback(database.remove)
        yield Servers(broker, database, folder)
