"""Shots of the customer list, its dialogs, the run form's population and the print preview, for a person to look at."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from gui.window import settle
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from crmdesk.app import build_app
from crmdesk.desk import printing
from crmdesk.desk.frame import Frame
from crmdesk.domain.filter import Chip
from crmdesk.services import banks, custom_fields, mining

pytestmark = pytest.mark.shots
OUT = Path(os.environ.get("CRMDESK_SHOTS", Path(__file__).parents[2] / "out" / "shots"))
SIZES = ((1440, 900), (1024, 700))
CHIPS = (
    Chip("marketing", "is", ("email", "phone")),
    Chip("kind", "is", ("person",)),
    Chip("joined", "from", ("2020-01-01",)),
)


@pytest.fixture
def desk(open_on: Callable[[Any], Frame], tmp_path: Path) -> Iterator[Frame]:
    given = os.environ.get("CRMDESK_SHOTS_BANK")
    path = Path(given) if given else tmp_path / "Gemstone.crmdesk"
    if not given:
        banks.create(path, preset="gemstone", customers=2_000, seed=7)
    app = build_app(path)
    yield open_on(app)


@pytest.fixture
def shoot(qtbot: QtBot, desk: Frame) -> Callable[..., None]:
    def take(name: str, widget: QWidget | None = None) -> None:
        OUT.mkdir(parents=True, exist_ok=True)
        for theme in ("light", "dark"):
            desk.wear(theme)
            for width, height in SIZES if widget is None else SIZES[:1]:
                desk.resize(width, height)
                settle(qtbot, desk)
                qtbot.wait(60)
                settle(qtbot, desk)
                size = f"-{width}x{height}" if widget is None else ""
                assert (widget or desk).grab().save(str(OUT / f"list-{name}{size}-{theme}.png"))
        desk.wear("light")

    return take


def test_list(desk: Frame, shoot: Callable[..., None], qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    if not custom_fields.fields(app, actor):
        custom_fields.add(app, actor, code="shirt", title="Shirt size", kind="choice", choices=("S", "M", "L"))
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    page: Any = desk.shelf.page
    shoot("plain")
    for chip in CHIPS:
        page.chips.put(chip)
    qtbot.wait(250)
    settle(qtbot, desk)
    page.table.selectAll()
    shoot("all-chosen")
    page.columns.show((*page.columns.keys, "branch", "manager", "joined", "custom.shirt"))
    settle(qtbot, desk)
    shoot("more-columns")
    deeds = page.list_deeds
    for name, deed in (("bulk", deeds.change_field), ("withdraw", deeds.withdraw)):
        made = deed()
        settle(qtbot, desk)
        if name == "bulk":
            made.edit.control.setCurrentIndex(made.edit.control.count() - 1)
            made._edited()
            qtbot.wait(400)
            settle(qtbot, desk)
        shoot(name, made)
        made.reject()
    dialog = deeds.export()
    settle(qtbot, desk)
    shoot("export-first", dialog)
    dialog.purpose.put("marketing", "email")
    settle(qtbot, desk)
    shoot("export", dialog)
    dialog.reject()
    for name, made in (("columns", page.columns.choose()), ("save", deeds.save_list())):
        shoot(name, made)
        made.reject()
    made = page.chips.ask(page.chips._fields["city"])
    shoot("chip-text", made)
    made.reject()
    made = page.chips.ask(page.chips._fields["branch"])
    shoot("chip-choice", made)
    made.reject()
    for name, button in (("menu-filter", None), ("menu-actions", page.tools.actions_button)):
        menu = button.menu() if button else page.chips.menu(page)
        menu.popup(page.mapToGlobal(page.rect().center()))
        qtbot.wait(50)
        shoot(name, menu)
        menu.close()


def test_print(desk: Frame, shoot: Callable[..., None], qtbot: QtBot) -> None:
    app, actor = desk.context.app, desk.context.actor
    desk.shelf.go("customers", {})
    settle(qtbot, desk)
    number = desk.shelf.page.model.row(0).number
    run = next(r for r in mining.runs(app, actor) if r.outcome == "done" and r.analysis == "segmentation.two_tier")
    for page, args in (("customers", {}), ("customer", {"number": number}), ("result", {"run": run.uuid})):
        desk.shelf.go(page, args)
        settle(qtbot, desk)
        dialog = printing.print_page(desk)
        assert dialog is not None
        if page == "customers":
            dialog.purpose.put("service")
        settle(qtbot, desk)
        shoot(f"print-{page}", dialog)
        dialog._pages.image(0, 1400).save(str(OUT / f"paper-{page}.png"))
        if dialog._pages.count > 1:
            dialog._pages.image(1, 1400).save(str(OUT / f"paper-{page}-2.png"))
        dialog.reject()


def test_population(desk: Frame, shoot: Callable[..., None], qtbot: QtBot) -> None:
    desk.shelf.go("analysis", {"analysis": "segmentation.two_tier", "population": CHIPS})
    settle(qtbot, desk)
    qtbot.wait(600)
    settle(qtbot, desk)
    shoot("population")
    assert QApplication.activeModalWidget() is None
