"""Verify compares the people with the audit: a role or a mode that somebody wrote into the file is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from crmdesk.domain.rights import Role
from crmdesk.services import users
from crmdesk.store.connection import connect
from crmdesk.store.verify import verify
from tests.two_people import CHEAP, build, enter


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    """A bank with users whose people changed in every way that the product has."""
    path = build(tmp_path / "b.crmdesk")
    app, ela = enter(path, "ela")
    with app:
        users.change_roles(app, ela, "anna", {Role.ANALYST, Role.MARKETING})
        users.end(app, ela, "anna")
        users.reopen(app, ela, "anna", {Role.AUDITOR, Role.MARKETING}, cost=CHEAP)
        users.change_roles(app, ela, "dora", {Role.DPO, Role.AUDITOR})
    return path


def test_people_changed_by_the_product_pass(bank: Path) -> None:
    found = verify(bank)
    assert found["ok"] and found["checks"]["people"], found["problems"]


@pytest.mark.parametrize(
    ("sql", "reason"),
    [
        ("INSERT INTO staff_role (staff_id, role, from_at) SELECT id, 'admin', '2026-01-01' FROM staff"
         " WHERE login = 'anna'", "the roles (marketing, administrator, auditor) are not"),
        ("UPDATE staff_role SET to_at = '2026-01-01' WHERE role = 'dpo'", "the roles (auditor) are not"),
        ("UPDATE bank_state SET mode = 'single'", "sign-in was turned off"),
    ],
)  # fmt: skip
def test_what_was_written_past_the_product_is_told(bank: Path, sql: str, reason: str) -> None:
    raw = connect(bank)
    raw.execute(sql)
    raw.close()
    found = verify(bank)
    assert not found["ok"] and not found["checks"]["people"]
    assert any(p["check"] == "people" and reason in p["reason"] for p in found["problems"]), found["problems"]
