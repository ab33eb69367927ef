"""What goes to a spreadsheet and what comes back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmdesk.domain.text import guard, unguard
from crmdesk.services import export
from crmdesk.services.importing import grammar, quarantine


@given(st.text(alphabet="=+-@'\t\r\0ab1"))
def test_what_was_guarded_comes_back(text: str) -> None:
    if not text.startswith(("'=", "'+", "'-", "'@", "'\t", "'\r", "'\0")):  # these were guarded before
        assert unguard(guard(text)) == text


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\0x", "x", "'s-Gravenhage", ""])
def test_export_quarantine_and_import_agree(text: str) -> None:
    assert export.cell(text) == quarantine._harmless(text) == guard(text)
    assert grammar.plain(f" {guard(text)} ") == text.strip(" ")
