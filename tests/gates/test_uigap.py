"""Gate U1: while a person works, the window answers within 50 ms (p99.9) and 100 ms at worst."""

from __future__ import annotations
