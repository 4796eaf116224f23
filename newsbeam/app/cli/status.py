"""`newsbeam status`: how the service is, in numbers."""

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import ago, emit, json_option, say
from newsbeam.app.heartbeat import is_alive
from newsbeam.errors import Unavailable
from newsbeam.store import reads
from newsbeam.store.clock import StoreClock

JOBS = ("poll", "process", "deliver", "serve")


@click.command("status")
@click.option("--alive", type=click.Choice(JOBS), help="Only check that this job beats on this host.")
@json_option
@click.pass_context
def status_command(ctx: click.Context, alive: str | None, *, as_json: bool) -> None:
    """Show what was read, recorded, told and delivered, and what is waiting."""
    opened = deployment(ctx)
    store = opened.store()
    now = StoreClock(store)()
    if alive is not None:
        if not is_alive(store, alive, now):
            raise Unavailable(f"{alive}: no sign of life on this host within the last 45 seconds")
        return
    numbers = reads.status(store)
    trouble = opened.trouble()
    if opened.settings.service.runner == "flink":
        from newsbeam.app.flinkjob import flink_troubles

        trouble += flink_troubles(opened)
    running = [job for job in JOBS if is_alive(store, job, now)]
    if as_json:
        emit({"running": running, "trouble": trouble, "status": numbers})
        return
    for said in trouble:
        say(f"Trouble                {said}")
    say(f"Running on this host   {', '.join(running) or 'nothing'}")
    say(f"Feeds                  {_counted(numbers.feeds) or 'none read yet'}")
    say(f"Records read           {_counted(numbers.dispositions) or 'none'}")
    say(f"Stories kept           {numbers.stories} in {numbers.clusters} clusters")
    say(f"Last recorded          {ago(numbers.last_recorded_at, now)}")
    say(f"Alerts                 {numbers.alerts}, the last {ago(numbers.last_told_at, now)}")
    say(f"Deliveries             {_counted(numbers.deliveries) or 'none'}; {numbers.outbox_backlog} waiting")
    say(f"Dead letters           {numbers.dead_letters}")
    say(f"Catalog                {(numbers.catalog or 'none')[:12]}")


def _counted(numbers: dict[str, int]) -> str:
    return ", ".join(f"{count} {name}" for name, count in sorted(numbers.items(), key=lambda pair: -pair[1]))
