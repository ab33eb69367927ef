"""The segment map: tiles in proportion, full sentences for those who hear them, arrows walk, areas by value."""

from typing import Any

import pandas as pd
import pytest
from crmdesk_segmentation import mosaic
from crmdesk_segmentation.view import SegmentMap, make
from crmdesk_segmentation.view.legend import Swatch
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel

from crmdesk.api import Segments
from crmdesk.desk.context import DeskContext
from crmdesk.desk.results.stock import stock_views
from crmdesk.domain.rights import single_user

ACTOR = single_user("ela")
ROWS = [
    ("A1", "Online", "low", 500, 0.2, 0.4),
    ("A2", "Online", "high", 300, 0.4, 2.9),
    ("B1", "Branch", "all", 195, 0.39, 1.0),
    ("C1", "Callers", "all", 5, 0.01, None),
]  # fmt: skip


class Lent:
    palette: dict[str, Any] = {}

    def table(self, name: str) -> Any: ...

    def plot(self) -> Any: ...

    def open_customer(self, number: str) -> None: ...

    def offers(self, rule: int | None) -> None: ...


def result(negative: bool = False) -> Segments:
    segments = pd.DataFrame(
        [(code, code[0], code[1], f"{group}, {level}", n, n / 1000, -0.1 if negative else value, 0.9, group, level,
          ratio) for code, group, level, n, value, ratio in ROWS],
        columns=["segment", "tier1", "tier2", "name", "n", "share", "value_share", "stability", "group", "level",
                 "value_ratio"],
    )  # fmt: skip
    empty = dict.fromkeys(Segments.required["permissions"], 0)
    permissions = pd.DataFrame(
        [{**empty, "segment": code, "channel": channel, "purpose": "marketing", "contactable": share}
         for code, share in zip(["A1", "A2", "B1", "C1"], (0.09, 0.34, 0.71, 0.5), strict=True)
         for channel in ("email", "phone")]
    )  # fmt: skip
    return Segments("3 groups, 4 segments.", tables={"segments": segments, "permissions": permissions})


@pytest.fixture
def shown(qtbot: Any) -> SegmentMap:
    view = make(result(), Lent())
    assert isinstance(view, SegmentMap)
    qtbot.addWidget(view)
    view.resize(900, 520)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_tiles_are_in_proportion_with_high_on_top(shown: SegmentMap) -> None:
    online = shown.mosaic.buttons[0]
    assert [tile.tile.level for tile in online if tile.tile] == ["high", "low"]
    assert online[0].height() / online[1].height() == pytest.approx(300 / 500, rel=0.05)
    assert online[0].width() / shown.mosaic.buttons[1][0].width() == pytest.approx(800 / 195, rel=0.1)
    assert shown.mosaic.buttons[2][0].width() >= 28
    assert {stack[0].width() for stack in shown.mosaic.buttons} != {0}


def test_every_tile_says_its_whole_sentence(shown: SegmentMap) -> None:
    names = [button.accessibleName() for stack in shown.mosaic.buttons for button in stack]
    assert names[0] == ("Online, high: 300 customers (30%), 34% may be e-mailed about offers now, value per customer "
                        "2.9 times the mean of those mined.")  # fmt: skip
    assert names[-1] == "Callers: under 10 customers, too few now."
    assert "50%" not in names[-1]


def test_arrows_walk_the_tiles_and_stop_at_the_edge(shown: SegmentMap, qtbot: Any) -> None:
    shown.activateWindow()
    first = shown.mosaic.buttons[0][0]
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    for key, place in ((Qt.Key.Key_Down, (0, 1)), (Qt.Key.Key_Right, (1, 0)), (Qt.Key.Key_Right, (2, 0)),
                       (Qt.Key.Key_Right, (2, 0)), (Qt.Key.Key_Left, (1, 0))):  # fmt: skip
        qtbot.keyClick(shown.focusWidget(), key)
        column, row = place
        assert shown.mosaic.buttons[column][row].hasFocus()


def test_channel_changes_words_and_area_follows_value(shown: SegmentMap) -> None:
    shown.channel.setCurrentIndex(shown.channel.findData("phone"))
    assert "may be phoned" in shown.mosaic.buttons[0][0].accessibleName()
    shown.by_value.setChecked(True)
    online = shown.mosaic.buttons[0]
    assert online[0].height() > online[1].height()


def test_value_areas_are_refused_with_the_reason_where_one_is_negative(qtbot: Any) -> None:
    view = make(result(negative=True), Lent())
    qtbot.addWidget(view)
    assert isinstance(view, SegmentMap)
    assert not view.by_value.isEnabled()
    assert "negative" in view.by_value.toolTip()


def test_choosing_a_tile_tells_the_card_and_the_desk(shown: SegmentMap, qtbot: Any) -> None:
    with qtbot.waitSignal(shown.chosen) as told:
        shown.mosaic.buttons[1][0].click()
    assert told.args == ["B1"]
    assert "Branch, all" in shown.card.text()


def test_the_legend_says_whose_mean_it_is(shown: SegmentMap) -> None:
    keys = [key.accessibleName() for key in shown._legend.findChildren(Swatch)]
    assert "and ×: value per customer, mean of those mined = 1" in keys


def test_one_segment_for_everybody_is_no_map_to_choose_from(qtbot: Any) -> None:
    made = result()
    one = {**made.tables, "segments": made.tables["segments"].head(1)}
    view = make(Segments("No stable segments.", tables=one), Lent())
    qtbot.addWidget(view)
    assert isinstance(view, QLabel) and "nothing to choose" in view.text()
    titles = [title for title, _ in stock_views(Segments("No stable segments.", tables=one), one, DeskContext(ACTOR))]
    assert titles == ["Tables"]
    choice = pd.DataFrame({"tier": [1], "parent": [""], "k": [1], "boot_ari": [1.0], "chosen": [True],
                           "min_jaccard": [1.0], "silhouette": [0.1], "null_p": [0.5]})  # fmt: skip
    with_k = {**one, "k_choice": choice}
    told = stock_views(Segments("No stable segments.", tables=with_k), with_k, DeskContext(ACTOR))
    assert [title for title, _ in told] == ["Stability", "Tables"]


def test_the_legend_wraps(shown: SegmentMap, qtbot: Any) -> None:
    layout = shown._legend.layout()
    assert layout is not None
    assert layout.heightForWidth(300) > layout.heightForWidth(1200)


@pytest.mark.parametrize(("parts", "room"), [([0.97, 0.01, 0.01, 0.01], 400.0), ([0.25] * 4, 400.0), ([1.0], 50.0)])
def test_columns_are_never_too_narrow_and_fill_the_room(parts: list[float], room: float) -> None:
    found = mosaic.widths(parts, room)
    assert sum(found) == pytest.approx(room)
    assert min(found) >= 28


def test_without_segments_it_says_so(qtbot: Any) -> None:
    label = make(Segments("Nothing."), Lent())
    qtbot.addWidget(label)
    assert "no segments" in label.text()  # type: ignore[attr-defined]
