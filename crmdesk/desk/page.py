"""The base of all pages: title, answer sentence, and the states loading, empty, no match, error and stale."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import Any, ClassVar

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QStackedWidget, QVBoxLayout, QWidget

from crmdesk.desk.background import Ticket
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.widgets import Band, Blank, button, label
from crmdesk.desk.zoom import px
from crmdesk.domain.change import Change
from crmdesk.domain.errors import CrmdeskError

BAR_AFTER, SKELETON_AFTER = 150, 400  # ms: quick answers show no sign of waiting


class Page(QWidget):
    """One page. A subclass lays out `self.body`, fills it in `refresh()`, and uses the `show_*` states.

    `name` is its name in `desk.pages`; `tables` are the store tables whose change makes it refresh.
    """

    name: ClassVar[str] = ""
    tables: ClassVar[frozenset[str]] = frozenset()

    def __init__(self, context: DeskContext, title: str) -> None:
        super().__init__()
        self.context = context
        self.setProperty("role", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.title = label(title, "title")
        self.answer = label("", "answer", wrap=True)
        self.answer.setVisible(False)
        self.deeds = QHBoxLayout()  # buttons at the right of the title
        self.deeds.setSpacing(8)
        self.body = QWidget()
        self.state = "content"
        self._has_content = False
        self._asked_last: Ticket | None = None
        self._lay_out()
        self.show_content(filled=False)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addStretch(1)
        head.addLayout(self.deeds)
        self._bar = QProgressBar()
        self._bar.setProperty("role", "thin")
        self._bar.setRange(0, 0)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Loading")
        keep = self._bar.sizePolicy()
        keep.setRetainSizeWhenHidden(True)
        self._bar.setSizePolicy(keep)
        self._band = Band()
        self._blank = Blank()
        self._stack = QStackedWidget()
        for part in (self.body, self._skeleton(), self._blank):
            self._stack.addWidget(part)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 16, 24, 16)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.answer)
        column.addWidget(self._band)
        column.addWidget(self._bar)
        column.addWidget(self._stack, 1)
        self._bar_timer = self._timer(BAR_AFTER, lambda: self._bar.setVisible(True))
        self._skeleton_timer = self._timer(SKELETON_AFTER, lambda: self._stack.setCurrentIndex(1))

    def _timer(self, after: int, deed: Callable[[], None]) -> QTimer:
        timer = QTimer(self, singleShot=True, interval=after)
        timer.timeout.connect(deed)
        return timer

    @staticmethod
    def _skeleton() -> QWidget:
        bones = QWidget()
        column = QVBoxLayout(bones)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        for height in (28, 180, 120):
            bone = QFrame()
            bone.setProperty("role", "skeleton")
            bone.setFixedHeight(px(height))
            column.addWidget(bone)
        column.addStretch(1)
        return bones

    # What a subclass may override ------------------------------------------------------------------------------

    def arrive(self, **args: Any) -> None:
        """Called each time the page is opened, with the arguments of `context.open_page`."""
        self.refresh()

    def place(self) -> dict[str, Any]:
        """What `arrive` needs to come back to what is shown now, when the page is made anew; {} for nothing special."""
        return {}

    def refresh(self) -> None:
        """Ask the services again and show the answer (F5, and after a change it cares about)."""

    def cares_about(self, change: Change) -> bool:
        """Whether `change` makes what is shown here old."""
        return bool(self.tables & set(change.touched))

    def toggle_twin(self) -> None:
        """Key T: show a picture's table instead, or the picture again."""

    def find(self) -> None:
        """Ctrl+F: put the cursor into the page's search field, where it has one."""

    # States ----------------------------------------------------------------------------------------------------

    def say(self, text: str) -> None:
        """The answer sentence under the title; pictures and readers name the page by it."""
        self.answer.setText(text)
        self.answer.setVisible(bool(text))
        self.setAccessibleName(f"{self.title.text()}. {text}" if text else self.title.text())

    def add_deed(self, text: str, deed: Callable[[], Any], role: str = "", tip: str = "") -> QWidget:
        """A button beside the title: verb + object."""
        made = button(text, deed, role, tip)
        self.deeds.addWidget(made)
        return made

    def show_loading(self) -> None:
        """Old content stays; a thin bar after 150 ms; a skeleton after 400 ms where there is nothing to keep."""
        self.state = "loading"
        self._bar_timer.start()
        if not self._has_content:
            self._skeleton_timer.start()

    def _settle(self, state: str, part: int) -> None:
        self.state = state
        self._bar_timer.stop()
        self._skeleton_timer.stop()
        self._bar.setVisible(False)
        self._stack.setCurrentIndex(part)

    def show_content(self, *, filled: bool = True) -> None:
        """The page's own content, without any band."""
        self._band.setVisible(False)
        self._has_content = self._has_content or filled
        self._settle("content", 0)

    def show_empty(self, why: str, deed_text: str = "", deed: Callable[[], Any] | None = None) -> None:
        """Nothing here yet: why, and one button."""
        self._blank.fill(why, [(deed_text, deed)] if deed else [])
        self._band.setVisible(False)
        self._settle("empty", 2)

    def show_no_match(self, why: str, *deeds: tuple[str, Callable[[], Any]]) -> None:
        """The filter left nothing: the sentence, then buttons such as Drop last and Clear."""
        self._blank.fill(why, list(deeds))
        self._band.setVisible(False)
        self._settle("no match", 2)

    def show_error(self, error: Exception, again: Callable[[], Any] | None = None) -> None:
        """A band: what happened and what to do; the rest of the page keeps working."""
        deeds: list[tuple[str, Callable[[], Any]]] = [("Try again", again or self.refresh)]
        # Details name code lines only: no value of a customer may show up here.
        lines = "".join(traceback.format_tb(error.__traceback__)) + type(error).__name__
        details = "" if isinstance(error, CrmdeskError) else lines
        self._band.fill("error", sentence(error), deeds, details)
        self._settle("error", 0)

    def show_stale(self, text: str, deed_text: str, deed: Callable[[], Any]) -> None:
        """What is shown is older than the bank: the sentence and one button."""
        self._band.fill("stale", text, [(deed_text, deed)])
        self._settle("stale", 0)

    def load(self, fn: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """Ask in the background: loading now, then `done(value)` and content, or the error band.

        A page asks one question at a time: the answer to an older one is dropped, it may come after the newer.
        """

        def arrived(value: Any) -> None:
            self.show_content()
            done(value)  # may go on to show_empty or show_stale

        self.show_loading()
        if self._asked_last is not None:
            self._asked_last.drop()
        self._asked_last = self.context.background(fn, arrived, self.show_error, self)
