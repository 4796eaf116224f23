"""The Beam pipelines: one transform a module."""
