"""The Standard Webhooks scheme: symmetric secrets in files, and signatures over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
import tempfile
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from newsbeam.errors import ConfigurationError

PREFIX = "whsec_"
_SHORTEST, _LONGEST = 24, 64  # bytes of a secret, by the specification


def create_secret(path: Path) -> bool:
    """Write a new secret to `path` (mode 0600) unless a file is there; return whether it was written.

    Safe against others who do the same at the same time: the file appears whole or not at all. Raises
    `ConfigurationError` when it cannot be written.
    """
    if path.exists():
        return False
    text = PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, whole = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(text + "\n")
            os.link(whole, path)
        except FileExistsError:
            return False
        finally:
            Path(whole).unlink()
    except OSError as error:
        raise ConfigurationError([f"{path}: cannot write a webhook's secret: {error.strerror}"]) from error
    return True


def read_secrets(path: Path) -> tuple[bytes, ...]:
    """Return the keys in a secret file, one `whsec_…` a line (two while one replaces the other).

    Raises `ConfigurationError`; no message shows a secret.
    """
    try:
        lines = path.read_text(encoding="utf-8").split()
    except (OSError, UnicodeError) as error:
        raise ConfigurationError([f"{path}: cannot read this webhook secret file: {error}"]) from error
    keys = tuple(_key(line) for line in lines)
    if not keys or None in keys:
        raise ConfigurationError(
            [f"{path}: a webhook secret is one line: {PREFIX} and base64 of {_SHORTEST} to {_LONGEST} bytes"]
        )
    return tuple(key for key in keys if key is not None)


def _key(text: str) -> bytes | None:
    try:
        key = base64.b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return None
    return key if text.startswith(PREFIX) and _SHORTEST <= len(key) <= _LONGEST else None


def signed_headers(keys: Sequence[bytes], identity: str, body: bytes, now: datetime) -> dict[str, str]:
    """Return the three headers of a signed request; one signature for each key."""
    timestamp = str(int(now.timestamp()))
    content = f"{identity}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(key, content, hashlib.sha256)).decode() for key in keys)
    return {
        "webhook-id": identity,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
