"""The whole way with what is really installed: composition root, plugin host, worker process, segmentation."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmdesk.app import App, build_app
from crmdesk.domain.errors import AnalysisError, BadInput, CrmdeskError
from crmdesk.jobs import Cancelled
from crmdesk.services import banks, mining
from crmdesk.services.reports import write_report
from tests.small_bank import ACTOR

GIVEN = {"k1": 4, "k2": 1}


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[App]:
    folder = tmp_path_factory.mktemp("bank")
    banks.create(folder / "g.crmdesk", preset="gemstone", customers=600, seed=7, truth=folder / "truth")
    with build_app(folder / "g.crmdesk") as app:
        if "segmentation.two_tier" not in app.plugins.analyses:
            pytest.skip("crmdesk-segmentation is not installed")
        yield app


def test_the_host_alone_lists_the_analyses_as_the_app_does(app: App) -> None:
    assert mining.analyses(app.plugins) == mining.analyses(app) != []


def test_segments_come_back_from_the_worker_and_again_the_same(app: App, tmp_path: Path) -> None:
    record = mining.run(app, ACTOR, "segmentation.two_tier", GIVEN)
    assert record.plugin == "segmentation"
    assert record.eligible + sum(record.excluded.values()) == 600
    assert record.tables["members"]["customer"].is_unique
    assert mining.rerun(app, ACTOR, record.uuid).same
    page = write_report(app, ACTOR, record.uuid, tmp_path / "report.html").read_text(encoding="utf-8")
    assert record.verdict.split(";")[0][:20] in page


@pytest.mark.slow
def test_recovery_finds_the_planted_first_tier(app: App) -> None:
    found = mining.recover(app, ACTOR, app.path.parent / "truth", "segmentation.two_tier", 7)
    assert found["given"]["k1"] == 4
    assert found["given"]["metrics"]["tier1_ari"]["value"] > 0.9
    assert len(found["given"]["segments"]) == 12


def test_a_cancel_ends_the_work_and_leaves_the_reason(app: App) -> None:
    class StopsHalfway:
        def step(self, fraction: float, text: str = "") -> None:
            if fraction > 0.16:
                raise Cancelled

    with pytest.raises(Cancelled):
        mining.run(app, ACTOR, "segmentation.two_tier", {}, progress=StopsHalfway())
    assert mining.runs(app, ACTOR)[0].outcome == "cancelled"
    assert mining.run(app, ACTOR, "segmentation.single", {"k": 4}).outcome == "done"


def test_too_few_customers_is_one_sentence(tmp_path: Path) -> None:
    banks.create(tmp_path / "t.crmdesk", preset="gemstone", customers=40, seed=7)
    with build_app(tmp_path / "t.crmdesk") as app, pytest.raises(AnalysisError, match="needs at least 300"):
        mining.run(app, ACTOR, "segmentation.two_tier", {})


def test_safe_mode_knows_no_analysis_and_a_missing_bank_is_named(tmp_path: Path) -> None:
    banks.create(tmp_path / "e.crmdesk")
    with (
        build_app(tmp_path / "e.crmdesk", safe_mode=True) as app,
        pytest.raises(BadInput, match="no plugin that offers one is loaded"),
    ):
        mining.run(app, ACTOR, "segmentation.two_tier", {})
    with pytest.raises(CrmdeskError, match="does not exist"):
        build_app(tmp_path / "gone.crmdesk")


def test_mining_loads_neither_qt_nor_scikit_learn_here() -> None:
    code = (
        "import sys, crmdesk.app, crmdesk.services.mining, crmdesk.services.reports, crmdesk.services.segments;"
        "print([m for m in ('PySide6', 'sklearn', 'pandas', 'scipy', 'jinja2') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
