"""`newsbeam demo`: see everything work, without a network."""

from pathlib import Path

import click

from newsbeam.app.cli.output import note


@click.command("demo")
@click.option("--seed", default=7, show_default=True, help="Which news.")
@click.option("--pace", default=0.5, show_default=True, help="How many things happen a second.")
@click.option("--port", type=click.IntRange(0, 65_535), help="The page's port (default 8600).")
@click.pass_context
def demo_command(ctx: click.Context, seed: int, pace: float, port: int | None) -> None:
    """Run the whole service over a simulated newswire, until Ctrl-C. Needs no network; every story is invented."""
    from newsbeam.app.demo import run_demo
    from newsbeam.app.logs import set_up_logs

    set_up_logs("text")
    data_dir = Path(ctx.find_root().obj["data_dir"] or "data/demo").absolute()
    ctx.exit(run_demo(data_dir, seed=seed, pace=pace, port=port, say=note))
