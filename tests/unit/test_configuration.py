"""What the parts' settings mean together."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from newsbeam.app.configuration import Settings, load_settings
from newsbeam.app.deployment import ActiveConfiguration, Deployment
from newsbeam.errors import ConfigurationError, Unavailable
from newsbeam.store.catalogs import DocumentKind, activate, store_document
from newsbeam.store.database import open_store
from newsbeam.store.migrate import migrate

DAY_S = 86_400.0


def settings_of(folder: Path, text: str) -> Settings:
    (folder / "newsbeam.yaml").write_text(text)
    return load_settings(folder, str(folder / "data"), {})


def test_what_retention_would_remove_at_once_is_not_recorded(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "retention: {stories: 30d, bodies: 10d}")
    assert settings.recording_here.oldest_s == 30 * DAY_S
    assert settings.recording_here.max_age_s == settings.recording.max_age_s
    said = settings_of(tmp_path, "retention: {stories: 30d, bodies: 10d}\nrecording: {oldest: 7d}")
    assert said.recording_here.oldest_s == 7 * DAY_S


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "process: {hang_after: 40s}",
            ":1: process.hang_after: at least 45 s beside store.busy_timeout: 30 s",
        ),
        ("\nstore: {busy_timeout: 2m}", ": process.hang_after: at least 180 s"),
        (
            "retention: {stories: 30d, bodies: 10d}\nrecording: {oldest: 31d}",
            ":2: recording.oldest: at most retention.stories (30 d)",
        ),
        (
            "recording: {max_age: 30d}\nretention: {alerts: 36d}",
            ":2: retention.alerts: at least 37 d, recording.max_age (30 d) and recording.cluster_span (7 d)",
        ),
        (
            "recording: {max_age: 30d}\nretention: {stories: 32d, bodies: 9d}",
            ":2: retention.stories: at least 33 d, recording.max_age (30 d) and recording.cluster_window (3 d)",
        ),
    ],
)
def test_settings_that_do_not_go_together_are_refused_with_their_place(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(ConfigurationError) as told:
        settings_of(tmp_path, text)
    (mistake,) = told.value.mistakes
    assert said in mistake


def test_a_statement_that_stalls_ends_well_before_its_worker_does(tmp_path: Path) -> None:
    server = "service: {bus: 'kafka://h:9092', store: 'postgresql://h/news'}\n"
    usual = settings_of(tmp_path, server)
    assert usual.process.hang_after_s >= 1.5 * usual.store.statement_timeout_s
    with pytest.raises(ConfigurationError, match=r"store\.statement_timeout: 120 s"):
        settings_of(tmp_path, server + "store: {statement_timeout: 120s}")
    assert settings_of(tmp_path, "store: {statement_timeout: 120s}")  # a SQLite file has none


def test_alerts_are_kept_as_long_as_any_rule_looks_back(tmp_path: Path) -> None:
    """Else the event's alert is gone when a late story comes, and the event is told anew as version 1."""
    rule = "  - {id: %s, when: flood, topic: floods, max_age: %s}\n"
    (tmp_path / "alerts.yaml").write_text("rules:\n" + rule % ("near", "2d") + rule % ("far", "30d"))
    (tmp_path / "newsbeam.yaml").write_text("retention: {alerts: 37d}")
    assert Deployment(str(tmp_path), str(tmp_path)).configuration([]).catalog.rules
    (tmp_path / "newsbeam.yaml").write_text("retention: {alerts: 36d}")
    with pytest.raises(ConfigurationError) as told:
        Deployment(str(tmp_path), str(tmp_path)).configuration([])
    (mistake,) = told.value.mistakes
    assert "retention.alerts: at least 37 d, max_age of rule far (30 d) and recording.cluster_span" in mistake


def test_webhook_secrets_lie_in_the_data_directory_unless_the_settings_say_where(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "{}").deliver_here.secrets_dir == str(tmp_path / "data" / "secrets")
    said = settings_of(tmp_path, "deliver: {secrets_dir: data/secrets}")
    assert said.deliver_here.secrets_dir == "data/secrets"


@pytest.mark.parametrize(
    ("kind", "ask"),
    [
        (DocumentKind.FEEDS, ActiveConfiguration.feeds),
        (DocumentKind.SUBSCRIPTIONS, ActiveConfiguration.subscriptions),
        (DocumentKind.CATALOG, ActiveConfiguration.catalog),
    ],
)
def test_a_document_of_another_version_is_waited_for(
    tmp_path: Path, kind: DocumentKind, ask: Callable[[ActiveConfiguration], object]
) -> None:
    """In a rolling upgrade the new make active what the old cannot read; that must not end the old."""
    now = datetime(2026, 5, 4, tzinfo=UTC)
    store = open_store(f"sqlite:///{tmp_path}/store.db")
    migrate(store, now)
    active = ActiveConfiguration(store)
    for version, content in (("v9", b'[{"id": {"of": "tomorrow"}}]'), ("v1", b"[]")):
        store_document(store, kind, version, content, now)
        activate(store, kind, version, now)
        if version == "v9" or kind == DocumentKind.CATALOG:
            with pytest.raises(
                Unavailable, match=rf"active {kind} \({version}\) cannot be read.*config apply"
            ):
                ask(active)
        else:
            assert ask(active) == ()
    store.close()
