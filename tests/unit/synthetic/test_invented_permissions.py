"""Invented permission histories: what the ledger says, who may be contacted, and who was."""

from collections import defaultdict
from datetime import UTC, date, datetime

import numpy as np
import pytest

from crmdesk.domain.permission import MARKETING_CHANNELS, PermissionEvent, decide
from crmdesk.synthetic.presets import PERSONA
from crmdesk.synthetic.table import plain
from crmdesk.synthetic.world import World


def rows(world: World, table: str) -> list[dict[str, object]]:
    return [row for chunk in world.tables[table].dicts() for row in chunk]


def when(text: object) -> datetime:
    return datetime.fromisoformat(str(text)).replace(tzinfo=UTC)


def histories(world: World) -> dict[int, list[PermissionEvent]]:
    found: dict[int, list[PermissionEvent]] = defaultdict(list)
    for seq, row in enumerate(rows(world, "permission_event"), 1):
        expires = row["expires_on"]
        at = when(row["effective_at"])
        event = PermissionEvent(seq, str(row["purpose"]), row["channel"], str(row["status"]), at, at,  # type: ignore[arg-type]
                                date.fromisoformat(str(expires)) if expires else None)  # fmt: skip
        found[int(str(row["customer_id"]))].append(event)
    return found


def test_every_contact_was_permitted_at_its_moment(world: World) -> None:
    events = histories(world)
    treated = [c for c in rows(world, "contact") if c["contacted_at"]]
    assert len(treated) > 500
    for contact in treated:
        mine = events[contact["customer_id"]]  # type: ignore[index]
        found = decide(mine, "marketing", str(contact["channel"]), when(contact["contacted_at"]))
        assert found.allowed, (contact, found)
        assert found.seq == contact["permission_seq"]


def test_the_control_is_random_and_never_contacted(world: World) -> None:
    contacts = rows(world, "contact")
    control = [c for c in contacts if c["arm"] == "control"]
    assert 0.10 < len(control) / len(contacts) < 0.20
    assert all(c["contacted_at"] is None and c["channel"] is None and c["permission_seq"] is None for c in control)
    assert all(c["response"] in (None, "accepted") for c in control)


def test_no_minor_restricted_or_former_customer_is_asked_or_contacted(world: World) -> None:
    spared = {i + 1 for i in np.flatnonzero(world.life.minor | world.life.restricted).tolist()}
    assert spared
    assert not spared & {r["customer_id"] for r in rows(world, "permission_event")}
    assert not spared & {r["customer_id"] for r in rows(world, "contact")}


def test_three_in_ten_were_never_asked_and_some_often(world: World) -> None:
    asked = [r["customer_id"] for r in rows(world, "permission_event")
             if r["status"] == "asked" and r["purpose"] == "marketing"]  # fmt: skip
    times = np.bincount(np.array(asked, int), minlength=world.spec.customers + 1)[1:]
    assert (times == 0).mean() == pytest.approx(0.31, abs=0.04)
    assert times.max() >= 6


def test_every_state_occurs(world: World) -> None:
    events = histories(world)
    at = datetime(2026, 6, 30, 23, 59, 59, tzinfo=UTC)
    states = {decide(mine, "marketing", c, at).state for mine in events.values() for c in MARKETING_CHANNELS}
    assert states == {"none", "pending", "granted", "expired", "refused", "withdrawn", "objected"}


def test_the_persona_says_yes_in_the_branch_and_no_by_mail(world: World) -> None:
    names = [s.name for s in world.spec.segments]
    segment = world.spec.segments[names.index(PERSONA[0])]
    tier = [t.name for t in segment.tiers].index(PERSONA[1])
    mine = (world.planted.segment == names.index(PERSONA[0])) & (world.planted.tier == tier)
    counts = {(c, s): 0 for c in ("email", "in_person") for s in ("asked", "granted")}
    for r in rows(world, "permission_event"):
        key = (r["channel"], r["status"])
        if key in counts and r["purpose"] == "marketing" and mine[int(str(r["customer_id"])) - 1]:
            counts[key] += 1  # type: ignore[index]
    assert counts["in_person", "granted"] / counts["in_person", "asked"] > 0.5
    assert counts["email", "granted"] / counts["email", "asked"] < 0.15
    assert segment.tiers[tier].owns["mortgage"] > 0.8


def test_grants_have_proof_and_the_ledger_is_in_order(world: World) -> None:
    events = rows(world, "permission_event")
    grants = [e for e in events if e["status"] == "granted"]
    assert all(e["notice_sha256"] and e["evidence_sha256"] and e["expires_on"] and e["channel"] for e in grants)
    evidence = set(plain(world.tables["permission_evidence"].columns["event_id"]))
    assert evidence == {e["event_id"] for e in grants}
    at = [str(e["effective_at"]) for e in events]
    assert at == sorted(at)
    assert len({e["event_id"] for e in events}) == len(events)
    assert at[-1] <= "2026-06-30 23:59:59.999999"


def test_withdrawals_rise_with_contacts_in_thirty_days(world: World) -> None:
    gone = {(r["customer_id"], r["campaign_id"]) for r in rows(world, "permission_event")
            if r["status"] == "withdrawn" and r["campaign_id"]}  # fmt: skip
    moments: dict[object, list[datetime]] = defaultdict(list)
    shares: dict[bool, list[bool]] = {True: [], False: []}
    for contact in rows(world, "contact"):  # in order of the campaigns
        if contact["contacted_at"]:
            customer, at = contact["customer_id"], when(contact["contacted_at"])
            again = any(abs((at - earlier).days) < 30 for earlier in moments[customer])
            moments[customer].append(at)
            shares[again].append((customer, contact["campaign_id"]) in gone)
    assert min(map(len, shares.values())) > 100
    assert np.mean(shares[True]) > 1.3 * np.mean(shares[False]) > 0.02
