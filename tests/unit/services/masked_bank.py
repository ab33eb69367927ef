"""The marked bank with users: one person for each role in branch 1, and a teller of branch 2."""

from pathlib import Path
from typing import Any

import small_bank
from small_bank import SmallApp, add

from crmdesk.domain.rights import Actor, Role
from tests.unit.store import scope_bank

NOW = "2026-01-01 00:00:00.000000"
RM = Role.RELATIONSHIP_MANAGER


def build(path: Path) -> SmallApp:
    """The manager is rita, who looks after 1 and 4; the others are called as their role, tom is the far teller."""
    made = scope_bank.build(path)
    with made.store.write() as session:
        people = [{"id": 10 + i, "login": role.value, "name": role.value, "branch_id": 1}
                  for i, role in enumerate(Role)]  # fmt: skip
        add(session, "staff", [*people, {"id": 30, "login": "tom", "name": "Tom", "branch_id": 2}])
        roles = [(10 + i, role) for i, role in enumerate(Role) if role != RM]
        add(session, "staff_role", [{"staff_id": key, "role": role.value, "from_at": NOW}
                                    for key, role in [*roles, (1, RM), (30, Role.TELLER)]])  # fmt: skip
        session.connection().exec_driver_sql("UPDATE bank_state SET mode = 'multi'")
    return made


def signed_in(app: SmallApp, who: Role | str) -> Actor:
    login = "rita" if who == RM else str(who.value if isinstance(who, Role) else who)
    app.store.sessions[f"token of {login}"] = login
    return Actor(login, frozenset(), session=f"token of {login}")


def crowd(app: SmallApp, count: int, **columns: Any) -> None:
    with app.store.write() as session:
        add(session, "customer", [small_bank.person(100 + n, "Cem", "Kalabalik", manager_id=1, **columns)
                                  for n in range(count)])  # fmt: skip
