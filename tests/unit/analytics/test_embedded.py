"""The embedded engine against plain loops over the same rows."""

from __future__ import annotations

import math
import threading
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from logs import AS_OF, at, bank, public, random_rows, row
from plain import Row, counts_as_activity, inside, measure

from crmdesk.analytics import reading
from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.analytics.engine import validate
from crmdesk.analytics.population import Population
from crmdesk.contributions import Events, Features, I, count, count_if, max_, min_, moments, sum_, top
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.interaction import CELLS
from crmdesk.jobs import Cancelled, Silent

MEASURES = {
    "n": count(),
    **{f"c{cell.row:02d}": count_if(I.cell == cell.row) for cell in CELLS},
    "n_atm": count_if(I.channel == "atm"),
    "n_two": count_if(I.channel.isin("atm", "branch")),
    "n_not_atm": count_if(~(I.channel == "atm")),
    "n_ant": count_if(I.product == "ANT"),
    "n_other_product": count_if(I.product != "ANT"),
    "n_no_amount": count_if(I.amount.is_null()),
    "n_evening": count_if((I.hour >= 18) | (I.weekday > 4)),
    "n_answered": count_if(I.response.isin("accepted", "declined")),
    "low": min_(I.amount),
    "high": max_(I.amount),
    "high_atm": max_(I.amount, where=I.channel == "atm"),
    "last": max_(I.occurred_s),
    "total": sum_(I.amount),
    "twice": sum_(I.amount * 2 + 1),
    "half": sum_(I.amount * 0.5),
    **moments("amt", I.amount),
    **moments("far", I.amount + 1_000_000),
    **top("act", I.activity),
    **top("buy", I.product),
    **top("cell", I.cell),
    **top("at", I.hour),
    **top("sum", I.amount),
    **top("mon", I.month),
}


def expected(rows: list[Row], customers: list[int], as_of: date, months: int) -> dict[str, list[Any]]:
    kept = [public(r) for r in rows if counts_as_activity(r) and inside(r, as_of, months)]
    by_customer = {c: [r for r in kept if r["customer"] == c] for c in customers}
    return {name: [measure(m, by_customer[c]) for c in customers] for name, m in MEASURES.items()}


def assert_same(found: dict[str, list[Any]], wanted: dict[str, list[Any]]) -> None:
    for name, values in wanted.items():
        for place, (mine, plain) in enumerate(zip(found[name], values, strict=True)):
            if isinstance(plain, float):
                assert mine is not None and math.isclose(mine, plain, rel_tol=1e-9, abs_tol=1e-9), (name, place)
            else:
                assert mine == plain and isinstance(mine, type(plain)), (name, place, mine, plain)


def run(store: Any, customers: list[int], as_of: date = AS_OF, months: int = 0, measures: Any = None) -> dict[str, Any]:
    f = Features("test.all", "All", over="interactions", measures=measures or MEASURES, months=months)
    table = EmbeddedEngine(store).aggregate(f, Population(np.array(customers, np.int64)), as_of)
    assert table.column_names == ["customer", *f.measures]
    assert table["customer"].to_pylist() == customers
    return {name: table[name].to_pylist() for name in f.measures}


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(
    ("as_of", "months"), [(AS_OF, 0), (AS_OF, 12), (date(2026, 2, 28), 3), (date(2025, 12, 31), 1)]
)
def test_equal_to_the_plain_reference(tmp_path: Path, seed: int, as_of: date, months: int) -> None:
    rows = random_rows(seed)
    customers = [c for c in range(1, 13) if c != 5]  # one customer of the bank is not in the population
    assert_same(run(bank(tmp_path, 12, rows), customers, as_of, months), expected(rows, customers, as_of, months))


def test_windows_join_without_a_seam(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WINDOW", 7)
    rows = random_rows(9)
    assert_same(run(bank(tmp_path, 12, rows), list(range(1, 13))), expected(rows, list(range(1, 13)), AS_OF, 0))


EDGES = {
    "one row": [row(1, "2026-06-01", 3, 42)],
    "nothing known": [row(1, "2026-06-01", 3, None), row(1, "2026-06-02", 4, None)],
    "a tie": [row(1, "2026-06-01", cell, amount) for cell, amount in ((29, 9), (30, 8), (30, 9), (29, 8))],
    "constants": [row(1, "2026-06-01", 1, 123_456_789_012_345) for _ in range(7)],
    "a large offset": [row(1, "2026-06-01", 1, 1_000_000_000_000 + extra) for extra in (1, 2, 4, 8, 16)],
    "beyond 2^53": [row(1, "2026-06-01", 1, 9 * 10**16 + extra) for extra in (1, 2, 4)],
    "before 1970": [row(1, "1969-12-31T23:30", 1, 5)],
}


@pytest.mark.parametrize("case", EDGES)
def test_edges(tmp_path: Path, case: str) -> None:
    rows = EDGES[case]
    assert_same(run(bank(tmp_path, 2, rows), [1, 2]), expected(rows, [1, 2], AS_OF, 0))


def test_constants_have_no_spread_at_all(tmp_path: Path) -> None:
    found = run(bank(tmp_path, 1, EDGES["constants"]), [1])
    assert (found["amt_m2"], found["amt_m3"], found["amt_m4"]) == ([0.0], [0.0], [0.0])


def test_an_empty_bank_and_an_empty_population(tmp_path: Path) -> None:
    store = bank(tmp_path, 0, [])
    assert run(store, [])["n"] == []
    log = EmbeddedEngine(store).events(Events("t.e", "E", "interactions", ("channel",)), Population(_ids()), AS_OF)
    assert log.num_rows == 0 and log.column_names == ["customer", "channel"]


def test_the_day_ends_at_its_last_second_and_months_begin_after_their_day(tmp_path: Path) -> None:
    seconds = ["2025-06-30T23:59:59", "2025-07-01", "2026-06-30T23:59:59", "2026-07-01"]
    store = bank(tmp_path, 1, [row(1, s) for s in seconds])
    assert run(store, [1], months=12)["n"] == [2]
    assert run(store, [1], months=0)["n"] == [3]
    late = bank_with_late_entry(tmp_path)
    assert run(late, [1])["n"] == [1]


def bank_with_late_entry(folder: Path) -> Any:
    (folder / "late").mkdir()
    return bank(folder / "late", 1, [
        row(1, "2026-06-01", recorded_s=at("2026-07-01")), row(1, "2026-06-01", recorded_s=at("2026-06-30T23:59:59")),
    ])  # fmt: skip


def test_the_banks_own_rows_never_count(tmp_path: Path) -> None:
    rows = [row(1, "2026-06-01", 901, 5, initiated_by="bank"), row(1, "2026-06-01", 17, initiated_by="bank"),
            row(1, "2026-06-01", 17, initiated_by="bank", response="no_answer"),
            row(1, "2026-06-01", 901, 5, initiated_by="bank", response="accepted"),
            row(1, "2026-06-01", 17, initiated_by="bank", response="declined")]  # fmt: skip
    found = run(bank(tmp_path, 1, rows), [1])
    assert (found["n"], found["c17"]) == ([1], [1])


def test_events_are_sorted_by_customer_then_time(tmp_path: Path) -> None:
    rows = random_rows(3)
    names = ("occurred_s", "channel", "activity", "amount", "product", "hour")
    table = EmbeddedEngine(bank(tmp_path, 12, rows)).events(
        Events("test.log", "Log", "interactions", names, months=12), Population(np.array([2, 3, 7, 8, 9, 11])), AS_OF
    )
    kept = [(i, public(r)) for i, r in enumerate(rows) if counts_as_activity(r) and inside(r, AS_OF, 12)]
    kept = [(i, r) for i, r in kept if r["customer"] in (2, 3, 7, 8, 9, 11)]
    kept.sort(key=lambda pair: (pair[1]["customer"], pair[1]["occurred_s"], pair[0]))
    assert len(kept) > 20
    assert table.to_pylist() == [{name: r[name] for name in ("customer", *names)} for _, r in kept]


def test_finish_is_not_applied_and_words_travel_as_dictionaries(tmp_path: Path) -> None:
    f = Features("t.f", "F", "interactions", top("act", I.activity), finish="nowhere:nothing")
    table = EmbeddedEngine(bank(tmp_path, 1, [row(1, "2026-06-01")])).aggregate(f, Population(np.array([1])), AS_OF)
    assert str(table.schema.field("act").type).startswith("dictionary<values=string")


@pytest.mark.parametrize(
    ("declaration", "words"),
    [
        (Features("t.a", "A", "intractions", {"n": count()}), "no analytics table 'intractions'"),
        (Features("t.b", "B", "interactions", {"n": count_if(I.chanel == "atm")}), "no column 'chanel'"),
        (Features("t.c", "C", "interactions", {"n": sum_(I.channel)}), "channel of 'interactions' holds words"),
        (Features("t.d", "D", "interactions", {"n": count_if(I.channel < "atm")}), "use == or !="),
        (Features("t.e", "E", "interactions", {"n": count_if(I.amount == "atm")}), "compares a column of words"),
        (Features("t.f", "F", "interactions", {"n": count_if(I.amount + 1)}), "must compare something"),
        (Features("t.g", "G", "interactions", {"n": count_if(I.amount & I.hour)}), "joins conditions"),
        (Features("t.h", "H", "interactions", {"n": min_((I.amount > 1) + 1)}), "not on conditions"),
        (Features("t.i", "I", "interactions", {"customer": count()}), "that is the key"),
        (Features("t.j", "J", "interactions", {"n": count()}, key="account"), "keyed by customer"),
        (Features("t.k", "K", "interactions", top("x", I.amount > 3)), "needs a column or a number"),
        (Events("t.l", "L", "balances", ("amount",)), "no column 'amount'"),
    ],
)
def test_a_wrong_declaration_gets_one_sentence(declaration: Features | Events, words: str) -> None:
    with pytest.raises(BadInput) as error:
        validate(declaration)
    assert str(error.value).startswith(declaration.id) and words in str(error.value)
    assert str(error.value).endswith(".")


def test_a_word_the_bank_does_not_know_is_refused_with_those_it_knows(tmp_path: Path) -> None:
    store = bank(tmp_path, 1, [])
    with pytest.raises(BadInput, match=r"'atmm' is not a known channel .*atm, branch, call_centre, online"):
        run(store, [1], measures={"n": count_if(I.channel == "atmm")})
    assert run(store, [1], measures={"n": count_if(I.product == "GONE")})["n"] == [0]


def test_progress_and_cancel_are_felt_at_each_window(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "WINDOW", 10)
    store = bank(tmp_path, 2, [row(1, "2026-06-01") for _ in range(95)])
    seen: list[float] = []

    class Watch:
        def step(self, fraction: float, text: str = "") -> None:
            seen.append(fraction)

    f, who = Features("t.f", "F", "interactions", {"n": count()}), Population(np.array([1]))
    EmbeddedEngine(store).aggregate(f, who, AS_OF, progress=Watch())
    assert len(seen) == 10 and seen == sorted(seen) and seen[-1] == 1.0
    with pytest.raises(Cancelled):
        EmbeddedEngine(store).aggregate(f, who, AS_OF, cancel=lambda: True)
    with pytest.raises(Cancelled):
        EmbeddedEngine(store).aggregate(f, who, AS_OF, progress=Silent(lambda: True))


def test_one_engine_answers_in_several_threads(tmp_path: Path) -> None:
    rows = random_rows(1)
    store = bank(tmp_path, 12, rows)
    wanted = expected(rows, list(range(1, 13)), AS_OF, 0)
    faults: list[BaseException] = []

    def ask() -> None:
        try:
            assert_same(run(store, list(range(1, 13))), wanted)
        except BaseException as fault:  # handed to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not faults


def test_a_column_that_slips_is_noticed() -> None:
    assert reading.parse("1 -2 3", 3).tolist() == [1, -2, 3]
    with pytest.raises(CrmdeskError, match="run crmdesk verify on the file"):
        reading.parse("1 2", 3)


def _ids() -> Any:
    return np.empty(0, np.int64)
