"""Commands answer once on stdout, give one sentence for what went wrong, and change nothing then."""

import csv
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from crmdesk.cli.main import main
from crmdesk.cli.mine import raw_params
from crmdesk.domain.errors import BadInput
from crmdesk.services import banks
from crmdesk.store import create_bank, open_bank


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small invented bank; tests of this module only read it or add runs."""
    file = tmp_path_factory.mktemp("bank") / "tiny.crmdesk"
    banks.create(file, preset="tiny", customers=600, seed=3)
    return file


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    create_bank(tmp_path / "e.crmdesk").close()
    return tmp_path / "e.crmdesk"


def ask(capsys: pytest.CaptureFixture[str], *words: object, code: int = 0) -> Any:
    """Runs a command with --json and returns its document."""
    found = main([str(w) for w in words] + ["--json"])
    out, err = capsys.readouterr()
    assert found == code, err
    return json.loads(out)


def refused(capsys: pytest.CaptureFixture[str], *words: object, code: int) -> str:
    """Runs a command that must fail: stdout empty, exactly one sentence on stderr."""
    found = main([str(w) for w in words])
    out, err = capsys.readouterr()
    assert (found, out) == (code, ""), err
    assert err.count("\n") == 1 and "Traceback" not in err and err.strip().endswith((".", "empty", "…", ")")), err
    return err


def content(file: Path) -> bytes:
    return file.read_bytes()


def test_create_says_what_it_made(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "b.crmdesk"
    found = ask(capsys, "bank", "create", file)
    assert list(found) == ["file", "preset", "customers", "seed", "tables", "truth", "files"]
    assert found["preset"] == "empty" and found["tables"]["customer"] == 0
    refused(capsys, "bank", "create", file, code=1)


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("bank", "create", "x.crmdesk", "--preset", "huge"),
        ("bank", "create", "x.crmdesk", "--customers", "many"),
        ("mine",),
        ("verify", "x.crmdesk", "--quick"),
    ],
)
def test_wrong_usage_is_exit_2(capsys: pytest.CaptureFixture[str], words: tuple[str, ...]) -> None:
    refused(capsys, *words, code=2)


@pytest.mark.parametrize("verb", ["mine", "verify", "runs", "import", "backup", "rerun"])
def test_a_missing_file_and_no_bank(capsys: pytest.CaptureFixture[str], tmp_path: Path, verb: str) -> None:
    more = {"mine": ["segmentation.two_tier"], "import": [tmp_path], "backup": [tmp_path / "c"], "rerun": ["x"]}
    said = refused(capsys, verb, tmp_path / "no.crmdesk", *more.get(verb, []), code=1)
    assert "does not exist" in said
    text = tmp_path / "text.crmdesk"
    text.write_text("not a bank")
    said = refused(capsys, verb, text, *more.get(verb, []), code=1)
    assert "is not a bank" in said and text.read_text() == "not a bank"
    assert not (tmp_path / "no.crmdesk").exists()


def test_unknown_analysis_and_wrong_parameter(capsys: pytest.CaptureFixture[str], tiny: Path) -> None:
    before = ask(capsys, "runs", tiny)
    said = refused(capsys, "mine", tiny, "segmentation.nonsense", code=2)
    assert "segmentation.two_tier" in said
    assert "k1" in refused(capsys, "mine", tiny, "segmentation.two_tier", "--k1", "many", code=2)
    refused(capsys, "mine", tiny, "segmentation.two_tier", "--colour", "blue", code=2)
    refused(capsys, "mine", tiny, "segmentation.two_tier", "--as-of", "yesterday", code=2)
    assert ask(capsys, "runs", tiny) == before


def test_mine_records_exports_and_runs_again(capsys: pytest.CaptureFixture[str], tiny: Path, tmp_path: Path) -> None:
    found = ask(capsys, "mine", tiny, "segmentation.two_tier", "--seed", 5, "--k1", 2, "--out", tmp_path / "out")
    assert list(found) == ["run", "analysis", "params", "seed", "as_of", "population", "metrics", "tables", "warnings",
                           "verdict"]  # fmt: skip
    assert found["params"]["k1"] == 2 and found["seed"] == 5
    used = found["population"]["eligible"] + sum(found["population"]["excluded"].values())
    assert used == 600
    members = found["tables"]["members"]
    assert members["columns"][0] == "customer" and len(members["head"]) <= 5
    assert (tmp_path / "out" / "members.csv").read_text().startswith("customer,tier1,tier2,segment,strength")
    assert list((tmp_path / "out").glob("*.csv"))
    newest = ask(capsys, "runs", tiny)["runs"][0]
    assert newest["run"] == found["run"] and newest["outcome"] == "done"
    again = ask(capsys, "rerun", tiny, found["run"])
    assert again["same"] and all(again["tables"].values()) and again["of"] == found["run"]
    assert ask(capsys, "verify", tiny)["ok"]


def test_score_places_who_came_after_the_run(capsys: pytest.CaptureFixture[str], tiny: Path, tmp_path: Path) -> None:
    words = ("--k1", 2, "--k2", 1, "--as-of", "2025-12-31", "--out", tmp_path / "out")
    mined = ask(capsys, "mine", tiny, "segmentation.two_tier", *words)
    with (tmp_path / "out" / "members.csv").open(encoding="utf-8", newline="") as stream:
        members = {row["customer"] for row in csv.DictReader(stream)}
    found = ask(capsys, "score", tiny, mined["run"])
    assert list(found) == ["run", "scores", "excluded"] and found["run"] == mined["run"]
    assert len(found["scores"]) >= 5 and members.isdisjoint(row["customer"] for row in found["scores"])
    assert {row["segment"] for row in found["scores"]} <= {"A1", "B1"}
    assert found["excluded"]["no_permission_for_purpose"] > 0
    first, second = found["scores"][:2]
    named = ask(capsys, "score", tiny, mined["run"], "--customer", second["customer"], "--customer", first["customer"])
    assert named == {"run": mined["run"], "scores": [first, second], "excluded": {}}
    assert main(["score", str(tiny), mined["run"]]) == 0
    assert capsys.readouterr().out.startswith(f"Customers scored: {len(found['scores'])}; left out: ")
    assert "X-1" in refused(capsys, "score", tiny, mined["run"], "--customer", "X-1", code=2)
    assert "no run" in refused(capsys, "score", tiny, "nothing", code=2)


def test_a_bank_without_customers_or_interactions(capsys: pytest.CaptureFixture[str], empty: Path) -> None:
    for verb in ([], ["--k1", "3"]):
        code = main(["mine", str(empty), "segmentation.two_tier", "--json", *verb])
        out, err = capsys.readouterr()
        # Either an honest answer or one sentence: never a traceback, never half a document.
        assert (code == 0 and json.loads(out)["population"]["eligible"] == 0) or (code == 1 and not out), err
        assert "Traceback" not in err


def test_analyses_and_plugins_answer_without_a_bank(capsys: pytest.CaptureFixture[str]) -> None:
    found = {a["id"]: a for a in ask(capsys, "analyses")["analyses"]}
    two_tier = found["segmentation.two_tier"]
    assert {"id", "title", "summary", "plugin", "purpose", "gives", "needs", "params"} == set(two_tier)
    assert [p["name"] for p in two_tier["params"]][:2] == ["k1", "k2"]
    states = {p["id"]: p["state"] for p in ask(capsys, "plugin", "list")["plugins"]}
    assert states["segmentation"] == "ready"


def test_a_plugin_can_be_turned_off_and_on(capsys: pytest.CaptureFixture[str], tiny: Path) -> None:
    assert main(["plugin", "disable", "segmentation"]) == 0
    capsys.readouterr()
    assert "segmentation.two_tier" in refused(capsys, "mine", tiny, "segmentation.two_tier", code=2)
    assert main(["plugin", "enable", "segmentation"]) == 0
    capsys.readouterr()
    refused(capsys, "plugin", "enable", "nothing", code=2)
    assert main(["--safe-mode", "analyses"]) == 0


def test_verify_exits_1_and_still_answers(capsys: pytest.CaptureFixture[str], empty: Path) -> None:
    assert ask(capsys, "verify", empty)["ok"]
    from sqlcipher3 import dbapi2

    raw = dbapi2.connect(str(empty), isolation_level=None)
    raw.execute("DROP TRIGGER run_no_delete")
    raw.close()
    assert not ask(capsys, "verify", empty, code=1)["ok"]


def test_raw_params() -> None:
    words = ["--k1", "3", "--method=mixture", "--fast", "--low", "-1.5"]
    assert raw_params(words) == {"k1": "3", "method": "mixture", "fast": "true", "low": "-1.5"}
    for bad in (["k1", "3"], ["--k1", "3", "--k1", "4"]):
        with pytest.raises(BadInput):
            raw_params(bad)


def test_mine_never_loads_qt(tiny: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from crmdesk.cli import main; "
        f"code = main(['mine', {str(tiny)!r}, 'segmentation.two_tier', '--json']); "
        "loaded = [m for m in sys.modules if m.startswith(('PySide6', 'pyqtgraph', 'shiboken6'))]; "
        "sys.stderr.write(repr(loaded)); sys.exit(code or bool(loaded))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=200, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    json.loads(done.stdout)


def test_ctrl_c_cancels_an_import_in_one_sentence(tmp_path: Path) -> None:
    """Whenever the signal comes: exit 1, one sentence, nothing of the import kept; or the import was done already."""
    files = tmp_path / "files"
    banks.create(tmp_path / "a.crmdesk", preset="gemstone", customers=500, seed=1, files=files)
    main(["bank", "create", str(tmp_path / "b.crmdesk")])
    for delay in (0.05, 0.6, 1.2, 1.8):
        child = subprocess.Popen(
            [sys.executable, "-m", "crmdesk", "import", str(tmp_path / "b.crmdesk"), str(files)],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True, cwd=tmp_path,
        )  # fmt: skip
        time.sleep(delay)
        os.killpg(child.pid, signal.SIGINT)
        out, err = child.communicate(timeout=120)
        if child.returncode == 0:
            assert "inserted" in out
            break
        if delay > 0.5:  # before that Python itself has not begun to run us
            assert (child.returncode, out) == (1, ""), err
            assert err.count("\n") == 1 and err.startswith("Cancelled")
        with open_bank(tmp_path / "b.crmdesk").reader() as raw:
            assert raw.execute("SELECT count(*) FROM customer").fetchone() == (0,)


def test_a_quarantine_path_that_is_a_folder_is_refused_before_anything(
    capsys: pytest.CaptureFixture[str], empty: Path, tmp_path: Path
) -> None:
    source = tmp_path / "in"
    source.mkdir()
    (source / "customers.csv").write_text("customer,kind,family_name\nC1,person,Kaya\nC2,robot,Kaya\n")
    said = refused(capsys, "import", empty, source, "--quarantine", tmp_path, code=1)
    assert "is a folder" in said
    with open_bank(empty).reader() as raw:
        assert raw.execute("SELECT count(*) FROM customer").fetchone() == (0,)
