"""File > Restore a backup: for a bank that is gone or damaged, before any bank is open."""

from __future__ import annotations

import getpass
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtWidgets import QFileDialog

from crmdesk.desk import start
from crmdesk.desk.backups.prove import ProveDialog
from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, single_user

if TYPE_CHECKING:
    from crmdesk.desk.frame import Frame
    from crmdesk.services.sign_in import Door

BACKUPS: Final = "Backups and banks (*.crmdesk *.crmdesk.*);;All files (*)"
BANKS: Final = "Banks (*.crmdesk)"


def choose(frame: Frame) -> None:
    """Ask for the backup and for the place of the bank; what lies there now is kept beside it."""
    source, _ = QFileDialog.getOpenFileName(frame, "Choose a backup", "", BACKUPS)
    if not source:
        return
    offered = str(home_of(Path(source)))
    target, _ = QFileDialog.getSaveFileName(frame, "Restore it as", offered, BANKS,
                                            options=QFileDialog.Option.DontConfirmOverwrite)  # fmt: skip
    if target:
        restore(frame, Path(source), Path(target))


def home_of(backup: Path) -> Path:
    """Where the bank of a backup lies: beside the folder of its automatic copies, else the backup's own name freed
    of its ending.
    """
    folder = backup.parent
    if folder.name.endswith(".crmdesk.backups"):
        return folder.with_name(folder.name.removesuffix(".backups"))
    name, found, _ = backup.name.partition(".crmdesk")
    return backup.with_name(f"{name}{found or '.crmdesk'}")


def restore(frame: Frame, source: Path, target: Path) -> None:
    """Check the backup, put it in its place and open it; an open bank is exchanged on the page Backups only."""
    context = frame.context
    if context.app is not None and context.app.path.resolve() == target.resolve():
        frame.notice(f"{target.stem} is open here: restore it under Tools > Backups, or close it first.")
        return
    if context.app is None:
        frame.start.show_busy(f"Restoring {target.stem}...")
    frame.notice(f"Restoring {target.stem}...")

    def found(doors: list[Door]) -> None:
        _ask(frame, source, target, doors, Proved(single_user(getpass.getuser())))

    context.open_file(lambda: _doors(source, target), found, _failing(frame, source, target))


@dataclass(frozen=True)
class Proved:
    """Who restores, and what opens the backup (None: it is plain)."""

    actor: Actor
    keys: Any = None
    certain: bool = False  # the actor was proved, by the first door


def _doors(source: Path, target: Path) -> list[Door]:
    """In a thread: what is asked. The bank that is replaced says who may; a backup of another one, what opens it."""
    from crmdesk.services import sign_in  # brings the store

    own = sign_in.door(source)
    try:
        first = sign_in.door(target)
    except Refused:
        raise
    except CrmdeskError:  # gone or damaged: the backup knows who restores
        first = own
    return [door for door in (first, *([own] if own.encrypted and not first.encrypted else [])) if door.asks]


def _ask(frame: Frame, source: Path, target: Path, doors: list[Door], known: Proved) -> None:
    """One door after the other, then the deed; the first says who restores, the last what opens the backup."""
    if not doors:
        _exchange(frame, source, target, known)
        return
    door, *others = doors

    def proved(found: tuple[Any, Actor]) -> None:
        keys, actor = found
        _ask(frame, source, target, others, Proved(known.actor if known.certain else actor, keys or known.keys, True))

    whose = "The backup" if door.file == source else "The bank that is replaced"
    how = "opens by a passphrase of the day it was made" if door.file == source else "asks who is there"
    ProveDialog(frame.context, frame, door, f"{whose}, {door.file.name}, {how}.", proved,
                lambda: _given_up(frame)).open()  # fmt: skip


def _given_up(frame: Frame) -> None:
    frame.notice("Nothing was restored.")
    if frame.context.app is None:
        frame.start.welcome()


def _failing(frame: Frame, source: Path, target: Path) -> Callable[[Exception], None]:
    def failed(error: Exception) -> None:
        if frame.context.app is None:
            frame.start.show_error(error, lambda: restore(frame, source, target))
        else:
            frame.context.notice_error(error)

    return failed


def _exchange(frame: Frame, source: Path, target: Path, known: Proved) -> None:
    def work() -> tuple[dict[str, Any], str]:
        from crmdesk.services import backup  # brings the store: in a thread

        report = backup.restore(known.actor, source, target, known.keys)
        return report, backup.carried_words(report)

    def done(found: tuple[dict[str, Any], str]) -> None:
        report, carried = found
        kept = f" What was there is kept as {Path(report['kept']).name}." if report["kept"] else ""
        start.open_bank(frame, target, then=lambda opened: opened.notice(f"{target.stem} is restored.{kept} {carried}"))

    frame.context.open_file(work, done, _failing(frame, source, target))
