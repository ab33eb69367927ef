"""Hostile plugins, mined with in the real worker: one sentence each, and the plugin beside them works on."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from workshop import CARD, GOOD, Workshop

from crmdesk.analytics.embedded import EmbeddedEngine
from crmdesk.app import App
from crmdesk.domain.errors import CrmdeskError
from crmdesk.domain.rights import single_user
from crmdesk.jobs import Cancelled
from crmdesk.jobs.runner import WorkerRunner
from crmdesk.plugin_host import Host
from crmdesk.services import mining, plugins
from crmdesk.store import open_bank

RUN = "    return Table.of(frame)"
HOSTILE = {
    "exits": (RUN, "    import sys; sys.exit(0)", "SystemExit"),
    "exits_hard": (RUN, "    import os; os._exit(0)", "ended its own process"),
    "eats": (RUN, "    held = []\n    while True: held.append(bytearray(b'x') * (64 << 20))", "memory"),
    "hangs": (RUN, "    while True: pass", ""),
    "loads_qt": (RUN, "    import PySide6", "PySide6"),
}
ME = single_user("tester")


@pytest.fixture
def app(workshop: Workshop, bank: Path) -> Iterator[App]:
    for plugin_id, (old, new, _) in HOSTILE.items():
        workshop.add(plugin_id, GOOD.replace(old, new))
    workshop.add("good")
    workshop.add("raises", "raise RuntimeError('no luck')")
    store = open_bank(bank)
    runner = WorkerRunner(memory=600 << 20, grace=0.5)
    with App(store, Host.load(entries=workshop.entries()), EmbeddedEngine(store), runner, bank) as made:
        yield made


def test_every_hostile_analysis_fails_alone(app: App) -> None:
    for plugin_id, (_, _, words) in HOSTILE.items():
        if plugin_id == "hangs":
            looks = iter(range(10_000))
            with pytest.raises(Cancelled):
                mining.run(app, ME, "hangs.one", {}, cancel=lambda looks=looks: next(looks) > 20)
        else:
            with pytest.raises(CrmdeskError, match=words):
                mining.run(app, ME, f"{plugin_id}.one", {})
    assert mining.run(app, ME, "good.one", {}).outcome == "done"


def test_the_doctor_survives_what_the_desk_could_not(workshop: Workshop) -> None:
    workshop.add("good")
    workshop.add("dies", "import os\nos._exit(7)")
    workshop.add("draws", "import PySide6\n" + GOOD)
    workshop.add("lost", GOOD.replace("Table.of(frame)", "None").replace("run, Table", "'crmdesk_t_lost:gone', Table"))
    workshop.add("later", GOOD.replace("run, Table", "run, Table, score='crmdesk_t_later:gone'"))
    workshop.add("asks", GOOD.replace("usage.cells", "usage.secrets"), features='"usage.secrets"')
    host = Host.load(safe_mode=True, entries=workshop.entries())
    found = {p["id"]: p for p in plugins.doctor(host)}
    assert all(found["good"]["checks"].values()) and found["good"]["problems"] == []
    assert not any(v for k, v in found["dies"]["checks"].items() if k != "id_free")
    assert "code 7" in found["dies"]["problems"][0]
    assert not found["draws"]["checks"]["no_qt"] and not found["draws"]["checks"]["loads"]
    assert [k for k, v in found["lost"]["checks"].items() if not v] == ["pointers"]
    assert [k for k, v in found["later"]["checks"].items() if not v] == ["pointers"]
    assert [k for k, v in found["asks"]["checks"].items() if not v] == ["wants"]
    assert "usage.secrets" in found["asks"]["problems"][0]


CHOOSING = GOOD.replace("@hookimpl", '''
from typing import Literal
from crmdesk.api import Field

class Chosen(Params):
    source: Literal["acts", "file"] = Field("acts", title="Source")

@hookimpl''').replace(
    '("usage.cells",), Params, run, Table)',
    '(), Chosen, run, Table, needs_by={"source": {"acts": ("usage.cells",), "file": ()}})',
)  # fmt: skip


def test_the_doctor_looks_into_choices_and_offers(workshop: Workshop) -> None:
    workshop.add("chooses", CHOOSING)
    workshop.add("misspells", CHOOSING.replace('"file": ()', '"files": ()'))
    workshop.add("hides", CHOOSING.replace("usage.cells", "money.current"))
    workshop.add("gone", CHOOSING.replace("usage.cells", "gone.one").replace('"usage.cells"', '"gone.one"'))
    offering = GOOD.replace("run, Table", "run, Table, offer=run")
    workshop.add("offers", offering)
    card = CARD.replace('"profiling"', '"profiling", "targeting"')
    workshop.add("asks", offering, card=card)
    workshop.add("lost", offering.replace("offer=run", "offer='crmdesk_t_lost:gone'"), card=card)
    host = Host.load(safe_mode=True, entries=workshop.entries())
    found = {p["id"]: p for p in plugins.doctor(host)}
    failed = {name: [k for k, v in found[name]["checks"].items() if not v] for name in found}
    assert failed == {
        "chooses": [], "misspells": ["params"], "hides": ["wants"], "gone": ["wants"], "offers": ["wants"], "asks": [],
        "lost": ["pointers"],
    }  # fmt: skip
    assert "whose words are acts, file, not acts, files" in found["misspells"]["problems"][0]
    assert "money.current" in found["hides"]["problems"][0]
    assert "purpose targeting" in found["offers"]["problems"][0]
