"""`newsbeam init` and `newsbeam check`: a configuration to start from, and whether it is right."""

import shutil
from pathlib import Path

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import emit, json_option, note, plain, say
from newsbeam.app.configuration import starter_config
from newsbeam.app.deployment import Deployment
from newsbeam.errors import StoreUnavailable, UsageError
from newsbeam.store.items import Item
from newsbeam.topics.linting import lint


@click.command("init")
@click.argument("directory", default="config", type=click.Path(file_okay=False, path_type=Path))
def init_command(directory: Path) -> None:
    """Write the starter configuration (feeds, outlets, topics, alert rules) into DIRECTORY."""
    if directory.exists() and any(directory.iterdir()):
        raise UsageError(f"{directory} is not empty; nothing was written")
    try:
        shutil.copytree(starter_config(), directory, dirs_exist_ok=True)
    except OSError as error:
        raise UsageError(f"{directory} cannot be written: {error}") from error
    say(f"Wrote the starter configuration into {directory}/. Next: newsbeam --config {directory} run")


@click.command("check")
@json_option
@click.pass_context
def check_command(ctx: click.Context, *, as_json: bool) -> None:
    """Check settings, feeds, outlets, topics with their examples, and alert rules; all mistakes at once.

    What commands, the API and pages made is checked too, where there is a store that answers.
    """
    opened = deployment(ctx)
    settings = opened.settings
    items = _made(opened)
    found = opened.configuration(items, secrets=True)
    examples = sum(len(topic.examples.match) + len(topic.examples.no_match) for topic in found.catalog.topics)
    counted = {
        "deployment": settings.deployment,
        "config": str(opened.config_dir),
        "catalog": found.catalog.version,
        "topics": len(found.catalog.topics),
        "examples": examples,
        "rules": len(found.catalog.rules),
        "outlets": len(found.catalog.outlets),
        "feeds": len(found.feeds),
        "subscriptions": len(found.subscriptions),
        "made": len(items),
    }
    findings = len(lint(found.catalog.topics))
    if as_json:
        emit({**counted, "lint": findings, "lacks": found.lacks})
        return
    say(
        f"{opened.config_dir} is right: {counted['topics']} topics ({examples} examples hold), "
        f"{counted['rules']} alert rules, {counted['feeds']} feeds, {counted['outlets']} outlets, "
        f"{counted['subscriptions']} subscription{'s' if counted['subscriptions'] != 1 else ''}; "
        f"{settings.deployment} deployment."
    )
    if items:
        say(
            f"{len(items)} of them made with commands, pages or the API: `newsbeam config export` shows which."
        )
    if findings:
        say(
            f"{findings} thing{'s' if findings != 1 else ''} worth a look in the topics: `newsbeam topics lint`."
        )
    for lack in found.lacks:
        note(lack)


def _made(opened: Deployment) -> list[Item]:
    """Return the store-made items; files can be checked where the store does not answer."""
    try:
        return opened.items()
    except StoreUnavailable as error:
        note(f"Only the files are checked: {plain(str(error))}")
        return []
