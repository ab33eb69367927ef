"""The pictures of a segmentation, as data; the desk draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import CELLS, CHANNELS, MODES, Figure
from crmdesk_segmentation.choose_k import LEAST_ARI
from crmdesk_segmentation.inputs import CHANNEL_WORDS
from crmdesk_segmentation.profile import MODE_WORDS

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]


def figures(tables: dict[str, pd.DataFrame], counts: Floats, group: NDArray[np.str_]) -> dict[str, Figure]:
    """map, profile, channel_mode and stability from the result's tables; stability alone where nothing was split."""
    if len(tables["segments"]) < 2:
        return {"stability": _stability(tables["k_choice"])}
    return {
        "map": _map(tables["segments"], tables["permissions"]),
        "profile": _profile(tables["profile"], tables["segments"]),
        "channel_mode": channel_mode(counts, group, tables["segments"]),
        "stability": _stability(tables["k_choice"]),
    }


def _map(segments: pd.DataFrame, permissions: pd.DataFrame) -> Figure:
    """The mosaic; its tone is the share that may be contacted by e-mail about offers, where that is known."""
    data = segments[["segment", "tier1", "group", "level", "n", "share", "value_share", "value_ratio"]].copy()
    mine = permissions[(permissions["channel"] == "email") & (permissions["purpose"] == "marketing")]
    data["contactable"] = data["segment"].map(mine.set_index("segment")["contactable"])
    # Tiles are stacked in this order: the highest value on top, as on the map of the desk.
    data = data.sort_values(["tier1", "value_ratio"], ascending=[True, False], kind="stable", ignore_index=True)
    title = "Segment map: share that may be e-mailed about offers"
    return Figure("mosaic", title, data, x="group", y="share", group="level", value="contactable",
                  x_label="group", y_label="share of customers")  # fmt: skip


def _profile(profile: pd.DataFrame, segments: pd.DataFrame) -> Figure:
    strongest = profile.assign(size=profile["d"].abs()).sort_values(
        ["segment", "size", "field"], ascending=[True, False, True], kind="stable"
    )
    data = strongest.groupby("segment", sort=False).head(5).drop(columns="size").reset_index(drop=True)
    data["name"] = data["segment"].map(segments.set_index("segment")["name"])
    return Figure("bars", "What sets each segment apart", data, x="field", y="d", group="name",
                  x_label="field", y_label="standardised difference")  # fmt: skip


def channel_mode(counts: Floats, group: NDArray[np.str_], segments: pd.DataFrame) -> Figure:
    """Lift of each channel x mode in each tier-1 group: share of its interactions / share of all."""
    import pandas as pd

    called = dict(zip(segments["tier1"], segments["group"], strict=True))
    usual = counts.sum(axis=0) / max(float(counts.sum()), 1.0)
    rows = []
    for letter in sorted(called):
        total = counts[group == letter].sum(axis=0)
        share = total / max(float(total.sum()), 1.0)
        for channel in CHANNELS:
            for mode in MODES:
                here = np.array([cell.channel == channel and cell.mode == mode for cell in CELLS])
                all_share = float(usual[here].sum())
                if here.any() and all_share > 0:
                    rows.append([called[letter], f"{CHANNEL_WORDS[channel]}, {MODE_WORDS[mode]}",
                                 float(share[here].sum()) / all_share, float(share[here].sum())])  # fmt: skip
    data = pd.DataFrame(rows, columns=["group", "use", "lift", "share"])
    return Figure("heat", "Use of the channels: lift", data, x="use", y="group", value="lift",
                  x_label="channel and mode", y_label="group")  # fmt: skip


def _stability(k_choice: pd.DataFrame) -> Figure:
    known = k_choice[k_choice["boot_ari"].notna()].copy()
    known["level"] = ["groups" if parent == "" else f"levels in {parent}" for parent in known["parent"]]
    data = known.sort_values(["tier", "parent", "k"], ignore_index=True)
    return Figure(
        "lines", "Agreement between resamples", data, x="k", y="boot_ari", group="level",
        x_label="number of groups", y_label="mean adjusted Rand index", marks={"limit": LEAST_ARI},
    )  # fmt: skip
