"""`newsbeam trace`: what happened to an address at each step, and why."""

from collections.abc import Callable, Iterable

import click

from newsbeam.app.cli.deployment import deployment
from newsbeam.app.cli.output import clock, emit, headline, json_option, plain, say
from newsbeam.errors import NotFound
from newsbeam.identity import canonical_url
from newsbeam.store import reads

RulesNotMet = Callable[[reads.StoryView, set[str]], Iterable[tuple[str, str]]]
BlindTopics = Callable[[str], Iterable[str]]

WHY = {
    "told": "a new alert was told",
    "joined": "joined the living alert of its cluster",
    "known": "its cluster's alert was already told, and nothing about it changed",
    "backfill": "not told: it was in the feed's first fetch, which is history",
    "too_old": "not told: older than the maximum event age when first seen",
}


@click.command("trace")
@click.argument("address", metavar="URL|GUID|STORY")
@json_option
@click.pass_context
def trace_command(ctx: click.Context, address: str, *, as_json: bool) -> None:
    """Say what happened to a story at each step: keys, tags with evidence, rules and why they fired or not."""
    opened = deployment(ctx)
    found = reads.trace(opened.store(), address)
    if not found.stories and not found.dead_letters:
        raise NotFound(_unknown(address))
    if as_json:
        emit(found)
        return
    for story in found.stories:
        _show_story(story, opened.rules_not_met, opened.blind_topics)
    for letter in found.dead_letters:
        say(
            f"Dead letter {letter.topic}/{letter.partition}@{letter.offset}: {letter.reason}: {plain(letter.detail)}"
        )


def _unknown(address: str) -> str:
    if canonical_url(address) is not None:
        return (
            f"{address}: never seen on the bus. Is its feed subscribed (newsbeam feeds list) and healthy "
            "(newsbeam status)? A page that no subscribed feed lists is not read."
        )
    meant = f"https://{address}"
    hint = f"; did you mean {meant}?" if "." in address and canonical_url(meant) else ""
    return f"{address!r} is no web address (http:// or https://), and no story has it as its GUID or id{hint}"


def _show_story(traced: reads.StoryTrace, rules_not_met: RulesNotMet, blind_topics: BlindTopics) -> None:
    story = traced.story
    if story is None:
        say(f"{traced.id}: {_why_gone(traced.keys)}")
        return
    say(headline(story.title))
    say(f"  address    {plain(story.url or '-')}")
    say(f"  story      {traced.id}, recorded {clock(story.recorded_at)}, revision {story.revision}")
    known = "" if story.published_known else " (the feed's date is missing or impossible: time first seen)"
    say(f"  published  {clock(story.published_at)}{known}, seen {clock(story.seen_at)}")
    come = " in its first fetch: history" if story.backfill else ""
    say(f"  from       {story.origin_kind} {plain(story.origin_id)}{come}, outlet {plain(story.outlet)}")
    if traced.position:
        place = traced.position
        say(f"  bus        {place.topic}/{place.partition} at offset {place.offset}")
    for key in traced.keys:
        say(f"  key        {key.kind} {key.hash[:16]}")
    for sighting in traced.sightings:
        say(f"  also in    {plain(sighting.feed)} ({plain(sighting.outlet)}), {clock(sighting.seen_at)}")
    say(f"  cluster    {story.cluster}, {len(traced.cluster)} kept{_why_joined(traced.joined)}")
    _show_tags(story, blind_topics(story.language))
    for decision in traced.decisions:
        why = WHY.get(decision.outcome, decision.outcome)
        say(f"  rule       {decision.rule}: {why}" + (f" ({decision.alert})" if decision.alert else ""))
    for rule, reason in rules_not_met(story, {decision.rule for decision in traced.decisions}):
        say(f"  rule       {rule}: {reason}")
    for delivery in traced.deliveries:
        error = f": {plain(delivery.error)}" if delivery.error else ""
        say(
            f"  delivery   {delivery.subscription}: {delivery.status} after {delivery.attempts} attempts{error}"
        )


def _why_joined(joined: reads.JoinedView | None) -> str:
    if joined is None:
        return ", told here first"
    how = "the same text as" if joined.likeness is None else f"{joined.likeness} % alike to"
    return f"; {how} {plain(joined.url or joined.story or 'its first story, which is kept no more')}"


def _why_gone(keys: Iterable[reads.KeyView]) -> str:
    if any(key.forgotten for key in keys):
        return "forgotten on request; it is not recorded when it comes again"
    read = min((f" {clock(key.added_at)}" for key in keys), default="")
    return (
        f"read{read}, not kept: it was published longer ago than stories are kept "
        "(retention.stories, recording.oldest)"
    )


def _show_tags(story: reads.StoryView, blind: Iterable[str]) -> None:
    if not story.tags:
        say(f"  topics     none in language {story.language}")
    for tag in story.tags:
        evidence = ", ".join(dict.fromkeys(f"“{plain(span.text)}” in {span.field}" for span in tag.spans[:6]))
        say(f"  topic      {tag.topic} by its {tag.query} query: {evidence} (catalog {tag.catalog[:12]})")
    unasked = sorted(set(blind) - {tag.topic for tag in story.tags})
    if unasked:
        say(f"  blind      no query for {story.language}: {', '.join(unasked)}")
