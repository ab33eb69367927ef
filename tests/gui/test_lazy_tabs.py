"""Tabs are made when they are first looked at or asked for, filled with the newest answer, and stay in their place."""

from typing import Any

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.lazy_tabs import LazyTabs


@pytest.fixture
def made() -> list[str]:
    return []


@pytest.fixture
def tabs(qtbot: QtBot, made: list[str]) -> LazyTabs:
    lazy = LazyTabs("Parts")
    qtbot.addWidget(lazy)
    lazy.addTab(QWidget(), "First")

    def maker(key: str) -> Any:
        def make() -> QLabel:
            made.append(key)
            return QLabel()

        return make

    for key in ("b", "c", "d"):
        lazy.add(key, key.upper(), maker(key), lambda label, answer: label.setText(f"{answer}"))
    lazy.show()
    return lazy


def titles(tabs: LazyTabs) -> list[str]:
    return [tabs.tabText(i) for i in range(tabs.count())]


def test_nothing_is_made_before_it_is_looked_at(tabs: LazyTabs, made: list[str]) -> None:
    tabs.fill(1)
    assert made == [] and titles(tabs) == ["First", "B", "C", "D"] and tabs.currentIndex() == 0
    tabs.setCurrentIndex(2)
    assert made == ["c"] and tabs.currentWidget() is tabs.part("c") and tabs.part("c").text() == "1"
    assert titles(tabs) == ["First", "B", "C", "D"] and made == ["c"]


def test_a_part_asked_for_is_made_without_going_there(tabs: LazyTabs, made: list[str]) -> None:
    assert tabs.part("d").text() == "" and tabs.currentIndex() == 0
    tabs.fill(2)
    assert tabs.part("d").text() == "2" and made == ["d"]
    tabs.go("b")
    assert tabs.currentIndex() == 1 and tabs.part("b").text() == "2"


def test_a_hidden_tab_stays_hidden_when_it_is_made(tabs: LazyTabs) -> None:
    tabs.show_tab("b", False)
    tabs.part("b")
    assert not tabs.isTabVisible(1)
    tabs.show_tab("b", True)
    assert tabs.isTabVisible(1)


def test_a_tab_that_was_not_added_is_not_there(tabs: LazyTabs) -> None:
    with pytest.raises(KeyError):
        tabs.part("x")


class Shown(QLabel):
    """Keeps what it said when it was first shown."""

    first: str | None = None

    def showEvent(self, event: Any) -> None:
        super().showEvent(event)
        self.first = self.text() if self.first is None else self.first


def test_a_part_knows_its_answer_before_it_is_shown(tabs: LazyTabs) -> None:
    tabs.add("e", "E", Shown, lambda label, answer: label.setText(f"{answer}"))
    tabs.fill(3)
    tabs.setCurrentIndex(4)
    assert tabs.part("e").isVisible() and tabs.part("e").first == "3"
