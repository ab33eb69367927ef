"""What does not fit is cut with an ellipsis and told in the tooltip; no label is cut in half; nothing is told twice."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from crmdesk.desk.customers.recommended import latest
from crmdesk.desk.results.paint import height_of, paint_picture
from crmdesk.desk.results.picture import Picture
from crmdesk.desk.theme import THEMES
from crmdesk.desk.widgets import Elided
from crmdesk.services.offer_list import Recommendation


def test_a_long_line_is_cut_with_an_ellipsis(qtbot: QtBot) -> None:
    made = Elided("j•••@example.org")
    qtbot.addWidget(made)
    made.resize(made.sizeHint())
    assert made.shown == made.text() == "j•••@example.org"
    made.resize(made.sizeHint().width() // 2, made.height())
    assert made.shown.startswith("j•••") and made.shown.endswith("…")
    assert made.text() == "j•••@example.org"
    assert made.minimumSizeHint().width() < made.sizeHint().width() / 2


@pytest.mark.parametrize("group", [None, "kind"])
def test_lying_bars_keep_their_unit_within_the_height_they_ask_for(qtbot: QtBot, group: str | None) -> None:
    columns = {"what": ["A", "A", "B", "B"], "n": [4.0, 2.0, 3.0, 1.0], "kind": ["as it is", "by chance"] * 2}
    picture = Picture("bars", "Orders", columns, "what", "n", group, y_label="customers")
    tall = height_of(picture)
    image = QImage(640, tall + 60, QImage.Format.Format_RGB32)
    image.fill(0xFFFFFFFF)
    painter = QPainter(image)
    paint_picture(painter, QRectF(image.rect()).adjusted(8, 8, -8, -8), picture, THEMES["light"], QFont())
    painter.end()
    drawn = [y for y in range(image.height()) if any(image.pixel(x, y) != 0xFFFFFFFF for x in range(640))]
    assert tall - 30 < max(drawn) < tall


def test_a_product_recommended_by_two_runs_is_asked_about_once() -> None:
    def kept(at: int, product: str | None, decision: str = "open") -> Recommendation:
        return Recommendation(at, f"run {at}", "offer", datetime(2026, 6, at, tzinfo=UTC), decision, None, None,
                              product=product)  # fmt: skip

    found = [kept(5, "GLD"), kept(4, "LIF", "declined"), kept(3, "GLD"), kept(2, "LIF"), kept(1, None)]
    assert [one.id for one in latest(found)] == [5, 4, 1]
