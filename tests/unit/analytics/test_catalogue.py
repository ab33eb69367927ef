"""The host's features by hand-made banks: money, the person, permissions, channel use, and the event logs."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logs import AS_OF, add_customers, at, bank, event, record, row

from crmdesk.analytics.catalogue import HOST_FEATURES, channel_shares
from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.analytics.engine import validate
from crmdesk.analytics.period import Period
from crmdesk.analytics.population import Population
from crmdesk.contributions import Events
from crmdesk.domain.days import shift_months
from crmdesk.domain.interaction import CELLS, CHANNELS
from crmdesk.jobs import Cancelled
from crmdesk.store import Store

FAMILIES = ("current", "savings", "mortgage", "loan", "investment", "card", "insurance")


def ask(store: Store, feature: str, customers: list[int], as_of: date = AS_OF) -> dict[str, list[Any]]:
    engine, who = EmbeddedEngine(store), Population(np.array(customers, np.int64))
    declared = HOST_FEATURES[feature]
    answer = engine.events if isinstance(declared, Events) else engine.aggregate
    return answer(declared, who, as_of).to_pydict()  # type: ignore[arg-type]


@pytest.fixture
def rich(tmp_path: Path) -> Store:
    """Four customers; account n is of family n; 1 and 2 share the current account."""
    store = bank(tmp_path, 4, [])
    with store.write() as session:
        run = session.connection().exec_driver_sql
        run("DELETE FROM product")
        run("INSERT INTO product (id, code, name, family, version) VALUES (?, ?, ?, ?, 1)",
            [(n + 1, f"P{9 - n}", f, f) for n, f in enumerate(FAMILIES)])  # fmt: skip
        run("INSERT INTO account (id, number, product_id, currency, opened_on, closed_on, principal, version) "
            "VALUES (?, ?, ?, 'EUR', ?, ?, ?, 1)", [
                (1, "1", 1, "2020-01-01", None, None), (2, "2", 2, "2026-06-30", None, None),
                (3, "3", 3, "2020-01-01", None, 900), (4, "4", 4, "2020-01-01", None, 500),
                (5, "5", 5, "2020-01-01", "2026-06-30", None), (6, "6", 6, "2020-01-01", "2026-07-01", None),
                (7, "7", 7, "2020-01-01", None, None), (8, "8", 2, "2026-07-01", None, None),
                (9, "9", 1, "2020-01-01", None, None), (10, "10", 2, "2020-01-01", None, None)])  # fmt: skip
        run("INSERT INTO holding (account_id, customer_id, role) VALUES (?, ?, ?)", [
            (1, 1, "owner"), (1, 2, "owner"), (2, 1, "owner"), (3, 1, "owner"), (4, 1, "owner"), (5, 1, "owner"),
            (6, 1, "owner"), (7, 1, "owner"), (8, 3, "owner"), (9, 1, "owner"), (9, 3, "authorised"),
            (10, 3, "owner")])  # fmt: skip
        run('INSERT INTO balance_month (account_id, month, "average", "end") VALUES (?, ?, ?, ?)', [
            (1, "2026-05", 10, 11), (1, "2026-06", 20, 21), (1, "2026-07", 30, 31), (2, "2026-04", 7, None),
            (4, "2026-06", -300, -310), (5, "2026-06", 70, 70), (6, "2026-06", 60, 60), (7, "2026-06", 99, 99),
            (8, "2026-06", 88, 88), (9, "2026-01", -4, -5)])  # fmt: skip
    return store


def test_money_now_sums_the_latest_month_of_each_account_owned(rich: Store) -> None:
    found = ask(rich, "money.current", [1, 2, 3, 4])
    no = math.nan
    assert str(found) == str({
        "customer": [1, 2, 3, 4], "balance": [16.0, 20.0, no, no], "savings": [7.0, no, no, no],
        "mortgage": [900.0, no, no, no], "loan": [300.0, no, no, no], "investments": [no, no, no, no],
        "card_spend": [60.0, no, no, no],
    })  # fmt: skip
    before = ask(rich, "money.current", [1], date(2026, 5, 31))
    assert (before["balance"], before["loan"], str(before["savings"][0])) == ([6.0], [500.0], "nan")
    assert str(before["investments"][0]) == "nan" and before["customer"] == [1]


def test_balances_and_holdings_know_nothing_later(rich: Store) -> None:
    balances = ask(rich, "money.balances", [1, 2])
    assert balances["customer"] == [1] * 8 + [2] * 2
    assert balances["month"] == sorted(balances["month"][:8]) + [202605, 202606]
    assert (balances["family"][0], balances["average"][0], balances["end"][0]) == ("current", -4, -5)
    assert None in balances["end"] and 30 not in balances["average"]
    recent = Events("t.b", "B", "balances", ("month",), months=1)
    table = EmbeddedEngine(rich).events(recent, Population(np.array([2])), AS_OF)
    assert table["month"].to_pylist() == [202606]
    holdings = ask(rich, "money.holdings", [1])
    closed = dict(zip(holdings["account"], holdings["closed_s"], strict=True))
    assert (closed[5], closed[6]) == (at("2026-06-30"), None)
    assert ask(rich, "money.holdings", [3])["role"] == ["authorised", "owner"]
    assert dict(zip(holdings["account"], holdings["product"], strict=True))[1] == "P9"


@pytest.mark.parametrize(("day", "balance", "months"), [
    (date(2026, 6, 30), 20, [202605, 202606]), (date(2026, 6, 29), 10, [202605]), (date(2026, 6, 1), 10, [202605]),
    (date(2026, 5, 31), 10, [202605]), (date(2026, 5, 30), math.nan, []),
])  # fmt: skip
def test_a_month_counts_when_it_is_over(rich: Store, day: date, balance: float, months: list[int]) -> None:
    assert str(ask(rich, "money.current", [2], day)["balance"]) == str([float(balance)])
    assert ask(rich, "money.balances", [2], day)["month"] == months
    last = Events("t.b", "B", "balances", ("month",), months=1)
    assert EmbeddedEngine(rich).events(last, Population(np.array([2])), day)["month"].to_pylist() == months[-1:]


def test_the_person(tmp_path: Path) -> None:
    store = bank(tmp_path, 0, [])
    with store.write() as session:
        add_customers(session.connection(), [
            {"id": 3, "birth_date": "2001-06-30", "occupation": "nurse", "joined_on": "2019-05-05"},
            {"id": 5, "birth_date": "2001-07-01", "education": "basic", "kind": "company", "occupation": "baker"},
            {"id": 9}, {"id": 10, "birth_date": "1950-01-01", "occupation": "clerk"}])  # fmt: skip
    assert ask(store, "person.card", [3, 5, 9]) == {
        "customer": [3, 5, 9], "kind": ["person", "company", "person"], "age_band": ["25-34", "18-24", None],
        "join_year": [2019, None, None], "branch": ["HO"] * 3, "occupation": ["nurse", "baker", None],
        "education": [None, "basic", None],
    }  # fmt: skip
    assert ask(store, "person.card", [10])["age_band"] == ["65+"]


def test_permission_states_stand_at_the_clock_whatever_the_day(tmp_path: Path) -> None:
    store = bank(tmp_path, 3, [])
    day = datetime(2026, 6, 20, 23, 59, 59, tzinfo=UTC)
    record(store, [
        event(1, "granted", purpose="marketing", channel="email", effective_at=day, source="app"),
        event(2, "granted", purpose="survey", channel="post", effective_at=day, source="branch"),
        event(2, "withdrawn", purpose="survey", channel="post", effective_at=day),
        event(2, "refused", effective_at=day),
    ])  # fmt: skip
    found = ask(store, "permission.states", [1, 2, 3], date(2020, 1, 1))
    assert found["state_marketing_email"] == ["granted", "none", "none"]
    assert found["state_survey_post"] == ["none", "withdrawn", "none"]
    assert found["state_profiling"] == ["none", "refused", "none"]
    assert found["age_marketing_email"][0] == 10.0 and math.isnan(found["age_marketing_email"][1])
    assert found["granted_channel"] == ["email", "post", None]
    assert found["granted_touchpoint"] == ["online", "branch", None]
    assert {f"{kind}_{p}_{c}" for kind in ("state", "age") for p in ("marketing", "survey", "sharing")
            for c in ("email", "phone", "sms", "post", "in_person", "in_app")} <= set(found)  # fmt: skip


def test_cells_and_channels_look_back_twelve_months(tmp_path: Path) -> None:
    rows = [row(1, "2025-06-30", 1)] + [row(1, "2026-06-29T12:00", c.row, 100 * c.row) for c in CELLS]
    store = bank(tmp_path, 2, rows)
    cells = ask(store, "usage.cells", [1, 2])
    names = [f"c{number:02d}" for number in range(1, 38)]
    assert list(cells) == ["customer", *names]
    assert all(cells[name] == [1, 0] for name in names)
    measured = ask(store, "usage.channel", [1, 2])
    columns = {name: np.array(v, dtype=object if name == "act" else float) for name, v in measured.items()}
    found = channel_shares(columns, AS_OF)
    shares = {c: sum(cell.channel == c for cell in CELLS) / 37 for c in CHANNELS}
    assert {c: found[f"share_{c}"][0] for c in CHANNELS} == pytest.approx(shares)
    assert all(math.isnan(found[name][1]) for name in ("share_atm", "recency_days", "amt_sd", "amt_skew", "amt_kurt"))
    assert found["recency_days"][0] == pytest.approx(1.5)
    amounts = np.array([100.0 * c.row for c in CELLS])
    away = (amounts - amounts.mean()) / amounts.std()
    assert (found["amt_sd"][0], found["amt_skew"][0]) == pytest.approx((amounts.std(), 0.0))
    assert found["amt_kurt"][0] == pytest.approx((away**4).mean() - 3)


def test_constant_amounts_have_no_shape() -> None:
    columns = {"n": np.array([3]), "last": np.array([0]), **{f"n_{c}": np.array([0]) for c in CHANNELS},
               "amt_n": np.array([3]), **{f"amt_m{p}": np.array([0.0]) for p in (2, 3, 4)}}  # fmt: skip
    found = channel_shares(columns, AS_OF)
    assert (found["amt_sd"][0], math.isnan(found["amt_skew"][0]), math.isnan(found["amt_kurt"][0])) == (0, True, True)


@pytest.mark.parametrize("feature", HOST_FEATURES)
def test_every_host_feature_is_sound_on_an_empty_bank_and_cancels(tmp_path: Path, feature: str) -> None:
    declared = HOST_FEATURES[feature]
    validate(declared)
    assert feature.partition(".")[0] in ("usage", "money", "person", "permission", "segment") and declared.description
    assert ask(bank(tmp_path, 0, []), feature, [])["customer"] == []
    (tmp_path / "one").mkdir()
    store = bank(tmp_path / "one", 1, [row(1, "2026-06-01")])
    assert len(ask(store, feature, [1])["customer"]) in (0, 1)


@pytest.mark.parametrize("feature", ["usage.cells", "person.card", "permission.states", "usage.interactions"])
def test_a_cancel_is_felt(tmp_path: Path, feature: str) -> None:
    engine, declared = EmbeddedEngine(bank(tmp_path, 1, [row(1, "2026-06-01")])), HOST_FEATURES[feature]
    answer = engine.events if isinstance(declared, Events) else engine.aggregate
    with pytest.raises(Cancelled):
        answer(declared, Population(np.array([1])), AS_OF, cancel=lambda: True)  # type: ignore[arg-type]


def test_contacts_hide_what_was_answered_later(tmp_path: Path) -> None:
    store = bank(tmp_path, 2, [])
    with store.write() as session:
        run = session.connection().exec_driver_sql
        run("INSERT INTO campaign (id, code, name, starts_on, purpose, channels, state, version)"
            " VALUES (1, 'K', 'K', '2026-06-01', 'marketing', 'email', 'closed', 1)")  # fmt: skip
        run("INSERT INTO contact (campaign_id, customer_id, arm, channel, contacted_at, responded_at, response,"
            " version) VALUES (1, ?, ?, ?, ?, ?, ?, 1)", [
                (1, "treated", "email", "2026-06-02 10:00:00.000000", "2026-07-01 00:00:00.000000", "accepted"),
                (1, "treated", "email", "2026-06-03 10:00:00.000000", "2026-06-30 23:59:59.000000", "declined"),
                (1, "treated", "email", "2026-07-01 00:00:00.000000", None, None),
                (2, "control", None, None, None, None)])  # fmt: skip
    names = ("occurred_s", "campaign", "arm", "channel", "responded_s", "response")
    table = EmbeddedEngine(store).events(Events("t.c", "C", "contacts", names), Population(np.array([1, 2])), AS_OF)
    assert table.to_pydict() == {
        "customer": [1, 1, 2], "occurred_s": [at("2026-06-02T10:00"), at("2026-06-03T10:00"), at("2026-06-01")],
        "campaign": ["K"] * 3, "arm": ["treated", "treated", "control"], "channel": ["email", "email", None],
        "responded_s": [None, at("2026-06-30T23:59:59"), None], "response": [None, "declined", None],
    }  # fmt: skip


def test_months_end_where_the_calendar_does() -> None:
    assert shift_months(date(2026, 3, 31), -1) == date(2026, 2, 28)
    assert shift_months(date(2024, 2, 29), 12) == date(2025, 2, 28)
    assert Period(date(2026, 3, 31), 1).start_s == at("2026-03-01")
    assert Period(date(2026, 6, 30), 12).stop_s == at("2026-07-01")
