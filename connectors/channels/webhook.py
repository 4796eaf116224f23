"""A webhook: one signed POST a parcel, without redirects, with a deadline and a limit on the answer."""

import logging
import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib.metadata import version
from pathlib import Path
from urllib.parse import urlsplit

import aiohttp

from connectors.channels.channel import DeliveryRefused, Parcel, Receipt
from connectors.channels.cloudevent import CONTENT_TYPE, cloud_event
from connectors.channels.signing import create_secret, read_secrets, signed_headers
from connectors.guard import guarded_connector, was_refused
from newsbeam.alert import Subscription
from newsbeam.errors import ConfigurationError, DeliveryFailed

logger = logging.getLogger("newsbeam.deliver")
_ANSWER_LIMIT = 16 * 1024  # bytes read of an answer, so that the connection can be used again
_SHOWN = 200  # characters of an answer kept in the ledger
_TRY_AGAIN = frozenset({408, 425, 429})
_GONE = 410


class Webhook:
    """Posts to one address. Errors name its host only: the rest of such an address may be a secret."""

    batch = 1
    limited = True

    def __init__(self, subscription: Subscription, secret_file: Path, timeout_s: float) -> None:
        self._url = subscription.url or ""
        self._host = urlsplit(self._url).hostname or "?"
        self._allow_private = subscription.allow_private
        self._secret_file = secret_file
        self._timeout = aiohttp.ClientTimeout(total=timeout_s)
        self._session: aiohttp.ClientSession | None = None
        if subscription.secret_file is None and create_secret(secret_file):  # one that is named is never made
            logger.info(
                "%s: made the key that its webhooks are signed with: %s", subscription.id, secret_file
            )

    async def send(self, parcels: Sequence[Parcel], now: datetime) -> Receipt:
        """Post each parcel; see `Channel.send`."""
        answered = [await self._post(parcel, now) for parcel in parcels]
        return Receipt("; ".join(answered))

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, parcel: Parcel, now: datetime) -> str:
        body = cloud_event(parcel)
        headers = {"Content-Type": CONTENT_TYPE, **self._sign(parcel.key, body, now)}
        began = time.monotonic()
        try:
            async with self._opened().post(
                self._url, data=body, headers=headers, allow_redirects=False
            ) as response:
                shown = await _beginning(response)
        except TimeoutError as error:
            raise DeliveryFailed(f"{self._host}: no answer within {self._timeout.total:g} s") from error
        except (aiohttp.ClientError, ValueError, OSError) as error:
            raise self._failure(error) from error
        judge(self._host, response.status, response.headers, shown, now)
        return f"{self._host}: {response.status} in {(time.monotonic() - began) * 1000:.0f} ms"

    def _sign(self, key: str, body: bytes, now: datetime) -> dict[str, str]:
        try:
            return signed_headers(read_secrets(self._secret_file), key, body, now)
        except ConfigurationError as error:  # mending the file mends the delivery
            raise DeliveryFailed(str(error)) from error

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None or self._session.closed:
            self._session = aiohttp.ClientSession(
                connector=guarded_connector(allow_private=self._allow_private),
                timeout=self._timeout,
                headers={"User-Agent": f"newsbeam/{version('newsbeam')}"},
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
            )
        return self._session

    def _failure(self, error: Exception) -> DeliveryFailed:
        if was_refused(error):
            return DeliveryRefused(f"{self._host}: {getattr(error, 'os_error', error)}")
        if isinstance(error, aiohttp.InvalidURL):
            return DeliveryFailed(f"{self._host}: no usable address", permanent=True)
        if isinstance(error, aiohttp.ClientResponseError):  # its text holds the whole address
            return DeliveryFailed(f"{self._host}: no proper HTTP answer: {' '.join(error.message.split())}")
        reason = getattr(error, "os_error", None) or error
        return DeliveryFailed(f"{self._host}: {reason or type(error).__name__}")


def judge(host: str, status: int, headers: Mapping[str, str], shown: str, now: datetime) -> None:
    """Return when `status` says that the receiver took the parcel; raise what it means otherwise."""
    if 200 <= status < 300:
        return
    said = f"{host}: answered {status}" + (f": {shown}" if shown else "")
    after = retry_after_s(headers.get("Retry-After"), now)
    if status == _GONE:
        raise DeliveryFailed(said, permanent=True)
    if 300 <= status < 400:
        raise DeliveryRefused(f"{said} (redirects are not followed: give the final address)")
    if status < 500 and status not in _TRY_AGAIN:
        raise DeliveryRefused(said, retry_after_s=after)
    raise DeliveryFailed(said, retry_after_s=after)


def retry_after_s(value: str | None, now: datetime) -> float | None:
    """Return the seconds that a Retry-After header asks for (RFC 9110, 10.2.3), None when it says nothing."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(min(int(text[:12]), 10**9))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (aware - now).total_seconds())


async def _beginning(response: aiohttp.ClientResponse) -> str:
    """Read an answer up to the limit; a longer one costs its sender the connection, nothing else."""
    data = b""
    async for piece in response.content.iter_chunked(_ANSWER_LIMIT):
        data += piece
        if len(data) > _ANSWER_LIMIT:
            response.close()
            break
    text = data.decode("utf-8", "replace")[: 4 * _SHOWN]
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_SHOWN]
