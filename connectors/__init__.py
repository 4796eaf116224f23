"""The world outside, in and out."""
