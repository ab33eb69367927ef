"""Open the desk: the window first, then everything else behind it."""

from __future__ import annotations

import getpass
import os
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QLocale
from PySide6.QtWidgets import QApplication

from crmdesk.desk import zoom
from crmdesk.desk.context import DeskContext, sentence
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.frame import Frame
from crmdesk.desk.pages import PAGES
from crmdesk.desk.settings import WindowSettings
from crmdesk.desk.theme import THEMES, system_theme
from crmdesk.domain.errors import SignInNeeded
from crmdesk.domain.rights import Actor, single_user

if TYPE_CHECKING:
    from crmdesk.app import App

SIGNED_OUT = "You were signed out: an administrator ended your access, or gave you a new password."
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
    frame.painted.connect(frame.start.look_at_doors)
    context.door_asked.connect(lambda: reopen(frame))
    frame.standing.changed.connect(lambda actor: take_roles(frame, actor))
    frame.standing.ended.connect(lambda: close_bank(frame, SIGNED_OUT))
    if settings.geometry is not None:
        frame.restoreGeometry(settings.geometry)
    return frame


class MustChange(Exception):
    """The password opened the bank, and may do so once: a new one is wanted before anything is shown."""


@dataclass(frozen=True)
class Entered:
    """An open bank and who came in: `person` as the status bar names them, `asks` where it took a passphrase."""

    app: App
    actor: Actor
    person: str
    encrypted: bool
    asks: bool


@dataclass(frozen=True)
class Key:
    """What was typed at the door: nothing for a bank that asks nothing; `new` replaces a one-time password.

    `recovery` is the recovery key, typed in the place of a lost passphrase, which `new` replaces.
    """

    name: str = ""
    passphrase: str = field(default="", repr=False)
    new: str = field(default="", repr=False)
    recovery: str = field(default="", repr=False)


NO_KEY: Final = Key()


def _enter(path: Path, safe_mode: bool, key: Key) -> Entered:
    """In a thread: the store, plugins and services are imported here, after the first frame."""
    from crmdesk.app import build_app
    from crmdesk.services import lost_passphrase, sign_in

    def build(file: Path, keys: Any) -> App:
        return build_app(file, keys=keys, safe_mode=safe_mode)

    door = sign_in.door(path)
    if key.recovery:
        app, actor = lost_passphrase.enter(path, build, key.recovery, key.new, key.name)
    else:
        app, actor = sign_in.enter(path, build, key.name, key.passphrase)
    try:
        if sign_in.must_change(app, actor):
            if not key.new:
                raise MustChange
            sign_in.change_password(app, actor, key.passphrase, key.new)
        for page in PAGES:
            page.load()
        app.plugins.views()  # the plugins' own imports happen here too
        return Entered(app, actor, person_words(app, actor), door.encrypted, door.asks)
    except BaseException:
        sign_in.leave(app, actor)
        app.close()
        raise


def person_words(app: App, actor: Actor) -> str:
    """Name and roles in words: "Ela Kaya, analyst"."""
    from crmdesk.services import sign_in
    from crmdesk.services.new_user import ROLE_WORDS

    if actor.single:
        return actor.login
    roles = [words for role, words in ROLE_WORDS.items() if role in actor.roles]
    return ", ".join([sign_in.name_of(app, actor), *roles])


def open_bank(
    frame: Frame, path: Path, *, safe_mode: bool = False, then: Callable[[Frame], None] | None = None, key: Key = NO_KEY
) -> None:
    """Open a bank in the background, `then(frame)`; the start page asks for a passphrase, or says why it cannot."""

    def again(new: Key) -> None:
        open_bank(frame, path, safe_mode=safe_mode, then=then, key=new)

    def opened(entered: Entered) -> None:
        if frame.closing:
            frame.context.app = entered.app  # the frame lets go of it
            return
        frame.start.welcome()
        if frame.context.app is not None:
            close_bank(frame)
        stand(frame, entered)
        frame.notice("")
        frame.show_bank()
        if then is not None:
            then(frame)

    frame.start.show_loading()
    frame.notice(f"Opening {path.stem}...")
    frame.context.open_file(
        lambda: _enter(path, safe_mode, key), opened, lambda error: _not_open(frame, path, key, error, again)
    )


def stand(frame: Frame, entered: Entered) -> None:
    """The window has a bank and a person."""
    context, app, actor = frame.context, entered.app, entered.actor
    context.app = app
    context.stand(actor, entered.person, encrypted=entered.encrypted, asks=entered.asks)

    def goodbye() -> None:
        from crmdesk.services import sign_in  # brings the store, which is loaded by now

        sign_in.leave(app, actor)

    context.goodbye = goodbye


def _not_open(frame: Frame, path: Path, key: Key, error: Exception, again: Callable[[Key], Any]) -> None:
    """The door asks, or asks again, or there is no way in: the start page says so."""
    if frame.closing:
        return
    if frame.context.app is not None and isinstance(error, MustChange | SignInNeeded):
        close_bank(frame)  # one window, one bank: the door of the next stands where the start page is
    if isinstance(error, SignInNeeded):
        frame.notice("")
        frame.start.ask(path, error.door, lambda name, passphrase: again(Key(name, passphrase)),
                        lambda name, recovery, new: again(Key(name, new=new, recovery=recovery)))  # fmt: skip
    elif isinstance(error, MustChange):
        frame.notice("")
        frame.start.ask_new(path, lambda new: again(Key(key.name, key.passphrase, new)))
    elif key != NO_KEY:
        frame.notice("")
        frame.start.refused(error)
    elif frame.context.app is not None:
        frame.notice(sentence(error))
    else:
        frame.start.show_error(error, lambda: again(NO_KEY))


def reopen(frame: Frame) -> None:
    """Close the open bank and open it again, by whatever it asks for now."""
    app = frame.context.app
    assert app is not None
    path = app.path
    frame.hide_bank(lambda: open_bank(frame, path))


def take_roles(frame: Frame, actor: Actor) -> None:
    """An administrator gave the person other roles: rail, menus and pages follow; what is no longer theirs is left."""
    context = frame.context
    app = context.app
    assert app is not None

    def told(person: str) -> None:
        if context.app is not app or (context.actor.roles, context.actor.branch) == (actor.roles, actor.branch):
            return
        context.stand(actor, person, encrypted=context.encrypted, asks=context.asks)
        frame.shelf.empty()
        frame.show_bank()
        frame.notice(f"Your roles were changed; you are here as {person} now.")

    context.background(lambda: person_words(app, actor), told, owner=frame)


def close_bank(frame: Frame, why: str = "") -> None:
    """Show the start page, and close the open bank behind it; `why` where nobody here asked for that."""
    app = frame.context.app
    assert app is not None
    name = app.path.stem

    def closed() -> None:
        if frame.context.app is None:
            frame.notice(f"{name} is closed. {why}".strip())

    frame.notice(f"Closing {name}...")
    frame.hide_bank(closed)
