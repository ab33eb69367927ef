"""Open the desk: the window first, then everything else behind it."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from crmdesk.desk import zoom
from crmdesk.desk.context import DeskContext
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.frame import Frame
from crmdesk.desk.pages import PAGES
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.theme import THEMES, system_theme
from crmdesk.domain.rights import single_user

if TYPE_CHECKING:
    from crmdesk.services.context import App

NO_DISPLAY = "There is no screen here, and the desk needs one; use the commands instead: crmdesk --help"


def open_desk(path: Path | None = None, *, safe_mode: bool = False) -> int:
    """Show the desk until it is closed; with `path` that bank opens behind the first frame."""
    seen = any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))
    if sys.platform.startswith("linux") and not seen:
        sys.stderr.write(NO_DISPLAY + "\n")
        return 1
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("crmdesk")
    frame = make_frame(app)
    if path is not None:
        frame.painted.connect(lambda: open_bank(frame, path, safe_mode=safe_mode))
    frame.show()
    return app.exec()


def make_frame(app: QApplication) -> Frame:
    """The dressed window, not shown yet."""
    if QLocale.system().language() == QLocale.Language.C:  # no language is set: it would write 15000
        plain = QLocale.c()
        plain.setNumberOptions(QLocale.NumberOption.DefaultNumberOptions)
        QLocale.setDefault(plain)
    settings = WindowSettings()
    zoom.wear(app, settings.zoom)
    theme = THEMES.get(settings.theme) or system_theme(app)
    apply_theme(app, theme)
    context = DeskContext(single_user(getpass.getuser()), theme=theme)
    frame = Frame(context, settings)
    frame.start.on_open(lambda path: open_bank(frame, path))
    if settings.geometry is not None:
        frame.restoreGeometry(settings.geometry)
    return frame


def _build(path: Path, safe_mode: bool) -> App:
    """In a thread: the store, plugins and services are imported here, after the first frame."""
    from crmdesk.app import build_app

    app: App = build_app(path, safe_mode=safe_mode)
    for page in PAGES:
        page.load()
    app.plugins.views()  # the plugins' own imports happen here too
    return app


def open_bank(
    frame: Frame, path: Path, *, safe_mode: bool = False, then: Callable[[Frame], None] | None = None
) -> None:
    """Open a bank in the background, `then(frame)`; the start page says why where it cannot be opened."""

    def opened(app: App) -> None:
        if frame.closing:
            frame.context.app = app  # the frame lets go of it
            return
        frame.start.show_content()
        if frame.context.app is not None:
            close_bank(frame)
        frame.context.app = app
        frame.notice("")
        frame.show_bank()
        if then is not None:
            then(frame)

    frame.start.show_loading()
    frame.notice(f"Opening {path.stem}...")
    frame.context.open_file(
        lambda: _build(path, safe_mode), opened,
        lambda error: frame.start.show_error(error, lambda: open_bank(frame, path, safe_mode=safe_mode, then=then)),
    )  # fmt: skip


def close_bank(frame: Frame) -> None:
    """Show the start page, and close the open bank behind it."""
    app = frame.context.app
    assert app is not None
    name = app.path.stem

    def closed() -> None:
        if frame.context.app is None:
            frame.notice(f"{name} is closed.")

    frame.notice(f"Closing {name}...")
    frame.hide_bank(closed)
