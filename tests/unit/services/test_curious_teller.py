"""A teller meets customers one at a time: no page of the permissions names a branch full of them."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from crmdesk.services import permission_bank
from tests.small_bank import event
from tests.unit.services.mining_bank import SmallApp, say
from tests.unit.services.staffed_bank import actor, staffed, with_users


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    """Thirty customers of the teller's branch whose grants end soon, of whom all object to research."""
    made = staffed(tmp_path / "b.crmdesk")
    day = made.store.clock().date().isoformat()
    ends = made.store.clock().date() + timedelta(days=30)
    say(made, *(event(i, "sharing", "email", "granted", "2026-01-01", expires_on=ends) for i in range(1, 43)))
    say(made, *(event(i, "survey", None, "objected", day) for i in range(1, 43)))
    yield with_users(made)
    made.store.close()


def test_no_list_of_permissions_names_more_than_a_search_finds(app: SmallApp) -> None:
    tina, rita, dora = (actor(login) for login in ("tina", "rita", "dora"))
    queue = permission_bank.queue(app, tina, days=9_999)
    assert (len(queue.due), queue.customers) == (25, 30)
    assert len(permission_bank.repermission(app, tina, days=9_999)) == 25
    for ask in (permission_bank.objections, permission_bank.changed_since):
        assert [len(ask(app, who)) for who in (tina, rita, dora)] == [25, 12, 42]
