"""Record: what a chunk of enriched records becomes, decided and written in one transaction."""

from newsbeam.recording.recorder import Recorder, RecordReport
from newsbeam.recording.settings import RecordingSettings

__all__ = ["RecordReport", "Recorder", "RecordingSettings"]
