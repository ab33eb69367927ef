"""`services.banks.create`: the file, the truth folder, and the files of the standard layout."""

import csv
from pathlib import Path

import pytest

from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.interaction import BY_ROW
from crmdesk.jobs.progress import Cancelled, Silent
from crmdesk.services.banks import BankReport, create
from crmdesk.store import chain, open_bank

LAYOUT = {
    "customers": "customer! kind! given_name family_name! birth_date gender occupation education income email phone "
                 "street city postcode country branch manager source joined_on left_on relation_wanted restricted",
    "products": "product! name! family! annual_margin",
    "holdings": "customer! product! account! role! opened_on! closed_on principal",
    "balances": "account! month! average_balance! end_balance",
    "interactions": "interaction customer! occurred_at! channel! mode! activity! amount currency product campaign "
                    "response initiated_by detail",
    "permissions": "customer! purpose! channel status! at! source! legal_basis expires_on evidence notice campaign",
    "campaigns": "campaign! name! starts_on! ends_on purpose! channels",
    "contacts": "campaign! customer! arm! channel contacted_at responded_at response",
}  # fmt: skip


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> BankReport:
    folder = tmp_path_factory.mktemp("bank")
    return create(folder / "t.crmdesk", preset="tiny", truth=folder / "truth", files=folder / "files")


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def test_the_report_counts_what_is_in_the_bank(tiny: BankReport) -> None:
    assert (tiny.preset, tiny.customers, tiny.seed) == ("tiny", 300, 7)
    assert list(tiny.document()) == ["file", "preset", "customers", "seed", "tables", "truth", "files"]
    store = open_bank(tiny.file)
    with store.reader() as raw:
        for table, n in tiny.tables.items():
            assert raw.execute(f"SELECT count(*) FROM {table}").fetchone()[0] == n
        assert raw.execute("PRAGMA foreign_key_check").fetchall() == []
        found = raw.execute("SELECT count(*) FROM customer_search WHERE customer_search MATCH 'G00'").fetchone()
        assert found == (300,)
        for ledger in ("permission_event", "audit_event"):
            assert list(chain.breaks(raw, store.audit_key, ledger)) == []
    state = store.state()
    assert (state.preset, state.seed, state.customers) == ("tiny", 7, 300)
    assert store.clock().date().isoformat() == "2026-06-30"
    store.close()


def test_amounts_have_the_sign_of_the_activity(tiny: BankReport) -> None:
    store = open_bank(tiny.file)
    with store.reader() as raw:
        found = raw.execute("SELECT DISTINCT catalogue_id, sign(amount), currency FROM interaction").fetchall()
    store.close()
    for cell, sign, currency in found:
        wanted = {"-": {-1}, "+": {1}, "*": {-1, 1}, "": {None}}[BY_ROW[cell].sign]
        assert sign in wanted, BY_ROW[cell]
        assert (currency == "EUR") == (sign is not None)


def test_two_banks_of_one_seed_hold_the_same_rows(tmp_path: Path) -> None:
    def content(name: str) -> dict[str, list[tuple[object, ...]]]:
        create(tmp_path / name, preset="tiny", customers=60, seed=3)
        store = open_bank(tmp_path / name)
        with store.reader() as raw:
            names = ("customer", "account", "balance_month", "interaction", "campaign", "contact")
            found = {t: raw.execute(f"SELECT * FROM {t} ORDER BY 1, 2").fetchall() for t in names}
            found["permission_event"] = raw.execute(
                "SELECT seq, event_id, customer_id, purpose, channel, status, effective_at FROM permission_event"
            ).fetchall()
        store.close()
        return found

    assert content("a.crmdesk") == content("b.crmdesk")


def test_the_truth_is_nested_and_complete(tiny: BankReport) -> None:
    assert tiny.truth
    segments = read(tiny.truth / "segments.csv")
    assert list(segments[0]) == ["customer", "segment", "tier"]
    assert len({r["customer"] for r in segments}) == len(segments) > 280
    tiers: dict[str, set[str]] = {}
    for row in segments:
        tiers.setdefault(row["segment"], set()).add(row["tier"])
    assert set(tiers) == {"atm_cash", "online_self", "call_support", "branch_advice"}
    assert all(t == {"low", "middle", "high"} for t in tiers.values())
    cells = read(tiny.truth / "cells.csv")
    assert list(cells[0]) == ["segment", "channel", "mode", "activity", "share"]
    for name in tiers:
        mine = [float(c["share"]) for c in cells if c["segment"] == name]
        assert len(mine) == 37
        assert sum(mine) == pytest.approx(1)
    moments = read(tiny.truth / "moments.csv")
    assert list(moments[0]) == ["field", "segment", "tier", "mean", "sd", "skew", "excess_kurtosis"]
    assert len(moments) == 4 * 3 * 6
    rates = read(tiny.truth / "permissions.csv")
    assert list(rates[0]) == ["segment", "tier", "channel", "rate"]
    assert len(rates) == 4 * 3 * 6


def test_no_table_of_the_bank_names_a_planted_segment(tiny: BankReport) -> None:
    content = tiny.file.read_bytes()
    for name in (b"atm_cash", b"online_self", b"call_support", b"branch_advice"):
        assert name not in content


def test_the_files_have_the_standard_layout(tiny: BankReport) -> None:
    assert tiny.files
    counts = {"customers": "customer", "products": "product", "holdings": "holding", "balances": "balance_month",
              "interactions": "interaction", "permissions": "permission_event", "campaigns": "campaign",
              "contacts": "contact"}  # fmt: skip
    assert {f.stem for f in tiny.files.iterdir()} == set(LAYOUT)
    for name, columns in LAYOUT.items():
        rows = read(tiny.files / f"{name}.csv")
        known = [c.rstrip("!") for c in columns.split()]
        assert set(rows[0]) <= set(known)
        needed = [c.rstrip("!") for c in columns.split() if c.endswith("!")]
        assert all(row[c] for row in rows for c in needed), name
        assert len(rows) == tiny.tables[counts[name]]
    grants = [r for r in read(tiny.files / "permissions.csv") if r["status"] == "granted"]
    assert all(r["legal_basis"] == "consent" and r["evidence"] and r["notice"] and r["channel"] for r in grants)
    fixed = [r for r in read(tiny.files / "interactions.csv") if r["activity"] in ("withdrawal", "deposit", "fee")]
    assert all(float(r["amount"]) > 0 for r in fixed)


def test_an_empty_bank_has_tables_and_catalogue_only(tmp_path: Path) -> None:
    report = create(tmp_path / "e.crmdesk")
    assert set(report.tables.values()) == {0}
    assert report.document()["truth"] is None
    store = open_bank(tmp_path / "e.crmdesk")
    with store.reader() as raw:
        assert raw.execute("SELECT count(*) FROM catalogue").fetchone() == (43,)
    assert store.state().invented_until is None
    store.close()


@pytest.mark.parametrize(
    ("asked", "words"),
    [({"preset": "golden"}, "known: empty, tiny"), ({"preset": "empty", "customers": 5}, "no customers"),
     ({"preset": "tiny", "customers": 0}, "1 or more"), ({"preset": "tiny", "seed": -1}, "negative")],
)  # fmt: skip
def test_what_cannot_be_made_leaves_nothing(tmp_path: Path, asked: dict[str, object], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        create(tmp_path / "x.crmdesk", **asked)  # type: ignore[arg-type]
    assert list(tmp_path.iterdir()) == []


def test_an_existing_file_is_left_alone(tmp_path: Path) -> None:
    file = tmp_path / "x.crmdesk"
    file.write_text("mine", encoding="utf-8")
    with pytest.raises(CrmdeskError, match="exists already"):
        create(file, preset="tiny")
    assert file.read_text(encoding="utf-8") == "mine"


def test_a_cancelled_creation_leaves_no_bank(tmp_path: Path) -> None:
    class Stopped(Silent):
        def step(self, fraction: float, text: str = "") -> None:
            if text.startswith("Writing interaction"):
                raise Cancelled

    with pytest.raises(Cancelled):
        create(tmp_path / "x.crmdesk", preset="tiny", customers=50, progress=Stopped())
    assert list(tmp_path.iterdir()) == []


def test_one_customer_makes_a_bank(tmp_path: Path) -> None:
    assert create(tmp_path / "one.crmdesk", preset="null", customers=1).customers == 1
