"""Feeds onto the bus."""
