"""A desk on the small bank for tests of permissions, and what they wait for."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import small_bank
from PySide6.QtWidgets import QAbstractButton, QApplication, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk.context import DeskContext
from crmdesk.desk.dress import apply_theme
from crmdesk.desk.theme import LIGHT
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import notices, permissions

ADA, CETIN, IDA = "C-000001", "C-000002", "C-000003"
TELLER = Actor("tom", frozenset({Role.TELLER}))
OFFICER = Actor("dora", frozenset({Role.DPO}))
AUDITOR = Actor("aud", frozenset({Role.AUDITOR}))


def made(qapp: QApplication, folder: Path, actor: Actor = small_bank.ACTOR) -> DeskContext:
    """A context on the small bank with one notice."""
    apply_theme(qapp, LIGHT)
    context = DeskContext(actor)
    context.app = small_bank.build(folder / "small.crmdesk")  # type: ignore[assignment]
    notices.add(context.app, small_bank.ACTOR, "marketing", "We may send you offers about our own products.")
    return context


def idle(qtbot: QtBot, context: DeskContext) -> None:
    """Wait until nothing is asked in the background."""
    qtbot.waitUntil(lambda: not context._background.busy, timeout=30_000)
    qtbot.wait(5)
    qtbot.waitUntil(lambda: not context._background.busy, timeout=30_000)


def let_go(qtbot: QtBot, context: DeskContext) -> None:
    qtbot.waitUntil(lambda: not context._background.busy, timeout=30_000)
    context.app.store.close()  # type: ignore[union-attr]


def state(context: DeskContext, number: str, purpose: str, channel: str | None) -> str:
    """The state that the service tells now."""
    grid = permissions.grid(context.app, small_bank.ACTOR, number)  # type: ignore[arg-type]
    return next(c.decision.state for row in grid.rows for c in row if (c.purpose, c.channel) == (purpose, channel))


def events(context: DeskContext, number: str) -> list[Any]:
    """The customer's ledger, newest first."""
    return list(permissions.grid(context.app, small_bank.ACTOR, number).history)  # type: ignore[arg-type]


def ticked(widget: QWidget) -> list[str]:
    """Names of every box and radio button that is on."""

    return [
        b.accessibleName() or b.text()
        for b in widget.findChildren(QAbstractButton)
        if b.isCheckable() and b.isChecked()
    ]


def on(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)
