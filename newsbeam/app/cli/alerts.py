"""`newsbeam alerts`: what was told, and what is being told."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click
import msgspec

from connectors.channels.channel import Receipt
from newsbeam.alert import Alert
from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.options import how_many
from newsbeam.app.cli.output import ago, emit, headline, json_option, note, plain, say
from newsbeam.app.follow import Follower
from newsbeam.errors import StoreUnavailable
from newsbeam.store import reads

_PAGE = 200
_PAUSE_S = 0.3
_AWAY_S = 1.0


@click.command("alerts")
@click.option("--follow", "-f", is_flag=True, help="Go on with new alerts and updates as they come.")
@click.option("--topic", metavar="TOPIC", help="Only this alert topic.")
@click.option("--limit", default=20, show_default=True, type=how_many, help="How many past alerts first.")
@click.option("--test", "test", metavar="SUBSCRIPTION", help="Send a test message to a subscription instead.")
@json_option
@click.pass_context
def alerts_command(
    ctx: click.Context, *, follow: bool, topic: str | None, limit: int, test: str | None, as_json: bool
) -> None:
    """Show alerts, newest last; follow them live; send a test message.

    With --follow every line is the newest version of an alert: an alert that grew is shown again, marked.
    """
    opened = deployment(ctx)
    if test is not None:
        _send_test(opened.send_test(test, note), as_json=as_json)
        return
    store = opened.store()
    newest = reads.status(store).alert_seq  # before the first page, so that nothing is told between the two
    past = reads.latest_alerts(store, topic=topic, limit=limit) if limit else []
    now = datetime.now(UTC)
    for view in reversed(past):
        _show(view, now, as_json=as_json)
    if not past and not as_json:
        note("No alerts yet." if not follow else "No alerts yet; waiting for the first one (Ctrl-C stops).")
    if follow:
        cursor = max((view.alert_seq for view in past), default=newest)
        for view in _follow(Follower(store, cursor, topic)):
            _show(view, datetime.now(UTC), as_json=as_json)


def _follow(follower: Follower) -> Iterator[reads.AlertView]:
    """Yield alerts as they are told, however long the store is away meanwhile."""
    away = False
    while True:
        try:
            page = follower.read(_PAGE)
        except StoreUnavailable as error:
            if not away:
                note(f"waiting: {plain(str(error))}")
            away = True
            time.sleep(_AWAY_S)
            continue
        if away:
            note("The store answers again.")
            away = False
        yield from page
        if len(page) < _PAGE:
            time.sleep(_PAUSE_S)


def _show(view: reads.AlertView, now: datetime, *, as_json: bool) -> None:
    if as_json:
        emit({"alert_seq": view.alert_seq, **msgspec.to_builtins(view.alert)})
        return
    alert = view.alert
    marks = "".join(
        [" · late" if alert.late else "", f" · update {alert.version}" if alert.version > 1 else ""]
    )
    say(f"[{alert.severity}] {plain(alert.topic)}: {headline(alert.title)}")
    say(f"    {told_by(alert)} · {ago(alert.updated_at, now)}{marks} · {plain(alert.url or 'no address')}")


def told_by(alert: Alert) -> str:
    """Return how many outlets tell it, and how many of them independently when those are fewer."""
    outlets = len(alert.outlets)
    counted = f"{outlets} outlet{'s' if outlets != 1 else ''}"
    return f"{counted}, {alert.families} independent" if alert.families < outlets else counted


def _send_test(receipt: Receipt, *, as_json: bool) -> None:
    if as_json:
        emit(receipt)
    else:
        say(f"The test message was taken: {plain(receipt.detail)}")
