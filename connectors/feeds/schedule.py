"""When a feed is fetched next. Pure: the time and the chance (a number in [0, 1)) are arguments."""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import msgspec

from connectors.feeds.settings import FeedsSettings
from newsbeam.feed import Feed

_MAX_AGE = re.compile(r"(?:^|[,\s])max-age\s*=\s*\"?(\d{1,9})", re.IGNORECASE)
_DOUBLINGS = 16  # beyond these every backoff is at its longest
_FIRST_RETRY_S = 60.0


class Told(msgspec.Struct, frozen=True):
    """What a server said about coming back: seconds that its answer stays fresh, seconds to stay away."""

    max_age_s: float | None = None
    retry_after_s: float | None = None


def every_s(feed: Feed, settings: FeedsSettings) -> float:
    """Return the seconds between two fetches of a feed that does well; its own setting has the last word."""
    return max(settings.every_s, settings.shortest_s) if feed.every_s is None else feed.every_s


def after_success(
    now: datetime, every: float, told: Told, settings: FeedsSettings, chance: float
) -> datetime:
    """Return when to fetch again: after the feed's pace, or once the server's answer is stale.

    Spread by ± `jitter`, never before the server's max-age.
    """
    fresh = min(told.max_age_s or 0.0, settings.cache_longest_s)
    spread = every * (1 + settings.jitter * (2 * chance - 1))
    return now + timedelta(seconds=max(spread, fresh))


def after_failure(
    now: datetime, every: float, failures: int, told: Told, settings: FeedsSettings, chance: float
) -> datetime:
    """Return when to try again after `failures` (at least 1) in a row.

    Waits double from a minute (or the feed's pace, if shorter) up to `backoff_longest_s`; half of each
    wait is chance, so that feeds that failed together do not come back together. A Retry-After is never
    undercut.
    """
    first = min(_FIRST_RETRY_S, every)
    wait = min(first * 2.0 ** min(failures - 1, _DOUBLINGS), max(settings.backoff_longest_s, first))
    asked = min(told.retry_after_s or 0.0, settings.retry_after_longest_s)
    return now + timedelta(seconds=max(wait * (1 + chance) / 2, asked * (1 + settings.jitter * chance)))


def after_gone(now: datetime, settings: FeedsSettings, chance: float) -> datetime:
    """Return when to look again at a feed that is gone (410): rarely, since servers err too."""
    return now + timedelta(seconds=settings.gone_every_s * (1 + settings.jitter * chance))


def max_age_of(cache_control: str | None, age: str | None) -> float | None:
    """Return the seconds that an answer stays fresh (RFC 9111 section 4.2), None when it does not say."""
    found = _MAX_AGE.search(cache_control or "")
    if found is None:
        return None
    spent = float(age) if age and age.isdecimal() else 0.0
    return max(float(found[1]) - spent, 0.0)


def retry_after_of(value: str | None, now: datetime) -> float | None:
    """Return the seconds of a Retry-After header (RFC 9110 section 10.2.3), None when it has no meaning."""
    text = (value or "").strip()
    if text.isdecimal():
        return float(text[:9])
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max((aware - now).total_seconds(), 0.0)
