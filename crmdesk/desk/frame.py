"""The window: menus, rail, pages with back and forward, the job tray and the status bar."""

from __future__ import annotations

import getpass
import pkgutil
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction, QCloseEvent, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QMainWindow,
    QVBoxLayout,
    QWidget,
)

from crmdesk.desk import menus
from crmdesk.desk.context import DeskContext
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.keeper import Keeper
from crmdesk.desk.rail import Rail
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.shelf import Shelf
from crmdesk.desk.sign_in.lock import Lock
from crmdesk.desk.sign_in.standing import Standing
from crmdesk.desk.start_page import StartPage
from crmdesk.desk.status_bar import StatusBar
from crmdesk.desk.sweeper import Sweeper
from crmdesk.desk.theme import THEMES, Theme, system_theme
from crmdesk.desk.topbar import TopBar
from crmdesk.desk.tray import Tray
from crmdesk.desk.watcher import Watcher
from crmdesk.desk.work.reminders import Reminders
from crmdesk.domain.change import Change
from crmdesk.domain.rights import Right, may, single_user

CONTRIBUTED = "crmdesk.desk.contributed:contributed_entries"  # loads the services, so only once a bank is open


class Frame(QMainWindow):
    """One window per bank file. Before a bank is open it shows the start page; see `deeds` for what menus do."""

    painted = Signal()  # once, after the first frame: from here on heavy imports are welcome

    def __init__(self, context: DeskContext, settings: WindowSettings) -> None:
        super().__init__()
        self.context, self.settings = context, settings
        self.actions: dict[str, QAction] = {}
        self._entries: list[menus.Entry] = list(menus.HOST)
        self._was_painted = False
        self.closing = self._closed = False
        self.rail: Rail | None = None
        self.start = StartPage(context, settings, self.act)
        self.shelf = Shelf(context, self.start)
        self.tray = Tray()
        self.watcher = Watcher(context)
        self.reminders, self.keeper = Reminders(context), Keeper(context)
        self.lock, self.standing = Lock(self, self), Standing(context)
        self.sweeper = Sweeper(self)
        self.sweeper.start()
        self._lay_out()
        self._connect()
        self.fill_menus()
        self.setWindowTitle("crmdesk")
        self.setMinimumSize(640, 440)
        self.resize(1280, 800)

    # Layout ----------------------------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.top = TopBar(self.act, self.allowed)
        column = QVBoxLayout()
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part, stretch in ((self.top, 0), (self.shelf, 1), (self.reminders, 0), (self.tray, 0)):
            column.addWidget(part, stretch)
        self._across = QHBoxLayout()
        self._across.setContentsMargins(0, 0, 0, 0)
        self._across.setSpacing(0)
        self._across.addLayout(column, 1)
        middle = QWidget()
        middle.setLayout(self._across)
        self.setCentralWidget(middle)
        self.top.setVisible(False)
        self.foot = StatusBar(self.context.actor.login, lambda: self.act("tools.jobs"))
        self.setStatusBar(self.foot)

    def _connect(self) -> None:
        self.context.opened.connect(self.shelf.go)
        self.shelf.shown.connect(self._shown)
        self.context.noticed.connect(self.notice)
        self.context.job_asked.connect(self.tray.start)
        self.context.hub.changed.connect(self._changed)
        self.tray.summary.connect(self.foot.jobs.setText)
        self.tray.noticed.connect(self.notice)

    def fill_menus(self) -> None:
        """Build the menus anew: the host's entries, the pages, the analyses and the plugins' actions."""
        own = [entry for entry in self._entries if self.allowed(entry.may)]
        entries = [*own, *menus.page_entries(lambda name: self.shelf.go(name, {}), self.allowed)]
        if self.lock.on:
            entries = [entry for entry in entries if entry.locked]
        self.actions = menus.fill(
            self.menuBar(), entries, lambda entry: self.act(entry.id), self.context.app is not None
        )
        self._all = {entry.id: entry for entry in entries}

    @property
    def entries(self) -> list[menus.Entry]:
        return menus.in_order(self._all.values())

    def allowed(self, right: Right | tuple[Right, ...] | None) -> bool:
        """Whether the person holds the right, or one of several; what needs none is everybody's."""
        rights = (right,) if isinstance(right, Right) else right
        return rights is None or any(may(self.context.actor, one) for one in rights)

    # Deeds -----------------------------------------------------------------------------------------------------

    def act(self, entry_id: str) -> None:
        """Do what a menu entry does."""
        entry = self._all.get(entry_id)
        if self.closing or entry is None:  # none: the window was locked meanwhile
            return
        if entry.needs_bank and self.context.app is None:
            self.notice("Open a bank first.")
        elif isinstance(entry.run, str):
            pkgutil.resolve_name(entry.run)(self)
        else:
            entry.run()

    def _changed(self, change: Change) -> None:
        """Pages refresh; with plugins turned on or off the menus follow."""
        if change.kind == "plugins":
            self.contribute()
        self.shelf.tell(change)

    def notice(self, text: str) -> None:
        """A sentence in the status bar, spoken by screen readers; the focus stays where it is. A lock keeps silent."""
        if not self.lock.on:
            self.foot.say(text)

    def wear(self, choice: str) -> None:
        """Theme 'light', 'dark' or 'system', now and next time."""
        self.settings.theme = choice
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        theme: Theme = THEMES.get(choice) or system_theme(app)
        apply_theme(app, theme)
        self.context.set_theme(theme)

    # Banks -----------------------------------------------------------------------------------------------------

    def contribute(self) -> None:
        """Add what the bank's plugins bring to the menus."""
        found: list[menus.Entry] = pkgutil.resolve_name(CONTRIBUTED)(self.context)
        self._entries = [*menus.HOST, *found]
        self.fill_menus()

    def show_bank(self) -> None:
        """The context has an app now: show the rail and Home."""
        app = self.context.app
        assert app is not None
        self.contribute()
        self._put_rail()
        self.top.fill_pages()
        self.top.setVisible(True)
        context = self.context
        self.foot.show_bank(f"{app.path.name}, encrypted" if context.encrypted else app.path.name,
                            context.person, single=context.actor.single)  # fmt: skip
        self.setWindowTitle(f"{app.path.stem} - crmdesk")
        self.settings.remember(app.path)
        for eye in (self.watcher, self.reminders, self.keeper, self.lock, self.standing):
            eye.start()
        self.shelf.go("home", {})

    def _put_rail(self) -> None:
        if self.rail is not None:
            self.rail.deleteLater()
        self.rail = Rail(lambda name: self.shelf.go(name, {}), lambda page: self.allowed(page.rail_may))
        self._across.insertWidget(0, self.rail)
        self._fit()

    def _fit(self) -> None:
        """In a narrow window the rail gives way to a menu."""
        if self.rail is not None:
            self.top.pages.setVisible(not self.rail.fit(self.width()))

    def rebuild(self) -> None:
        """Make rail and pages anew, after a change of zoom; the page in front stays in front."""
        if self.rail is not None and not self.lock.on:
            self._put_rail()
            self.shelf.rebuild()

    def hide_bank(self, then: Callable[[], Any]) -> None:
        """Back to the start page; the bank is closed behind it once nothing runs on it, then `then()`."""
        self.context.let_go([*self.tray.drop_all(), *self.watcher.stop()], then)
        for eye in (self.reminders, self.keeper, self.standing):
            eye.stop()
        self.shelf.empty()
        self.lock.stop()
        if self.rail is not None:
            self.rail.deleteLater()
            self.rail = None
        self.top.setVisible(False)
        self._entries = list(menus.HOST)
        self.fill_menus()
        self.context.stand(single_user(getpass.getuser()))
        self.foot.show_bank("No bank is open", self.context.person, single=False)
        self.setWindowTitle("crmdesk")

    def _shown(self, name: str) -> None:
        """Rail, crumbs and arrows follow the page in front."""
        self.foot.notice.clear()  # it spoke of what was done on the page before
        if self.rail is not None:
            self.rail.light(name)
        self.top.show_place(name, can_go_back=self.shelf.can_go_back, can_go_forward=self.shelf.can_go_forward)

    # Events ----------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def closeEvent(self, event: QCloseEvent) -> None:
        """The window stays, and can be moved and painted, until the bank is closed behind it."""
        if self._closed:
            self.sweeper.stop()
            event.accept()
            return
        event.ignore()

        def leave() -> None:
            if self.context.app is not None:  # it was still being opened when the window was closed
                self.context.let_go((), leave)
                return
            self._closed = True
            self.close()

        if not self.closing:
            self.closing = True
            self.settings.geometry = self.saveGeometry()
            self.hide_bank(leave)
            self.start.show_empty("Closing. What is still under way is being stopped; then this window closes.")
