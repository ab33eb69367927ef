"""The same refusals on the command line: who signs in there may do what the matrix gives, and sees no more of it."""

import re
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from crmdesk.cli.main import main
from tests.unit.services.rights.rights_bank import CHEAP, LOGIN_OF, PASSWORD, PLACES, Desk, mark
from tests.unit.services.rights.rights_expected import ROLES, expected
from tests.unit.services.rights.rights_leaks import leaks
from tests.unit.services.rights.rights_recipes import Ask

# A command to the service whose right it needs, and its words after the file, "@" for the file itself.
Words = Callable[[Ask], list[str]]
ABOUT_ONE: Final[dict[str, tuple[str, Words]]] = {
    "show": ("customer_card.get", lambda a: ["show", "@", a.number]),
    "edit": ("customer_edit.edit", lambda a: ["edit", "@", a.number, "occupation=clerk"]),
    "interaction": ("interactions.record", lambda a: [
        "interaction", "@", a.number, "branch.support.general_question"]),
    "history": ("history.of_customer", lambda a: ["history", "@", a.number]),
    "permissions": ("permissions.grid", lambda a: ["permissions", "@", a.number]),
    "permission": ("permission_record.withdraw", lambda a: ["permission", "@", a.number, "withdrawn"]),
    "permission objected": ("permission_record.objection", lambda a: ["permission", "@", a.number, "objected"]),
    "receipt": ("receipts.receipt", lambda a: ["receipt", "@", a.number]),
}  # fmt: skip
ABOUT_ALL: Final[dict[str, tuple[str, Words]]] = {
    "find": ("customers.find", lambda a: ["find", "@", mark("family", 1)]),
    "add": ("customer_edit.create", lambda a: ["add", "@", "family_name=Newcomer", "--anyway"]),
    "codes": ("interactions.choices", lambda a: ["interaction", "@", "--codes"]),
    "tasks": ("tasks.due", lambda a: ["tasks", "@", "--everyone"]),
    "export": ("customer_export.write", lambda a: ["export", "@", str(a.folder / "x.csv"), "--purpose", "marketing",
                                                   "--channel", "email", "--columns", "number"]),
    "undo": ("history.undo", lambda a: ["undo", "@"]),
    "redo": ("history.redo", lambda a: ["redo", "@"]),
    "notices": ("notices.current", lambda a: ["notices", "@"]),
    "notices add": ("notices.add", lambda a: ["notices", "@", "--add", "survey-1", "--text", "May we ask?"]),
    "runs": ("runs.runs", lambda a: ["runs", "@"]),
    "mine": ("mining.run", lambda a: ["mine", "@", "no.such_analysis", "--inline"]),
    "rerun": ("rerun.rerun", lambda a: ["rerun", "@", "no-such-run"]),
    "score": ("scoring.score", lambda a: ["score", "@", "no-such-run"]),
    "offers": ("offers.candidates", lambda a: ["offers", "@", "no-such-run", "--channel", "email"]),
    "staff": ("staff.people", lambda a: ["staff", "@"]),
    "staff add": ("staff.add", lambda a: ["staff", "@", "--add", "nora", "--name", "Nora"]),
    "user list": ("users.users", lambda a: ["user", "@", "list"]),
    "user end": ("users.end", lambda a: ["user", "@", "end", "nobody"]),
    "user assign": ("assigning.assign", lambda a: ["user", "@", "assign", "nobody", "--branch", "B2"]),
    "proposals": ("proposals.open_ones", lambda a: ["proposals", "@"]),
    "backup": ("backup.backup", lambda a: ["backup", "@", str(a.folder / "copy.crmdesk")]),
    "verify": ("backup.verify", lambda a: ["verify", "@"]),
    "restore": ("backup.restore", lambda a: ["restore", str(a.desk.pristine), "@"]),
    "import": ("run.run", lambda a: ["import", "@", str(a.folder / "nowhere")]),
    "bank encrypt": ("encryption.encrypt", lambda a: [
        "bank", "encrypt", "@", "--new-passphrase-file", str(a.file("new.txt", "short\n"))]),
    "bank recovery": ("encryption.new_recovery_key", lambda a: ["bank", "recovery", "@"]),
}  # fmt: skip
COMMANDS: Final = {**ABOUT_ONE, **ABOUT_ALL}
REFUSAL: Final = re.compile(
    r"may not |another branch|looked after by|one customer at a time|belongs to: |Your role exports no"
)
EXPECTED = expected()


def copy(desk: Desk, folder: Path) -> Path:
    """A copy of the bank that no window has open."""
    found = folder / "copy" / "bank.crmdesk"
    found.parent.mkdir(parents=True)
    shutil.copyfile(desk.pristine, found)
    shutil.copyfile(f"{desk.pristine}.keys", f"{found}.keys")
    return found


def run(file: Path, words: list[str], login: str, *, password: str = PASSWORD) -> int:
    """The exit code of one command of one person."""
    kept = file.with_name("password.txt")
    kept.write_text(password + "\n", encoding="utf-8")
    argv = [str(file) if word == "@" else word for word in words]
    return main(["--safe-mode", *argv, "--user", login, "--passphrase-file", str(kept)], cost=CHEAP)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_each_command_is_refused_to_whom_its_service_is(
    command: str, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    service, words = COMMANDS[command]
    wrong = []
    for role in ROLES:
        for place in PLACES if command in ABOUT_ONE else PLACES[:1]:
            folder = tmp_path / f"{role.value}-{place}"
            folder.mkdir()
            login = LOGIN_OF[role]
            ask = Ask(desk, login, place, folder)
            code = run(copy(desk, folder), words(ask), login)
            out, said = capsys.readouterr()
            refused = code == 1 and bool(REFUSAL.search(said))
            if refused == (place in EXPECTED[service][role]):
                wrong.append(f"{login} ({role.value}), {place}: exit {code}: {said.strip()}")
            wrong += [f"{place}: {leak}" for leak in leaks([out, said.replace(ask.number, "")], role, login, service)]
    assert not wrong, f"crmdesk {command} is not as the specification has it:\n" + "\n".join(wrong)


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_no_command_opens_a_bank_with_users_for_who_does_not_sign_in(
    command: str, desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = copy(desk, tmp_path)
    words = [str(file) if word == "@" else word for word in COMMANDS[command][1](Ask(desk, "rita", "own", tmp_path))]
    assert main(["--safe-mode", *words], cost=CHEAP) == 1
    out, said = capsys.readouterr()
    assert not out and "--user NAME" in said and len(said.strip().splitlines()) == 1
    assert run(file, words, "rita", password="something else entirely") == 1
    out, said = capsys.readouterr()
    assert not out and "wrong" in said
    assert not leaks([out, said], ROLES[5], "adam", command)


def test_the_officer_reads_in_clear_with_a_reason_and_every_search_is_in_the_audit(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = copy(desk, tmp_path)
    name, number = mark("family", 1), Ask(desk, "dora", "own", tmp_path).number
    for command in ("show", "history"):
        assert run(file, [command, "@", number], "dora") == 0
        assert name not in capsys.readouterr().out
        assert run(file, [command, "@", number, "--reason", "no"], "dora") == 1
        assert "only with a reason" in capsys.readouterr().err
        assert run(file, [command, "@", number, "--reason", "a request for access"], "dora") == 0
        assert command == "history" or name in capsys.readouterr().out
    opened = acts(file).count("read customer")
    assert opened == 4  # two commands, twice each
    assert run(file, ["permissions", "@", number], "dora") == 0
    assert acts(file).count("read customer") == opened + 1
    capsys.readouterr()
    assert run(file, ["find", "@", "x"], "tina") == 0
    assert "Type at least 2 letters or digits" in capsys.readouterr().out
    assert acts(file).count("search") == 1
    assert acts(file).count("read in clear") == 2 and acts(file).count("read history") == 1


def acts(file: Path) -> list[str]:
    with sqlite3.connect(file) as raw:
        return [act for (act,) in raw.execute("SELECT act FROM audit_event")]
