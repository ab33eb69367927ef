"""What a connection shows each role: every table with personal data, by row and by column, whatever a query asks."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import small_bank
from small_bank import SmallApp

import crmdesk.store.queries
from crmdesk.domain.bands import bracket
from crmdesk.domain.rights import Actor, Role
from crmdesk.store.queries.sight import SEARCHED
from crmdesk.store.scope import Scope, scope_of, searched
from crmdesk.store.scope_rules import HELD_BAND
from crmdesk.store.scope_tables import RULED, SHEETS, UNSCOPED
from crmdesk.store.tables import metadata
from tests.unit.store import scope_bank

T, RM, AN, MK, DPO, AD, AU = Role
RITA, HERE = 1, 1  # rita works in branch 1 and looks after customers 1 (there) and 4 (of branch 2)
PERSONAL = {"id", "contact", "protected", "finance", "text"}


def actor(*roles: Role, staff: int = RITA, branch: int = HERE) -> Actor:
    return Actor("rita", frozenset(roles), staff=staff, branch=branch, everywhere=False)


def scope(*roles: Role) -> Scope:
    found = scope_of(actor(*roles))
    assert found is not None
    return found


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SmallApp]:
    app = scope_bank.build(tmp_path_factory.mktemp("scope") / "small.crmdesk")
    yield app
    app.store.close()


def rows(bank: SmallApp, table: str, *roles: Role) -> list[dict[str, Any]]:
    with bank.store.scoped(scope(*roles)).reader() as raw:
        found = raw.execute(f"SELECT * FROM {table}")
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found]


def marks(bank: SmallApp, *roles: Role) -> set[str]:
    """Every marker that a role can read in any view."""
    told: list[str] = []
    for table in scope(*roles).views():
        told += [str(value) for row in rows(bank, table, *roles) for value in row.values()]
    return set(re.findall(r"\w+mark\d?", "\n".join(told)))


def test_every_table_with_personal_data_is_scoped_or_says_why_not() -> None:
    left_out = set(metadata.tables) - set(SHEETS) - RULED - set(UNSCOPED)
    for name in left_out:
        for column in metadata.tables[name].columns:
            of_customer = any(key.column.table.name == "customer" for key in column.foreign_keys)
            tagged = column.info.get("tag") in PERSONAL and not column.primary_key
            assert not (of_customer or tagged), f"{name}.{column.name} is personal; add {name} to store/scope_tables.py"
    assert all(len(reason) > 20 for reason in UNSCOPED.values())
    assert not set(SHEETS) & RULED and not (set(SHEETS) | RULED) & set(UNSCOPED)
    assert (set(SHEETS) | RULED | set(UNSCOPED)) <= set(metadata.tables)


def test_every_column_has_a_tag() -> None:
    for table in metadata.tables.values():
        assert not [c.name for c in table.columns if not c.info.get("tag")], table.name


@pytest.mark.parametrize("role", list(Role))
def test_each_view_has_the_columns_of_its_table_in_their_order(bank: SmallApp, role: Role) -> None:
    views = scope(role).views()
    assert set(views) - {HELD_BAND} == set(SHEETS) | RULED
    with bank.store.scoped(scope(role)).reader() as raw:
        for name in set(views) - {HELD_BAND}:
            seen = [column[0] for column in raw.execute(f"SELECT * FROM {name} LIMIT 0").description]
            assert seen == [column.name for column in metadata.tables[name].columns], name


def test_the_computers_own_account_sees_the_bank_itself(bank: SmallApp) -> None:
    assert scope_of(small_bank.ACTOR) is None and bank.store.scoped(None) is bank.store


BRANCH_MARKS = {"workmark1", "roadmark1", "workmark2", "roadmark2", "docmark1", "docmark2", "bytesmark1", "bytesmark2",
                "homemark1", "homemark2"}  # fmt: skip
DEALT = {"feedmark", "saidmark", "lifemark"}


def test_a_teller_reads_the_branch(bank: SmallApp) -> None:
    seen = marks(bank, T)
    assert {row["id"] for row in rows(bank, "customer", T)} == {1, 2, 3, 4, 5}  # 4 is looked after by this teller
    assert seen >= BRANCH_MARKS | {f"{word}{n}" for word in DEALT for n in (1, 2)} | {"proofmark1"}
    assert not seen & {"deedmark1", "oldmark2", "wasmark", "rawmark", "proposedmark", "illnessmark"}
    with bank.store.scoped(scope_of(actor(T, staff=9, branch=2))).reader() as raw:
        assert raw.execute("SELECT group_concat(id) FROM customer").fetchone() == ("4",)
        assert raw.execute("SELECT group_concat(DISTINCT customer_id) FROM interaction").fetchone() == (None,)


def test_a_manager_reads_own_customers_whole_and_knows_those_of_the_branch(bank: SmallApp) -> None:
    seen = marks(bank, RM)
    assert seen >= BRANCH_MARKS | {"roadmark4", "docmark4"}
    own = {"feedmark1", "saidmark1", "lifemark1", "taskmark1", "proofmark1", "askmark1", "deedmark1", "wasmark"}
    assert own <= seen
    assert not seen & {"feedmark2", "saidmark2", "lifemark2", "taskmark2", "proofmark2", "askmark2", "deedmark2",
                       "oldmark2"}  # fmt: skip
    assert {row["customer_id"] for row in rows(bank, "holding", RM)} == {1, 4}
    assert {row["id"] for row in rows(bank, "account", RM)} == {1, 2, 14}
    income = {row["id"]: row["income"] for row in rows(bank, "customer", RM)}
    assert (income[1], income[2]) == (7001, None)


@pytest.mark.parametrize("roles", [(AN,), (MK,), (AU,), (AD,), (AN, MK)])
def test_who_may_not_read_names_reads_no_text_about_anybody(bank: SmallApp, roles: tuple[Role, ...]) -> None:
    seen = marks(bank, *roles)
    # Shown: one's own deed and list, plain own fields; an approver's proposals; traits beside a pseudonym.
    allowed = {"ownmark", "mymark", "namemark", "shoemark"}
    allowed |= {"proposedmark"} if AD in roles else set()
    allowed |= {"proofmark1", "proofmark2", "proofmark4"} if AU in roles else set()
    allowed |= {f"workmark{n}" for n in range(1, 6)} | {"debtmark"} if AN in roles else set()
    assert seen <= allowed, seen - allowed


def test_the_officer_reads_what_was_said_but_no_person_before_a_reason(bank: SmallApp) -> None:
    seen = marks(bank, DPO)
    assert {"feedmark1", "saidmark2", "proofmark1", "askmark4", "taskmark1"} <= seen
    assert not {word for word in seen if re.match("road|work|home|life|doc|bytes|nick|old|was|raw", word)}
    assert {row["family_name"] for row in rows(bank, "customer", DPO)} == {f"C-00000{n}" for n in range(1, 6)}


def test_a_birth_date_is_a_year_ten_years_or_nothing(bank: SmallApp) -> None:
    seen = {role: rows(bank, "customer", role)[0]["birth_date"] for role in (T, RM, AN, MK, DPO, AU)}
    assert seen == {T: "1984-01-01", RM: "1984-01-01", AN: "1980-01-01", MK: None, DPO: None, AU: None}
    assert {row["gender"] for role in (T, RM, AN, MK) for row in rows(bank, "customer", role)} == {"unknown"}


def test_own_fields_are_shown_by_their_tag_and_a_changed_tag_hides_at_once(bank: SmallApp) -> None:
    def codes(role: Role, customer: int) -> set[str]:
        custom = next(row["custom"] for row in rows(bank, "customer", role) if row["id"] == customer)
        return set(json.loads(custom))

    assert codes(T, 1) == {"shoe", "nick", "debt"}
    assert (codes(RM, 1), codes(RM, 2)) == ({"shoe", "nick", "debt"}, {"shoe", "nick"})
    assert (codes(AN, 1), codes(MK, 1)) == ({"shoe", "debt"}, {"shoe"})
    store = bank.store.scoped(scope(MK))
    with store.reader() as raw:
        before = raw.execute("SELECT custom ->> '$.shoe' FROM customer WHERE id = 1").fetchone()[0]
    for tag in ("contact", "plain"):
        with bank.store.write() as session:
            session.connection().exec_driver_sql("UPDATE custom_field SET tag = ? WHERE code = 'shoe'", (tag,))
        with store.reader() as raw:
            now = raw.execute("SELECT custom ->> '$.shoe' FROM customer WHERE id = 1").fetchone()[0]
        assert (before, now) == ("shoemark", "shoemark" if tag == "plain" else None)


def test_a_pseudonym_stands_for_every_number(bank: SmallApp) -> None:
    assert {row["number"] for row in rows(bank, "customer", AN)} == {f"P-{n}" for n in range(1, 6)}
    assert {row["number"] for row in rows(bank, "account", AN)} == {"••••"}
    assert rows(bank, "balance_month", AN) and not rows(bank, "balance_month", MK) + rows(bank, "balance_month", AU)


@pytest.mark.parametrize(("roles", "expected"), [
    ((T,), SEARCHED), ((RM,), SEARCHED), ((AN,), ()), ((MK,), ("number",)), ((DPO,), ("number",)), ((AU,), ("number",)),
    ((AD,), ()), ((AU, T), ("number",)),  # all are seen, but contact data of the branch alone
])  # fmt: skip
def test_no_masked_column_is_searched(roles: tuple[Role, ...], expected: tuple[str, ...]) -> None:
    found = searched(actor(*roles))
    assert found is not None and set(found) == set(expected)


def test_the_search_index_gives_keys_alone() -> None:
    """It reads the table itself, past every view."""
    sources = [file.read_text("utf-8") for file in Path(crmdesk.store.queries.__path__[0]).glob("*.py")]
    uses = [use for source in sources for use in re.findall(r"[^\s\"]+ FROM customer_search", source)]
    assert len(uses) >= 3 and set(uses) == {"rowid FROM customer_search"}


def test_lists_of_others_deeds_and_refused_rows_are_told_as_far_as_they_may(bank: SmallApp) -> None:
    searches = {row["name"]: json.loads(row["query"])["text"] for row in rows(bank, "saved_search", MK)}
    assert searches == {"Mine": "namemark", "Ours": "•••"}
    assert {row["name"]: json.loads(row["query"])["text"] for row in rows(bank, "saved_search", RM)} == {
        "Mine": "namemark", "Ours": "namemark"}  # fmt: skip
    assert [(row["reason"], row["raw"]) for row in rows(bank, "quarantine", AD)] == [("type", None)]
    assert {row["id"]: row["title"] for row in rows(bank, "deed", AU)} == {
        1: "edit customer", 2: "edit customer", 3: "Edit ownmark"}  # fmt: skip
    assert {row["id"]: row["title"] for row in rows(bank, "deed", RM)}[2] == "edit customer"
    assert not rows(bank, "proposal", RM) and rows(bank, "proposal", DPO)
    assert {row["password_hash"] for row in rows(bank, "staff", AD)} == {"", None}


def test_the_history_tells_no_birth_date_to_who_sees_the_year(bank: SmallApp) -> None:
    told = {row["id"]: (row["field"], row["before"], row["after"]) for row in rows(bank, "field_change", RM)}
    assert json.loads(told[1][2]) == {"family_name": "wasmark"}
    assert told[3] == ("birth_date", None, None) and 2 not in told
    assert told[4] == ("title", '"mymark"', None)


def test_bands_are_those_of_what_each_customer_holds(bank: SmallApp) -> None:
    low = {row["customer_id"]: row["low"] for row in rows(bank, HELD_BAND, MK)}
    for customer, held in {1: 115_000, 2: 20_000, 3: 987_654, 4: 0, 5: 100}.items():
        assert low[customer] == bracket(held)[0], customer
    assert HELD_BAND not in scope(AU).views() and HELD_BAND not in scope(RM).views()


def test_writes_and_the_whole_store_are_the_bank_itself(bank: SmallApp) -> None:
    store = bank.store.scoped(scope(AN))
    with store.write() as session:
        number = session.connection().exec_driver_sql("SELECT number FROM customer WHERE id = 1").scalar()
    assert number == "C-000001" and store.whole is bank.store
