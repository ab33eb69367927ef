"""The window: menus, rail, ways back and forward, themes, the tray, and names for every control."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from gui.window import settle
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.desk import deeds, menus
from crmdesk.desk.find import FindDialog
from crmdesk.desk.frame import Frame
from crmdesk.desk.rail import BESIDE, WIDE, widest
from crmdesk.desk.results.twin import PictureWidget
from crmdesk.domain.change import Change
from crmdesk.services import customers, saved
from crmdesk.services.customers import CustomerQuery

SNAPSHOT = Path(__file__).parent / "menus.txt"


def test_menus_are_as_they_were(desk: Frame) -> None:
    found = menus.tree(desk.entries)
    assert found == SNAPSHOT.read_text(), f"the menus changed; look at them, then keep this:\n{found}"


def test_menus_sort_by_menu_group_order_title() -> None:
    entries = [
        menus.Entry("c", "C", "Mine", lambda: None, "2_b", 10), menus.Entry("a", "A", "File", lambda: None, "9", 99),
        menus.Entry("e", "E", "Mine", lambda: None, "1_a", 20), menus.Entry("d", "D", "Mine", lambda: None, "1_a", 20),
        menus.Entry("b", "B", "Mine", lambda: None, "1_a", 10),
    ]  # fmt: skip
    assert "".join(e.title for e in menus.in_order(entries)) == "ABDEC"


def test_no_two_entries_share_a_shortcut_or_an_id(desk: Frame) -> None:
    keys = [e.shortcut for e in desk.entries if e.shortcut]
    assert len(set(keys)) == len(keys)
    ids = [e.id for e in desk.entries]
    assert len(set(ids)) == len(ids)


def test_without_a_bank_only_what_works_is_on(closed_desk: Frame) -> None:
    assert closed_desk.actions["file.open"].isEnabled()
    assert not closed_desk.actions["view.refresh"].isEnabled()
    closed_desk.act("view.refresh")  # from Ctrl+K: says why, does nothing
    assert "Open a bank first" in closed_desk.foot.notice.text()


def lines(dialog: FindDialog) -> list[str]:
    """What can be chosen: headings left out."""
    rows = (dialog.list.item(row) for row in range(dialog.list.count()))
    return [row.text().strip() for row in rows if row.flags() & Qt.ItemFlag.ItemIsEnabled]


def test_every_entry_is_found_by_its_words(desk: Frame, qtbot: QtBot) -> None:
    dialog = FindDialog(desk)
    qtbot.addWidget(dialog)
    assert len(lines(dialog)) == len(desk.entries)
    dialog.field.setText("mine sample")
    assert len(lines(dialog)) == 1
    dialog.do_chosen()
    assert desk.shelf.page.name == "analysis"
    settle(qtbot, desk)


def test_customers_and_saved_lists_are_found_too(desk: Frame, qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    first = customers.rows(app, actor, customers.find(app, actor, CustomerQuery())[:1].tolist())[0]
    saved.save(app, actor, f"{first.number} and friends", CustomerQuery(first.number))
    dialog = FindDialog(desk)
    dialog.field.setText(first.number)
    qtbot.waitUntil(lambda: any(first.name in line for line in lines(dialog)), timeout=10_000)
    assert any("and friends" in line for line in lines(dialog))
    dialog.do_chosen()  # customers stand on top
    settle(qtbot, desk)
    assert desk.shelf.page.name == "customer" and first.name in desk.shelf.page.title.text()


def test_a_word_that_nothing_has_says_so(desk: Frame, qtbot: QtBot) -> None:
    dialog = FindDialog(desk)
    qtbot.addWidget(dialog)
    dialog.field.setText("zzzz qqqq")
    assert not lines(dialog) and "Nothing" in dialog.list.item(0).text()
    dialog.do_chosen()
    assert dialog.isVisible() is False and desk.shelf.page.name == "home"


def test_back_and_forward(desk: Frame, qtbot: QtBot) -> None:
    for name in ("analyses", "runs"):
        desk.shelf.go(name, {})
        settle(qtbot, desk)
    desk.act("view.back")
    assert desk.shelf.page.name == "analyses" and desk.shelf.can_go_forward
    desk.act("view.back")
    assert desk.shelf.page.name == "home" and not desk.shelf.can_go_back
    desk.act("view.forward")
    assert desk.shelf.page.name == "analyses"
    desk.shelf.go("plugins", {})
    assert not desk.shelf.can_go_forward
    settle(qtbot, desk)


def test_rail_is_narrow_in_a_small_window(desk: Frame) -> None:
    desk.resize(1024, 700)
    assert desk.rail is not None and desk.rail.width() == desk.rail.narrow < WIDE
    desk.resize(1400, 700)
    assert desk.rail.width() == WIDE


def test_rail_lights_the_page_it_came_from(desk: Frame, qtbot: QtBot) -> None:
    desk.shelf.go("analysis", {"analysis": "sample.groups"})
    assert desk.rail is not None
    assert [name for name, b in desk.rail._buttons.items() if b.isChecked()] == ["analyses"]
    settle(qtbot, desk)


def test_theme_is_worn_at_once_and_kept(desk: Frame) -> None:
    desk.act("view.dark")
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    assert app.palette().window().color().name().upper() == "#15181C"
    assert desk.settings.theme == "dark" and desk.context.theme.dark
    desk.act("view.light")
    assert app.palette().window().color().name().upper() == "#F6F7F9"


def test_only_pages_that_care_refresh(desk: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    desk.shelf.go("runs", {})
    desk.shelf.go("plugins", {})
    settle(qtbot, desk)
    asked: list[str] = []
    for page in desk.shelf._made.values():
        monkeypatch.setattr(page, "refresh", lambda name=page.name: asked.append(name))
    desk.context.changed(Change("mine", {"run": "all"}))
    assert asked == ["runs"]  # Home is behind it, and asks anew whenever it is opened


def test_a_job_shows_its_step_and_feels_cancel(desk: Frame, qtbot: QtBot) -> None:
    begun = threading.Event()
    ended: list[object] = []

    def work(progress: object) -> None:
        for _ in range(2000):
            progress.step(0.3, "Counting")  # type: ignore[attr-defined]
            begun.set()
            threading.Event().wait(0.01)

    desk.tray.start("Count", work, ended.append, ended.append)
    qtbot.waitUntil(lambda: desk.tray._rows[0].step.text().startswith("Counting"))
    assert "1 job 30 %" in desk.foot.jobs.text()
    qtbot.mouseClick(desk.tray._rows[0].stop, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not desk.tray._rows, timeout=1000)
    assert not ended and desk.foot.jobs.text() == "No jobs"
    assert desk.foot.notice.text() == "Count: cancelled; nothing half done was kept."


def test_a_failed_job_stays_until_it_is_read(desk: Frame, qtbot: QtBot) -> None:
    def work(progress: object) -> None:
        raise ValueError("secret")

    told: list[Exception] = []
    desk.tray.start("Import", work, lambda v: None, told.append)
    qtbot.waitUntil(lambda: bool(told))
    row = desk.tray._rows[0]
    assert desk.tray.isVisible() and "secret" not in row.step.text()
    qtbot.mouseClick(row.stop, Qt.MouseButton.LeftButton)
    assert not desk.tray._rows and not desk.tray.isVisible()


def test_closing_the_bank_shows_the_start_page(desk: Frame, bank: Path) -> None:
    desk.act("file.close")
    assert desk.shelf.page is desk.start and desk.context.app is None and desk.rail is None
    assert bank.resolve() in desk.settings.recent()
    assert "Mine" not in menus.tree(desk.entries)


def test_a_bank_opens_from_its_file(closed_desk: Frame, bank: Path, qtbot: QtBot) -> None:
    # The real way: store, installed plugins and pages are loaded in a thread.
    closed_desk.start._open(bank)
    qtbot.waitUntil(lambda: closed_desk.shelf.page.name == "home", timeout=20_000)
    assert closed_desk.windowTitle().startswith("Tiny")
    settle(qtbot, closed_desk)


def test_a_file_that_is_no_bank_is_one_sentence(closed_desk: Frame, tmp_path: Path, qtbot: QtBot) -> None:
    wrong = tmp_path / "wrong.crmdesk"
    wrong.write_text("no bank")
    closed_desk.start._open(wrong)
    qtbot.waitUntil(lambda: closed_desk.start.state == "error", timeout=30_000)
    assert "is not a bank of crmdesk" in closed_desk.start._band.text


@pytest.mark.parametrize("name", ["home", "analyses", "runs", "plugins", "analysis", "result"])
def test_every_control_has_a_name(desk: Frame, qtbot: QtBot, name: str) -> None:
    from crmdesk.services import mining

    args: dict[str, object] = {"analysis": "sample.groups"} if name == "analysis" else {}
    if name == "result":
        args = {"run": mining.run(desk.context.app, desk.context.actor, "sample.groups", {}).uuid}
    desk.shelf.go(name, args)
    settle(qtbot, desk)
    nameless = [
        f"{type(w).__name__} {w.objectName()}" for w in desk.findChildren(QWidget)
        if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus and not w.accessibleName()
        and not hasattr(w, "text") and not w.objectName().startswith("qt_") and type(w).__name__ != "QScrollArea"
    ]  # fmt: skip
    assert not nameless


def test_the_new_demonstration_bank_is_mined_in_a_job_and_home_shows_its_segments(
    desk: Frame, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deeds, "DEMO_ANALYSIS", "sample.groups")
    home = desk.shelf.page
    assert home._map.isHidden()
    deeds.mine_demo(desk)
    settle(qtbot, desk)
    assert home._map.isVisible()
    picture = home._map.findChild(PictureWidget).picture
    assert picture.kind == "mosaic" and picture.groups() == ["high", "low"]
    assert "may be sent offers" in picture.title


def test_without_the_plugin_the_demonstration_bank_stays_as_it_is(desk: Frame) -> None:
    deeds.mine_demo(desk)
    assert not desk.tray.running


def test_titles_fit_the_narrow_rail(desk: Frame) -> None:
    desk.resize(1024, 700)
    assert desk.rail is not None
    buttons = list(desk.rail._buttons.values())
    assert len(buttons) == 9 and widest(buttons) + BESIDE <= desk.rail.width()
