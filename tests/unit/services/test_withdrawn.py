"""Who leaves an open list at once is who a fresh answer to the same filter leaves out."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp

from crmdesk.domain.errors import BadInput, Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import MARKETING_CHANNELS
from crmdesk.domain.rights import Actor
from crmdesk.services import customers, permission_record, withdrawn
from crmdesk.services.customers import CustomerQuery

EVERYBODY = (1, 2, 3, 4, 5)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def gone(app: SmallApp, *chips: Chip) -> set[int]:
    return set(withdrawn.leaving(app, ACTOR, CustomerQuery(filters=chips), EVERYBODY))


@pytest.mark.parametrize("channels", [(c,) for c in MARKETING_CHANNELS] + [("email", "phone"), ("phone", "in_person")])
def test_it_is_who_the_whole_filter_leaves_out(app: SmallApp, channels: tuple[str, ...]) -> None:
    chip = Chip("marketing", "is", channels)
    for _ in range(2):
        found = set(map(int, customers.find(app, ACTOR, CustomerQuery(filters=(chip,)))))
        assert gone(app, chip) == set(EVERYBODY) - found
        permission_record.withdraw(app, ACTOR, "C-000001", channels=("email",))
    if channels == ("email",):
        assert gone(app, chip) == set(EVERYBODY)


def test_who_may_be_mined_no_more_leaves_a_list_of_segments(app: SmallApp) -> None:
    chip = Chip("segment", "is", ("1.1", "2.1"))
    assert gone(app, chip).isdisjoint({1, 2})
    permission_record.objection(app, ACTOR, "C-000001", "profiling")
    assert 1 in gone(app, chip) and 2 not in gone(app, chip)


def test_other_filters_and_no_filter_let_nobody_go(app: SmallApp) -> None:
    assert gone(app) == gone(app, Chip("branch", "is", ("B2",))) == set()
    assert gone(app, Chip("marketing", "is_not", ("email",))) == set()


def test_few_are_asked_about_by_who_may_read_customers(app: SmallApp) -> None:
    query = CustomerQuery(filters=(Chip("marketing", "is", ("email",)),))
    with pytest.raises(BadInput):
        withdrawn.leaving(app, ACTOR, query, range(257))
    with pytest.raises(Refused):
        withdrawn.leaving(app, Actor("nobody", frozenset()), query, (1,))
