"""From a command's context to the deployment it works on."""

import click

from newsbeam.app.deployment import Deployment


def deployment(ctx: click.Context, *, makes_store: bool = False) -> Deployment:
    """Return the deployment that the command line names; it is closed when the command ends.

    Only a command that puts something into the store may make it.
    """
    named = ctx.find_root().obj
    opened = Deployment(named["config_dir"], named["data_dir"], makes_store=makes_store)
    ctx.call_on_close(opened.close)
    return opened
