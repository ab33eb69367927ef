"""What one customer permits, and that the list's filter agrees with the rule of the domain."""

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
import small_bank
from small_bank import ACTOR, SmallApp, event

from crmdesk.domain.errors import Refused
from crmdesk.domain.filter import Chip
from crmdesk.domain.permission import MARKETING_CHANNELS, decide
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import customers, permission_bank, permissions
from crmdesk.services.customers import CustomerQuery
from crmdesk.store import chain
from crmdesk.store.queries import permissions as ledger


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    made = small_bank.build(tmp_path / "small.crmdesk")
    yield made
    made.store.close()


def states(grid: permissions.Grid, purpose: str) -> dict[str | None, str]:
    row = next(r for r in grid.rows if r[0].purpose == purpose)
    return {c.channel: c.decision.state for c in row}


def test_the_grid_has_every_purpose_and_channel(app: SmallApp) -> None:
    grid = permissions.grid(app, ACTOR, "C-000001")
    assert [r[0].purpose for r in grid.rows] == ["marketing", "survey", "sharing", "profiling", "targeting"]
    assert [len(r) for r in grid.rows] == [6, 6, 6, 1, 1]
    assert states(grid, "marketing") == {
        "email": "granted", "phone": "withdrawn", "sms": "none", "post": "none", "in_person": "granted",
        "in_app": "none",
    }  # fmt: skip
    assert states(grid, "survey")["email"] == "pending"
    assert set(states(grid, "sharing").values()) == {"objected"}
    assert grid.rows[3][0].decision.allowed  # profiling: legitimate interest


def test_each_cell_tells_the_day_of_its_deciding_event(app: SmallApp) -> None:
    offers = permissions.grid(app, ACTOR, "C-000001").rows[0]
    assert [c.on for c in offers[:3]] == [date(2026, 2, 3), date(2026, 3, 12), None]


def test_an_earlier_moment_shows_what_held_then(app: SmallApp) -> None:
    then = datetime(2026, 3, 1, tzinfo=UTC)
    assert states(permissions.grid(app, ACTOR, "C-000001", then), "marketing")["phone"] == "granted"


def test_a_grant_ends_with_its_last_day_in_the_bank_wherever_somebody_asks(app: SmallApp) -> None:
    east = timezone(timedelta(hours=3))
    for hour, state, reached in ((2, "granted", 1), (3, "expired", 0)):  # midnight in the bank is three o'clock there
        at = datetime(2028, 2, 4, hour, tzinfo=east)
        assert states(permissions.grid(app, ACTOR, "C-000001", at), "marketing")["email"] == state
        assert permission_bank.overview(app, ACTOR, at).allowed["marketing", "email"] == reached


def test_the_history_is_newest_first_and_whole(app: SmallApp) -> None:
    history = permissions.grid(app, ACTOR, "C-000001").history
    assert [h.status for h in history] == ["asked", "objected", "withdrawn", "granted", "granted", "granted"]
    assert history[3].has_evidence and not history[2].has_evidence


@pytest.mark.parametrize(("number", "sentence"), [
    ("C-000001", "May be contacted today about offers by e-mail and in branch. Not by phone (withdrawn 12 Mar 2026)."),
    ("C-000002", "May not be contacted about offers today: by e-mail (expired 1 Jan 2025); "
                 "by phone, by text message, by post, in branch and in the app (never asked)."),
    ("C-000003", "May not be contacted about offers today (objected 5 Jan 2026)."),
    ("C-000004", "May not be contacted about offers today (the customer's data is restricted)."),
    ("C-000005", "May not be contacted about offers today (never asked)."),
])  # fmt: skip
def test_the_sentence_says_how_and_why_not(app: SmallApp, number: str, sentence: str) -> None:
    assert permissions.contactable(app, ACTOR, number) == sentence


def test_an_admin_reads_no_permissions(app: SmallApp) -> None:
    with pytest.raises(Refused):
        permissions.grid(app, Actor("adi", frozenset({Role.ADMIN})), "C-000001")


def test_profiling_by_consent_needs_a_grant(app: SmallApp) -> None:
    with app.store.write() as session:
        small_bank.add(session, "setting", [{"name": "basis.profiling", "value": '"consent"'}])
    assert not permissions.grid(app, ACTOR, "C-000001").rows[3][0].decision.allowed


def random_ledger(rng: random.Random, customers_: range, start: datetime) -> list[dict[str, object]]:
    """Events in any order of effect, with equal instants, lapsing grants, objections, imports and erasures."""
    rows = []
    for _ in range(len(customers_) * 4):
        words = ["asked", "granted", "refused", "withdrawn", "objected", "erased"]
        status = rng.choices(words, [2, 6, 1, 2, 2, 0.2])[0]
        on = (start + timedelta(days=rng.randint(0, 12))).isoformat()
        channel = rng.choice(["email", "phone"])
        if status in ("refused", "withdrawn", "objected") and rng.random() < 0.4:
            channel = None  # type: ignore[assignment]
        ends = start.date() + timedelta(days=rng.randint(0, 30)) if status == "granted" and rng.random() < 0.5 else None
        source = rng.choice(["branch", "import"])
        rows.append(event(rng.choice(customers_), rng.choice(["marketing", "marketing", "survey"]), channel, status, on,
                          expires_on=ends, source=source))  # fmt: skip
    return rows


@pytest.mark.parametrize("seed", range(8))
def test_the_filter_finds_just_those_whom_the_rule_allows(app: SmallApp, seed: int) -> None:
    rng = random.Random(seed)
    crowd = range(100, 180)
    at = datetime(2026, 10, 31, 23, 59, 59, tzinfo=UTC)
    with app.store.write() as session:
        small_bank.add(session, "customer", [small_bank.person(k, "P", f"N{k}", restricted=k % 9 == 0) for k in crowd])
        rows = random_ledger(rng, crowd, at - timedelta(days=10))
        seqs = chain.append(session, app.store.audit_key, "permission_event", rows)
        voids = [event(rows[i]["customer_id"], "marketing", None, "voided", "2026-10-25", voids=seqs[i])  # type: ignore[arg-type]
                 for i in rng.sample(range(len(rows)), 12)]  # fmt: skip
        chain.append(session, app.store.audit_key, "permission_event", voids)
    with app.store.reader() as raw:
        events = ledger.events(raw, crowd)
        blocked = ledger.restricted(raw, crowd)
    for channel in ("email", "phone"):
        ruled = {k for k in crowd if decide(events[k], "marketing", channel, at, restricted=k in blocked).allowed}
        listed = customers.find(app, ACTOR, CustomerQuery(filters=(Chip("marketing", "is", (channel,)),)))
        assert {int(k) for k in listed} & set(crowd) == ruled
        assert ruled  # the ledger is rich enough to allow someone


def test_a_row_shows_what_the_grid_shows(app: SmallApp) -> None:
    for row in customers.rows(app, ACTOR, [1, 2, 3, 4, 5]):
        offers = permissions.grid(app, ACTOR, row.number).rows[0]
        assert dict(row.permissions) == {c.channel: c.decision for c in offers}
        assert [c for c, _ in row.permissions] == list(MARKETING_CHANNELS)
