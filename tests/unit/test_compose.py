"""docker-compose.yml: right by the compose specification, closed to the outside, right by newsbeam's own settings."""

import json
import os
import re
import tomllib
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
from newsbeam.settings.values import Size
from newsbeam.store.database import open_store
from tests.servers.compose import COMPOSE, PROFILES, ROOT, SERVICES, image, is_ours, needs, of_profile
from tests.servers.install import COMPOSE_SCHEMA
from tests.unit.commandlines import parsed

OURS = sorted(filter(is_ours, SERVICES))
ON_FLINK = {"jobmanager", "taskmanager", "jobserver", "pool", "keeper"}
FLINK = yaml.safe_load((ROOT / "config/flink/config.yaml").read_text("utf-8"))
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


def networks_of(name: str) -> set[str]:
    """Return the networks that a service is in, by itself or with another."""
    shared = SERVICES[name].get("network_mode")
    return set(SERVICES[name]["networks"]) if shared is None else networks_of(shared.removeprefix("service:"))


def bytes_of(size: str) -> int:
    """Return a size as compose, Flink and Java write it: a letter alone counts in 1,024."""
    return Size(
        f"{size[:-1]}{size[-1].upper()}iB" if size[-1] in "mg" else size[:-1] + size[-1].upper() + "B"
    )


# --- the file -------------------------------------------------------------------------------------------


def test_the_file_is_right_by_the_compose_specification(schema: Mapping[str, Any]) -> None:
    jsonschema.validate(COMPOSE, schema)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**COMPOSE, "services": {"poll": {"comand": ["poll"]}}}, schema)


def test_each_profile_is_whole_and_one_runs_without_being_named() -> None:
    server, cluster = (set(of_profile(profile)) for profile in PROFILES)
    assert server | cluster == set(
        SERVICES
    )  # no service runs without a profile, or nobody would miss the pipeline
    assert server - cluster == {"process"}
    assert cluster - server == ON_FLINK
    named = re.search(r"^COMPOSE_PROFILES=(\S+)$", (ROOT / ".env").read_text(), re.MULTILINE)
    assert named is not None
    assert named[1] == "server"


def test_everything_that_a_service_names_is_there() -> None:
    for name, service in SERVICES.items():
        assert set(service.get("secrets", ())) <= set(COMPOSE["secrets"])
        assert networks_of(name) <= set(COMPOSE["networks"])
        assert ("networks" in service) != ("network_mode" in service)
        named = {place.partition(":")[0] for place in service.get("volumes", ())}
        assert {place for place in named if not place.startswith(".")} <= set(COMPOSE["volumes"])
        assert all((ROOT / place).exists() for place in named if place.startswith("."))


@pytest.mark.parametrize("name", sorted(SERVICES))
def test_every_service_is_contained(name: str) -> None:
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:\d+", service["user"])
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not {"privileged", "cap_add", "devices", "pid", "ipc"} & set(service)
    assert bytes_of(service["mem_limit"]) >= 512 * 2**20
    assert service["cpus"] <= 2
    assert service["pids_limit"] <= 1_000
    assert service["restart"] == ("on-failure" if name == "apply" else "unless-stopped")
    writable = [*service.get("tmpfs", ()), *(place.partition(":")[2] for place in service.get("volumes", ()))]
    assert name == "prometheus" or {"/tmp", "/tmp:exec"} & set(writable)  # noqa: S108
    assert re.search(r":v?\d|:local$", service["image"])


@pytest.mark.parametrize("name", sorted(set(SERVICES) - {"apply"}))
def test_every_service_that_stays_has_a_health_check(name: str) -> None:
    kind, program, *words = SERVICES[name]["healthcheck"]["test"]
    assert kind == "CMD"
    if program == "newsbeam":
        assert parsed(words) == ["status"]
        assert words == ["status", "--alive", "process" if name == "keeper" else name]


def test_nothing_but_the_two_pages_is_reached_from_outside() -> None:
    ports = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert ports == {"serve": ["127.0.0.1:8600:8600"], "grafana": ["127.0.0.1:3000:3000"]}
    assert {name for name, one in COMPOSE["networks"].items() if not (one or {}).get("internal")} == {
        "outside"
    }
    assert {name for name in SERVICES if "outside" in networks_of(name)} == {
        "serve",
        "grafana",
        "poll",
        "deliver",
    }
    assert {name for name in SERVICES if "flink" in networks_of(name)} == ON_FLINK


def test_no_secret_is_in_the_environment() -> None:
    for name, service in SERVICES.items():
        for variable, value in service.get("environment", {}).items():
            if re.search("PASSWORD|TOKEN|SECRET", variable):
                assert variable.endswith("_FILE"), f"{name}: {variable}"
                assert value.removeprefix(SECRETS) in service["secrets"]


# --- newsbeam's services --------------------------------------------------------------------------------


def test_the_jobs_run_after_the_configuration_was_applied() -> None:
    commands = {name: parsed(SERVICES[name]["command"]) for name in OURS}
    assert commands.pop("apply") == ["config", "apply"]
    ours = {"keeper": "process", "pool": "process"}
    assert commands == {name: [ours.get(name, name)] for name in commands}
    for name in commands:
        assert "apply" in needs(name)


@pytest.mark.parametrize("name", OURS)
def test_a_services_environment_makes_its_deployment(name: str, tmp_path: Path) -> None:
    settings = settings_of(name, tmp_path)
    assert settings.deployment == ("cluster" if name in ON_FLINK else "server")
    assert settings.store.password is not None
    assert settings.store.password.reveal() == "the postgres_password and much more"
    assert open_bus(settings.bus_url, settings.kafka).url.startswith("kafka://kafka:9092")
    store = open_store(settings.store_url, settings.store)
    assert "newsbeam" in store.url
    assert "the postgres_password and much more" not in store.url


def test_pages_leave_the_container_with_a_token_alone(tmp_path: Path) -> None:
    serve = settings_of("serve", tmp_path).serve
    assert (serve.host, serve.port) == ("0.0.0.0", 8600)  # noqa: S104 - inside the container
    assert read_token(serve) == "the serve_token and much more"
    assert {"serve", "127.0.0.1"} <= allowed_hosts(serve)  # as a Prometheus in the network calls it
    environ = {"NEWSBEAM_SERVE__HOST": "0.0.0.0"}  # noqa: S104
    with pytest.raises(ConfigurationError, match="token"):
        read_token(load_settings(ROOT / "config", str(tmp_path), environ).serve)


@pytest.mark.parametrize("name", sorted(set(OURS) - {"apply"}))
def test_every_job_shows_its_metrics_inside_the_network_alone(name: str, tmp_path: Path) -> None:
    metrics = settings_of(name, tmp_path).metrics
    assert (metrics.host, metrics.port) == ("0.0.0.0", 8609)  # noqa: S104 - inside the container
    assert {"data"} <= networks_of(name) & networks_of("prometheus")
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


def test_the_image_is_that_of_the_project() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text()
    pinned = re.search(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert pinned is not None
    assert f"uv=={pinned[1]}\n" in dockerfile
    wheel = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for package in (*wheel["packages"], *wheel["force-include"]):
        assert f"COPY {package} {package}\n" in dockerfile
    (user,) = {SERVICES[name]["user"] for name in OURS}
    uid, _, gid = user.partition(":")
    (made,) = [rest for instruction, rest in image() if instruction == "RUN"]
    assert f"--uid {uid} " in made
    assert f"--gid {gid} " in made


# --- Flink ----------------------------------------------------------------------------------------------


def test_flink_is_where_the_keeper_looks_for_it(tmp_path: Path) -> None:
    flink = settings_of("keeper", tmp_path).flink
    assert flink == settings_of("pool", tmp_path).flink
    assert flink.rest == f"http://{FLINK['rest']['address']}:{FLINK['rest']['port']}"
    host, _, port = flink.job_endpoint.partition(":")
    assert {f"--job-host={host}", f"--job-port={port}"} <= set(SERVICES[host]["command"])
    assert f"--flink-master={flink.rest.removeprefix('http://')}" in SERVICES[host]["command"]
    # A task manager tells workers to come to localhost, so that they must share its network.
    assert flink.worker_pool.startswith("localhost:")
    assert flink.pool_host == "127.0.0.1"
    assert SERVICES["taskmanager"]["network_mode"] == "service:pool"


def test_a_task_manager_listens_in_its_own_network_alone() -> None:
    name = FLINK["taskmanager"]["bind-host"]
    places = SERVICES["pool"]["networks"]
    assert name == FLINK["taskmanager"]["host"]
    assert name in places["flink"]["aliases"]
    assert places["data"] is None
    assert networks_of("jobmanager") == {"flink"}  # which listens everywhere in it


def test_flinks_memory_fits_its_limits() -> None:
    memory = FLINK["taskmanager"]["memory"]
    heap, direct = (
        sum(bytes_of(memory[part][where]["size"]) for part in ("task", "framework"))
        for where in ("heap", "off-heap")
    )
    direct += bytes_of(memory["network"]["max"])
    words = SERVICES["taskmanager"]["entrypoint"]
    assert [bytes_of(word[4:]) for word in words if word.startswith("-Xmx")] == [heap]
    assert f"-XX:MaxDirectMemorySize={direct // 2**20}m" in words
    beside = (memory["managed"]["size"], memory["jvm-metaspace"]["size"], memory["jvm-overhead"]["max"])
    assert heap + direct + sum(map(bytes_of, beside)) <= bytes_of(SERVICES["taskmanager"]["mem_limit"])
    assert FLINK["taskmanager"]["numberOfTaskSlots"] >= 8  # partitions of kafka://kafka:9092?partitions=8
    assert "partitions=8" in SERVICES["keeper"]["environment"]["NEWSBEAM_SERVICE__BUS"]


def test_the_job_server_is_the_one_that_the_tests_run() -> None:
    pom = (ROOT / "tests/servers/flink-pom.xml").read_text()
    runner = re.search(r"<artifactId>beam-runners-flink-(\S+)</artifactId>\s*<version>(\S+)</version>", pom)
    assert runner is not None
    assert SERVICES["jobserver"]["image"] == f"apache/beam_flink{runner[1]}_job_server:{runner[2]}"
    for name in ("jobmanager", "taskmanager"):
        assert SERVICES[name]["image"].startswith(f"flink:{runner[1]}-")
