"""What each role takes out of the bank as a list of customers, in a bank with users."""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import SmallApp, add

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.rights import Role
from crmdesk.services import customer_export
from crmdesk.services.customers import Chosen, CustomerQuery
from tests.unit.services import masked_bank
from tests.unit.services.masked_bank import crowd, signed_in

T, RM, AN, MK, DPO, AD, AU = Role
ADA = "C-000001"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = masked_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def exported(app: SmallApp, who: Role, folder: Path, columns: tuple[str, ...], **order: Any) -> list[list[str]]:
    file = folder / "list.csv"
    customer_export.write(app, signed_in(app, who), Chosen(CustomerQuery()), columns, file, **order)
    with file.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))[1:]


def test_a_manager_takes_out_fifty_own_customers(app: SmallApp, tmp_path: Path) -> None:
    names = ("name", "email")
    assert [row[0] for row in exported(app, RM, tmp_path, names, purpose="service")] == ["Ada Yılmaz", "Bo Ek"]
    crowd(app, 48)
    assert len(exported(app, RM, tmp_path, names, purpose="service")) == 50
    with app.store.write() as session:
        add(session, "customer", [small_bank.person(300, "Cem", "Son", manager_id=1)])
    with pytest.raises(Refused, match="at most 50"):
        exported(app, RM, tmp_path, names, purpose="service")


def test_an_analyst_takes_out_groups_of_ten_under_pseudonyms(app: SmallApp, tmp_path: Path) -> None:
    crowd(app, 12, branch_id=2)
    rows = exported(app, AN, tmp_path, ("number", "name", "branch"), purpose="profiling")
    assert {row[0] for row in rows} == {f"P-{100 + n}" for n in range(12)}  # four in the other branch stay
    with pytest.raises(Refused, match="at least 10"):
        plan = Chosen(CustomerQuery(), (1, 2, 3))
        customer_export.plan(app, signed_in(app, AN), plan, ("number",), "profiling")


def test_marketing_takes_out_the_channels_address_of_who_permitted_it(app: SmallApp, tmp_path: Path) -> None:
    rows = exported(app, MK, tmp_path, ("number", "email"), purpose="marketing", channel="email")
    assert rows == [[ADA, "ada_y@mail.example"]]
    with pytest.raises(BadInput, match="phone"):
        exported(app, MK, tmp_path, ("number", "phone"), purpose="marketing", channel="email")
    with pytest.raises(Refused, match="Marketing takes out"):
        exported(app, MK, tmp_path, ("number",), purpose="profiling")
    with pytest.raises(Refused):
        exported(app, MK, tmp_path, ("number", "email"), purpose="service")
    rows = exported(app, MK, tmp_path, ("name", "number"), purpose="marketing", channel="email")
    assert rows == [[ADA, ADA]]


@pytest.mark.parametrize("role", [DPO, AU])
def test_who_guards_the_data_takes_out_no_list(app: SmallApp, tmp_path: Path, role: Role) -> None:
    with pytest.raises(Refused, match="exports no lists"):
        exported(app, role, tmp_path, ("number",), purpose="profiling")
    assert not (tmp_path / "list.csv").exists()


def test_a_minor_is_left_out_by_who_sees_no_birth_date(app: SmallApp, tmp_path: Path) -> None:
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE customer SET birth_date = '2008-11-01' WHERE id = 1")
    assert app.store.clock() < datetime(2026, 11, 1, tzinfo=UTC)
    rows = exported(app, MK, tmp_path, ("number", "email"), purpose="marketing", channel="email")
    assert rows == []
