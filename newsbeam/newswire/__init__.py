"""Simulated outlets and their ground truth; imports nothing of newsbeam."""
