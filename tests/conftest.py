"""Fixtures for every suite: real servers, a fresh place in them for each test, each kind of bus and store."""

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from xdist.scheduler import LoadFileScheduling

from tests.servers import chromium as browser
from tests.servers import flink, kafka, lucene, postgres
from tests.servers.flink import FlinkCluster
from tests.servers.kafka import KafkaServer
from tests.servers.postgres import PostgresServer

# A busy machine is no fault of a test.
settings.register_profile("busy", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("busy")

FLINK = tuple(
    f"tests/{name}.py" for name in ("graph/test_flink", "e2e/test_service_cluster", "e2e/test_containers")
)
NEEDS: dict[str, Callable[[], str | None]] = {
    "kafka": kafka.missing,
    "postgres": postgres.missing,
    "browser": browser.missing,
    "java": lucene.missing,
    "flink": flink.missing,
}
# A test that asks for a server needs no marker of its own.
MARKS = {
    "kafka_server": "kafka",
    "postgres_server": "postgres",
    "chromium": "browser",
    "lucene": "java",
    "flink_cluster": "flink",
}


class ByFile(LoadFileScheduling):
    """The tests of a file stay in one process, and those of all files that use Flink: two clusters are too much."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return "flink" if file in FLINK else file


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    return ByFile(config, log)


@pytest.hookimpl(wrapper=True, tryfirst=True)  # marks before `-m` selects, the turn after the shuffle
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    for item in items:
        for fixture in getattr(item, "fixturenames", ()):
            if fixture in MARKS:
                item.add_marker(MARKS[fixture])
    yield
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.nodeid.partition("::")[0] not in FLINK)  # the longest first


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    for mark, missing in NEEDS.items():
        if item.get_closest_marker(mark) and (reason := missing()):
            if os.environ.get("CI") == "true":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def kafka_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KafkaServer]:
    """One broker for the whole run; `str()` of it is its bootstrap address."""
    server = KafkaServer(tmp_path_factory.mktemp("kafka"))
    try:
        yield server.start()
    finally:
        server.stop()


@pytest.fixture
def kafka_url(kafka_server: KafkaServer) -> str:
    """A bus on the broker whose topics no other test sees."""
    return f"kafka://{kafka_server}/t{uuid.uuid4().hex[:10]}"


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole run; not durable."""
    server = PostgresServer()
    try:
        yield server.start()
    finally:
        server.remove()


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty database, as SQLAlchemy addresses it."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(scope="session")
def flink_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlinkCluster]:
    """One Flink session cluster, with Beam's job server and a worker pool, for the whole run."""
    cluster = FlinkCluster(tmp_path_factory.mktemp("flink"))
    try:
        yield cluster.start()
    finally:
        cluster.stop()


@pytest.fixture(scope="session")
def chromium() -> str:
    """The browser's program."""
    found = browser.path()
    assert found is not None
    return found


@pytest.fixture
def sqlite_store_url(tmp_path: Path) -> str:
    """A store in a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'store.db'}"


@pytest.fixture
def local_bus_url(tmp_path: Path) -> str:
    """A local bus in a file that is not there yet."""
    return f"sqlite:///{tmp_path / 'bus.db'}"


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store_url(request: pytest.FixtureRequest) -> str:
    """A fresh store on each kind of database."""
    fixture = {"sqlite": "sqlite_store_url", "postgres": "postgres_url"}[request.param]
    return str(request.getfixturevalue(fixture))


@pytest.fixture(params=["local", pytest.param("kafka", marks=pytest.mark.kafka)])
def bus_url(request: pytest.FixtureRequest) -> str:
    """A fresh bus of each kind."""
    fixture = {"local": "local_bus_url", "kafka": "kafka_url"}[request.param]
    return str(request.getfixturevalue(fixture))
