"""The standard layout: a clean folder comes in whole, again it changes nothing, and edits are edits."""

from pathlib import Path

import pytest
from building import FileApp, balanced, quarantined, write_source

from crmdesk.domain.interaction import CELLS
from crmdesk.domain.rights import Actor, Role
from crmdesk.services import importing

CLEAN = {
    "products": ["CUR,Current account,current,12.50", "MOR,Mortgage,mortgage,"],
    "holdings": ["C1,CUR,A1,owner,2020-01-01,,", "C2,CUR,A1,authorised,2020-01-01,,",
                 "C1,MOR,A2,owner,2021-05-01,,250000"],
    "balances": ["A1,2024-01,-10.25,5", "A1,2024-02,10,"],
    "campaigns": ["K1,Spring,2024-01-01,,marketing,email;phone"],
    "interactions": [
        "X1,C1,2024-01-02T10:00:00+02:00,walk-in,transaction,withdraw,20.50,EUR,CUR,,,,",
        ",C1,2024-01-03,online,transaction,bill_payment,7,,,,,,",
        ",C1,2024-01-03,online,transaction,bill_payment,7.00,,,,,,",
        "X2,C2,2024-01-03T08:00:00Z,online,promotional,promotion,,,,K1,declined,bank,",
    ],
    "permissions": ["C1,marketing,email,granted,2024-02-29T09:00:00,branch,consent,,form 7,N1,",
                    "C2,marketing,,objected,2024-03-01,letter,,,,,"],
    "contacts": ["K1,C1,treated,email,2024-01-05T09:00:00,2024-01-06T09:00:00,accepted", "K1,C2,control,,,,"],
    "feedback": ["C1,2024-01-07,nps,Would you?,9,,8"],
}  # fmt: skip


def test_a_clean_folder_comes_in_whole(app: FileApp, tmp_path: Path) -> None:
    report = app.run(write_source(tmp_path / "in", **CLEAN))
    assert quarantined(report) == []
    assert balanced(report)
    assert all(n["inserted"] == n["rows_in"] for n in report.files.values())
    assert report.tables == {
        "customer": 2, "product": 2, "account": 2, "holding": 3, "standing_order": 0, "balance_month": 2,
        "interaction": 4, "campaign": 1, "contact": 2, "permission_event": 2, "feedback": 1,
    }  # fmt: skip
    assert app.rows("SELECT number, name_folded, gender, branch_id, batch_id FROM customer") == [
        ("C1", "ana capek", "unknown", 1, 1), ("C2", "mill ltd", "unknown", 1, 1)]  # fmt: skip
    # 10:00 in +02:00 is 08:00 UTC; a withdrawal leaves the account though the file gives only its size.
    assert app.rows("SELECT occurred_s, amount, time_known FROM interaction WHERE external_id = 'X1'") == [
        (1704182400, -2050, 1)]  # fmt: skip
    assert app.rows("SELECT count(*), count(DISTINCT content_key) FROM interaction WHERE amount = -700") == [(2, 2)]
    assert app.rows("SELECT expires_on, legal_basis FROM permission_event WHERE status = 'granted'") == [
        ("2026-02-28", "consent")]  # fmt: skip
    assert app.rows("SELECT text FROM permission_evidence") == [("form 7",)]
    assert app.rows("SELECT act, object FROM audit_event") == [("import", "batch 1")]


def test_nothing_of_the_staging_stays(app: FileApp, tmp_path: Path) -> None:
    before = app.rows("SELECT type, name, sql FROM sqlite_master ORDER BY name")
    app.run(write_source(tmp_path / "in", **CLEAN))
    assert app.rows("SELECT type, name, sql FROM sqlite_master ORDER BY name") == before
    assert app.rows("PRAGMA foreign_key_check") == []


def test_the_same_folder_twice_changes_nothing(app: FileApp, tmp_path: Path) -> None:
    source = write_source(tmp_path / "in", **CLEAN)
    first = app.run(source)
    held = {
        k: v for k, v in app.content().items() if k not in ("audit_event", "bank_state", "import_batch", "import_file")
    }
    again = app.run(source)
    assert all(n["unchanged"] == n["rows_in"] for n in again.files.values())
    assert again.tables == first.tables
    assert {k: v for k, v in app.content().items() if k in held} == held


def test_overlapping_files_add_only_the_new(app: FileApp, tmp_path: Path) -> None:
    app.run(write_source(tmp_path / "in", **CLEAN))
    more = CLEAN | {
        "interactions": [
            *CLEAN["interactions"][1:3],
            CLEAN["interactions"][1],
            "X9,C2,2024-02-01,atm,transaction,inquiry,,,,,,,",
        ]
    }
    report = app.run(write_source(tmp_path / "in", **more))
    # A third equal payment is one more payment.
    assert report.files["interactions.csv"] == {
        "rows_in": 4,
        "inserted": 2,
        "updated": 0,
        "unchanged": 2,
        "quarantined": 0,
    }


def test_an_update_keeps_what_the_file_leaves_empty(app: FileApp, tmp_path: Path) -> None:
    head = "customer,kind,given_name,family_name,city,email\n"
    app.run(write_source(tmp_path / "in", head + "C1,person,Ana,Capek,Brno,a@b.cz\n"))
    report = app.run(write_source(tmp_path / "in", head + "C1,person,,Novak,,\n"))
    assert report.files["customers.csv"]["updated"] == 1
    assert app.rows("SELECT given_name, family_name, city, email, name_folded, version FROM customer") == [
        ("Ana", "Novak", "Brno", "a@b.cz", "ana novak", 2)]  # fmt: skip
    assert app.rows("SELECT rowid FROM customer_search WHERE name_folded LIKE '%ana novak%'") == [(1,)]


def test_a_file_may_restrict_but_never_lift(app: FileApp, tmp_path: Path) -> None:
    head = "customer,kind,given_name,family_name,relation_wanted,restricted\n"
    file = tmp_path / "customers.csv"
    file.write_text(head + "C1,person,Ana,Capek,none,yes\nC2,person,Bo,Dahl,,\n")
    app.run(file)
    state = "SELECT number, relation_wanted, restricted FROM customer ORDER BY number"
    assert app.rows(state) == [("C1", "none", 1), ("C2", "unknown", 0)]
    file.write_text(head + "C1,person,Ana,Capek,,no\nC2,person,Bo,Dahl,bank,maybe\n")
    assert app.run(file).files["customers.csv"]["quarantined"] == 1
    assert app.rows(state) == [("C1", "none", 1), ("C2", "unknown", 0)]


def test_a_dry_run_counts_and_writes_nothing(app: FileApp, tmp_path: Path) -> None:
    source = write_source(tmp_path / "in", **CLEAN | {"feedback": ["C1,2024-01-07,nps,,11,,"]})
    before = app.content()
    dry = app.run(source, dry_run=True)
    assert (dry.batch, dry.quarantine_file) == (None, None)
    assert app.content() == before
    assert not app.path.with_name("bank.crmdesk.quarantine").exists()
    assert app.run(source).files == dry.files


def test_the_batch_keeps_its_counts_and_stays_append_only(app: FileApp, tmp_path: Path) -> None:
    report = app.run(write_source(tmp_path / "in"))
    assert app.rows("SELECT inserted FROM import_file WHERE file = 'customers.csv'") == [(2,)]
    assert report.batch == 1
    with pytest.raises(Exception, match="append-only"), app.store.raw() as raw:
        raw.execute("UPDATE import_batch SET profile = 'x'")


@pytest.mark.parametrize("cell", CELLS, ids=lambda c: c.code)
def test_each_legal_row_is_taken_and_its_illegal_neighbour_is_not(app: FileApp, tmp_path: Path, cell: object) -> None:
    channel, mode, activity = str(cell.code).split(".")  # type: ignore[attr-defined]
    other = next(m for m in ("educational", "support", "transaction") if f"{channel}.{m}.{activity}" not in LEGAL)
    lines = [
        f"X1,C1,2024-01-02,{channel},{mode},{activity},,,,,,,",
        f"X2,C1,2024-01-02,{channel},{other},{activity},,,,,,,",
    ]
    report = app.run(write_source(tmp_path / "in", interactions=lines))
    assert app.rows("SELECT catalogue_id FROM interaction") == [(cell.row,)]  # type: ignore[attr-defined]
    (bad,) = quarantined(report)
    assert (bad["row"], bad["code"]) == ("3", "catalogue")
    assert bad["reason"] == f"{channel}/{other}/{activity} is not in the bank's catalogue"


LEGAL = {cell.code for cell in CELLS}


def test_only_those_with_the_right_may_import(app: FileApp, tmp_path: Path) -> None:
    teller = Actor("t", frozenset({Role.TELLER}))
    with pytest.raises(Exception, match="may not import"):
        importing.run(app, teller, write_source(tmp_path / "in"))
