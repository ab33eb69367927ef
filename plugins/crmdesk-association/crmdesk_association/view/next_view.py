"""The next product: what the list gains over popularity in one sentence, then both pictures, then their tables."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from crmdesk.api import Rules, ViewContext
from crmdesk_association.view import say
from crmdesk_association.view.marked import Marked
from crmdesk_association.view.next_picture import ChancePicture, HitPicture
from crmdesk_association.view.parts import PAD, Card, Pictured, label

HEADLINE_K = 3
MINUS = " - "
OTHER = "Choose a mark: its figures are told here."


class NextView(Pictured):
    """`headline` is the paired difference; the pictures' marks are told beneath."""

    def __init__(self, result: Rules, context: ViewContext) -> None:
        super().__init__(f"Next product. {result.verdict}", "")
        table = result.tables["evaluation"]
        paired = table["method"].astype(str).str.contains(MINUS, regex=False)
        self.headline = headline(table[paired].to_dict("records"), table[~paired].to_dict("records"))
        self.lead.setText(self.headline)
        self.lead.setProperty("role", "answer")
        chances = result.tables.get("calibration")
        self.pictures: list[Marked] = [HitPicture(table[~paired], context, self.headline)]
        if chances is not None and len(chances):
            self.pictures.append(ChancePicture(chances, context))
        holder = QWidget()
        across = QHBoxLayout(holder)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(PAD)
        self.told = label(OTHER, wrap=True)
        for picture in self.pictures:
            across.addWidget(picture, 1)
            picture.chosen.connect(lambda at, one=picture: self.told.setText(one.says(at) if at >= 0 else OTHER))

        def tables() -> QWidget:
            both = QSplitter(Qt.Orientation.Vertical)
            both.addWidget(context.table("evaluation"))
            if len(self.pictures) > 1:
                both.addWidget(context.table("calibration"))
            return both

        self.fill(holder, tables)
        card = Card()
        card.rows.addWidget(self.told)
        self.column.addWidget(card)


def headline(paired: list[dict[Any, Any]], single: list[dict[Any, Any]]) -> str:
    """What a list of three gains over popularity; that it gains nothing, where the interval holds 0."""
    if not paired:
        return "Rules and popularity were not compared on the same customers."
    row = min(paired, key=lambda r: abs(int(r["k"]) - HEADLINE_K))
    k = int(row["k"])
    offers = "1 offer" if k == 1 else f"{k} offers"
    rates = " and ".join(f"{say.share(r['hit_rate'])} by {r['method']}" for r in single if int(r["k"]) == k)
    gain = f"{say.points(row['hit_rate'])} points ({say.points(row['low'])} to {say.points(row['high'])})"
    who = f"{say.count(row['customers'])} customers who bought something"
    if say.missing(row["low"]) or float(row["low"]) <= 0 <= float(row["high"]):
        return f"No better than popularity: with {offers} each, {gain} among {who}; {rates}."
    better = "more" if float(row["hit_rate"]) > 0 else "fewer"
    return f"With {offers} each, the list hits {better} than popularity: {gain} among {who}; {rates}."
