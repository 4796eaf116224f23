"""One deployment over one simulated newswire: wire, receiver, service, and the store to look into."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import NamedTuple

import pytest

from newsbeam.newswire import RunningServer
from newsbeam.store.database import Store, open_store
from tests.contract.receiver import Receiver
from tests.e2e.equality import Ledger
from tests.e2e.service import Service, WireClock, configure
from tests.servers.flink import FlinkCluster
from tests.servers.process import wait_until


class Deployed(NamedTuple):
    """A service, and everything around it."""

    service: Service
    wire: RunningServer
    receiver: Receiver
    bus_url: str
    store_url: str
    exits: ExitStack

    def ledger(self) -> Ledger:
        """The store, read against the wire; the service must have made it."""
        store: Store = open_store(self.store_url)
        self.exits.callback(store.close)
        return Ledger(store, self.wire)

    def begin_news(self, within_s: float = 60.0) -> None:
        """Let the wire go, once everything that its feeds hold already was read as their history."""
        ledger, clock = self.ledger(), self.wire.clock
        wait_until(ledger.all_watched, within_s, "the first fetches", self.service.tail)
        assert isinstance(clock, WireClock)
        clock.release()

    def quiesce(self, within_s: float = 90.0) -> Ledger:
        """Return when the wire is settled and nothing is left to read, record or deliver."""
        ledger = self.ledger()
        wait_until(
            lambda: not ledger.unfinished(self.bus_url),
            within_s,
            "the service to have done everything",
            lambda: f"{ledger.unfinished(self.bus_url)}\n{self.service.tail()}",
        )
        return ledger


@pytest.fixture
def deploy(tmp_path: Path) -> Iterator[Callable[..., Deployed]]:
    """Put a service beside a wire; by default a laptop's. Everything is stopped in the end."""
    with ExitStack() as exits:

        def deployed(
            wire: RunningServer,
            bus: str = "",
            store: str = "",
            name: str = "data",
            flink: FlinkCluster | None = None,
        ) -> Deployed:
            receiver = exits.enter_context(Receiver())
            exits.callback(wire.stop)
            places = {"bus": bus, "store": store} if bus else {}
            config = configure(
                tmp_path / f"{name}-config", wire, receiver=receiver.url, service=places, flink=flink
            )
            service = Service(config, tmp_path / name)
            exits.callback(service.stop)
            bus_url = bus or f"sqlite:///{service.data}/bus.db"
            return Deployed(
                service, wire, receiver, bus_url, store or f"sqlite:///{service.data}/store.db", exits
            )

        yield deployed
