"""Times as people read them; the exact one stands beside, in UTC."""

from datetime import UTC, datetime

_STEPS = ((60, 1, "s"), (3600, 60, "min"), (86_400, 3600, "h"), (86_400 * 60, 86_400, "d"))


def exact(moment: datetime) -> str:
    """`2026-07-01 14:02:33 UTC`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def relative(moment: datetime, now: datetime) -> str:
    """`12 s ago`, `in 3 min`, `2 d ago`; the date when that is months away."""
    seconds = (now - moment).total_seconds()
    distance = abs(seconds)
    if distance < 5:
        return "now"
    for limit, unit, name in _STEPS:
        if distance < limit:
            amount = f"{int(distance // unit)} {name}"
            return f"{amount} ago" if seconds > 0 else f"in {amount}"
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def clock(moment: datetime, now: datetime) -> str:
    """`14:02 UTC` today, `Mon 14:02 UTC` this week, the full date before."""
    utc = moment.astimezone(UTC)
    days = (now.astimezone(UTC).date() - utc.date()).days
    if days == 0:
        return utc.strftime("%H:%M UTC")
    return utc.strftime("%a %H:%M UTC") if 0 < days < 7 else utc.strftime("%Y-%m-%d %H:%M UTC")
