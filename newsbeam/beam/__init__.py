"""Beam's door: a splittable Kafka reader in pure Python, for newsbeam and for anybody (docs/beam.md)."""

from newsbeam.beam.kafka import ReadFromKafka
from newsbeam.beam.reading import (
    DEFAULT_PACE,
    Pace,
    PartitionTracker,
    ReadFromBus,
    bounds_of,
    close_readers,
)
from newsbeam.beam.shift import END, InProcess, Shift
from newsbeam.bus import KafkaOptions
from newsbeam.chunk import Chunk, RawRecord

__all__ = [
    "DEFAULT_PACE",
    "END",
    "Chunk",
    "InProcess",
    "KafkaOptions",
    "Pace",
    "PartitionTracker",
    "RawRecord",
    "ReadFromBus",
    "ReadFromKafka",
    "Shift",
    "bounds_of",
    "close_readers",
]
