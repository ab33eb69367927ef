"""People who are signed in to a bank with users, for tests of what each role may do."""

from datetime import UTC, datetime
from typing import Any

from crmdesk.domain.rights import Actor, Role
from tests.small_bank import add


def sign_in(app: Any, login: str, *roles: Role, branch: int = 1) -> Actor:
    """A colleague with these roles at a branch, signed in; the bank has users from now on."""
    now = datetime.now(UTC).isoformat()
    with app.store.write() as session:
        (key,) = session.connection().exec_driver_sql("SELECT coalesce(max(id), 0) + 1 FROM staff").fetchone()
        session.connection().exec_driver_sql("UPDATE bank_state SET mode = 'multi'")
        add(session, "staff", [{"id": key, "login": login, "name": login.title(), "branch_id": branch}])
        add(session, "staff_role", [{"staff_id": key, "role": role.value, "from_at": now} for role in roles])
    app.store.sessions[f"token of {login}"] = login
    return Actor(login, frozenset(roles), session=f"token of {login}")
