"""The run form's population: chips as on the list, counted before the run, kept with it and told as a command."""

from __future__ import annotations

import shlex
from typing import Any

import pytest
from gui.window import settle
from pytestqt.qtbot import QtBot

from crmdesk.cli.where import chip
from crmdesk.desk.frame import Frame
from crmdesk.desk.mine.words import condition
from crmdesk.domain.filter import Chip
from crmdesk.services import customers, mining
from crmdesk.services.customers import CustomerQuery

PERSONS = Chip("kind", "is", ("person",))
OLD = Chip("joined", "before", ("2020-01-01",))


def go(desk: Frame, qtbot: QtBot, name: str, **args: Any) -> Any:
    desk.shelf.go(name, args)
    settle(qtbot, desk)
    page = desk.shelf.page
    if name == "analysis":
        qtbot.waitUntil(lambda: page._day_known and not page._soon.isActive(), timeout=10_000)
        settle(qtbot, desk)
    return page


def used(page: Any) -> str:
    return str(page._who_rows.itemAt(0).widget().text())


def test_a_chip_narrows_who_is_used_before_the_run(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "analysis", analysis="sample.groups")
    everybody = used(page)
    page.chips.put(OLD)
    qtbot.waitUntil(lambda: not page._soon.isActive())
    settle(qtbot, desk)
    told = [page._who_rows.itemAt(at).widget().text() for at in range(page._who_rows.count())]
    app, actor = desk.context.app, desk.context.actor
    inside = len(customers.find(app, actor, CustomerQuery("", (OLD,))))
    outside = customers.count(app, actor) - inside
    assert used(page) != everybody and inside > 0
    assert any(text.startswith(f"{outside} ") and "outside the population" in text for text in told)


def test_the_run_keeps_its_filter_and_runs_again_with_it(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "analysis", analysis="sample.groups", population=(PERSONS,))
    assert page.run_button.isEnabled()
    page.run()
    settle(qtbot, desk)
    qtbot.waitUntil(lambda: desk.shelf.page.name == "result")
    settle(qtbot, desk)
    record = mining.runs(desk.context.app, desk.context.actor)[0]
    assert record.population == (PERSONS,)
    assert "only Kind: Person" in desk.shelf.page._facts.text()
    page.chips.clear()
    desk.shelf.page._again()
    settle(qtbot, desk)
    assert desk.shelf.page.name == "analysis" and desk.shelf.page.chips.chips == (PERSONS,)


def test_the_lists_filter_goes_through_the_analyses_to_the_form(desk: Frame, qtbot: QtBot) -> None:
    listed = go(desk, qtbot, "customers")
    listed.chips.put(PERSONS)
    listed.list_deeds.analyse()
    settle(qtbot, desk)
    analyses = desk.shelf.page
    assert analyses.name == "analyses" and "your filter" in analyses.answer.text()
    analyses._set_up("sample.groups")
    settle(qtbot, desk)
    assert desk.shelf.page.chips.chips == (PERSONS,)


@pytest.mark.parametrize("one", [
    PERSONS, OLD, Chip("marketing", "is_not", ("email", "sms")), Chip("city", "contains", ("San José",)),
    Chip("custom.score", "from", ("12.5",)), Chip("branch", "is", ("",)),
])  # fmt: skip
def test_the_command_takes_the_same_conditions(one: Chip) -> None:
    (word,) = shlex.split(shlex.quote(condition(one)))
    assert chip(word) == one


def test_the_command_names_the_population(desk: Frame, qtbot: QtBot) -> None:
    page = go(desk, qtbot, "analysis", analysis="sample.groups", population=(PERSONS, OLD))
    words = shlex.split(page.line)
    assert [words[at + 1] for at, word in enumerate(words) if word == "--where"] == ["kind=person", "joined<2020-01-01"]
