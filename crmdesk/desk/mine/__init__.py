"""Choosing an analysis, setting its parameters, and running it."""
