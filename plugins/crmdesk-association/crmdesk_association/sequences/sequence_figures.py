"""The pictures of sequences, as data; the desk draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crmdesk.api import Figure

if TYPE_CHECKING:
    import pandas as pd

BARS, LINES = 15, 6  # more sequences than these are no picture any more


def figures(sequences: pd.DataFrame, waiting: pd.DataFrame, most_days: int) -> dict[str, Figure]:
    """order: customers who show each sequence beside those chance would give; waiting: how soon the last step comes.

    Only what is shown is drawn; no picture where nothing is. `most_days`: the longest wait that was looked for.
    """
    shown = sequences[sequences["shown"]]
    if not len(shown):
        return {}
    return {"order": _order(shown.head(BARS)), "waiting": _waiting(shown.head(LINES), waiting, most_days)}


def _order(shown: pd.DataFrame) -> Figure:
    import pandas as pd

    parts = [pd.DataFrame({"steps": shown["steps"], "customers": shown[column].round().astype(float), "order": name})
             for column, name in (("count", "as it is"), ("expected", "by chance"))]  # fmt: skip
    data = pd.concat(parts).sort_index(kind="stable").reset_index(drop=True)  # the two bars of an order side by side
    return Figure("bars", "Orders that are no accident", data, x="steps", y="customers", group="order",
                  x_label="sequence", y_label="customers")  # fmt: skip


def _waiting(shown: pd.DataFrame, waiting: pd.DataFrame, most_days: int) -> Figure:
    """Of 100 customers who take the last step, those who have by so many days after the step before it, from 0 on."""
    import pandas as pd

    last = waiting.groupby("sequence")["step"].transform("max")
    data = waiting[(waiting["step"] == last) & waiting["sequence"].isin(shown["sequence"])].copy()
    held = data.groupby("sequence")["customers"]
    data["of_100"] = 100.0 * held.cumsum() / held.transform("sum")
    data["days"] = data["days_to"].clip(upper=most_days).astype(float)  # the last bar may reach beyond the limit
    begin = shown[["sequence"]].assign(days=0.0, of_100=0.0)
    data = pd.concat([begin, data[["sequence", "days", "of_100"]]]).sort_values(["sequence", "days"], kind="stable")
    data["steps"] = data["sequence"].map(shown.set_index("sequence")["steps"])
    return Figure("lines", "How soon the last step follows", data[["steps", "days", "of_100"]].reset_index(drop=True),
                  x="days", y="of_100", group="steps", x_label="days after the step before",
                  y_label="% of those who take it")  # fmt: skip
