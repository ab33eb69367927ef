"""The bank of `mining_bank` with users: each role once and a second relationship manager, customers in two branches."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from crmdesk.contributions import Column
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import mining
from tests.small_bank import ACTOR, add
from tests.unit.services.mining_bank import ANALYSES, FewPlugins, SmallApp, bank, may_email, say

# Who works where; rita looks after customers 1 to 12, ruth after 13 to 30, and those of the other branch have nobody.
STAFF = (
    (1, "tina", Role.TELLER, 1), (2, "rita", Role.RELATIONSHIP_MANAGER, 1), (3, "anna", Role.ANALYST, 1),
    (4, "mark", Role.MARKETING, 1), (5, "dora", Role.DPO, 1), (6, "adam", Role.ADMIN, 1), (7, "aude", Role.AUDITOR, 1),
    (8, "ruth", Role.RELATIONSHIP_MANAGER, 1),
)  # fmt: skip
MINE, HERS, AWAY = range(1, 13), range(13, 31), range(31, 43)
LOGINS = [login for _, login, _, _ in STAFF]
CREDIT = replace(ANALYSES["demo.split"], id="demo.credit", purpose="credit")


@dataclass(frozen=True)
class Plugins(FewPlugins):
    """Analyses, and columns of the list made of what they found."""

    def columns(self) -> dict[str, Column]:
        return {
            c.id: c
            for c in (
                Column("demo.fit", "Fit", "result:demo.split/strength"),
                Column("demo.risk", "Risk", "result:demo.credit/strength"),
                Column("demo.cash", "Cash", "feature:usage.cells/c01"),
            )
        }


def staffed(path: Path) -> SmallApp:
    """Everybody may be sent offers by e-mail; in single-user mode until `with_users`."""
    app = bank(path)
    app = replace(app, plugins=Plugins({**ANALYSES, CREDIT.id: CREDIT}))
    with app.store.write() as session:
        add(session, "branch", [{"id": 2, "code": "B2", "name": "Harbour"}])
        add(session, "staff", [{"id": k, "login": n, "name": n.title(), "branch_id": b} for k, n, _, b in STAFF])
        add(session, "staff_role", [{"staff_id": k, "role": role.value, "from_at": "2026-01-01 00:00:00.000000"}
                                    for k, _, role, _ in STAFF])  # fmt: skip
        for manager, people in ((2, MINE), (8, HERS)):
            change(session, f"UPDATE customer SET manager_id = {manager} WHERE id BETWEEN ? AND ?", people)
        change(session, "UPDATE customer SET branch_id = 2 WHERE id BETWEEN ? AND ?", AWAY)
    say(app, *(may_email(i) for i in range(1, 43)))
    return app


def change(session: Any, sql: str, people: range) -> None:
    session.connection().exec_driver_sql(sql, (people[0], people[-1]))


def with_users(app: SmallApp) -> SmallApp:
    """From now on people sign in, and are signed in."""
    with app.store.write() as session:
        session.connection().exec_driver_sql("UPDATE bank_state SET mode = 'multi'")
    for login in LOGINS:
        app.store.sessions[f"token of {login}"] = login
    return app


def run(app: SmallApp, analysis: str = "demo.split") -> str:
    return mining.run(app, ACTOR, analysis, {}).uuid


def actor(login: str) -> Actor:
    return Actor(login, frozenset(role for _, name, role, _ in STAFF if name == login), session=f"token of {login}")


def number(customer: int) -> str:
    return f"C-{customer:06d}"
