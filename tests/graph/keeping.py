"""A keeper of the job on Flink, in a thread of the test run."""

import sys
import threading
from pathlib import Path
from typing import Any

from newsbeam.app.backlog import Backlog
from newsbeam.app.flinkjob import read_carefully
from newsbeam.enrichment import Enricher
from newsbeam.recording import RecordingSettings
from pipelines.enrich import CatalogInUse, EnricherMaker
from pipelines.flinkrest import FlinkRest
from pipelines.keeper import JobKeeper, KeeperSettings
from pipelines.monitor import Places
from pipelines.settings import FlinkSettings, ProcessSettings
from tests.graph.world import World
from tests.servers.flink import FlinkCluster
from tests.servers.process import wait_until

WORKER = Path(__file__).with_name("worker.py")
PROCESS = ProcessSettings(lease_s=5.0, first_pause_s=0.2, longest_pause_s=1.0)


class Kept:
    """One keeper on one world; `settings` may be changed while it runs."""

    def __init__(
        self, world: World, cluster: FlinkCluster, make: EnricherMaker = Enricher, **flink: Any
    ) -> None:
        self._world = world
        usual: dict[str, Any] = {**cluster.places, "checkpoint_s": 2.0}
        settings = FlinkSettings(restart_delay_s=0.2, **{**usual, **flink})
        self.settings = KeeperSettings(settings, PROCESS, RecordingSettings(), make)
        self.rest = FlinkRest(cluster.rest_url)
        self._cluster = cluster
        self._make = make
        self._stop = threading.Event()
        self._ended: list[int | BaseException] = []
        self._thread = threading.Thread(target=self._run, name="test-keeper", daemon=True)

    def __enter__(self) -> "Kept":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join(90)
        assert not self._thread.is_alive()

    @property
    def ended(self) -> int | BaseException:
        """How it ended; it must have."""
        self._thread.join(90)
        return self._ended[0]

    @property
    def job(self) -> str:
        """The job that it keeps now, empty while there is none."""
        return next(iter(self.rest.living(self.settings.flink.name)), "")

    def recorded(self, records: int, within_s: float = 120.0) -> None:
        """Return when so many records are accounted for."""
        wait_until(lambda: self._world.recorded() >= records, within_s, f"{records} records", self.why_not)

    def why_not(self) -> str:
        """What a test that waited too long should show."""
        cluster = self._cluster
        parts = (cluster.worker_pool, cluster.job_server)
        told = [self.rest.job(self.job).failures] if self.job else []
        return "\n".join(
            [str(self._world.starts()), str(told)[-2_000:], *(part.tail()[-1_500:] for part in parts)]
        )

    def _run(self) -> None:
        world, settings = self._world, self.settings
        places = Places(world.bus, world.store, CatalogInUse(world.store, self._make), settings.recording)
        backlog = Backlog(world.bus, world.store)
        try:
            keeper = JobKeeper(
                places, lambda: self.settings, backlog, self._careful, "test-keeper", self._stop
            )
            self._ended.append(keeper.run())
        except BaseException as error:  # noqa: BLE001 - the test looks at it
            self._ended.append(error)
        finally:
            backlog.close()

    def _careful(self, partition: int) -> None:
        command = [sys.executable, str(WORKER), self._world.bus.url, self._world.store_url, "60", "20"]
        read_carefully([*command, str(partition)], self._world.store, partition, self._stop)
