"""`newsbeam demo`: see everything work, without a network."""

from pathlib import Path
from typing import Any

import click

from newsbeam.app.cli.output import note


class _Pace(click.FloatRange):
    """A range that `nan` is not in: it is neither below nor above."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if str(value).strip().lower().lstrip("+-") == "nan":
            self.fail(f"{value!r} is no number", param, ctx)
        return super().convert(value, param, ctx)


@click.command("demo")
@click.option("--seed", default=7, show_default=True, help="Which news.")
@click.option(
    "--pace",
    default=0.5,
    show_default=True,
    type=_Pace(0.001, 1_000.0),
    help="How many things happen a second.",
)
@click.option("--port", type=click.IntRange(0, 65_535), help="The page's port (default 8600).")
@click.pass_context
def demo_command(ctx: click.Context, seed: int, pace: float, port: int | None) -> None:
    """Run the whole service over a simulated newswire, until Ctrl-C. Needs no network; every story is invented."""
    from newsbeam.app.demo import run_demo
    from newsbeam.app.logs import set_up_logs

    set_up_logs("text")
    data_dir = Path(ctx.find_root().obj["data_dir"] or "data/demo").absolute()
    ctx.exit(run_demo(data_dir, seed=seed, pace=pace, port=port, say=note))
