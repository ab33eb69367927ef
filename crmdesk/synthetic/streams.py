"""One random stream for each table, so that a new table changes no other."""

from __future__ import annotations

import zlib
from typing import Final

import numpy as np

_FIRST: Final = 1  # not the version of the spec: what is added to the bank leaves every earlier row as it is


class Streams:
    """Named generators of one seed: `Streams(7).of("interaction")` starts afresh at each call."""

    def __init__(self, seed: int) -> None:
        self.seed = seed

    def of(self, name: str) -> np.random.Generator:
        # The children of SeedSequence.spawn are told apart by their spawn key; ours is the name, not a counter.
        key = (_FIRST, zlib.crc32(name.encode()))
        return np.random.Generator(np.random.PCG64(np.random.SeedSequence(self.seed, spawn_key=key)))
