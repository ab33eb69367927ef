"""Who holds several roles acts in the first of them that may do the thing, and sees what that role sees."""

from pathlib import Path

import pytest
from small_bank import SmallApp, build

from crmdesk.domain.errors import CrmdeskError, Refused
from crmdesk.domain.rights import Actor, Right, Role
from crmdesk.services import customers
from crmdesk.services.guard import Rule, enter


def asks(*rights: Right) -> Rule:
    return Rule("asked", rights, False, {}, False)


@pytest.fixture
def app(tmp_path: Path) -> SmallApp:
    made = build(tmp_path / "b.crmdesk")
    with made.store.write() as session:
        raw = session.connection()
        raw.exec_driver_sql("INSERT INTO staff (id, login, name, branch_id) VALUES (7, 'kim', 'Kim', 1)")
        for role in (Role.ADMIN, Role.ANALYST, Role.RELATIONSHIP_MANAGER):
            raw.exec_driver_sql(
                "INSERT INTO staff_role (staff_id, role, from_at) VALUES (7, ?, '2026-01-01 00:00:00')", (role.value,)
            )
        raw.exec_driver_sql("UPDATE customer SET manager_id = 7 WHERE id = 1")
        raw.exec_driver_sql("UPDATE bank_state SET mode = 'multi'")
    made.store.sessions["t"] = "kim"
    return made


KIM = Actor("kim", frozenset(), session="t")


def test_the_first_role_that_may_is_worn(app: SmallApp) -> None:
    inside = enter(app, KIM, asks(Right.MANAGE_USERS))
    assert inside.actor.roles == {Role.ADMIN}
    assert enter(inside, inside.actor, asks(Right.RUN_ANALYSIS)).actor.roles == {Role.ANALYST}
    card = customers.get(app, KIM, "C-000001")
    assert card.name == "Ada Yılmaz"  # as the relationship manager, not as the analyst


def test_a_row_out_of_one_roles_reach_is_seen_as_the_next_sees_it(app: SmallApp) -> None:
    card = customers.get(app, KIM, "P-4")  # another branch: as the analyst
    assert card.name == card.number == "P-4"
    with pytest.raises(CrmdeskError, match="C-000004"):  # whoever sees pseudonyms learns no number by them
        customers.get(app, KIM, "C-000004")


def test_no_role_that_may_is_one_sentence(app: SmallApp) -> None:
    with pytest.raises(Refused, match="data protection officer"):
        enter(app, KIM, Rule("t", (Right.RESTRICT_CUSTOMER,), False, {}, False))
