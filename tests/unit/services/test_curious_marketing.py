"""Marketing sees no single person's number, day or reason in a plugin's column, and no address by a look at a print."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from crmdesk.contributions import Column
from crmdesk.domain.errors import NeedsSecond
from crmdesk.domain.rights import Right
from crmdesk.services import customer_export, large_export, plugin_columns, prints, proposals
from crmdesk.services.customers import Chosen, CustomerQuery
from tests.unit.services.mining_bank import FewPlugins, SmallApp
from tests.unit.services.staffed_bank import Plugins, actor, run, staffed, with_users

STRENGTH, EVERYBODY = "result:demo.split/strength", range(1, 43)


@dataclass(frozen=True)
class Talkative(Plugins):
    """Columns that would say more than their reader may know."""

    def columns(self) -> dict[str, Column]:
        return {
            c.id: c
            for c in (
                Column("t.exact", "Exact", STRENGTH, kind="text"),
                Column("t.day", "Day", "result:demo.split/distance_pct", kind="date"),
                Column("t.why", "Why", "result:demo.split/why", kind="text"),
                Column("t.group", "Group", "result:demo.split/segment", kind="text"),
                Column("t.counter", "For the counter", STRENGTH, may=Right.READ_CUSTOMER),
            )
        }


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = staffed(tmp_path / "b.crmdesk")
    with made.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET email = 'p' || id || '@mail.example'")
    run(made)
    made = replace(made, plugins=Talkative(made.plugins.analyses))
    yield with_users(made)
    made.store.close()


def told(app: SmallApp, login: str, column: str) -> set[str]:
    cells, _ = plugin_columns.cells(app, actor(login), list(EVERYBODY), [column])
    return {text for of in cells.values() for text in of.values()}


def test_a_column_is_banded_whatever_kind_it_says_it_is(app: SmallApp) -> None:
    assert told(app, "anna", "t.exact") == {"0.9"} and told(app, "mark", "t.exact") == {"0.9 to 1"}
    assert told(app, "anna", "t.day") == {"1970-01-01"} and told(app, "mark", "t.day") == {"1970"}
    assert told(app, "mark", "t.why") == set()
    assert told(app, "mark", "t.group") == told(app, "anna", "t.group")  # ten people share each of them


def test_a_word_about_few_is_not_told(app: SmallApp, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmdesk.services.result_masks.SHARED", 11)
    assert told(app, "mark", "t.group") == {""}
    assert "" not in told(app, "anna", "t.group")


def test_a_right_that_a_plugin_names_opens_no_result(app: SmallApp) -> None:
    for login in ("tina", "aude"):
        assert not plugin_columns.offered(app, actor(login))
        assert told(app, login, "t.counter") == set()
    assert told(app, "mark", "t.counter") == {"0.9 to 1"}


def test_a_look_at_a_print_shows_no_address_before_it_is_in_the_audit(app: SmallApp) -> None:
    app = replace(app, plugins=FewPlugins())
    wanted = (Chosen(CustomerQuery()), ("number", "email"), "marketing", "email")
    seen = prints.customer_list(app, actor("mark"), *wanted, kept=False)
    assert {row[1] for row in seen.rows} == {"•••"} and len(seen.rows) == 42
    kept = prints.customer_list(app, actor("mark"), *wanted, kept=True)
    assert ("C-000001", "p1@mail.example") in kept.rows
    with app.store.reader() as raw:
        assert raw.execute("SELECT count(*) FROM audit_event WHERE act = 'print customers'").fetchone() == (1,)


def test_a_long_list_does_not_leave_in_slices(app: SmallApp, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_export, "ALONE", 40)
    app, mark = replace(app, plugins=FewPlugins()), actor("mark")
    order: dict[str, Any] = {"purpose": "marketing", "channel": "email"}
    halves = [Chosen(CustomerQuery(), tuple(part)) for part in (range(1, 22), range(22, 43))]
    customer_export.write(app, mark, halves[0], ("email",), tmp_path / "1.csv", **order)
    with pytest.raises(NeedsSecond, match="a day past 1,000 rows needs a second person"):
        customer_export.write(app, mark, halves[1], ("email",), tmp_path / "2.csv", **order)
    with pytest.raises(NeedsSecond):
        prints.customer_list(app, mark, halves[1], ("email",), "marketing", "email", kept=True)
    assert not (tmp_path / "2.csv").exists()
    asked = customer_export.ask(app, mark, halves[1], ("email",), reason="the letter of May", **order)
    proposals.decide(app, actor("dora"), asked, True)
    customer_export.write(app, mark, halves[1], ("email",), tmp_path / "2.csv", **order)
    few = Chosen(CustomerQuery(), (1, 2))  # what two people agreed to is not counted again
    customer_export.write(app, mark, few, ("email",), tmp_path / "3.csv", **order)
    monkeypatch.setattr(large_export, "DAY", timedelta(0))
    customer_export.write(app, mark, halves[0], ("email",), tmp_path / "4.csv", **order)
