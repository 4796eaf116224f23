"""Settings and configuration files: read with every mistake reported at once, each with its place and advice.

Each part of newsbeam declares its own section as a frozen struct; nothing here knows any of them.
"""

from newsbeam.settings.check import check
from newsbeam.settings.load import Clash, load
from newsbeam.settings.sound import Sound, check_apart
from newsbeam.settings.values import Duration, Secret, Size, read_secret
from newsbeam.settings.yamlfile import Lines, Trail, parse_yaml, read_yaml

__all__ = [
    "Clash",
    "Duration",
    "Lines",
    "Secret",
    "Size",
    "Sound",
    "Trail",
    "check",
    "check_apart",
    "load",
    "parse_yaml",
    "read_secret",
    "read_yaml",
]
