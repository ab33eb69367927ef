"""A broken plugin is put aside with its reason, and every other one works on."""

import subprocess
import sys
from pathlib import Path

import pytest
from workshop import CARD, GOOD, Workshop

from crmdesk.domain.errors import BadInput
from crmdesk.plugin_host import Host

BROKEN = {
    "raises": ("raise RuntimeError('no luck')", {}, "RuntimeError: no luck"),
    "leaves": ("import sys; sys.exit(4)", {}, "SystemExit: 4"),
    "syntax": ("def (", {}, "SyntaxError"),
    "inhook": (GOOD.replace("    yield", "    raise ValueError('bad hook')\n    yield"), {}, "ValueError: bad hook"),
    "exithook": (GOOD.replace("    yield", "    raise SystemExit(2)\n    yield"), {}, "SystemExit: 2"),
    "late": (GOOD + "    1 / 0\n", {}, "ZeroDivisionError"),
    "nothing": (GOOD.replace("yield Analysis", "Analysis"), {}, "TypeError"),
    "misspelt": (GOOD.replace("def crmdesk_analyses", "def crmdesk_analysis"), {}, "misspelt"),
    "argument": (GOOD.replace("crmdesk_analyses()", "crmdesk_analyses(desk)"), {}, "does not fit"),
    "foreign": (GOOD.replace("{id}.one", "segmentation.one"), {}, "begin with 'foreign.'"),
    "undotted": (GOOD.replace("{id}.one", "undotted."), {}, "must be dotted"),
    "twice": (GOOD + GOOD.rpartition("():")[2], {}, "already taken"),
    "wrongkind": (GOOD.replace("yield Analysis", "yield str.__call__, "), {}, "gave"),
    "hidden": (GOOD, {"kinds": '"views"'}, "does not name"),
    "greedy": (GOOD, {"features": ""}, "usage.cells"),
    "old": (GOOD, {"api": "<1"}, "made for api <1"),
    "new": (GOOD, {"api": ">=2"}, "made for api >=2"),
    "range": (GOOD, {"api": "one"}, "cannot be read"),
    "nocard": (GOOD, {"card": None}, "holds no crmdesk-plugin.toml"),
    "badcard": (GOOD, {"card": "id = "}, "not valid TOML"),
    "noid": (GOOD, {"card": "title = 'x'"}, "lacks id"),
    "unknown_want": (GOOD, {"card": CARD + "network = true\n"}, "unknown entries: network"),
    "usage": (GOOD, {}, "belongs to crmdesk itself"),
    "sauce": (GOOD.replace("Table)", "Table, needs_by={'sauce': {'hot': ()}})"), {}, "needs data by 'sauce'"),
    "shapeless": (GOOD.replace("Table)", "Table, needs_by=7)"), {}, "Its needs could not be read"),
}


@pytest.mark.parametrize("plugin_id", sorted(BROKEN))
def test_a_broken_plugin_is_alone_in_quarantine(workshop: Workshop, plugin_id: str) -> None:
    code, card, words = BROKEN[plugin_id]
    workshop.add(plugin_id, code, **card)
    workshop.add("aaa")
    workshop.add("zzz")
    host = Host.load(entries=workshop.entries())
    states = {p.id: p.state for p in host.plugins}
    assert states == {"aaa": "ready", plugin_id: "quarantined", "zzz": "ready"}
    (broken,) = [p for p in host.plugins if p.id == plugin_id]
    assert words in broken.reason
    assert broken.reason.endswith(".") and "\n" not in broken.reason
    assert list(host.analyses) == ["aaa.one", "zzz.one"]


def test_all_broken_plugins_at_once_leave_the_good_one_working(workshop: Workshop) -> None:
    for plugin_id, (code, card, _) in BROKEN.items():
        workshop.add(plugin_id, code, **card)
    workshop.add("good")
    host = Host.load(entries=workshop.entries())
    assert [p.id for p in host.plugins if p.state == "ready"] == ["good"]
    assert [p.id for p in host.plugins] == sorted([*BROKEN, "good"])


def test_ctrl_c_while_loading_is_the_persons(workshop: Workshop) -> None:
    workshop.add("slowload", "raise KeyboardInterrupt")
    with pytest.raises(KeyboardInterrupt):
        Host.load(entries=workshop.entries())


def test_finding_runs_none_of_the_plugins_code(workshop: Workshop, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    workshop.add("quiet", f"open({str(mark)!r}, 'w').close()\n" + GOOD)
    host = Host.load(safe_mode=True, entries=workshop.entries())
    assert [(p.state, p.reason) for p in host.plugins] == [("not_loaded", "Safe mode loads no plugin.")]
    assert not mark.exists() and host.analyses == {}
    Host.load(entries=workshop.entries())
    assert mark.exists()


def test_the_second_with_an_id_is_put_aside(workshop: Workshop) -> None:
    workshop.add("twin", distribution="aaa-thief", package="crmdesk_t_thief")
    workshop.add("twin")
    host = Host.load(entries=workshop.entries())
    assert [(p.distribution, p.state) for p in host.plugins] == [
        ("crmdesk-twin", "ready"),
        ("aaa-thief", "quarantined"),
    ]
    assert "already taken by crmdesk-twin" in host.plugins[1].reason
    assert host.plugin_of("twin.one").distribution == "crmdesk-twin"


def test_disabled_stays_off_until_enabled(workshop: Workshop, tmp_path: Path) -> None:
    workshop.add("toggle")
    entries = workshop.entries()
    assert Host.load(config=tmp_path, entries=entries).disable("toggle").state == "disabled"
    again = Host.load(config=tmp_path, entries=entries)
    assert [p.state for p in again.plugins] == ["disabled"] and again.analyses == {}
    assert again.enable("toggle").state == "ready" and list(again.analyses) == ["toggle.one"]
    assert Host.load(config=tmp_path, entries=entries).plugins[0].state == "ready"


def test_a_damaged_list_of_choices_disables_nothing(workshop: Workshop, tmp_path: Path) -> None:
    workshop.add("steady")
    (tmp_path / "plugins.json").write_text("[1, 2")
    assert Host.load(config=tmp_path, entries=workshop.entries()).plugins[0].state == "ready"


def test_unknown_ids_are_named(workshop: Workshop) -> None:
    workshop.add("known")
    host = Host.load(entries=workshop.entries())
    with pytest.raises(BadInput, match="installed are: known"):
        host.disable("unknown")
    with pytest.raises(BadInput, match="'nobody.here'"):
        host.plugin_of("nobody.here")


ACTIONS = (
    GOOD
    + """
import time
from crmdesk.api import Action

@hookimpl
def crmdesk_actions():
    time.sleep(WAIT)
    yield Action("{id}.act", "Act", "Customer", "nowhere:run")
"""
)


def test_window_hooks_are_asked_late_and_once(workshop: Workshop) -> None:
    workshop.add("lazy", ACTIONS.replace("WAIT", "0") + "    raise ValueError('late')\n", kinds='"analyses", "actions"')
    workshop.add("other", ACTIONS.replace("WAIT", "0"), kinds='"analyses", "actions"')
    host = Host.load(entries=workshop.entries())
    assert [p.state for p in host.plugins] == ["ready", "ready"]
    assert list(host.actions()) == ["other.act"]
    assert [p.state for p in host.plugins] == ["quarantined", "ready"]
    assert host.actions()["other.act"] is host.actions()["other.act"]
    assert host.views() == {}


def test_the_third_slow_window_hook_turns_a_plugin_off(workshop: Workshop, tmp_path: Path) -> None:
    workshop.add("slow", ACTIONS.replace("WAIT", "0.06"), kinds='"analyses", "actions"')
    entries = workshop.entries()
    for left in (["slow.act"], ["slow.act"], []):
        assert list(Host.load(config=tmp_path, entries=entries).actions()) == left
    off = Host.load(config=tmp_path, entries=entries)
    assert off.plugins[0].state == "disabled" and "third time" in off.plugins[0].reason
    assert off.enable("slow").state == "ready"


def test_what_is_installed_is_found_by_its_metadata(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    workshop.add("installed")
    program = (
        "from crmdesk.plugin_host import Host\n"
        "import sys\n"
        "print([(p.id, p.state, p.distribution) for p in Host.load().plugins if p.id == 'installed'])\n"
        "print('PySide6' in sys.modules, 'pandas' in sys.modules)\n"
    )
    monkeypatch.setenv("PYTHONPATH", str(workshop.site))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.splitlines() == ["[('installed', 'ready', 'crmdesk-installed')]", "False False"]
