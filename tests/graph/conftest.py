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
    bus = open_bus(f"sqlite:///{tmp_path}/bus.db?partitions=4")
    store = open_store(f"sqlite:///{tmp_path}/store.db", StoreSettings(busy_timeout_s=0.2))
    migrate(store, datetime.now(UTC))
    place = World(tmp_path, bus, store)
    place.activate(PEACE)
    yield place
    close_readers(bus)
    store.close()
