"""Intervals and tests that more than one room needs."""
