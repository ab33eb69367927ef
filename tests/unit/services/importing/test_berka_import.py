"""The Czech bank: the whole of it, and each kind of transaction on a bank of one account."""

from pathlib import Path

import pytest
from building import ACTOR, FileApp, balanced, quarantined

from crmdesk.domain.interaction import BY_CODE, BY_ROW
from crmdesk.services import custom_fields, customer_edit
from crmdesk.services.importing.berka_rows import meaning

ROWS = {"account.asc": 4500, "card.asc": 892, "client.asc": 5369, "disp.asc": 5369, "district.asc": 77, "loan.asc": 682,
        "order.asc": 6471, "trans.asc": 49102}  # fmt: skip


def test_the_whole_bank_comes_in(app: FileApp, real_data: Path) -> None:
    report = app.run(real_data / "berka", profile="berka")
    assert {name: n["inserted"] for name, n in report.files.items()} == ROWS
    assert balanced(report)
    assert report.tables["customer"] == 5369
    assert report.tables["standing_order"] == 6471
    assert dict(app.rows("SELECT p.family, count(*) FROM account a JOIN product p ON p.id = a.product_id GROUP BY 1")) == {  # noqa: E501
        "current": 4500, "loan": 682, "card": 892}  # fmt: skip
    assert app.rows("SELECT count(*) FROM account a WHERE NOT EXISTS (SELECT 1 FROM holding h WHERE h.account_id = a.id "  # noqa: E501
                    "AND h.role = 'owner')") == [(0,)]  # fmt: skip
    kinds = dict(app.rows("SELECT catalogue_id, count(*) FROM interaction GROUP BY 1"))
    assert {BY_ROW[row].code: n for row, n in kinds.items()} == {
        "branch.transaction.deposit": 9759, "branch.transaction.withdrawal": 13436 + 41 + 116 + 651,
        "atm.transaction.withdrawal": 12, "system.posting.standing_order": 3603 + 644 + 123 + 1973,
        "system.posting.incoming_transfer": 3772, "system.posting.interest": 9463, "system.posting.fee": 5445,
        "system.posting.penalty_interest": 64,
    }  # fmt: skip
    # Postings are the bank's acts, all else the customer's.
    assert app.rows("SELECT DISTINCT initiated_by, catalogue_id > 900 FROM interaction ORDER BY 1") == [
        ("bank", 1), ("customer", 0)]  # fmt: skip
    again = app.run(real_data / "berka", profile="berka")
    assert {name: n["unchanged"] for name, n in again.files.items()} == ROWS
    assert again.tables == report.tables


def small_berka(folder: Path, trans: str) -> Path:
    folder.mkdir(exist_ok=True)
    files = {
        "district": 'A1;A2;A3;A4;A5;A6;A7;A8;A9;A10;A11;A12;A13\n1;"Praha";"Prague";1204953;0;0;0;1;1;100.0;12541;?;0.43\n',  # noqa: E501
        "client": '"client_id";"birth_number";"district_id"\n1;"706213";1\n2;"450204";1\n3;"459904";1\n',
        "account": '"account_id";"district_id";"frequency";"date"\n7;1;"POPLATEK TYDNE";930101\n',
        "disp": '"disp_id";"client_id";"account_id";"type"\n1;1;7;"OWNER"\n2;2;7;"DISPONENT"\n3;3;7;"OWNER"\n',
        "card": '"card_id";"disp_id";"type";"issued"\n4;2;"gold";931107 00:00:00\n5;9;"gold";931107 00:00:00\n',
        "loan": '"loan_id";"account_id";"date";"amount";"duration";"payments";"status"\n6;7;930705;9600;12;800.00;"B"\n',  # noqa: E501
        "order": '"order_id";"account_id";"bank_to";"account_to";"amount";"k_symbol"\n8;7;"YZ";"87";24.50;" "\n',
        "trans": '"trans_id";"account_id";"date";"type";"operation";"amount";"balance";"k_symbol";"bank";"account"\n' + trans,  # noqa: E501
    }  # fmt: skip
    for name, text in files.items():
        (folder / f"{name}.asc").write_bytes(text.replace("\n", "\r\n").encode())
    return folder


def test_a_small_bank_in_detail(app: FileApp, tmp_path: Path) -> None:
    trans = (
        '1;7;930110;"PRIJEM";"VKLAD";700.00;700.00;"";;\n'
        '2;7;930120;"VYDAJ";"PREVOD NA UCET";24.50;675.50;" ";"YZ";"87"\n'
        '3;7;930121;"VYDAJ";"PREVOD NA UCET";24.50;651.00;" ";"YZ";"88"\n'
        '4;7;930121;"VYDAJ";"DANCE";1.00;651.00;" ";;\n'
        '5;7;921231;"PRIJEM";"VKLAD";700.00;700.00;"";;\n'
        '6;8;930121;"PRIJEM";"VKLAD";700.00;700.00;"";;\n'
        '7;7;930230;"PRIJEM";"VKLAD";700.00;700.00;"";;\n'
    )
    report = app.run(small_berka(tmp_path / "in", trans), profile="berka")
    assert app.rows("SELECT external_id, catalogue_id, amount, initiated_by FROM interaction") == [
        ("BT1", BY_CODE["branch.transaction.deposit"].row, 70000, "customer"),
        ("BT2", BY_CODE["system.posting.standing_order"].row, -2450, "bank"),
        ("BT3", BY_CODE["online.transaction.transfer"].row, -2450, "customer"),
    ]
    assert app.rows('SELECT month, average, "end" FROM balance_month') == [("1993-01", 67550, 65100)]
    found = [(r["file"], r["row"], r["code"]) for r in quarantined(report)]
    assert sorted(found) == [
        ("card.asc", "3", "unknown_ref"), ("client.asc", "4", "type"), ("disp.asc", "4", "unknown_ref"),
        ("trans.asc", "5", "catalogue"), ("trans.asc", "6", "before_open"), ("trans.asc", "7", "unknown_ref"),
        ("trans.asc", "8", "type"),
    ]  # fmt: skip
    assert app.rows("SELECT number, birth_date, gender FROM customer") == [
        ("B1", "1970-12-13", "female"), ("B2", "1945-02-04", "male")]  # fmt: skip
    assert app.rows("SELECT a.number, c.number, h.role FROM holding h JOIN account a ON a.id = h.account_id "
                    "JOIN customer c ON c.id = h.customer_id ORDER BY 1, 2") == [
        ("BA7", "B1", "owner"), ("BA7", "B2", "authorised"), ("BC4", "B2", "owner"), ("BL6", "B1", "owner")]  # fmt: skip  # noqa: E501
    ((custom,),) = app.rows("SELECT custom FROM customer WHERE number = 'B1'")
    assert '"loan_status":"B"' in custom
    assert '"statement":"weekly"' in custom
    assert '"district_salary":12541' in custom


def test_the_columns_of_the_source_are_fields_of_the_bank(app: FileApp, tmp_path: Path) -> None:
    source = small_berka(tmp_path / "in", "")
    app.run(source, profile="berka")
    codes = [field.code for field in custom_fields.fields(app, ACTOR)]
    assert codes == [
        "district_inhabitants", "district_urban_pct", "district_salary", "district_unemployment_95",
        "district_unemployment_96", "statement", "loan_status", "loan_months",
    ]  # fmt: skip
    draft = customer_edit.draft(app, ACTOR, "B1")
    assert draft.values["custom.district_unemployment_95"] == ""
    assert (draft.values["custom.statement"], draft.values["custom.loan_status"]) == ("weekly", "B")
    # A person's edit keeps the values in another text; the same source still changes nothing.
    customer_edit.edit(app, ACTOR, "B1", draft.version, {"custom.statement": "monthly"})
    customer_edit.edit(app, ACTOR, "B1", draft.version + 1, {"custom.statement": "weekly"})
    again = app.run(source, profile="berka")
    assert {n["updated"] for n in again.files.values()} == {0}
    assert customer_edit.draft(app, ACTOR, "B1").version == draft.version + 2
    assert [field.code for field in custom_fields.fields(app, ACTOR)] == codes


@pytest.mark.parametrize(
    ("czech", "code"),
    [
        (("VYBER", "VYBER", ""), "branch.transaction.withdrawal"),
        (("VYDAJ", "VYBER", "SIPO"), "branch.transaction.withdrawal"),
        (("VYDAJ", "VYBER KARTOU", ""), "atm.transaction.withdrawal"),
        (("VYDAJ", "PREVOD NA UCET", ""), "online.transaction.transfer"),
        (("VYDAJ", "PREVOD NA UCET", "LEASING"), "system.posting.standing_order"),
        (("PRIJEM", "PREVOD Z UCTU", "DUCHOD"), "system.posting.incoming_transfer"),
        (("PRIJEM", "", "UROK"), "system.posting.interest"),
        (("VYDAJ", "VYBER", "SLUZBY"), "system.posting.fee"),
        (("VYDAJ", "VYBER", "SANKC. UROK"), "system.posting.penalty_interest"),
        (("PRIJEM", "VYBER", ""), None), (("PRIJEM", "PREVOD NA UCET", ""), None), (("PRIJEM", "", ""), None),
    ],
)  # fmt: skip
def test_each_kind_of_transaction(czech: tuple[str, str, str], code: str | None) -> None:
    assert meaning(*czech) is (BY_CODE[code] if code else None)


def test_english_labels_are_aliases(app: FileApp, tmp_path: Path) -> None:
    trans = ('1;7;930110;"Credit";"Credit in Cash";700.00;700.00;"";;\n'
             '2;7;930131;"Withdrawal";"Withdrawal in Cash";14.60;685.40;"Payment for Statement";;\n')  # fmt: skip
    app.run(small_berka(tmp_path / "in", trans), profile="berka")
    assert [BY_ROW[row].code for (row,) in app.rows("SELECT catalogue_id FROM interaction")] == [
        "branch.transaction.deposit", "system.posting.fee"]  # fmt: skip
