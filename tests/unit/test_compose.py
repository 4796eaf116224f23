"""docker-compose.yml: right by the compose specification, and right by newsbeam's own command and settings."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from dashboard.settings import allowed_hosts, read_token
from newsbeam.app.configuration import Settings, load_settings
from newsbeam.bus import open_bus
from newsbeam.errors import ConfigurationError
from newsbeam.store.database import open_store
from tests.servers.install import COMPOSE_SCHEMA
from tests.unit.commandlines import parsed

ROOT = Path(__file__).parents[2]
COMPOSE: Mapping[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES: Mapping[str, Any] = COMPOSE["services"]
OURS = sorted(name for name, service in SERVICES.items() if service["image"].startswith("newsbeam"))
SECRETS = "/run/secrets/"


@pytest.fixture
def schema() -> Mapping[str, Any]:
    """The compose specification's own."""
    if not COMPOSE_SCHEMA.exists():
        reason = "the compose specification's schema is not installed (make servers)"
        if os.environ.get("CI") == "true":
            pytest.fail(reason, pytrace=False)
        pytest.skip(reason)
    found: Mapping[str, Any] = json.loads(COMPOSE_SCHEMA.read_text("utf-8"))
    return found


def settings_of(name: str, folder: Path) -> Settings:
    """Load a service's settings as its container does, with the secrets that it is given and no others."""
    given = SERVICES[name]["environment"]
    for secret in SERVICES[name]["secrets"]:
        folder.joinpath(secret).write_text(f"the {secret} and much more\n")
    environ = {key: value.replace(SECRETS, f"{folder}/") for key, value in given.items()}
    return load_settings(ROOT / "config", "/var/lib/newsbeam", environ)


def test_the_file_is_right_by_the_compose_specification(schema: Mapping[str, Any]) -> None:
    jsonschema.validate(COMPOSE, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**COMPOSE, "services": {"poll": {"comand": ["poll"]}}}, schema)


def test_everything_that_a_service_names_is_there() -> None:
    for service in SERVICES.values():
        assert set(service.get("depends_on", ())) <= set(SERVICES)
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        named = {place.partition(":")[0] for place in service.get("volumes", ())}
        assert {place for place in named if not place.startswith(".")} <= set(COMPOSE["volumes"])
        assert all((ROOT / place).exists() for place in named if place.startswith("."))
        assert service.get("restart") in {"unless-stopped", "on-failure"}


def test_the_four_jobs_run_after_the_configuration_was_applied() -> None:
    commands = {name: parsed(SERVICES[name]["command"]) for name in OURS}
    assert commands.pop("apply") == ["config", "apply"]
    assert commands == {job: [job] for job in ("poll", "process", "deliver", "serve")}
    for job in commands:
        assert SERVICES[job]["depends_on"] == {"apply": {"condition": "service_completed_successfully"}}


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"apply"}))
def test_every_service_that_stays_has_a_health_check(name: str) -> None:
    kind, program, *words = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    if program == "newsbeam":
        assert parsed(words) == ["status"]
        assert words == ["status", "--alive", name]


@pytest.mark.parametrize("name", OURS)
def test_a_services_environment_makes_the_server_deployment(name: str, tmp_path: Path) -> None:
    settings = settings_of(name, tmp_path)
    assert settings.deployment == "server"
    assert settings.store.password is not None
    assert settings.store.password.reveal() == "the postgres_password and much more"
    assert open_bus(settings.bus_url, settings.kafka).url.startswith("kafka://kafka:9092")
    store = open_store(settings.store_url, settings.store)
    assert "newsbeam" in store.url
    assert "the postgres_password and much more" not in store.url


def test_pages_leave_the_container_with_a_token_alone(tmp_path: Path) -> None:
    serve = settings_of("serve", tmp_path).serve
    assert (serve.host, serve.port) == ("0.0.0.0", 8600)  # noqa: S104 - inside the container
    assert SERVICES["serve"]["ports"] == ["127.0.0.1:8600:8600"]
    assert read_token(serve) == "the serve_token and much more"
    assert {"serve", "127.0.0.1"} <= allowed_hosts(serve)  # as a Prometheus in the network calls it
    environ = {"NEWSBEAM_SERVE__HOST": "0.0.0.0"}  # noqa: S104
    with pytest.raises(ConfigurationError, match="token"):
        read_token(load_settings(ROOT / "config", str(tmp_path), environ).serve)


@pytest.mark.parametrize("name", ["poll", "process", "deliver", "serve"])
def test_every_job_shows_its_metrics_inside_the_network_alone(name: str, tmp_path: Path) -> None:
    metrics = settings_of(name, tmp_path).metrics
    assert (metrics.host, metrics.port) == ("0.0.0.0", 8609)  # noqa: S104 - inside the container
    assert not [port for port in SERVICES[name].get("ports", ()) if str(metrics.port) in port]
    jobs, pages = yaml.safe_load((ROOT / "config/prometheus/prometheus.yml").read_text())["scrape_configs"]
    (found,) = jobs["dns_sd_configs"]
    if name == "serve":  # which has a page of its own for them
        assert pages["static_configs"] == [{"targets": ["serve:8600"]}]
    else:
        assert name in found["names"]
        assert found["port"] == metrics.port


def test_servers_are_where_the_jobs_look_for_them(tmp_path: Path) -> None:
    settings = settings_of("poll", tmp_path)
    user, host, port, database = re.fullmatch(
        r"postgresql\+psycopg://(\w+)@(\w+):(\d+)/(\w+)", settings.store_url
    ).groups()  # type: ignore[union-attr]
    assert (host, port) == ("postgres", "5432")
    postgres = SERVICES["postgres"]["environment"]
    assert (postgres["POSTGRES_USER"], postgres["POSTGRES_DB"]) == (user, database)
    assert settings.bus_url.startswith("kafka://kafka:9092")
    assert SERVICES["kafka"]["environment"]["KAFKA_ADVERTISED_LISTENERS"] == "PLAINTEXT://kafka:9092"


def test_the_image_is_built_with_the_installer_of_the_makefile() -> None:
    pinned = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"uv=={pinned[1]}\n" in (ROOT / "Dockerfile").read_text()
