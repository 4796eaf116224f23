"""What docker-compose.yml starts works: every newsbeam service with its own command, environment and health check."""

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pytest
import yaml

from tests.contract.newspaper import Newspaper, Page, rss
from tests.contract.receiver import Receiver
from tests.e2e.containers import METRICS, Containers, change, flink_places, kafka_places, postgres_places
from tests.servers.compose import ROOT, is_ours
from tests.servers.kafka import KafkaServer
from tests.servers.postgres import PostgresServer
from tests.servers.process import wait_until

pytestmark = pytest.mark.timeout(600)

PUBLISHED = [
    {"url": "https://harbour-post.example/truce", "title": "A ceasefire holds in the Aldava valley",
     "body": "The ceasefire signed in Port Maren held for a second night, monitors said.", "language": "en"},
    {"url": "https://harbour-post.example/bridge", "title": "A bridge reopens", "body": "Ferries stop at noon.",
     "language": "en"},
]  # fmt: skip
LOOKS = "grafana"  # the user of Grafana's dashboards
RECORDED = r'^newsbeam_records_total{disposition="recorded"} (\S+)$'
POLLED = ("An old ceasefire", "The market of Port Maren")


@pytest.fixture
def paper() -> Iterator[Newspaper]:
    with Newspaper() as paper:
        paper.pages["/feed"] = Page(rss(*POLLED))
        yield paper


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        yield receiver


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder like a container's /tmp: sockets lie in it, whose paths must not be long."""
    with tempfile.TemporaryDirectory(prefix="nb-") as folder:
        yield Path(folder)


@pytest.fixture(params=["server", pytest.param("cluster", marks=pytest.mark.flink)])
def containers(
    request: pytest.FixtureRequest, tmp_path: Path, short_path: Path, kafka_server: KafkaServer, kafka_url: str,
    postgres_server: PostgresServer, paper: Newspaper, receiver: Receiver,
) -> Iterator[Containers]:  # fmt: skip
    """The services of a profile over real servers; the shipped configuration, but for one feed and a subscription."""
    servers = {**kafka_places(kafka_server, kafka_url), **postgres_places(postgres_server)}
    if request.param == "cluster":
        servers.update(flink_places(request.getfixturevalue("flink_cluster")))
    made = Containers(request.param, tmp_path, short_path, servers)
    feeds = [{"id": "paper", "url": f"{paper.url}/feed", "allow_private": True}]
    (made.config / "feeds.yaml").write_text(yaml.safe_dump(feeds))
    desk = {"id": "desk", "channel": "webhook", "url": f"{receiver.url}/desk", "allow_private": True}
    change(made.config / "alerts.yaml", subscriptions=[desk])
    with postgres_server.guarded("newsbeam", made.secrets["postgres_password"], LOOKS):
        yield made


def test_every_service_does_its_work(containers: Containers, receiver: Receiver) -> None:
    containers.make_database()
    containers.apply()
    with containers.running():
        containers.await_health(within_s=150)
        now = datetime.now(UTC).isoformat()
        lines = [json.dumps({**story, "published_at": now}).encode() for story in PUBLISHED]
        assert containers.ask("/api/v1/stories", b"\n".join(lines)) == {"published": 2, "refused": []}
        wait_until(lambda: len(recorded(containers)) == 4, 150, "four stories", containers.said)
        stories = recorded(containers)
        assert set(stories) == {*POLLED, *(story["title"] for story in PUBLISHED)}
        assert "ceasefire" in topics(stories["A ceasefire holds in the Aldava valley"])
        assert topics(stories["A bridge reopens"]) == set()
        wait_until(lambda: len(receiver.on("/desk")) > 0, 60, "the alert", containers.said)
        assert_metrics(containers)
        assert_dashboards_are_fed(containers)
        containers.stop()
    told = [json.loads(got.body)["data"] for got in receiver.on("/desk")]
    assert "ceasefire" in {alert["rule"] for alert in told}
    assert {alert["title"] for alert in told} == {
        PUBLISHED[0]["title"]
    }  # what the feed held before is history


def recorded(containers: Containers) -> Mapping[str, Any]:
    return {story["title"]: story for story in containers.ask("/api/v1/stories")["stories"]}


def topics(story: Mapping[str, Any]) -> set[str]:
    return {tag["topic"] for tag in story["tags"]}


def assert_metrics(containers: Containers) -> None:
    """What Prometheus scrapes is there, by its own settings."""
    jobs, pages = yaml.safe_load((ROOT / "config/prometheus/prometheus.yml").read_text())["scrape_configs"]
    watched = [name for name in jobs["dns_sd_configs"][0]["names"] if name in containers.services]
    assert set(watched) == set(filter(is_ours, containers.services)) - {"apply", "serve"}

    def shown() -> str:
        return "".join(containers.get(name, METRICS, "/metrics") for name in watched)

    def counted() -> float:
        return sum(float(number) for number in re.findall(RECORDED, shown(), re.MULTILINE))

    wait_until(lambda: counted() == 4, 30, "four stories in the metrics of who recorded them", shown)
    for asked in ('newsbeam_feed_fetches_total{outcome="ok"} 1.0', "newsbeam_deliveries_total"):
        assert asked in shown()
    (target,) = pages["static_configs"][0]["targets"]
    page = containers.get("serve", target.rpartition(":")[2], "/metrics")
    assert re.search(r"^newsbeam_store_stories 4.0$", page, re.MULTILINE)


def assert_dashboards_are_fed(containers: Containers) -> None:
    """Grafana's own source of data holds the stories, for its own user."""
    sources = yaml.safe_load((ROOT / "config/grafana/provisioning/datasources/newsbeam.yaml").read_text())
    (source,) = [one for one in sources["datasources"] if one["name"] == "Store"]
    assert source["user"] == LOOKS
    secret = source["secureJsonData"]["password"].removeprefix("$__file{/run/secrets/").rstrip("}")
    address = f"postgresql://{containers.here('postgres', source['url'])}/{source['jsonData']['database']}"
    with psycopg.connect(address, user=source["user"], password=containers.secrets[secret]) as connection:
        assert connection.execute("SELECT count(*) FROM story").fetchall() == [(4,)]
