"""`verify` of a damaged bank: a few places in the store's own words, and how many problems that makes."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from crmdesk.cli.main import main
from tests import small_bank

PAGE, LEAF_OF_INDEX, LEAF_OF_TABLE = 4096, 10, 13


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("whole") / "b.crmdesk"
    small_bank.build(file).store.close()
    return file


@pytest.fixture
def bank(whole: Path, tmp_path: Path) -> Path:
    for end in ("", ".keys"):
        shutil.copyfile(f"{whole}{end}", tmp_path / f"b.crmdesk{end}")
    return tmp_path / "b.crmdesk"


def scribble(bank: Path) -> None:
    """A wrong count in the head of many pages: the store tells a line of each, all in one row of its answer."""
    content, many = bytearray(bank.read_bytes()), 0
    for at in range(PAGE, len(content), PAGE):
        if content[at] in (LEAF_OF_INDEX, LEAF_OF_TABLE):
            content[at + 7] ^= 0x3F
            many += 1
    assert many > 20
    bank.write_bytes(content)


def add_strange(bank: Path, many: int) -> None:
    with sqlite3.connect(bank) as raw:
        for at in range(many):
            raw.execute(f"CREATE TRIGGER strange_{at} AFTER INSERT ON run BEGIN SELECT 1; END")
    raw.close()


def test_a_broken_page_is_told_in_five_lines(bank: Path, capsys: pytest.CaptureFixture[str]) -> None:
    scribble(bank)
    assert main(["verify", str(bank), "--json"]) == 1
    told = [p["reason"] for p in json.loads(capsys.readouterr().out)["problems"] if p["check"] == "integrity"]
    assert len(told) == 5 and "more places" in told[-1]
    assert all("page" in line and "\n" not in line and "***" not in line for line in told[:-1])
    assert main(["verify", str(bank)]) == 1
    out, err = capsys.readouterr()
    assert sum("integrity:" in line for line in out.splitlines()) == 5 and " problems; " in err


@pytest.mark.parametrize(("many", "words"), [(1, "1 problem;"), (2, "2 problems;"), (22, "22 problems;")])
def test_problems_are_counted_in_words_that_fit(
    many: int, words: str, bank: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    add_strange(bank, many)
    assert main(["verify", str(bank)]) == 1
    out, err = capsys.readouterr()
    assert f"{bank} has {words}" in err
    assert ("and 2 more; --json lists them" in out) == (many > 20)
    assert out.count("is not crmdesk's") == min(many, 20)
