"""`crmdesk user FILE assign`: an administrator gives the customers of a branch without a manager to one."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crmdesk.cli.main import main
from tests.two_people import CHEAP, WORDS, build

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    bank = build(tmp_path / "b.crmdesk")
    for login, words in WORDS.items():
        (tmp_path / login).write_text(words + "\n", encoding="utf-8")

    def give(login: str, *words: str) -> tuple[int, str, str]:
        who = ["--user", login, "--passphrase-file", str(tmp_path / login)]
        code = main(["user", str(bank), *words, *who], cost=CHEAP)
        out, err = capsys.readouterr()
        assert "Traceback" not in err and (code == 0 or (out == "" and err.strip().count("\n") == 0)), err
        return code, out, err

    return give


def test_a_branch_without_a_manager_is_given_and_that_of_who_left_too(run: Run) -> None:
    for login in ("olga", "rana"):
        assert run("ela", "add", login, "--name", login.title(), "--role", "rm", "--branch", "B2")[0] == 0
    code, _, err = run("ela", "assign", "olga")
    assert code == 2 and "B2 (1)" in err
    code, out, err = run("ela", "assign", "olga", "--branch", "B2", "--json")
    assert code == 0 and json.loads(out)["count"] == 1, err
    assert "nobody to give" in run("ela", "assign", "rana", "--branch", "B2")[2]
    assert run("ela", "end", "olga")[0] == 0
    assert "B2 (1 of olga)" in run("ela", "assign", "rana")[2]
    code, out, err = run("ela", "assign", "rana", "--branch", "B2", "--of", "olga")
    assert code == 0 and out.strip() == "rana looks after 1 more customer from now on.", err


def test_nobody_but_the_administrator_gives_and_only_to_a_manager(run: Run) -> None:
    for words in (["assign", "anna"], ["assign", "anna", "--branch", "B2"]):
        code, _, err = run("dora", *words)
        assert code == 1 and "manage users" in err
    code, _, err = run("ela", "assign", "anna", "--branch", "B2")
    assert code == 2 and "Anna Kaya is no relationship manager" in err
    assert run("ela", "assign", "anna", "--of", "dora")[0] == 2
