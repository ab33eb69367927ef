"""From a file of baskets and from a bank to rules, and from rules to a lawful list, on the command line."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from crmdesk.cli.main import main
from crmdesk.services import banks
from crmdesk.store import open_bank


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bank") / "b.crmdesk"
    banks.create(file, preset="tiny", customers=900, seed=3)
    return file


def ask(capsys: pytest.CaptureFixture[str], *words: object) -> Any:
    found = main([*map(str, words), "--json"])
    out, err = capsys.readouterr()
    assert found == 0, err
    return json.loads(out)


def test_a_list_holds_only_people_who_may_be_asked(
    bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run = ask(capsys, "mine", bank, "association.rules")
    assert run["metrics"]["rules_shown"]["value"] > 0
    file = tmp_path / "list.csv"
    found = ask(capsys, "offers", bank, run["run"], "--channel", "email", "--keep", "--out", file)
    assert found["offers"] and found["kept"] == len(found["offers"])
    assert found["considered"] == len(found["offers"]) + sum(found["rejected"].values())
    with file.open(encoding="utf-8", newline="") as stream:
        assert [row["customer"] for row in csv.DictReader(stream)] == [row["customer"] for row in found["offers"]]
    store = open_bank(bank)
    with store.reader() as raw:
        silent = {
            number for (number,) in raw.execute(
                "SELECT number FROM customer WHERE id NOT IN (SELECT customer_id FROM permission_event "
                "WHERE purpose = 'marketing' AND channel = 'email' AND status = 'granted')")
        }  # fmt: skip
    store.close()
    assert silent and not silent & {row["customer"] for row in found["offers"]}
    best = found["offers"][0]
    few = ask(capsys, "offers", bank, run["run"], "--channel", "email", "--product", best["product"], "--top", "1")
    assert [row["product"] for row in few["offers"]] == [best["product"]] and few["kept"] == 0


def test_baskets_from_a_file_read_no_customer(bank: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "baskets.csv"
    lines = ["bread,butter"] * 200 + ["bread,jam"] * 40 + ["jam,tea"] * 160 + ["butter"] * 100
    file.write_text("\n".join(lines) + "\n")
    run = ask(capsys, "mine", bank, "association.rules", "--basket", "table", "--table", file)
    assert run["population"] == {"eligible": 0, "excluded": {}}
    assert run["metrics"]["baskets"]["value"] == 500
    assert main(["mine", str(bank), "association.rules", "--basket", "table", "--table", str(file)]) == 0
    assert "\nNo data of the bank's customers was used.\n" in capsys.readouterr().out
    assert main(["offers", str(bank), run["run"], "--channel", "email"]) == 1
    assert "offer" in capsys.readouterr().err


def test_a_home_folder_of_nobody_is_a_wrong_use(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["mine", str(bank), "association.rules", "--basket", "table", "--table", "~nobody-here/baskets.csv"]
    assert main(words) == 2
    assert "nobody here has that home folder" in capsys.readouterr().err


def test_a_wrong_channel_is_a_wrong_use(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["offers", str(bank), "nothing", "--channel", "fax"]) == 2
    out, err = capsys.readouterr()
    assert out == "" and err.startswith("'fax' is no channel")


def test_a_rule_or_product_that_no_rule_names_is_a_wrong_use(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run = ask(capsys, "mine", bank, "association.rules")["run"]
    for words, told in (
        (("--rule", "9999"), "shows rules 1 to"),
        (("--product", "CUR"), "No rule of this run foretells"),
    ):
        assert main(["offers", str(bank), run, "--channel", "E-mail", *words]) == 2
        assert told in capsys.readouterr().err
