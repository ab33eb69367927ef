"""Gate U2: thousands of random keys and clicks end in no exception, no new permission and no growing memory."""

from __future__ import annotations
