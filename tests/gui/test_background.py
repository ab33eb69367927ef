"""A call that was answered is let go of with everything it knew: no page stays alive by what it asked once."""

from __future__ import annotations

import gc
import weakref
from typing import Any

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from crmdesk.desk.background import Background, Ticket


class Asker:
    """A page as far as a call is concerned: it takes the answer."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def done(self, value: Any) -> None:
        self.told.append(value)


@pytest.mark.parametrize("fault", [False, True])
def test_what_was_answered_keeps_nobody_alive(qapp: QApplication, qtbot: QtBot, fault: bool) -> None:
    background, asker = Background(), Asker()

    def work() -> int:
        if fault:
            raise ValueError("no answer")
        return 7

    ticket = background(work, asker.done, lambda error, to=asker: to.done(str(error)))
    qtbot.waitUntil(lambda: not background.busy)
    assert asker.told == ["no answer" if fault else 7]
    page = weakref.ref(asker)
    del asker, work
    gc.collect()
    assert page() is None  # although the ticket is still held, as pages hold their last one
    ticket.drop()


def test_tickets_do_not_pile_up(qapp: QApplication, qtbot: QtBot) -> None:
    background, owner = Background(), QObject()
    gc.collect()
    before = sum(isinstance(one, Ticket) for one in gc.get_objects())  # of tests that ran earlier
    for _ in range(50):
        background(lambda: 1, lambda _: None, lambda _: None, owner)
    qtbot.waitUntil(lambda: not background.busy)
    background(lambda: 1, lambda _: None, lambda _: None, owner)  # clears away those before it
    qtbot.waitUntil(lambda: not background.busy)
    qtbot.wait(10)
    gc.collect()
    assert sum(isinstance(one, Ticket) for one in gc.get_objects()) - before < 5


def test_a_dropped_call_ends_without_a_word(qapp: QApplication, qtbot: QtBot) -> None:
    background, asker = Background(), Asker()
    background(lambda: 1, asker.done, asker.done).drop()
    qtbot.waitUntil(lambda: not background.busy)
    assert asker.told == []
