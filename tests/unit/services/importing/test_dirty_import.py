"""Bad input: only the bad rows are set aside, each with its reason; what is unreadable as a whole is refused."""

from pathlib import Path

import pytest
from building import CUSTOMERS, HEADS, FileApp, balanced, quarantined, write_source

from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.store import chain

BAD_INTERACTIONS = {
    "X1,C1,2024-01-02,atm,promotional,promotion,,,,,,,": (
        "catalogue", "atm/promotional/promotion is not in the bank's catalogue"),
    "X2,C1,2024-13-02,atm,transaction,inquiry,,,,,,,": ("type", "'2024-13-02' in occurred_at is not a date or time"),
    "X3,C1,03/04/2024,atm,transaction,inquiry,,,,,,,": ("type", "'03/04/2024' in occurred_at is not a date or time"),
    "X4,C1,2024-01-02,atm,transaction,inquiry,5,,,,,,": ("amount", "inquiry takes no amount"),
    "X5,C1,2024-01-02,atm,transaction,deposit,-5,,,,,,": (
        "amount", "deposit is money going in; the sign of -5 says otherwise"),
    "X6,C1,2024-01-02,atm,transaction,deposit,NaN,,,,,,": ("type", "'NaN' in amount is not a decimal number"),
    "X7,C1,2024-01-02,atm,transaction,deposit,1e4,,,,,,": ("type", "'1e4' in amount is not a decimal number"),
    "X8,C1,2024-01-02,atm,transaction,deposit,\uff15,,,,,,": ("type", "'\uff15' in amount is not a decimal number"),
    "X9,C1,2024-01-02,atm,transaction,deposit,inf,,,,,,": ("type", "'inf' in amount is not a decimal number"),
    "X10,C9,2024-01-02,atm,transaction,inquiry,,,,,,,": ("unknown_ref", "no customer 'C9' in the bank or this import"),
    "X11,C1,2024-01-02,atm,transaction,inquiry,,,P9,,,,": ("unknown_ref", "no product 'P9' in the bank or this import"),
    "X12,,2024-01-02,atm,transaction,inquiry,,,,,,,": ("missing", "customer is empty"),
    "X13,C1,2999-01-02,atm,transaction,inquiry,,,,,,,": ("future", "occurred_at = 2999-01-02 is in the future"),
    "X14,C1,2024-01-02,atm": ("width", "4 fields, header has 13"),
    "X15,C1,2024-01-02,system,posting,fee,5,,,,,customer,": (
        "catalogue", "system/posting/fee is not in the bank's catalogue"),
    "X16,C1,2024-01-02,atm,transaction,in\0quiry,,,,,,,": ("text", "a NUL"),
    "X17,C1,2024-01-02,online,promotional,promotion,,,,,perhaps,,": (
        "code", "'perhaps' is not a known response; known: accepted, interested, declined, no_answer, unreachable, opted_out"),  # noqa: E501
    f"X18,C1,2024-01-02,atm,transaction,inquiry,,,,,,,{'d' * 70000}": (
        "too_long", "detail has 70000 bytes, limit 65,536"),
    "GOOD,C2,2024-01-02,atm,transaction,deposit,9,,,,,,": (
        "duplicate_key", "GOOD is also on row 2 with other content"),
}  # fmt: skip


def test_each_bad_row_is_set_aside_with_its_reason(app: FileApp, tmp_path: Path) -> None:
    good = "GOOD,C1,2024-01-02,atm,transaction,deposit,5,,,,,,"
    report = app.run(
        write_source(tmp_path / "in", interactions=[good, *BAD_INTERACTIONS, good.replace("GOOD", "LAST")])
    )
    found = {int(row["row"]): (row["code"], row["reason"]) for row in quarantined(report)}
    assert found == dict(enumerate(BAD_INTERACTIONS.values(), 3))
    assert app.rows("SELECT external_id FROM interaction ORDER BY id") == [("GOOD",), ("LAST",)]
    assert balanced(report)
    assert app.rows("SELECT count(*) FROM quarantine WHERE raw IS NULL") == [(0,)]
    raw = {int(row["row"]): row["raw"] for row in quarantined(report)}
    assert raw[12].startswith("X10,C9,2024-01-02")  # found by the bank, not by the reader


CUSTOMER_HEAD = "customer,kind,given_name,family_name,birth_date,email,phone,country,joined_on,left_on,income\n"
BAD_CUSTOMERS = {
    "C1,robot,,A,,,,,,,": ("kind", "code"), "C1,person,,,,,,,,,": ("family_name", "missing"),
    "C1,person,,A,1879-12-31,,,,,,": ("birth_date", "range"), "C1,person,,A,2999-01-01,,,,,,": ("birth_date", "range"),
    "C1,person,,A,,a@b@c,,,,,": ("email", "type"), "C1,person,,A,,,12345,,,,": ("phone", "type"),
    "C1,person,,A,,,,CZE,,,": ("country", "type"), "C1,person,,A,,,,,2020-01-02,2020-01-01,": ("left_on", "order"),
    "C1,person,,A,,,,,,,-1": ("income", "range"), f"{'C' * 65},person,,A,,,,,,,": ("customer", "type"),
}  # fmt: skip


@pytest.mark.parametrize("line", BAD_CUSTOMERS)
def test_customers_are_checked_column_by_column(app: FileApp, tmp_path: Path, line: str) -> None:
    report = app.run(write_source(tmp_path / "in", f"{CUSTOMER_HEAD}{line}\nC2,person,,B,,,,,,,\n"))
    (bad,) = quarantined(report)
    assert (bad["column"], bad["code"]) == BAD_CUSTOMERS[line]
    assert app.rows("SELECT number FROM customer") == [("C2",)]


def test_the_ledgers_rules_hold_for_imported_rows(app: FileApp, tmp_path: Path) -> None:
    lines = [
        "C1,marketing,email,granted,2024-01-01,web,consent,,,N1,",
        "C1,marketing,,granted,2024-01-01,web,consent,,form,N1,",
        "C1,marketing,email,granted,2024-01-01,web,,,form,N1,",
        "C1,marketing,email,granted,2024-01-01,web,consent,2023-01-01,form,N1,",
        "C2,marketing,,objected,2024-03-01,letter,,,,,",
        "C2,marketing,email,granted,2024-04-01,web,consent,,form,N1,",
        "C2,marketing,email,granted,2024-02-01,web,consent,,form,N1,",
    ]
    report = app.run(write_source(tmp_path / "in", permissions=lines))
    assert [(int(r["row"]), r["code"], r["reason"]) for r in quarantined(report)] == [
        (2, "no_evidence", "a grant needs evidence and a notice"),
        (3, "grant_channel", "a grant for marketing needs one channel"),
        (4, "missing", "legal_basis is empty"),
        (5, "order", "expires_on is before at"),
        (7, "objection_stands", "the customer objected on 2024-03-01; an imported grant cannot lift it"),
    ]
    assert app.rows("SELECT status, date(effective_at) FROM permission_event") == [
        ("objected", "2024-03-01"), ("granted", "2024-02-01")]  # fmt: skip


def test_an_objection_in_the_bank_stands_against_a_later_file(app: FileApp, tmp_path: Path) -> None:
    app.run(write_source(tmp_path / "in", permissions=["C2,marketing,,objected,2024-03-01,letter,,,,,"]))
    report = app.run(
        write_source(tmp_path / "in", permissions=["C2,marketing,phone,granted,2024-05-01,w,consent,,f,N,"])
    )
    assert [r["code"] for r in quarantined(report)] == ["objection_stands"]


@pytest.mark.parametrize(("later", "lifts"), [
    ([], False),
    ([{"status": "granted"}], True),
    ([{"status": "granted", "source": "import"}], False),
    ([{"status": "granted", "evidence_sha256": None, "legal_basis": "contract"}], False),
    ([{"status": "granted"}, {"status": "voided", "voids": 2}], False),  # the grant was a mistake
    ([{"status": "voided", "voids": 1}], True),  # the objection was one
    ([{"status": "voided", "voids": 1, "customer_id": 1}], False),  # but not by another person's event
])  # fmt: skip
def test_only_an_own_act_opens_the_door_to_an_imported_grant(
    app: FileApp, tmp_path: Path, later: list[dict[str, object]], lifts: bool
) -> None:
    app.run(write_source(tmp_path / "in", permissions=["C2,marketing,,objected,2024-03-01,letter,,,,,"]))
    ((objector,),) = app.rows("SELECT customer_id FROM permission_event")
    other = {"customer_id": 3 - objector}
    with app.store.write() as session:
        events = [
            {"event_id": str(n), "purpose": "marketing", "channel": None, "source": "branch", "actor": "t",
             "effective_at": "2024-04-01 00:00:00.000000", "recorded_at": "2024-04-01 00:00:00.000000",
             "legal_basis": "consent" if e["status"] == "granted" else None, "notice_sha256": "n",
             "evidence_sha256": "e", **e, "customer_id": other["customer_id"] if "customer_id" in e else objector}
            for n, e in enumerate(later)
        ]  # fmt: skip
        chain.append(session, app.store.audit_key, "permission_event", events)
    grant = ["C2,marketing,phone,granted,2024-05-01,w,consent,,f,N,"]
    report = app.run(write_source(tmp_path / "in", permissions=grant))
    assert [r["code"] for r in quarantined(report)] == ([] if lifts else ["objection_stands"])


def test_accounts_and_contacts_are_checked_against_the_bank(app: FileApp, tmp_path: Path) -> None:
    files = {
        "products": ["CUR,Current,current,"],
        "holdings": ["C1,CUR,A1,owner,2020-02-01,,", "C2,CUR,A1,authorised,2020-03-01,,",
                     "C2,CUR,A2,owner,2020-03-01,2020-02-01,"],
        "balances": ["A1,2020-01,5,", "A9,2020-03,5,", "A1,2020-02,5,"],
        "campaigns": ["K1,Spring,2024-02-01,2024-01-01,marketing,", "K2,May,2024-05-01,,marketing,fax",
                      "K3,June,2024-06-01,,marketing,email"],
        "contacts": ["K3,C1,control,,2024-06-02,,", "K3,C1,treated,,2024-06-02,,",
                     "K3,C1,treated,email,2024-06-02,2024-06-01,"],
        "feedback": ["C1,2024-06-01,csat,,6,,", "C1,2024-06-01,ces,,x,,"],
    }  # fmt: skip
    report = app.run(write_source(tmp_path / "in", **files))
    assert [(r["file"].removesuffix(".csv"), int(r["row"]), r["code"]) for r in quarantined(report)] == [
        ("holdings", 3, "duplicate_key"), ("holdings", 4, "order"), ("balances", 3, "unknown_ref"),
        ("balances", 2, "before_open"), ("campaigns", 3, "code"), ("campaigns", 2, "order"),
        ("contacts", 2, "control_contacted"), ("contacts", 3, "missing"), ("contacts", 4, "order"),
        ("feedback", 2, "range"), ("feedback", 3, "type"),
    ]  # fmt: skip
    assert balanced(report)


def test_an_open_quote_costs_one_row(app: FileApp, tmp_path: Path) -> None:
    text = CUSTOMERS + 'C3,person,"Open,Quote\nC4,person,"Two\nlines",Fine\nC5,person,After,All\n'
    report = app.run(write_source(tmp_path / "in", text))
    assert [(r["row"], r["reason"]) for r in quarantined(report)] == [("4", "a quote open from row 4")]
    assert app.rows("SELECT number FROM customer") == [("C1",), ("C2",), ("C4",), ("C5",)]


def test_an_open_quote_at_the_end_does_not_swallow_the_file(app: FileApp, tmp_path: Path) -> None:
    many = "".join(f"D{i},person,,Name\n" for i in range(20_000))
    report = app.run(write_source(tmp_path / "in", f'{CUSTOMERS}C3,person,"Open,Quote\n{many}'))
    assert report.files["customers.csv"]["quarantined"] == 1
    assert report.tables["customer"] == 20_002


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_marked_encodings_are_read(app: FileApp, tmp_path: Path, encoding: str) -> None:
    source = write_source(tmp_path / "in")
    (source / "customers.csv").write_bytes("customer,kind,family_name\nC1,person,Dvořák\n".encode(encoding))
    app.run(source)
    assert app.rows("SELECT family_name FROM customer") == [("Dvořák",)]


def test_bytes_that_are_not_utf8_cost_their_row(app: FileApp, tmp_path: Path) -> None:
    source = write_source(tmp_path / "in")
    (source / "customers.csv").write_bytes(b"customer,kind,family_name\nC1,person,Dvo\xf8ak\nC2,person,Fine\n")
    assert [(r["row"], r["reason"]) for r in quarantined(app.run(source))] == [("2", "not UTF-8")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "is empty"),
        (b"customer,kind\nC1,person\n", "lacks the required column family_name"),
        (b"customer,kind,family_name,kind\n", "column kind twice"),
        ("customer,kind,family_name\nC1,person,A\n".encode("utf-16-le"), "encoding of customers.csv is unknown"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_whole(app: FileApp, tmp_path: Path, content: bytes, words: str) -> None:
    source = write_source(tmp_path / "in")
    (source / "customers.csv").write_bytes(content)
    before = app.content()
    with pytest.raises(CrmdeskError, match=words):
        app.run(source)
    assert app.content() == before


def test_strict_refuses_over_five_percent(app: FileApp, tmp_path: Path) -> None:
    rows = "".join(f"C{i},person,,Name\n" for i in range(19))
    head = "customer,kind,given_name,family_name\n"
    before = app.content()
    with pytest.raises(CrmdeskError, match="2 of 21 rows of customers.csv break a rule"):
        app.run(write_source(tmp_path / "in", head + rows + "X,robot,,N\nY,robot,,N\n"), strict=True)
    assert app.content() == before
    assert app.run(write_source(tmp_path / "in", head + rows + "X,robot,,N\n"), strict=True).tables["customer"] == 19


def test_sources_that_are_none_are_said_so(app: FileApp, tmp_path: Path) -> None:
    with pytest.raises(CrmdeskError, match="does not exist"):
        app.run(tmp_path / "nowhere")
    with pytest.raises(CrmdeskError, match=r"has no customers\.csv"):
        app.run(tmp_path)
    with pytest.raises(BadInput, match="not an import profile"):
        app.run(tmp_path, profile="other")


def test_the_quarantine_file_goes_where_asked_and_holds_no_formula(app: FileApp, tmp_path: Path) -> None:
    source = write_source(tmp_path / "in", CUSTOMERS + "=1+1,robot,,N\n")
    report = app.run(source, quarantine=tmp_path / "aside" / "q.csv")
    assert report.quarantine_file == tmp_path / "aside" / "q.csv"
    assert quarantined(report)[0]["raw"] == "'=1+1,robot,,N"
    assert HEADS["balances"].startswith("account")


def test_a_year_nobody_lived_in_is_set_aside(app: FileApp, tmp_path: Path) -> None:
    """Typing errors such as 0202 would break every later reader of the append-only ledger."""
    rows = "customer,purpose,channel,status,at,source\n"
    wrong = ("0202-05-01", "0001-01-01T00:00:00+14:00", "1879-12-31")
    rows += "".join(f"C1,marketing,email,refused,{at},branch\n" for at in (*wrong, "1999-05-01"))
    customers = "customer,kind,family_name\nC1,person,Kaya\n"
    source = tmp_path / "years"
    source.mkdir()
    (source / "customers.csv").write_text(customers)
    (source / "permissions.csv").write_text(rows)
    report = app.run(source)
    assert report.files["permissions.csv"]["inserted"] == 1
    assert app.rows('SELECT "row", code FROM quarantine ORDER BY 1') == [(2, "range"), (3, "range"), (4, "range")]


def test_files_and_columns_nobody_knows_are_named(app: FileApp, tmp_path: Path) -> None:
    source = tmp_path / "odd"
    source.mkdir()
    (source / "customers.csv").write_text("customer,kind,family_name,e-mail\nC1,person,Kaya,a@b.example\n")
    (source / "interaction.csv").write_text("x\n1\n")
    report = app.run(source)
    assert len(report.notes) == 2
    assert "interaction.csv" in report.notes[0] and "e-mail" in report.notes[1]


def test_a_grant_on_the_notice_of_another_purpose_is_no_proof(app: FileApp, tmp_path: Path) -> None:
    grants = [f"C2,marketing,phone,granted,2024-0{n}-01,branch,consent,,form,{notice},"
              for n, notice in enumerate(("survey-1", "marketing-1", "N1"), 1)]  # fmt: skip
    report = app.run(write_source(tmp_path / "in", permissions=grants))
    assert [(r["code"], r["reason"]) for r in quarantined(report)] == [
        ("no_evidence", "the notice 'survey-1' asks for survey, not for marketing")]  # fmt: skip
    assert app.rows("SELECT notice FROM permission_event ORDER BY seq") == [("marketing-1",), ("N1",)]
