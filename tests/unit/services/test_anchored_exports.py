"""Whatever leaves the bank carries the audit's head: a file kept elsewhere is an anchor that `verify` takes."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmdesk.services import anchors, backup, customer_export, mining
from crmdesk.services.customers import Chosen, CustomerQuery
from crmdesk.services.reports import write_report
from crmdesk.store import anchors as kept
from crmdesk.store.verify import verify
from tests.small_bank import ACTOR
from tests.unit.services.mining_bank import SmallApp, bank, refuses_profiling, say


@pytest.fixture
def app(tmp_path: Path) -> Iterator[SmallApp]:
    app = bank(tmp_path / "b.crmdesk")
    yield app
    app.store.close()


def test_each_export_is_an_anchor(app: SmallApp, tmp_path: Path) -> None:
    say(app, refuses_profiling(3))
    run = mining.run(app, ACTOR, "demo.split", {}).uuid
    before = anchors.head(app, ACTOR)
    mining.export(app, ACTOR, run, tmp_path / "out")
    assert kept.read(tmp_path / "out" / "run.json") == before
    before = anchors.head(app, ACTOR)
    write_report(app, ACTOR, run, tmp_path / "report.html")
    assert kept.read(tmp_path / "report.html") == before
    before = anchors.head(app, ACTOR)
    whole = Chosen(CustomerQuery())
    customer_export.write(app, ACTOR, whole, ("number",), tmp_path / "people.csv", purpose="service")
    about = tmp_path / "people.csv.about.json"
    assert kept.read(about) == before and before.ledger_seq
    for file in (tmp_path / "out" / "run.json", tmp_path / "report.html", about):
        found = verify(app.path, anchor=file)
        assert found["ok"] and found["checks"]["anchors"] and found["last_anchor"] is not None


def test_a_backups_manifest_holds_both_heads_and_the_bank_names_its_day(app: SmallApp, tmp_path: Path) -> None:
    before = anchors.head(app, ACTOR)
    backup.backup(app, ACTOR, tmp_path / "copy.crmdesk")
    manifest = tmp_path / "copy.crmdesk.manifest.json"
    assert kept.read(manifest) == before
    assert verify(tmp_path / "copy.crmdesk")["ok"]
    facts = json.loads(manifest.read_text())
    manifest.write_text(json.dumps({**facts, "ledger_head": "f" * 64}))
    told = verify(app.path, anchor=manifest)
    assert [problem["check"] for problem in told["problems"]] == ["anchors"]
    assert "ledger" in told["problems"][0]["reason"] and told["problems"][0]["row"] == before.seq
