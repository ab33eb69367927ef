"""A morning at the branch on the command line: find, look, correct, take back, record, withdraw, export."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from crmdesk.cli.main import main
from crmdesk.cli.output import me, opened
from crmdesk.cli.where import chip
from crmdesk.domain.errors import BadInput
from crmdesk.services import banks
from crmdesk.services.list_fields import FilterField


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    file = tmp_path / "b.crmdesk"
    banks.create(file, preset="tiny", seed=3)
    return file


def ask(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    found = main([*map(str, words), "--json"])
    out, err = capsys.readouterr()
    assert found == 0, err
    return json.loads(out)


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert main([*map(str, words)]) in (1, 2)
    out, err = capsys.readouterr()
    assert out == "" and err.count("\n") == 1
    return err


def test_a_wrong_city_is_corrected_seen_in_the_history_and_taken_back(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    number = ask(capsys, "find", bank)["customers"][0]["number"]
    before = ask(capsys, "show", bank, number)["city"]
    ask(capsys, "edit", bank, number, "city=Moda")
    assert ask(capsys, "show", bank, number)["city"] == "Moda"
    assert ask(capsys, "undo", bank)["what"] == f"city of {number}"
    assert ask(capsys, "show", bank, number)["city"] == before
    changes = ask(capsys, "history", bank, number)["changes"]
    assert [(c["field"], c["before"], c["after"]) for c in changes] == [
        ("city", "Moda", before), ("city", before, "Moda")]  # fmt: skip
    assert main(["redo", str(bank)]) == 0
    assert capsys.readouterr().out == f"Done again: city of {number} (1 row).\n"
    assert ask(capsys, "show", bank, number)["city"] == "Moda"


def test_a_prospect_is_added_and_found_by_the_last_digits(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = ask(capsys, "add", bank, "family_name=Demir", "phone=+90 532 123 98 76", "country=TR", "branch=HO")
    assert [c["number"] for c in ask(capsys, "find", bank, "5321239876")["customers"]] == [made["number"]]
    assert made["number"] in [c["number"] for c in ask(capsys, "find", bank, "9876")["customers"]]
    assert "telephone number" in refused(capsys, "edit", bank, made["number"], "phone=12")


def test_a_withdrawal_counts_at_once_and_the_export_obeys(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reached = ask(capsys, "find", bank, "--where", "marketing=email", "--top", "256")["customers"]
    numbers = {c["number"] for c in reached}
    gone = reached[0]["number"]
    told = ask(capsys, "permission", bank, gone, "withdrawn", "--channel", "email")
    assert "withdrawn" in told["may_contact"]
    file = tmp_path / "list.csv"
    done = ask(capsys, "export", bank, file, "--purpose", "marketing", "--channel", "email")
    with file.open(encoding="utf-8-sig", newline="") as stream:
        rows = [row[0] for row in csv.reader(stream) if row]
    assert gone not in rows and done["rows"] == len(set(rows) & numbers) <= len(numbers) - 1
    cells = {(c["purpose"], c["channel"]): c for c in ask(capsys, "permissions", bank, gone)["cells"]}
    assert cells["marketing", "email"]["state"] == "withdrawn" and not cells["marketing", "email"]["allowed"]
    counted = {(r["purpose"], r["channel"]): r["states"] for r in ask(capsys, "permissions", bank)["rows"]}
    assert counted["marketing", "email"]["withdrawn"] >= 1


def test_a_grant_needs_a_notice_and_proof(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = ask(capsys, "find", bank)["customers"][0]["number"]
    grant = ("permission", bank, number, "granted", "--channel", "phone")
    assert "notice" in refused(capsys, *grant)
    notice = ask(capsys, "notices", bank, "--add", "marketing-2", "--text", "May we tell you about our products?")
    shown = next(n["id"] for n in notice["notices"] if n["code"] == "marketing-2")
    assert "evidence" in refused(capsys, *grant, "--notice", shown)
    proven = (*grant, "--notice", shown, "--evidence", "Signed form in the branch")
    assert "how the customer answered" in refused(capsys, *proven)
    survey = next(n["id"] for n in notice["notices"] if n["code"].startswith("survey"))
    wrong = (*grant, "--notice", survey, "--evidence", "Signed form", "--source", "form")
    assert "asks for survey" in refused(capsys, *wrong)
    ask(capsys, *proven, "--source", "form")
    assert "phone" in ask(capsys, "find", bank, number)["customers"][0]["may_contact"]
    assert main(["receipt", str(bank), number]) == 0
    receipt = json.loads(capsys.readouterr().out)
    assert {"receipt_metadata", "consent_records"} <= set(receipt)
    file = bank.with_name("receipt.json")
    assert main(["receipt", str(bank), number, "--out", str(file)]) == 0
    assert json.loads(capsys.readouterr().out) == json.loads(file.read_text(encoding="utf-8"))  # one receipt, not two


def test_only_combinations_of_the_catalogue_are_recorded(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = ask(capsys, "find", bank)["customers"][0]["number"]
    assert ask(capsys, "interaction", bank, number, "branch.support.general_question")["id"] > 0
    assert "not a combination" in refused(capsys, "interaction", bank, number, "atm.promotional.promotion")


def test_conditions_as_people_type_them() -> None:
    assert chip("product!=loan").op == "is_not" and chip("joined>=2024-01-01").values == ("2024-01-01",)
    assert chip("city~a,b").values == ("a,b",)
    with pytest.raises(BadInput, match="no condition"):
        chip("whatever")


def test_a_list_that_is_not_there_names_those_that_are(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "none yet" in refused(capsys, "find", bank, "--list", "My people")


def test_a_list_whose_filter_holds_no_more_is_never_everybody(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(bank) as app, app.store.write() as session:
        kept = {"text": "", "filters": [{"field": "shoe", "op": "is", "values": ["1"]}]}
        session.connection().exec_driver_sql(
            "INSERT INTO saved_search (name, owner, shared, query, made_at, version) VALUES (?, ?, 1, ?, ?, 1)",
            ("Shoes", "mia", json.dumps(kept), "2026-01-01 00:00:00.000000"),
        )
    file = tmp_path / "list.csv"
    assert "cannot be used" in refused(capsys, "export", bank, file, "--purpose", "service", "--list", "Shoes")
    assert not file.exists()
    assert "shoe" in refused(capsys, "mine", bank, "association.rules", "--list", "Shoes")


def test_ones_own_list_comes_before_one_that_a_colleague_shares(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with opened(bank) as app, app.store.write() as session:
        for owner, text in (("\U0010ffff", "nobody at all"), (me().login, "")):
            kept = {"text": text, "filters": []}
            session.connection().exec_driver_sql(
                "INSERT INTO saved_search (name, owner, shared, query, made_at, version) VALUES (?, ?, 1, ?, ?, 1)",
                ("Mine", owner, json.dumps(kept), "2026-01-01 00:00:00.000000"),
            )
    assert ask(capsys, "find", bank, "--list", "Mine")["count"] == 300


def test_a_day_ends_with_its_last_instant(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    at = ask(capsys, "permissions", bank, "--at", "2026-03-01")["at"]
    assert at.startswith("2026-03-01 23:59:59.999999")


def test_a_run_on_some_customers_counts_the_others_as_outside(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    inside = ask(capsys, "find", bank, "--where", "product=current")["count"]
    run = ask(capsys, "mine", bank, "association.rules", "--where", "product=current")
    population = run["population"]
    outside = population["excluded"]["outside_the_population"]
    assert 0 < outside == 300 - inside
    assert population["eligible"] + sum(population["excluded"].values()) == 300


def test_a_colleague_is_added_and_listed(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert [one["me"] for one in ask(capsys, "staff", bank)["staff"]].count(True) == 1
    found = ask(capsys, "staff", bank, "--add", "mira", "--name", "Mira Kurt", "--branch", "HO")["staff"]
    assert {"login": "mira", "name": "Mira Kurt", "branch": "Head office", "me": False} in found
    assert "taken" in refused(capsys, "staff", bank, "--add", "mira", "--name", "Another")
    assert "no branch" in refused(capsys, "staff", bank, "--add", "ali", "--name", "Ali", "--branch", "XX")
    assert "--add" in refused(capsys, "staff", bank, "--name", "Ali")


def test_an_export_can_be_mailed_as_it_is(bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.csv"
    order = ("export", bank, file, "--purpose", "marketing", "--channel", "email")
    done = ask(capsys, *order)
    with file.open(encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    assert head == ["Number", "Name", "E-mail"] and len(rows) == done["rows"] > 0
    assert all(len(row) == 3 for row in rows) and any("@" in row[2] for row in rows)
    about = json.loads(file.with_name("list.csv.about.json").read_text(encoding="utf-8"))
    assert about["Bank"] == "b" and about["Purpose"] == "offers by e-mail" and about["Rows"] == str(len(rows))
    before = file.read_bytes()
    assert "--replace" in refused(capsys, *order, "--columns", "name")
    assert file.read_bytes() == before
    assert "no column" in refused(capsys, *order, "--replace", "--columns", " ")
    ask(capsys, *order, "--replace", "--columns", "name")
    assert file.read_text(encoding="utf-8").splitlines()[0] == "Name"


def test_a_customer_who_is_here_already_is_named_before_a_second_one_is_made(
    bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    new = ("add", bank, "given_name=Zoe", "country=TR", "phone=+90 532 123 98 76")
    first = ask(capsys, *new, "family_name=Demir")["number"]
    told = refused(capsys, *new, "family_name=Test")
    assert first in told and "Zoe Demir" in told and "same phone" in told and "--anyway" in told
    assert ask(capsys, "find", bank, "5321239876")["count"] == 1
    assert ask(capsys, *new, "family_name=Test", "--anyway")["number"] != first
    assert ask(capsys, "find", bank, "5321239876")["count"] == 2


def test_values_are_typed_as_the_list_shows_them(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    by_code = ask(capsys, "find", bank, "--where", "branch=HO")["count"]
    assert ask(capsys, "find", bank, "--where", "marketing=E-mail")["count"] == (
        ask(capsys, "find", bank, "--where", "marketing=email")["count"]) > 0  # fmt: skip
    assert ask(capsys, "find", bank, "--where", "kind=person")["count"] == (
        ask(capsys, "find", bank, "--where", "kind=PERSON")["count"]) > 0  # fmt: skip
    assert ask(capsys, "find", bank, "--where", "branch=head office")["count"] == by_code
    for condition in ("branch=nonsense", "source=pigeon", "manager=nobody-at-all", "prospect=maybe", "segment=x"):
        said = refused(capsys, "find", bank, "--where", condition)
        assert f"is not known for '{condition.partition('=')[0]}'; " in said
    assert refused(capsys, "find", bank, "--where", "product=x").startswith("'x' is not known for 'has'; ")
    assert "HO (" in refused(capsys, "find", bank, "--where", "branch=nonsense")


def test_a_name_with_a_comma_is_one_value_quoted_or_not() -> None:
    segments = FilterField("segment", "Segment", "choice", (("A2", "Online, middle"), ("A3", "Online, high")))
    known = {"segment": segments}
    assert chip("segment=Online, middle", known).values == ("A2",)
    assert chip('segment="Online, high",A2', known).values == ("A3", "A2")
    assert chip("segment!=online,high, A2", known).values == ("A3", "A2")
    with pytest.raises(BadInput, match=r"'Online' is not known for 'segment'; choose one of A2 \(Online, middle\), A3"):
        chip("segment=Online", known)


def test_a_misspelled_name_is_answered_with_near_ones(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name = ask(capsys, "find", bank)["customers"][0]["name"].split()[-1]
    slip = f"{name[:-2]}{name[-1]}{name[-2]}x"
    found = ask(capsys, "find", bank, slip)
    assert found["count"] == 0 and name in found["near"]
    assert ask(capsys, "find", bank, name)["near"] == []


def test_a_refusal_lists_what_may_be_typed_in_one_sentence(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = ask(capsys, "find", bank)["customers"][0]["number"]
    assert "birth_date" in refused(capsys, "edit", bank, number, "born=1980-01-01")
    assert "--codes" in refused(capsys, "interaction", bank, number, "foo")
    assert "--codes" in refused(capsys, "interaction", bank)
    codes = [c["code"] for c in ask(capsys, "interaction", bank, "--codes")["codes"]]
    assert "branch.support.general_question" in codes and ask(capsys, "interaction", bank, number, codes[0])["id"] > 0
    told = refused(capsys, "permission", bank, number, "granted", "--notice", "x")
    assert "parse" not in told and "Input" not in told and told.count(". ") == 0


def test_states_are_told_in_the_words_of_the_desk(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    number = ask(capsys, "find", bank)["customers"][0]["number"]
    ask(capsys, "permission", bank, number, "asked", "--purpose", "sharing", "--channel", "sms")
    assert main(["permissions", str(bank), number]) == 0
    told = {tuple(line.split()[:2]): line for line in capsys.readouterr().out.splitlines()}
    assert " asked" in told["sharing", "sms"] and "pending" not in told["sharing", "sms"]
