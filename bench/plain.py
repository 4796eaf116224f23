"""What plain loops do with a record before they record it: no Beam, no shifts, no careful reading."""

from datetime import datetime

from newsbeam.chunk import EnrichedRecord
from newsbeam.codec import decode_story
from newsbeam.enrichment import Enricher, enrich_or_bury


def enriched_record(
    enricher: Enricher, offset: int, key: bytes, appended_at: datetime, value: bytes
) -> EnrichedRecord:
    """Decode and enrich one."""
    return EnrichedRecord(offset, key, appended_at, enrich_or_bury(enricher, decode_story(value)))
