"""Finds, loads, guards and lists plugins."""
