"""From a command's context to the deployment it works on."""

import click

from newsbeam.app.deployment import Deployment


def deployment(ctx: click.Context) -> Deployment:
    """Return the deployment that the command line names; it is closed when the command ends."""
    named = ctx.find_root().obj
    opened = Deployment(named["config_dir"], named["data_dir"])
    ctx.call_on_close(opened.close)
    return opened
