"""What is written of what libraries log."""

import logging

import pytest

from newsbeam.app.logs import KAFKA_AGAIN_AFTER_S, set_up_logs


@pytest.fixture(autouse=True)
def _restored(monkeypatch: pytest.MonkeyPatch) -> None:
    root = logging.getLogger()
    monkeypatch.setattr(root, "handlers", [])  # those of others would be closed
    monkeypatch.setattr(root, "level", root.level)


def log(name: str, at: float, message: str, *args: object, error: BaseException | None = None) -> None:
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    record = logging.LogRecord(name, logging.ERROR, __file__, 1, message, args, exc_info)
    record.created = at
    logging.getLogger(name).handle(record)


def test_the_kafka_client_says_the_same_once_in_a_while(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("text")
    for tenth in range(100):
        log("kafka.net.manager", tenth / 10, "Connection failed: %s", f"attempt {tenth}")
    log("kafka.net.manager", 1.0, "another matter")
    log("kafka.net.manager", KAFKA_AGAIN_AFTER_S, "Connection failed: %s", "attempt 300")
    said = capsys.readouterr().err
    assert [line.partition("error: ")[2] for line in said.splitlines()] == [
        "Connection failed: attempt 0",
        "another matter",
        "Connection failed: attempt 300",
    ]


def test_a_lost_connection_to_kafka_needs_no_traceback_a_defect_does(
    capsys: pytest.CaptureFixture[str],
) -> None:
    set_up_logs("text")
    reset = ConnectionResetError(104, "Connection reset by peer")
    log("kafka.net.transport", 0.0, "%s: Error receiving", "node 1", error=reset)
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 1
    assert said[0].endswith("node 1: Error receiving: [Errno 104] Connection reset by peer")
    log("kafka.net.transport", 0.0, "cannot go on", error=ValueError("of the client itself"))
    assert "ValueError: of the client itself" in capsys.readouterr().err


def test_what_others_log_is_all_written(capsys: pytest.CaptureFixture[str]) -> None:
    set_up_logs("json")
    for _ in range(3):
        log("newsbeam.poll", 0.0, "feed is away")
    assert capsys.readouterr().err.count("feed is away") == 3
