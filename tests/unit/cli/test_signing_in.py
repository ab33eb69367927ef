"""Commands on a bank with users and on an encrypted one: who gives them, what they may, and what waits for a second."""

import io
import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from crmdesk.cli.main import main
from crmdesk.cli.output import options
from crmdesk.services import customer_export, large_export
from crmdesk.store import open_bank
from crmdesk.store.queries import people
from tests import small_bank
from tests.two_people import CHEAP, ROLES, WORDS, build

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    for login, words in WORDS.items():
        (tmp_path / login).write_text(words + "\nthe second line says nothing\n", encoding="utf-8")
    return build(tmp_path / "b.crmdesk")


@pytest.fixture
def run(bank: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Gives a command as somebody: exit code, stdout, stderr. An error is one sentence and nothing on stdout."""

    def give(login: str, *words: object) -> tuple[int, str, str]:
        who = ["--user", login, "--passphrase-file", str(bank.parent / login)] if login else []
        code = main([*map(str, words), *who], cost=CHEAP)
        out, err = capsys.readouterr()
        assert "Traceback" not in err and (code == 0 or (out == "" and err.strip().count("\n") == 0)), err
        assert options.actor is None and options.given == ""
        return code, out, err

    return give


def acts(bank: Path, actor: str) -> list[str]:
    store = open_bank(bank)
    try:
        with store.reader() as raw:
            return [act for (act,) in raw.execute("SELECT act FROM audit_event WHERE actor = ? ORDER BY seq", (actor,))]
    finally:
        store.close()


def document(found: tuple[int, str, str]) -> Any:
    assert found[0] == 0, found[2]
    return json.loads(found[1])


def test_a_bank_with_users_asks_a_command_who_gives_it(run: Run, bank: Path) -> None:
    before = bank.read_bytes()
    for words in (["find", bank], ["user", bank], ["verify", bank], ["runs", bank], ["backup", bank, bank.parent / "k"],
                  ["proposals", bank], ["import", bank, bank.parent], ["bank", "encrypt", bank],
                  ["restore", bank.parent / "k", bank]):  # fmt: skip
        code, _, err = run("", *words)
        assert code == 1 and err.startswith(f"{bank} has users; give --user NAME and --passphrase-file"), words
    assert bank.read_bytes() == before
    code, _, err = run("", "find", bank, "--user", "dora")
    assert code == 1 and "--passphrase-file" in err  # no terminal and no file


def test_the_options_stand_anywhere_and_the_file_gives_its_first_line(run: Run, bank: Path) -> None:
    who = ["--user", "dora", f"--passphrase-file={bank.parent / 'dora'}"]
    for words in ([*who, "user", bank, "--json"], ["user", *who, bank, "--json"], ["user", bank, "--json", *who],
                  ["user", "--json", "--user=dora", bank, *who[2:]]):  # fmt: skip
        found = document(run("", *words))
        assert [u["login"] for u in found["users"] if u["me"]] == ["dora"]
    assert acts(bank, "dora")[-2:] == ["sign in", "sign out"]


def test_stdin_gives_the_passphrase(run: Run, bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(WORDS["dora"] + "\n"))
    assert run("", "proposals", bank, "--user", "dora", "--passphrase-file", "-")[0] == 0


@pytest.mark.parametrize(("content", "said"), [(None, "could not be read"), ("", "is empty"), ("\n", "is empty")])
def test_a_passphrase_file_that_is_none(run: Run, bank: Path, content: str | None, said: str) -> None:
    place = bank.parent / "words"
    if content is not None:
        place.write_text(content)
    code, _, err = run("", "runs", bank, "--user", "dora", "--passphrase-file", place)
    assert code == 1 and said in err


def test_a_wrong_one_counts_as_a_failed_sign_in_and_names_do_not_show(run: Run, bank: Path) -> None:
    (bank.parent / "wrong").write_text("no such thing")
    for left in ("4 tries", "3 tries", "2 tries", "1 try"):
        code, _, err = run("", "runs", bank, "--user", "ela", "--passphrase-file", bank.parent / "wrong")
        assert (code, err) == (1, f"Name or passphrase is wrong. {left} left before a 15-minute pause.\n")
    assert "Too many wrong tries" in run("", "verify", bank, "--user", "ela", "--passphrase-file",
                                         bank.parent / "wrong")[2]  # fmt: skip
    assert "Too many wrong tries" in run("ela", "runs", bank)[2]
    assert acts(bank, "ela")[-6:] == ["sign in refused"] * 4 + ["sign in paused"] * 2
    assert run("dora", "runs", bank)[0] == 0


@pytest.mark.parametrize(("login", "allowed", "refused"), [
    ("ela", ["user", "backup", "verify", "proposals"], ["find", "runs", "permissions", "tasks"]),
    ("dora", ["user", "find", "runs", "verify", "permissions", "proposals"], ["backup", "import", "recovery"]),
    ("anna", ["find", "runs", "proposals"], ["user", "backup", "verify", "import", "tasks", "recovery"]),
])  # fmt: skip
def test_a_command_may_what_its_person_may(
    run: Run, bank: Path, login: str, allowed: list[str], refused: list[str]
) -> None:
    more = {"backup": [bank, bank.parent / "k.crmdesk"], "import": [bank, bank.parent]}
    for name in allowed + refused:
        head = ["bank", "recovery"] if name == "recovery" else [name]
        code, _, err = run(login, *head, *more.get(name, [bank]))
        assert (code, "this right belongs to" in err) == ((0, False) if name in allowed else (1, True)), (name, err)


def test_a_second_person_by_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.crmdesk"
    small_bank.build(file).store.close()
    (tmp_path / "mine").write_text("blue horses run")
    words = ["user", file, "second", "dora", "--name", "Dora", "--role", "dpo", "--me", "ela", "--my-name", "Ela",
             "--my-role", "admin", "--json"]  # fmt: skip
    assert main([*map(str, words)], cost=CHEAP) == 1
    assert "asked on a terminal" in capsys.readouterr().err
    words += ["--passphrase-file", tmp_path / "mine"]
    assert main([*map(str, words)], cost=CHEAP) == 0
    given = json.loads(capsys.readouterr().out)
    assert given["login"] == "dora"
    (tmp_path / "once").write_text(given["password"])
    (tmp_path / "new").write_text("green horses walk")
    dora = ["--user", "dora", "--passphrase-file"]
    assert main(["proposals", str(file), *dora, str(tmp_path / "once")], cost=CHEAP) == 1
    assert "one-time password" in capsys.readouterr().err
    change = ["user", str(file), "password", *dora, str(tmp_path / "once"), "--new-passphrase-file"]
    assert main([*change, str(tmp_path / "once")], cost=CHEAP) == 2  # the same again
    assert main([*change, str(tmp_path / "new")], cost=CHEAP) == 0
    capsys.readouterr()
    assert main(["proposals", str(file), *dora, str(tmp_path / "new")], cost=CHEAP) == 0


def test_people_come_change_and_go(run: Run, bank: Path) -> None:
    added = document(run("ela", "user", bank, "add", "olga", "--name", "Olga", "--role", "teller", "--role", "mk",
                         "--branch", "B2", "--json"))  # fmt: skip
    assert added["login"] == "olga" and len(added["password"]) == 19
    code, _, err = run("ela", "user", bank, "roles", "olga", "--role", "admin", "--role", "dpo")
    assert (code == 2 and "both administrator and data protection officer" in err) or "data protection officer" in err
    assert run("ela", "user", bank, "roles", "olga", "--role", "relationship manager")[0] == 0
    assert run("ela", "user", bank, "move", "olga")[0] == 0
    rows = {u["login"]: u for u in document(run("dora", "user", bank, "list", "--json"))["users"]}
    assert rows["olga"]["roles"] == ["relationship_manager"] and rows["olga"]["branch"] == ""
    assert set(rows) == {*ROLES, "olga"} and "password" not in str(rows)
    again = document(run("ela", "user", bank, "reset", "olga", "--json"))
    assert again["password"] != added["password"]
    assert run("ela", "user", bank, "end", "olga")[0] == 0
    assert "left" in run("ela", "user", bank)[1]
    assert document(run("ela", "user", bank, "reopen", "olga", "--role", "auditor", "--json"))["login"] == "olga"
    for words, said in ((["end", "ela"], "to yourself"), (["end", "nobody"], "works here"), (["end"], "name it"),
                        (["list", "ela"], "leave the name out"), (["dance", "ela"], "is nothing to do"),
                        (["roles", "anna", "--role", "king"], "is no role"),
                        (["add", "nora", "--name", "N", "--role", "mk", "--branch", "XX"], "XX; choose one of B"),
                        (["add", "ela", "--name", "E", "--role", "admin"], "is taken")):  # fmt: skip
        code, _, err = run("ela", "user", bank, *words)
        assert code in (1, 2) and said in err, words


def test_an_import_and_a_restore_are_refused_naming_the_page_asked_for_and_done(run: Run, bank: Path) -> None:
    source, kept = bank.parent / "source", bank.parent / "k.crmdesk"
    source.mkdir()
    (source / "customers.csv").write_text("customer,kind,given_name,family_name\nC-900001,person,Ida,Holm\n")
    assert run("ela", "backup", bank, kept)[0] == 0
    for key, words in ((1, ["import", bank, source]), (2, ["restore", kept, bank])):
        code, _, err = run("ela", *words)
        assert code == 1 and "Administration > Second person" in err
        assert err.endswith('Ask for it with --ask "WHY"; crmdesk proposals FILE shows what waits.\n')
        assert document(run("ela", *words, "--ask", "the new branch", "--json")) == {"proposal": key}
        again = run("ela", *words)[2]
        assert "not answered yet" in again and "--ask" not in again and "proposals FILE shows what waits" in again
        assert "yourself" in run("ela", "proposals", bank, "approve", key)[2]
        (row,) = document(run("dora", "proposals", bank, "--json"))["proposals"]
        assert (row["id"], row["state"], row["reason"]) == (key, "open", "the new branch")
        assert run("dora", "proposals", bank, "approve", key)[0] == 0
        assert run("ela", *words)[0] == 0
        assert run("ela", *words)[0] == 1
    assert "Say what to do" in run("dora", "proposals", bank, "approve")[2]
    assert document(run("dora", "proposals", bank, "--past", "--json")) == {"proposals": []}  # the backup had none


def test_a_large_export_is_asked_for(run: Run, bank: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(large_export, "ALONE", 0)
    assert run("ela", "user", bank, "roles", "anna", "--role", "marketing")[0] == 0
    words = ["export", bank, bank.parent / "o.csv", "--purpose", "marketing", "--channel", "email"]
    code, _, err = run("anna", *words)
    assert code == 1 and "needs a second person" in err and not (bank.parent / "o.csv").exists()
    key = document(run("anna", *words, "--ask", "the letter", "--json"))["proposal"]
    (row,) = document(run("dora", "proposals", bank, "--json"))["proposals"]
    assert row["details"]["purpose"] == "offers by e-mail" and int(row["details"]["rows"]) >= 1
    assert run("dora", "proposals", bank, "refuse", key)[0] == 2
    assert run("dora", "proposals", bank, "approve", key)[0] == 0
    assert "needs a second person" in run("anna", *words, "--columns", "number")[2]  # other columns, other approval
    assert run("anna", *words)[0] == 0 and (bank.parent / "o.csv").exists()
    assert customer_export.PURPOSES and "export customers" in acts(bank, "anna")


def test_encrypting_prints_the_key_once_and_the_passphrase_opens(run: Run, bank: Path) -> None:
    done = run("ela", "bank", "encrypt", bank, "--json")
    found = document(done)
    assert sorted(found["others"]) == ["anna", "dora"] and "anna" in done[2] and len(found["recovery_key"]) == 39
    assert bank.read_bytes()[:15] != b"SQLite format 3"
    assert document(run("ela", "verify", bank, "--json"))["audit_key"] == "wrapped"
    code, _, err = run("dora", "proposals", bank)
    assert code == 1 and "4 tries left" in err and "a new one from an administrator" in err
    assert f"crmdesk user {bank} reset NAME" in done[2]
    assert run("ela", "backup", bank, bank.parent / "k.crmdesk")[0] == 0
    assert document(run("ela", "bank", "recovery", bank, "--json"))["recovery_key"] != found["recovery_key"]
    once = document(run("ela", "user", bank, "reset", "dora", "--json"))["password"]
    (bank.parent / "once").write_text(once)
    change = ["user", bank, "password", "--user", "dora", "--passphrase-file", bank.parent / "once"]
    assert run("", *change, "--new-passphrase-file", bank.parent / "dora")[0] == 0
    assert run("dora", "proposals", bank)[0] == 0
    assert run("ela", "bank", "encrypt", bank)[0] == 1


def test_the_recovery_key_leads_an_administrator_back_in(run: Run, bank: Path) -> None:
    key, new = bank.parent / "key", bank.parent / "new"
    new.write_text("a quiet black horse")
    recover = ["user", bank, "recover", "ela", "--passphrase-file", key, "--new-passphrase-file", new]
    key.write_text("ABCD-EFGH")
    assert "not encrypted" in run("", *recover)[2]
    key.write_text(document(run("ela", "bank", "encrypt", bank, "--json"))["recovery_key"] + "\n")
    assert "on a terminal" in run("", "user", bank, "recover", "ela", "--new-passphrase-file", new)[2]
    assert "name it" in run("", "user", bank, "recover", *recover[4:])[2]
    assert "no administrator" in run("", *recover[:3], "anna", *recover[4:])[2]
    code, _, err = run("", *recover[:6], "--new-passphrase-file", key)
    assert code == 2 and "is a recovery key" in err
    assert run("ela", "verify", bank)[0] == 0  # nothing was changed so far
    assert document(run("", *recover, "--json")) == {"login": "ela"}
    assert run("ela", "verify", bank)[0] == 1
    (bank.parent / "ela").write_text("a quiet black horse")
    assert run("ela", "verify", bank)[0] == 0
    assert "reset NAME" in run("", *recover)[1]  # the key stays as it is


def test_the_recovery_key_of_a_bank_of_one_person_is_its_passphrase(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, words = tmp_path / "p.crmdesk", tmp_path / "words"
    small_bank.build(file).store.close()
    words.write_text("a quiet brown horse")
    assert main(["bank", "encrypt", str(file), "--new-passphrase-file", str(words), "--json"], cost=CHEAP) == 0
    key = tmp_path / "key"
    key.write_text(json.loads(capsys.readouterr().out)["recovery_key"])
    assert main(["user", str(file), "recover", "ela", "--passphrase-file", str(key)], cost=CHEAP) == 1
    assert f"crmdesk user {file} password" in capsys.readouterr().err
    words.write_text("a quiet white horse")
    told = ["user", str(file), "password", "--passphrase-file", str(key), "--new-passphrase-file", str(words)]
    assert main(told, cost=CHEAP) == 0
    assert main(["find", str(file), "--passphrase-file", str(words)], cost=CHEAP) == 0


def test_an_encrypted_bank_of_one_person_needs_no_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "p.crmdesk"
    small_bank.build(file).store.close()
    (tmp_path / "words").write_text("a quiet brown horse")
    encrypt = ["bank", "encrypt", str(file), "--new-passphrase-file", str(tmp_path / "words")]
    assert main(encrypt, cost=CHEAP) == 0
    capsys.readouterr()
    assert main(["find", str(file)], cost=CHEAP) == 1
    assert capsys.readouterr().err == f"{file} is encrypted; give --passphrase-file PATH (- for stdin).\n"
    assert main(["find", str(file), "--passphrase-file", str(tmp_path / "words")], cost=CHEAP) == 0
    assert "Ada" in capsys.readouterr().out


def test_a_damaged_bank_can_still_be_restored_by_who_the_backup_knows(run: Run, bank: Path) -> None:
    kept = bank.parent / "k.crmdesk"
    assert run("ela", "backup", bank, kept)[0] == 0
    bank.write_bytes(b"x" * 40_000)
    code, _, err = run("", "restore", kept, bank)
    assert code == 1 and "has users" in err
    assert run("anna", "restore", kept, bank)[0] == 1
    assert run("ela", "restore", kept, bank)[0] == 0
    assert run("dora", "verify", bank)[0] == 0


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a terminal of its own needs a Unix")
def test_on_a_terminal_the_passphrase_is_asked_and_not_shown(bank: Path) -> None:
    store = open_bank(bank)
    try:
        with store.reader() as raw:
            assert people.person(raw, "dora") is not None
    finally:
        store.close()
    outer, inner = pty.openpty()
    command = [sys.executable, "-m", "crmdesk", "proposals", str(bank), "--user", "dora"]
    child = subprocess.Popen(command, stdin=inner, stdout=subprocess.PIPE, stderr=inner, start_new_session=True)
    os.close(inner)
    seen = b""
    until = time.monotonic() + 60
    while b"Passphrase:" not in seen and time.monotonic() < until:
        seen += os.read(outer, 1024)
    os.write(outer, WORDS["dora"].encode() + b"\n")
    out, _ = child.communicate(timeout=60)
    assert child.returncode == 0 and out.startswith(b"Nothing waits") and WORDS["dora"].encode() not in seen
    os.close(outer)
