"""`verify --anchor`: a head kept elsewhere is compared; one that does not hold is a problem, none at all bad usage."""

import json
from pathlib import Path

import pytest
from small_bank import ACTOR, build

from crmdesk.cli.main import main
from crmdesk.services import anchors


def test_an_anchor_is_compared(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    app = build(tmp_path / "b.crmdesk")
    kept = tmp_path / "monday.txt"
    kept.write_text(f"Audit head: {anchors.head(app, ACTOR).words}\n")
    app.store.close()
    words = ["verify", str(app.path), "--anchor", str(kept)]
    assert main(words) == 0
    out, _ = capsys.readouterr()
    assert "ok   anchors" in out and "Audit head, to be kept elsewhere" in out
    kept.write_text(f"row 7, {'ab' * 32}")
    assert main([*words, "--json"]) == 1
    out, err = capsys.readouterr()
    found = json.loads(out)
    assert not found["ok"] and not found["checks"]["anchors"] and found["checks"]["audit_chain"]
    assert [(one["check"], one["table"], one["row"]) for one in found["problems"]] == [("anchors", "audit_event", 7)]
    assert str(kept) in found["problems"][0]["reason"] and err.count("\n") == 1


def test_a_text_without_a_head_is_a_question_of_usage(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    app = build(tmp_path / "b.crmdesk")
    app.store.close()
    for file in (tmp_path / "nothing.txt", tmp_path / "missing.txt"):
        if file.stem == "nothing":
            file.write_text("See you on Monday.")
        assert main(["verify", str(app.path), "--anchor", str(file)]) == 2
        out, err = capsys.readouterr()
        assert out == "" and err.count("\n") == 1 and "audit head" in err
