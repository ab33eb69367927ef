"""What the menu entries of the door do; each takes the frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from crmdesk.desk.sign_in.idle_dialog import IdleDialog
from crmdesk.desk.sign_in.new_password import ChangePasswordDialog

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame


def lock(frame: Frame) -> None:
    """Ctrl+L."""
    frame.lock.lock()


def change_password(frame: Frame) -> None:
    """One's own password; in an encrypted bank without users the passphrase of the bank."""
    context = frame.context
    app, actor = context.app, context.actor
    if not context.asks:
        frame.notice("This bank has no password: encrypt it, or add a second person, to give it one.")
        return

    def change(old: str, new: str) -> Any:
        from crmdesk.services import sign_in  # brings the store, which is loaded by now

        return sign_in.change_password(app, actor, old, new)

    what = "passphrase" if actor.single else "password"
    ChangePasswordDialog(context, frame, change, what).open()


def users(frame: Frame) -> None:
    frame.shelf.go("administration", {"tab": "users"})


def second(frame: Frame) -> None:
    """For those too who have no Administration at the left: they see what they proposed."""
    frame.shelf.go("administration", {"tab": "second"})


def idle(frame: Frame) -> None:
    IdleDialog(frame.context, frame, frame.settings, frame.lock.start).open()
