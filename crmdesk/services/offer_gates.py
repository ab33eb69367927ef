"""The gates of an offer, asked of whole lists at once: always as of the bank's clock, never of a run's day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from crmdesk.domain.offer import GATES, LEAST_CHANCE, Product
from crmdesk.services.offer_list import OfferRow
from crmdesk.store.queries import offers as queries
from crmdesk.store.queries.permissions import may_be_mined

Ints = NDArray[np.int64]
ORDER: Final = tuple(GATES)
PASSED: Final = -1


def check(
    raw: Any, at: datetime, channel: str, customers: Ints, codes: Sequence[str], chances: NDArray[np.float64],
    products: Mapping[str, Product],
) -> NDArray[np.int8]:  # fmt: skip
    """For each offer (customers[i], codes[i], chances[i]) the place in ORDER of the first gate it fails, else PASSED.

    Every fact is read anew through `raw`: the offers of somebody who withdrew a moment ago fail here.
    """
    stopped = queries.stopped(raw, at)
    away = {gate: np.isin(customers, _ids(ids)) for gate, ids in stopped.items()}
    away["no_targeting"] = ~np.isin(customers, _ids(may_be_mined(raw, "targeting", at)))
    away["no_permission"] = ~np.isin(customers, _ids(queries.reachable(raw, channel, at)))
    names, which = np.unique(np.asarray(codes, dtype=object).astype(str), return_inverse=True)
    wanted = [products.get(str(name)) for name in names]
    away["unknown_product"] = _each(which, [product is None for product in wanted])
    worthless = [product is not None and product.margin is not None and product.margin <= 0 for product in wanted]
    away["no_chance"] = chances < LEAST_CHANCE
    away["no_value"] = _each(which, worthless)
    away["held"] = _held(raw, at, customers, names, which)
    failed = np.full(len(customers), PASSED, np.int8)
    for place, gate in reversed(list(enumerate(ORDER))):
        if gate in away:
            failed[away[gate]] = place
    return failed


def _ids(found: set[int]) -> Ints:
    return np.fromiter(found, np.int64, len(found))


def _each(which: NDArray[Any], of_product: list[bool]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = np.array([*of_product, False], np.bool_)[which]
    return found


def _held(raw: Any, at: datetime, customers: Ints, names: NDArray[Any], which: NDArray[Any]) -> NDArray[np.bool_]:
    """Whether the customer holds the product, as one number for each pair of customer and product."""
    place = {str(name): number for number, name in enumerate(names)}
    pairs = queries.held(raw, np.unique(customers).tolist(), place, at.date())
    owned = np.array([customer * len(names) + place[code] for customer, code in pairs], np.int64)
    return np.isin(customers * len(names) + which, owned)


def rejections(customers: Ints, failed: NDArray[np.int8]) -> dict[str, int]:
    """How many of the customers without an offer that passed lost their last one at each gate."""
    people, which = np.unique(customers, return_inverse=True)
    furthest = np.full(len(people), PASSED, np.int8)
    np.maximum.at(furthest, which, failed)
    passed = np.zeros(len(people), np.bool_)
    passed[which[failed == PASSED]] = True
    counts = np.bincount(furthest[~passed], minlength=len(ORDER))
    return {gate: int(n) for gate, n in zip(ORDER, counts.tolist(), strict=True) if n}


def standing(
    raw: Any, at: datetime, channel: str, rows: Sequence[OfferRow], products: Mapping[str, Product]
) -> tuple[OfferRow, ...]:
    """The rows of a list that still pass every gate now, in their order."""
    if not rows:
        return ()
    customers = np.array([row.customer for row in rows], np.int64)
    chances = np.array([row.p for row in rows], np.float64)
    failed = check(raw, at, channel, customers, [row.product for row in rows], chances, products)
    return tuple(row for row, gate in zip(rows, failed, strict=True) if gate == PASSED)
