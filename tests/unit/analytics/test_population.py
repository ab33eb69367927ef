"""Who may be used and why not; the columns' permission rule equals the domain's, event by event."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from logs import AS_OF, NOON, add_customers, bank, event, record, row

from crmdesk.analytics import ledger
from crmdesk.analytics.population import everyone, latest_activity, permission_states, population
from crmdesk.domain import permission
from crmdesk.domain.errors import BadInput
from crmdesk.domain.permission import CONSENT, LEGITIMATE_INTEREST, MARKETING_CHANNELS, PURPOSES, STATES
from crmdesk.store import Store, chain
from crmdesk.store.bank import create_bank
from crmdesk.store.queries import permissions as queries
from crmdesk.store.queries.permissions import events as stored_events

CUSTOMERS = 3

moments_near = st.sampled_from([
    NOON - timedelta(days=400), NOON - timedelta(microseconds=1), NOON, NOON + timedelta(microseconds=1),
    datetime(2026, 5, 31, 23, 59, 59, 999_999, tzinfo=UTC), NOON + timedelta(days=3),
])  # fmt: skip
one_event = st.builds(
    lambda customer, status, purpose, channel, effective, recorded, expires, proof, source, voids: event(
        customer, status, purpose=purpose, channel=channel, effective_at=effective, recorded_at=recorded,
        expires_on=expires if status == "granted" else None, source=source, voids=voids if status == "voided" else None,
        legal_basis="legitimate_interest" if status == "granted" and not proof else
        "consent" if status == "granted" else None,
        evidence_sha256="e" if proof else None,
    ),
    st.sampled_from([1, 1, 1, 1, 2, 3]),
    st.sampled_from([*permission.STORED, "granted", "objected", "granted"]),
    st.sampled_from(["marketing"] * 5 + ["profiling"] * 2 + ["targeting", "service", "survey"]),
    st.sampled_from([None, "email", "phone"]), moments_near, moments_near,
    st.sampled_from([None, date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 2)]), st.booleans(),
    st.sampled_from(["branch", "import"]), st.integers(1, 12),
)  # fmt: skip


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = create_bank(tmp_path_factory.mktemp("template") / "ledger.bank", invented_until=AS_OF)
    with store.write() as session:
        add_customers(session.connection(), [{"id": 1}, {"id": 2}, {"id": 3, "restricted": 1}])
    return store


class Undo(Exception):
    """Takes the ledger back to empty: it is append-only, so each example lives in a transaction that is not kept."""


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(one_event, max_size=12), moments_near, st.sampled_from([None, NOON]))
def test_the_rule_over_columns_equals_the_rule_over_events(
    template: Store, events: list[dict[str, Any]], at: datetime, known_at: datetime | None
) -> None:
    customers = np.arange(1, CUSTOMERS + 1)
    with pytest.raises(Undo), template.write() as session:
        chain.append(session, template.audit_key, "permission_event", events)
        raw = session.connection().connection.driver_connection
        plain = stored_events(raw, range(1, CUSTOMERS + 1))
        columns = ledger.known_by(ledger.read_ledger(raw), at, known_at)
        for purpose in PURPOSES:
            for channel in (None, "email", "phone"):
                found = ledger.states(columns, customers, purpose, channel, at.date())
                for place, customer in enumerate(customers):
                    state, cause = permission.state(plain[customer], purpose, channel, at, known_at)
                    assert found.words()[place] == state
                    assert found.seq[place] == (cause.seq if cause else 0)
                    assert found.effective[place] == (ledger.micros(cause.effective_at) if cause else 0)
                for basis in (LEGITIMATE_INTEREST, CONSENT):
                    blocked = np.array([False, False, True])
                    yes = ledger.allowed(columns, customers, purpose, channel, at.date(), blocked, basis)
                    assert yes.tolist() == [
                        permission.decide(plain[c], purpose, channel, at, restricted=bool(blocked[c - 1]), basis=basis,
                                          known_at=known_at).allowed
                        for c in customers
                    ]  # fmt: skip
        raise Undo


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(one_event, max_size=12), moments_near)
def test_the_rule_in_sql_equals_the_rule_over_events(
    template: Store, events: list[dict[str, Any]], at: datetime
) -> None:
    with pytest.raises(Undo), template.write() as session:
        chain.append(session, template.audit_key, "permission_event", events)
        raw = session.connection().connection.driver_connection
        plain = stored_events(raw, range(1, CUSTOMERS + 1))

        def ruled(purpose: str, channel: str | None, basis: str) -> set[int]:
            return {
                c for c in plain
                if permission.decide(plain[c], purpose, channel, at, restricted=c == CUSTOMERS, basis=basis).allowed
            }  # fmt: skip

        for purpose in ("profiling", "targeting"):
            for basis in (LEGITIMATE_INTEREST, CONSENT):
                found = {c for (c,) in raw.execute(*queries.mined(purpose, at, basis))}
                assert found == ruled(purpose, None, basis)
        for channel in MARKETING_CHANNELS[:2]:
            found = {c for (c,) in raw.execute(*queries.permitted("marketing", channel, at))}
            assert found == ruled("marketing", channel, CONSENT)
        raise Undo


def reasons(store: Store, purpose: str = "profiling", **more: Any) -> tuple[list[int], dict[str, int]]:
    asked = {"as_of": AS_OF, "needs_interactions": False, **more}
    found = population(store, purpose, clock=store.clock(), **asked)
    with store.reader() as raw:
        assert found.eligible + sum(found.excluded.values()) == len(everyone(raw))
    return found.customers.tolist(), found.excluded


def people(folder: Path, *persons: dict[str, Any], rows: Any = ()) -> Store:
    store = bank(folder, 0, [])
    with store.write() as session:
        add_customers(session.connection(), list(persons))
        session.connection().exec_driver_sql(
            "INSERT INTO interaction (customer_id, occurred_s, time_known, catalogue_id, initiated_by, version)"
            " SELECT value ->> 0, value ->> 1, 1, value ->> 2, value ->> 3, 1 FROM json_each(?)",
            (str([[r["customer_id"], r["occurred_s"], r["catalogue_id"], r["initiated_by"]] for r in rows])
             .replace("'", '"'),),
        )  # fmt: skip
    return store


def test_each_exclusion_has_its_first_reason(tmp_path: Path) -> None:
    store = people(
        tmp_path,
        {"id": 1}, {"id": 2, "restricted": 1, "joined_on": "2027-01-01"}, {"id": 3}, {"id": 4},
        {"id": 5, "joined_on": "2026-07-01"}, {"id": 6, "joined_on": "2026-06-30"},
        {"id": 7, "left_on": "2026-06-29"}, {"id": 8, "left_on": "2026-06-30"}, {"id": 9},
        rows=[row(n, "2026-06-01") for n in (1, 2, 3, 4, 5, 6, 7, 8)] + [row(9, "2026-07-01")],
    )  # fmt: skip
    record(store, [event(3, "objected"), event(4, "erased")])
    customers, excluded = reasons(store, needs_interactions=True)
    assert customers == [1, 6, 8]
    assert list(excluded.items()) == [
        ("no_permission_for_purpose", 2), ("erased", 1), ("joined_after_as_of", 1), ("left_before", 1),
        ("too_few_interactions", 1),
    ]  # fmt: skip
    assert reasons(store)[0] == [1, 6, 8, 9]


def test_permission_is_judged_by_the_clock_and_data_by_the_day(tmp_path: Path) -> None:
    store = people(tmp_path, {"id": 1})
    record(store, [event(1, "refused", effective_at=datetime(2026, 6, 20, tzinfo=UTC))])
    assert reasons(store, as_of=date(2026, 1, 1)) == ([], {"no_permission_for_purpose": 1})


def test_minors_are_left_out_of_credit_and_contact_only(tmp_path: Path) -> None:
    store = people(tmp_path, {"id": 1, "birth_date": "2008-06-30"}, {"id": 2, "birth_date": "2008-07-01"},
                   {"id": 3, "kind": "company", "birth_date": "2020-01-01"})  # fmt: skip
    assert reasons(store, "credit") == ([1, 3], {"minor": 1})
    assert reasons(store, "profiling") == ([1, 2, 3], {})


def test_few_interactions_are_provisional_not_excluded(tmp_path: Path) -> None:
    rows = [row(1, "2026-06-01")] * 9 + [row(2, "2026-06-01")] * 10 + [row(3, "2024-06-01")]
    store = people(tmp_path, {"id": 1}, {"id": 2}, {"id": 3}, rows=rows)
    found = population(store, "profiling", AS_OF, store.clock(), True)
    assert (found.customers.tolist(), found.provisional.tolist(), found.excluded) == ([1, 2, 3], [1, 3], {})
    recent = population(store, "profiling", AS_OF, store.clock(), True, months=12)
    assert (recent.customers.tolist(), recent.excluded) == ([1, 2], {"too_few_interactions": 1})


def test_owners_of_another_currency_are_left_out_where_money_counts(tmp_path: Path) -> None:
    store = people(tmp_path, {"id": 1}, {"id": 2}, {"id": 3})
    with store.write() as session:
        run = session.connection().exec_driver_sql
        run("INSERT INTO account (id, number, product_id, currency, opened_on, version) VALUES (1, 'a', 1, 'EUR',"
            " '2020-01-01', 1), (2, 'b', 1, 'USD', '2020-01-01', 1), (3, 'c', 1, 'EUR', '2020-01-01', 1)")  # fmt: skip
        run("INSERT INTO holding (account_id, customer_id, role) VALUES (1, 1, 'owner'), (2, 2, 'owner'),"
            " (2, 3, 'authorised'), (3, 3, 'owner')")  # fmt: skip
    assert reasons(store) == ([1, 3], {"mixed_currency": 1})
    assert reasons(store, needs_money=False) == ([1, 2, 3], {})


def test_who_never_held_anything_is_left_out_where_products_count(tmp_path: Path) -> None:
    store = people(tmp_path, {"id": 1}, {"id": 2}, {"id": 3}, {"id": 4})
    with store.write() as session:
        run = session.connection().exec_driver_sql
        run("INSERT INTO account (id, number, product_id, currency, opened_on, closed_on, version) VALUES"
            " (1, 'a', 1, 'EUR', '2020-01-01', NULL, 1), (2, 'b', 1, 'EUR', '2020-01-01', '2021-01-01', 1),"
            " (3, 'c', 1, 'EUR', '2026-07-01', NULL, 1)")  # fmt: skip
        run("INSERT INTO holding (account_id, customer_id, role) VALUES (1, 1, 'owner'), (2, 2, 'authorised'),"
            " (3, 3, 'owner')")  # fmt: skip
    assert reasons(store, needs_products=True) == ([1, 2], {"no_products": 2})
    assert reasons(store) == ([1, 2, 3, 4], {})


def test_a_recorded_basis_of_consent_asks_for_a_grant(tmp_path: Path) -> None:
    store = people(tmp_path, {"id": 1}, {"id": 2})
    record(store, [event(2, "granted")])
    assert reasons(store)[0] == [1, 2]
    with store.write() as session:
        setting = "INSERT INTO setting (name, value) VALUES ('basis.profiling', '\"consent\"')"
        session.connection().exec_driver_sql(setting)
    assert reasons(store) == ([2], {"no_permission_for_purpose": 1})


def test_states_of_the_whole_bank(tmp_path: Path) -> None:
    store = people(tmp_path, {"id": 1}, {"id": 2}, {"id": 3})
    record(store, [event(2, "granted", purpose="marketing", channel="email", expires_on=date(2026, 6, 30)),
                   event(3, "asked", purpose="marketing", channel="email")])  # fmt: skip
    with store.reader() as raw:
        today = permission_states(raw, "marketing", "email", store.clock())
        tomorrow = permission_states(raw, "marketing", "email", store.clock() + timedelta(seconds=1))
    assert today.customers.tolist() == [1, 2, 3]
    assert (today.words(), tomorrow.words()) == (["none", "granted", "pending"], ["none", "expired", "pending"])
    assert set(MARKETING_CHANNELS) >= {"email"} and STATES[today.codes[1]] == "granted"


@pytest.mark.parametrize(
    ("then", "state"),
    [({}, "granted"), ({"source": "import"}, "objected"), ({"evidence_sha256": None}, "objected")],
)
def test_only_an_own_grant_lifts_an_objection(tmp_path: Path, then: dict[str, Any], state: str) -> None:
    store = people(tmp_path, {"id": 1})
    basis = {} if "evidence_sha256" not in then else {"legal_basis": LEGITIMATE_INTEREST}
    grant = event(1, "granted", effective_at=NOON + timedelta(days=1), **then, **basis)
    record(store, [event(1, "objected"), grant])
    with store.reader() as raw:
        assert permission_states(raw, "profiling", None, store.clock()).words() == [state]


def test_the_latest_activity_is_the_customers_own(tmp_path: Path) -> None:
    rows = [row(1, "2026-05-31T23:59:59"), row(1, "2026-06-20", 17, initiated_by="bank"), row(1, "2026-06-25", 901)]
    store = people(tmp_path, {"id": 1}, rows=rows)
    with store.reader() as raw:
        assert latest_activity(raw) == date(2026, 5, 31)


def test_an_empty_bank_and_an_unknown_purpose(tmp_path: Path) -> None:
    store = bank(tmp_path, 0, [])
    with store.reader() as raw:
        assert latest_activity(raw) is None
    assert reasons(store, needs_interactions=True) == ([], {})
    with pytest.raises(BadInput, match="'fun' is not a purpose; known: service"):
        reasons(store, "fun")
