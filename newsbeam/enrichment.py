"""Story → EnrichedStory: pure, no I/O, no clock. What `tag`, the pipeline and the back-test share."""

import logging

from newsbeam.codec import encode_story
from newsbeam.identity import content_hash, digest, key_hash, normal_text, ordered_keys, text_hash
from newsbeam.language.detection import detect_language, primary_language
from newsbeam.story import DeadLetter, EnrichedStory, OutletFacts, Story
from newsbeam.topics.catalog import Catalog, resolve_outlet

logger = logging.getLogger(__name__)

ENRICH = "enrich"  # the reason of a dead letter
EVIDENCE_LETTERS = 24  # "Morning briefing", "Live: latest updates": a shorter text does not say what it tells


class Enricher:
    """Everything compiled from one catalog; make it once, use it for many stories."""

    def __init__(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self._compiled = catalog.compile()

    def enrich(self, story: Story) -> EnrichedStory:
        """Return the story with outlet, language, tags, rule matches and hashes."""
        outlet = resolve_outlet(self.catalog, story)
        language = language_of(story, outlet)
        tags, rules, blind = self._compiled.match(story, outlet, language)
        return EnrichedStory(
            story=story,
            catalog=self.catalog.version,
            outlet=outlet,
            language=language,
            tags=tuple(tags),
            rules=tuple(rules),
            blind=tuple(blind),
            content_hash=content_hash(story.title, story.summary, story.body),
            text_hash=cluster_evidence(story),
        )


def enrich_or_bury(enricher: Enricher, story: Story) -> EnrichedStory | DeadLetter:
    """Return the enriched story, or the dead letter of one that cannot be enriched."""
    try:
        return enricher.enrich(story)
    except Exception as error:
        logger.warning("a story cannot be enriched: %s", story.keys[0].value, exc_info=True)
        return DeadLetter(ENRICH, f"{type(error).__name__}: {error}", encode_story(story))


def language_of(story: Story, outlet: OutletFacts) -> str:
    """Return the story's language: as it declares, else as its outlet writes, else as its text reads."""
    declared = primary_language(story.language) or primary_language(outlet.language)
    return declared or detect_language(f"{story.title}\n{story.summary}\n{story.body[:1_000]}")


def cluster_evidence(story: Story) -> str:
    """Return the hash by which equal texts form one cluster; a text too short to prove it has its own."""
    texts = (story.title, story.summary, story.body)
    if len(normal_text("".join(texts)[: 20 * EVIDENCE_LETTERS])) >= EVIDENCE_LETTERS:
        return text_hash(*texts)
    return digest("own", key_hash(ordered_keys(story)[0]).hex())
