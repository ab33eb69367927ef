"""How many itemsets there will be, before they are looked for; and which least support would fit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from crmdesk.api import AnalysisError
from crmdesk_association.itemsets import bits as bit_sets
from crmdesk_association.transactions import Ints, Words

FIRST, ALL = 4, 16  # random descents: a first look, and before a refusal
FAR = 16  # times the cap
WORK = 150_000_000  # words read for one estimate at the most: a tenth of a second


def threshold(share: float, n: int) -> int:
    """The least count that is at least `share` of n, one at the least: the share as written, so .8 is 8/10."""
    return max(1, math.ceil(Fraction(str(share)) * n))


@dataclass(frozen=True)
class Budget:
    """What may be asked for: bits (m, W) of n baskets, their items' support (m), longest set, most sets."""

    bits: Words
    support: Ints
    n: int
    longest: int
    most: int

    def check(self, least: int) -> None:
        """AnalysisError where there are far too many sets; a small excess is left to the search, which counts.

        Refused if half of 16 random descents estimate over 16 times the cap. Each is unbiased, so by Markov's
        inequality at most one in 16 would, were there no more sets than the cap: a refusal in vain has a chance
        below 1 in 100,000.
        """
        if self.estimates(least, FIRST, FAR * self.most)[1] >= FIRST - 1 and (
            self.estimates(least, ALL, FAR * self.most)[1] * 2 >= ALL
        ):
            raise self.refusal(least)

    def estimates(self, least: int, descents: int, ceiling: float) -> tuple[float, int]:
        """Mean estimate of the number of sets, and how many of the descents estimate more than `ceiling`.

        Knuth 1975: a random path in the tree of all ways to add frequent items one by one; the product of the choices
        met, over d!, estimates the sets of d items without bias. Always the same paths, so answers can be compared.
        """
        rng = np.random.default_rng(0)
        items = np.flatnonzero(self.support >= least)
        if not len(items):
            return 0.0, 0
        found = [self._descent(items, least, ceiling, rng) for _ in range(descents)]
        return float(np.mean(found)), sum(estimate > ceiling for estimate in found)

    def _descent(self, items: Ints, least: int, ceiling: float, rng: np.random.Generator) -> float:
        width = self.bits.shape[1]
        own, ways, estimate, size = np.full(width, ~np.uint64(0)), 1.0, 0.0, 0
        while len(items) and estimate <= ceiling:
            size += 1
            ways *= len(items) / size
            estimate += ways
            if size == (self.longest or len(self.bits)):
                break
            chosen = items[rng.integers(len(items))]
            own &= self.bits[chosen]
            items = items[items != chosen]
            items = items[self._within(items, own) >= least]
        return estimate

    def _within(self, items: Ints, own: Words) -> Ints:
        each = max(1, bit_sets.BLOCK // max(len(own), 1))
        parts = [bit_sets.counts(self.bits[items[at : at + each]] & own) for at in range(0, len(items), each)]
        return np.concatenate([np.zeros(0, dtype=np.int64), *parts])

    def refusal(self, least: int) -> AnalysisError:
        """The sentence with a least support that would fit, or with what else to do."""
        what = f"There are more than {self.most:,} itemsets at a least support of {_asked(least, self.n)}"
        fitting = self.fitting(least)
        if fitting is None:
            return AnalysisError(f"{what}, and no higher one would do: shorten the longest rule or leave items out.")
        count, about = fitting
        return AnalysisError(f"{what}: choose {_asked(count, self.n)} or more, which gives about {about:,}.")

    def fitting(self, least: int) -> tuple[int, int] | None:
        """A least count that would fit the cap, near the lowest, with the sets it gives by estimate; None if none."""
        low, high = least, int(self.support.max(initial=least))
        descents = int(np.clip(WORK // max(self.bits.size * 8, 1), FIRST, ALL))
        ceiling = 1_000.0 * self.most
        if self.estimates(high, descents, ceiling)[0] > self.most:
            return None
        while high - low > max(1, low // 50):
            middle = max(low + 1, math.isqrt(low * high))
            fits = self.estimates(middle, descents, ceiling)[0] <= self.most / 2  # an estimate may be low
            low, high = (low, middle) if fits else (middle, high)
        count = threshold(_rounded_up(high / self.n), self.n)
        return count, max(1, _two_digits(self.estimates(count, descents, ceiling)[0]))


def _rounded_up(share: float) -> float:
    """At most two digits more, upwards: 0.0721 is 0.073."""
    places = max(0, 1 - math.floor(math.log10(share)))
    scale: float = 10.0**places
    return min(1.0, math.ceil(round(share * scale, 6)) / scale)


def _two_digits(number: float) -> int:
    return int(float(f"{number:.2g}"))


def _asked(count: int, n: int) -> str:
    """The shortest share that asks for `count`, as it is typed, and the count: "0.073 (10,950 of 150,000 baskets)"."""
    cut = ((count * 10**places // n, places) for places in range(1, 16))  # downwards, or it would ask for one more
    written = (f"{digits / 10**places:.{places}f}".rstrip("0") for digits, places in cut if digits)
    share = next((text for text in written if threshold(float(text), n) == count), f"{count / n:.17g}")
    return f"{share.rstrip('.')} ({count:,} of {n:,} baskets)"
