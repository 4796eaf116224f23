"""Measurements, side by side with what else could do the job; nothing here is asserted by the tests."""
