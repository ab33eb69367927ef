"""SQL of giving customers to a relationship manager: who has none who works, by branch."""

from __future__ import annotations

from typing import Any, Final

# Nobody who is gone is looked after: the erased, and those who became part of another customer.
_THERE: Final = """c.merged_into IS NULL AND NOT EXISTS
  (SELECT 1 FROM permission_event e WHERE e.customer_id = c.id AND e.status = 'erased')"""
_MANAGES: Final = """EXISTS (SELECT 1 FROM staff_role r WHERE r.staff_id = s.id AND r.to_at IS NULL
  AND r.role = 'relationship_manager') AND s.ended_at IS NULL"""


def waiting(raw: Any) -> list[tuple[str, str, str, str, int]]:
    """(branch code, branch name, login, name, customers) by branch; login "": they never had a manager.

    Else that of a colleague who is their manager, and left or has the role no more.
    """
    return list(
        raw.execute(
            "SELECT b.code, b.name, coalesce(s.login, ''), coalesce(s.name, ''), count(*) FROM customer c"
            " JOIN branch b ON b.id = c.branch_id LEFT JOIN staff s ON s.id = c.manager_id"
            f" WHERE {_THERE} AND (s.id IS NULL OR NOT ({_MANAGES}))"
            " GROUP BY b.id, s.id ORDER BY b.name, b.code, s.name, s.login"
        )
    )


def given(raw: Any, branch: int, manager: int | None) -> list[int]:
    """The keys of the customers of a branch whose manager this is; None: who have none."""
    wanted = f"SELECT c.id FROM customer c WHERE c.branch_id = ? AND c.manager_id IS ? AND {_THERE} ORDER BY c.id"
    return [key for (key,) in raw.execute(wanted, (branch, manager))]
