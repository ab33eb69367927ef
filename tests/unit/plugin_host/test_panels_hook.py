"""Panels come through the same door as everything else: declared on the card, asked late, checked by the doctor."""

from workshop import GOOD, Workshop

from crmdesk.plugin_host import Host
from crmdesk.plugin_host.checkup import look

PANELS = (
    GOOD
    + """
from crmdesk.api import Panel, Right

@hookimpl
def crmdesk_panels():
    yield Panel("{id}.late", "Late", "WHERE", order=90)
    yield Panel("{id}.visits", "Visits", "WHERE", may=Right.READ_ACCOUNTS)
"""
)
KINDS = '"analyses", "panels"'


def test_panels_are_collected_by_id_and_asked_once(workshop: Workshop) -> None:
    workshop.add("a", PANELS.replace("WHERE", "crmdesk_t_a.panel:make"), kinds=KINDS)
    host = Host.load(entries=workshop.entries())
    assert list(host.panels()) == ["a.late", "a.visits"]
    assert host.panels()["a.visits"] is host.panels()["a.visits"]
    host.disable("a")
    assert host.panels() == {}


def test_what_the_card_does_not_name_is_not_contributed(workshop: Workshop) -> None:
    workshop.add("a", PANELS.replace("WHERE", "crmdesk_t_a.panel:make"))
    host = Host.load(entries=workshop.entries())
    assert host.panels() == {} and "does not name" in host.plugins[0].reason


def test_a_record_of_another_kind_sets_the_plugin_aside(workshop: Workshop) -> None:
    wrong = GOOD + "\n@hookimpl\ndef crmdesk_panels():\n    yield 'a panel'\n"
    workshop.add("a", wrong, kinds=KINDS)
    host = Host.load(entries=workshop.entries())
    assert host.panels() == {} and host.plugins[0].state == "quarantined"
    assert "crmdesk_panels gave str instead of Panel" in host.plugins[0].reason


def test_the_doctor_looks_for_the_widget(workshop: Workshop) -> None:
    package = workshop.add("a", PANELS.replace("WHERE", "crmdesk_t_a.panel:make"), kinds=KINDS)
    (entry,) = workshop.entries()
    assert any("was not found" in text for text in look(entry, frozenset({"usage.cells"})).problems)
    (workshop.site / package / "panel.py").write_text("import PySide6\n\ndef make(context, number): ...\n")
    found = look(entry, frozenset({"usage.cells"}))
    assert found.problems == [] and found.passed["pointers"] and found.passed["no_qt"]
