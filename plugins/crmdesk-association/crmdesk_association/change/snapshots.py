"""Two snapshots of baskets over one list of items, and whose baskets they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from crmdesk.api import AnalysisError
from crmdesk_association.baskets import baskets
from crmdesk_association.baskets.baskets import Found
from crmdesk_association.baskets.holdings import seconds
from crmdesk_association.change import change_words
from crmdesk_association.itemsets.miner import threshold
from crmdesk_association.params import ChangeParams
from crmdesk_association.transactions import Baskets, Ints, Item, Words

if TYPE_CHECKING:
    import pandas as pd

TIMES = {"products": "opened_s", "visits": "occurred_s", "days": "occurred_s"}


@dataclass(frozen=True)
class Snapshots:
    """Baskets `before` and `after` with the same items; `person_before` (n0) and `person_after` (n1) say whose.

    Persons are numbered 0 .. people - 1 over both; one who is in both has one number.
    """

    before: Baskets
    after: Baskets
    person_before: Ints
    person_after: Ints
    people: int

    @property
    def items(self) -> tuple[Item, ...]:
        return self.before.items

    @property
    def shared(self) -> int:
        """Persons with a basket in both snapshots."""
        return int(np.intersect1d(self.person_before, self.person_after).size)

    @property
    def single(self) -> bool:
        """True where nobody has two baskets in one snapshot."""
        return all(np.unique(who).size == who.size for who in (self.person_before, self.person_after))

    @property
    def independent(self) -> bool:
        """True where nobody is in both and nobody has two baskets."""
        return self.single and self.shared == 0


def pair(before: Baskets, after: Baskets, *, strangers: bool = False) -> Snapshots:
    """Both snapshots with their persons numbered together; `strangers`: owners of the two never mean the same person.

    Raises AnalysisError where the items differ or a snapshot is empty.
    """
    if [item.key for item in before.items] != [item.key for item in after.items]:
        raise AnalysisError("The two snapshots list different items; build both over one list of items.")
    for side, word in ((before, "earlier"), (after, "later")):
        if side.n == 0:
            raise AnalysisError(f"The {word} snapshot has no baskets; choose days on which there is data.")
    if strangers:
        first = np.unique(before.owners, return_inverse=True)[1]
        second = np.unique(after.owners, return_inverse=True)[1] + int(first.max()) + 1
        return Snapshots(before, after, first, second, int(second.max()) + 1)
    everybody, number = np.unique(np.concatenate([before.owners, after.owners]), return_inverse=True)
    return Snapshots(before, after, number[: before.n], number[before.n :], int(everybody.size))


def place(bits: Words, where: Ints, n: int) -> Words:
    """Rows of bits with basket b moved to place where[b] of n: (m, W) to (m, ceil(n / 64)); bits as in `bits.pack`."""
    held = np.unpackbits(bits.view(np.uint8), axis=1, count=len(where))
    moved = np.zeros((len(bits), -(-n // 64) * 64), dtype=np.uint8)
    moved[:, where] = held
    return np.packbits(moved, axis=1).view(np.uint64)


def pooled(snapshots: Snapshots) -> tuple[Words, int]:
    """The baskets of both snapshots as one list: bits (m, W) and how many."""
    before, after = snapshots.before, snapshots.after
    n = before.n + after.n
    first = place(before.bits, np.arange(before.n), n)
    return first | place(after.bits, np.arange(before.n, n), n), n


def take(frame: pd.DataFrame, params: ChangeParams) -> tuple[Found, Found]:
    """The earlier and the later baskets over one list of items; AnalysisError where either has too few."""
    spans: tuple[dict[str, Any], dict[str, Any]]
    if params.basket == "table":
        if not params.table_before:
            raise AnalysisError("A change needs two files: give the earlier one as table before, the later as table.")
        spans = {"table": params.table_before}, {"table": params.table}
    else:
        missing = TIMES[params.basket] not in frame.columns
        times = np.empty(0) if missing else seconds(frame, TIMES[params.basket])
        last = baskets.day_of(params.as_of, times)
        first, start = back(last, params.months), back(last, 2 * params.months)
        spans = {"day": first, "since": start}, {"day": last, "since": first}
    found = [baskets.make(frame, params, fewest=0, **span) for span in spans]
    sizes = [each.baskets.n for each in found]
    if min(sizes) < baskets.FEWEST:
        when = change_words.periods(params)
        raise AnalysisError(
            f"Not enough data: {sizes[0]:,} {when.unit} {when.before} and {sizes[1]:,} {when.after}, and at least "
            f"{baskets.FEWEST} are needed in each{_shorter(frame, params)}."
        )
    among = common(found[0], found[1], params)
    earlier, later = (baskets.make(frame, params, fewest=0, among=among, **span) for span in spans)
    return Found(earlier.baskets, found[0].items, found[0].source), Found(
        later.baskets, found[1].items, found[1].source
    )


def _shorter(frame: pd.DataFrame, params: ChangeParams) -> str:
    """Advice to compare less time, where the data goes back far enough for that; else nothing."""
    if params.basket == "table" or TIMES[params.basket] not in frame.columns:
        return ""
    times = np.sort(seconds(frame, TIMES[params.basket]))
    last = baskets.day_of(params.as_of, times)
    times = times[times < baskets.stop_of(last)]
    if times.size < baskets.FEWEST:
        return ""
    first = datetime.fromtimestamp(float(times[baskets.FEWEST - 1]), UTC).date()
    parts = 1 if params.basket == "products" else 2
    fits = [months for months in range(1, params.months) if back(last, parts * months) > first]
    if not fits:
        return ""
    begins = datetime.fromtimestamp(float(times[0]), UTC).date()
    return f"; the data begins on {begins}, so choose {fits[-1]} or fewer months between (--months {fits[-1]})"


def back(day: date, months: int) -> date:
    """The same day so many months earlier; the month's last day where it has no such day.

    >>> back(date(2024, 3, 31), 1)
    datetime.date(2024, 2, 29)
    """
    month = day.year * 12 + day.month - 1 - months
    year, place = divmod(month, 12)
    following = date(year + (place == 11), (place + 1) % 12 + 1, 1)
    return date(year, place + 1, min(day.day, (following - date.resolution).day))


def common(before: Found, after: Found, params: ChangeParams) -> list[Item]:
    """Items that reach the lower of both thresholds in both snapshots together and that too many hold in neither.

    The sum of both counts is asked, as for rules, so that the choice does not favour what changed by chance.
    """
    table = items(before, after, params)
    used = table[table["used"]]
    return [Item(key, label, kind, key.partition("=")[0] if kind == "attribute" else "")
            for key, label, kind in zip(used["item"], used["label"], used["kind"], strict=True)]  # fmt: skip


def items(before: Found, after: Found, params: ChangeParams) -> pd.DataFrame:
    """Every item with its counts and shares in both snapshots, whether it is used, and why not; by kind, then key."""
    import pandas as pd

    names = ["item", "label", "kind"]
    parts = [found.items.set_index(names)["count"].rename(word)
             for found, word in ((before, "count_before"), (after, "count_after"))]  # fmt: skip
    table = pd.concat(parts, axis=1).fillna(0).astype("int64").reset_index()
    sizes = before.baskets.n, after.baskets.n
    shares = [table[f"count_{word}"] / max(n, 1) for word, n in zip(("before", "after"), sizes, strict=True)]
    few = (table["count_before"] + table["count_after"]) < min(threshold(params.min_support, n) for n in sizes)
    many = (shares[0] > params.drop_above) | (shares[1] > params.drop_above)
    table["share_before"], table["share_after"] = shares
    table["used"] = ~(few | many)
    table["reason"] = np.select([few, many], ["below the least support", "held by nearly everybody"], "").astype(object)
    first = table["kind"].ne("product")
    return table.assign(first=first).sort_values(["first", "item"], ignore_index=True).drop(columns="first")
