"""What is said of language: countries, names, quotes, and which language it is; spaCy lives here and nowhere else."""

from newsbeam.language.layer import LanguageLayer, StoryReading
from newsbeam.language.settings import LanguageSettings

__all__ = ["LanguageLayer", "LanguageSettings", "StoryReading"]
