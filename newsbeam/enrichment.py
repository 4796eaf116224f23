"""Story → EnrichedStory: pure, no I/O, no clock. What `tag`, the pipeline and the back-test share."""

import logging
from collections import Counter
from dataclasses import dataclass

import msgspec

from newsbeam.codec import encode_story
from newsbeam.identity import content_hash, digest, key_hash, normal_text, ordered_keys, text_hash
from newsbeam.language import LanguageLayer, LanguageSettings, StoryReading
from newsbeam.language.detection import detect_language, primary_language
from newsbeam.signature import signature_of
from newsbeam.story import DeadLetter, EnrichedStory, OutletFacts, Signature, Story
from newsbeam.topics.catalog import Catalog, resolve_outlet

logger = logging.getLogger(__name__)

ENRICH = "enrich"  # the reason of a dead letter
EVIDENCE_LETTERS = 24  # "Morning briefing", "Live: latest updates": a shorter text does not say what it tells


class Enricher:
    """Everything compiled from one catalog; make it once, use it for many stories."""

    def __init__(self, catalog: Catalog, language: LanguageSettings | None = None) -> None:
        self.catalog = catalog
        self._compiled = catalog.compile()
        self._language = LanguageLayer(language)

    def enrich(self, story: Story) -> EnrichedStory:
        """Return the story with outlet, language, what it speaks of, tags, rule matches and hashes.

        Rules and topics may ask for `country:`, `entity:` and `speaker:`, so the story is read before it is matched;
        where a trained pipeline reads the chosen stories, its names come too late for that.
        """
        outlet = resolve_outlet(self.catalog, story)
        language = language_of(story, outlet)
        found = reading_of(self._language, story, language)
        tags, rules, blind = self._compiled.match(story, outlet, language, field_values(found))
        if (tags or rules) and self._language.settings.deep == "chosen":
            found = _read_deeply(self._language, story, language) or found
        counted = _counted(found, self._language.settings)
        same, signature = evidence_of(story)
        return EnrichedStory(
            story=story,
            catalog=self.catalog.version,
            outlet=outlet,
            language=language,
            tags=tuple(tags),
            rules=tuple(rules),
            blind=tuple(blind),
            content_hash=content_hash(story.title, story.summary, story.body),
            text_hash=same,
            signature=signature,
            countries=counted["country"],
            entities=counted["entity"],
            speakers=counted["speaker"],
            mentions=(*found.countries, *found.entities),
            quotes=found.quotes,
        )


@dataclass(frozen=True)
class EnricherMaker:
    """Makes enrichers of these settings; what a worker is given, since an enricher itself does not travel."""

    language: LanguageSettings

    def __call__(self, catalog: Catalog) -> Enricher:
        """Return an enricher of the catalog."""
        return Enricher(catalog, self.language)

    def __hash__(self) -> int:
        return hash(msgspec.json.encode(self.language, order="deterministic"))


def tags_alike(language: LanguageSettings) -> EnricherMaker:
    """Return what makes enrichers that tag as these settings do; what a tag would have read is left unread."""
    return EnricherMaker(
        language if language.deep == "all" else msgspec.structs.replace(language, deep="off")
    )


def reading_of(layer: LanguageLayer, story: Story, language: str) -> StoryReading:
    """Return what a story speaks of as its queries see it, before any of them has chosen it."""
    deep = _read_deeply(layer, story, language) if layer.settings.deep == "all" else None
    return deep or layer.read(story.title, story.summary, story.body, language)


def _read_deeply(layer: LanguageLayer, story: Story, language: str) -> StoryReading | None:
    return layer.read_deeply(story.title, story.summary, story.body, language)


def field_values(found: StoryReading) -> dict[str, list[str]]:
    """Return the values of `country:`, `entity:`, `speaker:`; an organisation has the name that is counted, too."""
    return {
        "country": [one.code for one in found.countries],
        "entity": [name for one in found.entities for name in dict.fromkeys((one.name, one.counted))],
        "speaker": [quote.speaker for quote in found.quotes if quote.speaker is not None],
    }


def _counted(found: StoryReading, settings: LanguageSettings) -> dict[str, tuple[str, ...]]:
    """The values that the story counts for, the most mentioned first, no more than the settings allow."""
    speakers = Counter(quote.speaker for quote in found.quotes if quote.speaker is not None)
    counted = {one.name: one.counted for one in found.entities}
    entities = dict.fromkeys(one.counted for one in found.entities)
    return {
        "country": tuple(one.code for one in found.countries[: settings.max_countries]),
        "entity": tuple(entities)[: settings.max_entities],
        "speaker": tuple(counted.get(name, name) for name, _ in speakers.most_common(settings.max_speakers)),
    }


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


def evidence_of(story: Story) -> tuple[str, Signature | None]:
    """Return by what copies are recognised: the hash that equal texts share, and the signature of near-duplicates.

    A text too short to prove anything has a hash of its own.
    """
    title, summary, body = (normal_text(text) for text in (story.title, story.summary, story.body))
    letters = (title + summary + body)[: 4 * EVIDENCE_LETTERS].decode("utf-8", "ignore")
    if len(letters) >= EVIDENCE_LETTERS:
        same = text_hash(title, summary, body)
    else:
        same = digest("own", key_hash(ordered_keys(story)[0]).hex())
    return same, signature_of(story.summary, story.body, (summary, body))
