"""Columns that plugins add to the list: through the door, computed per page, each failing alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook
from workshop import Workshop, workshop

from crmdesk.analytics import reading
from crmdesk.domain.rights import Actor, Role
from crmdesk.plugin_host import Host
from crmdesk.services import customer_export, customers, mining, plugin_columns
from crmdesk.services.customers import Chosen, CustomerQuery
from tests.small_bank import ACTOR
from tests.unit.services.mining_bank import SmallApp, bank, refuses_profiling, say

__all__ = ["workshop"]
TELLER = Actor("tom", frozenset({Role.TELLER}))
CODE = """
import numpy as np
from crmdesk.api import Analysis, Column, Features, Params, Scores, I, count, hookimpl, max_

def run(frame, params, progress):
    import pandas as pd
    table = pd.DataFrame({"customer": frame.index, "score": frame.index / 8.0, "level": "low", "contributions": "",
                          "note": ""})
    return Scores("Scored.", tables={"scores": table})

def finish(columns, as_of):
    return {"double": columns["n"] * 2, "last": columns["last"], "endless": np.full(len(columns["n"]), np.inf)}

def stumble(columns, as_of):
    raise ZeroDivisionError("a fault")

USE = {"n": count(), "last": max_(I.occurred_s)}

@hookimpl
def crmdesk_features():
    yield Features("{id}.use", "Use", "interactions", USE, finish=finish)
    yield Features("{id}.bad", "Bad", "interactions", USE, finish=stumble)

@hookimpl
def crmdesk_analyses():
    yield Analysis("{id}.score", "Score", "Scores.", ("usage.cells",), Params, run, Scores)

@hookimpl
def crmdesk_columns():
    yield Column("{id}.atm", "Cash", "feature:usage.cells/c01")
    yield Column("{id}.double", "Twice", "feature:{id}.use/double")
    yield Column("{id}.last", "Last day", "feature:{id}.use/last", kind="date")
    yield Column("{id}.bad", "Broken", "feature:{id}.bad/n")
    yield Column("{id}.gone", "Nowhere", "feature:{id}.use/gone")
    yield Column("{id}.endless", "Endless", "feature:{id}.use/endless")
    yield Column("{id}.risk", "Risk", "result:{id}.score/score", width=64)
"""
KINDS = '"features", "analyses", "columns"'
CARD = """id = "{id}"
title = "Visits"
version = "0.1"
api = "{api}"
contributions = [{kinds}]
[wants]
features = [{features}]
columns = ["interactions.occurred_s"]
purposes = ["profiling"]
"""
KEYS = ("visits.atm", "visits.double", "visits.last", "visits.risk")


@pytest.fixture
def app(tmp_path: Path, workshop: Workshop) -> Iterator[SmallApp]:
    workshop.add("visits", CODE, kinds=KINDS, card=CARD)
    made = bank(tmp_path / "b.crmdesk")
    yield SmallApp(made.store, made.engine, Host.load(entries=workshop.entries()))  # type: ignore[arg-type]
    made.store.close()


def test_a_column_comes_through_the_door_with_its_plugins_name(app: SmallApp) -> None:
    found = {column.key: column for column in customers.columns(app, ACTOR) if column.plugin}
    assert set(found) == {*KEYS, "visits.bad", "visits.gone", "visits.endless"}
    risk = found["visits.risk"]
    assert (risk.title, risk.plugin, risk.width, risk.sortable) == ("Risk", "Visits", 64, False)


@pytest.mark.parametrize("long", [10**9, 0], ids=["walked", "looked up"])
def test_values_are_those_of_the_bank(app: SmallApp, monkeypatch: pytest.MonkeyPatch, long: int) -> None:
    monkeypatch.setattr(reading, "LONG", long)
    one, two, idle = customers.rows(app, ACTOR, [1, 22, 41], KEYS)
    assert dict(one.extra) == {"visits.atm": "6", "visits.double": "12", "visits.last": "2026-06-06", "visits.risk": ""}
    assert (two.extra["visits.atm"], two.extra["visits.double"]) == ("0", "24")
    assert (idle.extra["visits.atm"], idle.extra["visits.last"]) == ("0", "")
    assert one.failed == ()


def test_a_result_is_shown_from_the_latest_run_on(app: SmallApp) -> None:
    assert customers.rows(app, ACTOR, [8], ("visits.risk",))[0].extra["visits.risk"] == ""
    for _ in range(2):
        mining.run(app, ACTOR, "visits.score", {})
        rows = customers.rows(app, ACTOR, [8, 1, 41], ("visits.risk",))
        assert [row.extra["visits.risk"] for row in rows] == ["1", "0.125", ""]


def test_a_failing_column_shows_a_stroke_and_is_named_and_the_others_stand(app: SmallApp) -> None:
    (row,) = customers.rows(app, ACTOR, [1], ("visits.bad", "visits.gone", "visits.atm", "branch"))
    assert dict(row.extra) == {"visits.bad": "-", "visits.gone": "-", "visits.atm": "6", "branch": "Head office"}
    assert row.failed == ("Broken (Visits)", "Nowhere (Visits)")
    assert [p.state for p in app.plugins.plugins] == ["ready"]  # type: ignore[attr-defined]


def test_who_may_not_be_mined_shows_nothing_of_it(app: SmallApp) -> None:
    mining.run(app, ACTOR, "visits.score", {})
    say(app, refuses_profiling(1))
    row, other = customers.rows(app, ACTOR, [1, 8], KEYS)
    assert not any(row.extra.values())
    assert all(other.extra.values())


def test_a_column_needs_its_right(app: SmallApp) -> None:
    assert not plugin_columns.offered(app, TELLER)
    assert not [column for column in customers.columns(app, TELLER) if column.plugin]
    assert customers.rows(app, TELLER, [1], KEYS)[0].extra == dict.fromkeys(KEYS, "")


def test_a_plugin_that_is_off_takes_its_columns_along(app: SmallApp) -> None:
    app.plugins.disable("visits")  # type: ignore[attr-defined]
    assert not [column for column in customers.columns(app, ACTOR) if column.plugin]
    assert customers.rows(app, ACTOR, [1], ("visits.atm",))[0].extra == {"visits.atm": ""}


def test_they_are_exported_as_numbers(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    columns = ("number", "visits.double", "visits.last")
    customer_export.write(app, ACTOR, Chosen(CustomerQuery(), (1,)), columns, file, purpose="service")
    assert file.read_text(encoding="utf-8").splitlines()[:2] == ["Number,Twice,Last day", "C-000001,12,2026-06-06"]


def test_a_number_without_end_is_text_in_a_workbook(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    chosen = Chosen(CustomerQuery(), (1,))
    customer_export.write(app, ACTOR, chosen, ("number", "visits.endless"), file, purpose="service")
    _, row = CalamineWorkbook.from_path(file).get_sheet_by_name("Customers").to_python()
    assert row[1] == "inf"


@pytest.mark.parametrize(("column", "words"), [
    ('Column("odd.a", "A", "usage.cells/c01")', "leads nowhere"),
    ('Column("odd.a", "A", "feature:usage.channels/x")', "does not want"),
    ('Column("odd.a", "A", "result:segmentation.two_tier/segment")', "its own analyses"),
    ('Column("odd.a", "A", "feature:usage.cells/c01", kind="money")', "of kind 'money'"),
    ('Column("a", "A", "feature:usage.cells/c01")', "dotted"),
    ('"Column"', "instead of Column"),
])  # fmt: skip
def test_a_column_that_leads_nowhere_puts_its_plugin_aside(workshop: Workshop, column: str, words: str) -> None:
    hook = f"from crmdesk.api import Column, hookimpl\n\n@hookimpl\ndef crmdesk_columns():\n    yield {column}\n"
    workshop.add("odd", hook, kinds='"columns"')
    host = Host.load(entries=workshop.entries())
    assert host.columns() == {}
    (plugin,) = host.plugins
    assert plugin.state == "quarantined" and words in plugin.reason
