"""Next product, timeline and change: honest headlines, one choice everywhere, marks that say their figures."""

from __future__ import annotations

import json
from typing import Any

import pandas as pd
import pytest
from crmdesk_association import view
from crmdesk_association.view.next_view import NextView, headline
from crmdesk_association.view.slopes import SlopesView
from crmdesk_association.view.timeline_view import TimelineView
from crmdesk_association.view.waits import waits
from gui import rule_sample
from gui.test_rule_views import Lent, shown
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from crmdesk.api import Metric, Rules


@pytest.fixture
def lent() -> Lent:
    return Lent()


def test_the_gain_is_the_headline_and_no_gain_is_called_so(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.next_product(rule_sample.rules_result(), lent))
    assert isinstance(made, NextView)
    assert made.headline.startswith("With 3 offers each, the list hits more than popularity: +11.0 points (+9.0 to")
    assert "47 % by rules and 36 % by popularity" in made.headline
    table = rule_sample.next_tables()["evaluation"].to_dict("records")
    paired = [{**row, "low": -0.01} for row in table if " - " in row["method"]]
    assert headline(paired, table).startswith("No better than popularity: with 3 offers each, +11.0 points (−1.0 to")


def test_every_mark_of_the_next_product_says_its_interval_and_base(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.next_product(rule_sample.rules_result(), lent))
    hits, chances = made.pictures
    assert len(hits.boxes()) == 6 and len(chances.boxes()) == 6
    qtbot.keyClick(hits, Qt.Key.Key_End)
    assert made.told.text() == ("Popularity, 5 offers: what was bought was among them for 53 % (50-56) of 1,240 "
                                "customers who bought.")  # fmt: skip
    qtbot.keyClick(chances, Qt.Key.Key_End)
    assert made.told.text() == "Foretold 13 %: 14 % (9-18) bought, of 300 offers."
    made.toggle_twin()
    assert made.shows_table and made.stack.currentWidget().findChild(QWidget) is not None


def test_an_evaluation_that_was_not_possible_is_told_in_the_miners_words(qtbot: QtBot, lent: Lent) -> None:
    why = "Next product: 12 customers bought anything, and at least 30 are needed, so it could not be evaluated."
    tables = {**rule_sample.rule_tables(), "evaluation": rule_sample.next_tables()["evaluation"].head(0)}
    widget = view.next_product(Rules("1 rule.", tables=tables, warnings=("Another note.", why)), lent)
    qtbot.addWidget(widget)
    assert widget.accessibleName() == why


def sequences(tables: dict[str, pd.DataFrame] | None = None) -> Rules:
    return Rules("3 sequences are no accident.", tables=tables or rule_sample.sequence_tables())


def test_row_arrow_histogram_and_sentence_show_one_sequence(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.timeline(sequences(), lent))
    assert isinstance(made, TimelineView) and made.picture.at == 0
    made.beside.choose(2)
    assert made.picture.at == 2 and "Debit card" in made.told.text() and "Credit card" in made.bars._title
    qtbot.keyClick(made.picture, Qt.Key.Key_Up)
    assert made.beside.row == 1 and "Home mortgage" in made.told.text()
    qtbot.keyClick(made.bars, Qt.Key.Key_Right)
    low, high, number = made.bars._bars[0]
    assert made.bars.accessibleDescription() == f"{number:.0f} customers waited {low:.0f} to {high:.0f} days."


def test_a_middle_step_stands_between_the_first_and_the_last(qtbot: QtBot, lent: Lent) -> None:
    tables = rule_sample.sequence_tables()
    three: dict[str, Any] = tables["sequences"].iloc[0].to_dict()
    three.update(steps="Car lease → Car insurance → Personal loan", length=3, median_days=90.0, q25_days=70.0,
                 q75_days=140.0, keys=json.dumps([["CAR_LEASE"], ["CAR_INSURANCE"], ["PERSONAL_LOAN"]]))  # fmt: skip
    bars = pd.DataFrame([(1, 1, 0, 20, 10), (1, 1, 20, 40, 30), (1, 2, 0, 60, 25), (1, 2, 60, 120, 15)],
                        columns=list(tables["waiting"].columns))  # fmt: skip
    frame = pd.DataFrame([three])
    (wait,) = waits(frame, bars)
    assert wait.days[0] == pytest.approx(20 + 20 * (20 - 10) / 30) and wait.days[1] == 90.0
    made = shown(qtbot, view.timeline(sequences({"sequences": frame, "waiting": bars}), lent))
    assert [made.step.itemText(i) for i in range(made.step.count())] == ["Car lease → Car insurance",
                                                                        "Car insurance → Personal loan"]  # fmt: skip
    made.step.setCurrentIndex(0)
    assert len(made.bars._bars) == 2 and made.bars._bars[0][2] == 10
    assert not made.grab().isNull()


def test_changes_stand_under_their_kinds_and_only_those_that_passed(qtbot: QtBot, lent: Lent) -> None:
    made = shown(qtbot, view.slopes(Rules("6 changed.", tables=rule_sample.change_tables()), lent))
    assert isinstance(made, SlopesView)
    kinds = [row["kind"] for row in made.picture.rows]
    assert kinds == ["grown", "faded", "unexpected_consequent", "unexpected_condition", "added", "perished"]
    assert made.lead.text().startswith("6 of 7 ")
    qtbot.keyClick(made.picture, Qt.Key.Key_Down)
    qtbot.keyClick(made.picture, Qt.Key.Key_Down)
    assert made.told.text() == made.picture.rows[2]["text"]
    assert "seen against Funds → Savings account" in made.facts.text() and "of 9,000 before" in made.facts.text()
    tops = made.picture.boxes()[:, 1]
    assert (tops[1:] - tops[:-1] >= 30).all() and tops[2] - tops[1] > 50  # room for a heading
    assert not made.grab().isNull()


def test_a_rule_that_one_snapshot_cannot_have_is_drawn_without_a_line(qtbot: QtBot, lent: Lent) -> None:
    tables = rule_sample.change_tables()
    tables["changes"].loc[0, ["before", "low", "high", "difference"]] = float("nan")
    made = shown(qtbot, view.slopes(Rules("6 changed.", tables=tables), lent))
    assert not made.grab().isNull() and made.picture.says(0) == made.told.text()


def test_nothing_changed_is_a_result(qtbot: QtBot, lent: Lent) -> None:
    tables = rule_sample.change_tables()
    tables["changes"]["shown"] = False
    widget = view.slopes(Rules("No rule changed.", tables=tables), lent)
    qtbot.addWidget(widget)
    assert widget.accessibleName().startswith("No rule changed. The tab Tables lists every rule")


def test_items_that_changed_are_drawn_where_no_rule_did(qtbot: QtBot, lent: Lent) -> None:
    tables = rule_sample.change_tables()
    tables["changes"] = tables["changes"].assign(shown=False)
    numbers = {"count_before": [250, 100], "count_after": [380, 101], "share_before": [0.25, 0.1],
               "share_after": [0.38, 0.101], "difference": [0.13, 0.001], "low": [0.12, -0.01], "high": [0.14, 0.02],
               "p": [0.0, 0.5], "q": [0.0, 0.5], "changed": [True, False]}  # fmt: skip
    tables["items"] = pd.DataFrame({"item": ["GLD", "BOX"], "label": ["Gold card", "Safe deposit box"], **numbers})
    metrics = {"baskets_before": Metric(1000), "baskets_after": Metric(1000)}
    drawn = view.slopes(Rules("No rule changed.", metrics, tables), lent)
    qtbot.addWidget(drawn)
    assert [row["rule"] for row in drawn.picture.rows] == ["Gold card"]
    assert drawn.told.text() == "Gold card: 25 % of all before, 38 % after, +13.0 (+12.0 to +14.0) points."
