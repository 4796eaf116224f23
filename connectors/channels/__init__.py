"""Alerts out of the store."""
