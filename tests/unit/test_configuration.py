"""What the parts' settings mean together."""

from pathlib import Path

import pytest

from newsbeam.app.configuration import Settings, load_settings
from newsbeam.errors import ConfigurationError

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


def test_webhook_secrets_lie_in_the_data_directory_unless_the_settings_say_where(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "{}").deliver_here.secrets_dir == str(tmp_path / "data" / "secrets")
    said = settings_of(tmp_path, "deliver: {secrets_dir: data/secrets}")
    assert said.deliver_here.secrets_dir == "data/secrets"
