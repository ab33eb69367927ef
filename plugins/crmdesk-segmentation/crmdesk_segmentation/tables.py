"""The tables every segmentation gives back, from its members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from crmdesk.api import MARKETING_CHANNELS
from crmdesk_segmentation import enrich, profile, words
from crmdesk_segmentation.inputs import Inputs, channel_shares, mode_shares

if TYPE_CHECKING:
    import pandas as pd

Floats = NDArray[np.float64]
Texts = NDArray[np.str_]
FEWEST_NAMED = 100
LEAST_NAMED_ARI = 0.60


@dataclass(frozen=True)
class Names:
    """Words for each code: the tier-1 group, the level in it, and whether they may be used."""

    group: dict[str, str]
    level: dict[str, str]

    def of(self, code: str) -> str:
        level = self.level[code]
        return self.group[code[0]] + ("" if level == "all" else f", {level}")


def names(inputs: Inputs, segment: Texts, codes: tuple[str, ...]) -> Names:
    """Groups by the channel and mode they use more than others, levels by mean value."""
    letters = sorted({code[0] for code in codes})
    first = np.array([text[0] for text in segment])
    shares = (channel_shares(inputs.counts), mode_shares(inputs.counts), profile.activity_shares(inputs.counts))
    stand_out = [np.array([_mean(part, first == a) - part.mean(axis=0) for a in letters]) for part in shares]
    group = dict(zip(letters, words.group_names(*stand_out), strict=True))
    level: dict[str, str] = {}
    for letter in letters:
        mine = [code for code in codes if code[0] == letter]
        value = np.array([float(_mean(inputs.value, segment == code)) for code in mine])
        level.update(zip(mine, words.level_names(value), strict=True))
    return Names(group, level)


def _mean(values: Floats, inside: NDArray[np.bool_]) -> Floats:
    mean: Floats = values[inside].mean(axis=0) if inside.any() else np.zeros(values.shape[1:])
    return mean


def segments(inputs: Inputs, segment: Texts, codes: tuple[str, ...], stability: dict[str, float], named: Names,
             parts: dict[str, pd.DataFrame], withheld: bool) -> pd.DataFrame:  # fmt: skip
    """The table `segments` from the profile and permissions in `parts`; names withheld for unstable overrides."""
    import pandas as pd

    value = inputs.value
    total, mean = float(value.sum()), float(value.mean())
    without = _without_largest(value)
    rows: list[dict[str, Any]] = []
    for code in codes:
        inside = segment == code
        n = int(inside.sum())
        plain = withheld or n < FEWEST_NAMED
        channel, rate = enrich.best_channel(parts["permissions"], code)
        rows.append({
            "segment": code, "tier1": code[0], "tier2": code[1:],
            "name": f"Segment {code}" if plain else named.of(code),
            "n": n, "share": n / len(segment),
            "value_share": float(value[inside].sum() / total) if total > 0 else None,
            "stability": stability[code], "stability_word": words.stable_word(stability[code]),
            "group": f"Group {code[0]}" if withheld else named.group[code[0]],
            "level": f"level {code[1:]}" if withheld else named.level[code],
            "value_ratio": float(value[inside].mean() / mean) if n and mean > 0 else None,
            "value_share_without_largest": without(inside),
            "words": words.drivers(parts["profile"], code), "best_channel": channel, "best_rate": rate,
            **_contactable(parts["permissions"], code),
        })  # fmt: skip
    return pd.DataFrame(rows)


def _without_largest(value: Floats) -> Any:
    """A function of a mask: the mask's share of all value, the single largest customer left out."""
    kept = np.ones(len(value), dtype=bool)
    kept[int(np.abs(value).argmax())] = False
    rest = float(value[kept].sum())
    return lambda inside: float(value[inside & kept].sum() / rest) if rest > 0 else None


def _contactable(table: pd.DataFrame, code: str) -> dict[str, float | None]:
    mine = table[(table["segment"] == code) & (table["purpose"] == "marketing")].set_index("channel")["contactable"]
    return {f"contactable_{channel}": mine.get(channel) for channel in MARKETING_CHANNELS if channel in mine.index}


def with_rules(table: pd.DataFrame, inputs: Inputs, segment: Texts, seed: int
               ) -> tuple[pd.DataFrame, dict[str, float]]:  # fmt: skip
    """`segments` with the column `rule`; held-out fidelity of the tier-1 tree and of the level trees (mean)."""
    fields = profile.fields(inputs)
    use = {name: field for name, field in fields.items() if name.startswith("share ") or name == "interactions"}
    cash = {name: field for name, field in fields.items() if name not in use}
    first = np.array([text[0] for text in segment])
    letters, group = np.unique(first, return_inverse=True)
    rules, fidelity = words.tree(use, group, seed)
    found = {} if fidelity is None else {"fidelity_tier1": fidelity}
    spoken: dict[str, str] = {}
    level_fidelity = []
    for a in range(len(letters)):
        mine = group == a
        codes, level = np.unique(segment[mine], return_inverse=True)
        inner, true = words.tree({name: field[mine] for name, field in cash.items()}, level, seed)
        level_fidelity += [] if true is None else [(true, int(mine.sum()))]
        for j, code in enumerate(codes):
            spoken[str(code)] = "; within it: ".join(part for part in (rules[a], inner[j]) if part)
    if level_fidelity:
        found["fidelity_tier2"] = sum(f * n for f, n in level_fidelity) / sum(n for _, n in level_fidelity)
    return table.assign(rule=[spoken.get(code, "") for code in table["segment"]]), found
