"""Log lines: for people by default, JSON where a program collects them."""

import json
import logging
import os
import sys
from datetime import UTC, datetime

KAFKA_AGAIN_AFTER_S = 30.0
_REMEMBERED = 1_000


class _People(logging.Formatter):
    """`12:03:04 poll  warning  message`, without a traceback unless it is a defect."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).strftime("%H:%M:%S")
        level = "" if record.levelno <= logging.INFO else f"{record.levelname.lower()}: "
        name = record.name.removeprefix("newsbeam.").removeprefix("connectors.")
        text = f"{at} {name:<10} {level}{record.getMessage()}"
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class _Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False)


def _not_of_beams_imports(record: logging.LogRecord) -> bool:
    """Beam's modules tell the root logger, while they are imported, which cloud clients they did not find."""
    return not (record.name == "root" and f"{os.sep}apache_beam{os.sep}" in record.pathname)


class _SeldomOfKafka(logging.Filter):
    """Lets each message of the Kafka client through once in a while, and a lost connection without its traceback.

    While a broker is away the client says of every attempt, several a second, what became of it in five lines.
    """

    def __init__(self) -> None:
        super().__init__()
        self._said_at: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the line is to be written."""
        if record.name.partition(".")[0] != "kafka":
            return True
        message = record.name, str(record.msg)
        if record.created - self._said_at.get(message, float("-inf")) < KAFKA_AGAIN_AFTER_S:
            return False
        if len(self._said_at) >= _REMEMBERED:
            self._said_at.clear()
        self._said_at[message] = record.created
        if record.exc_info and isinstance(record.exc_info[1], OSError):
            record.msg, record.args = f"{record.getMessage()}: {record.exc_info[1]}", None
            record.exc_info = None
        return True


def set_up_logs(form: str) -> None:
    """Send every log line of this process to standard error in the given form: `text` or `json`."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Lines() if form == "json" else _People())
    handler.addFilter(_not_of_beams_imports)
    handler.addFilter(_SeldomOfKafka())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for noisy in ("apache_beam", "kafka", "aiohttp.access", "alembic", "uvicorn.access", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
