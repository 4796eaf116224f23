"""What the parts' settings mean together."""

from pathlib import Path

from newsbeam.app.configuration import Settings, load_settings

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


def test_webhook_secrets_lie_in_the_data_directory_unless_the_settings_say_where(tmp_path: Path) -> None:
    assert settings_of(tmp_path, "{}").deliver_here.secrets_dir == str(tmp_path / "data" / "secrets")
    said = settings_of(tmp_path, "deliver: {secrets_dir: data/secrets}")
    assert said.deliver_here.secrets_dir == "data/secrets"
