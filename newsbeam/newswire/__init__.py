"""Simulated outlets and their ground truth; imports nothing else of newsbeam."""

from newsbeam.newswire.server import RunningServer, serve
from newsbeam.newswire.timeline import Script
from newsbeam.newswire.truth import DEMO_RULES, GroundTruth, TrueAlert, TrueStory, fetches_of_all, truth_of
from newsbeam.newswire.wire import Newswire

__all__ = [
    "DEMO_RULES",
    "GroundTruth",
    "Newswire",
    "RunningServer",
    "Script",
    "TrueAlert",
    "TrueStory",
    "fetches_of_all",
    "serve",
    "truth_of",
]
