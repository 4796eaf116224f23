"""A small deployment to run graphs in, made anew for each test."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbeam.beam import close_readers
from newsbeam.bus import open_bus
from newsbeam.store.database import StoreSettings, open_store
from newsbeam.store.migrate import migrate
from tests.graph.world import PEACE, World


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """The laptop's."""
    bus, store = f"sqlite:///{tmp_path}/bus.db?partitions=4", f"sqlite:///{tmp_path}/store.db"
    yield from _made(tmp_path, bus, store)


@pytest.fixture
def server_world(tmp_path: Path, kafka_url: str, postgres_url: str) -> Iterator[World]:
    """The server's: a real Kafka and a real PostgreSQL."""
    yield from _made(tmp_path, f"{kafka_url}?partitions=4", postgres_url)


@pytest.fixture
def shared_store_world(tmp_path: Path, postgres_url: str) -> Iterator[World]:
    """A store that many machines share, and has a clock of its own, beside a local bus."""
    yield from _made(tmp_path, f"sqlite:///{tmp_path}/bus.db?partitions=4", postgres_url)


def _made(folder: Path, bus_url: str, store_url: str) -> Iterator[World]:
    bus, store = open_bus(bus_url), open_store(store_url, StoreSettings(busy_timeout_s=0.2))
    migrate(store, datetime.now(UTC))
    place = World(folder, bus, store, store_url)
    place.activate(PEACE)
    yield place
    close_readers(bus)
    store.close()
