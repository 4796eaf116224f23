"""`newsbeam publish`: whatever is not a feed."""

from typing import BinaryIO

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import emit, json_option, note, plain, progress, say
from newsbeam.app.publish import publish_lines
from newsbeam.story import Origin

_SHOWN = 20


@click.command("publish")
@click.argument("source", metavar="FILE|-", type=click.File("rb"))
@click.option(
    "--origin", default="publish", show_default=True, help="The origin's id, where a line names none."
)
@json_option
@click.pass_context
def publish_command(ctx: click.Context, source: BinaryIO, origin: str, *, as_json: bool) -> None:
    """Put stories on the bus: JSON lines by docs/story.schema.json. Exits with 3 when any line was refused."""
    opened = deployment(ctx)
    opened.bus.check()
    with progress("Publishing") as steps:
        report = publish_lines(opened.bus, source, Origin("publish", origin), steps.advance)
    if as_json:
        emit(report)
    else:
        say(f"{report.published} stories published, {len(report.refused)} lines refused.")
        for refusal in report.refused[:_SHOWN]:
            note(f"  line {refusal.line}: {plain(refusal.reason)}")
        if len(report.refused) > _SHOWN:
            note(f"  and {len(report.refused) - _SHOWN} more (--json lists them all)")
    if report.refused:
        ctx.exit(3)
