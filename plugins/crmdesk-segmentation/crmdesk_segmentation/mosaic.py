"""The segment map's geometry and sentences, without Qt: where each tile lies and what it says."""

from __future__ import annotations

import itertools
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

if TYPE_CHECKING:
    import pandas as pd

Area = Literal["customers", "value"]
STEPS = (0.01, 0.02, 0.05, 0.10, 0.15)  # widths of a step of the ramp; the narrowest that covers a result is taken
LIMITS = (0.15, 0.30, 0.45, 0.60)  # borders of the five steps for the widest
FEWEST_SHOWN = 10
NARROWEST = 28.0
GAP = 8.0
SEAM = 3.0
ACTS = {"email": "be e-mailed", "phone": "be phoned", "sms": "be texted", "post": "be written to",
        "in_person": "be spoken to", "in_app": "be told in the app"}  # fmt: skip
TOPICS = {"marketing": "offers", "survey": "surveys", "sharing": "sharing"}


@dataclass(frozen=True)
class Tile:
    """One segment: column and height are shares; contactable None = unknown; shown False = hatched."""

    segment: str
    group: str
    level: str
    n: int
    share: float
    area: float
    ratio: float | None
    contactable: float | None
    limits: tuple[float, ...] = LIMITS

    @property
    def shown(self) -> bool:
        return self.n >= FEWEST_SHOWN and self.contactable is not None

    @property
    def step(self) -> int:
        """0..4, the step of the ramp."""
        return int(np.searchsorted(self.limits, self.contactable or 0.0, side="right"))

    @property
    def title(self) -> str:
        level = self.level[:1].upper() + self.level[1:]
        return level if self.ratio is None else f"{level}  ×{times(self.ratio)}"

    def permission(self, act: str) -> str:
        if not self.shown:
            return "too few" if self.n < FEWEST_SHOWN else "permission unknown"
        return f"{self.contactable:.0%} may {act}"

    @property
    def count(self) -> str:
        return f"{self.n:,}" if self.n >= FEWEST_SHOWN else f"under {FEWEST_SHOWN}"

    def sentence(self, act: str, topic: str) -> str:
        """Everything the tile shows, for people who hear it."""
        value = "" if self.ratio is None else f", value per customer {times(self.ratio)} times the mean of those mined"
        share = f" ({self.share:.0%})" if self.n >= FEWEST_SHOWN else ""
        told = f"{self.permission(act)} about {topic}" if self.shown else self.permission(act)
        level = "" if self.level == "all" else f", {self.level}"
        return f"{self.group}{level}: {self.count} customers{share}, {told} now{value}."


@dataclass(frozen=True)
class Column:
    """A tier-1 group: its tiles, highest value on top."""

    group: str
    tiles: tuple[Tile, ...]

    @property
    def n(self) -> int:
        return sum(tile.n for tile in self.tiles)

    @property
    def share(self) -> float:
        return sum(tile.share for tile in self.tiles)

    @property
    def area(self) -> float:
        return sum(tile.area for tile in self.tiles)


def value_refused(segments: pd.DataFrame) -> str:
    """Why areas cannot show value ("" when they can)."""
    if segments["value_share"].isna().any():
        return "The value of these customers is unknown."
    return "A segment's value is negative, so areas cannot show it." if (segments["value_share"] < 0).any() else ""


def choices(permissions: pd.DataFrame) -> tuple[list[str], list[str]]:
    """Channels and purposes the map may be coloured by, in the order of the words here."""
    channels, purposes = set(permissions["channel"]), set(permissions["purpose"])
    return [c for c in ACTS if c in channels], [p for p in TOPICS if p in purposes]


def best_channel(permissions: pd.DataFrame, channels: list[str], purpose: str) -> str:
    """The channel by which any one segment may be reached most: the first colours should tell segments apart."""
    mine = permissions[permissions["purpose"] == purpose]
    most = mine.groupby("channel")["contactable"].max()
    return max(channels, key=lambda channel: float(most.get(channel, 0.0) or 0.0))


def limits(permissions: pd.DataFrame, purpose: str) -> tuple[float, ...]:
    """Borders of the five steps, the same for every channel of a purpose, so that channels can be compared."""
    most = permissions.loc[permissions["purpose"] == purpose, "contactable"].max()
    width = next((step for step in STEPS if most <= 5.5 * step), STEPS[-1])
    return tuple(round(width * i, 4) for i in range(1, 5))


def step_words(borders: tuple[float, ...]) -> list[str]:
    """The legend's words for the five steps."""
    low = [f"{border * 100:.0f}" for border in borders]
    between = [f"{a}-{b}" for a, b in itertools.pairwise(low)]
    return [f"< {low[0]} %", *between, f"> {low[-1]} %"]


def times(ratio: float) -> str:
    """A multiple of the mean of those mined with one decimal; what is nearly nothing keeps its first digit."""
    return f"{ratio:.1f}" if abs(ratio) >= 0.05 or ratio == 0 else f"{ratio:.1g}"


def columns(segments: pd.DataFrame, permissions: pd.DataFrame, channel: str, purpose: str, area: Area) -> list[Column]:
    """Columns by size of their group, largest first (they stay put whatever the area shows)."""
    mine = permissions[(permissions["channel"] == channel) & (permissions["purpose"] == purpose)]
    contact = mine.set_index("segment")["contactable"]
    ordered, borders = segments.sort_values("segment"), limits(permissions, purpose)
    found = []
    for _, rows in ordered.groupby("tier1", sort=True):
        tiles = [_tile(row, contact.get(row["segment"]), area, borders) for row in rows.to_dict("records")]
        tiles.sort(key=lambda tile: (-(tile.ratio or 0.0), tile.segment))
        found.append(Column(tiles[0].group, tuple(tiles)))
    return found


def _tile(row: Mapping[Hashable, Any], contactable: Any, area: Area, borders: tuple[float, ...]) -> Tile:
    """A row of `segments`; another analysis's segments may lack group, level and value_ratio."""
    part = row["value_share"] if area == "value" else row["share"]
    return Tile(
        row["segment"], row.get("group", row["name"]), row.get("level", "all"), int(row["n"]), float(row["share"]),
        float(part), _number(row.get("value_ratio")), _number(contactable), borders,
    )  # fmt: skip


def _number(value: Any) -> float | None:
    return None if value is None or not np.isfinite(float(value)) else float(value)


@dataclass(frozen=True)
class Box:
    """Pixels: left, top, width, height."""

    x: float
    y: float
    width: float
    height: float


def widths(parts: list[float], room: float) -> list[float]:
    """Widths in proportion to `parts` that fill `room`, none under the narrowest where there is space for all."""
    total = sum(parts)
    shares = [part / total if total > 0 else 1 / len(parts) for part in parts]
    least = min(NARROWEST, room / max(len(parts), 1))
    fixed: set[int] = set()
    while True:
        free = room - least * len(fixed)
        left = sum(share for i, share in enumerate(shares) if i not in fixed) or 1.0
        found = [least if i in fixed else share / left * free for i, share in enumerate(shares)]
        narrow = {i for i, width in enumerate(found) if width < least - 1e-9}
        if not narrow:
            return found
        fixed |= narrow


def layout(found: list[Column], width: float, height: float) -> list[list[Box]]:
    """Boxes of all tiles, column by column."""
    room = width - GAP * (len(found) - 1)
    boxes, x = [], 0.0
    for column, wide in zip(found, widths([c.area for c in found], room), strict=True):
        usable = height - SEAM * (len(column.tiles) - 1)
        y, stack = 0.0, []
        for tile in column.tiles:
            part = tile.area / column.area if column.area > 0 else 1 / len(column.tiles)
            stack.append(Box(x, y, wide, usable * part))
            y += usable * part + SEAM
        boxes.append(stack)
        x += wide + GAP
    return boxes
