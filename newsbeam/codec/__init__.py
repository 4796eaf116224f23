"""The only place that knows wire names and versions: stories, alerts and stored records as JSON bytes.

A story on the bus is one JSON object with `v`, the version of its form; a reader refuses versions newer than
those it knows. Nothing here uses pickle.
"""

from newsbeam.codec.published import STORY_SCHEMA, story_from_json
from newsbeam.codec.stored import decode_alert, encode_alert, from_json, to_json
from newsbeam.codec.text import clean_text, parse_moment
from newsbeam.codec.wire import (
    DEFAULT_LIMITS,
    WIRE_VERSION,
    Limits,
    decode_story,
    encode_story,
    story_key_bytes,
)

__all__ = [
    "DEFAULT_LIMITS",
    "STORY_SCHEMA",
    "WIRE_VERSION",
    "Limits",
    "clean_text",
    "decode_alert",
    "decode_story",
    "encode_alert",
    "encode_story",
    "from_json",
    "parse_moment",
    "story_from_json",
    "story_key_bytes",
    "to_json",
]
