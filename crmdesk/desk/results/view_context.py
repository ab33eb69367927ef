"""What the desk lends a plugin's view: colours, tables, plots, the ways to a customer and to a list of people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from crmdesk.desk.context import DeskContext
from crmdesk.desk.results.frame_model import table_view
from crmdesk.desk.theme import Theme

if TYPE_CHECKING:
    import pandas as pd

_COLOURS = ("window", "surface", "text", "muted", "border", "line", "accent", "on_accent", "hover", "ramp", "lift",
            "series")  # fmt: skip


def palette_of(theme: Theme) -> dict[str, Any]:
    """The theme as plain values: hex colours, and tuples of them for ramp, lift and series."""
    return {"name": theme.name, "dark": theme.dark, **{name: getattr(theme, name) for name in _COLOURS}}


class LentContext:
    """`contributions.ViewContext` for the result of one run."""

    def __init__(self, context: DeskContext, tables: Mapping[str, pd.DataFrame], run: str) -> None:
        self._context, self._tables, self._run = context, tables, run

    @property
    def palette(self) -> Mapping[str, Any]:
        return palette_of(self._context.theme)

    def table(self, name: str) -> Any:
        """A sortable table widget of one of the result's tables, with public customer numbers."""
        return table_view(self._tables[name], name)

    def plot(self) -> Any:
        """An empty pyqtgraph PlotWidget in the theme's colours, its own menu off."""
        import pyqtgraph

        theme = self._context.theme
        plot = pyqtgraph.PlotWidget(background=theme.surface)
        plot.setMenuEnabled(False)
        plot.hideButtons()
        for side in ("left", "bottom"):
            plot.getAxis(side).setPen(theme.border)
            plot.getAxis(side).setTextPen(theme.muted)
        return plot

    def open_customer(self, number: str) -> None:
        self._context.open_page("customer", number=number)

    def offers(self, rule: int | None) -> None:
        """The page of the cross-selling list: of one rule by its number, or of all rules shown."""
        self._context.open_page("offers", run=self._run, rule=rule)
