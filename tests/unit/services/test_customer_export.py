"""The list as a file: one purpose, who is left out, safe text, an audit row, facts beside it, nothing half done."""

import csv
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from python_calamine import CalamineWorkbook
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, CrmdeskError, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.rights import Actor, Role
from crmdesk.jobs import Cancelled
from crmdesk.services import customer_export, customers
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.store import chain

EVERYBODY = Chosen(CustomerQuery())
ANALYST = Actor("ana", frozenset({Role.ANALYST}))
MANAGER = Actor("mia", frozenset({Role.RELATIONSHIP_MANAGER}))
COLUMNS = ("name", "number", "email", "value", "active")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def table(file: Path) -> tuple[list[list[str]], dict[str, str]]:
    """The rows of the file, and the facts beside it."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    return rows, json.loads(file.with_name(f"{file.name}.about.json").read_text(encoding="utf-8"))


def audits(app: SmallApp) -> list[tuple[str, ...]]:
    with app.store.reader() as raw:
        return list(
            raw.execute("SELECT object, fields, purpose, reason FROM audit_event WHERE act = 'export customers'")
        )


def say(app: SmallApp, *events: dict[str, Any]) -> None:
    with app.store.write() as session:
        chain.append(session, app.store.audit_key, "permission_event", events)


def test_for_service_everybody_is_written_with_contact_data(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    done = customer_export.write(app, ACTOR, EVERYBODY, COLUMNS, file, purpose="service")
    (head, ada, *rest), foot = table(file)
    assert head == ["Name", "Number", "E-mail", "Holds", "Last active"]
    assert ada == ["Ada Yılmaz", "C-000001", "ada_y@mail.example", "1150.00 EUR", "2026-10-28"]
    assert (done.rows, len(rest), done.left_out) == (5, 4, {})
    assert foot["Bank"] == "small" and foot["Purpose"] == "service" and foot["Filter"] == "All customers"
    assert foot["Rows"] == "5" and foot["Written"].startswith("2026-10-31")
    assert audits(app) == [("", "name, number, email, value, active", "service", "5 customer rows, 0 people left out")]
    assert done.change.change_no == app.store.change_no()


def test_for_offers_only_who_permits_that_channel_now_is_written(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "offers.csv"
    plan = customer_export.plan(app, ACTOR, EVERYBODY, COLUMNS, "marketing", "email")
    done = customer_export.write(app, ACTOR, EVERYBODY, COLUMNS, file, purpose="marketing", channel="email")
    rows, foot = table(file)
    assert [row[1] for row in rows[1:]] == ["C-000001"]
    assert plan.left_out == done.left_out == {"restricted": 1, "no permission for offers by e-mail": 3}
    assert plan.rows == done.rows == 1
    assert plan.personal == ("Name", "Number", "E-mail")
    assert plan.sentence == (
        "1 customer for offers by e-mail. Left out: 1 restricted, 3 no permission for offers by e-mail. "
        "Personal: Name, Number, E-mail."
    )
    assert foot["Purpose"] == "offers by e-mail" and foot["Left out: restricted"] == "1"
    assert audits(app)[0][0::2] == ("email", "marketing")


def test_minors_and_the_erased_are_left_out(app: SmallApp, tmp_path: Path) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET birth_date = '2010-01-01' WHERE id = 1")
    say(app, small_bank.event(2, "sharing", None, "erased", "2026-10-01"))
    offers = customer_export.plan(app, ACTOR, EVERYBODY, COLUMNS, "marketing", "email")
    assert (offers.rows, offers.left_out["minor"], offers.left_out["erased"]) == (0, 1, 1)
    assert customer_export.plan(app, ACTOR, EVERYBODY, COLUMNS, "service").left_out == {"erased": 1}
    mined = customer_export.plan(app, ACTOR, EVERYBODY, COLUMNS, "profiling")
    assert (mined.rows, dict(mined.left_out)) == (3, {"erased": 1, "restricted": 1})


class _Withdraws:
    """A progress at whose first step something happens in the bank."""

    def __init__(self, deed: Callable[[], None]) -> None:
        self.deed: Callable[[], None] | None = deed

    def step(self, fraction: float, text: str = "") -> None:
        deed, self.deed = self.deed, None
        if deed:
            deed()


def test_who_withdraws_while_the_file_is_written_does_not_stand_in_it(app: SmallApp, tmp_path: Path) -> None:
    say(app, small_bank.event(5, "marketing", "email", "granted", "2026-05-01"))
    late = small_bank.event(1, "marketing", "email", "withdrawn", "2026-10-31")
    file = tmp_path / "offers.csv"
    done = customer_export.write(
        app, ACTOR, EVERYBODY, COLUMNS, file, purpose="marketing", channel="email",
        progress=_Withdraws(lambda: say(app, late)),
    )  # fmt: skip
    assert done.rows == 1
    assert "C-000001" not in file.read_text(encoding="utf-8")
    assert "C-000005" in file.read_text(encoding="utf-8")
    assert len(audits(app)) == 1


def test_a_chosen_few_in_their_order(app: SmallApp, tmp_path: Path) -> None:
    chosen = Chosen(CustomerQuery(filters=(Chip("kind", "is", ("person",)),)), (4, 1))
    customer_export.write(app, ACTOR, chosen, ("number",), tmp_path / "few.csv", purpose="service")
    rows, foot = table(tmp_path / "few.csv")
    assert rows == [["Number"], ["C-000004"], ["C-000001"]]
    assert foot["Filter"] == "Kind: Person" and foot["Selected"] == "2 of them by hand"


@pytest.mark.parametrize("text", ["=1+1", "+41", "-1", "@cmd", "\t=1"])
def test_no_text_can_act_as_a_formula(app: SmallApp, tmp_path: Path, text: str) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET family_name = ?, given_name = NULL", (text,))
    for end in (".csv", ".xlsx"):
        customer_export.write(app, ACTOR, EVERYBODY, ("name",), tmp_path / f"a{end}", purpose="service")
    rows, _ = table(tmp_path / "a.csv")
    assert {row[0] for row in rows[1:]} == {f"'{text}"}
    with zipfile.ZipFile(tmp_path / "a.xlsx") as book:
        assert b"<f>" not in book.read("xl/worksheets/sheet1.xml")


def test_a_workbook_has_typed_cells_and_says_what_it_is(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "people.xlsx"
    customer_export.write(app, ACTOR, EVERYBODY, ("number", "phone", "tasks", "joined"), file, purpose="service")
    book = CalamineWorkbook.from_path(file)
    assert book.sheet_names == ["Customers", "About"]
    head, first, *_ = book.get_sheet_by_name("Customers").to_python()
    assert head == ["Number", "Phone", "Open tasks", "Joined"]
    assert first[:2] == ["C-000001", "+90 532 111 1234"]
    assert str(first[3]) == "2020-01-01" and not isinstance(first[3], str)
    about = {row[0]: row[1] for row in book.get_sheet_by_name("About").to_python()}
    assert about["Purpose"] == "service" and about["Rows"] == "5"


@pytest.mark.parametrize(("actor", "purpose", "channel", "columns", "error", "words"), [
    (ACTOR, "marketing", "", COLUMNS, BadInput, "channel"),
    (ACTOR, "marketing", "pigeon", COLUMNS, BadInput, "channel"),
    (ACTOR, "fun", "", COLUMNS, BadInput, "purpose"), (ACTOR, "service", "", ("shoe",), BadInput, "shoe"),
    (ACTOR, "service", "", (), BadInput, "column"), (ANALYST, "service", "", ("number",), Refused, "contact"),
    (ANALYST, "profiling", "", ("email",), BadInput, "email"),
    (Actor("tom", frozenset({Role.TELLER})), "service", "", ("number",), Refused, "export"),
])  # fmt: skip
def test_what_may_not_be_written_is_refused(
    app: SmallApp, tmp_path: Path, actor: Actor, purpose: str, channel: str, columns: tuple[str, ...],
    error: type[CrmdeskError], words: str,
) -> None:  # fmt: skip
    with pytest.raises(error, match=words):
        customer_export.plan(app, actor, EVERYBODY, columns, purpose, channel)
    with pytest.raises(error, match=words):
        customer_export.write(app, actor, EVERYBODY, columns, tmp_path / "a.csv", purpose=purpose, channel=channel)
    assert not list(tmp_path.glob("a*")) and not audits(app)


def test_without_contact_data_no_name_leaves_the_bank(app: SmallApp, tmp_path: Path) -> None:
    with app.store.write() as session:
        more = [small_bank.person(k, "Ona", "Marker", city="Moda") for k in range(10, 25)]
        small_bank.add(session, "customer", more)
    columns = tuple(column.key for column in customer_export.export_columns(app, ANALYST))
    done = customer_export.write(app, ANALYST, EVERYBODY, columns, tmp_path / "a.csv", purpose="profiling")
    text = (tmp_path / "a.csv").read_text(encoding="utf-8")
    assert "Marker" not in text and "Moda" not in text and "@" not in text and "C-0000" not in text
    assert "P-12" in text and done.left_out["in a group of fewer than 10"] == 4  # and 4, who is restricted
    assert done.rows == 15 and "2020-" not in text  # years for days


def test_many_rows_need_a_second_person_where_there_are_users(app: SmallApp, tmp_path: Path) -> None:
    with app.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(k, "Mass", "Person") for k in range(10, 1010)])
    with pytest.raises(Refused, match="second person"):
        customer_export.write(app, ANALYST, EVERYBODY, ("number",), tmp_path / "a.csv", purpose="profiling")
    with pytest.raises(Refused, match="at most 50"):
        customer_export.write(app, MANAGER, EVERYBODY, ("number",), tmp_path / "a.csv", purpose="service")
    assert customer_export.write(app, ACTOR, EVERYBODY, ("number",), tmp_path / "a.csv", purpose="service").rows == 1005


def test_a_cancel_leaves_the_file_that_was_there(app: SmallApp, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("mine")
    with pytest.raises(Cancelled):
        customer_export.write(app, ACTOR, EVERYBODY, COLUMNS, file, purpose="service", cancel=lambda: True)
    assert file.read_text() == "mine" and not audits(app)
    assert {path.name for path in tmp_path.iterdir() if "export" in path.name} == set()


def test_a_file_of_another_kind_is_refused(app: SmallApp, tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"\.csv or \.xlsx"):
        customer_export.write(app, ACTOR, EVERYBODY, COLUMNS, tmp_path / "a.pdf", purpose="service")


def test_a_folder_that_cannot_be_written_is_named(app: SmallApp, tmp_path: Path) -> None:
    with pytest.raises(CrmdeskError, match="choose another folder"):
        customer_export.write(app, ACTOR, EVERYBODY, COLUMNS, tmp_path / "gone" / "a.csv", purpose="service")
    assert not audits(app)


def test_the_list_and_its_file_show_the_same(app: SmallApp, tmp_path: Path) -> None:
    keys = ("number", "branch", "manager", "restricted")
    customer_export.write(app, ACTOR, EVERYBODY, keys, tmp_path / "a.csv", purpose="service")
    rows, _ = table(tmp_path / "a.csv")
    shown = customers.rows(app, ACTOR, list(customers.find(app, ACTOR, CustomerQuery())), keys[1:])
    assert rows[1:] == [[row.number, *(row.extra[key] for key in keys[1:])] for row in shown]
