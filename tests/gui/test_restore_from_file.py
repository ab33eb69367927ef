"""A bank that is gone or damaged comes back from a backup before any bank is open."""

from __future__ import annotations

from pathlib import Path

import pytest
from gui.window import settle
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk.backups import from_file
from crmdesk.desk.frame import Frame
from crmdesk.domain.rights import single_user
from crmdesk.services import backup

ACTOR = single_user("me")


@pytest.fixture
def kept(bank: Path, tmp_path: Path) -> Path:
    """A backup of the bank, which was damaged afterwards."""
    copy = tmp_path / "copy.crmdesk"
    with build_app(bank, safe_mode=True) as app:
        backup.backup(app, ACTOR, copy)
    bank.write_bytes(b"SQLite format 3\0" + b"\xff" * 5000)
    return copy


def test_a_damaged_bank_is_exchanged_and_kept(
    closed_desk: Frame, bank: Path, kept: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileName", staticmethod(lambda *_, **__: (str(kept), "")))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", staticmethod(lambda *_, **__: (str(bank), "")))
    closed_desk.act("file.restore")
    qtbot.waitUntil(lambda: closed_desk.context.app is not None, timeout=30_000)
    settle(qtbot, closed_desk)
    assert closed_desk.shelf.page.name == "home"
    assert any("before-restore" in file.name for file in bank.parent.iterdir())


def test_a_file_that_is_no_backup_is_one_sentence(closed_desk: Frame, tmp_path: Path, qtbot: QtBot) -> None:
    wrong = tmp_path / "wrong.crmdesk"
    wrong.write_text("nothing of the kind")
    from_file.restore(closed_desk, wrong, tmp_path / "new.crmdesk")
    qtbot.waitUntil(lambda: closed_desk.start.state == "error", timeout=30_000)
    assert "not a bank" in closed_desk.start._band.text and not (tmp_path / "new.crmdesk").exists()


def test_the_open_bank_is_exchanged_on_its_page_only(desk: Frame, bank: Path, tmp_path: Path) -> None:
    from_file.restore(desk, tmp_path / "any.crmdesk", bank)
    assert "Tools > Backups" in desk.foot.notice.text() and desk.context.app is not None


def test_the_place_offered_is_the_banks_own() -> None:
    assert from_file.home_of(Path("/d/Tiny.crmdesk.backups/x.crmdesk")) == Path("/d/Tiny.crmdesk")
    assert from_file.home_of(Path("/d/Tiny.crmdesk.before-import")) == Path("/d/Tiny.crmdesk")
