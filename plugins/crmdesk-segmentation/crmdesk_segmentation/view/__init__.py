"""The segment map: a mosaic of buttons coloured by permission; the only package here that knows Qt."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QComboBox, QFrame, QHBoxLayout, QLabel, QRadioButton, QScrollArea, QVBoxLayout, QWidget

from crmdesk.api import Segments, ViewContext
from crmdesk_segmentation import mosaic
from crmdesk_segmentation.mosaic import Column
from crmdesk_segmentation.view.legend import PAD, Flow, Swatch
from crmdesk_segmentation.view.look import Look
from crmdesk_segmentation.view.tiles import Mosaic


def make(result: Segments, context: ViewContext) -> QWidget:
    """The map of a segmentation; with a sentence instead where the result holds no segments, or one for everybody."""
    if "segments" not in result.tables or result.tables["segments"].empty:
        return QLabel("This result has no segments to draw.")
    if len(result.tables["segments"]) < 2:
        return QLabel("Everybody is in one segment, so there is no map to draw and nothing to choose.")
    return SegmentMap(result, context)


class SegmentMap(QFrame):
    """The map with its choices (channel, purpose, area), legend, and the card of the chosen segment."""

    chosen = Signal(str)

    def __init__(self, result: Segments, context: ViewContext) -> None:
        super().__init__()
        self._segments, self._permissions = result.tables["segments"], result.tables["permissions"]
        self._context = context
        self.setAccessibleName(f"Segment map. {result.verdict}")
        self.setAutoFillBackground(True)
        self.mosaic = Mosaic()
        self.card = QLabel(
            "Choose a segment: what sets it apart, who belongs to it, and how to ask for permission is told here."
        )
        self.card.setWordWrap(True)
        self.card.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._legend = QWidget()
        Flow(self._legend)
        self.channel, self.purpose = QComboBox(), QComboBox()
        self.by_customers, self.by_value = QRadioButton("customers"), QRadioButton("value")
        self._build()
        self.mosaic.chosen.connect(self._tell)
        for box in (self.channel, self.purpose):
            box.currentIndexChanged.connect(self.refresh)
        self.by_value.toggled.connect(self.refresh)
        self.refresh()

    def _build(self) -> None:
        channels, purposes = mosaic.choices(self._permissions)
        for channel in channels or ["email"]:
            self.channel.addItem(mosaic.ACTS[channel].removeprefix("be "), channel)
        for purpose in purposes or ["marketing"]:
            self.purpose.addItem(mosaic.TOPICS[purpose], purpose)
        if channels and purposes:
            best = mosaic.best_channel(self._permissions, channels, purposes[0])
            self.channel.setCurrentIndex(self.channel.findData(best))
        self.channel.setAccessibleName("Colour: may be contacted by")
        self.purpose.setAccessibleName("Colour: about")
        self.by_customers.setChecked(True)
        refused = mosaic.value_refused(self._segments)
        self.by_value.setEnabled(not refused)
        self.by_value.setToolTip(refused or "Areas show each segment's share of all value.")
        bar = QWidget()
        Flow(bar)
        for part in (self._pair("Colour: may be", self.channel), self._pair("about", self.purpose),
                     self._pair("Area:", self.by_customers, self.by_value)):  # fmt: skip
            layout = bar.layout()
            assert layout is not None
            layout.addWidget(part)
        card = QScrollArea()
        card.setWidget(self.card)
        card.setWidgetResizable(True)
        card.setFrameShape(QFrame.Shape.NoFrame)
        card.setMinimumHeight(QFontMetrics(self.font()).height() * 3 + 4)
        card.setMaximumHeight(QFontMetrics(self.font()).height() * 4 + 4)
        self.card.setAlignment(Qt.AlignmentFlag.AlignTop)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(PAD, PAD, PAD, PAD)
        outer.setSpacing(PAD)
        outer.addWidget(bar)
        outer.addWidget(self.mosaic, 1)
        outer.addWidget(self._legend)
        outer.addWidget(card)

    def _pair(self, words: str, *parts: QWidget) -> QWidget:
        box = QWidget()
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        label = QLabel(words)
        label.setBuddy(parts[0])
        row.addWidget(label)
        for part in parts:
            row.addWidget(part)
        return box

    def refresh(self) -> None:
        """Draw for the choices made; call again after a change of theme."""
        look = Look(self._context.palette, self)
        channel, purpose = str(self.channel.currentData()), str(self.purpose.currentData())
        act, topic = mosaic.ACTS[channel], mosaic.TOPICS[purpose]
        area: mosaic.Area = "value" if self.by_value.isChecked() else "customers"
        columns = mosaic.columns(self._segments, self._permissions, channel, purpose, area)
        self.mosaic.show_columns(columns, act, topic, look)
        self._fill_legend(f"May {act} about {topic}, today:", look, columns)

    def _fill_legend(self, words: str, look: Look, columns: list[Column]) -> None:
        layout = self._legend.layout()
        assert layout is not None
        while (item := layout.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.deleteLater()
        keys = [Swatch(words, "", look, "text")]
        words_of = mosaic.step_words(mosaic.limits(self._permissions, str(self.purpose.currentData())))
        keys += [Swatch(step, fill, look) for step, fill in zip(words_of, look.ramp, strict=True)]
        if any(not tile.shown for column in columns for tile in column.tiles):
            keys.append(Swatch("under 10 people, or unknown", look.surface, look, "hatch"))
        keys.append(Swatch("and ×: value per customer, mean of those mined = 1", "", look, "bar"))
        for key in keys:
            layout.addWidget(key)
            key.show()

    def _tell(self, code: str) -> None:
        row = self._segments[self._segments["segment"] == code].iloc[0].to_dict()
        ask = str(row.get("best_channel", ""))
        known = {"do not ask": "Do not ask these people.", "not enough answers": "Too few answers to say how to ask."}
        way = known.get(ask, f"Best channel to ask: {ask.replace('_', ' ')}." if ask else "")
        size = f"{int(row['n']):,}" if row["n"] >= mosaic.FEWEST_SHOWN else f"under {mosaic.FEWEST_SHOWN}"
        told = [str(row.get(name, "") or "") for name in ("words", "rule")]
        parts = [f"<b>{row['name']}</b>, {size} customers.", way, *(text[:1].upper() + text[1:] for text in told)]
        self.card.setText(" ".join(part if part.endswith(".") else f"{part}." for part in parts if part))
        self.chosen.emit(code)
