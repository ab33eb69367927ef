"""The lock over the window: by Ctrl+L, or when nobody has touched it for a while."""

from __future__ import annotations

from typing import Any, Final, Protocol

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.sign_in.cover import Cover
from crmdesk.desk.sign_in.idle import IdleWatch
from crmdesk.desk.sign_in.lock_page import LOCKED, LockPage

LOOK: Final = 100  # ms between two looks for a dialog that was still on its way when the window was locked


class Desk(Protocol):
    """What the lock asks of the window it stands before (`desk.frame.Frame`)."""

    context: DeskContext
    settings: WindowSettings
    closing: bool
    reminders: Any  # start() and stop()
    keeper: Any
    standing: Any
    shelf: Any  # mend()

    def act(self, entry_id: str) -> None: ...

    def notice(self, text: str) -> None: ...

    def fill_menus(self) -> None: ...


class Lock(QObject):
    """`lock()` covers the window and suspends the session: until the passphrase is given services refuse too."""

    def __init__(self, frame: Desk, window: QMainWindow) -> None:
        super().__init__(window)
        self._frame, self._window = frame, window
        self._cover = Cover(window)
        self._page: LockPage | None = None
        self._title = ""
        self.idle = IdleWatch(frame.settings.idle_minutes * 60)
        self.idle.idle.connect(self.lock)
        self._late = QTimer(self, interval=LOOK)
        self._late.timeout.connect(self._hide)
        app = QGuiApplication.instance()
        assert isinstance(app, QGuiApplication)
        app.focusWindowChanged.connect(self._look)

    @property
    def on(self) -> bool:
        return self._cover.on

    @property
    def asks(self) -> bool:
        """Whether it takes a passphrase to come back."""
        return self._frame.context.asks

    def start(self) -> None:
        """A bank is open now. Where no passphrase guards it the window does not lock itself."""
        self.idle.seconds = self._frame.settings.idle_minutes * 60
        self.idle.listen(self._window.windowHandle())
        if self.asks:
            self.idle.start()

    def stop(self) -> None:
        """The bank is being closed: what the lock kept of it goes too."""
        self.idle.stop()
        if self.on:
            self._cover.drop()
            self._lift()
            self._frame.context.hub.release()

    def lock(self) -> None:
        """Cover the window; again, nothing."""
        frame = self._frame
        if self.on or frame.context.app is None or frame.closing:
            return
        self.idle.stop()
        for eye in (frame.reminders, frame.keeper, frame.standing):
            eye.stop()
        frame.context.hub.hold()
        self._page = LockPage(frame.context.person, asks=self.asks, unlock=self.unlock,
                              leave=lambda: frame.act("file.close"))  # fmt: skip
        self._title = self._window.windowTitle()
        frame.notice("")
        self._cover.put(self._page)
        self._window.setWindowTitle(f"{LOCKED} - crmdesk")
        frame.fill_menus()
        self._late.start()
        if self.asks:
            self._suspend()

    def _suspend(self) -> None:
        app, actor = self._frame.context.app, self._frame.context.actor

        def work() -> None:
            from crmdesk.services import sign_in  # brings the store, which is loaded by now

            sign_in.lock(app, actor)

        self._frame.context.background(work, lambda _: None, lambda _: None, self)

    def unlock(self, passphrase: str) -> None:
        """Look at the passphrase in the background; the window comes back, or the page says why not."""
        context, page = self._frame.context, self._page
        if not self.asks:
            self._back()
            return
        app, actor = context.app, context.actor

        def work() -> None:
            from crmdesk.services import sign_in  # brings the store, which is loaded by now

            sign_in.check_again(app, actor, passphrase)

        def refused(error: Exception) -> None:
            assert page is not None
            page.refused(sentence(error))

        context.background(work, lambda _: self._back(), refused, page)

    def _back(self) -> None:
        frame = self._frame
        self._lift()
        self._window.setWindowTitle(self._title)
        frame.context.hub.release()
        for eye in (frame.reminders, frame.keeper, frame.standing, self):
            eye.start()
        frame.shelf.mend()

    def _lift(self) -> None:
        self._late.stop()
        self._cover.lift()
        self._page = None
        self._frame.fill_menus()

    def _look(self, *_: Any) -> None:
        """A window has come to the front: take it away once it has finished coming."""
        if self.on:
            QTimer.singleShot(0, self, self._hide)

    def _hide(self) -> None:
        if self.on:
            self._cover.hide_others()
