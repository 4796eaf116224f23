"""`newsbeam run` and the four jobs it is made of."""

import os

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import note
from newsbeam.app.deployment import Deployment

_metrics_port = click.option(
    "--metrics-port",
    type=click.IntRange(0, 65_535),
    help="Show this job's metrics on this port, instead of metrics.port; 0: nowhere.",
)


def _set(ctx: click.Context, name: str, value: str | int | None) -> None:
    """Set a setting in the environment, for the processes that this one starts too, while the command runs."""
    if value is None:
        return
    before = os.environ.get(name)
    os.environ[name] = str(value)

    def restore() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    ctx.call_on_close(restore)


def _expose(ctx: click.Context, metrics_port: int | None) -> None:
    _set(ctx, "NEWSBEAM_METRICS__PORT", metrics_port)


@click.command("run")
@click.option("--port", type=click.IntRange(0, 65_535), help="The page's port, instead of serve.port.")
@_metrics_port
@click.pass_context
def run_command(ctx: click.Context, *, port: int | None, metrics_port: int | None) -> None:
    """Run everything: pollers, pipeline workers, deliverer and pages, in one process tree, until Ctrl-C."""
    from newsbeam.app.logs import set_up_logs
    from newsbeam.app.service import run_all

    _set(ctx, "NEWSBEAM_SERVE__PORT", port)
    _expose(ctx, metrics_port)
    opened = deployment(ctx, makes_store=True)
    set_up_logs(opened.settings.service.log)
    ctx.exit(run_all(opened, note))


@click.command("poll")
@_metrics_port
@click.pass_context
def poll_command(ctx: click.Context, *, metrics_port: int | None) -> None:
    """Poll feeds and put new stories on the bus. May run several times."""
    from newsbeam.app.jobs import run_poll

    _expose(ctx, metrics_port)
    run_poll(deployment(ctx, makes_store=True))


@click.command("process")
@click.option("--worker", "part", flag_value="worker", hidden=True, help="Be one worker process.")
@click.option(
    "--careful", type=int, hidden=True, help="With --worker: read what is in doubt of this partition."
)
@click.option("--runner", type=click.Choice(["direct", "flink"]), help="Instead of service.runner.")
@click.option(
    "--pool",
    "part",
    flag_value="pool",
    help="Serve Python workers to Flink's task managers, and nothing else.",
)
@click.option(
    "--stop", "part", flag_value="stop", help="Cancel the job on Flink that a killed process left, and end."
)
@_metrics_port
@click.pass_context
def process_command(
    ctx: click.Context,
    *,
    part: str | None,
    careful: int | None,
    runner: str | None,
    metrics_port: int | None,
) -> None:
    """Read the bus, tag stories, record them with counts and alerts. May run several times.

    On Flink one process keeps the job: it submits it from the stored positions and again when it must; Ctrl-C cancels
    it.
    """
    _expose(ctx, metrics_port)
    _set(ctx, "NEWSBEAM_SERVICE__RUNNER", runner)
    opened = deployment(ctx, makes_store=True)
    if part == "pool":
        from newsbeam.app.jobs import run_pool

        run_pool(opened)
        return
    if part == "worker":
        from newsbeam.app.jobs import run_process_worker

        ctx.exit(run_process_worker(opened, careful))
    if part == "stop" or opened.settings.service.runner == "flink":
        _on_flink(ctx, opened, stop=part == "stop")
    from newsbeam.app.lifeline import hold_lifeline
    from newsbeam.app.logs import set_up_logs
    from newsbeam.app.service import run_workers

    set_up_logs(opened.settings.service.log)
    hold_lifeline()
    ctx.exit(run_workers(opened, note))


def _on_flink(ctx: click.Context, opened: Deployment, *, stop: bool) -> None:
    from newsbeam.app.flinkjob import run_keeper, stop_flink_job

    if not stop:
        ctx.exit(run_keeper(opened))
    cancelled = stop_flink_job(opened)
    note(f"Cancelled: {', '.join(cancelled)}" if cancelled else "No job runs.")
    ctx.exit(0)


@click.command("deliver")
@_metrics_port
@click.pass_context
def deliver_command(ctx: click.Context, *, metrics_port: int | None) -> None:
    """Send alerts to their subscriptions. May run several times."""
    from newsbeam.app.jobs import run_deliver

    _expose(ctx, metrics_port)
    run_deliver(deployment(ctx, makes_store=True))


@click.command("serve")
@_metrics_port
@click.pass_context
def serve_command(ctx: click.Context, *, metrics_port: int | None) -> None:
    """Serve pages, API and live stream."""
    from newsbeam.app.jobs import run_serve

    _expose(ctx, metrics_port)
    run_serve(deployment(ctx, makes_store=True))
