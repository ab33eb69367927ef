"""The pictures of sequences, as data; the desk draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.api import Figure

if TYPE_CHECKING:
    import pandas as pd

BARS, LINES = 15, 6  # more sequences than these are no picture any more


def figures(sequences: pd.DataFrame, waiting: pd.DataFrame) -> dict[str, Figure]:
    """order: customers who show each sequence beside those chance would give; waiting: how soon the last step comes.

    Only what is shown is drawn; no picture where nothing is.
    """
    shown = sequences[sequences["shown"]]
    if not len(shown):
        return {}
    return {"order": _order(shown.head(BARS)), "waiting": _waiting(shown.head(LINES), waiting)}


def _order(shown: pd.DataFrame) -> Figure:
    import pandas as pd

    parts = [pd.DataFrame({"steps": shown["steps"], "customers": shown[column].round().astype(float), "order": name})
             for column, name in (("count", "as it is"), ("expected", "by chance"))]  # fmt: skip
    data = pd.concat(parts, ignore_index=True)
    return Figure("bars", "Orders that are no accident", data, x="steps", y="customers", group="order",
                  x_label="sequence", y_label="customers")  # fmt: skip


def _waiting(shown: pd.DataFrame, waiting: pd.DataFrame) -> Figure:
    """Share of the customers who have taken the last step by so many days after the step before it."""
    last = waiting.groupby("sequence")["step"].transform("max")
    data = waiting[(waiting["step"] == last) & waiting["sequence"].isin(shown["sequence"])].copy()
    held = data.groupby("sequence")["customers"]
    data["share"] = held.cumsum() / held.transform("sum")
    data["days"] = data["days_to"].astype(float)
    data["steps"] = data["sequence"].map(shown.set_index("sequence")["steps"])
    return Figure("lines", "How soon the last step follows", data[["steps", "days", "share"]].reset_index(drop=True),
                  x="days", y="share", group="steps", x_label="days after the step before",
                  y_label="share of those who take it")  # fmt: skip
