"""Views of rules: the table filters and sorts, a rule is a list in two clicks, pictures are walked and have a twin."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from crmdesk_association import view
from crmdesk_association.rules.words import told
from crmdesk_association.view import say
from crmdesk_association.view.cloud import MOST_POINTS, CloudView
from crmdesk_association.view.grid import SEVERAL, GridView
from crmdesk_association.view.net_view import NetView
from crmdesk_association.view.rule_columns import matching, rule_columns
from crmdesk_association.view.rule_model import CONFIDENCE, LIFT, RuleModel
from crmdesk_association.view.rule_table import RulePanel
from crmdesk_association.view.rules_view import RulesView
from crmdesk_association.view.spread import fitted, overlapping, unit_places
from gui import rule_sample
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.api import Rules
from crmdesk.desk.results.view_context import palette_of
from crmdesk.desk.theme import LIGHT


class Lent:
    """What a desk lends, noting which lists were asked for."""

    palette = palette_of(LIGHT)

    def __init__(self) -> None:
        self.lists: list[int | None] = []

    def table(self, name: str) -> QWidget:
        return QLabel(name)

    def plot(self) -> Any: ...

    def open_customer(self, number: str) -> None: ...

    def offers(self, rule: int | None) -> None:
        self.lists.append(rule)


@pytest.fixture
def lent() -> Lent:
    return Lent()


def shown(qtbot: QtBot, widget: QWidget) -> Any:
    qtbot.addWidget(widget)
    widget.resize(880, 460)
    with qtbot.waitExposed(widget):
        widget.show()
    return widget


@pytest.fixture
def table(qtbot: QtBot, lent: Lent) -> RulesView:
    made = shown(qtbot, view.rules(rule_sample.rules_result(), lent))
    assert isinstance(made, RulesView)
    return made


def test_the_model_is_sound_and_sorts_numbers_as_numbers() -> None:
    rules = rule_columns(rule_sample.rule_tables())
    assert rules is not None
    model = RuleModel(rules)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    model.sort(LIFT, Qt.SortOrder.DescendingOrder)
    lifts = rules["lift"][model.rows]
    assert (np.diff(lifts) <= 0).all() and len(lifts) == len(rules)
    assert str(model.index(0, CONFIDENCE).data()).count("-") == 1 and "%" in model.index(0, CONFIDENCE).data()


def test_filters_agree_with_pandas() -> None:
    tables = rule_sample.rule_tables()
    rules, frame = rule_columns(tables), tables["rules"]
    assert rules is not None
    both = frame["antecedent"] + "|" + frame["consequent"]
    wanted = both.str.contains("insurance") & (frame["lift"] >= 1.5) & (frame["confidence"] >= 0.3) & frame["shown"]
    found = matching(rules, "INSURANCE", "", "either", 1.5, 0.3, shown_only=True)
    assert found.tolist() == np.flatnonzero(wanted).tolist() and len(found) > 3
    left = matching(rules, item="Car lease", where="if")
    assert left.tolist() == np.flatnonzero(frame["antecedent"].str.contains("Car lease")).tolist()
    assert set(left) & set(matching(rules, item="Car lease", where="then")) == set()


def test_a_rule_is_a_list_in_two_clicks(table: RulesView, lent: Lent, qtbot: QtBot) -> None:
    grid = table.panel.grid
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=grid.visualRect(grid.rules.index(2, 0)).center())
    assert table.panel.card.text.text() == table._rules.text[grid.rules.rows[2]]
    qtbot.mouseClick(table.panel.card.make, Qt.MouseButton.LeftButton)
    grid.setFocus()
    qtbot.keyClick(grid, Qt.Key.Key_Return)
    assert lent.lists == [3, 3]


def test_only_shown_rules_of_customers_with_a_model_make_lists(table: RulesView, qtbot: QtBot, lent: Lent) -> None:
    table.which.setCurrentIndex(1)
    table.panel.choose(int(np.flatnonzero(~table._rules.shown)[0]))
    assert not table.panel.card.make.isEnabled() and "stood up" in table.panel.card.make.toolTip()
    for result in (rule_sample.rules_result(model=False),
                   rule_sample.rules_result(rule_sample.rule_tables(people="baskets"))):  # fmt: skip
        other = view.rules(result, lent)
        qtbot.addWidget(other)
        assert isinstance(other, RulesView) and not other.panel.card.make.isEnabled()


def test_filters_narrow_the_table_and_say_so(table: RulesView, qtbot: QtBot) -> None:
    assert table.told.text().startswith("40 rules of ")
    table.text.setText("no such product")
    qtbot.waitUntil(lambda: table.told.text() == "No rule matches these filters.")
    assert table.panel.grid.rules.rowCount() == 0 and table.panel.card.row == -1
    table.text.setText("lease")
    qtbot.waitUntil(lambda: table.panel.grid.rules.rowCount() > 0)


def test_half_a_million_rules_cost_no_widget(qtbot: QtBot, lent: Lent) -> None:
    one = rule_sample.rule_tables()["rules"]
    many = pd.concat([one] * (500_000 // len(one)), ignore_index=True)
    many["rule"] = np.arange(1, len(many) + 1)
    big = shown(qtbot, view.rules(rule_sample.rules_result({"rules": many}), lent))
    big.which.setCurrentIndex(1)
    assert big.panel.grid.rules.rowCount() == len(many) > 490_000
    assert len(big.findChildren(QWidget)) < 120
    cloud = view.scatter(rule_sample.rules_result({"rules": many.head(MOST_POINTS + 500)}), lent)
    assert isinstance(shown(qtbot, cloud), CloudView) and cloud.picture.dense
    assert "density image" in cloud.lead.text() and len(cloud.picture.rows) < MOST_POINTS


def test_the_map_is_walked_by_arrows_and_its_twin_holds_the_same_rules(qtbot: QtBot, lent: Lent) -> None:
    cloud = shown(qtbot, view.scatter(rule_sample.rules_result(), lent))
    first = cloud.picture.at
    assert cloud.card.row == cloud.picture.rows[first]
    qtbot.keyClick(cloud.picture, Qt.Key.Key_Home)
    support = cloud.picture._rules["support"]
    assert support[cloud.card.row] == support.min()
    assert cloud.picture.accessibleDescription() == cloud.card.text.text()
    x, y, wide, tall = cloud.picture.boxes()[first]
    assert cloud.picture.mark_at(x + wide / 2, y + tall / 2) == first
    cloud.toggle_twin()
    assert cloud.shows_table and cloud.stack.currentWidget().grid.rules.rowCount() == len(cloud.picture.rows)
    assert not cloud.grab().isNull()


def test_an_item_of_the_network_keeps_its_rules(qtbot: QtBot, lent: Lent) -> None:
    net = shown(qtbot, view.network(rule_sample.rules_result(), lent))
    assert isinstance(net, NetView)
    single = [row for row in net.rows if net._all.single(int(row))]
    assert net.beside.grid.rules.rowCount() == len(single) < 40  # arrows of one item each are drawn first
    at = net.picture.net.names.index("Car lease")
    x, y, wide, tall = net.picture.boxes()[at]
    net.picture.choose(net.picture.mark_at(x + wide / 2, y + tall / 2))
    rows = net.beside.grid.rules.rows
    assert 0 < len(rows) < len(single) and all("Car lease" in net._all.short(int(row)) for row in rows)
    assert "Key T lists them" in net.lead.text() and not net.beside.isVisible()
    net.toggle_twin()
    twin = net.stack.widget(1)
    assert isinstance(twin, RulePanel) and twin.grid.rules.rows.tolist() == rows.tolist()
    qtbot.keyClick(net.picture, Qt.Key.Key_Escape)
    assert net.beside.grid.rules.rowCount() == twin.grid.rules.rowCount() == len(single)
    net.drawn.setCurrentIndex(net.drawn.findText("All 40"))
    assert net.beside.grid.rules.rowCount() == 40 and net.lead.text().startswith("40 of the 40 rules")


@pytest.mark.parametrize("size", [(1190, 560), (870, 390)])
def test_a_network_fits_its_frame_without_scrolling(qtbot: QtBot, lent: Lent, size: tuple[int, int]) -> None:
    net = shown(qtbot, view.network(rule_sample.rules_result(), lent))
    net.resize(*size)
    qtbot.waitUntil(lambda: net.size().toTuple() == size)
    assert net.beside.isVisible() == (size[0] > 1000)
    for at in range(net.drawn.count()):
        net.drawn.setCurrentIndex(at)
        qtbot.wait(1)
        picture = net.picture
        if at == 0:
            assert picture.height() <= net.stack.height()
        assert len(picture._middles) == len(picture.net.names) + len(picture.net.dots)
        assert not overlapping(picture._middles, picture._sizes).any()  # dots keep off labels, too
        span = np.ptp(picture._middles, axis=0) / (picture.width(), picture.height())
        assert (span > 0.7).all()


@pytest.mark.parametrize("nodes", [1, 2, 18, 40])
def test_no_label_of_a_network_lies_on_another_and_the_places_are_the_same_again(nodes: int) -> None:
    rng = np.random.default_rng(nodes)
    sizes = np.stack([rng.uniform(60, 176, nodes), np.full(nodes, 26.0)], axis=1)
    edges = rng.integers(0, nodes, (50, 2))
    places = fitted(unit_places(nodes, edges), sizes, 620.0, 640.0)
    assert not overlapping(places, sizes).any()
    assert (fitted(unit_places(nodes, edges), sizes, 620.0, 640.0) == places).all()


def test_the_matrix_is_blank_where_no_rule_is(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.matrix(rule_sample.rules_result(), lent))
    assert isinstance(made, GridView)
    cells = made.model.cells
    assert (cells >= 0).sum() == 40
    row, column = np.argwhere(cells < 0)[0]
    assert made.model.index(row, column).data() == ""
    row, column = np.argwhere(cells >= 0)[-1]
    made.grid.setCurrentIndex(made.model.index(row, column))
    qtbot.keyClick(made.grid, Qt.Key.Key_Return)
    assert made.card.row == cells[row, column]
    assert made.card.text.text() == made.model.index(row, column).data(Qt.ItemDataRole.AccessibleTextRole)


def test_alike_rows_of_the_matrix_stand_together_and_single_items_first(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.matrix(rule_sample.rules_result(), lent))
    model, rules = made.model, made.card._rules
    names = model.names()
    heading = names.index(SEVERAL)
    assert all(len(rules.left.items[rules.left.names.index(name)]) == 1 for name in names[:heading])
    assert all(len(rules.left.items[rules.left.names.index(name)]) > 1 for name in names[heading + 1 :])
    assert (model.cells[heading] == -1).all() and model.cells.shape[0] == len(names) == len(set(names))
    for part in (model.cells[:heading], model.cells[heading + 1 :]):
        patterns = [tuple(np.flatnonzero(row >= 0).tolist()) for row in part]
        assert patterns == sorted(patterns)
    down = Qt.Orientation.Vertical
    longest = max(range(len(names)), key=lambda at: len(names[at]))
    assert model.headerData(longest, down, Qt.ItemDataRole.ToolTipRole) == names[longest]
    made.resize(2000, 460)
    qtbot.waitUntil(lambda: made.grid.verticalHeader().width() == model.room)
    assert model.headerData(longest, down) == names[longest]


def test_the_card_says_where_permission_is_checked(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.rules(rule_sample.rules_result(), lent))
    card = made.panel.card
    card.show_rule(0)
    assert card.make.isEnabled() and card.checked.text() == "Permission is checked in the list"
    card.show_rule(-1)
    assert card.checked.text() == ""


def test_missing_tables_are_told_in_a_sentence(qtbot: QtBot, lent: Lent) -> None:
    empty = Rules("Nothing.", tables={"rules": rule_sample.rule_tables()["rules"].head(0)})
    none_shown = rule_sample.rule_tables()
    none_shown["rules"]["shown"] = False
    for result, makers in ((empty, (view.rules, view.scatter, view.network, view.matrix, view.next_product,
                                    view.timeline, view.slopes)),
                           (rule_sample.rules_result(none_shown), (view.network, view.matrix))):  # fmt: skip
        for make in makers:
            widget = make(result, lent)
            qtbot.addWidget(widget)
            assert widget.accessibleName().endswith(".") and not hasattr(widget, "toggle_twin")
    table = view.rules(rule_sample.rules_result(none_shown), lent)
    qtbot.addWidget(table)
    assert isinstance(table, RulesView) and table.which.currentData() is True
    assert table.told.text().startswith("No rule stood up") and not table.panel.grid.currentIndex().isValid()


def test_an_interval_beside_its_sentence_is_rounded_alike() -> None:
    low, high = 0.7751, 0.8042
    sentence = told("customers with Car loan", "also have Car insurance", "customers", low, high, 0.2)
    assert "77 to 81 also" in sentence and say.interval(0.79, low, high) == "79 % (77-81)"
    assert say.interval(0.042, 0.0387, 0.0461) == "4.2 % (3.8-4.7)"
    assert say.interval(0.096, 0.0912, 0.1201) == "9.6 % (9-13)"
